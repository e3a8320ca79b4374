"""Search in the live edition: words, not a query language; red flags and lay words first, then ranked text.

Each process keeps one index in memory and builds it anew when the edition changes, so every machine ranks alike
whatever its database. Building ends all its threads and searching starts none: a worker forked afterwards may go on
using what it inherited, and one forked before builds its own.
"""

from education.edition import LiveEdition
from education.search.index import Answer, Index, Message, Result, build
from education.search.suggestions import Suggestion

__all__ = ["Answer", "Index", "Message", "Result", "Suggestion", "build", "index_for"]


class _Memory:
    """The edition searched last, with its index."""

    def __init__(self) -> None:
        self._kept: tuple[LiveEdition, Index] | None = None

    def index_for(self, live: LiveEdition) -> Index:
        # No lock, which a fork could copy while it is held: two threads may build at once, and either index is right.
        kept = self._kept
        if kept is None or kept[0] != live:
            kept = self._kept = live, build(live)
        return kept[1]


_memory = _Memory()


def index_for(live: LiveEdition) -> Index:
    """Return this process's index of an edition, built anew if the edition is another than last time."""
    return _memory.index_for(live)

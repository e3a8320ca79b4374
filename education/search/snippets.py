"""The passage of a text that answers a query best, with the words found in it marked."""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection
from typing import Final

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from education.search import words

CHARACTERS: Final = 200
_WORD: Final = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_SENTENCE_END: Final = re.compile(r"[.?!:]['\")\u2019\u201d]*\s+")


class Passage:
    """A plain text that remembers where each stem stands in it."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._places: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for found in _WORD.finditer(text):
            for stem in words.stems_of_word(found[0]):
                self._places[stem].append(found.span())
        self._sentences = [0, *(found.end() for found in _SENTENCE_END.finditer(text))]

    def snippet(self, stems: Collection[str]) -> SafeString:
        """Return about 200 characters, escaped, each word whose stem is in ``stems`` in ``<mark>``."""
        hits = sorted((*span, stem) for stem in stems for span in self._places.get(stem, ()))
        start = self._best_start(hits)
        end = len(self._text)
        if end - start > CHARACTERS:
            space = self._text.rfind(" ", start, start + CHARACTERS)
            end = space if space > start else start + CHARACTERS
        before = "\u2026 " if start else ""
        after = " \u2026" if end < len(self._text) else ""
        spans = [(begins, ends) for begins, ends, _ in hits if start <= begins and ends <= end]
        return mark_safe(f"{before}{self._marked(start, end, spans)}{after}")

    def _best_start(self, hits: list[tuple[int, int, str]]) -> int:
        """Return where the sentence begins after which most of the words follow."""
        if len(self._text) <= CHARACTERS or not hits:
            return 0
        starts = sorted({self._sentences[bisect_right(self._sentences, begins) - 1] for begins, _, _ in hits})

        def followed_by(start: int) -> int:
            return len({stem for begins, ends, stem in hits if start <= begins and ends <= start + CHARACTERS})

        return max(starts, key=followed_by)

    def _marked(self, start: int, end: int, spans: list[tuple[int, int]]) -> str:
        parts: list[str] = []
        for begins, ends in spans:
            if begins >= start:  # one word may have two stems
                parts += [escape(self._text[start:begins]), "<mark>", escape(self._text[begins:ends]), "</mark>"]
                start = ends
        return "".join([*parts, escape(self._text[start:end])])

"""Finds the word somebody meant: the end of a word begun, or a word one typo away."""

import string
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from itertools import takewhile
from typing import Final

SHORTEST: Final = 5  # letters; shorter words are too near to one another
LONGEST: Final = 30  # letters; no word of ours is longer, and the neighbours of a long one are many
_COMPLETIONS: Final = 8


class Speller:
    """Knows every word of the site and how often each is used."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        self._counts = counts
        self._sorted = sorted(counts)

    def knows(self, word: str) -> bool:
        """Return whether a word stands anywhere on the site, or among the words that only the search knows."""
        return word in self._counts

    def meant(self, word: str) -> list[str]:
        """Return known words for an unknown one, likeliest first: its completions, or else its neighbours."""
        if not SHORTEST <= len(word) <= LONGEST:
            return []
        found = list(self._completions(word)) or [near for near in _one_typo_away(word) if near in self._counts]
        # The first letter is the one people get right.
        return sorted(found, key=lambda near: (near[0] != word[0], -self._counts[near], near))[:_COMPLETIONS]

    def _completions(self, word: str) -> Iterator[str]:
        start = bisect_left(self._sorted, word)
        return takewhile(lambda known: known.startswith(word), self._sorted[start:])


def _one_typo_away(word: str) -> set[str]:
    splits = [(word[:cut], word[cut:]) for cut in range(len(word) + 1)]
    missing = {left + letter + right for left, right in splits for letter in string.ascii_lowercase}
    wrong = {left + letter + right[1:] for left, right in splits if right for letter in string.ascii_lowercase}
    extra = {left + right[1:] for left, right in splits if right}
    swapped = {left + right[1] + right[0] + right[2:] for left, right in splits if len(right) > 1}
    return missing | wrong | extra | swapped

"""Lay phrases looked up before the index: red flags, other signs, and the words people use for glossary terms."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from education import structure
from education.search import words

# A red flag may stand in other order with one word between: "numb feeling between the legs". These two words do not
# hold a phrase together, for they stand in most queries: "stomach exercises for back pain".
_EVERYWHERE: Final = frozenset({"back", "pain"})


@dataclass(frozen=True)
class Match:
    """A phrase found in a query. ``coverage`` is the share of the query that it explains, above 0 to 1."""

    key: str
    coverage: float


class RedFlags:
    """The phrases that put the emergency card first. Missing one is worse than showing the card in vain."""

    def __init__(self, card: structure.CareCard) -> None:
        self._by_word: dict[str, list[frozenset[str]]] = defaultdict(list)
        self.vocabulary: set[str] = set()
        for phrase in sign_phrases(card):
            tokens = words.tokens(phrase)
            self.vocabulary.update(tokens)
            if gist := frozenset(_gist(tokens)):
                self._by_word[min(gist)].append(gist)

    def match(self, tokens: Sequence[str]) -> bool:
        """Return whether the words of any phrase stand together in a query, in any order."""
        gist = _gist(tokens)
        return any(_stand_together(phrase, gist) for word in set(gist) for phrase in self._by_word.get(word, ()))


class Synonyms:
    """Phrases that mean something else by name, word by word in their order."""

    def __init__(self) -> None:
        self._by_first: dict[str, list[tuple[list[str], list[str], str]]] = defaultdict(list)
        self.vocabulary: set[str] = set()

    def add(self, key: str, phrases: Iterable[str]) -> None:
        """Let each phrase stand for ``key``. A phrase of one word counts in that form only: "child", not "child's"."""
        for phrase in phrases:
            tokens = _without_fillers(words.tokens(phrase))
            if tokens:
                stems = [words.stem(token) for token in tokens]
                self._by_first[stems[0]].append((tokens, stems, key))
                self.vocabulary.update(tokens)

    def matches(self, tokens: Sequence[str]) -> list[Match]:
        """Return what stands in a query, once each."""
        asked = _without_fillers(tokens)
        stems = [words.stem(token) for token in asked]
        best: dict[str, float] = {}
        for start, first in enumerate(stems):
            for wanted, wanted_stems, key in self._by_first.get(first, ()):
                end = start + len(wanted)
                if stems[start:end] == wanted_stems and (len(wanted) > 1 or asked[start] == wanted[0]):
                    best[key] = max(best.get(key, 0.0), _coverage(wanted, asked))
        return [Match(key, coverage) for key, coverage in best.items() if coverage]


def sign_phrases(card: structure.CareCard) -> Iterator[str]:
    """Yield every phrase that people may search for when a sign of this card fits them."""
    yield from card.words
    for sign in card.signs:
        yield from sign.words


def _without_fillers(tokens: Iterable[str]) -> list[str]:
    return [token for token in tokens if token not in words.FILLERS]


def _coverage(phrase: Sequence[str], asked: Sequence[str]) -> float:
    """Return which share of the words that matter a phrase holds; where none matters, of all."""
    weight = sum(token not in words.STOP_WORDS for token in asked)
    if not weight:
        return len(phrase) / len(asked)
    return sum(token not in words.STOP_WORDS for token in phrase) / weight


def _gist(tokens: Iterable[str]) -> list[str]:
    # "legs" keeps its form: weakness in both legs is an emergency, in one leg it is not.
    return [word if word == "legs" else words.stem(word) for word in tokens if word not in words.STOP_WORDS]


def _stand_together(phrase: frozenset[str], gist: Sequence[str]) -> bool:
    length = len(phrase) + (len(phrase - _EVERYWHERE) > 1)
    return any(phrase <= set(gist[start : start + length]) for start in range(len(gist)))

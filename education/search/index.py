"""The index of one edition: built once, then only read. Pure: knows no database, no request and no clock."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

from django.utils.safestring import SafeString

from education.addresses import page_path
from education.edition import LiveEdition
from education.search import words
from education.search.documents import card_url, documents
from education.search.phrases import RedFlags, Synonyms, sign_phrases
from education.search.snippets import Passage
from education.search.spelling import Speller
from education.search.store import FIELDS, Store
from education.search.suggestions import Suggester, Suggestion

RESULTS: Final = 20

Message = Literal["", "empty", "nothing"]

_GUESSED: Final = 0.5  # a completion, or a typo put right
_MEANT: Final = 0.4  # the words of a term asked for by another name
_PAGE: Final = 20.0  # a page, if its title is the whole query
_TERM: Final = 20.0  # the entry of a term, if its name is the whole query
_ABOUT: Final = 24.0  # the page that says most of a term, if the whole query is a lay word for it
_BESIDE: Final = 14.0  # of these two, the one that answers less well
_SIGN: Final = 14.0  # the card of an urgent sign, likewise
_RED_FLAG: Final = 1000.0  # the emergency card stands before everything


@dataclass(frozen=True)
class Result:
    """One place found. ``snippet_html`` is escaped text with ``<mark>`` around the words found."""

    url: str
    page_title: str
    section_title: str
    snippet_html: SafeString


@dataclass(frozen=True)
class Answer:
    """What is shown for a query. ``query`` is fit to print; ``corrected`` is the word tried instead, if any."""

    query: str
    results: tuple[Result, ...] = ()
    is_red_flag: bool = False
    corrected: str = ""
    message: Message = ""


@dataclass(frozen=True)
class _Asked:
    """A query understood: what each stem weighs, and its words in order with typos put right."""

    weights: Mapping[str, float]
    tokens: tuple[str, ...]
    corrected: str


class Index:
    """Finds places in one edition.

    Nothing is written and no thread runs once it is built, so threads may share it and a forked process keeps it.
    """

    def __init__(self, live: LiveEdition) -> None:
        self._documents = documents(live)
        self._passages = [Passage(document.text) for document in self._documents]
        self._store = Store(self._documents)
        self._suggester = Suggester(live)
        self._red_flags = RedFlags(live.emergency_card)
        self._synonyms = Synonyms()
        # By synonym: the documents that it puts forward, and the words that it stands for.
        self._answers: dict[str, dict[int, float]] = defaultdict(dict)
        self._names: dict[str, list[str]] = {}
        self._number_of = {document.url: number for number, document in enumerate(self._documents)}
        self._emergency = self._number_of.get(card_url(live.emergency_card, live))
        self._learn_pages(live)
        self._learn_signs(live)
        self._learn_terms(live)
        self._speller = self._words_known()

    def search(self, query: str) -> Answer:
        """Return what answers ``query``, best first. Takes any string and never raises for one."""
        shown = words.cleaned(query)
        tokens = words.tokens(shown)
        if not tokens:
            return Answer(shown, message="empty")
        asked = self._understood(tokens)
        is_red_flag = self._red_flags.match(tokens) or self._red_flags.match(asked.tokens)
        weights, favoured = self._widened(asked)
        if is_red_flag and self._emergency is not None:
            favoured[self._emergency] = _RED_FLAG
        found = self._store.find(weights, _pairs(asked.tokens), favoured)
        results = tuple(self._result(number, weights) for number in found[:RESULTS])
        return Answer(shown, results, is_red_flag, asked.corrected, "" if results else "nothing")

    def suggest(self, prefix: str) -> tuple[Suggestion, ...]:
        """Return at most six pages, exercises and terms whose name begins like ``prefix``."""
        return self._suggester.suggest(prefix)

    def _understood(self, tokens: Sequence[str]) -> _Asked:
        weights: dict[str, float] = {}
        read: list[str] = []
        corrected = ""
        for token in tokens:
            if token in words.STOP_WORDS:
                read.append(token)
                continue
            is_known = words.stem(token) in self._stems or self._speller.knows(token)
            meant = [] if is_known else self._speller.meant(token)
            read.append(meant[0] if meant else token)
            corrected = corrected or (meant[0] if meant else "")
            for word in meant or [token]:
                weights.setdefault(words.stem(word), _GUESSED if meant else 1.0)
        return _Asked(weights, tuple(read), corrected)

    def _widened(self, asked: _Asked) -> tuple[dict[str, float], dict[int, float]]:
        """Return the stems to look for and the documents to favour, with all that the phrases in a query mean."""
        weights = dict(asked.weights)
        favoured: dict[int, float] = {}
        for match in self._synonyms.matches(asked.tokens):
            for stem in self._names.get(match.key, ()):
                weights[stem] = max(weights.get(stem, 0.0), _MEANT * match.coverage)
            for number, score in self._answers[match.key].items():
                favoured[number] = max(favoured.get(number, 0.0), score * match.coverage)
        return weights, favoured

    def _result(self, number: int, stems: Mapping[str, float]) -> Result:
        document = self._documents[number]
        return Result(document.url, document.page_title, document.title, self._passages[number].snippet(stems))

    def _learn_pages(self, live: LiveEdition) -> None:
        for page in (published.content for published in live.articles.values()):
            self._synonyms.add(f"page {page.key}", {page.title, page.nav_title})
            self._answers[f"page {page.key}"] = {self._number_of[page_path(page.key)]: _PAGE}

    def _learn_signs(self, live: LiveEdition) -> None:
        for card in live.card_order():
            number = self._number_of.get(card_url(card, live))
            if card.key == live.emergency_card.key or number is None:
                continue
            self._synonyms.add(f"card {card.key}", sign_phrases(card))
            self._answers[f"card {card.key}"] = {number: _SIGN}

    def _learn_terms(self, live: LiveEdition) -> None:
        for term in (published.content for published in live.terms.values()):
            entry = self._number_of[f"/glossary/#{term.key}"]
            names = (term.name, *term.forms)
            about = self._store.says_most([words.stems(name) for name in names], ("page", "section"))
            for key, phrases, for_entry, for_place in (
                (f"term {term.key}", names, _TERM, _BESIDE),
                (f"lay {term.key}", term.also, _BESIDE, _ABOUT),
            ):
                self._synonyms.add(key, phrases)
                self._names[key] = words.stems(term.name)
                self._answers[key] = {entry: for_entry} if about is None else {entry: for_entry, about: for_place}

    def _words_known(self) -> Speller:
        counts: Counter[str] = Counter()
        for document in self._documents:
            counts.update(words.tokens(" ".join(getattr(document, field) for field in FIELDS)))
        self._stems = {words.stem(token) for token in counts}
        for token in (*self._red_flags.vocabulary, *self._synonyms.vocabulary):
            counts[token] += 1
        return Speller({token: count for token, count in counts.items() if token not in words.STOP_WORDS})


def _pairs(tokens: Iterable[str]) -> list[tuple[str, str]]:
    return list(pairwise(words.stem(token) for token in tokens if token not in words.STOP_WORDS))


def build(live: LiveEdition) -> Index:
    """Return the index of an edition."""
    return Index(live)

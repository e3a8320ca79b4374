"""Titles offered while somebody types."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from education import structure
from education.addresses import exercise_path, page_path
from education.edition import LiveEdition
from education.search import words
from education.search.documents import GET_HELP_PAGE
from education.search.phrases import sign_phrases

SUGGESTIONS: Final = 6
_SHORTEST: Final = 2  # letters typed before anything is offered
_NOT_AT_ALL: Final = 4


@dataclass(frozen=True)
class Suggestion:
    """A title and where it leads."""

    title: str
    url: str


@dataclass(frozen=True)
class _Entry:
    suggestion: Suggestion
    names: tuple[tuple[str, ...], ...]


class Suggester:
    """Knows the names of all pages, exercises and terms, and what else people call them."""

    def __init__(self, live: LiveEdition) -> None:
        """Pages come first, then exercises, then terms; the page of the cards answers to every red flag."""
        signs = list(sign_phrases(live.emergency_card))
        self._entries = [
            *(_page(page.content, signs) for page in live.articles.values()),
            *(_entry(item.content.name, exercise_path(key), ()) for key, item in live.exercises.items()),
            *(
                _entry(item.content.name, f"/glossary/#{key}", (*item.content.forms, *item.content.also))
                for key, item in live.terms.items()
            ),
        ]

    def suggest(self, prefix: str) -> tuple[Suggestion, ...]:
        """Return at most six titles: those that begin with ``prefix``, then those with a word that does."""
        typed = words.tokens(words.cleaned(prefix))
        if sum(map(len, typed)) < _SHORTEST:
            return ()
        ranked = sorted((_rank(typed, entry), place) for place, entry in enumerate(self._entries))
        return tuple(self._entries[place].suggestion for rank, place in ranked[:SUGGESTIONS] if rank < _NOT_AT_ALL)


def _rank(typed: list[str], entry: _Entry) -> int:
    """Return 0 where the title begins with what was typed, 1 for a word in it, 2 and 3 for its other names."""
    best = _NOT_AT_ALL
    for place, name in enumerate(entry.names):
        later = 0 if place == 0 else 2
        for start in range(len(name) - len(typed) + 1):
            if _begins(name[start : start + len(typed)], typed):
                best = min(best, later + (start > 0))
                break
    return best


def _begins(name: tuple[str, ...], typed: list[str]) -> bool:
    return list(name[:-1]) == typed[:-1] and name[-1].startswith(typed[-1])


def _page(article: structure.Article, signs: list[str]) -> _Entry:
    headings = (section.heading for section in article.sections)
    others = signs if article.key == GET_HELP_PAGE else headings
    return _entry(article.title, page_path(article.key), (article.nav_title, *others))


def _entry(title: str, url: str, others: Iterable[str]) -> _Entry:
    names = [tuple(words.tokens(name)) for name in (title, *others)]
    # "cat c" shall find "Cat and cow".
    short = (tuple(token for token in name if token not in words.STOP_WORDS) for name in names)
    return _Entry(Suggestion(title, url), (*names, *short))

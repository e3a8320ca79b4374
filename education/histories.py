"""What changed on a page: its own publications and those of what it is joined from. Pure."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from education import structure
from education.edition import Change, LiveEdition, Published


def of_page(live: LiveEdition, key: str) -> tuple[Change, ...]:
    """Return every change of the words on a page, newest first.

    A card, the protocol or an exercise counts from its second publication on: its first is no change of the page.
    """
    article = live.articles[key]
    changes = list(article.history)
    for part in parts(live, article.content):
        changes += (change for change in part.history if change.number > 1)
    return tuple(sorted(changes, key=lambda change: change.published_at, reverse=True))


def parts(live: LiveEdition, article: structure.Article) -> Iterator[Published[Any]]:
    """Yield what a page is joined from besides its own words: cards, exercises, the protocol."""
    cards = {section.card for section in article.sections if isinstance(section, structure.CardSection)}
    exercises = {
        key
        for section in article.sections
        if isinstance(section, structure.ExercisesSection)
        for key in section.exercises
    }
    yield from (item for key, item in live.cards.items() if key in cards)
    yield from (item for key, item in live.exercises.items() if key in exercises)
    if any(isinstance(section, structure.ProtocolSection) for section in article.sections):
        yield from live.protocols.values()


def changed_at(live: LiveEdition, key: str) -> datetime:
    """Return when the words on a page last changed (aware UTC)."""
    return of_page(live, key)[0].published_at

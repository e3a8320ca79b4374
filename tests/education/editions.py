"""Editions for tests that need no database."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, TypeVar

from education import checks, content_files, structure
from education.edition import Change, LiveEdition, Published

PUBLISHED_AT: Final = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # a Monday

_T = TypeVar("_T", bound=structure.Content)


def edition_from_files() -> LiveEdition:
    """Return the content files as one edition, as if each had been published once, at ``PUBLISHED_AT``."""
    return edition_of(content_files.read())


def edition_of(library: checks.Library, number: int = 1) -> LiveEdition:
    """Return a library as edition ``number``, every content in its first publication."""
    articles = dict(sorted(library.articles.items(), key=lambda item: item[1].position))
    return LiveEdition(
        number=number,
        published_at=PUBLISHED_AT,
        until=None,
        articles=_published(articles),
        cards=_published(library.cards),
        protocols=_published(library.protocols),
        exercises=_published(library.exercises),
        terms=_published(library.terms),
        sources=_published(library.sources),
    )


def _published(shelf: Mapping[str, _T]) -> dict[str, Published[_T]]:
    history = (Change(1, PUBLISHED_AT, "First edition."),)
    return {
        key: Published(
            content=content,
            number=1,
            published_at=PUBLISHED_AT,
            origin="files",
            published_alone=False,
            history=history,
        )
        for key, content in shelf.items()
    }

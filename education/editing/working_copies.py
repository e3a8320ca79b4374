"""The working copies: which table holds which kind, and what all of them say together."""

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.db.models import QuerySet

from education import contents, structure, working_copy
from education.edition import LiveEdition
from education.library import Library, library_of
from education.models import Article, CareCard, Exercise, Kind, Protocol, Publishable, Source, Term

WORKING_COPIES: Final[Mapping[str, type[Publishable]]] = {
    Kind.ARTICLE: Article,
    Kind.CARE_CARD: CareCard,
    Kind.PROTOCOL: Protocol,
    Kind.EXERCISE: Exercise,
    Kind.TERM: Term,
    Kind.SOURCE: Source,
}
SHELVES: Final[Mapping[str, str]] = {
    Kind.ARTICLE: "articles",
    Kind.CARE_CARD: "cards",
    Kind.PROTOCOL: "protocols",
    Kind.EXERCISE: "exercises",
    Kind.TERM: "terms",
    Kind.SOURCE: "sources",
}


def rows_of(kind: str) -> QuerySet[Publishable]:
    """Return the working copies of one kind."""
    return WORKING_COPIES[kind]._default_manager.all()  # noqa: SLF001  # public, whatever its name


def row_of(kind: str, key: str) -> Publishable | None:
    """Return the working copy, or None where there is none."""
    return rows_of(kind).filter(key=key).first()


def kind_of(model: type[Publishable]) -> str:
    """Return the kind whose working copies a model holds."""
    return next(kind for kind, its_model in WORKING_COPIES.items() if its_model is model)


def every_content() -> list[structure.Publishable]:
    """Return what every working copy says."""
    return [
        content for kind in WORKING_COPIES for content in working_copy.contents_of(list(rows_of(kind).order_by("key")))
    ]


def library() -> Library:
    """Return what the site would say if every working copy were published."""
    return with_contents(Library(), every_content())


def with_contents(shelves: Library, new: Iterable[structure.Publishable]) -> Library:
    """Return a library in which each of ``new`` takes its place."""
    changed: dict[str, dict[str, Any]] = {}
    for content in new:
        name = SHELVES[contents.kind_of(content)]
        changed.setdefault(name, dict(getattr(shelves, name)))[content.key] = content
    return dataclasses.replace(shelves, **changed)


def not_live(live: LiveEdition) -> list[structure.Publishable]:
    """Return what the working copies say that readers do not know yet: new pages, terms, sources ..."""
    shown = library_of(live)
    found: list[structure.Publishable] = []
    for kind in WORKING_COPIES:
        found += working_copy.contents_of(list(rows_of(kind).exclude(key__in=getattr(shown, SHELVES[kind]))))
    return found


def live_with(live: LiveEdition, new: Iterable[structure.Publishable]) -> Library:
    """Return what the site would say if ``new`` were published now."""
    return with_contents(library_of(live), new)

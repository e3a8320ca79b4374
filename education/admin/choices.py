"""What the editing forms may name, looked up for one screen."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from django.conf import settings
from django.contrib.staticfiles import finders
from django.urls import URLPattern, URLResolver, get_resolver

from education.editing_forms import Choices
from education.models import Article, CareCard, CareStep, Exercise, Picture, Protocol, Sign, Source, Term
from education.natural import natural

_DRAWINGS: Final = "svg/drawings.svg"
_SYMBOL: Final = re.compile(r'<symbol id="([a-z0-9-]+)"')
_FIRST_PART: Final = re.compile(r"^\^?([a-z0-9.-]+)(?:/|$|\\Z)")
# Two drawings are pairs of symbols: see partials/plate.html.
_PAIRS: Final = {"discs": ("disc-healthy", "disc-herniated"), "balance": ("balance-good", "balance-poor")}
# Addresses that the site will have, and those that no view answers.
_MORE_ADDRESSES: Final = frozenset({"static", "m", "u", "cal", "visit", "offline", "infobutton"})


def choices_for(kind: str, key: str) -> Choices:
    """Return what the form of one content may name; 'taken' leaves that content itself out."""
    return Choices(
        sources={row.key: _source_label(row) for row in sorted(Source.objects.all(), key=lambda row: natural(row.key))},
        cards=dict(CareCard.objects.values_list("key", "title")),
        exercises={
            row.key: f"{row.code} {row.name}" for row in sorted(Exercise.objects.all(), key=lambda r: natural(r.code))
        },
        articles=dict(Article.objects.values_list("key", "title")),
        pictures={
            digest: (name, width, height)
            for digest, name, width, height in Picture.objects.values_list("digest", "name", "width", "height")
        },
        drawings=drawings(),
        reserved_slugs=reserved_slugs(),
        taken=_taken(kind, key),
    )


def _source_label(row: Source) -> str:
    return f"{row.organisation}: {row.title}" + (f", {row.year}" if row.year else "")


def _taken(kind: str, key: str) -> dict[str, frozenset[str]]:
    def values(model: type, field: str, own: str, parent: str = "key") -> frozenset[str]:
        rows = model._default_manager.all()  # type: ignore[attr-defined]
        return frozenset((rows.exclude(**{parent: key}) if kind == own else rows).values_list(field, flat=True))

    return {
        "exercise.code": values(Exercise, "code", "exercise"),
        "sign.code": values(Sign, "code", "care_card", "card__key"),
        "step.key": values(CareStep, "key", "protocol", "protocol__key"),
        "step.row": values(CareStep, "row", "protocol", "protocol__key"),
        "care_card.urgency": values(CareCard, "urgency", "care_card"),
        "term.key": values(Term, "key", "term"),
        "protocol.key": values(Protocol, "key", "protocol"),
    }


@cache
def drawings() -> dict[str, str]:
    """Return the drawings of the site by name; a pair counts as one."""
    path = finders.find(_DRAWINGS)
    names = set(_SYMBOL.findall(Path(str(path)).read_text(encoding="utf-8")))
    names = (names - {part for pair in _PAIRS.values() for part in pair}) | set(_PAIRS)
    return {name: name.replace("-", " ") for name in sorted(names)}


@cache
def reserved_slugs() -> frozenset[str]:
    """Return the first parts of all addresses of the site that are not pages, as a new page may not have them."""
    static = settings.STATIC_URL.strip("/")
    return frozenset({*_first_parts(get_resolver().url_patterns), *_MORE_ADDRESSES, static})


def _first_parts(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    for pattern in patterns:
        found = _FIRST_PART.match(str(pattern.pattern))
        if found:
            yield found[1]
        elif isinstance(pattern, URLResolver):
            yield from _first_parts(pattern.url_patterns)

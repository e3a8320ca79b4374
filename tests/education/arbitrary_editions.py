"""Editions of any content that the structures allow, found by looking at the structures themselves."""

import datetime
import re
from typing import Any, Final

import msgspec.inspect
from hypothesis import strategies as st
from msgspec import NODEFAULT

from education import checks, structure
from education.natural import natural
from tests.education.richtext_documents import DOCUMENTS

RICH: Final = frozenset({"body", "intro"})
SLUGS: Final = frozenset({"key", "anchor", "card", "drawing", "exercises", "claims", "sources", "related"})
SORTED: Final = frozenset({"sources", "related"})
TRAPS: Final = (
    "a: b|; alt: x|;|\"|\"a\"|\"a\"; b|'|it's|{|}|{claims: S1}|{ends: intro}|{#a text}|- a|-|---|# a|#|## a|### a|"
    "1. a|a #b|yes|no|null|~|007|1e3|2026-11-22|12:30|<<|=|@|`|%|&a|*a|!a|!!str|? a|> a|| a|[a]|[|]|,|\\|\\\"|\\n|"
    "One. Two! Three?|caf\u00e9 \u2014 \u201cq\u201d|\u4e2d|\U0001f642|\u200b|\ufeff|e\u0301|\x07|\x7f|..."
).split("|")

SLUG: Final = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,5}", fullmatch=True)
LINES: Final = st.lists(
    st.sampled_from(TRAPS) | st.text(st.characters(exclude_categories=["Cs"]), max_size=4), max_size=4
).map(lambda parts: " ".join(" ".join(parts).split()))


def of(type_: type[Any], *, full: bool = False) -> st.SearchStrategy[Any]:
    """Return a strategy for a structure; with ``full`` no field holds its default, and no text and list is empty."""
    return _values(msgspec.inspect.type_info(type_), "", full=full)


def _values(info: msgspec.inspect.Type, name: str, *, full: bool) -> st.SearchStrategy[Any]:
    match info:
        case msgspec.inspect.StructType():
            return st.fixed_dictionaries({field.name: _field(field, full=full) for field in info.fields}).map(
                lambda values: info.cls(**values)
            )
        case msgspec.inspect.UnionType():
            types = [each for each in info.types if not (full and isinstance(each, msgspec.inspect.NoneType))]
            return st.one_of([_values(each, name, full=full) for each in types])
        case msgspec.inspect.VarTupleType():
            return _tuples(info, name, full=full)
        case msgspec.inspect.LiteralType():
            return st.sampled_from(info.values)
        case msgspec.inspect.StrType():
            return _texts(name).filter(lambda text: bool(text) or not full)
        case _:
            return _PLAIN[type(info)]


_PLAIN: Final[dict[type[msgspec.inspect.Type], st.SearchStrategy[Any]]] = {
    msgspec.inspect.IntType: st.integers(-5, 10_000),
    msgspec.inspect.BoolType: st.booleans(),
    msgspec.inspect.DateType: st.dates(datetime.date(1000, 1, 1)),
    msgspec.inspect.NoneType: st.none(),
}


def _field(field: msgspec.inspect.Field, *, full: bool) -> st.SearchStrategy[Any]:
    values = _values(field.type, field.name, full=full)
    if full and field.default is not NODEFAULT:
        return values.filter(lambda value: value != field.default)
    return values


def _texts(name: str) -> st.SearchStrategy[str]:
    if name in RICH:
        return DOCUMENTS
    return SLUG if name in SLUGS else LINES


def _tuples(info: msgspec.inspect.VarTupleType, name: str, *, full: bool) -> st.SearchStrategy[tuple[Any, ...]]:
    item = info.item_type
    if full and isinstance(item, msgspec.inspect.UnionType):
        # One of each.
        return st.tuples(*(_values(each, name, full=True) for each in item.types))
    items = st.lists(_values(item, name, full=full), min_size=int(full), max_size=3)
    return items.map(lambda found: tuple(sorted(found, key=natural)) if name in SORTED else tuple(found))


def libraries(*, full: bool = False) -> st.SearchStrategy[checks.Library]:
    """Return a strategy for all contents together: they name what need not exist, and there is one protocol."""

    def shelf(type_: type[structure.Publishable], size: int = 2) -> st.SearchStrategy[dict[str, Any]]:
        contents = st.lists(
            of(type_, full=full), min_size=1, max_size=size, unique_by=lambda content: content.key.lower()
        )
        return contents.map(lambda found: {content.key: content for content in found})

    return st.builds(
        checks.Library,
        articles=shelf(structure.Article),
        cards=shelf(structure.CareCard),
        protocols=shelf(structure.Protocol, 1),
        exercises=shelf(structure.Exercise),
        terms=shelf(structure.Term),
        sources=shelf(structure.Source),
    )

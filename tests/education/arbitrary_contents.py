"""Any content that the structures allow, found by looking at the structures themselves."""

import dataclasses
import datetime
from typing import Any, Final

import msgspec.inspect
from hypothesis import strategies as st
from msgspec import NODEFAULT

from education import checks, content_files, structure
from education.natural import natural
from tests.education.richtext_documents import DOCUMENTS

RICH: Final = frozenset({"body", "intro"})
SLUGS: Final = frozenset({"key", "anchor", "card", "drawing", "picture", "exercises", "claims", "sources", "related"})
PIXELS: Final = frozenset({"picture_width", "picture_height"})
SORTED: Final = frozenset({"sources", "related"})
TRAPS: Final = (
    'a: b|; alt: x|;|"|"a"|"a"; b|\'|it\'s|{|}|{claims: S1}|{ends: intro}|{#a text}|- a|-|---|# a|#|## a|### a|'
    '1. a|a #b|yes|no|null|~|007|1e3|2026-11-22|12:30|<<|=|@|`|%|&a|*a|!a|!!str|? a|> a|| a|[a]|[|]|,|\\|\\"|\\n|'
    "One. Two! Three?|caf\u00e9 \u2014 \u201cq\u201d|\u4e2d|\U0001f642|\u200b|\ufeff|e\u0301|\x07|\x7f|..."
).split("|")

SLUG: Final = st.text("abcXYZ0129_-", min_size=1, max_size=5)
SHELVES: Final[dict[type[structure.Publishable], str]] = {
    structure.Article: "articles",
    structure.CareCard: "cards",
    structure.Protocol: "protocols",
    structure.Exercise: "exercises",
    structure.Term: "terms",
    structure.Source: "sources",
}
LINES: Final = st.lists(
    st.sampled_from(TRAPS) | st.text(st.characters(exclude_categories=["Cs"]), max_size=4), max_size=4
).map(lambda parts: " ".join(" ".join(parts).split()))


@st.composite
def of(draw: st.DrawFn, type_: type[Any], *, full: bool = False) -> Any:
    """Draw a structure; with ``full`` no field holds its default, no text or list is empty, each sort of item is there.

    Strategies are made field by field while drawing: as one whole they would be too large to print.
    """
    info = msgspec.inspect.type_info(type_)
    assert isinstance(info, msgspec.inspect.StructType)
    return type_(**{field.name: draw(_field(field, full=full)) for field in info.fields})


def _field(field: msgspec.inspect.Field, *, full: bool) -> st.SearchStrategy[Any]:
    values = _values(field.type, field.name, full=full)
    if full and field.default is not NODEFAULT:
        return values.filter(lambda value: value != field.default)
    return values


def _values(info: msgspec.inspect.Type, name: str, *, full: bool) -> st.SearchStrategy[Any]:
    match info:
        case msgspec.inspect.StructType():
            return of(info.cls, full=full)
        case msgspec.inspect.UnionType():
            types = [each for each in info.types if not (full and isinstance(each, msgspec.inspect.NoneType))]
            return st.one_of([_values(each, name, full=full) for each in types])
        case msgspec.inspect.VarTupleType():
            return _tuples(info.item_type, name, full=full)
        case msgspec.inspect.LiteralType():
            return st.sampled_from(info.values)
        case msgspec.inspect.StrType():
            return _texts(name, full=full)
        case _:
            return st.integers(0, 9999) if name in PIXELS else _PLAIN[type(info)]


_PLAIN: Final[dict[type[msgspec.inspect.Type], st.SearchStrategy[Any]]] = {
    msgspec.inspect.IntType: st.integers(-5, 10_000),
    msgspec.inspect.BoolType: st.booleans(),
    msgspec.inspect.DateType: st.dates(datetime.date(1000, 1, 1)),
    msgspec.inspect.NoneType: st.none(),
}


def _texts(name: str, *, full: bool) -> st.SearchStrategy[str]:
    if name in RICH:
        return DOCUMENTS.map(lambda html: html or "<p>x</p>") if full else DOCUMENTS
    if name in SLUGS:
        return SLUG
    return LINES.map(lambda text: text or "x") if full else LINES


def _tuples(item: msgspec.inspect.Type, name: str, *, full: bool) -> st.SearchStrategy[tuple[Any, ...]]:
    if full and isinstance(item, msgspec.inspect.UnionType):
        return st.tuples(*(_values(each, name, full=True) for each in item.types))
    items = st.lists(_values(item, name, full=full), min_size=int(full), max_size=2)
    return items.map(lambda found: tuple(sorted(found, key=natural)) if name in SORTED else tuple(found))


def with_content(library: checks.Library, content: structure.Publishable) -> checks.Library:
    """Return a library in which ``content``, tidied, takes its place; a protocol takes that of the only one."""
    name = SHELVES[type(content)]
    shelf = {} if name == "protocols" else getattr(library, name)
    return dataclasses.replace(library, **{name: {**shelf, content.key: content_files.tidy(content)}})

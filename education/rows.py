"""Rows of a content, and how the rows of two contents are matched: by their keys, whatever their order. Pure."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Final, Literal, TypeVar

from education import structure

Row = structure.Section | structure.Statement | structure.Sign | structure.CareStep
Noun = Literal["section", "statement", "sign", "step"]
_T = TypeVar("_T")


@dataclass(frozen=True)
class RowList:
    """The one field of a structure that holds rows, the field of a row that is its key, and what a row is called."""

    field: str
    key: str
    noun: Noun


_STATEMENTS: Final = RowList("statements", "key", "statement")
_ROW_LISTS: Final[Mapping[type[structure.Content], RowList]] = {
    structure.Article: RowList("sections", "anchor", "section"),
    structure.CareCard: RowList("signs", "code", "sign"),
    structure.Protocol: RowList("steps", "key", "step"),
    structure.StatementsSection: _STATEMENTS,
    structure.StepsSection: _STATEMENTS,
    structure.FaqSection: _STATEMENTS,
}

_TOGETHER: Final = {"picture": ("picture", "picture_width", "picture_height")}
_FOLLOWING: Final = frozenset({"picture_width", "picture_height"})


def row_list(content: structure.Content | None) -> RowList | None:
    """Return which field of ``content`` holds rows; None where no field does."""
    return _ROW_LISTS.get(type(content)) if content is not None else None


def rows(content: structure.Content | None) -> tuple[Row, ...]:
    """Return the rows of ``content``, none where it has no such field."""
    found = row_list(content)
    return tuple(getattr(content, found.field)) if found else ()


def value(content: structure.Content, name: str) -> object:
    """Return the field ``name`` of any structure."""
    found: object = getattr(content, name)
    return found


def fields(content: structure.Content) -> tuple[str, ...]:
    """Return the names of the fields, without those that only follow from another (``together``)."""
    return tuple(name for name in content.__struct_fields__ if name not in _FOLLOWING)


def together(name: str) -> tuple[str, ...]:
    """Return the fields that change with ``name``, itself first: a picture has its own width and height."""
    return _TOGETHER.get(name, (name,))


def inner(path: str, name: str) -> str:
    """Return the path of field ``name`` of what stands at ``path``: "sections[ice].heading"; "title" at the top."""
    return f"{path}.{name}" if path else name


def named(found: RowList, items: Sequence[Row]) -> dict[str, Row]:
    """Return the rows by key, in their order.

    A row without a key, or with one that stands before it, is named by its place (from 1), or the next free number:
    the key that a statement without one is given elsewhere, so that old contents still match.
    """
    keys = [str(value(row, found.key)) for row in items]
    names: dict[str, Row] = {}
    for place, (key, row) in enumerate(zip(keys, items, strict=True), start=1):
        own = key if key not in names else ""
        names[own or _free(place, {*keys, *names})] = row
    return names


def _free(place: int, taken: set[str]) -> str:
    return next(str(number) for number in count(place) if str(number) not in taken)


def common(names: Iterable[str], *others: Iterable[str]) -> list[str]:
    """Return the names that stand in all the others too, in the order of the first."""
    shared = set.intersection(*(set(other) for other in others))
    return [name for name in names if name in shared]


def woven(leading: Iterable[str], following: Iterable[str]) -> list[str]:
    """Return all names: the leading ones in their order, each other one after the name it follows on its own side."""
    order = list(leading)
    placed = set(order)
    place = 0
    for name in following:
        if name not in placed:
            order.insert(place, name)
            placed.add(name)
        place = order.index(name) + 1
    return order


def moved(places: Sequence[int]) -> set[int]:
    """Return the fewest of these different numbers that must move for the rest to stand in rising order."""
    ends: list[int] = []  # the lowest number in which a rising row of each length ends
    lengths = []
    for place in places:
        length = bisect_left(ends, place)
        ends[length:] = [place, *ends[length + 1 :]]
        lengths.append(length)
    stay: set[int] = set()
    wanted = len(ends) - 1
    for place, length in zip(reversed(places), reversed(lengths), strict=True):
        if length == wanted:
            stay.add(place)
            wanted -= 1
    return set(places) - stay

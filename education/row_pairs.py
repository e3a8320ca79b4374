"""Which row of an old content is which row of a new one, for showing what changed between any two contents. Pure.

Sections, signs and steps are known by their keys. Statements read from files are keyed by their place, so they are
matched first by what they say and then by their keys: one more at the beginning must not make all others look changed.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from education import richtext, structure
from education.rows import Row, RowList, moved, named, woven

_SIMILAR_FROM: Final = 0.6  # share of words in common


@dataclass(frozen=True)
class Pair:
    """One row as it was and as it is, None where it was not there, and the row before it on both sides.

    ``row`` is the new one, or else the old one; ``number`` its place among the rows of its side, from 1; ``name`` what
    it is called in paths. ``is_moved`` if the others can be said to have stayed.
    """

    name: str
    row: Row
    number: int
    old: Row | None
    new: Row | None
    old_neighbour: Row | None = None
    new_neighbour: Row | None = None
    is_moved: bool = False


def paired(found: RowList, old: Sequence[Row], new: Sequence[Row]) -> list[Pair]:
    """Return all rows of both sides: in the new order, each removed one after the row that it followed."""
    o, n = named(found, old), named(found, new)
    old_of = _matched(found, o, n)
    was_at = {name: list(o).index(other) for name, other in old_of.items()}
    gone = moved([was_at[name] for name in n if name in was_at])
    pairs = [
        _pair(name, old, new, was_at.get(name), place, is_moved=was_at.get(name) in gone)
        for place, name in enumerate(n)
    ]
    pair_of = {old_of[pair.name]: pair for pair in pairs if pair.name in old_of}
    for place, (name, row) in enumerate(o.items(), start=1):
        pair_of.setdefault(name, Pair(_unlike(name, n), row, place, row, None))
    by_name = {pair.name: pair for pair in (*pairs, *pair_of.values())}
    return [by_name[name] for name in woven(n, (pair_of[name].name for name in o))]


def _pair(name: str, old: Sequence[Row], new: Sequence[Row], was: int | None, place: int, *, is_moved: bool) -> Pair:
    return Pair(
        name,
        new[place],
        place + 1,
        None if was is None else old[was],
        new[place],
        old[was - 1] if was else None,
        new[place - 1] if place else None,
        is_moved,
    )


def _unlike(name: str, taken: Collection[str]) -> str:
    while name in taken:
        name += "~"
    return name


def _matched(found: RowList, o: Mapping[str, Row], n: Mapping[str, Row]) -> dict[str, str]:
    """Return the old name of each new row that was there before."""
    passes = _PASSES if found.noun == "statement" else _PASSES[-1:]
    matched: dict[str, str] = {}
    left = dict(o)
    for by_name, is_match in passes:
        for name, row in n.items():
            if name in matched:
                continue
            candidates = [name] if by_name else list(left)
            if other := next((each for each in candidates if each in left and is_match(left[each], row)), None):
                matched[name] = other
                del left[other]
    return matched


def _is_same(one: Row, other: Row) -> bool:
    return _without_key(one) == _without_key(other)


def _without_key(row: Row) -> Row:
    return msgspec.structs.replace(row, key="") if isinstance(row, structure.Statement) else row


def _is_similar(one: Row, other: Row) -> bool:
    a, b = _words(one), _words(other)
    return 2 * (a & b).total() >= _SIMILAR_FROM * (a.total() + b.total()) > 0


def _is_any(one: Row, other: Row) -> bool:
    return True


def _words(row: Row) -> Counter[str]:
    if not isinstance(row, structure.Statement):
        return Counter()
    return Counter(f"{row.lead} {richtext.plain(row.body)}".split())


_PASSES: Final[tuple[tuple[bool, Callable[[Row, Row], bool]], ...]] = (
    (True, _is_same),
    (False, _is_same),
    (True, _is_similar),
    (False, _is_similar),
    (True, _is_any),
)

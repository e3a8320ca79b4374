"""Brings the texts of two editors together who began from the same content. Pure.

A path names a place: ``title``, ``sections[ice].heading``, ``sections[ice].statements[3].body``; ``sections[ice]`` is
the whole row, ``sections`` the order of the rows. Rows are matched by their keys (``education.rows``).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Final, TypeVar

import msgspec

from education import structure
from education.editor_words import WORDS
from education.rows import Row, RowList, common, fields, inner, named, row_list, rows, together, value, woven
from education.tokens import field_tokens, row_title, row_tokens, text_of

_Publishable = TypeVar("_Publishable", bound=structure.Publishable)
_Content = TypeVar("_Content", bound=structure.Content)
_Rows = Mapping[str, Row]
_NONE: Final[_Rows] = {}


@dataclass(frozen=True)
class Conflict:
    """A place that both editors changed, each in another way, with the three texts as an editor reads them.

    A text is empty where that side has nothing there. ``mine_removed`` and ``theirs_removed`` say that a side has no
    such row, so that an empty text is not taken for an emptied row.
    """

    path: str
    base: str
    mine: str
    theirs: str
    mine_removed: bool = False
    theirs_removed: bool = False


@dataclass(frozen=True)
class Merged:
    """What both editors' texts make together; it holds mine at every conflict."""

    content: structure.Publishable
    conflicts: tuple[Conflict, ...]


def merge(
    base: structure.Publishable | None,
    mine: structure.Publishable,
    theirs: structure.Publishable,
    words: Mapping[str, str] = WORDS,
) -> Merged:
    """Return ``mine`` with what changed from ``base`` to ``theirs``, and every place where the two do not go together.

    A row that one side removed and the other changed is a conflict and stays. Without a base nobody can tell a
    removed row from an added one: each difference is a conflict, and the content is ``mine`` as it stands.
    ``words`` are those of ``WORDS``, translated. Raises TypeError for contents of different kinds, and ValueError for
    rich text in a conflict that ``richtext`` finds too long.
    """
    _check_kinds(base or mine, mine, theirs)
    merging = _Merging(words, has_base=base is not None)
    content = merging.content("", base, mine, theirs)
    return Merged(content, tuple(merging.conflicts))


def take(mine: _Publishable, theirs: _Publishable, paths: Collection[str]) -> _Publishable:
    """Return ``mine`` with what ``theirs`` has at these paths: fields, whole rows (or their absence), orders.

    Raises ValueError for a path that names no place in either, and TypeError for contents of different kinds.
    """
    _check_kinds(mine, theirs)
    taking = _Taking(frozenset(paths))
    content = taking.content("", mine, theirs)
    if unknown := taking.wanted - taking.known:
        raise ValueError(f"no such place: {', '.join(sorted(unknown))}")
    return content


def without(content: _Publishable, paths: Collection[str]) -> _Publishable:
    """Return ``content`` without the rows at these paths: for conflicts at which a removal is to hold after all.

    Raises ValueError for a path that names no row in it.
    """
    missing = set(paths)
    left = _without("", content, missing)
    if missing:
        raise ValueError(f"no such row: {', '.join(sorted(missing))}")
    return left


def _without(path: str, content: _Content, missing: set[str]) -> _Content:
    found = row_list(content)
    if not found:
        return content
    place_of = {name: f"{inner(path, found.field)}[{name}]" for name in named(found, rows(content))}
    kept = tuple(
        _without(place_of[name], row, missing)
        for name, row in named(found, rows(content)).items()
        if place_of[name] not in missing
    )
    missing -= set(place_of.values())
    return msgspec.structs.replace(content, **{found.field: kept})


def _check_kinds(*contents: structure.Publishable) -> None:
    if len({type(content) for content in contents}) > 1:
        raise TypeError("contents of different kinds cannot be merged")


def _values(side: structure.Content | None, name: str) -> tuple[object, ...]:
    """Return the value of a field and those that go with it; nothing, which no value equals, where it is not there."""
    return tuple(value(side, each) for each in together(name)) if side is not None and name in fields(side) else ()


def _field_text(side: structure.Content | None, name: str, words: Mapping[str, str]) -> str:
    return text_of(chain.from_iterable(field_tokens(name, each, words) for each in _values(side, name)[:1]))


@dataclass
class _Merging:
    words: Mapping[str, str]
    has_base: bool
    conflicts: list[Conflict] = field(default_factory=list)

    def content(self, path: str, base: structure.Content | None, mine: _Content, theirs: _Content) -> _Content:
        """Merge field by field. A base of another kind counts as far as it has the same fields."""
        found = row_list(mine)
        changes: dict[str, object] = {}
        for name in fields(mine):
            place = inner(path, name)
            if found and name == found.field:
                changes[name] = self._rows(place, found, base, mine, theirs)
            elif self._is_theirs(place, name, base, mine, theirs):
                changes |= {each: value(theirs, each) for each in together(name)}
        return msgspec.structs.replace(mine, **changes)

    def _is_theirs(
        self, path: str, name: str, base: structure.Content | None, mine: structure.Content, theirs: structure.Content
    ) -> bool:
        """Return whether their value of a field holds; notes a conflict where both are new and differ."""
        before, own, other = (_values(side, name) for side in (base, mine, theirs))
        if own == other or other == before:
            return False
        if own == before:
            return True
        self._note(path, *(_field_text(side, name, self.words) for side in (base, mine, theirs)))
        return False

    def _rows(
        self,
        path: str,
        found: RowList,
        base: structure.Content | None,
        mine: structure.Content,
        theirs: structure.Content,
    ) -> tuple[Row, ...]:
        b = named(found, rows(base)) if self.has_base else None
        m, t = named(found, rows(mine)), named(found, rows(theirs))
        first, second = (t, m) if self._theirs_leads(path, b, m, t) else (m, t)
        kept = {name: self._row(f"{path}[{name}]", name, b, m, t) for name in woven(m, t)}
        order = woven(*([name for name in side if kept[name]] for side in (first, second)))
        return tuple(row for name in order if (row := kept[name]))

    def _theirs_leads(self, path: str, b: _Rows | None, m: _Rows, t: _Rows) -> bool:
        """Return whether their order of the rows holds; notes a conflict where both orders are new."""
        if common(m, t) == common(t, m):
            return False
        before = common(b or _NONE, m, t)
        is_mine = b is None or common(m, b, t) != before
        is_theirs = b is None or common(t, b, m) != before
        if is_mine == is_theirs:
            self._note(path, *("\n".join(row_title(row) for row in side.values()) for side in (b or _NONE, m, t)))
        return is_theirs and not is_mine

    def _row(self, path: str, name: str, b: _Rows | None, m: _Rows, t: _Rows) -> Row | None:
        """Return the row as it goes into the content; None where it goes."""
        base, mine, theirs = (b or _NONE).get(name), m.get(name), t.get(name)
        if mine is not None and type(mine) is type(theirs):
            return self.content(path, base, mine, theirs)
        if b is not None and theirs == base:
            return mine
        if b is not None and mine == base:
            return theirs
        self._note(
            path,
            *("" if row is None else text_of(row_tokens(row, self.words)) for row in (base, mine, theirs)),
            mine_removed=mine is None,
            theirs_removed=theirs is None,
        )
        return mine if mine is not None or b is None else theirs

    def _note(self, path: str, *texts: str, mine_removed: bool = False, theirs_removed: bool = False) -> None:
        base, mine, theirs = texts
        self.conflicts.append(Conflict(path, base, mine, theirs, mine_removed, theirs_removed))


@dataclass
class _Taking:
    wanted: frozenset[str]
    known: set[str] = field(default_factory=set)

    def content(self, path: str, mine: _Content, theirs: _Content) -> _Content:
        """Take field by field from two structures of one type."""
        found = row_list(mine)
        changes: dict[str, object] = {}
        for name in fields(mine):
            place = inner(path, name)
            is_wanted = self._is_wanted(place)
            if found and name == found.field:
                changes[name] = self._rows(place, found, mine, theirs)
            elif is_wanted:
                changes |= {each: value(theirs, each) for each in together(name)}
        return msgspec.structs.replace(mine, **changes)

    def _is_wanted(self, path: str) -> bool:
        self.known.add(path)
        return path in self.wanted

    def _rows(self, path: str, found: RowList, mine: structure.Content, theirs: structure.Content) -> tuple[Row, ...]:
        m, t = named(found, rows(mine)), named(found, rows(theirs))
        first, second = (t, m) if path in self.wanted else (m, t)
        taken = {name: self._row(f"{path}[{name}]", m.get(name), t.get(name)) for name in woven(m, t)}
        order = woven(*([name for name in side if taken[name]] for side in (first, second)))
        return tuple(row for name in order if (row := taken[name]))

    def _row(self, path: str, mine: Row | None, theirs: Row | None) -> Row | None:
        is_wanted = self._is_wanted(path)
        if mine is None or type(mine) is not type(theirs):
            return theirs if is_wanted else mine
        # Also looked through where the whole row is wanted: the places in it are known all the same.
        inside: Row = self.content(path, mine, theirs)
        return theirs if is_wanted else inside

"""Tells an editor what differs between two contents of one kind, word by word, and what must not be overlooked. Pure.

Alerts: "number" (a digit or a number in words), "dose", "negation" (a 'not' or 'never' came or went), "red flag" (signs
and how to act on them), "evidence" (a label), "moved", and "added" or "removed" with what a row is ("added sign").
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from education import change_alerts, structure
from education.editor_words import WORDS
from education.place_labels import joined, row_label
from education.row_pairs import Pair, paired
from education.rows import Row, RowList, fields, inner, row_list, rows, value, woven
from education.tokens import Tokens, field_tokens, row_title, row_tokens, text_of
from education.word_changes import Part, parts

__all__ = ["WORDS", "FieldChange", "Part", "alerts", "compare"]


@dataclass(frozen=True)
class FieldChange:
    """One field, whole row or place of a row that differs, with both texts as an editor reads them.

    ``path`` is spelled as in ``education.merging``; a row that went and whose key another row now has, ends in "~".
    ``label`` is in the editor's words: 'Section "Ice in the first days", statement 3, text'.
    """

    path: str
    label: str
    old: str
    new: str
    parts: tuple[Part, ...]
    alerts: tuple[str, ...]


def compare(
    old: structure.Publishable | None, new: structure.Publishable | None, words: Mapping[str, str] = WORDS
) -> tuple[FieldChange, ...]:
    """Return what differs, in the order of the new content; with None everything was added, or removed.

    ``words`` are those of ``WORDS``, translated. Keys of rows are not compared: no reader and no editor sees them.
    Raises TypeError for contents of different kinds, and ValueError for rich text that ``richtext`` finds too long.
    """
    if old is not None and new is not None and type(old) is not type(new):
        raise TypeError("contents of different kinds cannot be compared")
    return tuple(_Comparing(words).contents("", (), old, new))


def alerts(changes: Sequence[FieldChange]) -> tuple[str, ...]:
    """Return what must not be overlooked in any of the changes, once each, the gravest first."""
    return change_alerts.in_order({alert for change in changes for alert in change.alerts})


@dataclass(frozen=True)
class _Comparing:
    words: Mapping[str, str]

    def contents(
        self,
        path: str,
        where: tuple[str, ...],
        old: structure.Content | None,
        new: structure.Content | None,
        ignored: str = "",
    ) -> Iterator[FieldChange]:
        """Compare field by field; sections of two kinds by all fields that either has."""
        if old is not None and new is not None and type(old) is not type(new):
            yield from self._kind(inner(path, "kind"), where, old, new)
        found = row_list(new) or row_list(old)
        for name in woven(fields(new) if new is not None else (), fields(old) if old is not None else ()):
            if found and name == found.field:
                yield from self._rows(inner(path, name), where, found, rows(old), rows(new))
            elif name != ignored:
                yield from self._field(inner(path, name), where, name, old, new)

    def _kind(
        self, path: str, where: tuple[str, ...], old: structure.Content, new: structure.Content
    ) -> Iterator[FieldChange]:
        kinds = [field_tokens("kind", str(each.__struct_config__.tag), self.words) for each in (old, new)]
        yield self._change(path, (*where, self.words["field.kind"]), kinds[0], kinds[1])

    def _field(
        self,
        path: str,
        where: tuple[str, ...],
        name: str,
        old: structure.Content | None,
        new: structure.Content | None,
    ) -> Iterator[FieldChange]:
        sides = [side for side in (old, new) if side is not None and name in fields(side)]
        if len(sides) == 1 and not value(sides[0], name):
            return  # nothing there on one side, and nothing said on the other
        before, after = (
            field_tokens(name, value(side, name), self.words) if side in sides and side is not None else ()
            for side in (old, new)
        )
        if before != after:
            label = (*where, self.words[f"field.{name}"])
            yield self._change(path, label, before, after, *change_alerts.of_field(name, sides))

    def _rows(
        self, path: str, where: tuple[str, ...], found: RowList, old: Sequence[Row], new: Sequence[Row]
    ) -> Iterator[FieldChange]:
        for pair in paired(found, old, new):
            place = f"{path}[{pair.name}]"
            label = (*where, row_label(found, pair.row, pair.number, self.words))
            if pair.is_moved:
                yield self._move(place, label, pair)
            if pair.old is not None and pair.new is not None:
                yield from self.contents(place, label, pair.old, pair.new, ignored=found.key)
            else:
                yield self._whole_row(place, label, found, pair)

    def _whole_row(self, path: str, label: tuple[str, ...], found: RowList, pair: Pair) -> FieldChange:
        tokens = row_tokens(pair.row, self.words)
        old, new = ((), tokens) if pair.old is None else (tokens, ())
        what = f"{'added' if pair.old is None else 'removed'} {found.noun}"
        return self._change(path, label, old, new, *change_alerts.of_row(pair.row), what)

    def _move(self, path: str, label: tuple[str, ...], pair: Pair) -> FieldChange:
        before, after = (
            self.words["place.after"].format(name=row_title(row)) if row is not None else self.words["place.first"]
            for row in (pair.old_neighbour, pair.new_neighbour)
        )
        both = Part("removed", before), Part("added", after)
        alerts = change_alerts.in_order({*change_alerts.of_row(pair.row), "moved"})
        return FieldChange(path, joined((*label, self.words["place"])), before, after, both, alerts)

    def _change(self, path: str, label: tuple[str, ...], old: Tokens, new: Tokens, *alerts: str) -> FieldChange:
        found = parts(old, new)
        # An evidence label is chosen, not written: its "no study cited" is no 'no' that came into a text.
        said = () if "evidence" in alerts else change_alerts.of_parts(found)
        all_alerts = change_alerts.in_order({*alerts, *said})
        return FieldChange(path, joined(label), text_of(old), text_of(new), found, all_alerts)

"""Reads a file that ``json_export`` could have written, and refuses every other one before anything is stored."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from tracker.models import Recurrence
from tracker.reports import old_values, row_rules
from tracker.reports.json_values import NotThat, read_value
from tracker.reports.tables import ADDED_LATER, FORMAT_PATH, OLD_VALUES, TABLES, columns, key_of, parents

MEGABYTES_AT_MOST: Final = 16  # ten years with 4,000 check-ins and 20,000 steps make about 10
BYTES_AT_MOST: Final = MEGABYTES_AT_MOST * 1024 * 1024
PROBLEMS_SHOWN: Final = 20
_HEAD: Final = ("format", "generated", "timezone")

Row = dict[str, Any]
Tables = Mapping[str, list[Row]]


class Refused(ValueError):
    """The file cannot be brought in. ``problems`` are sentences that name the places, never the values there."""

    def __init__(self, *problems: str) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Problem:
    """What is wrong at one place: the table, the row counted from 1, and the columns."""

    table: str
    row: int
    columns: tuple[str, ...]
    what: str

    def __str__(self) -> str:
        place = _("{table}, row {row}").format(table=self.table, row=self.row)
        return f"{place}, {', '.join(self.columns)}: {self.what}" if self.columns else f"{place}: {self.what}"


def read(data: bytes, *, now: datetime) -> Tables:
    """Return the rows of every table, with values as columns hold them. Raises Refused.

    ``now`` is aware UTC: nothing in a diary lies after it.
    """
    document = _parsed(data)
    _refuse_other_shape(document)
    tables: dict[str, list[Row]] = {}
    problems: list[Problem] = []
    for name in TABLES:
        tables[name] = []
        for number, values in enumerate(document.get(name, []), start=1):
            row, wrong = _row(name, number, values, now)
            tables[name].append(row)
            problems += wrong
            _refuse(problems, PROBLEMS_SHOWN)
    _refuse(problems, 1)
    _refuse(list(_between_rows(tables)), 1)
    return tables


def _parsed(data: bytes) -> Any:
    if len(data) > BYTES_AT_MOST:
        raise Refused(_("The file is larger than {most} MB.").format(most=MEGABYTES_AT_MOST))
    try:
        return json.loads(data.decode("utf-8-sig"), parse_constant=_no_number, object_pairs_hook=_no_key_twice)
    except (ValueError, RecursionError) as error:
        raise Refused(_("This is not a file that this site has made: it cannot be read as JSON.")) from error


def _no_number(constant: str) -> Any:
    raise ValueError(constant)


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("A key stands twice in one object.")
    return found


def _refuse_other_shape(document: Any) -> None:
    if not isinstance(document, dict) or not str(document.get("format", "")).endswith(FORMAT_PATH):
        raise Refused(_("This is not a file that this site has made. Choose the one called JSON."))
    expected = {*_HEAD, *TABLES}
    needed = [name for name in TABLES if name in document or name not in ADDED_LATER]
    if missing := [name for name in needed if not isinstance(document.get(name), list)]:
        raise Refused(*(_("The table {table} is missing.").format(table=name) for name in missing))
    if document.keys() - expected:
        raise Refused(_("The file holds a table that is not known here."))
    if any(not isinstance(document.get(key), str) for key in _HEAD):
        raise Refused(_("The file does not say when it was made, or in which time zone."))


def _row(name: str, number: int, values: Any, now: datetime) -> tuple[Row, list[Problem]]:
    fields = {key_of(field): field for field in columns(name)}
    if not isinstance(values, dict):
        return {}, [Problem(name, number, (), _("an object is needed."))]
    if values.keys() != fields.keys():
        missing = tuple(key for key in fields if key not in values)
        what = _("this is missing.") if missing else _("there is more than belongs here.")
        return {}, [Problem(name, number, missing, what)]
    row: Row = {}
    problems = []
    for key, field in fields.items():
        try:
            row[key] = read_value(name, field, values[key], now=now)
        except NotThat as error:
            problems.append(Problem(name, number, (key,), str(error)))
    if not problems:
        broken = row_rules.broken_checks(TABLES[name], row)
        problems = [Problem(name, number, names, _("these values do not go together.")) for names in broken]
        if OLD_VALUES in row and not old_values.can_be_read(name, row[OLD_VALUES], now=now):
            problems.append(Problem(name, number, (OLD_VALUES,), _("these are no old values as this site keeps them.")))
    return row, problems


def _refuse(problems: list[Problem], from_how_many: int) -> None:
    if len(problems) >= from_how_many:
        raise Refused(*map(str, problems[:PROBLEMS_SHOWN]))


def _between_rows(tables: Tables) -> Iterator[Problem]:
    ids = {name: {row["id"] for row in rows} for name, rows in tables.items()}
    for name, rows in tables.items():
        seen: set[UUID] = set()
        for number, row in enumerate(rows, start=1):
            if row["id"] in seen:
                yield Problem(name, number, ("id",), _("another row has the same id."))
            seen.add(row["id"])
            for key, parent in parents(name):
                if row[key] is not None and row[key] not in ids[parent]:
                    what = _("the row of {table} that it belongs to is not in the file.").format(table=parent)
                    yield Problem(name, number, (key,), what)
        for place in row_rules.repeated(TABLES[name], rows):
            yield Problem(name, place + 1, (), _("there may be only one such row."))
    yield from _mixed_episodes(tables)
    yield from _without_a_time(tables)


def _mixed_episodes(tables: Tables) -> Iterator[Problem]:
    """Yield ratings whose activity belongs to another episode than their check-in."""
    episode_of = {row["id"]: row["episode"] for name in ("activities", "check_ins") for row in tables[name]}
    for number, row in enumerate(tables["activity_ratings"], start=1):
        if episode_of.get(row["activity"]) != episode_of.get(row["check_in"]):
            what = _("the activity and the check-in belong to different episodes.")
            yield Problem("activity_ratings", number, ("activity", "check_in"), what)


def _without_a_time(tables: Tables) -> Iterator[Problem]:
    """Yield reminders at times of day that name none: nothing could be worked out from them."""
    for number, row in enumerate(tables["reminders"], start=1):
        if row["recurrence"] != Recurrence.EVERY and not row["times"]:
            yield Problem("reminders", number, ("recurrence", "times"), _("a time of day is needed, such as 08:00."))

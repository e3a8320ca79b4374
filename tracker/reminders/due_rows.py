"""Reads what a claim needs of stored rows, a reminder and its patient, in one statement that may lock the reminders.

Written out: models would cost more to make than all the rest of a claim.
"""

import uuid
from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, ClassVar, Final
from zoneinfo import ZoneInfo

import msgspec
from django.db import connection, models

from tracker.models import Patient, Reminder, ReminderSettings
from tracker.reminders import people
from tracker.reminders.people import Person
from tracker.reminders.stored_values import places, quoted, stored_id, stored_moment


class DueReminder(msgspec.Struct, frozen=True):
    """A reminder that is due, with the names that its columns have. The words of a patient are not read."""

    pk: uuid.UUID
    user_id: uuid.UUID
    kind: str
    step_key: str
    episode_id: uuid.UUID | None
    medicine_id: uuid.UUID | None
    recurrence: str
    every_minutes: int | None
    counts_from_at: datetime | None
    times: Sequence[str]
    weekdays: Sequence[int]
    on: date | None
    time_zone: str
    from_on: date | None
    until_on: date | None
    until_at: datetime | None
    is_held_till_morning: bool
    not_before_at: datetime | None
    channels: Sequence[str]
    next_due_at: datetime
    person: Person
    # One that is due is neither.
    is_active: ClassVar[bool] = True
    ended_at: ClassVar[datetime | None] = None

    @property
    def zone(self) -> ZoneInfo:
        """The zone of its times of day."""
        return ZoneInfo(self.time_zone)


AnyReminder = Reminder | DueReminder

_OF_REMINDER: Final = DueReminder.__struct_fields__[:-1]  # all but the person
_OF_PATIENT: Final = ("time_zone", *people.CIRCUMSTANCES)
# Locked before they are joined: what another sender holds costs a look, and not its patient too.
_FROM: Final = """
    FROM (
        SELECT * FROM "tracker_reminder" WHERE "is_active" AND "next_due_at" <= %s{among}
        ORDER BY "next_due_at" LIMIT %s{lock}
    ) AS r
    LEFT JOIN "tracker_patient" AS p ON p."user_id" = r."user_id"
    LEFT JOIN "tracker_remindersettings" AS s ON s."user_id" = r."user_id"
    ORDER BY r."next_due_at"
"""
_HAS_CONSENT: Final = 'p."consent_id" IS NOT NULL'
_IS_HELD: Final = """EXISTS (
    SELECT 1 FROM "tracker_hold" AS h WHERE h."user_id" = r."user_id" AND h."lifted_at" IS NULL
)"""
_Reader = Callable[[Any], Any]


def locked(now: datetime, limit: int, only: Collection[uuid.UUID] = ()) -> list[DueReminder]:
    """Return reminders whose moment has come, oldest first, locked until the transaction ends.

    What another sender holds is left out. ``only``: of these alone. SQLite locks as a whole: the transaction is
    IMMEDIATE, so nobody else is writing. Raises KeyError for a zone that is none, ValueError for what is no value.
    """
    listed, readers = _columns(connection.vendor)
    among = f' AND "id" IN ({places(len(only))})' if only else ""
    lock = " FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {listed} {_FROM.format(among=among, lock=lock)}",
            [stored_moment(now), *map(stored_id, only), limit],
        )
        return [_row(row, readers) for row in cursor.fetchall()]


@lru_cache(maxsize=2)
def _columns(_vendor: str) -> tuple[str, list[tuple[int, _Reader]]]:
    """Return what is selected, and how the columns are read that are not stored as they are."""
    columns = [
        *(("r", Reminder, name) for name in _OF_REMINDER),
        *(("p", Patient, name) for name in _OF_PATIENT),
        *(("s", ReminderSettings, name) for name in people.CHOICES),
    ]
    listed = []
    readers = []
    for place, (table, model, name) in enumerate(columns):
        field = _field(model, name)
        column = f"{table}.{quoted(str(field.column))}"
        reader = _reader(field)
        if connection.vendor == "postgresql" and isinstance(field, models.DateTimeField):
            # The driver takes longer to make a moment of what it gets than all the rest of the row.
            column, reader = f"{column}::text", datetime.fromisoformat
        listed.append(column)
        if reader is not None:
            readers.append((place, reader))
    return ", ".join([*listed, _HAS_CONSENT, _IS_HELD]), readers


def _field(model: type[models.Model], name: str) -> Any:
    meta = model._meta  # noqa: SLF001 - Django's public API
    return meta.pk if name == "pk" else next(field for field in meta.concrete_fields if field.attname == name)


def _reader(field: Any) -> _Reader | None:
    """Return what makes a stored value the model's, as Django does; many rows of a batch share theirs."""
    column = field.get_col(field.model._meta.db_table)  # noqa: SLF001 - as above
    converters = [*connection.ops.get_db_converters(column), *field.get_db_converters(connection)]
    if not converters:
        return None

    def read(value: Any) -> Any:
        for convert in converters:
            value = convert(value, column, connection)
        return value

    return read if isinstance(field, models.UUIDField | models.ForeignKey) else lru_cache(maxsize=4096)(read)


def _row(row: Sequence[Any], readers: Sequence[tuple[int, _Reader]]) -> DueReminder:
    values = list(row)
    for place, read in readers:
        if values[place] is not None:
            values[place] = read(values[place])
    own = len(_OF_REMINDER)
    values[own:] = [_person(*values[own:])]
    return DueReminder(*values)


# Most patients share their zone, their answers and their hours.
@lru_cache(maxsize=4096)
def _person(time_zone: str | None, *values: Any) -> Person:
    *rest, has_consent, is_held = values
    if time_zone is None:
        return people.NOBODY
    answers, choices = rest[: len(people.CIRCUMSTANCES)], rest[len(people.CIRCUMSTANCES) :]
    chosen = people.NOTHING_CHOSEN if choices[0] is None else choices
    return people.person(time_zone, has_consent, is_held, answers, chosen)

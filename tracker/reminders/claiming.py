"""How the sender reads and writes many rows at once. Plain statements where the ORM would cost more than the work."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection

from tracker.models import Delivery, DeliveryStatus, Reminder
from tracker.reminders.due_rows import DueReminder
from tracker.reminders.stored_values import Moments, array, quoted, stored_ids


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """One due moment of a reminder, and what becomes of it before it is tried."""

    due_at: datetime
    useful_until: datetime
    status: DeliveryStatus
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """What a reminder's due moments are, and when it is due next."""

    reminder: DueReminder
    dues: tuple[Due, ...]
    next_due_at: datetime | None
    counts_from_at: datetime | None


def write(claims: Sequence[Claim], *, now: datetime) -> tuple[uuid.UUID, ...]:
    """Move the reminders on and make their Deliveries; return the ids of those that wait to be sent.

    A moment ahead of ``now`` is tried now: it goes along with another. A moment that has a row already (a reminder was
    moved back to it) does not get a second one.
    """
    if not claims:
        return ()
    _need_not_wait()
    _move(claims)
    rows, waiting = _rows(claims, now)
    if rows:
        _insert(rows, now)
    return tuple(waiting)


def push_back(reminder_id: uuid.UUID, *, until: datetime) -> None:
    """Let a reminder that cannot be worked out wait."""
    Reminder.objects.filter(pk=reminder_id).update(next_due_at=until)


def _need_not_wait() -> None:
    """Let this transaction end before it is on the disk.

    What it makes leaves only after a later one that does wait, and PostgreSQL writes them down in their order: a server
    that dies before that knows of neither, and the reminders are due as before.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = off")


def _move(claims: Sequence[Claim]) -> None:
    table = quoted(Reminder._meta.db_table)  # noqa: SLF001 - Django's public API
    at, ids = Moments(), stored_ids()
    moved = [(at.stored(claim.next_due_at), ids(claim.reminder.pk)) for claim in claims]
    with connection.cursor() as cursor:
        if _takes_arrays():
            arrays = "unnest(%s::timestamptz[], %s::uuid[]) AS moved (next_due_at, id)"
            statement = f"UPDATE {table} SET next_due_at = moved.next_due_at FROM {arrays} WHERE {table}.id = moved.id"  # noqa: S608
            cursor.execute(statement, _columns(moved))
        else:
            cursor.executemany(f"UPDATE {table} SET next_due_at = %s WHERE id = %s", moved)  # noqa: S608
    for claim in claims:
        if claim.counts_from_at != claim.reminder.counts_from_at:
            Reminder.objects.filter(pk=claim.reminder.pk).update(counts_from_at=claim.counts_from_at)


def _rows(claims: Iterable[Claim], now: datetime) -> tuple[list[tuple[Any, ...]], list[uuid.UUID]]:
    """Return the values of new rows that differ, in the order of _OWN, and the ids of those to be sent."""
    at, ids = Moments(), stored_ids()
    tried_at = at.stored(now)
    rows: list[tuple[Any, ...]] = []
    waiting: list[uuid.UUID] = []
    for claim in claims:
        reminder = claim.reminder
        owner = ids(reminder.user_id), ids(reminder.pk), reminder.kind
        for due in claim.dues:
            due_at = at.stored(due.due_at)
            moments = due_at, min(due_at, tried_at), at.stored(due.useful_until)
            for channel in reminder.channels or ("app",):
                made = uuid.uuid4()
                rows.append((ids(made), *owner, *moments, channel, due.status.value, due.reason))
                if due.status == DeliveryStatus.PENDING:
                    waiting.append(made)
    return rows, waiting


# What differs from row to row, with the type of an array of it.
_OWN: Final = {
    "id": "uuid",
    "user_id": "uuid",
    "reminder_id": "uuid",
    "kind": "varchar",
    "due_at": "timestamptz",
    "next_try_at": "timestamptz",
    "useful_until": "timestamptz",
    "channel": "varchar",
    "status": "varchar",
    "reason": "varchar",
}


def _insert(rows: Sequence[tuple[Any, ...]], now: datetime) -> None:
    """Store new Deliveries: what differs, and for all other columns what a blank one has."""
    meta = Delivery._meta  # noqa: SLF001 - Django's public API
    blank = Delivery(created_at=now)
    others = [field for field in meta.concrete_fields if field.attname not in _OWN]
    same = tuple(field.get_db_prep_save(getattr(blank, field.attname), connection) for field in others)
    columns = ", ".join([*map(quoted, _OWN), *(quoted(str(field.column)) for field in others)])
    into = f"INSERT INTO {quoted(meta.db_table)} ({columns})"
    with connection.cursor() as cursor:
        if _takes_arrays():
            arrays = ", ".join(f"%s::{kind}[]" for kind in _OWN.values())
            values = ", ".join(f"%s::{field.db_type(connection)}" for field in others)
            statement = f"{into} SELECT own.*, {values} FROM unnest({arrays}) AS own ON CONFLICT DO NOTHING"  # noqa: S608
            cursor.execute(statement, [*same, *_columns(rows)])
        else:
            places = ", ".join(["%s"] * (len(_OWN) + len(others)))
            statement = f"{into} VALUES ({places}) ON CONFLICT DO NOTHING"
            cursor.executemany(statement, [row + same for row in rows])


def _takes_arrays() -> bool:
    """Say whether one statement takes many rows as arrays, which spares the server as many statements."""
    return connection.vendor == "postgresql"


def _columns(rows: Sequence[tuple[Any, ...]]) -> list[str]:
    return [array(column) for column in zip(*rows, strict=True)]

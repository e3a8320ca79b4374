"""How the sender reads and writes many rows at once. Plain statements where the ORM would cost more than the work."""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

import msgspec
from django.db import connection, transaction

from tracker.models import Delivery, DeliveryStatus, Reminder
from tracker.reminders.due_rows import DueReminder
from tracker.reminders.stored_values import Moments, array, places, quoted, stored_id, stored_ids


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """One due moment of a reminder, and what becomes of it before it is tried."""

    due_at: datetime
    useful_until: datetime
    status: DeliveryStatus
    reason: str = ""


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """What a reminder's due moments are, and when it is due next."""

    reminder: DueReminder
    dues: tuple[Due, ...]
    next_due_at: datetime | None
    counts_from_at: datetime | None


# The transaction may end before it is on the disk: what it makes leaves only after a later one that does wait, and
# PostgreSQL writes them down in their order. A server that dies before that knows of neither, and the reminders are due
# as before. Nor may it read all patients for those of a batch, as its planner would: it thinks a look at one is dear.
_POSTGRESQL: Final = """
    SET LOCAL synchronous_commit = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off
"""


@contextmanager
def one_transaction() -> Iterator[None]:
    """Be all of a claim or nothing of it: what reads the reminders locks them, and ``write`` moves them on."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(_POSTGRESQL)
        yield


def write(claims: Sequence[Claim], *, now: datetime) -> int:
    """Move the reminders on and make their Deliveries; return how many of those wait to be sent.

    A moment ahead of ``now`` is tried now: it goes along with another. A moment that has a row already (a reminder was
    moved back to it) does not get a second one.
    """
    if not claims:
        return 0
    _move(claims)
    rows = _rows(claims, now)
    if rows:
        _insert(rows, now)
    return sum(row[_STATUS] == DeliveryStatus.PENDING for row in rows)


def push_back(reminder_id: uuid.UUID, *, until: datetime) -> None:
    """Let a reminder that cannot be worked out wait."""
    Reminder.objects.filter(pk=reminder_id).update(next_due_at=until)


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


def _rows(claims: Iterable[Claim], now: datetime) -> list[tuple[Any, ...]]:
    """Return the values of new rows that differ, in the order of _OWN."""
    at, ids = Moments(), stored_ids()
    tried_at = at.stored(now)
    rows: list[tuple[Any, ...]] = []
    for claim in claims:
        reminder = claim.reminder
        owner = ids(reminder.user_id), ids(reminder.pk), reminder.kind
        for due in claim.dues:
            due_at = at.stored(due.due_at)
            moments = due_at, min(due_at, tried_at), at.stored(due.useful_until)
            outcome = str(due.status), due.reason
            rows.extend((*owner, *moments, channel, *outcome) for channel in reminder.channels or ("app",))
    return rows


# What differs from row to row, with the type of an array of it.
_OWN: Final = {
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
_STATUS: Final = tuple(_OWN).index("status")


def _insert(rows: Sequence[tuple[Any, ...]], now: datetime) -> None:
    """Store new Deliveries: what differs, and for all other columns what a blank one has."""
    meta = Delivery._meta  # noqa: SLF001 - Django's public API
    blank = Delivery(created_at=now)
    others = [field for field in meta.concrete_fields if field.attname not in _OWN and not field.primary_key]
    same = tuple(field.get_db_prep_save(getattr(blank, field.attname), connection) for field in others)
    columns = ", ".join([quoted("id"), *map(quoted, _OWN), *(quoted(str(field.column)) for field in others)])
    into = f"INSERT INTO {quoted(meta.db_table)} ({columns})"
    with connection.cursor() as cursor:
        if _takes_arrays():
            arrays = ", ".join(f"%s::{kind}[]" for kind in _OWN.values())
            values = ", ".join(f"%s::{field.db_type(connection)}" for field in others)
            select = f"SELECT gen_random_uuid(), own.*, {values} FROM unnest({arrays}) AS own"  # noqa: S608
            statement = f"{into} {select} ON CONFLICT DO NOTHING"
            cursor.execute(statement, [*same, *_columns(rows)])
        else:
            statement = f"{into} VALUES ({places(1 + len(_OWN) + len(others))}) ON CONFLICT DO NOTHING"
            cursor.executemany(statement, [(stored_id(uuid.uuid4()), *row, *same) for row in rows])


def _takes_arrays() -> bool:
    """Say whether one statement takes many rows as arrays, which spares the server as many statements."""
    return connection.vendor == "postgresql"


def _columns(rows: Sequence[tuple[Any, ...]]) -> list[str]:
    return [array(column) for column in zip(*rows, strict=True)]

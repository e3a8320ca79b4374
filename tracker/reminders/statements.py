"""The two statements that each message needs, written out: to build them anew cost more than all the rest of it.

Tests hold them against the constraints and the ORM on both databases.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction

from tracker.reminders.stored_values import places, stored_id, stored_list, stored_moment

# Still to be sent, and still held by who asks.
_OURS: Final = """"id" IN ({ids}) AND "status" = 'pending' AND "lease" = %s"""
# As values and not as EXISTS: PostgreSQL plans each message anew, and plans these in half the time.
_NO_HOLD: Final = """(
    SELECT count(*) FROM "tracker_hold" h WHERE h."user_id" = "tracker_delivery"."user_id" AND h."lifted_at" IS NULL
) = 0"""
_AGREES: Final = """(
    SELECT (SELECT c."withdrawn_at" IS NULL FROM "tracker_consent" c WHERE c."id" = p."consent_id")
    FROM "tracker_patient" p WHERE p."user_id" = "tracker_delivery"."user_id"
)"""
_UPDATE: Final = 'UPDATE "tracker_delivery" SET '
_HAND_OVER: Final = (
    _UPDATE
    + '"handed_over_at" = %s, "leased_until" = %s, "batch" = %s, "tries" = "tries" + 1, "is_second_try" = %s '
    + f"WHERE {_OURS} AND {_NO_HOLD} AND {_AGREES}"
)
_IS_SENT: Final = (
    _UPDATE
    + """"status" = 'sent', "reason" = '', "sent_at" = %s, "reached" = %s, """
    + '"lease" = NULL, "leased_until" = NULL, "dispatched_until" = NULL WHERE '
)
_SENT: Final = _IS_SENT + _OURS
# Never waits for a row that somebody else holds: what is asked of the next message would be old by then.
_SENT_WHERE_FREE: Final = (
    _IS_SENT + f'"id" IN (SELECT "id" FROM "tracker_delivery" WHERE {_OURS} FOR UPDATE SKIP LOCKED)'  # noqa: S608
)
_HOW_MANY: Final = "SELECT (SELECT count(*) FROM sent), (SELECT count(*) FROM handed_over)"


@dataclass(frozen=True, kw_only=True)
class Leaving:
    """Deliveries that leave now as ``batch``. The lease ``leased_until`` begins anew."""

    ids: Sequence[uuid.UUID]
    batch: uuid.UUID
    is_second_try: bool
    now: datetime
    leased_until: datetime

    @property
    def values(self) -> list[Any]:
        """What the statement says of them."""
        return [stored_moment(self.now), stored_moment(self.leased_until), stored_id(self.batch), self.is_second_try]


@dataclass(frozen=True, kw_only=True)
class Left:
    """Deliveries that went out at ``at``, to the devices ``reached``."""

    ids: Sequence[uuid.UUID]
    at: datetime | None
    reached: Sequence[str]

    @property
    def values(self) -> list[Any]:
        """What the statement says of them."""
        return [stored_moment(self.at), stored_list(self.reached)]


def hand_over(leaving: Leaving, *, lease: uuid.UUID) -> int:
    """Write that these leave now; return how many: none with an open hold, or without consent."""
    return _run(_HAND_OVER, leaving, lease)


def sent(left: Left, *, lease: uuid.UUID) -> int:
    """Write that these went out; return how many were still ours."""
    return _run(_SENT, left, lease)


def sent_then_hand_over(left: Left, leaving: Leaving, *, lease: uuid.UUID) -> tuple[int, int]:
    """Write both at once, or neither; return how many of each.

    One statement where the database takes two in one: half the way there and back. It leaves out of ``left`` what
    somebody else holds at the moment.
    """
    if connection.vendor != "postgresql":
        with transaction.atomic():
            return sent(left, lease=lease), hand_over(leaving, lease=lease)
    first, second = _filled(_SENT_WHERE_FREE, left, lease), _filled(_HAND_OVER, leaving, lease)
    both = f"WITH sent AS ({first[0]} RETURNING 1), handed_over AS ({second[0]} RETURNING 1) "
    with connection.cursor() as cursor:
        cursor.execute(both + _HOW_MANY, [*first[1], *second[1]])
        written, handed_over = cursor.fetchone()
    return int(written), int(handed_over)


def _run(statement: str, what: Leaving | Left, lease: uuid.UUID) -> int:
    with connection.cursor() as cursor:
        cursor.execute(*_filled(statement, what, lease))
        return int(cursor.rowcount)


def _filled(statement: str, what: Leaving | Left, lease: uuid.UUID) -> tuple[str, list[Any]]:
    return statement.format(ids=places(len(what.ids))), [*what.values, *map(stored_id, what.ids), stored_id(lease)]

"""The two statements that each message needs, written out: to build them anew cost more than all the rest of it.

Tests hold them against the constraints and the ORM on both databases.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.db import connection

from tracker.reminders.stored_values import stored_id, stored_list, stored_moment

# Still to be sent, and still held by who asks.
_OURS: Final = """"id" IN ({ids}) AND "status" = 'pending' AND "lease" = %s"""
_NO_HOLD: Final = """NOT EXISTS (
    SELECT 1 FROM "tracker_hold" h WHERE h."user_id" = "tracker_delivery"."user_id" AND h."lifted_at" IS NULL
)"""
_AGREES: Final = """EXISTS (
    SELECT 1 FROM "tracker_patient" p JOIN "tracker_consent" c ON c."id" = p."consent_id"
    WHERE p."user_id" = "tracker_delivery"."user_id" AND c."withdrawn_at" IS NULL
)"""
_UPDATE: Final = 'UPDATE "tracker_delivery" SET '
_HAND_OVER: Final = (
    _UPDATE
    + '"handed_over_at" = %s, "leased_until" = %s, "batch" = %s, "tries" = "tries" + 1, "is_second_try" = %s '
    + f"WHERE {_OURS} AND {_NO_HOLD} AND {_AGREES}"
)
_SENT: Final = (
    _UPDATE
    + """"status" = 'sent', "reason" = '', "sent_at" = %s, "reached" = %s, """
    + f'"lease" = NULL, "leased_until" = NULL, "dispatched_until" = NULL WHERE {_OURS}'
)


def hand_over(
    ids: Sequence[uuid.UUID],
    *,
    lease: uuid.UUID,
    batch: uuid.UUID,
    is_second_try: bool,
    now: datetime,
    leased_until: datetime,
) -> int:
    """Write that these leave now, as ``batch``; return how many: none with an open hold, or without consent."""
    values = [stored_moment(now), stored_moment(leased_until), stored_id(batch), is_second_try]
    return _run(_HAND_OVER, values, ids, lease)


def sent(ids: Sequence[uuid.UUID], *, lease: uuid.UUID, at: datetime | None, reached: Sequence[str]) -> int:
    """Write that these went out at ``at``, to the devices ``reached``; return how many were still ours."""
    return _run(_SENT, [stored_moment(at), stored_list(reached)], ids, lease)


def _run(statement: str, values: Sequence[Any], ids: Sequence[uuid.UUID], lease: uuid.UUID) -> int:
    places = ", ".join(["%s"] * len(ids))
    with connection.cursor() as cursor:
        cursor.execute(statement.format(ids=places), [*values, *map(stored_id, ids), stored_id(lease)])
        return int(cursor.rowcount)

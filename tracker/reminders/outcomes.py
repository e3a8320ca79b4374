"""Writes what became of Deliveries, where the lease is still ours: a sender that comes late changes nothing."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from tracker.models import Delivery, DeliveryStatus
from tracker.reminder_rules import RETRY_AFTER
from tracker.reminders import leasing, second_tries, statements
from tracker.reminders.statements import Left

NO_WAY_OUT: Final = "no_way_out"
TOO_LATE: Final = "too_late"
# These held at the moment itself; others (night, limits) are about now, when it is too late anyway.
STANDS_WHEN_LATE: Final = frozenset(
    {"no_consent", "held", "ended", "off", "paused", "not_today", "episode_over", "already_done"}
)
POISONED: Final = timedelta(hours=1)
_LET_GO: Final[dict[str, Any]] = {"lease": None, "leased_until": None, "dispatched_until": None}


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """How many Deliveries ended how; ``later``: to be tried again."""

    sent: int = 0
    skipped: int = 0
    missed: int = 0
    failed: int = 0
    later: int = 0

    def __add__(self, other: "Delivered") -> "Delivered":
        return Delivered(
            sent=self.sent + other.sent,
            skipped=self.skipped + other.skipped,
            missed=self.missed + other.missed,
            failed=self.failed + other.failed,
            later=self.later + other.later,
        )


def sent(group: Sequence[Delivery], *, lease: uuid.UUID, at: datetime, reached: Sequence[str] = ()) -> Delivered:
    """It went out at ``at``; ``reached`` are the devices that took it."""
    return Delivered(sent=statements.sent(left(group, at=at, reached=reached), lease=lease))


def left(group: Sequence[Delivery], *, at: datetime, reached: Sequence[str]) -> Left:
    """Return what is written of a message that went out."""
    return Left(ids=[delivery.pk for delivery in group], at=at, reached=reached)


def ended(delivery: Delivery, *, lease: uuid.UUID, code: str) -> Delivered:
    """A rule, or the time, kept it from going out; ``code`` says which."""
    if second_tries.is_unknown(delivery):
        return failed([delivery], lease=lease, code=second_tries.NOT_KNOWN)
    if code in {TOO_LATE, NO_WAY_OUT}:
        return Delivered(missed=_end([delivery], lease, DeliveryStatus.MISSED, code))
    return Delivered(skipped=_end([delivery], lease, DeliveryStatus.SKIPPED, code))


def failed(group: Sequence[Delivery], *, lease: uuid.UUID, code: str) -> Delivered:
    """It was refused, or nobody knows whether it was taken."""
    return Delivered(failed=_end(group, lease, DeliveryStatus.FAILED, code))


def later(group: Sequence[Delivery], *, lease: uuid.UUID, now: datetime) -> Delivered:
    """It was surely not taken: it stands as before this try, and is tried again while it is of use."""
    total = Delivered()
    for delivery in group:
        again_at = _again_at(delivery, now)
        if again_at is None:
            total += ended(delivery, lease=lease, code=NO_WAY_OUT)
            continue
        # What the try before left open stays open: this one told nothing of it.
        rows = leasing.ours([delivery], lease)
        written = rows.update(
            next_try_at=again_at, handed_over_at=delivery.handed_over_at, is_second_try=False, **_LET_GO
        )
        total += Delivered(later=written)
    return total


def unknown(group: Sequence[Delivery], *, lease: uuid.UUID, now: datetime) -> Delivered:
    """It may have been taken. Once more, where that may be; else nobody will know."""
    total = Delivered()
    for delivery in group:
        again_at = _again_at(delivery, now)
        if again_at is None or not second_tries.may_repeat(delivery, again_at):
            total += failed([delivery], lease=lease, code=second_tries.NOT_KNOWN)
        else:
            rows = leasing.ours([delivery], lease)
            total += Delivered(later=rows.update(next_try_at=again_at, **_LET_GO))
    return total


def poisoned(group: Sequence[Delivery], *, lease: uuid.UUID, now: datetime) -> Delivered:
    """It cannot be worked out: it waits an hour, and blocks nobody. What is of no use any more is given up."""
    over = [delivery for delivery in group if delivery.useful_until <= now]
    total = sum((ended(delivery, lease=lease, code=TOO_LATE) for delivery in over), Delivered())
    waiting = [delivery for delivery in group if delivery.useful_until > now]
    return total + Delivered(later=leasing.ours(waiting, lease).update(next_try_at=now + POISONED, **_LET_GO))


def _end(group: Sequence[Delivery], lease: uuid.UUID, status: DeliveryStatus, code: str) -> int:
    written: int = leasing.ours(group, lease).update(status=status, reason=code, **_LET_GO)
    return written


def _again_at(delivery: Delivery, now: datetime) -> datetime | None:
    """Return when to try again, after the try that has just failed, or None: out of tries, or of no use by then."""
    tried = delivery.tries + 1
    again_at = now + RETRY_AFTER[tried] if tried < len(RETRY_AFTER) else None
    return again_at if again_at is not None and again_at < delivery.useful_until else None

"""Stage one: claims reminders whose moment has come, by moving them on in the transaction that makes their Deliveries.

Nothing is sent here. A sender that dies leaves either all of a batch or nothing of it.
"""

import logging
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, cast

from django.db import DatabaseError, OperationalError, connection, transaction
from msgspec import structs

from tracker import reminder_rules, schedule
from tracker.models import Delivery, DeliveryStatus, Recurrence, Reminder, ReminderKind
from tracker.reminder_rules import MERGE, Facts
from tracker.reminders import claiming, due_rows, facts
from tracker.reminders.claiming import Claim, Due
from tracker.reminders.due_rows import DueReminder
from tracker.reminders.outcomes import STANDS_WHEN_LATE, TOO_LATE
from tracker.schedule import Every, Schedule

_log = logging.getLogger(__name__)

# What came due while no sender ran and is told in one pass; the rest of a reminder follows in the next.
MOMENTS_A_PASS: Final = 100
PUSHED_BACK: Final = timedelta(hours=1)
NEWER_ONE: Final = "newer_one"
EPISODE_OVER: Final = "episode_over"


@dataclass(frozen=True)
class Queued:
    """How many reminders were claimed, and how many Deliveries were made that wait to be sent."""

    claimed: int = 0
    waiting: int = 0


def queue_due(*, now: datetime, limit: int = 500) -> Queued:
    """Claim at most ``limit`` reminders that are due at ``now``, oldest first, in one transaction.

    Raises OperationalError where the database is away or full; nothing is claimed then. A reminder that cannot be
    worked out is pushed an hour ahead and logged by its id.
    """
    if not connection.features.has_select_for_update and not Reminder.objects.due(now).exists():
        # A look locks the whole database: an idle sender must not stand in the way of those who write.
        return Queued()
    try:
        return _batch(now, limit)
    except OperationalError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever one row holds, the others are due
        _log.warning("a batch of due reminders failed (%s); each is tried alone", type(error).__name__)
        return _one_by_one(now, limit)


@claiming.one_transaction()
def _batch(now: datetime, limit: int) -> Queued:
    reminders = due_rows.locked(now, limit)
    if not reminders:
        return Queued()
    return Queued(len(reminders), _queue(reminders, now))


def queue_company(ids: Sequence[uuid.UUID], *, now: datetime) -> int:
    """Claim what comes due within ten minutes of Deliveries that leave now, so that it goes along in their message.

    ``ids``: pending Deliveries. Only for the same patient on the same channels, and never the end of a timer. What a
    rule stops now may be free at its own minute: it waits for that, as does what cannot be worked out. Returns how
    many were made. Raises OperationalError as ``queue_due``.
    """
    firsts: dict[tuple[uuid.UUID, str], datetime] = {}
    leaving = Delivery.objects.pending().filter(pk__in=ids).exclude(kind=ReminderKind.TIMER_END).order_by("-due_at")
    for user, channel, due_at in leaving.values_list("user_id", "channel", "due_at"):
        firsts[user, channel] = due_at
    soon = Reminder.objects.filter(user__in={user for user, _channel in firsts}, is_active=True)
    soon = soon.filter(next_due_at__gt=now, next_due_at__lte=now + MERGE).exclude(kind=ReminderKind.TIMER_END)
    wanted = [
        reminder_id
        for reminder_id, user, channels, due_at in soon.values_list("pk", "user_id", "channels", "next_due_at")
        if channels and all(due_at - firsts.get((user, channel), now - MERGE) <= MERGE for channel in channels)
    ]
    if not wanted:
        return 0
    try:
        return _company(wanted, now)
    except OperationalError:
        raise
    except Exception as error:  # noqa: BLE001 - it must not keep back those that leave now
        _log.warning("reminders that come due soon cannot go along (%s)", type(error).__name__)
        return 0


@claiming.one_transaction()
def _company(wanted: Sequence[uuid.UUID], now: datetime) -> int:
    reminders = due_rows.locked(now + MERGE, len(wanted), only=wanted)
    known = _known(reminders, now)
    claims = [
        _claim(reminder, known[reminder.pk], now)
        for reminder in reminders
        if reminder.pk in known and not _is_stopped(reminder, known[reminder.pk], now)
    ]
    return claiming.write(claims, now=now)


def _known(reminders: Sequence[DueReminder], now: datetime) -> Mapping[uuid.UUID, Facts]:
    return facts.load(reminders, now=now, persons={reminder.user_id: reminder.person for reminder in reminders})


def _is_stopped(reminder: DueReminder, known: Facts, now: datetime) -> bool:
    return bool(reminder_rules.verdict(known, due_at=reminder.next_due_at, now=now))


def _one_by_one(now: datetime, limit: int) -> Queued:
    ids = list(Reminder.objects.due(now).values_list("pk", flat=True)[:limit])
    waiting = 0
    for reminder_id in ids:
        waiting += queue_one(reminder_id, now=now)
    return Queued(len(ids), waiting)


def queue_one(reminder_id: uuid.UUID, *, now: datetime) -> int:
    """Claim one reminder if it is due: before its patient changes it, so that what has come by then is told as well.

    Returns how many Deliveries wait to be sent. One that cannot be worked out is pushed an hour ahead. Raises
    OperationalError as ``queue_due``.
    """
    try:
        with transaction.atomic():
            return _queue(due_rows.locked(now, 1, only=[reminder_id]), now)
    except OperationalError:
        raise
    except Exception as error:  # noqa: BLE001 - as above
        _push_back(reminder_id, now, error)
        return 0


def _queue(reminders: Sequence[DueReminder], now: datetime) -> int:
    known = _known(reminders, now)
    claims = []
    for reminder in reminders:
        try:
            claims.append(_claim(reminder, known[reminder.pk], now))
        except DatabaseError:
            raise
        except Exception as error:  # noqa: BLE001 - one poisoned row must not block the rest
            _push_back(reminder.pk, now, error)
    return claiming.write(claims, now=now)


def _push_back(reminder_id: uuid.UUID, now: datetime, error: Exception) -> None:
    # The error's words may hold what the row holds: its type only.
    _log.error("reminder %s cannot be worked out (%s); it waits an hour", reminder_id, type(error).__name__)
    claiming.push_back(reminder_id, until=now + PUSHED_BACK)


def _claim(reminder: DueReminder, known: Facts, now: datetime) -> Claim:
    """Work out every moment from ``next_due_at`` up to ``now``.

    Only the newest may be sent: no flood after a downtime.
    """
    plan = known.schedule
    first = reminder.next_due_at
    if _is_served(reminder, known, first):
        return _counted_anew(reminder, known, plan, ())
    moments, following = _moments(reminder, plan, first, now)
    earlier = tuple(_passed_over(reminder, moment, now) for moment in moments[:-1])
    newest = moments[-1]
    if earlier and _is_served(reminder, known, newest):
        return _counted_anew(reminder, known, plan, earlier)
    due = _due(reminder, known, newest, now)
    if due.reason == EPISODE_OVER:
        # Said once, and not at each moment for good. Where the episode goes on, what comes next is worked out anew.
        following = None
    return Claim(reminder=reminder, dues=(*earlier, due), next_due_at=following, counts_from_at=reminder.counts_from_at)


def _moments(
    reminder: DueReminder, plan: Schedule, first: datetime, now: datetime
) -> tuple[list[datetime], datetime | None]:
    """Return the moments that have come, at most a hundred, and the one after them."""
    moments = [first]
    following = _following(reminder, plan, moments[-1])
    while following is not None and following <= now and len(moments) < MOMENTS_A_PASS:
        moments.append(following)
        following = _following(reminder, plan, following)
    return moments, following


def _following(reminder: DueReminder, plan: Schedule, after: datetime) -> datetime | None:
    return None if reminder.kind == ReminderKind.TIMER_END else schedule.following(plan, after)


def _is_served(reminder: DueReminder, known: Facts, due_at: datetime) -> bool:
    """Say whether an interval was served before this moment: then nothing was due, and counting begins anew."""
    return reminder.recurrence == Recurrence.EVERY and reminder_rules.moved_to(known, due_at=due_at) is not None


def _counted_anew(reminder: DueReminder, known: Facts, plan: Schedule, dues: tuple[Due, ...]) -> Claim:
    """Count from when it was last done. The moment that comes of it may have passed too: the next pass sees to it."""
    done_at = known.done_at[-1]
    rule = Every(minutes=cast(int, reminder.every_minutes), counts_from=done_at)
    following = schedule.following(structs.replace(plan, rule=rule), done_at)
    return Claim(reminder=reminder, dues=dues, next_due_at=following, counts_from_at=done_at)


def _passed_over(reminder: DueReminder, moment: datetime, now: datetime) -> Due:
    """Return an earlier moment: a newer one has come since."""
    useful_until = moment + reminder_rules.useful_for(reminder.kind)
    if reminder.kind != ReminderKind.CHECK_IN and useful_until <= now:
        return Due(due_at=moment, useful_until=useful_until, status=DeliveryStatus.MISSED, reason=TOO_LATE)
    return Due(due_at=moment, useful_until=useful_until, status=DeliveryStatus.SKIPPED, reason=NEWER_ONE)


def _due(reminder: DueReminder, known: Facts, moment: datetime, now: datetime) -> Due:
    useful_until = moment + reminder_rules.useful_for(reminder.kind)
    reason = reminder_rules.verdict(known, due_at=moment, now=now)
    status = DeliveryStatus.SKIPPED if reason else DeliveryStatus.PENDING
    if useful_until <= now and reason not in STANDS_WHEN_LATE:
        status, reason = DeliveryStatus.MISSED, TOO_LATE
    return Due(due_at=moment, useful_until=useful_until, status=status, reason=reason)

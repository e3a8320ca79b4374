"""What an interval that was served since is due next. Read, never written: a session that is undone counts no more."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Max

from backspasm.models import User
from tracker.models import Recurrence, Reminder, StepLog

# No interval is longer than a day.
LOOKS_BACK: Final = timedelta(days=2)


def last_done(user: User, reminders: Iterable[Reminder], *, now: datetime) -> Mapping[str, datetime]:
    """Return when the steps of these reminders were last begun, by key. Asks nothing where no interval has a step."""
    keys = {one.step_key for one in reminders if one.recurrence == Recurrence.EVERY and one.step_key}
    if not keys:
        return {}
    rows = StepLog.objects.of(user).filter(step_key__in=keys, started_at__gt=now - LOOKS_BACK).order_by()
    return dict(rows.values_list("step_key").annotate(at=Max("started_at")))


def counted_from_last(reminder: Reminder, done: Mapping[str, datetime]) -> bool:
    """Let an interval count from when its step was last done, if that moves it; on the object alone, not stored.

    ``next_due_at`` then has to be worked out anew.
    """
    done_at = done.get(reminder.step_key)
    if done_at is None or reminder.recurrence != Recurrence.EVERY or reminder.next_due_at is None:
        return False
    if done_at + timedelta(minutes=reminder.every_minutes or 0) <= reminder.next_due_at:
        return False
    reminder.counts_from_at = done_at
    return True

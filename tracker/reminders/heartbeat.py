"""The sender's sign of life, and whether reminders come late."""

from datetime import datetime, timedelta
from typing import Final

from tracker.models import Reminder, SenderBeat
from tracker.reminders import leasing

# Patients are told after so long.
SILENT: Final = timedelta(minutes=3)
_ROW: Final = 1


def beat(*, now: datetime) -> None:
    """Write that the sender is at work."""
    if not SenderBeat.objects.filter(pk=_ROW).update(beat_at=now):
        SenderBeat.objects.update_or_create(pk=_ROW, defaults={"beat_at": now})


def latest() -> datetime | None:
    """Return when the sender was last at work, or None: never."""
    beat_at: datetime | None = SenderBeat.objects.filter(pk=_ROW).values_list("beat_at", flat=True).first()
    return beat_at


def is_delayed(now: datetime) -> bool:
    """Say whether reminders come late: for three minutes no sender was at work, or nobody did what waits.

    A site on which nothing has ever been due is not late, though no sender ever ran.
    """
    beat_at = latest()
    if beat_at is not None and is_silent(beat_at, now):
        return True
    return _is_overdue(now - SILENT, now)


def is_silent(beat_at: datetime, now: datetime) -> bool:
    """Say whether a sign is too old; one from the future is of a clock that was set back since."""
    return abs(now - beat_at) > SILENT


def _is_overdue(before: datetime, now: datetime) -> bool:
    """Say whether something that was due ``before`` still waits, and nobody holds it."""
    return bool(Reminder.objects.due(before).exists() or leasing.free(now).filter(next_try_at__lte=before).exists())

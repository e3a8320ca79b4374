"""What a reminder would do, before it is saved: its next moments, what falls into quiet hours, the day's messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Final

from tracker import schedule
from tracker.models import Patient, Recurrence, Reminder
from tracker.reminders import served, timing, wishes
from tracker.reminders.wishes import DayTotal, Wish
from tracker.schedule import Quiet

MOMENTS: Final = 5


@dataclass(frozen=True, kw_only=True)
class Preview:
    """``moments`` are aware UTC, at most five; none: nothing would ever come.

    ``left_out`` and ``held`` are times of day in quiet hours: those that never come, and those that wait for
    ``quiet_to``. ``crosses_quiet``: it comes every few hours, and not between ``quiet_from`` and ``quiet_to``.
    """

    reminder: Reminder
    moments: tuple[datetime, ...]
    left_out: tuple[time, ...]
    held: tuple[time, ...]
    crosses_quiet: bool
    quiet_from: time
    quiet_to: time
    total: DayTotal

    @property
    def is_last(self) -> bool:
        """Whether it is over after these moments."""
        return len(self.moments) < MOMENTS


def preview(*, patient: Patient, wish: Wish, now: datetime, instead_of: Reminder | None = None) -> Preview:
    """Return what ``wish`` would do from ``now`` on; nothing is saved. Other reminders count into the day's total."""
    settings = timing.settings_of(patient.user)
    made = wishes.draft(patient=patient, wish=wish, now=now, instead_of=instead_of)
    planned = timing.schedule_of(made, settings=settings, zone=patient.zone)
    has_quiet = settings.quiet_from != settings.quiet_to
    quiet_times = _in_quiet(made, planned.quiet, now) if has_quiet else ()
    return Preview(
        reminder=made,
        moments=schedule.upcoming(planned, now, count=MOMENTS),
        left_out=() if made.is_held_till_morning else quiet_times,
        held=quiet_times if made.is_held_till_morning else (),
        crosses_quiet=has_quiet and made.recurrence == Recurrence.EVERY,
        quiet_from=settings.quiet_from,
        quiet_to=settings.quiet_to,
        total=wishes.day_total(patient=patient, schedules=[planned], now=now, instead_of=instead_of),
    )


def total_of(*, patient: Patient, wanted: Sequence[Wish], now: datetime) -> DayTotal:
    """Return the fullest day with several wishes at once."""
    settings = timing.settings_of(patient.user)
    drafts = [wishes.draft(patient=patient, wish=wish, now=now) for wish in wanted]
    schedules = [timing.schedule_of(made, settings=settings, zone=patient.zone) for made in drafts]
    return wishes.day_total(patient=patient, schedules=schedules, now=now)


def next_moments(*, patient: Patient, reminder: Reminder, now: datetime) -> tuple[datetime, ...]:
    """Return the next moments of a stored reminder that is on; the one that waits for the sender comes first."""
    if not reminder.is_active or reminder.next_due_at is None:
        return ()
    settings = timing.settings_of(patient.user)
    done = served.last_done(patient.user, [reminder], now=now)
    is_moved = served.counted_from_last(reminder, done)
    planned = timing.schedule_of(reminder, settings=settings, zone=patient.zone)
    if is_moved:
        return schedule.upcoming(planned, now, count=MOMENTS)
    later = schedule.upcoming(planned, max(now, reminder.next_due_at), count=MOMENTS - 1)
    return (reminder.next_due_at, *later)


def is_quiet_at(*, patient: Patient, at: time, now: datetime) -> bool:
    """Say whether a time of day of the patient's clock falls into their quiet hours."""
    quiet = timing.quiet_of(timing.settings_of(patient.user), patient.zone)
    return quiet.covers(datetime.combine(now.astimezone(patient.zone).date(), at, patient.zone))


def _in_quiet(reminder: Reminder, quiet: Quiet, now: datetime) -> tuple[time, ...]:
    day = reminder.on or now.astimezone(reminder.zone).date()
    times = timing.times_of(reminder)
    return tuple(at for at in times if quiet.covers(datetime.combine(day, at, reminder.zone)))

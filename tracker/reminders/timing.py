"""A reminder's row as a schedule, and when it is due next."""

from collections.abc import Iterable
from datetime import UTC, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from backspasm.models import User
from tracker import schedule
from tracker.limits import QUIET_FROM, QUIET_TO
from tracker.local_time import day_bounds
from tracker.models import Recurrence, Reminder, ReminderKind, ReminderSettings
from tracker.reminders.due_rows import AnyReminder
from tracker.schedule import AtTimes, Every, Once, Quiet, Schedule


def settings_of(user: User) -> ReminderSettings:
    """Return a patient's choices for reminders; where none were made, the usual ones, not saved."""
    stored: ReminderSettings | None = ReminderSettings.objects.of(user).first()
    return stored or ReminderSettings(user=user)


def quiet_of(settings: ReminderSettings | None, zone: ZoneInfo) -> Quiet:
    """Return the quiet hours in the patient's ``zone``; without ``settings`` the usual ones."""
    if settings is None:
        return Quiet(QUIET_FROM, QUIET_TO, zone)
    return Quiet(settings.quiet_from, settings.quiet_to, zone)


def schedule_of(reminder: AnyReminder, *, settings: ReminderSettings | None, zone: ZoneInfo) -> Schedule:
    """Return when a reminder is due. Its times are of its own zone, the quiet hours of ``zone``, the patient's.

    The end of a timer knows no quiet hours. Raises ValueError for a row from which no time can be read.
    """
    return with_quiet(reminder, quiet_of(settings, zone))


def with_quiet(reminder: AnyReminder, quiet: Quiet) -> Schedule:
    """Return when a reminder is due, outside these quiet hours; ice never at night. As ``schedule_of``."""
    is_timer = reminder.kind == ReminderKind.TIMER_END
    if reminder.kind == ReminderKind.ICE and quiet.starts == quiet.ends:
        quiet = quiet_of(None, quiet.zone)
    return Schedule(
        rule=_rule(reminder),
        quiet=Quiet(time(), time(), quiet.zone) if is_timer else quiet,
        starts_at=_starts_at(reminder),
        ends_at=ends_at(reminder),
        is_held_till_morning=reminder.is_held_till_morning,
    )


def next_due(
    reminder: Reminder, *, settings: ReminderSettings | None, zone: ZoneInfo, after: datetime
) -> datetime | None:
    """Return the first moment later than ``after`` at which a reminder is due, or None. ``zone`` is the patient's.

    A pause changes nothing here: it is asked when the moment has come. Raises ValueError, see ``schedule_of``.
    """
    return schedule.following(schedule_of(reminder, settings=settings, zone=zone), after)


def ends_at(reminder: AnyReminder) -> datetime | None:
    """Return the moment from which a reminder is never due again, or None."""
    if reminder.until_on is None:
        return reminder.until_at
    last_day_ends_at = day_bounds(reminder.until_on, reminder.zone)[1]
    return last_day_ends_at if reminder.until_at is None else min(reminder.until_at, last_day_ends_at)


def times_of(reminder: AnyReminder) -> tuple[time, ...]:
    """Return the times of day of a reminder, as they are stored. Raises ValueError for what is no time."""
    return _clocks(reminder.times)


def _rule(reminder: AnyReminder) -> Every | AtTimes | Once:
    if reminder.recurrence == Recurrence.EVERY:
        if not reminder.every_minutes or reminder.counts_from_at is None:
            raise ValueError("Every how many minutes, from when?")
        return Every(minutes=reminder.every_minutes, counts_from=reminder.counts_from_at)
    if reminder.recurrence == Recurrence.AT_TIMES:
        return _at_times(tuple(reminder.times), tuple(reminder.weekdays), reminder.time_zone)
    times = times_of(reminder)
    if reminder.on is None or not times:
        raise ValueError("Once on which day, at what time?")
    return Once(on=reminder.on, at=times[0], zone=reminder.zone)


# Many share their times of day.
@lru_cache(maxsize=4096)
def _at_times(times: tuple[str, ...], weekdays: tuple[int, ...], time_zone: str) -> AtTimes:
    return AtTimes(times=_clocks(times), weekdays=frozenset(weekdays), zone=ZoneInfo(time_zone))


def _clocks(times: Iterable[str]) -> tuple[time, ...]:
    return tuple(time.fromisoformat(clock) for clock in times)


def _starts_at(reminder: AnyReminder) -> datetime | None:
    if reminder.from_on is None:
        return reminder.not_before_at
    first_day_begins_at = day_bounds(reminder.from_on, reminder.zone)[0]
    return max(reminder.not_before_at or first_day_begins_at, first_day_begins_at).astimezone(UTC)

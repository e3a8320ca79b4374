"""When a reminder is due. Pure: knows no Django and no clock.

Moments are aware UTC. Intervals are elapsed time; times of day are wall time in a zone. A time that clocks skip falls
later by the jump (02:30 becomes 03:30, as in calendars); one that they show twice counts once, the first.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from tracker.limits import is_night
from tracker.local_time import day_bounds

MERGE: Final = timedelta(minutes=10)
DAY: Final = timedelta(days=1)
TICK: Final = timedelta.resolution
# How far ahead a time of day is looked for that falls into quiet hours now. Clocks of two zones change within a year.
LOOKS_AHEAD_DAYS: Final = 400
# The night before may be one on which clocks changed; two of them never follow each other.
NIGHTS_TO_TRY: Final = 3


class Quiet(msgspec.Struct, frozen=True):
    """Quiet hours: while clocks in ``zone`` show a time from ``starts`` up to, but not including, ``ends``.

    Overnight is one window; with ``starts`` equal to ``ends`` there are none.
    """

    starts: time
    ends: time
    zone: ZoneInfo

    def covers(self, at: datetime) -> bool:
        """Say whether a moment lies in quiet hours."""
        return is_night(at, zone=self.zone, quiet_from=self.starts, quiet_to=self.ends)

    def end_after(self, at: datetime) -> datetime:
        """Return the moment at which the quiet hours that cover ``at`` are over; ``at`` itself where none do."""
        return self._next(at, self.ends) if self.covers(at) else at.astimezone(UTC)

    def start_after(self, at: datetime) -> datetime:
        """Return the first moment of quiet hours from ``at`` on. Only where there are quiet hours at all."""
        return at.astimezone(UTC) if self.covers(at) else self._next(at, self.starts)

    def _next(self, at: datetime, edge: time) -> datetime:
        """Return when ``covers`` changes next: when clocks show ``edge``, or jump over it or away from it."""
        local = at.astimezone(self.zone)
        day = local.date() if local.time() < edge else local.date() + DAY
        found = datetime.combine(day, edge.replace(fold=local.fold), self.zone).astimezone(UTC)
        if found.astimezone(self.zone).utcoffset() == local.utcoffset():
            return found
        jump = _clock_change(at.astimezone(UTC), found, self.zone)
        return jump if self.covers(jump) != self.covers(at) else self._next(jump, edge)


class Every(msgspec.Struct, frozen=True, kw_only=True):
    """Each ``minutes`` of elapsed time, start to start; the first that long after ``counts_from``."""

    minutes: int
    counts_from: datetime


class AtTimes(msgspec.Struct, frozen=True, kw_only=True):
    """At times of day, on ``weekdays`` (0 is Monday; empty: every day)."""

    times: tuple[time, ...]
    weekdays: frozenset[int]
    zone: ZoneInfo


class Once(msgspec.Struct, frozen=True, kw_only=True):
    """At one time of one day."""

    on: date
    at: time
    zone: ZoneInfo


class Schedule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule, from ``starts_at`` (included) until ``ends_at`` (excluded), outside quiet hours.

    Elapsed time that ends in quiet hours goes on from their end. A time of day in them is dropped, or moved to their
    end if it ``is_held_till_morning``.
    """

    rule: Every | AtTimes | Once
    quiet: Quiet
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    is_held_till_morning: bool = False


def following(schedule: Schedule, after: datetime) -> datetime | None:
    """Return the first moment later than ``after`` at which the schedule is due, or None if it never is again."""
    after = after.astimezone(UTC)
    if schedule.starts_at is not None:
        after = max(after, schedule.starts_at.astimezone(UTC) - TICK)
    rule = schedule.rule
    if isinstance(rule, Every):
        found: datetime | None = _following_every(rule, schedule.quiet, after)
    elif isinstance(rule, AtTimes):
        found = _following_times(rule, schedule, after)
    else:
        found = _outside_quiet(schedule, datetime.combine(rule.on, rule.at, rule.zone).astimezone(UTC))
        found = found if found is not None and found > after else None
    return None if found is None or (schedule.ends_at is not None and found >= schedule.ends_at) else found


def upcoming(schedule: Schedule, after: datetime, *, count: int) -> tuple[datetime, ...]:
    """Return the next ``count`` moments later than ``after``, or fewer where it ends."""
    return tuple(islice(_from(schedule, after), count))


def between(schedule: Schedule, after: datetime, until: datetime) -> tuple[datetime, ...]:
    """Return the moments later than ``after`` and not later than ``until``."""
    moments = []
    for moment in _from(schedule, after):
        if moment > until:
            break
        moments.append(moment)
    return tuple(moments)


def messages_on(day: date, zone: ZoneInfo, schedules: Sequence[Schedule]) -> int:
    """Return how many messages the schedules send on a calendar day in ``zone``.

    What is due within ten minutes of the first of a group goes out with it, as one.
    """
    begins, ends = day_bounds(day, zone)
    moments = sorted(moment for one in schedules for moment in between(one, begins - TICK, ends - TICK))
    messages = 0
    first = None
    for moment in moments:
        if first is None or moment - first > MERGE:
            first = moment
            messages += 1
    return messages


def _from(schedule: Schedule, after: datetime) -> Iterator[datetime]:
    moment = following(schedule, after)
    while moment is not None:
        yield moment
        moment = following(schedule, moment)


def _following_every(rule: Every, quiet: Quiet, after: datetime) -> datetime:
    step = timedelta(minutes=rule.minutes)
    counts_from = rule.counts_from.astimezone(UTC)
    if quiet.starts == quiet.ends:
        return counts_from + step * max(1, (after - counts_from) // step + 1)
    at = _known_moment(counts_from, step, quiet, after)
    while True:
        # Nothing is moved before the next quiet hours: the steps up to them are counted, not walked.
        calm_until = min(after, quiet.start_after(at) - TICK)
        at += step * max(1, (calm_until - at) // step + 1)
        if quiet.covers(at):
            at = quiet.end_after(at)
        if at > after:
            return at


def _known_moment(counts_from: datetime, step: timedelta, quiet: Quiet, after: datetime) -> datetime:
    """Return a moment not later than ``after`` from which counting may go on: the end of a night, or ``counts_from``.

    A night as long as the step holds one of the moments, which makes its end one, however long ago counting began.
    """
    local = after.astimezone(quiet.zone)
    day = local.date() if local.time() >= quiet.ends else local.date() - DAY
    for _night in range(NIGHTS_TO_TRY):
        ends_at = datetime.combine(day, quiet.ends, quiet.zone).astimezone(UTC)
        starts = datetime.combine(day - DAY if quiet.starts > quiet.ends else day, quiet.starts, quiet.zone)
        starts_at = starts.astimezone(UTC)
        if starts_at <= counts_from:
            break
        # On a night when clocks change they may show a quiet time twice, or not at all.
        is_plain = ends_at.astimezone(quiet.zone).utcoffset() == starts.utcoffset()
        if is_plain and starts_at + step <= ends_at <= after:
            return ends_at
        day -= DAY
    return counts_from


# Many share their times of day, and fall due together.
@lru_cache(maxsize=4096)
def _following_times(rule: AtTimes, schedule: Schedule, after: datetime) -> datetime | None:
    # A time of yesterday may be held till this morning, or fall into today where clocks jumped over midnight.
    first = (after - DAY).astimezone(rule.zone).date()
    found = _earliest(rule, schedule, after, (first, first + DAY, first + 2 * DAY))
    for days in range(3, LOOKS_AHEAD_DAYS):
        if found is not None or not rule.times:
            break
        found = _earliest(rule, schedule, after, (first + days * DAY,))
    return found


def _earliest(rule: AtTimes, schedule: Schedule, after: datetime, days: tuple[date, ...]) -> datetime | None:
    moments = [
        datetime.combine(day, clock, rule.zone).astimezone(UTC)
        for day in days
        if not rule.weekdays or day.weekday() in rule.weekdays
        for clock in rule.times
    ]
    for moment in sorted(moments):
        if moment > after or schedule.is_held_till_morning:
            kept = _outside_quiet(schedule, moment)
            if kept is not None and kept > after:
                return kept
    return None


def _outside_quiet(schedule: Schedule, moment: datetime) -> datetime | None:
    if not schedule.quiet.covers(moment):
        return moment
    return schedule.quiet.end_after(moment) if schedule.is_held_till_morning else None


def _clock_change(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment between two at which clocks of a zone changed, to the second."""
    before = low.astimezone(zone).utcoffset()
    seconds_low, seconds_high = 0, int((high - low) / timedelta(seconds=1)) + 1
    start = low.replace(microsecond=0)
    while seconds_high - seconds_low > 1:
        middle = (seconds_low + seconds_high) // 2
        if (start + timedelta(seconds=middle)).astimezone(zone).utcoffset() == before:
            seconds_low = middle
        else:
            seconds_high = middle
    return start + timedelta(seconds=seconds_high)

"""The limits on one session of a care step: how long, how often in a day, and when none is stored. Pure.

Moments are aware UTC. A day is a calendar day in the patient's own zone, be it 23, 24 or 25 hours long.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from education.structure import CareStep, StepKind
from tracker.circumstances import FLOOR_EXERCISE, THERMAL, is_floor_exercise

LogRefusal = Literal["limit", "held", "paused"]

LONGEST_THERMAL_MINUTES: Final = 20
LONGEST_MINUTES: Final = 24 * 60
QUIET_FROM: Final = time(22)
QUIET_TO: Final = time(7)
# Refused while an emergency answer is open. Ice, heat and positions may still be logged: they are not exercise, and
# what was done is worth knowing for those who help. Nothing at all is suggested.
STOPPED_BY_HOLD: Final[frozenset[StepKind]] = FLOOR_EXERCISE | {"aerobic", "gentle_movement"}


@dataclass(frozen=True)
class Done:
    """One logged session of a step."""

    step_key: str
    kind: StepKind
    started_at: datetime
    duration_minutes: int


def longest_minutes(step: CareStep) -> int:
    """Return the longest session of a step that is kept: for ice the step's own minutes, for both never over 20.

    The minutes of a heat step may be the middle of a range (a bath of 10 to 20); those of ice are its most.
    """
    if step.kind == "ice":
        return max(1, min(step.duration_minutes, LONGEST_THERMAL_MINUTES))
    return LONGEST_THERMAL_MINUTES if step.kind in THERMAL else LONGEST_MINUTES


def kept_minutes(step: CareStep, minutes: int) -> int:
    """Return the minutes of a session as they are stored: at least 1, at most ``longest_minutes``."""
    return max(1, min(minutes, longest_minutes(step)))


def timer_ends_at(step: CareStep, started_at: datetime) -> datetime:
    """Return when the timer of a step is over. Ice and heat: 20 minutes and 0 seconds at most."""
    minutes = min(max(1, step.duration_minutes), longest_minutes(step))
    return started_at.astimezone(UTC) + timedelta(minutes=minutes)


def refusal_to_log(
    step: CareStep, done: Iterable[Done], *, is_held: bool, is_paused: bool, zone: ZoneInfo, at: datetime
) -> LogRefusal | None:
    """Return why a session that started at ``at`` is not stored, or None.

    ``done`` needs the sessions of that day only. What was done at night or too close to other ice or heat is stored:
    it is not suggested, but it happened.
    """
    if is_held and step.kind in STOPPED_BY_HOLD:
        return "held"
    if is_paused and is_floor_exercise(step):
        return "paused"
    return "limit" if left_on(step, done_on(step, done, day_of(at, zone), zone)) == 0 else None


def is_night(moment: datetime, *, zone: ZoneInfo, quiet_from: time = QUIET_FROM, quiet_to: time = QUIET_TO) -> bool:
    """Say whether a moment falls into the quiet hours, from ``quiet_from`` up to but not including ``quiet_to``."""
    clock = moment.astimezone(zone).time()
    if quiet_from <= quiet_to:
        return quiet_from <= clock < quiet_to
    return clock >= quiet_from or clock < quiet_to


def day_of(moment: datetime, zone: ZoneInfo) -> date:
    """Return the calendar day of a moment in a zone."""
    return moment.astimezone(zone).date()


def done_on(step: CareStep, done: Iterable[Done], day: date, zone: ZoneInfo) -> int:
    """Return how often a step was done on a day."""
    return sum(session.step_key == step.key and day_of(session.started_at, zone) == day for session in done)


def left_on(step: CareStep, done_today: int) -> int | None:
    """Return how often a step may still be done on a day on which it was done ``done_today`` times; None: no limit.

    The number of gentle walks is something to aim at: more is fine if it is easy (row P5).
    """
    if step.limit_per_day is None or step.kind == "gentle_movement":
        return None
    return max(0, step.limit_per_day - done_today)

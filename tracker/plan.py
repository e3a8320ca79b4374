"""The phase of an episode, the care steps to do now, and the limits on logging them. Pure: no Django, no clock.

Moments are aware UTC. A day is a calendar day in the patient's own zone, be it 23, 24 or 25 hours long; intervals are
elapsed time and count from start to start.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Final, Literal
from zoneinfo import ZoneInfo

from education.structure import CareStep, Phase, Protocol
from tracker.circumstances import THERMAL, Circumstances, Note, applies
from tracker.limits import (
    QUIET_FROM,
    QUIET_TO,
    Done,
    LogRefusal,
    day_of,
    done_on,
    is_night,
    kept_minutes,
    left_on,
    longest_minutes,
    refusal_to_log,
    timer_ends_at,
)

__all__ = [
    "Circumstances",
    "Done",
    "LogRefusal",
    "PlannedStep",
    "applies",
    "hour",
    "kept_minutes",
    "longest_minutes",
    "may_move_on",
    "offers_recovered",
    "phase",
    "refusal_to_log",
    "steps_now",
    "timer_ends_at",
]

Refusal = Literal["limit", "too_soon_after_heat_or_ice", "night", "held", "paused"]

MAY_MOVE_ON: Final = timedelta(hours=48)
FIRST_PHASE: Final = timedelta(hours=72)
BETWEEN_THERMAL: Final = timedelta(minutes=60)
DAY: Final = timedelta(days=1)
WEEK_DAYS: Final = 7
RECOVERED_PAIN: Final = 1
NEVER: Final = datetime.min.replace(tzinfo=UTC)
MEDICINE_REVIEW: Final = "day_10_medicine_review"


@dataclass(frozen=True)
class PlannedStep:
    """One step of the phase, as it stands now.

    ``left_today`` is None where there is no limit. ``next_at`` is when the step is due again; None if it is due now or
    is not timed. With a ``refusal`` it cannot be started from the plan. ``is_suggested``: the app itself proposes it
    now. ``is_alternative``: heat beside ice (or the other way round), to be done in place of the suggested one.
    ``is_hidden``: only the notes are shown.
    """

    step: CareStep
    notes: tuple[Note, ...]
    is_hidden: bool
    done_today: int
    left_today: int | None
    next_at: datetime | None
    refusal: Refusal | None
    is_suggested: bool
    is_alternative: bool


def phase(*, began_at: datetime, moved_on_at: datetime | None, recovered_at: datetime | None, now: datetime) -> Phase:
    """Return the phase of an episode. It never goes back as ``now`` goes on; a new onset is a new episode.

    ``recovered_at``: the patient said so. ``moved_on_at``: the patient chose to move on to heat; it counts only from
    hour 48 on, and is ignored if it was said before.
    """
    if recovered_at is not None and recovered_at <= now:
        return "recovered"
    has_moved_on = moved_on_at is not None and began_at + MAY_MOVE_ON <= moved_on_at <= now
    return "after_72h" if has_moved_on or now - began_at >= FIRST_PHASE else "first_72h"


def may_move_on(began_at: datetime, now: datetime) -> bool:
    """Say whether the patient may choose between ice and moving on to heat: from hour 48 until hour 72."""
    return MAY_MOVE_ON <= now - began_at < FIRST_PHASE


def hour(began_at: datetime, now: datetime) -> int:
    """Return the full hours since the episode began, 0 or more."""
    return max(0, (now - began_at) // timedelta(hours=1))


def offers_recovered(pain_by_day: Mapping[date, int]) -> bool:
    """Say whether to offer 'I feel recovered': pain 0 or 1 on seven days in a row, up to the latest one with a score.

    ``pain_by_day`` holds the highest score (0-10) of each day in the patient's zone. A day without one breaks the row.
    """
    last_week = sorted(pain_by_day)[-WEEK_DAYS:]
    return (
        len(last_week) == WEEK_DAYS
        and all(later - earlier == DAY for earlier, later in pairwise(last_week))
        and all(pain_by_day[day] <= RECOVERED_PAIN for day in last_week)
    )


def steps_now(
    protocol: Protocol,
    *,
    phase: Phase,
    circumstances: Circumstances,
    done: Sequence[Done],
    is_held: bool,
    is_paused_by_signs: bool,
    zone: ZoneInfo,
    now: datetime,
    quiet_from: time = QUIET_FROM,
    quiet_to: time = QUIET_TO,
    is_medicine_review_due: bool = False,
) -> tuple[PlannedStep, ...]:
    """Return the steps of the phase, what is due first at the top; the gates (questions) are no steps to do.

    ``done`` holds the sessions of this episode: all medicine talks, and the rest of the last eight days.
    """
    moment = _Moment(
        phase=phase,
        done=tuple(session for session in done if session.started_at <= now),
        is_held=is_held,
        is_paused=is_paused_by_signs,
        zone=zone,
        now=now.astimezone(UTC),
        quiet=(quiet_from, quiet_to),
    )
    steps = [step for step in protocol.steps if phase in step.phases and step.kind != "gate"]
    steps = [step for step in steps if step.key != MEDICINE_REVIEW or is_medicine_review_due]
    planned = [_planned(step, moment, circumstances) for step in steps]
    # Ice and heat share one place: the first of them in the protocol.
    position = {_place_key(step): place for place, step in reversed(list(enumerate(steps)))}
    return tuple(sorted(_with_one_thermal(planned, moment), key=lambda step: _order(step, moment, position)))


@dataclass(frozen=True, kw_only=True)
class _Moment:
    """What is known of the patient at ``now``; ``done`` holds nothing later."""

    phase: Phase
    done: tuple[Done, ...]
    is_held: bool
    is_paused: bool
    zone: ZoneInfo
    now: datetime
    quiet: tuple[time, time]

    def is_night(self, moment: datetime) -> bool:
        return is_night(moment, zone=self.zone, quiet_from=self.quiet[0], quiet_to=self.quiet[1])

    def last(self, step: CareStep) -> datetime | None:
        return max((session.started_at for session in self.done if session.step_key == step.key), default=None)

    def last_thermal(self) -> Done | None:
        thermal = (session for session in self.done if session.kind in THERMAL)
        return max(thermal, key=lambda session: session.started_at, default=None)

    def start_of(self, day: date, clock: time = time()) -> datetime:
        return datetime.combine(day, clock, self.zone).astimezone(UTC)


def _planned(step: CareStep, moment: _Moment, circumstances: Circumstances) -> PlannedStep:
    shown = applies(step, circumstances)
    done_today = done_on(step, moment.done, day_of(moment.now, moment.zone), moment.zone)
    refusal = _refusal(step, moment)
    due_at = _due_at(step, moment)
    is_open = not (shown.is_hidden or refusal or moment.is_held) and due_at is not None and due_at <= moment.now
    return PlannedStep(
        step=step,
        notes=shown.notes,
        is_hidden=shown.is_hidden,
        done_today=done_today,
        left_today=left_on(step, done_today),
        next_at=due_at if due_at is not None and due_at > moment.now else None,
        refusal=refusal,
        is_suggested=is_open,
        is_alternative=False,
    )


def _refusal(step: CareStep, moment: _Moment) -> Refusal | None:
    refusal = refusal_to_log(
        step, moment.done, is_held=moment.is_held, is_paused=moment.is_paused, zone=moment.zone, at=moment.now
    )
    if refusal is not None:
        return refusal
    last = moment.last_thermal()
    if step.kind in THERMAL and last is not None and moment.now - last.started_at < BETWEEN_THERMAL:
        return "too_soon_after_heat_or_ice"
    return "night" if step.kind == "ice" and moment.is_night(moment.now) else None


def _due_at(step: CareStep, moment: _Moment) -> datetime | None:
    """Return from when on the step may be suggested, or None if it never is: 'as you need it', or done for good."""
    last = moment.last(step)
    if (step.kind == "medicine_talk" and last is not None) or (
        step.kind != "medicine_talk" and step.interval_minutes is None
    ):
        return None
    due_at = max([moment.now, *_earliest(step, moment, last)])
    # At night the app suggests nothing but a way to lie: sleep, cold packs and heating pads do not go together.
    if step.kind != "positioning" and moment.is_night(due_at):
        clock = due_at.astimezone(moment.zone)
        is_before_midnight = clock.time() >= moment.quiet[1]
        due_at = moment.start_of(clock.date() + DAY * is_before_midnight, moment.quiet[1])
    return due_at


def _earliest(step: CareStep, moment: _Moment, last: datetime | None) -> Iterable[datetime]:
    """Yield the moments before which the interval, the limits and the pause between ice and heat hold a step back."""
    today = day_of(moment.now, moment.zone)
    if last is not None:
        yield last.astimezone(UTC) + timedelta(minutes=step.interval_minutes or 0)
    if left_on(step, done_on(step, moment.done, today, moment.zone)) == 0:
        yield moment.start_of(today + DAY)
    if step.days_per_week is not None and step.days_per_week < WEEK_DAYS:
        days = {day_of(session.started_at, moment.zone) for session in moment.done if session.step_key == step.key}
        this_week = sorted(day for day in days if today - day < WEEK_DAYS * DAY)
        if len(this_week) >= step.days_per_week:
            yield moment.start_of(this_week[-step.days_per_week] + WEEK_DAYS * DAY)
    thermal = moment.last_thermal()
    if step.kind in THERMAL and thermal is not None:
        yield thermal.started_at.astimezone(UTC) + BETWEEN_THERMAL


def _with_one_thermal(planned: Sequence[PlannedStep], moment: _Moment) -> list[PlannedStep]:
    """Keep one suggestion of ice or heat; what else is due stands beside it as an alternative.

    In the first 72 hours the patient's last choice counts: after heat, ice is neither suggested nor beside it until
    they log ice again.
    """
    due = [step for step in planned if step.is_suggested and step.step.kind in THERMAL]
    last = moment.last_thermal()
    if moment.phase == "first_72h" and any(step.step.kind == "ice" for step in planned):
        kind = last.kind if last is not None else "ice"
        suggested = [step for step in due if step.step.kind == kind][:1]
        beside = [step for step in due if step not in suggested and step.step.kind == "heat"]
    else:
        suggested, beside = due[:1], due[1:]
    return [
        step if step not in due else replace(step, is_suggested=step in suggested, is_alternative=step in beside)
        for step in planned
    ]


def _place_key(step: CareStep) -> str:
    return "ice or heat" if step.kind in THERMAL else step.key


def _order(planned: PlannedStep, moment: _Moment, position: Mapping[str, int]) -> tuple[int, datetime, int, bool]:
    """Sort: due (longest first), can be done, refused, hidden; equal ones as in the protocol, heat next to ice."""
    place = position[_place_key(planned.step)]
    if planned.is_hidden or planned.refusal:
        return (3 if planned.is_hidden else 2, moment.now, place, False)
    if not (planned.is_suggested or planned.is_alternative):
        return (1, planned.next_at or moment.now, place, False)
    if planned.step.kind in THERMAL:
        last = moment.last_thermal()
        due_since = NEVER if last is None else last.started_at + BETWEEN_THERMAL
    else:
        since = moment.last(planned.step)
        due_since = NEVER if since is None else since + timedelta(minutes=planned.step.interval_minutes or 0)
    return (0, due_since, place, planned.is_alternative)

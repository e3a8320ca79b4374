"""Reads what the Now screen shows, at most ten queries at any history. Words are in the templates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from education import step_facts
from education.edition import PROTOCOL_KEY, Change, LiveEdition
from education.pages import EVIDENCE_LABELS
from education.structure import Phase
from tracker import check_ins, emergencies, episodes, limits, medicines, patients, plan, prevention, safety, step_logs
from tracker.circumstances import THERMAL
from tracker.models import AskedBecause, Episode, Hold, Patient, StepLog
from tracker.plan import PlannedStep
from tracker.safety import CheckInFacts

NO_TIMER: Final = frozenset({"medicine_talk"})
MEDICINE_REVIEW_FROM: Final = timedelta(days=9)
# For so long after its end the calm screen offers to open an episode again.
MAY_REOPEN: Final = timedelta(days=7)
_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class StepNow:
    """A step of the plan with what its card prints. ``minutes_until`` and ``minutes_between`` draw the ring."""

    planned: PlannedStep
    evidence: str
    facts: tuple[tuple[str, str], ...]
    has_timer: bool
    is_thermal: bool
    is_running: bool
    can_start: bool
    minutes_until: int | None
    minutes_between: int | None


@dataclass(frozen=True, kw_only=True)
class Timer:
    """A session with its timer, running or just over. ``minutes_left`` is rounded up."""

    log: StepLog
    title: str
    ends_at: datetime
    minutes_left: int
    is_over: bool


@dataclass(frozen=True, kw_only=True)
class LastLog:
    """The session that can still be undone."""

    log: StepLog
    title: str


@dataclass(frozen=True, kw_only=True)
class Running:
    """An open episode as it stands now. ``day`` is 1 on the day it began, in the patient's zone.

    ``asks_right_now``: no score yet and less than a day old, so there is no average of 24 hours to ask for.
    ``asks_signs``: the see-somebody signs are not answered yet; they can wait.
    """

    now: datetime
    episode: Episode
    hour: int
    day: int
    phase: Phase
    may_move_on: bool
    may_take_back: str
    offers_recovered: bool
    offers_to_close: bool
    is_check_in_due: bool
    asks_right_now: bool
    asks_signs: bool
    next_check_in_at: datetime
    latest_function: CheckInFacts | None
    latest_pain: CheckInFacts | None
    steps: tuple[StepNow, ...]
    is_night: bool

    @property
    def first(self) -> StepNow | None:
        """The step that stands in front: ice or heat, proposed now or next; where neither may be, what is proposed.

        At night neither stands there: nobody is led to fall asleep on a pack or a heating pad.
        """
        shown = [step for step in self.steps if not step.planned.is_hidden and not step.planned.refusal]
        thermal = [] if self.is_night else sorted((step for step in shown if step.is_thermal), key=self._when)
        return next(iter(thermal), None) or next((step for step in shown if step.planned.is_suggested), None)

    def _when(self, step: StepNow) -> tuple[bool, bool, datetime]:
        planned = step.planned
        return not planned.is_suggested, planned.is_alternative, planned.next_at or self.now

    @property
    def beside(self) -> tuple[StepNow, ...]:
        """Ice or heat that stands beside the first step, be it due or not."""
        first = self.first
        if first is None or not first.is_thermal:
            return ()
        return tuple(
            step for step in self.steps if step.is_thermal and step is not first and not step.planned.is_hidden
        )

    @property
    def hides_heat_and_ice(self) -> bool:
        """Whether heat and ice are not for this patient, so that no sentence may lead them there."""
        return any(step.is_thermal and step.planned.is_hidden for step in self.steps)

    @property
    def others(self) -> tuple[StepNow, ...]:
        """All other steps, hidden ones with their sentence included."""
        return tuple(step for step in self.steps if step is not self.first and step not in self.beside)


@dataclass(frozen=True, kw_only=True)
class Calm:
    """No episode is open."""

    last: Episode | None
    may_reopen: bool
    has_plan: bool
    is_week_due: bool


@dataclass(frozen=True, kw_only=True)
class NowScreen:
    """All that the Now screen shows. With a ``hold`` nothing else is filled."""

    now: datetime
    hold: Hold | None = None
    asks: AskedBecause | None = None
    running: Running | None = None
    calm: Calm | None = None
    timer: Timer | None = None
    last_log: LastLog | None = None
    change: Change | None = None


def read(*, patient: Patient, live: LiveEdition, now: datetime) -> NowScreen:
    """Return the Now screen of a patient at ``now`` (aware UTC)."""
    hold = emergencies.open_hold(patient.user)
    if hold is not None:
        return NowScreen(now=now, hold=hold)
    episode = episodes.open_episode(patient.user)
    if episode is None:
        logs = step_logs.recent(patient.user, now - timedelta(days=1))
        return NowScreen(now=now, calm=_calm(patient, now), last_log=_last_log(live, logs, now))
    logs = step_logs.for_plan(patient=patient, episode=episode, now=now)
    said = check_ins.facts(episode)
    return NowScreen(
        now=now,
        asks=emergencies.questions_due(patient=patient, episode=episode, now=now),
        running=_running(patient, episode, live, logs, said, now),
        timer=_timer(live, logs, now),
        last_log=_last_log(live, logs, now),
        change=_change(patient, live),
    )


def _calm(patient: Patient, now: datetime) -> Calm:
    last = Episode.objects.of(patient.user).order_by("-began_at").first()
    return Calm(
        last=last,
        may_reopen=last is not None and last.ended_at is not None and now - last.ended_at <= MAY_REOPEN,
        has_plan=prevention.current_plan(patient.user) is not None,
        is_week_due=prevention.is_week_due(patient.user, now),
    )


def _running(
    patient: Patient,
    episode: Episode,
    live: LiveEdition,
    logs: Sequence[StepLog],
    said: Sequence[CheckInFacts],
    now: datetime,
) -> Running:
    zone, began_at = patient.zone, episode.began_at
    phase = plan.phase(began_at=began_at, moved_on_at=episode.moved_on_at, recovered_at=episode.recovered_at, now=now)
    has_signs, is_paused = emergencies.signs_now(episode)
    next_at = safety.check_in_due(last_at=said[-1].at if said else None, began_at=began_at, now=now)
    return Running(
        now=now,
        episode=episode,
        hour=plan.hour(began_at, now),
        day=(now.astimezone(zone).date() - began_at.astimezone(zone).date()).days + 1,
        phase=phase,
        may_move_on=phase == "first_72h" and plan.may_move_on(began_at, now),
        may_take_back=_may_take_back(episode, now),
        offers_recovered=phase != "recovered" and plan.offers_recovered(safety.highest_pain_by_day(said, zone)),
        offers_to_close=check_ins.offers_to_close(episode, zone, now, said),
        is_check_in_due=next_at <= now,
        asks_right_now=not said and now - began_at < timedelta(days=1),
        asks_signs=not has_signs,
        next_check_in_at=next_at,
        latest_function=next((one for one in reversed(said) if one.function is not None), None),
        latest_pain=next((one for one in reversed(said) if one.pain is not None), None),
        steps=_steps(patient, episode, live, logs, phase, now, is_paused=is_paused),
        is_night=limits.is_night(now, zone=zone),
    )


def _may_take_back(episode: Episode, now: datetime) -> str:
    """Return the last answer that can still be taken back: recovered, move_on or nothing."""
    for name, said_at in (("recovered", episode.recovered_at), ("move_on", episode.moved_on_at)):
        if said_at is not None:
            return name if now - said_at <= episodes.UNDO else ""
    return ""


def _steps(
    patient: Patient,
    episode: Episode,
    live: LiveEdition,
    logs: Sequence[StepLog],
    phase: Phase,
    now: datetime,
    *,
    is_paused: bool,
) -> tuple[StepNow, ...]:
    is_late = phase == "after_72h" and now - episode.began_at >= MEDICINE_REVIEW_FROM
    planned = plan.steps_now(
        live.protocol,
        phase=phase,
        circumstances=patients.circumstances(patient),
        done=step_logs.done_in_plan(logs),
        is_held=False,
        is_paused_by_signs=is_paused,
        zone=patient.zone,
        now=now,
        is_medicine_review_due=is_late and medicines.is_review_due(episode, now),
    )
    busy_with = next((row.step_key for row in logs if step_logs.is_running(row, now)), "")
    return tuple(_step(one, busy_with, now) for one in planned)


def _step(planned: PlannedStep, busy_with: str, now: datetime) -> StepNow:
    step = planned.step
    until = None if planned.next_at is None else max(1, -((now - planned.next_at) // _MINUTE))
    has_timer = step.kind not in NO_TIMER
    return StepNow(
        planned=planned,
        evidence=str(EVIDENCE_LABELS[step.evidence]) if step.evidence else "",
        facts=step_facts.facts(step),
        has_timer=has_timer,
        is_thermal=step.kind in THERMAL,
        is_running=step.key == busy_with,
        can_start=has_timer and not busy_with and not planned.refusal and not planned.is_hidden,
        minutes_until=until if step.interval_minutes and until and until <= step.interval_minutes else None,
        minutes_between=step.interval_minutes,
    )


def _timer(live: LiveEdition, logs: Sequence[StepLog], now: datetime) -> Timer | None:
    """Return the timer that runs, or the one that has just rung if nothing was logged since."""
    runs = next((row for row in reversed(logs) if step_logs.is_running(row, now)), None)
    newest = max(logs, key=lambda row: row.created_at, default=None)
    if runs is None and newest is not None and step_logs.has_just_ended(newest, now):
        runs = newest
    if runs is None:
        return None
    ends_at = step_logs.ends_at(runs)
    left = max(0, -((now - ends_at) // _MINUTE))
    return Timer(log=runs, title=_title(live, runs), ends_at=ends_at, minutes_left=left, is_over=ends_at <= now)


def _last_log(live: LiveEdition, logs: Sequence[StepLog], now: datetime) -> LastLog | None:
    newest = max(logs, key=lambda row: row.created_at, default=None)
    if newest is None or step_logs.is_running(newest, now) or not step_logs.can_undo(newest, now):
        return None
    return LastLog(log=newest, title=_title(live, newest))


def _title(live: LiveEdition, log: StepLog) -> str:
    return next((step.title for step in live.protocol.steps if step.key == log.step_key), log.step_key)


def _change(patient: Patient, live: LiveEdition) -> Change | None:
    """Return the newest change of the care plan that the patient has not been told of."""
    published = live.protocols[PROTOCOL_KEY]
    if patient.protocol_number is None or patient.protocol_number >= published.number:
        return None
    return published.history[0] if published.history else None

"""Whether a reminder may go out, asked when it is queued and again when it is sent. Pure: no Django and no clock.

Moments are aware UTC. A day of the limits is one in the patient's zone, a day of a reminder's times one in its own.
"""

from collections.abc import Callable, Mapping, Set
from datetime import datetime, timedelta
from typing import Final

import msgspec

from tracker import medicine_guard, plan, safety
from tracker.circumstances import FLOOR_EXERCISE, THERMAL, is_floor_exercise, is_hidden
from tracker.limits import day_of, done_on, is_night
from tracker.reminder_facts import EpisodeFacts, Facts, PatientFacts, ThermalMessage
from tracker.schedule import DAY, MERGE, AtTimes, Every, Once

__all__ = [
    "BUDGET",
    "CODES",
    "MERGE",
    "RETRY_AFTER",
    "EpisodeFacts",
    "Facts",
    "PatientFacts",
    "ThermalMessage",
    "moved_to",
    "useful_for",
    "verdict",
]

BUDGET: Final = 6  # messages a day above which the form asks
RETRY_AFTER: Final = tuple(timedelta(minutes=minutes) for minutes in (0, 1, 5, 15))
HALF_AN_HOUR: Final = timedelta(minutes=30)
USEFUL_FOR: Final[Mapping[str, timedelta]] = {
    "ice": HALF_AN_HOUR,
    "heat": HALF_AN_HOUR,
    "position": HALF_AN_HOUR,
    "walk": timedelta(hours=1),
    "stretch": timedelta(hours=2),
    "strength": timedelta(hours=2),
    "talk": timedelta(hours=2),
    "own": timedelta(hours=2),
    "medicine": timedelta(hours=4),
    "check_in": timedelta(hours=24),
    "timer_end": timedelta(minutes=2),
}


class _Asked(msgspec.Struct, frozen=True):
    facts: Facts
    due_at: datetime
    now: datetime


def useful_for(kind: str) -> timedelta:
    """Return how long after its moment a message of this kind is still of use. Raises KeyError for no kind."""
    return USEFUL_FOR[kind]


def verdict(facts: Facts, *, due_at: datetime, now: datetime) -> str:
    """Return why what was due at ``due_at`` may not go out at ``now``: the first code of CODES that holds, or ''.

    Lateness, the address and newer messages are not asked here: the sender knows them.
    """
    asked = _Asked(facts, due_at, now)
    for code, holds in _RULES_OF[facts.kind]:
        if holds(asked):
            return code
    return ""


def moved_to(facts: Facts, *, due_at: datetime) -> datetime | None:
    """Return the later moment to which doing it since has moved what was due, or None.

    Only what comes every so many minutes moves: it counts from the last time it was done, and never into quiet hours.
    """
    again_at = _again_at(facts)
    if again_at is None or again_at <= due_at:
        return None
    return facts.schedule.quiet.end_after(again_at)


def _again_at(facts: Facts) -> datetime | None:
    rule = facts.schedule.rule
    if not isinstance(rule, Every) or facts.last_done_at is None:
        return None
    return facts.last_done_at + timedelta(minutes=rule.minutes)


def _is_ended(asked: _Asked) -> bool:
    ends_at = asked.facts.schedule.ends_at
    return asked.facts.is_ended or (ends_at is not None and asked.due_at >= ends_at)


def _is_paused(asked: _Asked) -> bool:
    paused_until_at = asked.facts.patient.paused_until_at
    return paused_until_at is not None and asked.now < paused_until_at


def _is_not_today(asked: _Asked) -> bool:
    not_before_at = asked.facts.not_before_at
    return not_before_at is not None and asked.due_at < not_before_at


def _is_quiet(asked: _Asked) -> bool:
    """Say whether it is quiet now. Ice is never offered at night, whatever a patient's own quiet hours are."""
    patient = asked.facts.patient
    return patient.quiet.covers(asked.now) or (asked.facts.kind == "ice" and is_night(asked.now, zone=patient.zone))


def _is_episode_over(asked: _Asked) -> bool:
    facts = asked.facts
    return facts.is_tied and (facts.episode is None or not facts.episode.is_open)


def _is_phase_over(asked: _Asked) -> bool:
    step, episode = asked.facts.step, asked.facts.episode
    return step is not None and episode is not None and episode.phase(asked.now) not in step.phases


def _is_hidden(asked: _Asked) -> bool:
    facts = asked.facts
    if facts.step is not None:
        return is_hidden(facts.step, facts.patient.circumstances)
    return facts.kind in THERMAL and facts.patient.circumstances.has_reduced_feeling


def _is_paused_by_signs(asked: _Asked) -> bool:
    step = asked.facts.step
    is_exercise = asked.facts.kind in FLOOR_EXERCISE or (step is not None and is_floor_exercise(step))
    return is_exercise and asked.facts.patient.is_paused_by_signs


def _is_limit_reached(asked: _Asked) -> bool:
    step, patient = asked.facts.step, asked.facts.patient
    if step is None or step.limit_per_day is None:
        return False
    return done_on(step, patient.done, day_of(asked.now, patient.zone), patient.zone) >= step.limit_per_day


def _is_rest_day(asked: _Asked) -> bool:
    """Say whether strength was done the day before; two days in a row are the patient's own choice to make."""
    facts = asked.facts
    today = day_of(asked.due_at, facts.zone)
    yesterday = today - DAY
    rule = facts.schedule.rule
    if isinstance(rule, AtTimes) and {yesterday.weekday(), today.weekday()} <= rule.weekdays:
        return False
    sessions = (session for session in facts.patient.done if session.kind == "strength")
    return any(day_of(session.started_at, facts.zone) == yesterday for session in sessions)


def _is_heat_chosen(asked: _Asked) -> bool:
    facts = asked.facts
    episode = facts.episode
    if episode is None or episode.phase(asked.now) != "first_72h":
        return False
    thermal = [
        session
        for session in facts.patient.done
        if session.kind in THERMAL and episode.began_at <= session.started_at <= asked.now
    ]
    return bool(thermal) and max(thermal, key=lambda session: session.started_at).kind == "heat"


def _is_thermal_too_soon(asked: _Asked) -> bool:
    facts, now = asked.facts, asked.now
    hour_ago = now - plan.BETWEEN_THERMAL
    if any(hour_ago < session.started_at <= now for session in facts.patient.done if session.kind in THERMAL):
        return True
    return any(_goes_first(one, asked) for one in facts.patient.thermal_messages)


def _goes_first(other: ThermalMessage, asked: _Asked) -> bool:
    """Say whether another message about ice or heat leaves no room: sent within the hour, or to be sent before this.

    Of the same reminder, what was put off, and the same moment on another channel, are not another message.
    """
    if other.reminder_id == asked.facts.reminder_id:
        hour_before = asked.due_at - plan.BETWEEN_THERMAL
        return not other.is_put_off and hour_before < other.due_at < asked.due_at
    if other.sent_at is not None:
        return other.sent_at > asked.now - plan.BETWEEN_THERMAL
    if (other.due_at, other.reminder_id) >= (asked.due_at, asked.facts.reminder_id):
        return False
    return other.due_at > asked.due_at - plan.BETWEEN_THERMAL


def _is_gap_not_over(asked: _Asked) -> bool:
    medicine_id, patient = asked.facts.medicine_id, asked.facts.patient
    if medicine_id is None or medicine_id not in patient.labels:
        return False
    findings = medicine_guard.look(patient.labels, patient.taken, medicine_id=medicine_id, at=asked.now)
    return any(isinstance(finding, medicine_guard.TooSoon) for finding in findings)


def _is_not_due(asked: _Asked) -> bool:
    """Say whether the check-in is asked for on a later day only. The hour does not count: nobody keeps to it."""
    facts = asked.facts
    if facts.episode is not None and facts.episode.is_open:
        due_at = safety.check_in_due(
            last_at=facts.episode.checked_in_at, began_at=facts.episode.began_at, now=asked.now
        )
    elif facts.patient.weekly_check_in_at is not None:
        due_at = facts.patient.weekly_check_in_at + safety.WEEK
    else:
        return False
    return day_of(due_at, facts.patient.zone) > day_of(asked.now, facts.patient.zone)


def _is_already_done(asked: _Asked) -> bool:
    facts = asked.facts
    rule = facts.schedule.rule
    if isinstance(rule, Every):
        again_at = _again_at(facts)
        return again_at is not None and again_at > asked.due_at
    if not facts.done_at:
        return False
    due = asked.due_at.astimezone(rule.zone)
    done = sum(at <= asked.now and day_of(at, rule.zone) == due.date() for at in facts.done_at)
    if isinstance(rule, Once):
        return done > 0
    # What was held till morning is due before the first time of the day.
    place = max(1, sum(clock <= due.time() for clock in rule.times))
    return done >= place


_ALL: Final[Set[str]] = frozenset(USEFUL_FOR)
# The end of a timer that runs is said even in a pause or at night.
_NOT_TIMERS: Final[Set[str]] = _ALL - {"timer_end"}
# Which code, when it holds, and for which kinds it is asked.
_RULES: Final[tuple[tuple[str, Callable[[_Asked], bool], Set[str]], ...]] = (
    ("no_consent", lambda asked: not asked.facts.patient.has_consent, _ALL),
    ("held", lambda asked: asked.facts.patient.is_held, _ALL),
    ("ended", _is_ended, _ALL),
    ("off", lambda asked: not asked.facts.is_active or asked.facts.is_put_away, _ALL),
    ("paused", _is_paused, _NOT_TIMERS),
    ("not_today", _is_not_today, _NOT_TIMERS),
    ("quiet", _is_quiet, _NOT_TIMERS),
    ("episode_over", _is_episode_over, _NOT_TIMERS),
    ("step_gone", lambda asked: asked.facts.has_step and asked.facts.step is None, _NOT_TIMERS),
    ("phase_over", _is_phase_over, _NOT_TIMERS),
    ("hidden", _is_hidden, _NOT_TIMERS),
    ("signs_pause", _is_paused_by_signs, _NOT_TIMERS),
    ("limit_reached", _is_limit_reached, _NOT_TIMERS),
    ("rest_day", _is_rest_day, {"strength"}),
    ("heat_chosen", _is_heat_chosen, {"ice"}),
    ("thermal_too_soon", _is_thermal_too_soon, THERMAL),
    ("gap_not_over", _is_gap_not_over, {"medicine"}),
    ("not_due", _is_not_due, {"check_in"}),
    ("already_done", _is_already_done, _NOT_TIMERS),
)
_RULES_OF: Final = {kind: [(code, holds) for code, holds, kinds in _RULES if kind in kinds] for kind in _ALL}
CODES: Final = tuple(code for code, _holds, _kinds in _RULES)

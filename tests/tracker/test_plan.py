"""The phase of an episode, and what the plan suggests, offers and refuses at a moment."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from education import content_files
from education.structure import PHASES, Phase
from tracker import plan
from tracker.plan import Circumstances, Done, PlannedStep

PROTOCOL = content_files.read().protocols["care-protocol"]
STEPS = {step.key: step for step in PROTOCOL.steps}
LONDON = ZoneInfo("Europe/London")
ZONES = [ZoneInfo(name) for name in ("Europe/London", "America/New_York", "Australia/Lord_Howe")]
BEGAN = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday, 09:00 in London
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
ICE, HEAT = "ice_on_back", "heat_if_preferred"
THERMAL = {"ice", "heat"}
NOBODY = Circumstances()


def done(key: str, hours: float) -> Done:
    return Done(key, STEPS[key].kind, BEGAN + hours * HOUR, 20)


def planned(hours: float, sessions: Sequence[Done] = (), phase: Phase = "first_72h", **more: Any) -> list[PlannedStep]:
    values: dict[str, Any] = {
        "circumstances": NOBODY,
        "is_held": False,
        "is_paused_by_signs": False,
        "zone": LONDON,
        **more,
    }
    return list(plan.steps_now(PROTOCOL, phase=phase, done=sessions, now=BEGAN + hours * HOUR, **values))


def by_key(steps: list[PlannedStep]) -> dict[str, PlannedStep]:
    return {step.step.key: step for step in steps}


def suggested(steps: list[PlannedStep]) -> list[str]:
    return [step.step.key for step in steps if step.is_suggested]


# --- The phase ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "moved_on", "recovered", "expected"),
    [
        (0, None, None, "first_72h"),
        (71.9, None, None, "first_72h"),
        (72, None, None, "after_72h"),
        (50, 48, None, "after_72h"),
        (48, 48, None, "after_72h"),
        (9, None, 9, "recovered"),
        (50, 47.9, None, "first_72h"),  # said too early: it does not count
        (50, 51, None, "first_72h"),
        (10, None, 9, "recovered"),
        (200, 50, 150, "recovered"),
        (140, 50, 150, "after_72h"),
    ],
)
def test_the_phase_follows_the_hours_and_the_patients_own_answers(
    hours: float, moved_on: float | None, recovered: float | None, expected: Phase
) -> None:
    moved_on_at, recovered_at = (None if at is None else BEGAN + at * HOUR for at in (moved_on, recovered))

    found = plan.phase(began_at=BEGAN, moved_on_at=moved_on_at, recovered_at=recovered_at, now=BEGAN + hours * HOUR)

    assert found == expected


AGES = st.integers(0, 40 * 24 * 60).map(lambda minutes: BEGAN + timedelta(minutes=minutes))


@given(st.none() | AGES, st.none() | AGES, st.lists(AGES, min_size=2, max_size=12))
def test_the_phase_never_goes_back_without_a_new_onset(
    moved_on_at: datetime | None, recovered_at: datetime | None, moments: list[datetime]
) -> None:
    phases = [
        plan.phase(began_at=BEGAN, moved_on_at=moved_on_at, recovered_at=recovered_at, now=now)
        for now in sorted(moments)
    ]

    assert phases == sorted(phases, key=PHASES.index)


@given(AGES, AGES, AGES)
def test_saying_something_never_takes_the_phase_back(
    now: datetime, moved_on_at: datetime, recovered_at: datetime
) -> None:
    silent = plan.phase(began_at=BEGAN, moved_on_at=None, recovered_at=None, now=now)
    spoken = plan.phase(began_at=BEGAN, moved_on_at=moved_on_at, recovered_at=recovered_at, now=now)

    assert PHASES.index(spoken) >= PHASES.index(silent)


def test_a_new_onset_begins_with_the_first_phase() -> None:
    assert (
        plan.phase(began_at=BEGAN + 90 * DAY, moved_on_at=None, recovered_at=None, now=BEGAN + 90 * DAY) == "first_72h"
    )


@pytest.mark.parametrize(("hours", "may"), [(47.9, False), (48, True), (71.9, True), (72, False)])
def test_the_choice_to_move_on_is_open_from_hour_48_to_72(hours: float, may: bool) -> None:
    assert plan.may_move_on(BEGAN, BEGAN + hours * HOUR) is may


@pytest.mark.parametrize(("hours", "shown"), [(-1, 0), (0, 0), (0.99, 0), (31, 31), (31.99, 31)])
def test_the_hour_is_a_full_one(hours: float, shown: int) -> None:
    assert plan.hour(BEGAN, BEGAN + hours * HOUR) == shown


def days(*pains: int | None) -> dict[date, int]:
    return {date(2026, 3, 1) + n * DAY: pain for n, pain in enumerate(pains) if pain is not None}


@pytest.mark.parametrize(
    ("pains", "is_offered"),
    [
        ((5, 1, 0, 1, 1, 0, 0, 1), True),
        ((1, 0, 1, 1, 0, 0), False),
        ((1, 0, 1, 2, 0, 0, 1), False),
        ((1, 0, 1, None, 0, 0, 1, 1), False),
        ((0, 0, 0, 0, 0, 0, 0, 3), False),
        ((), False),
    ],
)
def test_recovered_is_offered_after_seven_days_in_a_row_of_0_or_1(
    pains: tuple[int | None, ...], is_offered: bool
) -> None:
    assert plan.offers_recovered(days(*pains)) is is_offered


# --- What is due --------------------------------------------------------------------------------------------


def test_at_hour_0_heat_stands_beside_ice() -> None:
    steps = planned(0)

    assert [step.step.key for step in steps[:2]] == [ICE, HEAT]
    assert (steps[0].is_suggested, steps[1].is_suggested) == (True, False)
    assert steps[1].is_alternative
    assert steps[1].refusal is None


def test_gates_are_no_steps_to_do() -> None:
    assert all(step.step.kind != "gate" for phase in PHASES for step in planned(0, phase=phase))


def test_only_steps_of_the_phase_are_planned() -> None:
    keys = set(by_key(planned(100, phase="after_72h")))

    assert keys == {
        "legs_raised",
        "gentle_walk",
        "moist_heat",
        "warm_bath_or_shower",
        "first_stretches",
        "build_up_walking",
    }


def test_an_interval_counts_from_start_to_start() -> None:
    before, after = (by_key(planned(hours, [done(ICE, 0)]))[ICE] for hours in (1.99, 2))

    assert (before.is_suggested, before.next_at) == (False, BEGAN + 2 * HOUR)
    assert (after.is_suggested, after.next_at) == (True, None)


def test_what_waits_longest_stands_first() -> None:
    sessions = [done("ask_about_medicine", 0), done(ICE, 3.5), done("legs_raised", 1.5), done("gentle_walk", -0.75)]

    steps = planned(6, sessions)

    order = ["gentle_walk", "legs_raised", ICE, HEAT, "short_rest", "ask_about_medicine"]
    assert [step.step.key for step in steps] == order


def test_a_step_as_needed_is_offered_and_never_suggested() -> None:
    rest = by_key(planned(0))["short_rest"]

    assert (rest.is_suggested, rest.refusal, rest.next_at, rest.left_today) == (False, None, None, None)


def test_the_talk_about_medicine_is_suggested_once_in_an_episode() -> None:
    assert "ask_about_medicine" in suggested(planned(0))
    assert "ask_about_medicine" not in suggested(planned(30, [done("ask_about_medicine", 1)]))


@pytest.mark.parametrize("is_due", [True, False])
def test_the_medicine_review_is_planned_only_when_it_is_due(is_due: bool) -> None:
    steps = planned(220, phase="after_72h", is_medicine_review_due=is_due)

    assert ("day_10_medicine_review" in suggested(steps)) is is_due


def test_the_ninth_ice_of_a_day_is_refused_until_the_next_morning() -> None:
    sessions = [done(ICE, n) for n in range(8)]

    ice = by_key(planned(10, sessions))[ICE]

    assert (ice.done_today, ice.left_today, ice.refusal, ice.is_suggested) == (8, 0, "limit", False)
    assert ice.next_at == datetime(2026, 3, 3, 7, tzinfo=UTC)


def test_days_a_week_are_counted_over_seven_days() -> None:
    sessions = [done("strength_back_and_abdomen", 24 * day) for day in (0, 2, 4)]

    strength = [by_key(planned(24 * day, sessions, phase="recovered"))["strength_back_and_abdomen"] for day in (6, 7)]

    assert [step.is_suggested for step in strength] == [False, True]
    # The first of the three days drops out on the seventh day after it; nothing is suggested before seven.
    assert strength[0].next_at == datetime(2026, 3, 9, 7, tzinfo=UTC)
    assert strength[0].refusal is None


def test_a_step_for_every_day_is_suggested_again_on_the_seventh() -> None:
    sessions = [done("gentle_walk", 24 * day) for day in range(7)]

    assert "gentle_walk" in suggested(planned(24 * 6 + 4, sessions, phase="after_72h"))


def test_a_rest_day_lies_between_strength_days() -> None:
    sessions = [done("strength_back_and_abdomen", 0)]

    assert "strength_back_and_abdomen" not in suggested(planned(24, sessions, phase="recovered"))
    assert "strength_back_and_abdomen" in suggested(planned(48, sessions, phase="recovered"))


# --- Ice and heat -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", [ICE, HEAT])
def test_ice_and_heat_are_refused_within_an_hour_of_either(key: str) -> None:
    steps = by_key(planned(0.99, [done(key, 0)]))

    assert {steps[other].refusal for other in (ICE, HEAT)} == {"too_soon_after_heat_or_ice"}


def test_an_hour_after_ice_neither_is_refused() -> None:
    steps = by_key(planned(1, [done(ICE, 0)]))

    assert {steps[key].refusal for key in (ICE, HEAT)} == {None}


def test_heat_is_open_again_an_hour_after_ice_began() -> None:
    heat = by_key(planned(0.5, [done(ICE, 0)]))[HEAT]

    assert heat.next_at == BEGAN + HOUR


def test_after_heat_ice_is_no_longer_suggested_until_ice_is_logged_again() -> None:
    after_heat = by_key(planned(7, [done(ICE, 0), done(HEAT, 3)]))
    after_ice = by_key(planned(12, [done(ICE, 0), done(HEAT, 3), done(ICE, 9)]))

    assert (after_heat[HEAT].is_suggested, after_heat[ICE].is_suggested) == (True, False)
    assert (after_heat[ICE].is_alternative, after_heat[ICE].refusal) == (False, None)
    assert (after_ice[HEAT].is_suggested, after_ice[ICE].is_suggested) == (False, True)


def test_between_two_sessions_of_ice_heat_is_open_but_not_suggested() -> None:
    steps = by_key(planned(1.5, [done(ICE, 0)]))

    assert (steps[HEAT].is_suggested, steps[HEAT].is_alternative, steps[HEAT].refusal) == (False, True, None)


def test_after_72_hours_a_bath_is_the_alternative_to_moist_heat() -> None:
    steps = by_key(planned(75, [done(ICE, 70)], phase="after_72h"))

    assert steps["moist_heat"].is_suggested
    assert steps["warm_bath_or_shower"].is_alternative


@pytest.mark.parametrize("hours", [13, 14, 18, 21.9])
def test_at_night_ice_is_refused_and_nothing_but_lying_well_is_suggested(hours: float) -> None:
    steps = planned(hours)

    assert by_key(steps)[ICE].refusal == "night"
    assert suggested(steps) == ["legs_raised"]
    assert by_key(steps)[ICE].next_at == datetime(2026, 3, 3, 7, tzinfo=UTC)


@pytest.mark.parametrize("hours", [12.9, 22])
def test_before_22_and_from_7_on_ice_is_suggested(hours: float) -> None:
    assert ICE in suggested(planned(hours))


def test_the_patient_may_change_the_quiet_hours() -> None:
    steps = by_key(planned(1, quiet_from=time(9), quiet_to=time(17)))

    assert steps[ICE].refusal == "night"
    assert steps[ICE].next_at == datetime(2026, 3, 2, 17, tzinfo=UTC)


def test_reduced_feeling_leaves_neither_ice_nor_heat() -> None:
    steps = planned(1, circumstances=Circumstances(has_reduced_feeling=True))
    thermal = [step for step in steps if step.step.kind in THERMAL]

    assert all(step.is_hidden and step.notes == ("ask_before_ice_or_heat",) for step in thermal)
    assert not any(step.is_suggested or step.is_alternative for step in thermal)
    assert steps[-2:] == thermal


def test_without_ice_in_the_protocol_heat_is_suggested_from_hour_0() -> None:
    protocol = msgspec.structs.replace(PROTOCOL, steps=tuple(step for step in PROTOCOL.steps if step.kind != "ice"))

    steps = plan.steps_now(
        protocol,
        phase="first_72h",
        circumstances=NOBODY,
        done=(),
        is_held=False,
        is_paused_by_signs=False,
        zone=LONDON,
        now=BEGAN,
    )

    assert HEAT in suggested(list(steps))


# --- Held and paused ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("phase", PHASES)
def test_while_held_nothing_is_suggested_and_exercise_is_refused(phase: Phase) -> None:
    steps = planned(100, phase=phase, is_held=True)

    assert not any(step.is_suggested or step.is_alternative for step in steps)
    assert {step.step.kind for step in steps if step.refusal == "held"} == {
        step.step.kind for step in steps if step.step.kind in {"stretch", "strength", "aerobic", "gentle_movement"}
    }


def test_a_sign_pauses_stretches_and_not_walking() -> None:
    steps = by_key(planned(100, phase="after_72h", is_paused_by_signs=True))

    assert steps["first_stretches"].refusal == "paused"
    assert steps["build_up_walking"].refusal is None


def test_what_is_refused_or_hidden_stands_last() -> None:
    steps = planned(
        100, phase="after_72h", is_paused_by_signs=True, circumstances=Circumstances(has_reduced_feeling=True)
    )

    assert [step.step.key for step in steps[-3:]] == ["first_stretches", "moist_heat", "warm_bath_or_shower"]


# --- Any course of things -----------------------------------------------------------------------------------

# Around the clock changes of 2026 in these zones: days of 23, 23.5, 24.5 and 25 hours.
STARTS = [
    datetime(2026, month, day, tzinfo=UTC) for month, day in ((3, 28), (10, 24), (4, 4), (10, 3), (3, 7), (10, 31))
]
COURSES = st.lists(st.tuples(st.integers(0, 150), st.booleans(), st.integers(0, 30)), max_size=60)
CIRCUMSTANCES = st.builds(Circumstances, *[st.booleans()] * 6)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(STARTS), COURSES, st.sampled_from(ZONES), st.sampled_from(PHASES), CIRCUMSTANCES)
def test_no_course_breaks_a_limit_or_suggests_two_thermal_steps_within_an_hour(
    start: datetime, course: list[tuple[int, bool, int]], zone: ZoneInfo, phase: Phase, circumstances: Circumstances
) -> None:
    stored: list[Done] = []
    now = start
    for minutes, follows, choice in course:
        now += timedelta(minutes=minutes)
        steps = plan.steps_now(
            PROTOCOL,
            phase=phase,
            circumstances=circumstances,
            done=stored,
            is_held=False,
            is_paused_by_signs=False,
            zone=zone,
            now=now,
        )
        assert_safe(steps, stored, now, zone)
        chosen = next((one for one in steps if one.is_suggested), steps[0]) if follows else steps[choice % len(steps)]
        if plan.refusal_to_log(chosen.step, stored, is_held=False, is_paused=False, zone=zone, at=now) is None:
            stored.append(Done(chosen.step.key, chosen.step.kind, now, 20))


def assert_safe(steps: Sequence[PlannedStep], stored: list[Done], now: datetime, zone: ZoneInfo) -> None:
    thermal = [step for step in steps if step.is_suggested and step.step.kind in THERMAL]
    near = [one for one in stored if one.kind in THERMAL and now - one.started_at < HOUR]
    assert len(thermal) <= 1
    assert not (thermal and near)
    for step in steps:
        assert step.left_today is None or step.left_today >= 0
        assert not (step.refusal or step.is_hidden) or not (step.is_suggested or step.is_alternative)
        assert step.next_at is None or (step.next_at > now and not step.is_suggested)
        if step.is_suggested and step.step.kind == "ice":
            assert time(7) <= now.astimezone(zone).time() < time(22)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(STARTS), COURSES, st.sampled_from(ZONES), st.sampled_from(PHASES))
def test_a_step_is_suggested_when_its_moment_has_come(
    start: datetime, course: list[tuple[int, bool, int]], zone: ZoneInfo, phase: Phase
) -> None:
    keys = [step.key for step in PROTOCOL.steps if phase in step.phases and step.kind not in {"gate", *THERMAL}]
    stored = []
    now = start
    for minutes, _, choice in course[:12]:
        now += timedelta(minutes=minutes)
        stored.append(Done(key := keys[choice % len(keys)], STEPS[key].kind, now, 20))

    waiting = [(one.step.key, one.next_at) for one in at_once(now, stored, phase, zone) if one.next_at is not None]

    for key, next_at in waiting:
        then = by_key(at_once(next_at, stored, phase, zone))[key]
        assert then.is_suggested or then.is_alternative


def at_once(now: datetime, stored: list[Done], phase: Phase, zone: ZoneInfo) -> list[PlannedStep]:
    return planned((now - BEGAN) / HOUR, stored, phase=phase, zone=zone)


def test_a_session_of_tomorrow_is_not_counted_yet() -> None:
    later = replace(done(ICE, 0), started_at=BEGAN + DAY)

    assert by_key(planned(0, [later]))[ICE].is_suggested

"""How long a session is kept, how many a day holds, and which are refused."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from education import content_files
from education.structure import CareStep, StepKind
from tracker.limits import Done, day_of, is_night, kept_minutes, refusal_to_log, timer_ends_at

STEPS = {step.key: step for step in content_files.read().protocols["care-protocol"].steps}
ICE = STEPS["ice_on_back"]
LONDON = ZoneInfo("Europe/London")
ZONES = [ZoneInfo(name) for name in ("Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata")]
MORNING = datetime(2026, 3, 2, 8, tzinfo=UTC)
KINDS: dict[StepKind, str] = {step.kind: step.key for step in reversed(STEPS.values())}
# 23 to 31 March and 20 October to 5 November 2026: days of 23, 24 and 25 hours in these zones.
MOMENTS = st.builds(
    lambda start, minutes: start + timedelta(minutes=minutes),
    st.sampled_from([datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 10, 24, tzinfo=UTC)]),
    st.integers(0, 48 * 60),
)


def done(step: CareStep, at: datetime) -> Done:
    return Done(step.key, step.kind, at, 20)


def refusal(
    step: CareStep, sessions: list[Done], at: datetime = MORNING, *, held: bool = False, paused: bool = False
) -> str | None:
    return refusal_to_log(step, sessions, is_held=held, is_paused=paused, zone=LONDON, at=at)


# --- Minutes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("minutes", "kept"), [(-5, 1), (0, 1), (1, 1), (19, 19), (20, 20), (21, 20), (600, 20)])
def test_ice_longer_than_20_minutes_is_stored_as_20(minutes: int, kept: int) -> None:
    assert kept_minutes(ICE, minutes) == kept


@given(st.sampled_from(["ice", "heat"]), st.integers(-10, 2000), st.integers(-10, 5000))
def test_ice_and_heat_are_never_longer_than_20_minutes_whatever_is_published(
    kind: StepKind, published: int, minutes: int
) -> None:
    step = replace(ICE, kind=kind, duration_minutes=published)

    assert 1 <= kept_minutes(step, minutes) <= 20
    assert timedelta(minutes=1) <= timer_ends_at(step, MORNING) - MORNING <= timedelta(minutes=20)


def test_a_shorter_published_time_is_the_longest() -> None:
    step = replace(ICE, duration_minutes=10)

    assert kept_minutes(step, 15) == 10
    assert timer_ends_at(step, MORNING) == MORNING + timedelta(minutes=10)


@pytest.mark.parametrize("published", [0, 1])
def test_no_published_time_makes_a_session_of_no_minutes(published: int) -> None:
    step = replace(ICE, duration_minutes=published)

    assert kept_minutes(step, 15) == 1
    assert timer_ends_at(step, MORNING) == MORNING + timedelta(minutes=1)


def test_the_ice_timer_is_over_after_20_minutes_and_0_seconds() -> None:
    started_at = MORNING + timedelta(seconds=17)

    assert timer_ends_at(ICE, started_at) - started_at == timedelta(minutes=20, seconds=0)


def test_the_timer_is_not_led_astray_by_a_clock_change() -> None:
    # London, 29 March 2026: at 00:50 UTC clocks show 00:50, ten minutes later 02:00.
    started_at = datetime(2026, 3, 29, 0, 50, tzinfo=LONDON)

    assert timer_ends_at(ICE, started_at) == datetime(2026, 3, 29, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize(("minutes", "kept"), [(0, 1), (45, 45), (1440, 1440), (1441, 1440)])
def test_other_steps_are_kept_up_to_a_day(minutes: int, kept: int) -> None:
    assert kept_minutes(STEPS["gentle_walk"], minutes) == kept


def test_the_timer_of_another_step_runs_as_long_as_it_says() -> None:
    ends_at = timer_ends_at(STEPS["aerobic_you_enjoy"], MORNING)

    assert ends_at - MORNING == timedelta(minutes=30)


# --- How often in a day -------------------------------------------------------------------------------------


def test_the_ninth_ice_of_a_day_is_refused() -> None:
    sessions = [done(ICE, MORNING + timedelta(minutes=5 * n)) for n in range(8)]

    assert refusal(ICE, sessions[:7]) is None
    assert refusal(ICE, sessions) == "limit"


def test_the_next_day_counts_anew_in_the_zone_of_the_patient() -> None:
    # 23:30 UTC in summer is half past midnight in London: the next day.
    sessions = [done(ICE, datetime(2026, 7, 1, 12, n, tzinfo=UTC)) for n in range(8)]

    assert refusal(ICE, sessions, datetime(2026, 7, 1, 22, 59, tzinfo=UTC)) == "limit"
    assert refusal(ICE, sessions, datetime(2026, 7, 1, 23, 30, tzinfo=UTC)) is None


def test_another_step_does_not_count() -> None:
    heat = STEPS["heat_if_preferred"]

    assert refusal(heat, [done(ICE, MORNING)] * 8) is None


def test_a_step_without_a_limit_is_never_too_often() -> None:
    rest = STEPS["short_rest"]

    assert refusal(rest, [done(rest, MORNING)] * 50) is None


@given(
    st.lists(st.tuples(st.sampled_from(list(STEPS.values())), MOMENTS), max_size=60),
    st.sampled_from(ZONES),
)
def test_no_day_holds_more_than_its_limit_whatever_is_logged_in_whatever_order(
    attempts: list[tuple[CareStep, datetime]], zone: ZoneInfo
) -> None:
    assert_within_limits(attempts, zone)


@given(st.lists(MOMENTS, min_size=20, max_size=60), st.sampled_from(ZONES))
def test_no_day_holds_nine_ice_sessions(moments: list[datetime], zone: ZoneInfo) -> None:
    assert_within_limits([(ICE, at) for at in moments], zone)


def assert_within_limits(attempts: list[tuple[CareStep, datetime]], zone: ZoneInfo) -> None:
    stored: list[Done] = []
    for step, at in attempts:
        if refusal_to_log(step, stored, is_held=False, is_paused=False, zone=zone, at=at) is None:
            stored.append(done(step, at))

    days = [(session.step_key, day_of(session.started_at, zone)) for session in stored]
    assert all(days.count((key, day)) <= (STEPS[key].limit_per_day or len(days)) for key, day in days)


# --- Held and paused ----------------------------------------------------------------------------------------


def test_while_held_exercise_is_refused_and_ice_heat_and_positions_are_not() -> None:
    refused = {kind for kind, key in KINDS.items() if refusal(STEPS[key], [], held=True) == "held"}

    assert refused == {"stretch", "strength", "aerobic", "gentle_movement"}


def test_while_paused_by_a_sign_only_stretch_and_strength_are_refused() -> None:
    refused = {kind for kind, key in KINDS.items() if refusal(STEPS[key], [], paused=True) == "paused"}

    assert refused == {"stretch", "strength"}


def test_a_class_is_paused_with_them_and_a_walk_is_not() -> None:
    assert refusal(STEPS["optional_class_gym_sport"], [], paused=True) == "paused"
    assert refusal(STEPS["build_up_walking"], [], paused=True) is None


def test_the_hold_is_told_before_the_pause() -> None:
    assert refusal(STEPS["first_stretches"], [], held=True, paused=True) == "held"


# --- Night --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clock", "is_it"),
    [(time(21, 59), False), (time(22), True), (time(0), True), (time(6, 59), True), (time(7), False)],
)
def test_night_is_from_22_to_7_on_the_clock_of_the_patient(clock: time, is_it: bool) -> None:
    moment = datetime.combine(datetime(2026, 7, 1, tzinfo=UTC), clock, LONDON).astimezone(UTC)

    assert is_night(moment, zone=LONDON) is is_it


@pytest.mark.parametrize(("hour", "is_it"), [(8, False), (9, True), (16, True), (17, False)])
def test_the_quiet_hours_may_lie_in_the_day(hour: int, is_it: bool) -> None:
    moment = datetime(2026, 1, 5, hour, tzinfo=UTC)

    assert is_night(moment, zone=LONDON, quiet_from=time(9), quiet_to=time(17)) is is_it


def test_equal_ends_mean_no_quiet_hours() -> None:
    assert not is_night(MORNING, zone=LONDON, quiet_from=time(8), quiet_to=time(8))

"""Which reminders may go out: each rule alone, in its order, and for every kind it concerns."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from education import content_files
from education.structure import CareStep
from tracker.circumstances import Circumstances
from tracker.limits import Done
from tracker.medicine_guard import Label, Taken
from tracker.reminder_facts import EpisodeFacts, Facts, PatientFacts, ThermalMessage
from tracker.reminder_rules import CODES, USEFUL_FOR, moved_to, useful_for, verdict
from tracker.schedule import AtTimes, Every, Once, Quiet, Schedule

STEPS = {step.key: step for step in content_files.read().protocols["care-protocol"].steps}
PARIS = ZoneInfo("Europe/Paris")
NIGHT = Quiet(time(22), time(7), PARIS)
NOW = datetime(2030, 11, 20, 12, 0, tzinfo=UTC)  # a Wednesday, 13:00 in Paris
KINDS = sorted(USEFUL_FOR)
STEP_OF = {
    "ice": "ice_on_back",
    "heat": "moist_heat",
    "position": "legs_raised",
    "walk": "gentle_walk",
    "stretch": "first_stretches",
    "strength": "strength_back_and_abdomen",
    "talk": "ask_about_medicine",
}
BLUE, RED = UUID(int=1), UUID(int=2)
OWN_ID, OTHER_ID = UUID(int=5), UUID(int=4)


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


def patient(**fields: Any) -> PatientFacts:
    return PatientFacts(**{"zone": PARIS, "quiet": NIGHT, **fields})


def every(minutes: int = 120, **fields: Any) -> Schedule:
    return Schedule(rule=Every(minutes=minutes, counts_from=NOW - timedelta(minutes=minutes)), quiet=NIGHT, **fields)


def at_times(*clocks: str, weekdays: frozenset[int] = frozenset()) -> Schedule:
    times = tuple(time.fromisoformat(clock) for clock in clocks)
    return Schedule(rule=AtTimes(times=times, weekdays=weekdays, zone=PARIS), quiet=NIGHT)


def facts(kind: str = "own", **fields: Any) -> Facts:
    values: dict[str, Any] = {"reminder_id": OWN_ID, "kind": kind, "patient": patient(), "schedule": every()}
    return Facts(**{**values, **fields})


def of_step(kind: str, **fields: Any) -> Facts:
    return facts(kind, has_step=True, step=STEPS[STEP_OF[kind]], **fields)


def done(step: CareStep, ago: timedelta) -> Done:
    return Done(step.key, step.kind, NOW - ago, 20)


def asked(known: Facts, due_at: datetime = NOW, now: datetime = NOW) -> str:
    return verdict(known, due_at=due_at, now=now)


# --- Nothing stands in the way ------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_a_reminder_of_any_kind_goes_out_where_no_rule_says_no(kind: str) -> None:
    assert asked(facts(kind)) == ""


@pytest.mark.parametrize("kind", sorted(STEP_OF))
def test_a_reminder_of_a_step_goes_out_in_a_phase_of_that_step(kind: str) -> None:
    phases = {
        "first_72h": EpisodeFacts(NOW - hours(31)),
        "after_72h": EpisodeFacts(NOW - hours(100)),
        "recovered": EpisodeFacts(NOW - hours(900), recovered_at=NOW - hours(1)),
    }
    episode = phases[STEPS[STEP_OF[kind]].phases[0]]

    assert asked(of_step(kind, episode=episode, is_tied=True)) == ""


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_of_use_for_a_while(kind: str) -> None:
    assert timedelta(minutes=2) <= useful_for(kind) <= timedelta(hours=24)


def test_the_end_of_a_timer_is_of_use_for_two_minutes_and_ice_for_half_an_hour() -> None:
    assert useful_for("timer_end") == timedelta(minutes=2)
    assert useful_for("ice") == useful_for("heat") == timedelta(minutes=30)


# --- Rules for every kind -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_goes_out_without_consent(kind: str) -> None:
    assert asked(facts(kind, patient=patient(has_consent=False, is_held=True))) == "no_consent"


@pytest.mark.parametrize("kind", KINDS)
def test_an_emergency_hold_stops_every_kind_before_any_other_rule(kind: str) -> None:
    known = facts(
        kind,
        patient=patient(is_held=True, paused_until_at=NOW + hours(5)),
        is_active=False,
        is_ended=True,
        is_tied=True,
    )

    assert asked(known, now=NOW + hours(11)) == "held"


@pytest.mark.parametrize("kind", KINDS)
def test_an_ended_reminder_stays_silent(kind: str) -> None:
    assert asked(facts(kind, is_ended=True, is_active=False)) == "ended"


@pytest.mark.parametrize("kind", KINDS)
def test_a_reminder_that_is_switched_off_stays_silent(kind: str) -> None:
    assert asked(facts(kind, is_active=False)) == "off"


def test_what_is_due_from_the_end_of_a_reminder_on_stays_silent() -> None:
    known = facts(schedule=every(ends_at=NOW))

    assert asked(known, NOW) == "ended"
    assert asked(known, NOW - timedelta(seconds=1)) == ""


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "timer_end"])
def test_a_pause_holds_until_its_moment(kind: str) -> None:
    known = facts(kind, patient=patient(paused_until_at=NOW))

    assert asked(known, now=NOW - timedelta(seconds=1)) == "paused"
    assert asked(known, now=NOW) == ""


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "timer_end"])
def test_not_today_holds_until_its_moment(kind: str) -> None:
    assert asked(facts(kind, not_before_at=NOW + hours(11))) == "not_today"
    assert asked(facts(kind, not_before_at=NOW)) == ""


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "timer_end"])
@pytest.mark.parametrize(("clock", "code"), [("20:59", ""), ("21:00", "quiet"), ("05:59", "quiet"), ("06:00", "")])
def test_quiet_hours_are_judged_when_it_is_sent(kind: str, clock: str, code: str) -> None:
    sent_at = datetime.combine(date(2030, 11, 20), time.fromisoformat(clock), UTC)  # Paris is an hour ahead

    assert asked(facts(kind), sent_at - timedelta(minutes=20), sent_at) == code


def test_the_end_of_a_timer_comes_at_night_in_a_pause_and_within_the_hour() -> None:
    busy = patient(paused_until_at=NOW + hours(30), done=(done(STEPS["ice_on_back"], timedelta(minutes=20)),))
    known = facts("timer_end", patient=busy, has_step=True, step=STEPS["ice_on_back"], not_before_at=NOW + hours(20))

    assert asked(known, NOW + hours(11), NOW + hours(11)) == ""


# --- Episode, phase, step -----------------------------------------------------------------------------------


def test_a_reminder_of_a_closed_episode_stays_silent() -> None:
    closed = EpisodeFacts(NOW - hours(100), is_open=False)

    assert asked(facts(episode=closed, is_tied=True)) == "episode_over"
    assert asked(facts(episode=EpisodeFacts(NOW - hours(100)), is_tied=True)) == ""


def test_a_step_that_left_the_care_plan_stays_silent() -> None:
    assert asked(facts("ice", has_step=True, step=None)) == "step_gone"


def test_a_step_stays_silent_when_its_phase_is_over() -> None:
    began_at = NOW - hours(72)
    known = of_step("ice", episode=EpisodeFacts(began_at), is_tied=True)

    assert asked(known, NOW, NOW) == "phase_over"
    assert asked(known, NOW - timedelta(seconds=1), NOW - timedelta(seconds=1)) == ""


def test_moving_on_to_heat_ends_the_ice_reminders() -> None:
    moved = EpisodeFacts(NOW - hours(50), moved_on_at=NOW - hours(1))

    assert asked(of_step("ice", episode=moved, is_tied=True)) == "phase_over"


def test_an_exercise_of_calm_days_waits_while_a_new_episode_is_fresh() -> None:
    assert asked(of_step("strength", episode=EpisodeFacts(NOW - hours(5)))) == "phase_over"


@pytest.mark.parametrize("kind", ["ice", "heat"])
def test_reduced_feeling_hides_ice_and_heat(kind: str) -> None:
    numb = patient(circumstances=Circumstances(has_reduced_feeling=True))

    assert asked(of_step(kind, patient=numb)) == "hidden"
    assert asked(facts(kind, patient=numb)) == "hidden"


def test_pregnancy_hides_the_talk_about_medicine_and_nothing_of_walking() -> None:
    pregnant = patient(circumstances=Circumstances(is_pregnant=True))

    assert asked(of_step("talk", patient=pregnant)) == "hidden"
    assert asked(of_step("walk", patient=pregnant)) == ""


@pytest.mark.parametrize(("kind", "code"), [("stretch", "signs_pause"), ("strength", "signs_pause"), ("walk", "")])
def test_see_somebody_signs_pause_stretches_and_strength(kind: str, code: str) -> None:
    assert asked(of_step(kind, patient=patient(is_paused_by_signs=True))) == code


def test_see_somebody_signs_pause_classes_too() -> None:
    paused = patient(is_paused_by_signs=True)

    assert asked(facts("walk", has_step=True, step=STEPS["optional_class_gym_sport"], patient=paused)) == "signs_pause"


# --- Done, limits, ice and heat -----------------------------------------------------------------------------


def test_the_limit_of_the_day_stops_the_reminders_of_that_day() -> None:
    legs = replace(STEPS["legs_raised"], limit_per_day=2)
    sessions = (done(legs, hours(4)), done(legs, hours(6)))
    known = facts("position", has_step=True, step=legs, patient=patient(done=sessions))

    assert asked(known) == "limit_reached"
    assert asked(known, NOW + hours(18), NOW + hours(18)) == ""


def test_a_day_of_the_limit_is_one_of_the_patient() -> None:
    legs = replace(STEPS["legs_raised"], limit_per_day=1)
    before_midnight = Done(legs.key, legs.kind, datetime(2030, 11, 19, 22, 50, tzinfo=UTC), 10)  # 23:50 in Paris
    after_midnight = Done(legs.key, legs.kind, datetime(2030, 11, 19, 23, 10, tzinfo=UTC), 10)  # 00:10 in Paris
    known = [
        facts("position", has_step=True, step=legs, patient=patient(done=(one,)))
        for one in (before_midnight, after_midnight)
    ]

    assert [asked(one) for one in known] == ["", "limit_reached"]


def test_an_interval_is_not_due_while_the_last_time_is_fresh() -> None:
    known = facts(done_at=(NOW - hours(1),))

    assert asked(known) == "already_done"
    assert asked(known, NOW + hours(1), NOW + hours(1)) == ""


def test_doing_it_moves_an_interval_on() -> None:
    known = facts(done_at=(NOW - hours(5), NOW - hours(1)))

    assert moved_to(known, due_at=NOW) == NOW + hours(1)
    assert moved_to(known, due_at=NOW + hours(1)) is None
    assert moved_to(facts(), due_at=NOW) is None


def test_an_interval_never_moves_into_quiet_hours() -> None:
    done_at = datetime(2030, 11, 20, 20, 30, tzinfo=UTC)  # 21:30 in Paris

    assert moved_to(facts(done_at=(done_at,)), due_at=done_at) == datetime(2030, 11, 21, 6, 0, tzinfo=UTC)


def test_times_of_day_never_move() -> None:
    assert moved_to(facts(schedule=at_times("13:00"), done_at=(NOW - hours(1),)), due_at=NOW) is None


@pytest.mark.parametrize(("sessions", "code"), [(0, ""), (1, ""), (2, "already_done"), (3, "already_done")])
def test_the_second_time_of_a_day_is_served_by_two_sessions(sessions: int, code: str) -> None:
    done_at = tuple(NOW - hours(4 - count) for count in range(sessions))

    assert asked(facts(schedule=at_times("08:00", "13:00", "19:00"), done_at=done_at)) == code


def test_what_was_done_yesterday_does_not_count_for_today() -> None:
    assert asked(facts(schedule=at_times("13:00"), done_at=(NOW - hours(20),))) == ""


def test_what_was_held_till_morning_is_not_done_before_it_began() -> None:
    morning = datetime(2030, 11, 20, 6, 0, tzinfo=UTC)

    assert asked(facts(schedule=at_times("23:00")), morning, morning) == ""


@pytest.mark.parametrize(("ago", "code"), [(1, "already_done"), (14, "")])
def test_once_is_done_if_it_was_done_that_day(ago: int, code: str) -> None:
    schedule = Schedule(rule=Once(on=date(2030, 11, 20), at=time(13), zone=PARIS), quiet=NIGHT)

    assert asked(facts(schedule=schedule, done_at=(NOW - hours(ago),))) == code


@pytest.mark.parametrize(("minutes", "code"), [(1, "thermal_too_soon"), (59, "thermal_too_soon"), (60, "")])
@pytest.mark.parametrize(("kind", "other"), [("ice", "moist_heat"), ("heat", "ice_on_back")])
def test_ice_and_heat_keep_an_hour_between_them(kind: str, other: str, minutes: int, code: str) -> None:
    sessions = (done(STEPS[other], timedelta(minutes=minutes)),)

    assert asked(facts(kind, patient=patient(done=sessions))) == code


@pytest.mark.parametrize(("minutes", "code"), [(59, "thermal_too_soon"), (60, "")])
def test_two_messages_about_ice_or_heat_keep_an_hour_between_them(minutes: int, code: str) -> None:
    sent = ThermalMessage(OTHER_ID, NOW - hours(2), NOW - timedelta(minutes=minutes))

    assert asked(facts("heat", patient=patient(thermal_messages=(sent,)))) == code
    assert asked(facts("walk", patient=patient(thermal_messages=(sent,)))) == ""


def test_the_other_channel_of_the_same_reminder_is_not_in_its_way() -> None:
    sent = ThermalMessage(OWN_ID, NOW, NOW)

    assert asked(facts("heat", patient=patient(thermal_messages=(sent,)))) == ""


def test_of_two_that_wait_for_the_same_hour_exactly_one_goes_out() -> None:
    waiting = (ThermalMessage(OWN_ID, NOW, None), ThermalMessage(OTHER_ID, NOW, None))
    known = [
        facts(kind, reminder_id=one, patient=patient(thermal_messages=waiting))
        for kind, one in (("ice", OWN_ID), ("heat", OTHER_ID))
    ]

    assert [asked(one) for one in known] == ["thermal_too_soon", ""]


def test_one_that_waits_for_later_is_not_in_the_way() -> None:
    waiting = ThermalMessage(OTHER_ID, NOW + timedelta(minutes=20), None)

    assert asked(facts("ice", patient=patient(thermal_messages=(waiting,)))) == ""


def test_who_logs_heat_in_the_first_72_hours_gets_no_ice_reminders_until_they_switch_back() -> None:
    episode = EpisodeFacts(NOW - hours(31))
    heat, ice = done(STEPS["heat_if_preferred"], hours(5)), done(STEPS["ice_on_back"], hours(3))

    assert asked(of_step("ice", episode=episode, patient=patient(done=(heat,)))) == "heat_chosen"
    assert asked(of_step("ice", episode=episode, patient=patient(done=(heat, ice)))) == ""


def test_heat_before_the_episode_says_nothing_of_now() -> None:
    episode = EpisodeFacts(NOW - hours(3))
    heat = done(STEPS["moist_heat"], hours(5))

    assert asked(of_step("ice", episode=episode, patient=patient(done=(heat,)))) == ""


def test_the_day_after_strength_is_a_day_of_rest() -> None:
    yesterday = patient(done=(done(STEPS["strength_back_and_abdomen"], hours(24)),))

    assert asked(of_step("strength", schedule=at_times("13:00"), patient=yesterday)) == "rest_day"
    assert asked(of_step("strength", schedule=every(1440), patient=yesterday)) == "rest_day"
    assert asked(of_step("stretch", schedule=at_times("13:00"), patient=yesterday)) == ""


def test_two_strength_days_in_a_row_are_the_patients_choice() -> None:
    yesterday = patient(done=(done(STEPS["strength_back_and_abdomen"], hours(24)),))
    tuesday_wednesday = at_times("13:00", weekdays=frozenset({1, 2}))
    wednesday_friday = at_times("13:00", weekdays=frozenset({2, 4}))

    assert asked(of_step("strength", schedule=tuesday_wednesday, patient=yesterday)) == ""
    assert asked(of_step("strength", schedule=wednesday_friday, patient=yesterday)) == "rest_day"


# --- Medicines and check-ins --------------------------------------------------------------------------------


def label(medicine_id: UUID, gap_minutes: int | None, ingredient: str = "") -> Label:
    return Label(medicine_id, ingredient, gap_minutes, None, "no")


@pytest.mark.parametrize(("minutes", "code"), [(239, "gap_not_over"), (240, "")])
def test_the_gap_of_the_label_is_waited_for(minutes: int, code: str) -> None:
    taken = (Taken(BLUE, NOW - timedelta(minutes=minutes)),)
    known = patient(labels={BLUE: label(BLUE, 240)}, taken=taken)

    assert asked(facts("medicine", medicine_id=BLUE, patient=known)) == code


def test_the_stricter_label_of_the_same_ingredient_counts() -> None:
    labels = {BLUE: label(BLUE, 240, "ibuprofen"), RED: label(RED, 480, "Ibuprofen")}
    known = patient(labels=labels, taken=(Taken(RED, NOW - hours(5)),))

    assert asked(facts("medicine", medicine_id=BLUE, patient=known)) == "gap_not_over"


def test_another_ingredient_does_not_count() -> None:
    labels = {BLUE: label(BLUE, 240, "ibuprofen"), RED: label(RED, 480, "paracetamol")}
    known = patient(labels=labels, taken=(Taken(RED, NOW - hours(5)),))

    assert asked(facts("medicine", medicine_id=BLUE, patient=known)) == ""


def test_without_a_typed_gap_there_is_nothing_to_wait_for() -> None:
    known = patient(labels={BLUE: label(BLUE, None)}, taken=(Taken(BLUE, NOW - hours(1)),))

    assert asked(facts("medicine", medicine_id=BLUE, patient=known)) == ""


def test_a_check_in_today_is_enough_for_today() -> None:
    episode = EpisodeFacts(NOW - hours(31), checked_in_at=NOW - hours(3))

    assert asked(facts("check_in", schedule=at_times("13:00"), episode=episode)) == "not_due"


def test_a_daily_check_in_is_asked_for_though_yesterdays_was_a_little_later() -> None:
    episode = EpisodeFacts(NOW - hours(31), checked_in_at=NOW - hours(23))

    assert asked(facts("check_in", schedule=at_times("13:00"), episode=episode)) == ""


@pytest.mark.parametrize(("days", "code"), [(1, "not_due"), (2, "not_due"), (3, "")])
def test_after_three_days_a_check_in_is_due_every_third_day(days: int, code: str) -> None:
    episode = EpisodeFacts(NOW - timedelta(days=8), checked_in_at=NOW - timedelta(days=days))

    assert asked(facts("check_in", schedule=at_times("13:00"), episode=episode)) == code


def test_the_first_check_in_of_an_episode_is_due() -> None:
    assert asked(facts("check_in", schedule=at_times("13:00"), episode=EpisodeFacts(NOW - hours(2)))) == ""


@pytest.mark.parametrize(("days", "code"), [(6, "not_due"), (7, "")])
def test_between_episodes_a_check_in_is_weekly(days: int, code: str) -> None:
    known = patient(weekly_check_in_at=NOW - timedelta(days=days))

    assert asked(facts("check_in", schedule=at_times("13:00"), patient=known)) == code


# --- The order ----------------------------------------------------------------------------------------------


def test_consent_and_the_emergency_hold_are_asked_first() -> None:
    assert CODES[:2] == ("no_consent", "held")


def test_every_code_is_given_by_one_rule() -> None:
    assert len(set(CODES)) == len(CODES)


@pytest.mark.parametrize(("kind", "code"), [("ice", "quiet"), ("own", "")])
def test_ice_is_never_offered_at_night_even_without_quiet_hours(kind: str, code: str) -> None:
    sleepless = patient(quiet=Quiet(time(), time(), PARIS))
    night = datetime(2030, 11, 20, 22, 30, tzinfo=UTC)  # 23:30 in Paris

    assert verdict(facts(kind, patient=sleepless), due_at=night, now=night) == code

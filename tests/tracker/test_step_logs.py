"""Care steps that were done: the timer, one tap, undo, and what the limits refuse."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest

from education.edition import LiveEdition
from education.structure import CareStep
from tests.tracker import make
from tracker import step_logs
from tracker.models import ClinicianCheck, EmergencyCheck, Episode, Hold, Patient, StepLog

ICE, HEAT, WALK, STRETCH = "ice_on_back", "heat_if_preferred", "gentle_walk", "first_stretches"


@pytest.fixture
def steps(live: LiveEdition) -> dict[str, CareStep]:
    return {step.key: step for step in live.protocol.steps}


def _log(patient: Patient, episode: Episode | None, step: CareStep, now: datetime, **fields: Any) -> StepLog:
    fields.setdefault("form_id", uuid.uuid4())
    return step_logs.log(patient=patient, episode=episode, step=step, edition=1, now=now, **fields)


def _start(patient: Patient, episode: Episode | None, step: CareStep, now: datetime, **fields: Any) -> StepLog:
    fields.setdefault("form_id", uuid.uuid4())
    return step_logs.start_timer(patient=patient, episode=episode, step=step, edition=1, now=now, **fields)


def _ice_today(patient: Patient, episode: Episode, now: datetime, times: int) -> None:
    for number in range(times):
        make.make_step_log(patient, ICE, now - timedelta(hours=5, minutes=30 * number), episode=episode)


def _hold(patient: Patient, now: datetime) -> None:
    check = EmergencyCheck.objects.create(user=patient.user, because="start", edition=1, asked_at=now)
    Hold.objects.create(user=patient.user, check_made=check, codes=["E1"], set_at=now)


def test_one_tap_logs_the_minutes_of_the_step_up_to_now(
    patient: Patient, episode: Episode, steps: dict[str, CareStep], now: datetime
) -> None:
    log = _log(patient, episode, steps[ICE], now)

    assert (log.duration_minutes, log.started_at, log.was_shortened) == (20, now - timedelta(minutes=20), False)
    assert (log.step_key, log.kind, log.episode, log.is_timed) == (ICE, "ice", episode, False)


def test_ice_longer_than_20_minutes_is_stored_as_20_and_says_so(
    patient: Patient, episode: Episode, steps: dict[str, CareStep], now: datetime
) -> None:
    log = _log(patient, episode, steps[ICE], now, minutes=45)

    assert (log.duration_minutes, log.was_shortened) == (20, True)


def test_a_long_walk_is_stored_as_it_was(
    patient: Patient, episode: Episode, steps: dict[str, CareStep], now: datetime
) -> None:
    log = _log(patient, episode, steps[WALK], now, minutes=45)

    assert (log.duration_minutes, log.was_shortened) == (45, False)


def test_the_eighth_ice_of_a_day_is_stored_and_the_ninth_refused(
    patient: Patient, episode: Episode, steps: dict[str, CareStep], now: datetime
) -> None:
    _ice_today(patient, episode, now, times=7)
    _log(patient, episode, steps[ICE], now)

    with pytest.raises(step_logs.Refused, match="limit"):
        _log(patient, episode, steps[ICE], now)

    assert StepLog.objects.count() == 8


def test_the_limit_holds_for_the_day_whatever_the_episode(
    patient: Patient, steps: dict[str, CareStep], now: datetime
) -> None:
    old = make.make_episode(patient, began_at=now - timedelta(days=2), ended_at=now)
    _ice_today(patient, old, now, times=8)
    new = make.make_episode(patient, began_at=now)

    with pytest.raises(step_logs.Refused, match="limit"):
        _log(patient, new, steps[ICE], now)


def test_ice_of_yesterday_is_counted_yesterday(
    patient: Patient, episode: Episode, steps: dict[str, CareStep], now: datetime
) -> None:
    _ice_today(patient, episode, now, times=8)

    log = _log(patient, episode, steps[ICE], now, started_at=now - timedelta(hours=16))

    assert log.started_at == now - timedelta(hours=16)


def test_the_same_form_sent_twice_makes_one_session(
    patient: Patient, episode: Episode, steps: dict[str, CareStep], now: datetime
) -> None:
    form_id = uuid.uuid4()

    first = _log(patient, episode, steps[ICE], now, form_id=form_id)
    second = _log(patient, episode, steps[ICE], now, form_id=form_id)

    assert first == second
    assert StepLog.objects.count() == 1


@pytest.mark.parametrize(("started_at", "code"), [(timedelta(minutes=5), "future"), (-timedelta(days=3), "too_old")])
def test_a_time_that_cannot_be_is_refused(
    patient: Patient, episode: Episode, steps: dict[str, CareStep], now: datetime, started_at: timedelta, code: str
) -> None:
    with pytest.raises(step_logs.Refused, match=code):
        _log(patient, episode, steps[ICE], now, started_at=now + started_at)


def test_a_timer_begins_by_the_servers_clock_and_ends_after_20_minutes_sharp(
    patient: Patient, episode: Episode, steps: dict[str, CareStep], now: datetime
) -> None:
    log = _start(patient, episode, steps[ICE], now)

    assert (log.started_at, step_logs.ends_at(log)) == (now, now + timedelta(minutes=20))
    assert step_logs.running(patient.user, now + timedelta(minutes=19, seconds=59)) == log
    assert step_logs.running(patient.user, now + timedelta(minutes=20)) is None


def test_one_timer_runs_at_a_time(
    patient: Patient, episode: Episode, steps: dict[str, CareStep], now: datetime
) -> None:
    _start(patient, episode, steps[WALK], now)

    with pytest.raises(step_logs.Refused, match="running"):
        _start(patient, episode, steps[ICE], now + timedelta(minutes=1))

    assert StepLog.objects.count() == 1


def test_heat_is_not_started_within_an_hour_of_ice(
    patient: Patient, episode: Episode, steps: dict[str, CareStep], now: datetime
) -> None:
    make.make_step_log(patient, ICE, now - timedelta(minutes=59), episode=episode)

    with pytest.raises(step_logs.Refused, match="too_soon_after_heat_or_ice"):
        _start(patient, episode, steps[HEAT], now)


def test_heat_that_was_done_all_the_same_is_stored(
    patient: Patient, episode: Episode, steps: dict[str, CareStep], now: datetime
) -> None:
    make.make_step_log(patient, ICE, now - timedelta(minutes=59), episode=episode)

    log = _log(patient, episode, steps[HEAT], now)

    assert log.kind == "heat"


@pytest.mark.parametrize("hours_later", [9, 14])  # 22:00 and 03:00 in Paris
def test_no_ice_is_started_at_night(
    patient: Patient, episode: Episode, steps: dict[str, CareStep], now: datetime, hours_later: int
) -> None:
    night = now + timedelta(hours=hours_later)

    with pytest.raises(step_logs.Refused, match="night"):
        _start(patient, episode, steps[ICE], night)


def test_a_hold_refuses_exercise(patient: Patient, episode: Episode, steps: dict[str, CareStep], now: datetime) -> None:
    _hold(patient, now)

    with pytest.raises(step_logs.Refused, match="held"):
        _log(patient, episode, steps[WALK], now)


def test_a_sign_that_somebody_should_look_at_pauses_stretches(
    patient: Patient, episode: Episode, steps: dict[str, CareStep], now: datetime
) -> None:
    ClinicianCheck.objects.create(user=patient.user, episode=episode, answers={"C9": "yes"}, edition=1, answered_at=now)

    with pytest.raises(step_logs.Refused, match="paused"):
        _log(patient, episode, steps[STRETCH], now)


@pytest.mark.parametrize(
    ("answer", "key"),
    [("has_reduced_feeling", ICE), ("has_reduced_feeling", HEAT), ("is_pregnant", "ask_about_medicine")],
)
def test_a_step_that_is_hidden_from_a_patient_is_refused(
    patient: Patient, episode: Episode, steps: dict[str, CareStep], now: datetime, answer: str, key: str
) -> None:
    setattr(patient, answer, True)

    with pytest.raises(step_logs.Refused, match="hidden"):
        _log(patient, episode, steps[key], now)


def test_a_question_is_nothing_to_do(
    patient: Patient, episode: Episode, steps: dict[str, CareStep], now: datetime
) -> None:
    with pytest.raises(step_logs.Refused, match="no_step"):
        _log(patient, episode, steps["emergency_check"], now)


def test_stopping_early_keeps_the_minutes_rounded_up(
    patient: Patient, episode: Episode, steps: dict[str, CareStep], now: datetime
) -> None:
    log = _start(patient, episode, steps[ICE], now)

    step_logs.stop(log=log, now=now + timedelta(minutes=6, seconds=1))

    assert StepLog.objects.get().duration_minutes == 7


def test_stopping_a_timer_that_is_over_changes_nothing(
    patient: Patient, episode: Episode, steps: dict[str, CareStep], now: datetime
) -> None:
    log = _start(patient, episode, steps[ICE], now)

    step_logs.stop(log=log, now=now + timedelta(hours=1))

    assert StepLog.objects.get().duration_minutes == 20


def test_undo_works_for_15_minutes(
    patient: Patient, episode: Episode, steps: dict[str, CareStep], now: datetime
) -> None:
    log = _log(patient, episode, steps[ICE], now)

    with pytest.raises(step_logs.Refused, match="too_late"):
        step_logs.undo(log=log, now=now + timedelta(minutes=16))
    step_logs.undo(log=log, now=now + timedelta(minutes=15))

    assert not StepLog.objects.exists()


def test_the_plan_looks_at_this_episode_and_at_today(patient: Patient, episode: Episode, now: datetime) -> None:
    old = make.make_episode(patient, began_at=now - timedelta(days=20), ended_at=now - timedelta(days=3))
    make.make_step_log(patient, HEAT, now - timedelta(days=4), episode=old, kind="heat")
    talk = make.make_step_log(
        patient, "ask_about_medicine", now - timedelta(days=30), episode=episode, kind="medicine_talk"
    )
    today = make.make_step_log(patient, ICE, now - timedelta(hours=1), episode=old)
    own = make.make_step_log(patient, ICE, now - timedelta(hours=20), episode=episode)

    rows = step_logs.for_plan(patient=patient, episode=episode, now=now)

    assert rows == [talk, own, today]


@pytest.mark.parametrize("key", [ICE, WALK, STRETCH])
def test_no_timer_starts_during_a_hold(
    patient: Patient, episode: Episode, steps: dict[str, CareStep], now: datetime, key: str
) -> None:
    _hold(patient, now)

    with pytest.raises(step_logs.Refused, match="held"):
        _start(patient, episode, steps[key], now)

    assert not StepLog.objects.exists()


def test_a_talk_about_medicine_counts_until_a_new_medicine_is_on_the_list(
    patient: Patient, episode: Episode, now: datetime
) -> None:
    make.make_medicine(patient, created_at=now - timedelta(hours=3))
    make.make_step_log(patient, "ask_about_medicine", now - timedelta(hours=2), kind="medicine_talk", episode=episode)
    before = step_logs.for_plan(patient=patient, episode=episode, now=now)

    make.make_medicine(patient, "Red tablets", created_at=now - timedelta(hours=1))
    after = step_logs.for_plan(patient=patient, episode=episode, now=now)

    assert [done.step_key for done in step_logs.done_in_plan(before)] == ["ask_about_medicine"]
    assert len(after) == 1
    assert step_logs.done_in_plan(after) == []

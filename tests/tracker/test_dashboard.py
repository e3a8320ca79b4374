"""What the Now screen is told, and that it costs the same at any history."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from education.edition import LiveEdition
from tests.tracker import make
from tracker import dashboard
from tracker.dashboard import NowScreen, Running
from tracker.models import CheckIn, EmergencyCheck, Episode, Hold, Patient, StepLog

ICE, HEAT = "ice_on_back", "heat_if_preferred"
QUERIES_AT_MOST = 9  # the tenth finds the patient


def _read(patient: Patient, live: LiveEdition, now: datetime) -> NowScreen:
    return dashboard.read(patient=patient, live=live, now=now)


def _running(patient: Patient, live: LiveEdition, now: datetime) -> Running:
    running = _read(patient, live, now).running
    assert running is not None
    return running


def _check(patient: Patient, at: datetime, **fields: Any) -> EmergencyCheck:
    check: EmergencyCheck = EmergencyCheck.objects.create(
        user=patient.user,
        because="start",
        codes=list(make.START_CODES),
        answers=make.NO_TO_ALL,
        edition=1,
        asked_at=at,
        answered_at=at,
        **fields,
    )
    return check


def test_without_an_episode_it_is_calm(patient: Patient, live: LiveEdition, now: datetime) -> None:
    old = make.make_episode(patient, began_at=now - timedelta(days=9), ended_at=now - timedelta(days=8))

    screen = _read(patient, live, now)

    assert screen.running is None
    assert screen.calm is not None
    assert (screen.calm.last, screen.calm.has_plan) == (old, False)


def test_with_one_it_knows_hour_day_and_phase(
    patient: Patient, episode: Episode, live: LiveEdition, now: datetime
) -> None:
    running = _running(patient, live, now)

    assert (running.hour, running.day, running.phase) == (31, 2, "first_72h")


def test_a_hold_hides_everything_else(patient: Patient, episode: Episode, live: LiveEdition, now: datetime) -> None:
    hold = Hold.objects.create(user=patient.user, check_made=_check(patient, now), codes=["E1"], set_at=now)

    screen = _read(patient, live, now)

    assert screen == NowScreen(now=now, hold=hold)


def test_ice_stands_in_front_with_heat_beside_it_from_hour_0(
    patient: Patient, live: LiveEdition, now: datetime
) -> None:
    make.make_episode(patient, began_at=now)

    running = _running(patient, live, now)

    assert running.first is not None
    assert running.first.planned.step.key == ICE
    assert [step.planned.step.key for step in running.beside] == [HEAT]


def test_ice_that_is_due_later_says_in_how_many_minutes(
    patient: Patient, episode: Episode, live: LiveEdition, now: datetime
) -> None:
    make.make_step_log(patient, ICE, now - timedelta(minutes=78), episode=episode)

    first = _running(patient, live, now).first

    assert first is not None
    assert (first.planned.step.key, first.minutes_until, first.minutes_between) == (ICE, 42, 120)


def test_a_used_up_limit_moves_ice_out_of_the_front(
    patient: Patient, episode: Episode, live: LiveEdition, now: datetime
) -> None:
    for number in range(8):
        make.make_step_log(patient, ICE, now - timedelta(hours=3, minutes=number), episode=episode)

    running = _running(patient, live, now)

    ice = next(step for step in running.steps if step.planned.step.key == ICE)
    assert (ice.planned.refusal, ice.can_start) == ("limit", False)
    assert running.first is not None
    assert running.first.planned.step.key == HEAT


def test_hidden_steps_keep_their_sentence(episode: Episode, patient: Patient, live: LiveEdition, now: datetime) -> None:
    patient.has_reduced_feeling = True

    running = _running(patient, live, now)

    hidden = {step.planned.step.key: step.planned.notes for step in running.others if step.planned.is_hidden}
    assert hidden == {ICE: ("ask_before_ice_or_heat",), HEAT: ("ask_before_ice_or_heat",)}


def test_a_timer_shows_its_end_and_the_minutes_left(
    patient: Patient, episode: Episode, live: LiveEdition, now: datetime
) -> None:
    make.make_step_log(patient, ICE, now - timedelta(minutes=5, seconds=30), episode=episode, is_timed=True)

    screen = _read(patient, live, now)

    assert screen.timer is not None
    assert (screen.timer.minutes_left, screen.timer.is_over) == (15, False)
    assert screen.timer.ends_at == now + timedelta(minutes=14, seconds=30)
    assert screen.running is not None
    assert not any(step.can_start for step in screen.running.steps)
    assert screen.last_log is None


@pytest.mark.parametrize(("minutes_ago", "is_shown"), [(20, True), (29, True), (30, False)])
def test_a_timer_that_rang_says_so_for_ten_minutes(
    patient: Patient, episode: Episode, live: LiveEdition, now: datetime, minutes_ago: int, is_shown: bool
) -> None:
    make.make_step_log(patient, ICE, now - timedelta(minutes=minutes_ago), episode=episode, is_timed=True)

    timer = _read(patient, live, now).timer

    assert (timer is not None and timer.is_over) is is_shown


def test_the_last_session_can_be_undone(patient: Patient, episode: Episode, live: LiveEdition, now: datetime) -> None:
    log = make.make_step_log(patient, ICE, now - timedelta(minutes=25), episode=episode, created_at=now)

    last = _read(patient, live, now).last_log

    assert last is not None
    assert (last.log, last.title) == (log, "Ice pack, on your back")


@pytest.mark.parametrize(("hours", "may"), [(47, False), (48, True), (72, False)])
def test_moving_on_is_offered_between_hours_48_and_72(
    patient: Patient, live: LiveEdition, now: datetime, hours: int, may: bool
) -> None:
    make.make_episode(patient, began_at=now - timedelta(hours=hours))

    assert _running(patient, live, now).may_move_on is may


@pytest.mark.parametrize(("days", "offers"), [(6, False), (7, True)])
def test_recovered_is_offered_after_seven_days_of_pain_0_or_1(
    patient: Patient, live: LiveEdition, now: datetime, days: int, offers: bool
) -> None:
    episode = make.make_episode(patient, began_at=now - timedelta(days=20))
    for ago in range(days):
        make.make_check_in(episode, now - timedelta(days=ago), pain=ago % 2)

    assert _running(patient, live, now).offers_recovered is offers


@pytest.mark.parametrize(("seen", "is_told"), [(None, False), (0, True), (1, False)])
def test_a_change_of_the_care_plan_is_told_until_it_was_seen(
    patient: Patient, episode: Episode, live: LiveEdition, now: datetime, seen: int | None, is_told: bool
) -> None:
    patient.protocol_number = seen

    change = _read(patient, live, now).change

    assert (change is not None) is is_told


def test_the_emergency_questions_are_due_after_a_day(
    patient: Patient, episode: Episode, live: LiveEdition, now: datetime
) -> None:
    _check(patient, now - timedelta(hours=25), episode=episode)

    assert _read(patient, live, now).asks == "due"


def _history(patient: Patient, *, times: int, now: datetime) -> None:
    """Fill in 10 closed episodes, 200 check-ins and 1,000 sessions, ``times`` over, and one open episode on day 12."""
    moments = [now - timedelta(days=20 + 18 * number) for number in range(10 * times)]
    episodes = Episode.objects.bulk_create(
        Episode(user=patient.user, began_at=at, ended_at=at + timedelta(days=9), created_at=at) for at in moments
    )
    began_at = now - timedelta(days=12)
    running = make.make_episode(patient, began_at=began_at)
    CheckIn.objects.bulk_create(
        CheckIn(user=patient.user, episode=one, at=at, created_at=at, pain=4, is_complete=True)
        for one in [*episodes, running]
        for at in (one.began_at + timedelta(hours=10 * number) for number in range(20))
    )
    StepLog.objects.bulk_create(
        StepLog(
            user=patient.user,
            episode=one,
            step_key="moist_heat",
            kind="heat",
            edition=1,
            started_at=at,
            duration_minutes=20,
            created_at=at,
        )
        for one in [*episodes, running]
        for at in (one.began_at + timedelta(hours=2 * number) for number in range(100))
    )
    _check(patient, now - timedelta(days=1), episode=running)


def _queries(patient: Patient, live: LiveEdition, now: datetime) -> list[str]:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        _read(patient, live, now)
    return [query["sql"] for query in queries]


def test_it_costs_the_same_at_any_history(
    patient: Patient, stranger: Patient, live: LiveEdition, now: datetime
) -> None:
    _history(patient, times=1, now=now)
    _history(stranger, times=10, now=now)

    small, large = _queries(patient, live, now), _queries(stranger, live, now)

    assert len(small) == len(large)
    assert len(large) <= QUERIES_AT_MOST, "\n".join(large)


def test_the_calm_screen_is_cheap_too(patient: Patient, live: LiveEdition, now: datetime) -> None:
    make.make_episode(patient, began_at=now - timedelta(days=9), ended_at=now - timedelta(days=8))

    assert len(_queries(patient, live, now)) <= QUERIES_AT_MOST


@pytest.mark.parametrize(("hours", "may"), [(7 * 24, True), (7 * 24 + 1, False)])
def test_an_episode_can_be_opened_again_for_seven_days(
    patient: Patient, live: LiveEdition, now: datetime, hours: int, may: bool
) -> None:
    make.make_episode(patient, began_at=now - timedelta(days=20), ended_at=now - timedelta(hours=hours))

    screen = _read(patient, live, now)

    assert screen.calm is not None
    assert screen.calm.may_reopen is may

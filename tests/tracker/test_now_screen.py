"""The Now screen in words, and what its buttons do."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from education.edition import LiveEdition
from tests.tracker import make
from tracker.models import ClinicianCheck, EmergencyCheck, Episode, Hold, Patient, StepLog

HOME = "/tracker/"
ICE, HEAT = "ice_on_back", "heat_if_preferred"


def _page(client: Client, address: str = HOME, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return _words(answer)


def _words(answer: Any) -> str:
    text = re.sub(r"<[^>]+>", " ", re.sub(r"</?(span|b|strong|a)\b[^>]*>", "", answer.content.decode()))
    return " ".join(text.split())


def _log(client: Client, key: str = ICE, **fields: Any) -> Any:
    return client.post(reverse("tracker:log_step", args=[key]), fields)


def _start(client: Client, key: str = ICE) -> Any:
    return client.post(reverse("tracker:start_step", args=[key]), {"form_id": ""})


def _ice_today(patient: Patient, episode: Episode, now: datetime, times: int = 8) -> None:
    for number in range(times):
        make.make_step_log(patient, ICE, now - timedelta(hours=3, minutes=number), episode=episode)


def _check(patient: Patient, at: datetime, episode: Episode | None = None) -> EmergencyCheck:
    check: EmergencyCheck = EmergencyCheck.objects.create(
        user=patient.user,
        episode=episode,
        because="start",
        codes=list(make.START_CODES),
        answers=make.NO_TO_ALL,
        edition=1,
        asked_at=at,
        answered_at=at,
    )
    return check


def test_it_is_calm_without_an_episode(patient_client: Client) -> None:
    page = _page(patient_client)

    assert "Start: my back has seized up" in page
    assert "Hour" not in page


def test_it_names_the_hour_the_place_and_the_beginning(
    patient_client: Client, episode: Episode, patient: Patient
) -> None:
    episode.places = ["low_back_left"]
    episode.save()
    began = episode.began_at.astimezone(patient.zone)

    page = _page(patient_client)

    assert "Hour 31 of 72" in page
    assert f"Lower back, left. Began Tuesday {began.day} November, 06:00" in page


def test_after_three_days_it_counts_days(patient_client: Client, patient: Patient, now: datetime) -> None:
    make.make_episode(patient, began_at=now - timedelta(days=5))

    page = _page(patient_client)

    assert "Day 6" in page
    assert "The first 72 hours are over: it is heat’s time now." in page


def test_the_emergency_line_stands_before_the_first_step(patient_client: Client, episode: Episode) -> None:
    page = _page(patient_client)

    assert -1 < page.index("Anything new?") < page.index("Ice pack, on your back")


def test_every_step_says_how_strong_the_evidence_is(
    patient_client: Client, episode: Episode, live: LiveEdition
) -> None:
    page = _page(patient_client)

    steps = [step for step in live.protocol.steps if "first_72h" in step.phases and step.kind != "gate"]
    assert len(steps) == 6
    assert page.count("Little evidence, low risk.") + page.count("Some evidence.") == len(steps)
    assert all(step.nuance.replace("'", "&#x27;") in page for step in steps)


def test_heat_stands_beside_ice_from_hour_0(patient_client: Client, patient: Patient, now: datetime) -> None:
    make.make_episode(patient, began_at=now)

    page = _page(patient_client)

    assert (
        page.index("Ice pack, on your back")
        < page.index("Heat instead, if it feels better")
        < page.index("Gentle walk")
    )


def test_due_emergency_questions_come_first(
    patient_client: Client, episode: Episode, patient: Patient, now: datetime
) -> None:
    _check(patient, now - timedelta(hours=25), episode)

    page = _page(patient_client)

    assert page.index("Answer the emergency questions") < page.index("Ice pack, on your back")
    assert "Emergency questions first" in page


def test_a_due_check_in_has_a_button(patient_client: Client, episode: Episode, patient: Patient, now: datetime) -> None:
    _check(patient, now - timedelta(hours=1), episode)

    assert "A check-in is due." in _page(patient_client)


def test_a_hold_shows_the_emergency_card_and_nothing_else(
    patient_client: Client, episode: Episode, patient: Patient, now: datetime
) -> None:
    Hold.objects.create(user=patient.user, check_made=_check(patient, now), codes=["E1"], set_at=now)

    page = _page(patient_client)

    assert "Call your local emergency number" in page
    assert reverse("tracker:hold") in patient_client.get(HOME).content.decode()
    assert "Ice pack" not in page
    assert "Hour 31" not in page


def test_one_tap_logs_a_session_and_shows_it_with_undo(
    patient_client: Client, episode: Episode, patient: Patient
) -> None:
    answer = _log(patient_client)

    assert (answer.status_code, answer["Location"]) == (303, HOME)
    page = _page(patient_client)
    assert "Saved: Ice pack, on your back, 20 minutes, from 12:40." in page
    assert "1 of 8 today" in page


def test_undo_removes_it(patient_client: Client, episode: Episode) -> None:
    _log(patient_client)

    answer = patient_client.post(reverse("tracker:undo_step", args=[StepLog.objects.get().pk]))

    assert answer.status_code == 303
    assert not StepLog.objects.exists()


def test_undo_comes_to_an_end(patient_client: Client, patient: Patient, episode: Episode, now: datetime) -> None:
    log = make.make_step_log(patient, ICE, now - timedelta(hours=1), episode=episode)

    answer = patient_client.post(reverse("tracker:undo_step", args=[log.pk]))

    assert answer.status_code == 409
    assert "This was saved more than 15 minutes ago and stays." in _words(answer)


def test_a_session_typed_too_long_is_stored_as_20_minutes_and_says_so(patient_client: Client, episode: Episode) -> None:
    _log(patient_client, minutes=45)

    assert StepLog.objects.get().duration_minutes == 20
    assert "It is stored as 20, the most for one session." in _page(patient_client)


@pytest.mark.parametrize("minutes", ["0", "-1", "1441", "many", "20.5"])
def test_minutes_that_cannot_be_are_refused_and_kept_as_typed(
    patient_client: Client, episode: Episode, minutes: str
) -> None:
    answer = _log(patient_client, minutes=minutes)

    assert answer.status_code == 400
    assert f'value="{minutes}"' in answer.content.decode()
    assert not StepLog.objects.exists()


def test_a_session_can_be_logged_with_its_time(patient_client: Client, episode: Episode, now: datetime) -> None:
    fields: dict[str, Any] = {"minutes": 15, "started_at_day": f"{now:%Y-%m-%d}", "started_at_time": "09:30"}

    answer = _log(patient_client, **fields)

    assert answer.status_code == 303
    assert StepLog.objects.get().started_at == now.replace(hour=8, minute=30)


def test_the_ninth_ice_of_a_day_is_refused_and_told_why(
    patient_client: Client, patient: Patient, episode: Episode, now: datetime
) -> None:
    _ice_today(patient, episode, now)

    answer = _log(patient_client)

    assert answer.status_code == 409
    assert "You have done 8 today, the most for one day. Back tomorrow." in _words(answer)
    assert StepLog.objects.count() == 8


def test_a_used_up_limit_hides_the_buttons_and_says_why(
    patient_client: Client, patient: Patient, episode: Episode, now: datetime
) -> None:
    _ice_today(patient, episode, now)

    html = patient_client.get(HOME).content.decode()

    assert "You have done 8 today, the most for one day. Back tomorrow." in html
    assert reverse("tracker:start_step", args=[ICE]) not in html
    assert reverse("tracker:log_step", args=[ICE]) not in html


def test_a_timer_starts_on_the_server_and_says_when_to_stop(patient_client: Client, episode: Episode) -> None:
    answer = _start(patient_client)

    assert (answer.status_code, answer["Location"]) == (303, HOME)
    page = _page(patient_client)
    assert "Take the pack off at 13:20" in page
    assert "If your phone locks, it cannot ring: set its own alarm too." in page


def test_loading_the_page_again_shows_the_rest(patient_client: Client, episode: Episode, now: datetime) -> None:
    _start(patient_client)

    with time_machine.travel(now + timedelta(minutes=12), tick=False):
        html = patient_client.get(HOME).content.decode()

    assert "8 of 20 minutes left." in html
    assert f'data-ends="{now:%Y-%m-%d}T13:20:00+01:00"' in html


def test_after_20_minutes_it_says_take_the_pack_off(patient_client: Client, episode: Episode, now: datetime) -> None:
    _start(patient_client)

    with time_machine.travel(now + timedelta(minutes=20), tick=False):
        page = _page(patient_client)

    assert "Take the pack off now" in page
    assert "Stop early" not in page


def test_a_second_timer_is_refused(patient_client: Client, episode: Episode) -> None:
    _start(patient_client, "gentle_walk")

    answer = _start(patient_client)

    assert answer.status_code == 409
    assert "Another timer is running. Stop that one first." in _words(answer)
    assert StepLog.objects.count() == 1


def test_a_timer_can_be_stopped_early(patient_client: Client, episode: Episode, now: datetime) -> None:
    _start(patient_client)

    with time_machine.travel(now + timedelta(minutes=4, seconds=30), tick=False):
        answer = patient_client.post(reverse("tracker:stop_step", args=[StepLog.objects.get().pk]))
        page = _page(patient_client)

    assert answer.status_code == 303
    assert StepLog.objects.get().duration_minutes == 5
    assert "Take the pack off" not in page


def test_within_an_hour_of_ice_heat_is_not_offered_and_says_why(
    patient_client: Client, patient: Patient, episode: Episode, now: datetime
) -> None:
    make.make_step_log(patient, ICE, now - timedelta(minutes=30), episode=episode)

    html = patient_client.get(HOME).content.decode()

    assert "You had ice or heat within the last hour." in html
    assert reverse("tracker:start_step", args=[HEAT]) not in html


def test_no_ice_is_offered_at_night(patient_client: Client, patient: Patient, episode: Episode, now: datetime) -> None:
    with time_machine.travel(now + timedelta(hours=10), tick=False):  # 23:00 in Paris
        html = patient_client.get(HOME).content.decode()

    assert "No ice is offered between 22:00 and 07:00." in html
    assert reverse("tracker:start_step", args=[ICE]) not in html


def test_a_sign_pauses_stretches_and_says_why(patient_client: Client, patient: Patient, now: datetime) -> None:
    episode = make.make_episode(patient, began_at=now - timedelta(days=5))
    ClinicianCheck.objects.create(user=patient.user, episode=episode, answers={"C9": "yes"}, edition=1, answered_at=now)

    page = _page(patient_client)

    assert "This pauses because of a sign that somebody should look at." in page


@pytest.mark.parametrize(
    ("answer", "sentence", "key"),
    [
        ("has_reduced_feeling", "Ask a clinician before using ice or heat.", ICE),
        ("is_pregnant", "Ask your maternity team.", "ask_about_medicine"),
    ],
)
def test_a_hidden_step_shows_its_sentence_only(
    patient_client: Client, patient: Patient, episode: Episode, answer: str, sentence: str, key: str
) -> None:
    setattr(patient, answer, True)
    patient.save()

    html = patient_client.get(HOME).content.decode()

    assert sentence in html
    assert reverse("tracker:log_step", args=[key]) not in html
    assert _log(patient_client, key).status_code == 409


def test_between_hours_48_and_72_the_patient_chooses(patient_client: Client, patient: Patient, now: datetime) -> None:
    episode = make.make_episode(patient, began_at=now - timedelta(hours=50))
    assert "You may keep on with ice or move to heat." in _page(patient_client)

    patient_client.post(reverse("tracker:move_on", args=[episode.pk]))

    page = _page(patient_client)
    assert "You have moved on to heat." in page
    assert "Moist heat" in page
    assert "Ice pack" not in page


def test_feeling_recovered_is_the_patients_own_button(patient_client: Client, patient: Patient, now: datetime) -> None:
    episode = make.make_episode(patient, began_at=now - timedelta(days=5))
    assert "I feel recovered" in _page(patient_client)

    patient_client.post(reverse("tracker:recovered", args=[episode.pk]))

    assert "Daily stretching" in _page(patient_client)


def test_a_change_of_the_care_plan_is_told_once(
    patient_client: Client, patient: Patient, episode: Episode, live: LiveEdition
) -> None:
    Patient.objects.filter(pk=patient.pk).update(protocol_number=0)
    assert "The care plan changed on " in _page(patient_client)

    answer = patient_client.post(reverse("tracker:plan_seen"))

    assert answer.status_code == 303
    assert "The care plan changed" not in _page(patient_client)
    patient.refresh_from_db()
    assert patient.protocol_number == live.protocols["care-protocol"].number


@pytest.mark.parametrize("key", ["emergency_check", "weekly_check_in", "no_such_step"])
@pytest.mark.parametrize("name", ["start_step", "log_step"])
def test_what_is_no_step_is_not_found(patient_client: Client, episode: Episode, name: str, key: str) -> None:
    answer = patient_client.post(reverse(f"tracker:{name}", args=[key]))

    assert answer.status_code == 404


@pytest.mark.parametrize("name", ["stop_step", "undo_step"])
def test_a_stranger_finds_no_session_of_anybody_else(
    stranger_client: Client, patient: Patient, episode: Episode, now: datetime, name: str
) -> None:
    log = make.make_step_log(patient, ICE, now, episode=episode, is_timed=True)

    answer = stranger_client.post(reverse(f"tracker:{name}", args=[log.pk]))

    assert answer.status_code == 404
    assert StepLog.objects.get().is_timed


@pytest.mark.parametrize("name", ["start_step", "stop_step", "undo_step", "plan_seen"])
def test_reading_changes_nothing(patient_client: Client, patient: Patient, now: datetime, name: str) -> None:
    log = make.make_step_log(patient, ICE, now, is_timed=True)
    arguments = {"start_step": [ICE], "plan_seen": []}.get(name, [log.pk])

    answer = patient_client.get(reverse(f"tracker:{name}", args=arguments))

    assert answer.status_code == 405


def test_the_screen_costs_ten_queries_beside_session_and_user(
    patient_client: Client, patient: Patient, episode: Episode, now: datetime
) -> None:
    _check(patient, now - timedelta(hours=2), episode)
    make.make_check_in(episode, now - timedelta(hours=3))
    patient_client.get(HOME)

    with CaptureQueriesContext(connection) as queries:
        patient_client.get(HOME)

    assert len(queries) <= 12, "\n".join(query["sql"] for query in queries)


def test_more_leads_everywhere_else(patient_client: Client) -> None:
    html = patient_client.get("/tracker/more/").content.decode()

    names = ["tracker:prevention", "tracker:medicines", "tracker:report", "tracker:patterns", "tracker:settings"]
    assert all(reverse(name) in html for name in [*names, "tracker:my_data", "account_email", "account_logout"])


def test_at_night_neither_ice_nor_heat_stands_in_front(patient_client: Client, patient: Patient, now: datetime) -> None:
    make.make_episode(patient, began_at=now - timedelta(hours=100))

    with time_machine.travel(now.replace(hour=22, minute=30), tick=False):
        page = _page(patient_client)

    assert page.index("Raise your legs") < page.index("Moist heat")


def test_where_heat_and_ice_are_hidden_no_sentence_leads_there(
    patient_client: Client, patient: Patient, now: datetime
) -> None:
    patient.has_reduced_feeling = True
    patient.save()
    episode = make.make_episode(patient, began_at=now - timedelta(hours=50))

    early = _page(patient_client)
    Episode.objects.filter(pk=episode.pk).update(began_at=now - timedelta(hours=80))
    late = _page(patient_client)

    assert "move to heat" not in early
    assert "I move on to heat" not in early
    assert "it is heat’s time now" not in late


def test_recovered_says_so_in_the_first_72_hours_too(patient_client: Client, patient: Patient, now: datetime) -> None:
    episode = make.make_episode(patient, began_at=now - timedelta(hours=60))
    moments = {"moved_on_at": now - timedelta(hours=5), "recovered_at": now - timedelta(hours=1)}
    Episode.objects.filter(pk=episode.pk).update(**moments)

    assert "you feel recovered" in _page(patient_client)


def test_the_first_score_is_of_right_now_with_what_is_hard_before_it(
    patient_client: Client, patient: Patient, now: datetime
) -> None:
    make.make_episode(patient, began_at=now - timedelta(hours=2))
    _check(patient, now)

    page = _page(patient_client)

    assert "How is it right now?" in page
    assert "A check-in is due." not in page


def test_signs_to_see_somebody_about_are_offered_until_they_are_answered(
    patient_client: Client, patient: Patient, episode: Episode, now: datetime
) -> None:
    _check(patient, now, episode)

    before = _page(patient_client)
    ClinicianCheck.objects.create(user=patient.user, episode=episode, answers={"C1": "no"}, edition=1, answered_at=now)

    assert "Should somebody look at it?" in before
    assert "Should somebody look at it?" not in _page(patient_client)


def test_what_you_can_do_stands_before_the_pain(patient_client: Client, patient: Patient, now: datetime) -> None:
    episode = make.make_episode(patient, began_at=now - timedelta(hours=30))
    stairs = make.make_activity(episode, "climbing stairs")
    make.make_check_in(episode, now - timedelta(hours=3), pain=4, ratings={stairs: 6})

    page = _page(patient_client)

    assert page.index("What you can do, 10 is best") < page.index("Pain, average of 24 hours")


@pytest.mark.parametrize(("days", "is_offered"), [(6, True), (8, False)])
def test_an_old_episode_is_not_offered_to_be_opened_again(
    patient_client: Client, patient: Patient, now: datetime, days: int, is_offered: bool
) -> None:
    make.make_episode(patient, now - timedelta(days=20), ended_at=now - timedelta(days=days))

    assert ("open it again" in _page(patient_client)) is is_offered


def test_a_bath_is_timed_without_words_of_a_heat_pack(patient_client: Client, patient: Patient, now: datetime) -> None:
    make.make_episode(patient, now - timedelta(days=5))
    assert "Start the timer" in _page(patient_client)

    _start(patient_client, "warm_bath_or_shower")
    html = patient_client.get(HOME).content.decode()

    assert "Get out at 13:15, slowly" in html
    assert 'data-words="\nGet out now, slowly' in html
    assert "Take the heat off" not in html


def test_fragile_backs_are_told_which_stretches_to_leave_out(
    patient_client: Client, patient: Patient, now: datetime
) -> None:
    patient.has_weak_bones = True
    patient.save()
    make.make_episode(patient, now - timedelta(days=5))

    page = _page(patient_client)

    assert "Do not round your back under load. Leave out cat and cow and the kneeling back stretch." in page

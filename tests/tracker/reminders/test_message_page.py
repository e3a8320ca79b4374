"""The page that a link in a message opens: GET changes nothing, and only the owner is told what it is about."""

import re
import uuid
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse

from tests.tracker import make
from tests.tracker.reminders import database_copy
from tests.tracker.reminders.reminder_rows import make_delivery, make_reminder
from tracker import patients
from tracker.models import (
    Delivery,
    DeliveryStatus,
    Dose,
    EmergencyCheck,
    Episode,
    Hold,
    MessageLink,
    Patient,
    ReminderKind,
    StepLog,
)
from tracker.reminders import capabilities

NOW = make.NOW
ICE = "ice_on_back"
HEALTH_WORDS = ["ice", "heat", "medicine", "tablet", "stretch", "pain", "label", "check-in", "walk", "evidence"]


@pytest.fixture
def ice(patient: Patient, episode: Episode) -> Delivery:
    return _message(patient, kind=ReminderKind.ICE, step_key=ICE, label="Cold pack for my back")


def _message(patient: Patient, *, batch: uuid.UUID | None = None, due_at: datetime = NOW, **fields: Any) -> Delivery:
    reminder = make_reminder(patient, next_due_at=NOW + timedelta(hours=2), **fields)
    return make_delivery(reminder, status=DeliveryStatus.SENT, sent_at=NOW, batch=batch, due_at=due_at)


def _address(delivery: Delivery, *, now: datetime = NOW) -> str:
    capabilities.remember_message_link(delivery, now=now)
    return reverse("message", args=[capabilities.message_token(delivery)])


def _words(answer: Any) -> str:
    """Return what the main part of a page says."""
    main = re.search(r"<main.*</main>", answer.content.decode(), re.DOTALL)
    assert main is not None
    return " ".join(re.sub(r"<[^>]+>", " ", main[0]).split())


@pytest.fixture
def page(site_client: Client) -> Client:
    """A phone that is not signed in, and refuses forged forms."""
    site_client.handler.enforce_csrf_checks = True
    return site_client


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_scanner_that_follows_the_link_changes_nothing(ice: Delivery, page: Client, method: str) -> None:
    address = _address(ice)
    before = database_copy.everything()

    answers = [getattr(page, method)(f"{address}{query}") for query in ("", "?action=done", "?action=snooze")]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert database_copy.everything() == before
    assert not page.cookies


def test_the_owners_look_changes_nothing_either(ice: Delivery, patient_client: Client) -> None:
    address = _address(ice)
    patient_client.get(address)
    before = database_copy.everything()

    patient_client.get(address)

    assert database_copy.everything() == before


@pytest.mark.parametrize("word", HEALTH_WORDS)
def test_a_stranger_with_the_link_reads_no_word_of_health(
    ice: Delivery, page: Client, stranger_client: Client, word: str
) -> None:
    address = _address(ice)

    for client in (page, stranger_client):
        shown = _words(client.get(address))
        assert "Your reminder of 13:00" in shown
        assert "Sign in to see what it is" in shown
        assert re.search(rf"\b{word}", shown, re.IGNORECASE) is None
        assert re.search(rf"\b{word}", _words(client.post(address, {"action": "done"})), re.IGNORECASE) is None


def test_signing_in_leads_back_to_the_message(ice: Delivery, page: Client) -> None:
    address = _address(ice)

    assert f"/accounts/login/?next={quote(address, safe='')}" in page.get(address).content.decode()


def test_the_owner_is_told_the_step_its_evidence_and_its_cautions(ice: Delivery, patient_client: Client) -> None:
    shown = _words(patient_client.get(_address(ice)))

    assert "Cold pack for my back" in shown
    assert "It was due today at 13:00." in shown
    assert "Little evidence, low risk." in shown or "Some evidence." in shown
    assert "How to, and take care" in shown


def test_the_owner_is_told_what_is_folded_into_it(patient: Patient, episode: Episode, patient_client: Client) -> None:
    folded = _message(patient, kind=ReminderKind.ICE, step_key=ICE, also_step_keys=["legs_raised", "gentle_walk"])

    assert "Gentle walk" in _words(patient_client.get(_address(folded)))


def test_it_offers_done_and_later_with_their_times(ice: Delivery, page: Client) -> None:
    shown = _words(page.get(_address(ice)))

    for words in (
        "Done",
        "In 15 minutes, at 13:15",
        "In an hour, at 14:00",
        "After what I am doing, at 13:30",
        "Not today",
    ):
        assert words in shown


@pytest.mark.parametrize("is_signed_in", [False, True])
def test_done_logs_the_step_without_a_session(
    ice: Delivery, page: Client, patient_client: Client, patient: Patient, is_signed_in: bool
) -> None:
    client = patient_client if is_signed_in else page

    answer = client.post(_address(ice), {"action": "done"})

    assert answer.status_code == 200
    assert "Saved: it is done." in _words(answer)
    assert StepLog.objects.of(patient.user).get().step_key == ICE
    assert (client.cookies == {}) is not is_signed_in


def test_the_service_worker_needs_no_cookie_and_may_send_twice(ice: Delivery, page: Client) -> None:
    address = _address(ice)

    answers = [
        page.post(address, "action=done", content_type="application/x-www-form-urlencoded") for _number in range(2)
    ]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert StepLog.objects.count() == 1


def test_snooze_without_a_choice_is_fifteen_minutes(ice: Delivery, page: Client) -> None:
    answer = page.post(_address(ice), {"action": "snooze"})

    assert "You will be told again at 13:15." in _words(answer)
    assert {row.due_at for row in Delivery.objects.filter(is_snooze=True)} == {NOW + timedelta(minutes=15)}


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ("1_hour", "You will be told again at 14:00."),
        ("after_this", "You will be told again at 13:30."),
        ("not_today", "Nothing more of this comes today."),
    ],
)
def test_each_choice_says_what_it_did(ice: Delivery, page: Client, choice: str, words: str) -> None:
    assert words in _words(page.post(_address(ice), {"action": "snooze", "choice": choice}))


@pytest.mark.parametrize("body", [{}, {"action": "delete"}, {"action": "snooze", "choice": "never"}], ids=str)
def test_an_answer_that_is_none_is_refused(ice: Delivery, page: Client, body: dict[str, str]) -> None:
    address = _address(ice)
    before = database_copy.everything()

    answer = page.post(address, body)

    assert answer.status_code == 400
    assert database_copy.everything() == before


def _unknown(delivery: Delivery) -> str:
    return reverse("message", args=["A" * 43])


def _over(delivery: Delivery) -> str:
    address = _address(delivery)
    MessageLink.objects.update(created_at=NOW - timedelta(days=2), expires_at=NOW)
    return address


def _withdrawn(delivery: Delivery) -> str:
    address = _address(delivery)
    patients.withdraw_consent(user=delivery.user, now=NOW)
    return address


def _deleted(delivery: Delivery) -> str:
    address = _address(delivery)
    patients.delete_account(user=delivery.user, now=NOW)
    return address


def _long(delivery: Delivery) -> str:
    return reverse("message", args=["A" * 5000])


@pytest.mark.parametrize("way", [_unknown, _over, _withdrawn, _deleted, _long])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_link_that_opens_nothing_is_one_same_page(ice: Delivery, page: Client, way: Any, method: str) -> None:
    address = way(ice)
    before = database_copy.everything()

    answer = getattr(page, method)(address, {"action": "done"})

    assert answer.status_code == 404
    assert "This link does not open anything" in _words(answer)
    assert answer.content == page.get(_unknown(ice)).content
    assert database_copy.everything() == before


def test_it_is_not_kept_and_not_found_by_search_engines(ice: Delivery, page: Client) -> None:
    answer = page.get(_address(ice))

    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert page.put(_address(ice)).status_code == 405


def test_a_medicine_leads_to_the_label_and_logs_no_dose(patient: Patient, patient_client: Client) -> None:
    medicine = make.make_medicine(patient)
    address = _address(_message(patient, kind=ReminderKind.MEDICINE, medicine=medicine))

    shown = _words(patient_client.get(address))
    answer = patient_client.post(address, {"action": "done"})

    assert "Blue tablets" in shown
    assert "It was due today at 13:00. Check your label." in shown
    assert reverse("tracker:medicines") in answer.content.decode()
    assert not Dose.objects.exists()


def test_a_check_in_leads_to_the_check_in(patient: Patient, episode: Episode, patient_client: Client) -> None:
    address = _address(_message(patient, kind=ReminderKind.CHECK_IN))

    answer = patient_client.post(address, {"action": "done"})

    assert reverse("tracker:check_in", args=[episode.pk]) in answer.content.decode()


def test_what_is_refused_is_said_to_the_owner_and_kept_from_others(
    ice: Delivery, patient: Patient, episode: Episode, page: Client, patient_client: Client
) -> None:
    for hour in range(2, 10):
        make.make_step_log(patient, ICE, NOW - timedelta(hours=hour), episode=episode)
    address = _address(ice)

    own, other = patient_client.post(address, {"action": "done"}), page.post(address, {"action": "done"})

    assert (own.status_code, other.status_code) == (409, 409)
    assert "You have done 8 today, the most for one day. Back tomorrow." in _words(own)
    assert "Nothing was saved." in _words(other)
    assert "8" not in _words(other)


def test_while_an_emergency_answer_is_open_exercises_are_refused_and_help_comes_first(
    patient: Patient, episode: Episode, patient_client: Client, page: Client
) -> None:
    check = EmergencyCheck.objects.create(
        user=patient.user, because="start", codes=["E1"], answers={"E1": "yes"}, edition=1, asked_at=NOW
    )
    Hold.objects.create(user=patient.user, check_made=check, codes=["E1"], set_at=NOW)
    address = _address(_message(patient, kind=ReminderKind.STRETCH, step_key="first_stretches"))

    shown, answer = patient_client.get(address), patient_client.post(address, {"action": "done"})

    assert "How to, and take care" not in _words(shown)
    for one in (shown, answer):
        assert "/get-help/" in one.content.decode()
        assert reverse("tracker:hold") in one.content.decode()
    assert answer.status_code == 409
    assert "This stops while an answer to the emergency questions" in _words(answer)
    assert "emergency" not in _words(page.get(address)).lower()
    assert not StepLog.objects.exists()


def test_the_end_of_a_timer_has_no_buttons(patient: Patient, page: Client) -> None:
    address = _address(_message(patient, kind=ReminderKind.TIMER_END, step_key=ICE))

    answer = page.get(address)

    assert "Take the pack off now." in _words(answer)
    assert "<form" not in answer.content.decode()


@pytest.fixture
def two(patient: Patient, episode: Episode) -> tuple[Delivery, Delivery]:
    """Two reminders that went out as one message."""
    batch = uuid.uuid4()
    first = _message(patient, batch=batch, kind=ReminderKind.ICE, step_key=ICE)
    later = NOW + timedelta(minutes=5)
    return first, _message(patient, batch=batch, due_at=later, kind=ReminderKind.WALK, step_key="gentle_walk")


def test_done_on_a_joined_message_is_done_for_all(two: tuple[Delivery, Delivery], page: Client) -> None:
    page.post(_address(two[0]), {"action": "done"})

    assert {log.step_key for log in StepLog.objects.all()} == {ICE, "gentle_walk"}


def test_one_of_a_joined_message_can_be_answered(two: tuple[Delivery, Delivery], patient_client: Client) -> None:
    address = _address(two[0])
    assert str(two[1].pk) in patient_client.get(address).content.decode()

    patient_client.post(address, {"action": "done", "delivery": str(two[1].pk)})

    assert [log.step_key for log in StepLog.objects.all()] == ["gentle_walk"]
    assert [row.done_at for row in Delivery.objects.order_by("due_at")] == [None, NOW]


def test_a_delivery_of_another_message_cannot_be_answered(ice: Delivery, stranger: Patient, page: Client) -> None:
    other = _message(stranger, kind=ReminderKind.ICE, step_key=ICE)

    answer = page.post(_address(ice), {"action": "done", "delivery": str(other.pk)})

    assert answer.status_code == 404
    assert not StepLog.objects.exists()


def test_a_joined_message_says_its_times(two: tuple[Delivery, Delivery], page: Client) -> None:
    assert "Your reminders of 13:00, 13:05" in _words(page.get(_address(two[0])))


def test_an_answered_message_says_so(ice: Delivery, page: Client) -> None:
    address = _address(ice)
    page.post(address, {"action": "done"})

    answer = page.get(address)

    assert "You have said “Done”." in _words(answer)
    assert "<form" not in answer.content.decode()

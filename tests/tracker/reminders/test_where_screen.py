"""Where reminders go: what works, what does not, and a test of each."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.tracker.reminders.test_list_screens import page, words_of
from tracker.models import Patient, PushDevice, ReminderSettings
from tracker.reminders import delivering, mail_stops

WHERE = "/tracker/reminders/where/"
Tests = list[tuple[Any, str]]


@pytest.fixture
def confirmed(patient: Patient) -> None:
    EmailAddress.objects.create(user=patient.user, email=patient.user.email, verified=True, primary=True)


@pytest.fixture
def answer_of_the_test() -> str:
    """The code that a test gives; '' where it went well."""
    return ""


@pytest.fixture
def tests(monkeypatch: pytest.MonkeyPatch, answer_of_the_test: str) -> Tests:
    """Who was sent a test, and on which channel; the channels themselves are tested elsewhere."""
    seen: Tests = []

    def send_test(*, patient: Patient, channel: str, clock: Callable[[], datetime]) -> str:
        assert clock().tzinfo is not None
        seen.append((patient.pk, channel))
        return answer_of_the_test

    monkeypatch.setattr(delivering, "send_test", send_test)
    return seen


def try_out(client: Client, channel: str) -> Any:
    return client.post(reverse("tracker:reminder_test", args=[channel]))


def add_device(patient: Patient, name: str = "Firefox on Android") -> PushDevice:
    device: PushDevice = PushDevice.objects.create(
        user=patient.user,
        address="https://push.example.org/a",
        public_key="k",
        auth_secret="s",
        address_hash=name,
        server_key="v",
        name=name,
        created_at=datetime.fromisoformat("2030-11-01T09:00:00+00:00"),
    )
    return device


@pytest.mark.usefixtures("confirmed")
def test_it_shows_the_address_and_a_way_to_try_it(patient_client: Client, patient: Patient) -> None:
    html = patient_client.get(WHERE).content.decode()

    assert patient.user.email in html
    assert reverse("tracker:reminder_test", args=["email"]) in html


def test_an_address_that_is_not_confirmed_gets_nothing(patient_client: Client) -> None:
    html = patient_client.get(WHERE).content.decode()

    assert "This address is not confirmed yet" in html
    assert reverse("tracker:reminder_test", args=["email"]) not in html


@pytest.mark.usefixtures("confirmed")
def test_a_site_without_email_says_so(
    patient_client: Client, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail_stops, "is_set_up", lambda: False)

    html = patient_client.get(WHERE).content.decode()

    assert "Email is not set up on this site." in html
    assert reverse("tracker:reminder_test", args=["email"]) not in html


@pytest.mark.usefixtures("confirmed")
def test_stopped_emails_are_told_and_cannot_be_tried(patient_client: Client, patient: Patient, now: datetime) -> None:
    ReminderSettings.objects.create(user=patient.user, email_stopped_at=now, email_stopped_because="refused")

    html = patient_client.get(WHERE).content.decode()

    assert "Your mail provider refused our email." in html
    assert "Send emails again" in html
    assert reverse("tracker:reminder_test", args=["email"]) not in html


def test_devices_are_listed_and_can_be_removed(
    patient_client: Client, stranger_client: Client, patient: Patient
) -> None:
    device = add_device(patient)

    html = patient_client.get(WHERE).content.decode()

    assert "Firefox on Android" in html
    assert "since 1 November 2030" in html
    assert reverse("tracker:push_remove", args=[device.pk]) in html
    assert "push.example.org" not in html
    assert "Firefox on Android" not in page(stranger_client, WHERE)


def test_the_app_always_works(patient_client: Client) -> None:
    html = patient_client.get(WHERE).content.decode()

    assert reverse("tracker:reminder_test", args=["app"]) in html
    assert reverse("tracker:calendar_make") in html


@pytest.mark.parametrize("channel", ["email", "webpush", "app"])
def test_a_test_goes_to_the_patient_alone(
    patient_client: Client, patient: Patient, stranger: Patient, tests: Tests, channel: str
) -> None:
    answer = try_out(patient_client, channel)

    assert (answer.status_code, answer.headers["Location"]) == (303, WHERE)
    assert tests == [(patient.pk, channel)]
    said = "This is the test" if channel == "app" else "A test is on its way"
    assert said in page(patient_client, WHERE)


@pytest.mark.parametrize("answer_of_the_test", ["stopped"])
def test_a_test_that_did_not_go_out_says_why(patient_client: Client, tests: Tests) -> None:
    try_out(patient_client, "email")

    assert "The test did not go out. Emails to you had stopped." in page(patient_client, WHERE)


def test_five_tests_an_hour_go_out_on_each_channel(
    patient_client: Client, stranger_client: Client, patient: Patient, tests: Tests
) -> None:
    statuses = [try_out(patient_client, "app").status_code for _number in range(6)]

    assert statuses == [303] * 5 + [429]
    assert len(tests) == 5
    assert try_out(patient_client, "email").status_code == 303
    assert try_out(stranger_client, "app").status_code == 303


@pytest.mark.parametrize("channel", ["sms", "calendar", "timer-end"])
def test_a_channel_that_is_none_is_not_found(patient_client: Client, tests: Tests, channel: str) -> None:
    assert try_out(patient_client, channel).status_code == 404
    assert tests == []


def test_reading_sends_nothing(patient_client: Client, tests: Tests) -> None:
    assert patient_client.get(reverse("tracker:reminder_test", args=["app"])).status_code == 405
    assert tests == []


def test_who_withdrew_the_consent_gets_no_test(patient_client: Client, patient: Patient, tests: Tests) -> None:
    Patient.objects.update(consent=None)

    answer = try_out(patient_client, "app")

    assert answer.headers["Location"] == reverse("tracker:setup")
    assert tests == []


@pytest.mark.django_db(transaction=True)
def test_nothing_is_locked_while_a_mail_server_is_waited_for(
    patient_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    was_inside: list[bool] = []

    def send_test(**_asked: Any) -> str:
        was_inside.append(transaction.get_connection().in_atomic_block)
        return ""

    monkeypatch.setattr(delivering, "send_test", send_test)

    assert "This is the test" in words_of(patient_client.post("/tracker/reminders/test/app/", follow=True))
    assert was_inside == [False]

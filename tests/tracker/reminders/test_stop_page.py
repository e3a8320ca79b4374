"""The link that stops e-mails: one click of a provider or of a person, at once, and never by looking."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.tracker import make
from tests.tracker.reminders import database_copy
from tracker import patients
from tracker.models import Patient, ReminderSettings, Stopped
from tracker.reminders import capabilities, mail_stops

NOW = make.NOW
ONE_CLICK = "List-Unsubscribe=One-Click"
MULTIPART = (
    b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n',
    "multipart/form-data; boundary=x",
)


@pytest.fixture
def address(patient: Patient) -> str:
    capabilities.remember_stop_link(patient.user, now=NOW)
    return reverse("stop_mail", args=[capabilities.stop_token(patient.user)])


@pytest.fixture
def provider(site_client: Client) -> Client:
    """A mail provider: no cookie, no token against forged forms."""
    site_client.handler.enforce_csrf_checks = True
    return site_client


def _unknown() -> str:
    return reverse("stop_mail", args=["A" * 43])


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (ONE_CLICK, "application/x-www-form-urlencoded"),
        MULTIPART,
        ("", "application/x-www-form-urlencoded"),
        ("not a form", "text/plain"),
        (b"broken", "multipart/form-data; boundary=x"),
    ],
    ids=["urlencoded", "multipart", "empty", "text", "broken"],
)
def test_a_post_stops_the_emails_at_once(
    provider: Client, address: str, patient: Patient, body: Any, content_type: str
) -> None:
    answer = provider.post(address, body, content_type=content_type)

    assert answer.status_code == 200
    choices = ReminderSettings.objects.of(patient.user).get()
    assert (choices.email_stopped_at, choices.email_stopped_because) == (NOW, Stopped.UNSUBSCRIBED)
    assert not provider.cookies


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_changes_nothing(provider: Client, address: str, method: str) -> None:
    before = database_copy.everything()

    answer = getattr(provider, method)(f"{address}?{ONE_CLICK}")

    assert answer.status_code == 200
    assert database_copy.everything() == before


def test_the_page_has_a_button_that_stops_them(provider: Client, address: str) -> None:
    page = provider.get(address).content.decode()

    assert '<form method="post"><button' in page
    assert 'name="List-Unsubscribe" value="One-Click"' in page


def test_stopping_twice_is_stopping_once(provider: Client, address: str, patient: Patient) -> None:
    provider.post(address)
    before = database_copy.everything()

    assert provider.post(address).status_code == 200
    assert database_copy.everything() == before


def test_an_unknown_link_is_answered_the_same(provider: Client, address: str) -> None:
    for method in ("get", "post"):
        known, unknown = getattr(provider, method)(address), getattr(provider, method)(_unknown())
        assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
    assert provider.post(reverse("stop_mail", args=["A" * 5000])).status_code == 200


def test_it_works_after_the_consent_was_taken_back(provider: Client, address: str, patient: Patient) -> None:
    patients.withdraw_consent(user=patient.user, now=NOW)

    provider.post(address)

    assert ReminderSettings.objects.of(patient.user).get().email_stopped_at == NOW


def test_a_deleted_account_is_answered_the_same(provider: Client, address: str, patient: Patient) -> None:
    patients.delete_account(user=patient.user, now=NOW)

    assert provider.post(address).content == provider.post(_unknown()).content


def test_it_is_never_throttled(provider: Client, address: str) -> None:
    assert {provider.post(address).status_code for _number in range(100)} == {200}


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_other_methods_are_not_allowed(provider: Client, address: str, method: str) -> None:
    answer = getattr(provider, method)(address)

    assert answer.status_code == 405
    assert not ReminderSettings.objects.exclude(email_stopped_at=None).exists()


def test_it_stops_one_person_only(provider: Client, address: str, stranger: Patient) -> None:
    provider.post(address)

    assert not ReminderSettings.objects.of(stranger.user).exclude(email_stopped_at=None).exists()


def test_the_first_reason_stays(provider: Client, address: str, patient: Patient) -> None:
    mail_stops.stop_email(patient.user, because=Stopped.BOUNCED, now=NOW)

    provider.post(address)

    assert ReminderSettings.objects.of(patient.user).get().email_stopped_because == Stopped.BOUNCED


def test_it_is_not_kept_and_says_nothing_of_health(provider: Client, address: str) -> None:
    answer = provider.get(address)

    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"

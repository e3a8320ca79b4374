"""``record_bounce``: mail came back, so no more reminders go there; and how e-mails stop and go on."""

import logging
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from backspasm import audit, environment
from tests.tracker.make import NOW
from tracker.models import Patient, ReminderSettings, Stopped
from tracker.reminders import mail_stops
from tracker.reports.stored import EVENTS


def run(address: str) -> str:
    out = StringIO()
    call_command("record_bounce", address, stdout=out)
    return out.getvalue()


def state(patient: Patient) -> Any:
    return ReminderSettings.objects.of(patient.user).values_list("email_stopped_at", "email_stopped_because").first()


def test_a_bounce_stops_the_mails_of_that_person_alone(patient: Patient, stranger: Patient) -> None:
    said = run(" Alice@Example.org ")

    assert said == "No more reminders go to this address. The person is told in the app.\n"
    assert state(patient) == (NOW, Stopped.BOUNCED)
    assert state(stranger) is None


def test_a_second_bounce_changes_nothing(patient: Patient) -> None:
    mail_stops.stop_email(patient.user, because=Stopped.UNSUBSCRIBED, now=NOW - timedelta(days=1))

    said = run("alice@example.org")

    assert said == "Reminders to this address had stopped before. Nothing was changed.\n"
    assert state(patient) == (NOW - timedelta(days=1), Stopped.UNSUBSCRIBED)


def test_an_unknown_address_is_said_to_be_unknown_and_is_not_repeated(
    patient: Patient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(CommandError, match="No account has this address") as error:
        run("nobody@example.org")

    assert error.value.returncode == 1
    assert "nobody@" not in f"{error.value}{caplog.text}"
    assert ReminderSettings.objects.count() == 0


def test_the_address_of_a_bounce_is_not_logged(patient: Patient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="tracker"):
        run("alice@example.org")

    assert "alice@" not in caplog.text


def test_mails_go_on_when_the_person_says_so(patient: Patient) -> None:
    mail_stops.stop_email(patient.user, because=Stopped.REFUSED, now=NOW)

    assert mail_stops.resume_email(patient.user, now=NOW) is True
    assert state(patient) == (None, "")
    assert mail_stops.resume_email(patient.user, now=NOW) is False


def test_another_reason_is_none(patient: Patient) -> None:
    with pytest.raises(ValueError, match="tired"):
        mail_stops.stop_email(patient.user, because="tired", now=NOW)

    assert state(patient) is None


def test_the_person_reads_of_each_stop_in_plain_words(patient: Patient) -> None:
    for reason in Stopped:
        mail_stops.stop_email(patient.user, because=reason, now=NOW)
        mail_stops.resume_email(patient.user, now=NOW)

    seen = {event.event for event in audit.recent(patient.user, now=NOW)}

    assert seen == {"reminder_mail.resumed", *(f"reminder_mail.{reason}" for reason in Stopped)}
    assert seen <= set(EVENTS)


@pytest.mark.parametrize(
    ("address", "host", "is_set_up"),
    [
        ("http://127.0.0.1:8000", "", True),
        ("https://site.example.org", "", False),
        ("https://site.example.org", "mail.example.org", True),
    ],
    ids=["local folder", "no server", "server"],
)
def test_email_is_set_up_with_a_server_or_a_local_folder(
    settings: Settings, address: str, host: str, is_set_up: bool
) -> None:
    settings.SITE_URL = environment.site_url(address)
    settings.EMAIL_HOST = host

    assert mail_stops.is_set_up() is is_set_up

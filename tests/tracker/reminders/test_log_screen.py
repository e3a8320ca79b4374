"""The log says what became of every due moment, and blames nobody."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.tracker.reminders.reminder_rows import make_delivery, make_reminder
from tests.tracker.reminders.test_list_screens import page
from tracker.models import Delivery, Patient, SenderBeat

LOG = "/tracker/reminders/log/"
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _the_sender_is_there(db: None, now: datetime) -> None:
    SenderBeat.objects.create(pk=1, beat_at=now)


def logged(patient: Patient, due_at: datetime, **fields: Any) -> Delivery:
    return make_delivery(make_reminder(patient, label="Water"), due_at=due_at, **fields)


def test_without_any_it_says_what_will_stand_here(patient_client: Client) -> None:
    assert "Nothing was due yet" in page(patient_client, LOG)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"status": "sent", "sent_minutes": 0}, "Email Sent at 12:00, on time. Sent"),
        ({"status": "sent", "sent_minutes": 5}, "Email Sent at 12:05, 5 minutes late. Sent"),
        ({"status": "skipped", "reason": "already_done"}, "You had done it already. Not sent"),
        ({"status": "missed", "reason": "too_late"}, "We were too late for it to be of use. Missed"),
        ({"status": "failed", "reason": "mail_refused"}, "Your mail provider refused it. Failed"),
        ({"status": "pending"}, "It is on its way. Waiting"),
        ({"status": "pending", "tries": 1}, "It did not get out yet. Trying again"),
        ({"status": "pending", "is_snooze": True}, "You had asked for it later. It is on its way."),
    ],
)
def test_each_outcome_is_said_in_words(
    patient_client: Client, patient: Patient, now: datetime, fields: dict[str, Any], said: str
) -> None:
    due_at = now - 60 * MINUTE
    if "sent_minutes" in fields:
        fields = {**fields, "sent_at": due_at + fields["sent_minutes"] * MINUTE}
        del fields["sent_minutes"]
    logged(patient, due_at, **fields)

    text = page(patient_client, LOG)

    assert "Today Due at 12:00 Water" in text
    assert said in text


def test_a_second_try_is_told(patient_client: Client, patient: Patient, now: datetime) -> None:
    logged(patient, now - 60 * MINUTE, status="sent", sent_at=now, is_second_try=True)

    text = page(patient_client, LOG)

    assert "1 hour late" in text
    assert "You may have it twice." in text


@pytest.mark.parametrize(
    ("field", "said"),
    [("done_at", "You said at 13:00 that it was done. Done"), ("snoozed_at", "to be told later. Snoozed")],
)
def test_the_answer_is_told(patient_client: Client, patient: Patient, now: datetime, field: str, said: str) -> None:
    logged(patient, now - MINUTE, status="sent", sent_at=now - MINUTE, **{field: now})

    assert said in page(patient_client, LOG)


def test_what_was_left_out_is_never_shown_as_a_failure(patient_client: Client, patient: Patient, now: datetime) -> None:
    for minutes, reason in enumerate(["quiet", "already_done", "paused", "limit_reached"]):
        logged(patient, now - minutes * MINUTE, status="skipped", reason=reason)

    text = page(patient_client, LOG)

    assert text.count("Not sent") == 4
    assert not any(word in text.lower() for word in ("failed", "you missed", "✗", "✘", "❌"))


def test_the_newest_stands_first_by_day_on_the_patients_clock(
    patient_client: Client, patient: Patient, now: datetime
) -> None:
    logged(patient, now - timedelta(hours=13, minutes=30), status="missed", reason="too_late")  # 23:30 in Paris
    logged(patient, now, status="missed", reason="too_late")
    logged(patient, now - timedelta(days=9), status="missed", reason="too_late")

    text = page(patient_client, LOG)

    places = [text.index(words) for words in ("Today", "13:00", "Yesterday", "23:30", "Monday 11 November")]
    assert places == sorted(places)


def test_fifty_stand_on_a_page(patient_client: Client, patient: Patient, now: datetime) -> None:
    reminder = make_reminder(patient, label="Water")
    for minutes in range(51):
        make_delivery(reminder, due_at=now - minutes * MINUTE, status="missed", reason="too_late")

    first, second = page(patient_client, LOG), page(patient_client, LOG + "?page=2")

    assert (first.count("Due at"), second.count("Due at")) == (50, 1)
    assert "Older" in first
    assert "Newer" not in first
    assert "Newer" in second
    assert "Older" not in second
    assert "There is nothing older." in page(patient_client, LOG + "?page=3")


@pytest.mark.parametrize("number", ["0", "-1", "x", "", "²", "99999999999999999999", "1\x00"])
def test_a_page_that_cannot_be_is_not_found(patient_client: Client, number: str) -> None:
    assert patient_client.get(LOG, {"page": number}).status_code == 404


def test_it_costs_the_same_at_any_length(patient_client: Client, patient: Patient, now: datetime) -> None:
    logged(patient, now, status="missed", reason="too_late")
    patient_client.get(LOG)
    with CaptureQueriesContext(connection) as few:
        patient_client.get(LOG)
    for minutes in range(1, 40):
        logged(patient, now - minutes * MINUTE, status="missed", reason="too_late")

    with CaptureQueriesContext(connection) as many:
        patient_client.get(LOG)

    assert len(many) == len(few) <= 8

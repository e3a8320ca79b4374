"""Administrators see how late reminders leave, in counts; nothing of a patient is on the page."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from backspasm.models import AuditEvent
from tests.backspasm import staff
from tests.tracker.reminders.reminder_rows import make_delivery, make_reminder
from tracker.models import Patient, SenderBeat

MARKER = "Zq7-planted-marker"


@pytest.fixture
def address() -> str:
    return reverse("admin:tracker_senderbeat_changelist")


@pytest.fixture
def administrator(db: None, now: datetime) -> Client:
    return staff.signed_in(staff.administrator())


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def sent(patient: Patient, now: datetime, late_seconds: float, **fields: Any) -> None:
    values = {"channel": "email", "status": "sent", "sent_at": now, **fields}
    make_delivery(make_reminder(patient, label=MARKER), due_at=now - timedelta(seconds=late_seconds), **values)


def test_it_tells_the_age_of_the_heartbeat(administrator: Client, address: str, now: datetime) -> None:
    assert "The sender has never run." in text(administrator, address)

    SenderBeat.objects.create(pk=1, beat_at=now - timedelta(seconds=9))

    assert "The sender was at work 9 seconds ago." in text(administrator, address)
    assert "delayed" not in text(administrator, address)


def test_it_says_what_patients_read_when_the_sender_is_silent(
    administrator: Client, address: str, now: datetime
) -> None:
    SenderBeat.objects.create(pk=1, beat_at=now - timedelta(minutes=4))

    assert "reminders are delayed" in text(administrator, address)


def test_it_tells_half_and_95_in_100_by_channel(
    administrator: Client, address: str, patient: Patient, now: datetime
) -> None:
    for seconds in range(1, 21):
        sent(patient, now, seconds)
    sent(patient, now - timedelta(hours=2), 600, channel="webpush")

    said = text(administrator, address)

    hour, day = said.split("The last 24 hours", 1)
    assert "Email 20 10.0 s 19.0 s 0 20 0 0 0" in hour
    assert "Phone or computer 0 none left none left 0 0 0 0 0" in hour
    assert "Phone or computer 1 600.0 s 600.0 s 0 1 0 0 0" in day


def test_it_counts_by_outcome(administrator: Client, address: str, patient: Patient, now: datetime) -> None:
    reminder = make_reminder(patient)
    outcomes = [("pending", ""), ("skipped", "quiet"), ("missed", "too_late"), ("missed", "too_late"), ("failed", "x")]
    for minute, (status, reason) in enumerate(outcomes):
        make_delivery(reminder, due_at=now - timedelta(minutes=minute), status=status, reason=reason)

    assert "Email 0 none left none left 1 0 1 2 1" in text(administrator, address)


def test_it_shows_nothing_of_a_patient(administrator: Client, address: str, patient: Patient, now: datetime) -> None:
    sent(patient, now, 5)

    html = administrator.get(address).content.decode()

    for secret in (MARKER, patient.user.email, str(patient.user_id), str(patient.pk)):
        assert secret not in html


def test_a_look_is_logged(administrator: Client, address: str) -> None:
    administrator.get(address)

    event = AuditEvent.objects.get(event="admin.lateness_read")
    assert event.actor is not None
    assert event.subject is None


def test_staff_who_do_not_administer_see_none_of_it(address: str, db: None, now: datetime) -> None:
    client = staff.signed_in(staff.editor("bob@example.org", "Author", "Publisher", "Clinical reviewer"))

    assert client.get(address).status_code == 403

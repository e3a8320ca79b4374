"""Taking consent back stops every reminder at once; deleting the account leaves none."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from backspasm.models import User
from education.models import Picture
from tests.tracker.reminders import reminder_rows
from tracker import patients
from tracker.models import (
    CalendarFeed,
    Delivery,
    DeliveryStatus,
    MessageLink,
    Patient,
    PatientRow,
    PushDevice,
    Reminder,
    ReminderSettings,
    StopLink,
)
from tracker.reminders import capabilities

WAYS: tuple[type[PatientRow], ...] = (
    *(Reminder, Delivery, ReminderSettings),
    *(PushDevice, MessageLink, StopLink, CalendarFeed),
)


def with_reminders(patient: Patient, now: datetime, name: str) -> Delivery:
    """Give a patient one row of everything that a reminder needs; return what waits to be sent."""
    user = patient.user
    delivery = reminder_rows.make_delivery(reminder_rows.make_reminder(patient))
    capabilities.remember_message_link(delivery, now=now)
    capabilities.remember_stop_link(user, now=now)
    ReminderSettings.objects.create(user=user)
    CalendarFeed.objects.create(user=user, token_hash=name, created_at=now)
    PushDevice.objects.create(
        user=user,
        address="https://push.example.org/1",
        public_key="key",
        auth_secret="secret",
        address_hash=name,
        server_key="ours",
        name="Firefox, Linux",
        created_at=now,
    )
    return delivery


@pytest.fixture
def waiting(patient: Patient, now: datetime) -> Delivery:
    return with_reminders(patient, now, "alice")


def counts(user: User) -> dict[str, int]:
    return {model.__name__: model.objects.of(user).count() for model in WAYS}


def test_what_waits_is_not_sent_and_says_why(patient: Patient, waiting: Delivery, now: datetime) -> None:
    Delivery.objects.update(lease=waiting.pk, leased_until=now + timedelta(minutes=2))

    patients.withdraw_consent(user=patient.user, now=now)

    waiting.refresh_from_db()
    assert (waiting.status, waiting.reason) == (DeliveryStatus.SKIPPED, "no_consent")
    assert (waiting.lease, waiting.leased_until) == (None, None)


def test_what_left_already_keeps_its_outcome(patient: Patient, waiting: Delivery, now: datetime) -> None:
    handed_over = reminder_rows.make_delivery(waiting.reminder, due_at=now + timedelta(hours=2), handed_over_at=now)
    sent = reminder_rows.make_delivery(
        waiting.reminder, due_at=now - timedelta(hours=2), status=DeliveryStatus.SENT, sent_at=now
    )

    patients.withdraw_consent(user=patient.user, now=now)

    assert Delivery.objects.get(pk=handed_over.pk).status == DeliveryStatus.PENDING
    assert Delivery.objects.get(pk=sent.pk).status == DeliveryStatus.SENT


def test_devices_and_links_end_and_the_link_that_stops_mail_stays(
    patient: Patient, waiting: Delivery, now: datetime
) -> None:
    token = capabilities.message_token(waiting)

    patients.withdraw_consent(user=patient.user, now=now)

    left = counts(patient.user)
    assert (left["PushDevice"], left["MessageLink"], left["StopLink"]) == (0, 0, 1)
    assert CalendarFeed.objects.of(patient.user).get().revoked_at == now
    assert capabilities.message_deliveries(token, now=now) is None


def test_the_wishes_and_the_log_stay_until_deleted(patient: Patient, waiting: Delivery, now: datetime) -> None:
    patients.withdraw_consent(user=patient.user, now=now)

    left = counts(patient.user)
    assert (left["Reminder"], left["Delivery"], left["ReminderSettings"]) == (1, 1, 1)


def test_nobody_elses_reminders_stop(patient: Patient, stranger: Patient, waiting: Delivery, now: datetime) -> None:
    theirs = with_reminders(stranger, now, "charlie")
    before = counts(stranger.user)

    patients.withdraw_consent(user=patient.user, now=now)

    theirs.refresh_from_db()
    assert theirs.status == DeliveryStatus.PENDING
    assert counts(stranger.user) == before
    assert CalendarFeed.objects.of(stranger.user).get().revoked_at is None


def test_deleting_the_account_leaves_nothing(
    patient: Patient, stranger: Patient, waiting: Delivery, now: datetime
) -> None:
    with_reminders(stranger, now, "charlie")
    user_id = patient.user_id

    patients.delete_account(user=patient.user, now=now)

    left: dict[str, Any] = {model.__name__: model.objects.filter(user_id=user_id).count() for model in WAYS}
    assert set(left.values()) == {0}
    assert set(counts(stranger.user).values()) == {1}


def test_an_editor_who_leaves_the_tracker_keeps_no_reminder(patient: Patient, waiting: Delivery, now: datetime) -> None:
    Picture.objects.create(
        added_by=patient.user, added_at=now, digest="x", name="x", data=b"x", width=1, height=1, byte_count=1
    )

    patients.delete_account(user=patient.user, now=now)

    assert User.objects.filter(pk=patient.user_id).exists()
    assert set(counts(patient.user).values()) == {0}

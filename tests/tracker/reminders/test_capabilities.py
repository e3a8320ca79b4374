"""Links in messages: derived, stored as a hash, good for one thing, for a time, for one person's rows."""

import re
import uuid
from datetime import datetime, timedelta
from typing import Final

import pytest
from django.db import connection
from pytest_django import Settings

from tests.tracker.make import NOW
from tests.tracker.reminders.reminder_rows import make_delivery, make_reminder
from tracker.models import Delivery, MessageLink, Patient, StopLink
from tracker.reminders import capabilities

TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}")  # 256 bits


@pytest.fixture
def delivery(patient: Patient) -> Delivery:
    """Alice's, due at noon and of use until two."""
    return make_delivery(make_reminder(patient))


def test_a_message_that_is_tried_again_carries_the_same_link(delivery: Delivery) -> None:
    read_again = Delivery.objects.get(pk=delivery.pk)

    assert TOKEN.fullmatch(capabilities.message_token(delivery))
    assert capabilities.message_token(delivery) == capabilities.message_token(read_again)


def test_each_delivery_person_purpose_and_secret_has_a_link_of_its_own(
    patient: Patient, stranger: Patient, delivery: Delivery, settings: Settings
) -> None:
    other = make_delivery(delivery.reminder, due_at=NOW + timedelta(hours=2))
    delivery.user.pk = delivery.pk  # the purpose alone differs
    tokens = {
        capabilities.message_token(delivery),
        capabilities.message_token(other),
        capabilities.stop_token(delivery.user),
        capabilities.stop_token(patient.user),
        capabilities.stop_token(stranger.user),
    }
    settings.SECRET_KEY = "another secret of fifty characters or more, for this test alone"
    tokens.add(capabilities.message_token(other))

    assert len(tokens) == 6


def test_only_the_hash_of_a_token_is_stored(patient: Patient, delivery: Delivery) -> None:
    capabilities.remember_message_link(delivery, now=NOW)
    capabilities.remember_stop_link(patient.user, now=NOW)

    with connection.cursor() as cursor:
        cursor.execute("SELECT token_hash FROM tracker_messagelink UNION SELECT token_hash FROM tracker_stoplink")
        stored = {row[0] for row in cursor.fetchall()}

    tokens = (capabilities.message_token(delivery), capabilities.stop_token(patient.user))
    assert stored == {capabilities.hash_of(token) for token in tokens}
    assert not stored & set(tokens)


def test_remembering_a_link_twice_keeps_one_row_and_its_end(delivery: Delivery) -> None:
    capabilities.remember_message_link(delivery, now=NOW)
    capabilities.remember_message_link(delivery, now=NOW + timedelta(minutes=5))

    links = MessageLink.objects.values_list("delivery", "user", "created_at", "expires_at")

    assert list(links) == [(delivery.pk, delivery.user_id, NOW, NOW + timedelta(hours=26))]


def test_a_link_that_is_made_late_still_works_for_a_day(delivery: Delivery) -> None:
    late = NOW + timedelta(days=3)

    capabilities.remember_message_link(delivery, now=late)

    assert MessageLink.objects.get().expires_at == late + timedelta(hours=24)


@pytest.mark.parametrize(
    ("after", "works"),
    [
        (timedelta(0), True),
        (timedelta(hours=26) - timedelta(seconds=1), True),
        (timedelta(hours=26), False),
    ],
    ids=["at once", "just before its end", "at its end"],
)
def test_a_link_works_until_a_day_after_the_message_was_of_use(
    delivery: Delivery, after: timedelta, works: bool
) -> None:
    capabilities.remember_message_link(delivery, now=NOW)

    found = capabilities.message_deliveries(capabilities.message_token(delivery), now=NOW + after)

    assert (found == [delivery]) is works


def test_a_link_opens_all_that_left_as_one_message_and_nothing_else(patient: Patient, stranger: Patient) -> None:
    batch = uuid.uuid4()
    reminder = make_reminder(patient)
    later = make_delivery(reminder, due_at=NOW + timedelta(minutes=5), batch=batch)
    first = make_delivery(reminder, batch=batch)
    make_delivery(reminder, channel="webpush", batch=batch)
    make_delivery(reminder, due_at=NOW + timedelta(minutes=6))
    make_delivery(make_reminder(stranger), batch=batch)
    capabilities.remember_message_link(first, now=NOW)

    assert capabilities.message_deliveries(capabilities.message_token(first), now=NOW) == [first, later]


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "A" * 5000, "\udcff", "é"], ids=range(6))
def test_an_unknown_token_opens_nothing(delivery: Delivery, token: str) -> None:
    capabilities.remember_message_link(delivery, now=NOW)

    assert capabilities.message_deliveries(token, now=NOW) is None
    assert capabilities.user_of_stop(token) is None


def test_a_token_does_not_serve_another_purpose(patient: Patient, delivery: Delivery) -> None:
    capabilities.remember_message_link(delivery, now=NOW)
    capabilities.remember_stop_link(patient.user, now=NOW)

    assert capabilities.message_deliveries(capabilities.stop_token(patient.user), now=NOW) is None
    assert capabilities.user_of_stop(capabilities.message_token(delivery)) is None


def _withdraw(patient: Patient) -> None:
    consent = patient.consent
    assert consent
    consent.withdrawn_at = NOW
    consent.save()


def _switch_off(patient: Patient) -> None:
    patient.user.is_active = False
    patient.user.save()


@pytest.mark.parametrize("end", [_withdraw, _switch_off], ids=["consent withdrawn", "account switched off"])
def test_a_link_ends_with_the_consent_and_the_account(patient: Patient, delivery: Delivery, end: object) -> None:
    capabilities.remember_message_link(delivery, now=NOW)
    assert callable(end)

    end(patient)

    assert capabilities.message_deliveries(capabilities.message_token(delivery), now=NOW) is None


def test_a_stop_link_never_ends_and_names_its_person(patient: Patient, stranger: Patient, now: datetime) -> None:
    for person in (patient, stranger):
        capabilities.remember_stop_link(person.user, now=now)
        capabilities.remember_stop_link(person.user, now=now)

    assert capabilities.user_of_stop(capabilities.stop_token(patient.user)) == patient.user
    assert StopLink.objects.count() == 2

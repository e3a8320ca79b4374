"""The last word before a message leaves and the first one after it are written together."""

import uuid
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from tests.tracker.reminders.reminder_rows import FakeChannel, make_delivery, make_reminder
from tracker.models import Delivery, Patient
from tracker.reminders import delivering, leasing, statements
from tracker.reminders.channels.message import Address, DeliveryError, Message
from tracker.reminders.handing_over import HandOver
from tracker.reminders.outcomes import Delivered

QUARTER = timedelta(minutes=15)


def three(patient: Patient, now: datetime) -> list[Delivery]:
    """Three moments too far apart to be one message."""
    reminder = make_reminder(patient)
    return [make_delivery(reminder, due_at=now - number * QUARTER) for number in range(3)][::-1]


def deliver(deliveries: list[Delivery], channel: FakeChannel, now: datetime) -> Delivered:
    return delivering.deliver([one.pk for one in deliveries], clock=lambda: now, channels={"email": channel})


def stands(deliveries: list[Delivery]) -> list[str]:
    for delivery in deliveries:
        delivery.refresh_from_db()
    return [delivery.status for delivery in deliveries]


class Looking(FakeChannel):
    """Keeps what ``look`` sees while each message leaves."""

    def __init__(self, look: Callable[[], Any]) -> None:
        super().__init__()
        self.look = look
        self.seen: list[Any] = []

    def send(self, message: Message, address: Address) -> None:
        self.seen.append(self.look())
        super().send(message, address)


def test_what_has_left_is_written_down_before_the_next_one_leaves(patient: Patient, now: datetime) -> None:
    deliveries = three(patient, now)
    channel = Looking(lambda: stands(deliveries))

    total = deliver(deliveries, channel, now)

    assert channel.seen == [
        ["pending", "pending", "pending"],
        ["sent", "pending", "pending"],
        ["sent", "sent", "pending"],
    ]
    assert stands(deliveries) == ["sent", "sent", "sent"]
    assert total == Delivered(sent=3)


def test_one_more_message_costs_one_transaction_of_two_statements(patient: Patient, now: datetime) -> None:
    def statements_of(count: int) -> Counter[str]:
        deliveries = three(patient, now)[:count]
        with CaptureQueriesContext(connection) as captured:
            deliver(deliveries, FakeChannel(), now)
        Delivery.objects.all().delete()
        return Counter(one["sql"].split()[0] for one in captured)

    # A transaction is a savepoint here: the test itself is in one.
    assert statements_of(3) - statements_of(2) == {"SAVEPOINT": 1, "UPDATE": 2, "RELEASE": 1}


def test_what_left_last_is_written_down_where_the_next_one_breaks(patient: Patient, now: datetime) -> None:
    deliveries = three(patient, now)

    deliver(deliveries, FakeChannel(None, DeliveryError("later"), DeliveryError("refused")), now)

    assert stands(deliveries) == ["sent", "pending", "failed"]


def test_where_the_next_one_cannot_be_handed_over_what_has_left_is_written_down_alone(
    patient: Patient, now: datetime
) -> None:
    deliveries = three(patient, now)
    channel = FakeChannel()

    with (
        mock.patch.object(statements, "sent_then_hand_over", side_effect=OperationalError("disk full")),
        pytest.raises(OperationalError),
    ):
        deliver(deliveries, channel, now)

    assert len(channel.sent) == 1
    assert stands(deliveries) == ["sent", "pending", "pending"]
    assert [delivery.lease for delivery in deliveries] == [None, None, None]


def test_where_nothing_can_be_written_what_has_left_is_not_known(patient: Patient, now: datetime) -> None:
    first, *_others = deliveries = three(patient, now)

    with (
        mock.patch.object(statements, "sent_then_hand_over", side_effect=OperationalError("disk full")),
        mock.patch.object(statements, "sent", side_effect=OperationalError("disk full")),
        pytest.raises(OperationalError),
    ):
        deliver(deliveries, FakeChannel(), now)

    first.refresh_from_db()
    assert (first.status, first.handed_over_at, first.sent_at) == ("pending", now, None)


def test_what_another_sender_took_over_is_not_written_down(patient: Patient, now: datetime) -> None:
    one, two, _three = three(patient, now)
    slow = leasing.take([one.pk, two.pk], now=now)
    door = HandOver(slow.key)
    assert door.hand_over([one], now=now)
    door.has_left([one], at=now, reached=[])
    leasing.take([one.pk], now=now + leasing.LEASE)

    assert door.hand_over([two], now=now)

    one.refresh_from_db()
    assert (one.status, door.total) == ("pending", Delivered())


def test_what_could_not_be_written_with_the_next_one_is_written_at_the_end(patient: Patient, now: datetime) -> None:
    deliveries = three(patient, now)

    def somebody_holds_it(_left: object, leaving: statements.Leaving, *, lease: uuid.UUID) -> tuple[int, int]:
        return 0, statements.hand_over(leaving, lease=lease)

    with mock.patch.object(statements, "sent_then_hand_over", side_effect=somebody_holds_it):
        total = deliver(deliveries, FakeChannel(), now)

    assert stands(deliveries) == ["sent", "sent", "sent"]
    assert total == Delivered(sent=3)


def test_what_has_left_is_written_down_before_what_may_not_leave(patient: Patient, now: datetime) -> None:
    first, off, last = three(patient, now)
    off.reminder = make_reminder(patient, is_active=False)
    off.save()
    channel = Looking(lambda: stands([first, off, last]))

    deliver([first, off, last], channel, now)

    assert channel.seen[1] == ["sent", "skipped", "pending"]
    assert stands([first, off, last]) == ["sent", "skipped", "sent"]

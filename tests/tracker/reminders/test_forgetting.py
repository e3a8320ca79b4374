"""`manage.py forget_old`: the log of reminders is kept for 180 days, a link in a message until it is over."""

from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from tests.tracker.reminders import reminder_rows
from tracker.models import Delivery, DeliveryStatus, MessageLink, Patient, Reminder
from tracker.reminders import capabilities, forgetting

DAY = timedelta(days=1)


@pytest.fixture
def reminder(patient: Patient) -> Reminder:
    return reminder_rows.make_reminder(patient)


def sent(reminder: Reminder, at: datetime, **fields: Any) -> Delivery:
    values = {"status": DeliveryStatus.SENT, "sent_at": at, **fields}
    return reminder_rows.make_delivery(reminder, due_at=at, **values)


def test_deliveries_older_than_180_days_go_and_younger_ones_stay(reminder: Reminder, now: datetime) -> None:
    sent(reminder, now - 181 * DAY)
    young = sent(reminder, now - 179 * DAY)

    assert forgetting.forget_old(now=now) == (1, 0)

    assert list(Delivery.objects.all()) == [young]


def test_what_still_waits_stays_however_old(reminder: Reminder, now: datetime) -> None:
    waiting = reminder_rows.make_delivery(reminder, due_at=now - 400 * DAY)

    forgetting.forget_old(now=now)

    assert list(Delivery.objects.all()) == [waiting]


def test_links_that_are_over_go(reminder: Reminder, now: datetime) -> None:
    over, working = sent(reminder, now - 3 * DAY), sent(reminder, now)
    capabilities.remember_message_link(over, now=now - 3 * DAY)
    capabilities.remember_message_link(working, now=now)

    assert forgetting.forget_old(now=now) == (0, 1)

    assert MessageLink.objects.get().delivery == working


def test_the_command_does_it_and_says_how_many(reminder: Reminder, now: datetime) -> None:
    out = StringIO()
    sent(reminder, now - 181 * DAY)

    call_command("forget_old", stdout=out)

    assert "reminders: 1 old delivery(ies) and 0 link(s) deleted" in out.getvalue()

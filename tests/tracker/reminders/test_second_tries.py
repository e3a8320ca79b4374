"""What may have been taken: once more with the same mark, never for medicines, never a third time."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from tests.tracker.reminders.reminder_rows import FakeChannel, make_delivery, make_reminder
from tracker import patients
from tracker.models import Delivery, Patient, ReminderKind
from tracker.reminders import delivering
from tracker.reminders.channels.message import DeliveryError

MINUTE = timedelta(minutes=1)


class Killed(BaseException):
    """The process ends here: nothing after it is written."""


def send(delivery: Delivery, *, now: datetime, channel: FakeChannel) -> None:
    delivering.deliver([delivery.pk], clock=lambda: now, channels={"email": channel, "webpush": channel})


def left_by_a_dead_sender(patient: Patient, now: datetime, kind: str = ReminderKind.OWN, **fields: object) -> Delivery:
    """Handed over three minutes ago, and nobody wrote down what came of it."""
    handed_over_at = now - 3 * MINUTE
    values = {
        "due_at": handed_over_at,
        "handed_over_at": handed_over_at,
        "lease": uuid4(),
        "leased_until": now - MINUTE,
        "tries": 1,
        **fields,
    }
    delivery = make_delivery(make_reminder(patient, kind=kind), **values)
    Delivery.objects.filter(pk=delivery.pk, batch=None).update(batch=delivery.pk)
    return delivery


def stand(delivery: Delivery) -> tuple[str, str, bool]:
    delivery.refresh_from_db()
    return delivery.status, delivery.reason, delivery.is_second_try


def test_a_sender_that_died_while_sending_is_made_up_for_once_with_the_same_mark(
    patient: Patient, now: datetime
) -> None:
    delivery = make_delivery(make_reminder(patient))
    fake = FakeChannel(Killed())
    with pytest.raises(Killed):
        send(delivery, now=now, channel=fake)
    assert stand(delivery) == ("pending", "", False)
    assert delivery.handed_over_at == now

    send(delivery, now=now + 3 * MINUTE, channel=fake)

    assert stand(delivery) == ("sent", "", True)
    first, second = (message for message, _address in fake.tried)
    assert first.key == second.key
    assert first.page == second.page


def test_a_second_try_says_that_it_may_be_one(patient: Patient, now: datetime) -> None:
    fake = FakeChannel()

    send(left_by_a_dead_sender(patient, now), now=now, channel=fake)

    assert "may have had this message before" in fake.messages[0].body


@pytest.mark.parametrize("kind", [ReminderKind.MEDICINE, ReminderKind.TALK])
def test_what_is_about_medicine_is_never_repeated(patient: Patient, now: datetime, kind: str) -> None:
    delivery = left_by_a_dead_sender(patient, now, kind)
    fake = FakeChannel()

    send(delivery, now=now, channel=fake)

    assert fake.tried == []
    assert stand(delivery) == ("failed", "not_known", False)


@pytest.mark.parametrize("kind", [ReminderKind.MEDICINE, ReminderKind.TALK])
def test_a_line_that_broke_is_the_end_for_what_is_about_medicine(patient: Patient, now: datetime, kind: str) -> None:
    delivery = make_delivery(make_reminder(patient, kind=kind))

    send(delivery, now=now, channel=FakeChannel(DeliveryError("unknown")))

    assert stand(delivery) == ("failed", "not_known", False)


def test_a_line_that_broke_is_tried_once_more_a_minute_later(patient: Patient, now: datetime) -> None:
    delivery = make_delivery(make_reminder(patient))
    fake = FakeChannel(DeliveryError("unknown"), DeliveryError("unknown"))

    for minute in range(10):
        send(delivery, now=now + minute * MINUTE, channel=fake)

    assert len(fake.sent) == 2
    assert stand(delivery) == ("failed", "not_known", True)
    assert fake.messages[0].key == fake.messages[1].key


def test_a_second_try_that_was_surely_not_taken_may_come_again(patient: Patient, now: datetime) -> None:
    delivery = make_delivery(make_reminder(patient))
    fake = FakeChannel(DeliveryError("unknown"), DeliveryError("later"), None)

    for minute in range(10):
        send(delivery, now=now + minute * MINUTE, channel=fake)

    assert len(fake.tried) == 3
    assert len(fake.sent) == 2
    assert stand(delivery) == ("sent", "", True)


def test_what_was_surely_not_taken_is_no_second_try(patient: Patient, now: datetime) -> None:
    delivery = make_delivery(make_reminder(patient))
    fake = FakeChannel(DeliveryError("later"))

    for minute in range(2):
        send(delivery, now=now + minute * MINUTE, channel=fake)

    assert stand(delivery) == ("sent", "", False)


def test_a_channel_that_breaks_may_have_sent(patient: Patient, now: datetime) -> None:
    delivery = make_delivery(make_reminder(patient))

    send(delivery, now=now, channel=FakeChannel(RuntimeError("a bug")))

    assert stand(delivery) == ("pending", "", False)
    assert (delivery.handed_over_at, delivery.next_try_at) == (now, now + MINUTE)


def test_a_third_time_never_comes(patient: Patient, now: datetime) -> None:
    delivery = left_by_a_dead_sender(patient, now, is_second_try=True)
    fake = FakeChannel()

    send(delivery, now=now, channel=fake)

    assert fake.tried == []
    assert stand(delivery) == ("failed", "not_known", True)


def test_what_is_of_no_use_any_more_is_not_tried_again(patient: Patient, now: datetime) -> None:
    delivery = left_by_a_dead_sender(patient, now, useful_until=now)

    send(delivery, now=now, channel=FakeChannel())

    assert stand(delivery) == ("failed", "not_known", False)


def test_the_rules_are_asked_before_a_second_try_too(patient: Patient, now: datetime) -> None:
    delivery = left_by_a_dead_sender(patient, now)
    patients.withdraw_consent(user=patient.user, now=now)
    fake = FakeChannel()

    send(delivery, now=now, channel=fake)

    assert fake.tried == []
    # Not 'held back': it may have been read.
    assert stand(delivery) == ("failed", "not_known", False)


def test_a_device_that_has_it_makes_a_second_try_needless(patient: Patient, now: datetime) -> None:
    device = str(uuid4())
    delivery = left_by_a_dead_sender(patient, now, channel="webpush", reached=[device])
    fake = FakeChannel()

    send(delivery, now=now, channel=fake)

    assert fake.tried == []
    assert stand(delivery) == ("sent", "", False)
    assert delivery.sent_at == delivery.handed_over_at


def test_a_second_try_is_not_mixed_with_what_was_never_sent(patient: Patient, now: datetime) -> None:
    left = left_by_a_dead_sender(patient, now)
    fresh = make_delivery(make_reminder(patient))
    fake = FakeChannel()

    delivering.deliver([left.pk, fresh.pk], clock=lambda: now, channels={"email": fake})

    assert len(fake.sent) == 2
    assert (stand(left)[2], stand(fresh)[2]) == (True, False)

"""Stage two: one message at most, all rules asked again, and every outcome written down."""

import logging
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import override_settings

from tests.tracker.make import NOW, make_step_log
from tests.tracker.reminders.reminder_rows import FakeChannel, hold, make_delivery, make_reminder
from tracker import patients
from tracker.models import (
    Delivery,
    DeliveryStatus,
    Episode,
    Patient,
    PushDevice,
    ReminderKind,
    ReminderSettings,
)
from tracker.reminders import delivering, leasing, push_devices
from tracker.reminders.channels.message import DeliveryError
from tracker.reminders.outcomes import Delivered

MINUTE = timedelta(minutes=1)


def send(
    *deliveries: Delivery,
    now: datetime,
    channel: FakeChannel | None = None,
    is_over: Callable[[], bool] = lambda: False,
) -> FakeChannel:
    """Deliver at a standing clock; every channel is the fake."""
    fake = channel or FakeChannel()
    delivering.deliver(
        [delivery.pk for delivery in deliveries],
        clock=lambda: now,
        channels={"email": fake, "webpush": fake, "app": fake},
        is_over=is_over,
    )
    return fake


def stand(delivery: Delivery) -> tuple[str, str]:
    delivery.refresh_from_db()
    return delivery.status, delivery.reason


def make_device(patient: Patient, name: str = "one") -> PushDevice:
    device: PushDevice = PushDevice.objects.create(
        user=patient.user,
        address=f"https://push.example.org/{name}",
        public_key="key",
        auth_secret="secret",
        address_hash=name,
        server_key=push_devices.server_key(),
        name="Firefox",
        created_at=NOW,
    )
    return device


def test_a_pending_delivery_is_sent_once(patient: Patient, now: datetime) -> None:
    delivery = make_delivery(make_reminder(patient))

    fake = send(delivery, now=now)
    again = send(delivery, now=now)

    assert [address for _message, address in fake.sent] == ["alice@example.org"]
    assert again.tried == []
    assert stand(delivery) == ("sent", "")
    assert (delivery.sent_at, delivery.handed_over_at, delivery.tries) == (now, now, 1)
    assert (delivery.lease, delivery.leased_until, delivery.is_second_try) == (None, None, False)


def test_what_another_sender_holds_is_left_to_it(patient: Patient, now: datetime) -> None:
    delivery = make_delivery(make_reminder(patient), lease=uuid.uuid4(), leased_until=now + MINUTE)

    assert send(delivery, now=now).tried == []
    assert stand(delivery) == ("pending", "")


def test_a_lease_that_ran_out_before_the_hand_over_is_sent_as_if_nothing_had_been(
    patient: Patient, now: datetime
) -> None:
    delivery = make_delivery(make_reminder(patient), lease=uuid.uuid4(), leased_until=now)

    assert len(send(delivery, now=now).sent) == 1
    assert stand(delivery) == ("sent", "")
    assert not delivery.is_second_try


def test_what_is_not_ready_yet_is_not_sent(patient: Patient, now: datetime) -> None:
    delivery = make_delivery(make_reminder(patient), next_try_at=now + MINUTE)

    assert send(delivery, now=now).tried == []


def test_moments_within_ten_minutes_leave_as_one_message(patient: Patient, now: datetime) -> None:
    reminder = make_reminder(patient)
    deliveries = [make_delivery(reminder, due_at=now - minutes * MINUTE) for minutes in (11, 1, 0)]

    fake = send(*deliveries, now=now)

    # 11 and 1 minutes ago lie within ten minutes; now is eleven after the first.
    assert len(fake.sent) == 2
    assert [stand(delivery)[0] for delivery in deliveries] == ["sent"] * 3
    assert deliveries[0].batch == deliveries[1].batch != deliveries[2].batch


def test_two_patients_never_share_a_message(patient: Patient, stranger: Patient, now: datetime) -> None:
    mine, theirs = make_delivery(make_reminder(patient)), make_delivery(make_reminder(stranger))

    fake = send(mine, theirs, now=now)

    assert {address for _message, address in fake.sent} == {"alice@example.org", "charlie@example.org"}
    assert fake.opened == 1  # one connection for both


def test_the_end_of_a_timer_is_a_message_of_its_own(patient: Patient, now: datetime) -> None:
    ring = make_delivery(make_reminder(patient, kind=ReminderKind.TIMER_END), useful_until=now + 2 * MINUTE)
    other = make_delivery(make_reminder(patient))

    assert len(send(ring, other, now=now).sent) == 2


def test_what_was_done_since_it_was_queued_is_not_sent(patient: Patient, episode: Episode, now: datetime) -> None:
    reminder = make_reminder(patient, kind=ReminderKind.WALK, step_key="gentle_walk", episode=episode)
    delivery = make_delivery(reminder)
    make_step_log(patient, "gentle_walk", now - MINUTE, kind="walk", episode=episode)

    assert send(delivery, now=now).tried == []
    assert stand(delivery) == ("skipped", "already_done")


def test_what_is_of_no_use_any_more_is_told_as_missed(patient: Patient, now: datetime) -> None:
    delivery = make_delivery(make_reminder(patient), due_at=now - timedelta(hours=2))

    assert send(delivery, now=now).tried == []
    assert stand(delivery) == ("missed", "too_late")


def test_an_emergency_answer_after_the_rules_were_asked_stops_the_last_statement(
    patient: Patient, now: datetime
) -> None:
    delivery = make_delivery(make_reminder(patient))
    lease = leasing.take([delivery.pk], now=now)
    hold(patient, now)

    handed = leasing.hand_over(lease.deliveries, lease=lease.key, now=now)

    assert handed == 0
    assert leasing.why_stopped(patient.user_id) == "held"
    delivery.refresh_from_db()
    assert delivery.handed_over_at is None


def test_consent_that_was_withdrawn_stops_the_last_statement(patient: Patient, now: datetime) -> None:
    delivery = make_delivery(make_reminder(patient))
    lease = leasing.take([delivery.pk], now=now)
    patients.withdraw_consent(user=patient.user, now=now)

    assert leasing.hand_over(lease.deliveries, lease=lease.key, now=now) == 0
    assert leasing.why_stopped(patient.user_id) == "no_consent"


def test_a_lease_that_another_sender_took_over_stops_the_last_statement(patient: Patient, now: datetime) -> None:
    delivery = make_delivery(make_reminder(patient))
    slow = leasing.take([delivery.pk], now=now)
    quick = leasing.take([delivery.pk], now=now + 2 * MINUTE)

    assert leasing.hand_over(slow.deliveries, lease=slow.key, now=now + 2 * MINUTE) == 0
    assert leasing.why_stopped(patient.user_id) == ""
    assert leasing.hand_over(quick.deliveries, lease=quick.key, now=now + 2 * MINUTE) == 1


def test_what_was_not_taken_is_tried_at_0_1_5_and_15_minutes_and_then_missed(patient: Patient, now: datetime) -> None:
    delivery = make_delivery(make_reminder(patient))
    fake = FakeChannel(*[DeliveryError("later")] * 9)
    tried_at = []
    for minute in range(30):
        before = len(fake.tried)
        send(delivery, now=now + minute * MINUTE, channel=fake)
        if len(fake.tried) > before:
            tried_at.append(minute)

    assert tried_at == [0, 1, 6, 21]
    assert stand(delivery) == ("missed", "no_way_out")
    assert len({message.key for message, _address in fake.tried}) == 1


def test_a_try_that_would_come_too_late_is_not_waited_for(patient: Patient, now: datetime) -> None:
    delivery = make_delivery(make_reminder(patient), useful_until=now + MINUTE)

    send(delivery, now=now, channel=FakeChannel(DeliveryError("later")))

    assert stand(delivery) == ("missed", "no_way_out")


def test_a_refused_address_stops_the_channel(patient: Patient, now: datetime) -> None:
    delivery = make_delivery(make_reminder(patient))
    next_one = make_delivery(make_reminder(patient))

    send(delivery, now=now, channel=FakeChannel(DeliveryError("refused")))
    fake = send(next_one, now=now)

    assert stand(delivery) == ("failed", "refused")
    settings = ReminderSettings.objects.of(patient.user).get()
    assert (settings.email_stopped_at, settings.email_stopped_because) == (now, "refused")
    assert fake.tried == []
    assert stand(next_one) == ("skipped", "stopped")


def test_a_server_that_is_away_costs_the_others_no_try(patient: Patient, stranger: Patient, now: datetime) -> None:
    first = make_delivery(make_reminder(patient))
    second, third = (make_delivery(make_reminder(stranger), due_at=now - n * MINUTE) for n in (0, 20))
    push = make_delivery(make_reminder(patient), channel="app")
    fake = FakeChannel(DeliveryError("later", "mail_server_away"))

    delivering.deliver([first.pk, second.pk], clock=lambda: now, channels={"email": fake})

    assert len(fake.tried) == 1
    for delivery in (first, second, third):
        delivery.refresh_from_db()
        assert (delivery.status, delivery.next_try_at) == ("pending", now + MINUTE)
    assert sorted([first.tries, second.tries, third.tries]) == [0, 0, 1]
    push.refresh_from_db()
    assert push.next_try_at == now


def test_a_device_that_is_gone_is_forgotten_and_the_others_are_reached(patient: Patient, now: datetime) -> None:
    gone, here = make_device(patient, "gone"), make_device(patient, "here")
    delivery = make_delivery(make_reminder(patient), channel="webpush")

    fake = send(delivery, now=now, channel=FakeChannel(DeliveryError("gone")))

    assert len(fake.sent) == 1
    assert stand(delivery) == ("sent", "")
    assert delivery.reached == [str(here.pk)]
    assert list(PushDevice.objects.values_list("pk", flat=True)) == [here.pk]
    assert gone.pk != here.pk


def test_without_any_device_left_it_failed(patient: Patient, now: datetime) -> None:
    make_device(patient)
    delivery = make_delivery(make_reminder(patient), channel="webpush")

    send(delivery, now=now, channel=FakeChannel(DeliveryError("gone")))

    assert stand(delivery) == ("failed", "gone")
    assert not PushDevice.objects.exists()


def test_without_an_address_nothing_is_tried(patient: Patient, now: datetime) -> None:
    delivery = make_delivery(make_reminder(patient), channel="webpush")

    assert send(delivery, now=now).tried == []
    assert stand(delivery) == ("skipped", "no_address")


def test_a_channel_that_is_no_more_is_no_address(patient: Patient, now: datetime) -> None:
    delivery = make_delivery(make_reminder(patient), channel="pigeon")

    send(delivery, now=now)

    assert stand(delivery) == ("failed", "no_address")


def test_a_stop_between_two_messages_gives_the_others_back(patient: Patient, stranger: Patient, now: datetime) -> None:
    first, second = make_delivery(make_reminder(patient)), make_delivery(make_reminder(stranger))
    asked = iter([False, True])

    fake = send(first, second, now=now, is_over=lambda: next(asked))

    assert len(fake.sent) == 1
    left = Delivery.objects.get(status=DeliveryStatus.PENDING)
    assert (left.lease, left.leased_until, left.tries) == (None, None, 0)
    assert delivering.ready(now=now) == [[left.pk]]


def test_a_poisoned_reminder_waits_an_hour_and_blocks_nobody(
    patient: Patient, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    poisoned = make_delivery(make_reminder(patient, recurrence="at_times", times=["secret"]))
    sound = make_delivery(make_reminder(patient))

    with caplog.at_level(logging.ERROR):
        send(poisoned, sound, now=now)

    assert stand(sound) == ("sent", "")
    assert stand(poisoned) == ("pending", "")
    assert poisoned.next_try_at == now + timedelta(hours=1)
    assert str(poisoned.pk) in caplog.text
    assert "secret" not in caplog.text


def test_what_the_rules_were_told_is_read_again_after_five_seconds(
    patient: Patient, stranger: Patient, now: datetime
) -> None:
    first, second = make_delivery(make_reminder(patient)), make_delivery(make_reminder(stranger))
    moments = [now + timedelta(seconds=seconds) for seconds in (0, 0, 1, 7, 8, 9, 10)]

    class Slow(FakeChannel):
        def send(self, message: Any, address: Any) -> None:
            # While a server takes its time over Alice's message, Charlie says that reminders are to pause.
            ReminderSettings.objects.create(user=stranger.user, paused_until_at=now + timedelta(days=1))
            super().send(message, address)

    fake = Slow()
    clock = iter(moments)
    ordered = sorted([first, second], key=lambda one: one.pk)
    if ordered[0] is not first:
        Delivery.objects.filter(pk=first.pk).update(due_at=now - timedelta(seconds=1))
    delivering.deliver([first.pk, second.pk], clock=lambda: next(clock), channels={"email": fake})

    assert len(fake.sent) == 1
    assert stand(second) == ("skipped", "paused")


def test_chunks_hold_one_channel_and_keep_a_patient_together(
    patient: Patient, stranger: Patient, now: datetime
) -> None:
    mine = [make_delivery(make_reminder(patient)) for _ in range(30)]
    theirs = [make_delivery(make_reminder(stranger)) for _ in range(30)]
    app = make_delivery(make_reminder(patient), channel="app")

    chunks = [set(chunk) for chunk in delivering.ready(now=now)]

    assert {frozenset(chunk) for chunk in chunks} == {
        frozenset(one.pk for one in mine),
        frozenset(one.pk for one in theirs),
        frozenset([app.pk]),
    }


def test_what_a_broker_holds_is_handed_out_again_only_when_it_lost_it(patient: Patient, now: datetime) -> None:
    delivery = make_delivery(make_reminder(patient), dispatched_until=now + MINUTE)

    assert delivering.ready(now=now) == []
    assert delivering.ready(now=now + MINUTE) == [[delivery.pk]]


def test_a_test_message_is_sent_at_once(patient: Patient, now: datetime) -> None:
    fake = FakeChannel()

    code = delivering.send_test(patient=patient, channel="email", clock=lambda: now, channels={"email": fake})

    assert (code, len(fake.sent)) == ("", 1)
    assert not Delivery.objects.exists()


@pytest.mark.parametrize(
    ("trouble", "code"), [(DeliveryError("later", "mail_server_away"), "mail_server_away"), (ValueError(), "unknown")]
)
def test_a_test_message_that_did_not_go_out_says_why(
    patient: Patient, now: datetime, trouble: Exception, code: str
) -> None:
    fakes = {"email": FakeChannel(trouble)}

    assert delivering.send_test(patient=patient, channel="email", clock=lambda: now, channels=fakes) == code


@override_settings(EMAIL_HOST="")
def test_a_channel_without_an_address_cannot_be_tested(patient: Patient, now: datetime) -> None:
    fakes = {"webpush": FakeChannel()}

    assert delivering.send_test(patient=patient, channel="webpush", clock=lambda: now, channels=fakes) == "no_address"


def test_the_figures_of_a_call_say_what_became_of_each(patient: Patient, stranger: Patient, now: datetime) -> None:
    sent, late = make_delivery(make_reminder(patient)), make_delivery(make_reminder(patient), due_at=now - 150 * MINUTE)
    put_off = make_delivery(make_reminder(stranger), due_at=now + timedelta(microseconds=1), next_try_at=now)
    fakes = {"email": FakeChannel(None, DeliveryError("later"))}

    done = delivering.deliver([sent.pk, late.pk, put_off.pk], clock=lambda: now, channels=fakes)

    assert done == Delivered(sent=1, missed=1, later=1)

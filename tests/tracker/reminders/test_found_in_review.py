"""Faults that a reviewer found: each was seen to fail before it was mended."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.test import Client, override_settings
from django.urls import reverse
from django.utils.http import http_date

from tests.tracker import make
from tests.tracker.reminders.reminder_rows import FakeChannel, hold, make_delivery, make_reminder
from tests.tracker.reminders.test_delivering import make_device
from tracker.models import (
    Delivery,
    DeliveryStatus,
    Episode,
    Patient,
    Recurrence,
    Reminder,
    ReminderKind,
    ReminderSettings,
)
from tracker.reminders import answers, calendar, delivering, heartbeat, timers, wishes
from tracker.reminders.outcomes import Delivered
from tracker.reminders.queueing import queue_company, queue_due
from tracker.reminders.sender import Sender, Stop

MINUTE = timedelta(minutes=1)
FAKE = FakeChannel()


def hand_out(ids: list[UUID], *, clock: Callable[[], datetime], is_over: Callable[[], bool]) -> Delivered:
    """Deliver through a channel that remembers."""
    channels = {"email": FAKE, "app": FAKE, "webpush": FAKE}
    return delivering.deliver(ids, clock=clock, channels=channels, is_over=is_over)


def leaving(patient: Patient) -> list[UUID]:
    return [make_delivery(make_reminder(patient, next_due_at=None, is_active=True)).pk]


def test_what_a_rule_stops_now_but_not_at_its_own_minute_waits_for_that(patient: Patient, now: datetime) -> None:
    ReminderSettings.objects.create(user=patient.user)
    make.make_step_log(patient, "ice_on_back", now - 55 * MINUTE, kind="ice")
    heat = make_reminder(patient, kind=ReminderKind.HEAT, next_due_at=now + 8 * MINUTE)

    company = queue_company(leaving(patient), now=now)
    queue_due(now=now + 8 * MINUTE)

    assert company == 0
    assert Delivery.objects.get(reminder=heat).status == DeliveryStatus.PENDING


def test_company_that_cannot_be_worked_out_keeps_nobody_from_their_message(
    patient: Patient, stranger: Patient, now: datetime
) -> None:
    leaving(patient)
    make_delivery(make_reminder(stranger, next_due_at=now + 5 * MINUTE))
    Patient.objects.filter(pk=stranger.pk).update(time_zone="Nowhere/AtAll")
    FAKE.sent.clear()

    with override_settings(REMINDERS_HAND_OUT=f"{__name__}.hand_out"):
        Sender(clock=lambda: now, stop=Stop()).run_once()

    assert [address for _message, address in FAKE.sent] == ["alice@example.org"]


def test_after_this_can_be_asked_for_again_after_another_choice(
    patient: Patient, episode: Episode, now: datetime
) -> None:
    reminder = make_reminder(patient, next_due_at=now + 120 * MINUTE)
    delivery = make_delivery(reminder, status=DeliveryStatus.SENT, sent_at=now)
    make.make_step_log(patient, "ice_on_back", now, kind="ice", is_timed=True, duration_minutes=20)

    first = answers.snooze(delivery, choice="after_this", now=now + MINUTE)
    answers.snooze(delivery, choice="1_hour", now=now + 3 * MINUTE)
    again = answers.snooze(delivery, choice="after_this", now=now + 6 * MINUTE)

    assert first == again == now + 20 * MINUTE
    waiting = Delivery.objects.filter(is_snooze=True).pending()
    assert {(row.channel, row.due_at) for row in waiting} == {("email", again), ("app", again)}


@pytest.mark.parametrize("number", ["0000000011" + "0" * 20, "000000001" + "9" * 5000], ids=["large", "endless"])
def test_a_page_of_the_log_that_is_no_number_of_a_page_is_not_there(patient_client: Client, number: str) -> None:
    assert patient_client.get(reverse("tracker:reminder_log"), {"page": number}).status_code == 404


def test_what_was_ended_while_the_batch_was_being_sent_does_not_leave(patient: Patient, now: datetime) -> None:
    first = make_delivery(make_reminder(patient), due_at=now - 30 * MINUTE)
    second = make_delivery(make_reminder(patient))
    moments = iter([now, now, now, now, *(now + n * 6 * timedelta(seconds=1) for n in range(1, 20))])

    class Slow(FakeChannel):
        def send(self, message: object, address: object) -> None:
            wishes.end(reminder=second.reminder, now=now)
            super().send(message, address)  # type: ignore[arg-type]

    slow = Slow()
    delivering.deliver([first.pk, second.pk], clock=lambda: next(moments), channels={"email": slow})

    second.refresh_from_db()
    assert len(slow.sent) == 1
    assert (second.status, second.reason) == ("skipped", "ended")


def test_a_calendar_that_asks_by_date_alone_loses_its_entries_when_an_answer_says_emergency(
    patient: Patient, episode: Episode, site_client: Client, now: datetime
) -> None:
    make_reminder(patient, recurrence=Recurrence.AT_TIMES, times=["09:00"])
    address = reverse("calendar_feed", args=[calendar.make(patient=patient, now=now)])
    first = site_client.get(address)
    hold(patient, now)

    later = site_client.get(address, HTTP_IF_MODIFIED_SINCE=http_date(now.timestamp()))

    assert b"BEGIN:VEVENT" in first.content
    assert later.status_code == 200
    assert b"BEGIN:VEVENT" not in later.content


def test_nothing_goes_to_the_devices_of_an_account_that_is_switched_off(patient: Patient, now: datetime) -> None:
    make_device(patient)
    delivery = make_delivery(make_reminder(patient, channels=["webpush"]), channel="webpush")
    patient.user.is_active = False
    patient.user.save()
    channel = FakeChannel()

    delivering.deliver([delivery.pk], clock=lambda: now, channels={"webpush": channel})

    delivery.refresh_from_db()
    assert channel.sent == []
    assert delivery.reason == "no_address"


def test_a_reminder_by_two_ways_goes_along_on_both(patient: Patient, now: datetime) -> None:
    first = make_reminder(patient, channels=["email", "app"], next_due_at=now)
    make_reminder(patient, channels=["email", "app"], next_due_at=now + 5 * MINUTE)
    FAKE.sent.clear()

    with override_settings(REMINDERS_HAND_OUT=f"{__name__}.hand_out"):
        Sender(clock=lambda: now, stop=Stop()).run_once()

    assert Delivery.objects.filter(status="sent").count() == 4
    assert len(FAKE.sent) == 2
    assert Reminder.objects.get(pk=first.pk).next_due_at == now + 120 * MINUTE


def test_a_later_message_of_the_same_ice_keeps_the_hour_too(patient: Patient, episode: Episode, now: datetime) -> None:
    ice = make_reminder(patient, kind=ReminderKind.ICE, step_key="ice_on_back", next_due_at=now)
    make_delivery(
        ice,
        due_at=now - 10 * MINUTE,
        useful_until=now + 20 * MINUTE,
        status=DeliveryStatus.SENT,
        sent_at=now - 10 * MINUTE,
        is_snooze=True,
    )

    queue_due(now=now)

    assert Delivery.objects.get(reminder=ice, is_snooze=False).reason == "thermal_too_soon"


def test_ice_put_off_comes_although_it_was_said_within_the_hour(
    patient: Patient, episode: Episode, now: datetime
) -> None:
    ice = make_reminder(patient, kind=ReminderKind.ICE, step_key="ice_on_back", next_due_at=now + 100 * MINUTE)
    said = make_delivery(
        ice,
        due_at=now - 20 * MINUTE,
        useful_until=now + 10 * MINUTE,
        status=DeliveryStatus.SENT,
        sent_at=now - 20 * MINUTE,
    )
    answers.snooze(said, choice="15_minutes", now=now - 15 * MINUTE)
    channel = FakeChannel()

    waiting = Delivery.objects.filter(is_snooze=True, channel="email").get()
    delivering.deliver([waiting.pk], clock=lambda: now, channels={"email": channel})

    assert len(channel.sent) == 1


def test_what_can_never_be_worked_out_is_given_up_when_it_is_of_no_use(patient: Patient, now: datetime) -> None:
    delivery = make_delivery(make_reminder(patient))
    Reminder.objects.update(recurrence=Recurrence.AT_TIMES, times=["never"])
    channel = FakeChannel()
    stands = []

    for hours in (0, 1, 2):
        at = now + timedelta(hours=hours)
        delivering.deliver([delivery.pk], clock=lambda at=at: at, channels={"email": channel})  # type: ignore[misc]
        delivery.refresh_from_db()
        stands.append((delivery.status, delivery.reason))

    assert stands == [("pending", ""), ("pending", ""), ("missed", "too_late")]


def test_a_closed_episode_is_said_once_and_its_reminders_go_on_with_it(
    patient: Patient, episode: Episode, patient_client: Client, now: datetime
) -> None:
    walk = make_reminder(patient, kind=ReminderKind.WALK, step_key="gentle_walk", episode=episode)
    Episode.objects.update(ended_at=now - MINUTE)

    queue_due(now=now)
    queue_due(now=now + timedelta(days=2))
    walk.refresh_from_db()
    while_closed = [(row.status, row.reason) for row in Delivery.objects.filter(reminder=walk)], walk.next_due_at
    patient_client.post(reverse("tracker:reopen", args=[episode.pk]))

    walk.refresh_from_db()
    assert while_closed == ([("skipped", "episode_over")], None)
    assert walk.next_due_at == now + 120 * MINUTE


def test_the_ring_of_a_timer_that_stopped_with_its_episode_does_not_come(
    patient: Patient, episode: Episode, patient_client: Client, now: datetime
) -> None:
    log = make.make_step_log(
        patient, "ice_on_back", now - 5 * MINUTE, kind="ice", is_timed=True, duration_minutes=20, episode=episode
    )
    ring = timers.after_start(patient=patient, log=log, now=now - 5 * MINUTE)
    assert ring is not None

    page = patient_client.post(reverse("tracker:close", args=[episode.pk]), {"days_lost": "0"})

    ring.refresh_from_db()
    assert page.status_code == 303
    assert (ring.ended_at, ring.next_due_at) == (now, None)


@pytest.mark.parametrize(("minutes", "is_delayed"), [(2, False), (60, True)])
def test_a_sign_of_life_from_before_the_clock_was_set_back_counts_for_three_minutes(
    db: None, now: datetime, minutes: int, is_delayed: bool
) -> None:
    heartbeat.beat(now=now + minutes * MINUTE)

    assert heartbeat.is_delayed(now) == is_delayed

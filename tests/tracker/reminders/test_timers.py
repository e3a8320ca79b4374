"""The ring at the end of an ice or heat timer: once, at its second, and not after it was stopped."""

from datetime import datetime, timedelta
from typing import Any

import time_machine
from django.test import Client

from backspasm.form_ids import new_form_id
from tests.tracker import make
from tests.tracker.reminders.reminder_rows import make_delivery
from tracker.models import Delivery, Episode, Patient, PushDevice, Reminder, ReminderKind, ReminderSettings, StepLog
from tracker.reminders import wishes

START = "/tracker/steps/ice_on_back/start/"
MINUTE = timedelta(minutes=1)


def make_device(patient: Patient) -> PushDevice:
    device: PushDevice = PushDevice.objects.create(
        user=patient.user,
        address="https://push.example.org/1",
        public_key="k",
        auth_secret="s",
        address_hash="h" * 64,
        server_key="v",
        name="Phone",
        created_at=make.NOW,
    )
    return device


def ring() -> Reminder:
    found: Reminder = Reminder.objects.get(kind=ReminderKind.TIMER_END)
    return found


def post_at(client: Client, address: str, at: datetime) -> Any:
    with time_machine.travel(at, tick=False):
        return client.post(address)


def test_a_timer_of_ice_rings_once_at_its_last_second(patient_client: Client, episode: Episode) -> None:
    with time_machine.travel(make.NOW + timedelta(seconds=27), tick=False):
        patient_client.post(START)

    made = ring()
    assert made.next_due_at == make.NOW + timedelta(minutes=20, seconds=27)
    assert (made.recurrence, made.times, made.channels) == ("once", ["13:20"], ["app"])
    assert made.step_log == StepLog.objects.get()
    assert not made.is_in_calendar


def test_a_device_for_push_hears_it_too(patient_client: Client, patient: Patient, episode: Episode) -> None:
    make_device(patient)

    patient_client.post(START)

    assert ring().channels == ["webpush", "app"]


def test_the_same_tap_twice_makes_one_ring(patient_client: Client, patient: Patient, episode: Episode) -> None:
    values = {"form_id": new_form_id(patient.user)}

    patient_client.post(START, values)
    patient_client.post(START, values)

    assert Reminder.objects.count() == 1


def test_a_walk_does_not_ring(patient_client: Client, episode: Episode) -> None:
    patient_client.post("/tracker/steps/gentle_walk/start/")

    assert StepLog.objects.count() == 1
    assert not Reminder.objects.exists()


def test_who_does_not_want_it_hears_nothing(patient_client: Client, patient: Patient, episode: Episode) -> None:
    ReminderSettings.objects.create(user=patient.user, rings_at_timer_end=False)

    patient_client.post(START)

    assert not Reminder.objects.exists()


def test_a_timer_that_is_stopped_does_not_ring(patient_client: Client, episode: Episode) -> None:
    patient_client.post(START)

    post_at(patient_client, f"/tracker/step-logs/{StepLog.objects.get().pk}/stop/", make.NOW + 5 * MINUTE)

    ended = ring()
    assert (ended.is_active, ended.next_due_at, ended.ended_at) == (False, None, make.NOW + 5 * MINUTE)


def test_a_session_that_is_undone_does_not_ring_and_what_was_sent_stays_in_the_log(
    patient_client: Client, episode: Episode
) -> None:
    patient_client.post(START)
    sent = make_delivery(ring(), channel="app", due_at=make.NOW + 20 * MINUTE)

    post_at(patient_client, f"/tracker/step-logs/{StepLog.objects.get().pk}/undo/", make.NOW + 21 * MINUTE)

    assert not StepLog.objects.exists()
    assert ring().ended_at == make.NOW + 21 * MINUTE
    assert Delivery.objects.get() == sent


def test_what_can_no_longer_be_undone_keeps_its_ring(patient_client: Client, episode: Episode) -> None:
    patient_client.post(START)

    answer = post_at(patient_client, f"/tracker/step-logs/{StepLog.objects.get().pk}/undo/", make.NOW + 36 * MINUTE)

    assert answer.status_code == 409
    assert ring().step_log == StepLog.objects.get()
    assert ring().ended_at is None


def test_the_ring_is_none_of_the_patients_reminders(patient_client: Client, patient: Patient, episode: Episode) -> None:
    patient_client.post(START)

    assert not wishes.standing(patient.user).exists()
    assert patient_client.get(f"/tracker/reminders/{ring().pk}/").status_code == 404


def test_the_ring_is_made_though_it_falls_into_quiet_hours(patient_client: Client, episode: Episode) -> None:
    # 21:55 in Paris: the timer may start, and ends at 22:15.
    at = make.NOW + timedelta(hours=8, minutes=55)
    with time_machine.travel(at, tick=False):
        patient_client.post(START)

    assert ring().next_due_at == at + 20 * MINUTE

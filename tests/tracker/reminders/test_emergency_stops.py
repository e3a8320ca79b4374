"""Each emergency sign, answered yes or not sure, against real Deliveries: nothing goes out until the hold is lifted."""

from datetime import datetime, timedelta
from typing import Final

import pytest

from tests.tracker.reminders.reminder_rows import FakeChannel, answer_sign, make_reminder
from tracker import emergencies, safety
from tracker.models import Delivery, Lifted, Patient, Reminder, ReminderKind
from tracker.reminders import delivering, queueing

CODES: Final = (*safety.START_CODES, safety.MEDICINE_CODE)
CHANNELS: Final = ["email", "app"]
TWO_HOURS: Final = timedelta(hours=2)

every_sign = pytest.mark.parametrize("code", CODES)
every_answer = pytest.mark.parametrize("said", ["yes", "not_sure"])


def send_all(now: datetime) -> FakeChannel:
    fake = FakeChannel()
    for chunk in delivering.ready(now=now):
        delivering.deliver(chunk, clock=lambda: now, channels={"email": fake, "app": fake})
    return fake


def reminders(patient: Patient) -> list[Reminder]:
    """One of the patient's own, and the end of a running timer: not even that may be said now."""
    ring = make_reminder(
        patient,
        kind=ReminderKind.TIMER_END,
        channels=CHANNELS,
        recurrence="once",
        on="2030-11-20",
        times=["13:00"],
    )
    return [make_reminder(patient, channels=CHANNELS), ring]


def outcomes() -> set[tuple[str, str]]:
    return set(Delivery.objects.values_list("status", "reason"))


def test_there_are_eleven_signs() -> None:
    assert tuple(f"E{number}" for number in range(1, 12)) == CODES


@every_answer
@every_sign
def test_what_was_queued_before_the_answer_does_not_go_out(
    patient: Patient, now: datetime, code: str, said: safety.Answer
) -> None:
    reminders(patient)
    assert queueing.queue_due(now=now).claimed == 2
    answer_sign(patient, code, said, now)

    fake = send_all(now)

    assert fake.tried == []
    assert Delivery.objects.count() == 4
    assert outcomes() == {("skipped", "held")}


@every_answer
@every_sign
def test_what_falls_due_after_the_answer_does_not_go_out(
    patient: Patient, now: datetime, code: str, said: safety.Answer
) -> None:
    reminders(patient)
    answer_sign(patient, code, said, now)

    assert queueing.queue_due(now=now).waiting == 0
    fake = send_all(now)

    assert fake.tried == []
    assert Delivery.objects.count() == 4
    assert outcomes() == {("skipped", "held")}


@every_sign
def test_after_the_hold_is_lifted_later_moments_go_out_and_the_held_ones_do_not(
    patient: Patient, now: datetime, code: str
) -> None:
    make_reminder(patient)
    answer_sign(patient, code, "yes", now)
    queueing.queue_due(now=now)
    hold = emergencies.open_hold(patient.user)
    assert hold is not None
    emergencies.lift(hold=hold, because=Lifted.SEEN, now=now + timedelta(minutes=30))

    at_once = send_all(now + timedelta(minutes=30))
    queueing.queue_due(now=now + TWO_HOURS)
    later = send_all(now + TWO_HOURS)

    assert at_once.tried == []
    assert [message.due_at for message in later.messages] == [now + TWO_HOURS]


def test_an_answer_of_no_stops_nothing(patient: Patient, now: datetime) -> None:
    make_reminder(patient)
    answer_sign(patient, "E1", "no", now)
    queueing.queue_due(now=now)

    assert len(send_all(now).sent) == 1


def test_the_answer_of_one_patient_stops_no_other(patient: Patient, stranger: Patient, now: datetime) -> None:
    make_reminder(patient)
    make_reminder(stranger)
    answer_sign(patient, "E3", "not_sure", now)
    queueing.queue_due(now=now)

    assert [address for _message, address in send_all(now).sent] == ["charlie@example.org"]

"""What a patient answers to a reminder: done or later, once, and without moving the series."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from tests.tracker import make
from tests.tracker.reminders.reminder_rows import make_delivery, make_reminder
from tracker import step_logs
from tracker.models import (
    ClinicianCheck,
    Delivery,
    DeliveryStatus,
    Dose,
    Episode,
    Patient,
    Recurrence,
    Reminder,
    ReminderKind,
    ReminderSettings,
    StepLog,
)
from tracker.reminders import answers

NOW = make.NOW
ICE = "ice_on_back"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def ice(patient: Patient, episode: Episode) -> Delivery:
    """A message of noon about ice, answered five minutes later in the tests."""
    reminder = make_reminder(patient, kind=ReminderKind.ICE, step_key=ICE, next_due_at=NOW + 120 * MINUTE)
    return make_delivery(reminder, status=DeliveryStatus.SENT, sent_at=NOW)


def _of_kind(patient: Patient, kind: str, **fields: Any) -> Delivery:
    reminder = make_reminder(patient, kind=kind, next_due_at=NOW + 120 * MINUTE, **fields)
    return make_delivery(reminder, status=DeliveryStatus.SENT, sent_at=NOW)


def _snoozes(patient: Patient) -> list[Delivery]:
    return list(Delivery.objects.of(patient.user).filter(is_snooze=True).order_by("channel"))


def test_done_logs_the_step(ice: Delivery, patient: Patient, episode: Episode) -> None:
    answer = answers.done(ice, patient=patient, now=NOW + 5 * MINUTE)

    log = StepLog.objects.of(patient.user).get()
    assert answer.step_log == log
    assert (log.step_key, log.kind, log.duration_minutes, log.episode) == (ICE, "ice", 20, episode)
    assert log.started_at == NOW - 15 * MINUTE
    ice.refresh_from_db()
    assert ice.done_at == NOW + 5 * MINUTE


def test_done_twice_is_done_once(ice: Delivery, patient: Patient) -> None:
    first = answers.done(ice, patient=patient, now=NOW + 5 * MINUTE)

    second = answers.done(ice, patient=patient, now=NOW + 6 * MINUTE)

    assert (first.was_answered, second.was_answered) == (False, True)
    assert second.step_log == first.step_log
    assert StepLog.objects.count() == 1


def test_done_on_one_channel_is_done_on_all(ice: Delivery, patient: Patient) -> None:
    push = make_delivery(ice.reminder, channel="webpush", status=DeliveryStatus.SENT, sent_at=NOW)

    answers.done(ice, patient=patient, now=NOW + 5 * MINUTE)
    again = answers.done(push, patient=patient, now=NOW + 6 * MINUTE)

    assert again.was_answered
    assert StepLog.objects.count() == 1


@pytest.mark.parametrize("minutes_after_due", [0, 3])
def test_a_session_begun_since_the_moment_is_the_one_meant(
    ice: Delivery, patient: Patient, episode: Episode, minutes_after_due: int
) -> None:
    log = make.make_step_log(patient, ICE, NOW + minutes_after_due * MINUTE, episode=episode)

    answer = answers.done(ice, patient=patient, now=NOW + 25 * MINUTE)

    assert answer.step_log == log
    assert StepLog.objects.count() == 1


def test_a_session_before_the_moment_is_another_one(ice: Delivery, patient: Patient, episode: Episode) -> None:
    make.make_step_log(patient, ICE, NOW - 120 * MINUTE, episode=episode)

    answers.done(ice, patient=patient, now=NOW + 25 * MINUTE)

    assert StepLog.objects.count() == 2


@pytest.mark.parametrize(
    ("kind", "leads_to"),
    [("medicine", "medicines"), ("check_in", "check_in"), ("own", ""), ("timer_end", "")],
)
def test_done_on_what_has_no_step_logs_nothing(patient: Patient, kind: str, leads_to: str) -> None:
    fields = {"medicine": make.make_medicine(patient)} if kind == "medicine" else {}
    delivery = _of_kind(patient, kind, **fields)

    answer = answers.done(delivery, patient=patient, now=NOW + MINUTE)

    assert (answer.step_log, answer.leads_to) == (None, leads_to)
    assert answer.delivery.done_at == NOW + MINUTE
    assert not StepLog.objects.exists()
    assert not Dose.objects.exists()


def test_a_talk_about_medicine_is_logged_as_the_step_it_is(patient: Patient, episode: Episode) -> None:
    delivery = _of_kind(patient, "talk", step_key="ask_about_medicine")

    answers.done(delivery, patient=patient, now=NOW + MINUTE)

    assert StepLog.objects.of(patient.user).get().kind == "medicine_talk"


def test_what_the_limit_of_the_day_forbids_is_refused_and_not_kept(
    ice: Delivery, patient: Patient, episode: Episode
) -> None:
    for hour in range(2, 10):
        make.make_step_log(patient, ICE, NOW - timedelta(hours=hour), episode=episode)

    with pytest.raises(step_logs.Refused) as refused:
        answers.done(ice, patient=patient, now=NOW + MINUTE)

    assert refused.value.code == "limit"
    ice.refresh_from_db()
    assert ice.done_at is None


def test_a_paused_exercise_is_refused(patient: Patient, episode: Episode) -> None:
    ClinicianCheck.objects.create(user=patient.user, episode=episode, answers={"C1": "yes"}, edition=1, answered_at=NOW)
    delivery = _of_kind(patient, "stretch", step_key="first_stretches")

    with pytest.raises(step_logs.Refused) as refused:
        answers.done(delivery, patient=patient, now=NOW + MINUTE)

    assert refused.value.code == "paused"


def test_a_step_that_left_the_care_plan_is_refused(patient: Patient) -> None:
    delivery = _of_kind(patient, "ice", step_key="no_such_step")

    with pytest.raises(step_logs.Refused) as refused:
        answers.done(delivery, patient=patient, now=NOW + MINUTE)

    assert refused.value.code == "no_step"


def test_a_strangers_delivery_cannot_be_answered(ice: Delivery, stranger: Patient) -> None:
    with pytest.raises(Delivery.DoesNotExist):
        answers.done(ice, patient=stranger, now=NOW)


@pytest.mark.parametrize(("choice", "minutes"), [("15_minutes", 15), ("1_hour", 60), ("after_this", 30)])
def test_a_snooze_waits_on_the_same_channel_and_in_the_app(
    ice: Delivery, patient: Patient, choice: answers.SnoozeChoice, minutes: int
) -> None:
    at = answers.snooze(ice, choice=choice, now=NOW + MINUTE)

    assert at == NOW + (1 + minutes) * MINUTE
    app, email = _snoozes(patient)
    assert (app.channel, email.channel) == ("app", "email")
    for row in (app, email):
        assert (row.due_at, row.next_try_at, row.status) == (at, at, DeliveryStatus.PENDING)
        assert row.useful_until == at + timedelta(minutes=30)


def test_after_this_means_when_the_timer_ends(ice: Delivery, patient: Patient) -> None:
    make.make_step_log(patient, "gentle_walk", NOW - 5 * MINUTE, kind="gentle_movement", is_timed=True)

    assert answers.snooze(ice, choice="after_this", now=NOW + MINUTE) == NOW + 15 * MINUTE


@pytest.mark.parametrize("choice", ["15_minutes", "1_hour", "after_this"])
def test_a_snooze_does_not_move_the_series(ice: Delivery, choice: answers.SnoozeChoice) -> None:
    before = Reminder.objects.values().get()

    answers.snooze(ice, choice=choice, now=NOW + MINUTE)

    assert Reminder.objects.values().get() == before


def test_two_taps_ask_for_one_message(ice: Delivery, patient: Patient) -> None:
    first = answers.snooze(ice, choice="15_minutes", now=NOW + MINUTE)

    second = answers.snooze(ice, choice="15_minutes", now=NOW + MINUTE + timedelta(seconds=2))

    assert second == first
    assert len(_snoozes(patient)) == 2


def test_a_later_wish_takes_the_place_of_the_one_before(ice: Delivery, patient: Patient) -> None:
    answers.snooze(ice, choice="15_minutes", now=NOW + MINUTE)

    at = answers.snooze(ice, choice="1_hour", now=NOW + 2 * MINUTE)

    waiting = [row.due_at for row in _snoozes(patient) if row.status == DeliveryStatus.PENDING]
    assert waiting == [at, at]
    assert {row.reason for row in _snoozes(patient)} == {"", "newer_one"}


def test_done_calls_a_snooze_off(ice: Delivery, patient: Patient) -> None:
    answers.snooze(ice, choice="15_minutes", now=NOW + MINUTE)

    answers.done(ice, patient=patient, now=NOW + 2 * MINUTE)

    assert {(row.status, row.reason) for row in _snoozes(patient)} == {("skipped", "already_done")}


def test_a_snooze_that_is_on_its_way_is_left_alone(ice: Delivery, patient: Patient) -> None:
    answers.snooze(ice, choice="15_minutes", now=NOW + MINUTE)
    Delivery.objects.filter(is_snooze=True).update(handed_over_at=NOW + 16 * MINUTE)

    answers.done(ice, patient=patient, now=NOW + 17 * MINUTE)

    assert {row.status for row in _snoozes(patient)} == {DeliveryStatus.PENDING}


def test_not_today_holds_the_reminder_until_the_next_local_day(patient: Patient) -> None:
    reminder = make_reminder(
        patient, recurrence=Recurrence.AT_TIMES, times=["13:00", "18:00"], next_due_at=NOW + 300 * MINUTE
    )
    delivery = make_delivery(reminder, status=DeliveryStatus.SENT, sent_at=NOW)

    assert answers.snooze(delivery, choice="not_today", now=NOW + MINUTE) is None

    reminder.refresh_from_db()
    assert reminder.not_before_at == datetime(2030, 11, 20, 23, tzinfo=UTC)
    assert reminder.next_due_at == datetime(2030, 11, 21, 12, tzinfo=UTC)
    assert (reminder.sequence, _snoozes(patient)) == (0, [])


def test_not_today_leaves_a_moment_that_has_come_to_the_sender(ice: Delivery) -> None:
    Reminder.objects.update(next_due_at=NOW)

    answers.snooze(ice, choice="not_today", now=NOW + MINUTE)

    assert Reminder.objects.get().next_due_at == NOW


@pytest.mark.parametrize(("is_held", "expected"), [(False, None), (True, datetime(2030, 11, 21, 6, tzinfo=UTC))])
def test_a_snooze_into_quiet_hours_comes_in_the_morning_or_not_at_all(
    patient: Patient, is_held: bool, expected: datetime | None
) -> None:
    delivery = _of_kind(patient, "own", is_held_till_morning=is_held)
    evening = datetime(2030, 11, 20, 20, 50, tzinfo=UTC)  # 21:50 in Paris

    assert answers.snooze(delivery, choice="15_minutes", now=evening) == expected
    assert len(_snoozes(patient)) == (2 if is_held else 0)


def test_the_choices_are_those_that_would_bring_a_message(ice: Delivery, patient: Patient) -> None:
    ReminderSettings.objects.create(user=patient.user, quiet_from=time(13, 40), quiet_to=time(15))

    found = [(choice.code, choice.at) for choice in answers.choices(ice, NOW + MINUTE)]

    assert found == [("15_minutes", NOW + 16 * MINUTE), ("after_this", NOW + 31 * MINUTE), ("not_today", None)]


def test_a_pause_leaves_the_choices_after_it(ice: Delivery, patient: Patient) -> None:
    ReminderSettings.objects.create(
        user=patient.user, quiet_from=time(), quiet_to=time(), paused_until_at=NOW + 40 * MINUTE
    )

    found = [choice.code for choice in answers.choices(ice, NOW + MINUTE)]

    assert found == ["1_hour", "not_today"]
    assert answers.snooze(ice, choice="15_minutes", now=NOW + MINUTE) is None
    assert _snoozes(patient) == []


def _stored(delivery: Delivery) -> Delivery:
    stored: Delivery = Delivery.objects.select_related("reminder", "user").get(pk=delivery.pk)
    return stored


def _ended(delivery: Delivery) -> Delivery:
    Reminder.objects.update(ended_at=NOW, is_active=False)
    return _stored(delivery)


def _off(delivery: Delivery) -> Delivery:
    Reminder.objects.update(is_active=False, next_due_at=None)
    return _stored(delivery)


def _ring(delivery: Delivery) -> Delivery:
    Delivery.objects.update(kind="timer_end")
    return _stored(delivery)


@pytest.mark.parametrize("change", [_ended, _off, _ring], ids=["ended", "switched off", "end of a timer"])
def test_what_cannot_come_again_has_no_choices(
    ice: Delivery, patient: Patient, change: Callable[[Delivery], Delivery]
) -> None:
    delivery = change(ice)

    assert answers.choices(delivery, NOW) == ()
    assert answers.snooze(delivery, choice="15_minutes", now=NOW) is None
    assert _snoozes(patient) == []


def test_a_choice_that_is_none_is_refused(ice: Delivery) -> None:
    with pytest.raises(ValueError, match="not a choice"):
        answers.snooze(ice, choice="next_year", now=NOW)  # type: ignore[arg-type]

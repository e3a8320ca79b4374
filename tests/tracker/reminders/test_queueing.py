"""Stage one: a due reminder is claimed once, moves on, and every moment leaves a row."""

import logging
from datetime import datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.tracker import make
from tests.tracker.reminders.reminder_rows import make_reminder
from tracker.models import Delivery, Episode, Patient, Recurrence, Reminder, ReminderKind, ReminderSettings
from tracker.reminders.queueing import Queued, queue_due

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def rows(reminder: Reminder) -> list[tuple[datetime, str, str]]:
    """What became of each moment, the earliest first."""
    found = Delivery.objects.filter(reminder=reminder).order_by("due_at", "channel")
    return [(row.due_at, row.status, row.reason) for row in found]


def next_due(reminder: Reminder) -> datetime | None:
    reminder.refresh_from_db()
    return reminder.next_due_at


def test_a_due_reminder_is_queued_once_and_moves_on(patient: Patient, now: datetime) -> None:
    reminder = make_reminder(patient)

    first, second = queue_due(now=now), queue_due(now=now)

    delivery = Delivery.objects.get()
    assert (first, second) == (Queued(1, 1), Queued())
    assert (delivery.due_at, delivery.channel, delivery.status) == (now, "email", "pending")
    assert delivery.useful_until == now + 2 * HOUR
    assert next_due(reminder) == now + 2 * HOUR


def test_each_channel_gets_a_row_of_its_own(patient: Patient, now: datetime) -> None:
    reminder = make_reminder(patient, channels=["email", "webpush", "app"])

    queued = queue_due(now=now)

    assert queued.claimed == 1
    assert set(Delivery.objects.values_list("channel", flat=True)) == {"email", "webpush", "app"}
    assert queued.waiting == 3
    assert rows(reminder) == [(now, "pending", "")] * 3


def test_ice_goes_on_in_the_morning_where_a_patient_has_no_quiet_hours(patient: Patient, now: datetime) -> None:
    ReminderSettings.objects.create(user=patient.user, quiet_from=time(0), quiet_to=time(0))
    # 21:00 in Paris: two hours later is night, and ice is never offered then.
    ice = make_reminder(patient, kind=ReminderKind.ICE, next_due_at=now + 8 * HOUR, counts_from_at=now + 6 * HOUR)

    queue_due(now=now + 8 * HOUR)

    assert next_due(ice) == now + 18 * HOUR


def test_what_is_not_due_or_switched_off_is_left_alone(patient: Patient, now: datetime) -> None:
    make_reminder(patient, next_due_at=now + timedelta(seconds=1))
    make_reminder(patient, is_active=False)
    make_reminder(patient, next_due_at=None)

    assert queue_due(now=now) == Queued()
    assert not Delivery.objects.exists()


def test_a_pass_takes_no_more_than_it_is_told_and_the_oldest_first(patient: Patient, now: datetime) -> None:
    newest = make_reminder(patient, next_due_at=now)
    oldest = make_reminder(patient, next_due_at=now - timedelta(minutes=2), counts_from_at=now - 2 * HOUR + MINUTE)

    assert queue_due(now=now, limit=1).claimed == 1
    assert len(rows(oldest)) == 1
    assert rows(newest) == []


def test_after_a_downtime_the_newest_is_sent_and_the_stale_are_told_as_missed(patient: Patient, now: datetime) -> None:
    started = now - 6 * HOUR  # due at 6, 8, 10 and 12 o'clock UTC; each is of use for two hours
    reminder = make_reminder(patient, next_due_at=started, counts_from_at=started - 2 * HOUR)

    queued = queue_due(now=now)

    assert queued.waiting == 1
    assert [(status, reason) for _due, status, reason in rows(reminder)] == [
        ("missed", "too_late"),
        ("missed", "too_late"),
        ("missed", "too_late"),
        ("pending", ""),
    ]


def test_of_moments_that_are_all_of_use_only_the_newest_is_sent(patient: Patient, now: datetime) -> None:
    reminder = make_reminder(
        patient, every_minutes=30, next_due_at=now - HOUR, counts_from_at=now - HOUR - timedelta(minutes=30)
    )

    queue_due(now=now)

    assert [(status, reason) for _due, status, reason in rows(reminder)] == [
        ("skipped", "newer_one"),
        ("skipped", "newer_one"),
        ("pending", ""),
    ]


def test_a_day_of_downtime_ends_with_one_message_at_most(patient: Patient, now: datetime) -> None:
    reminder = make_reminder(
        patient, every_minutes=15, next_due_at=now - 24 * HOUR, counts_from_at=now - 24 * HOUR - timedelta(minutes=15)
    )

    queue_due(now=now)

    found = rows(reminder)
    # 15 waking hours of the day before and this morning from 7 in Paris: none of the night.
    assert len(found) == 61
    assert sum(status == "pending" for _due, status, _reason in found) == 1
    assert not [due for due, _status, _reason in found if due.hour >= 21 or due.hour < 6]


def test_at_most_a_hundred_moments_are_worked_out_in_a_pass(patient: Patient, now: datetime) -> None:
    began = now - timedelta(days=3)
    reminder = make_reminder(patient, every_minutes=15, next_due_at=began, counts_from_at=began - HOUR)

    queue_due(now=now)
    after_one = len(rows(reminder))
    while queue_due(now=now).claimed:
        pass

    assert after_one == 100
    pending = [due for due, status, _reason in rows(reminder) if status == "pending"]
    assert pending == [now]


def test_of_check_ins_only_the_latest_is_asked_for(patient: Patient, episode: Episode, now: datetime) -> None:
    # An episode in its 31st hour; evenings at 20:00 in Paris are 19:00 UTC.
    reminder = make_reminder(
        patient,
        kind=ReminderKind.CHECK_IN,
        episode=episode,
        recurrence=Recurrence.AT_TIMES,
        times=["20:00"],
        next_due_at=now - 41 * HOUR,
    )

    queue_due(now=now)

    assert [(status, reason) for _due, status, reason in rows(reminder)] == [("skipped", "newer_one"), ("pending", "")]


def test_a_rule_that_says_no_leaves_a_row_with_its_code(patient: Patient, now: datetime) -> None:
    reminder = make_reminder(patient)
    Patient.objects.of(patient.user).update(consent=None)

    queued = queue_due(now=now)

    assert queued == Queued(1)
    assert rows(reminder) == [(now, "skipped", "no_consent")]
    assert next_due(reminder) == now + 2 * HOUR


def test_an_interval_that_was_served_moves_without_a_row(patient: Patient, episode: Episode, now: datetime) -> None:
    done_at = now - timedelta(minutes=30)
    make.make_step_log(patient, "ice_on_back", done_at, episode=episode)
    reminder = make_reminder(patient, kind=ReminderKind.ICE, step_key="ice_on_back", episode=episode)

    queued = queue_due(now=now)

    assert queued == Queued(1)
    assert rows(reminder) == []
    assert next_due(reminder) == done_at + 2 * HOUR
    assert reminder.counts_from_at == done_at


def test_the_end_of_a_timer_is_due_once(patient: Patient, now: datetime) -> None:
    reminder = make_reminder(
        patient,
        kind=ReminderKind.TIMER_END,
        recurrence=Recurrence.ONCE,
        on=now.date(),
        times=["13:00"],
        next_due_at=now - timedelta(seconds=23),
    )

    queue_due(now=now)

    assert rows(reminder) == [(now - timedelta(seconds=23), "pending", "")]
    assert next_due(reminder) is None


def test_a_moment_that_has_a_row_does_not_get_a_second(patient: Patient, now: datetime) -> None:
    reminder = make_reminder(patient)
    queue_due(now=now)
    Reminder.objects.update(next_due_at=now)  # quiet hours were changed, and it was worked out anew

    queue_due(now=now)

    assert rows(reminder) == [(now, "pending", "")]


def test_a_row_that_cannot_be_worked_out_waits_an_hour_and_blocks_nobody(
    patient: Patient, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    poisoned = make_reminder(patient, label="secret words", recurrence=Recurrence.AT_TIMES, times=["noon"])
    sound = make_reminder(patient)

    with caplog.at_level(logging.WARNING):
        queue_due(now=now)

    assert next_due(poisoned) == now + HOUR
    assert rows(poisoned) == []
    assert rows(sound) == [(now, "pending", "")]
    assert str(poisoned.pk) in caplog.text
    assert "noon" not in caplog.text
    assert "secret" not in caplog.text


def test_an_unknown_zone_is_poison_too(patient: Patient, now: datetime) -> None:
    poisoned = make_reminder(patient, time_zone="Mars/Olympus", recurrence=Recurrence.AT_TIMES, times=["13:00"])
    sound = make_reminder(patient)

    queue_due(now=now)

    assert next_due(poisoned) == now + HOUR
    assert len(rows(sound)) == 1


def test_an_empty_pass_asks_one_question_and_takes_no_lock(patient: Patient, now: datetime) -> None:
    make_reminder(patient, next_due_at=now + HOUR)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        queue_due(now=now)

    assert len(queries) == 1


def test_as_many_statements_for_one_reminder_as_for_thirty(patient: Patient, stranger: Patient, now: datetime) -> None:
    make_reminder(patient)
    with CaptureQueriesContext(connection) as for_one:
        queue_due(now=now)
    for number in range(30):
        make_reminder((patient, stranger)[number % 2])

    with CaptureQueriesContext(connection) as for_thirty:
        queue_due(now=now)

    assert len(for_thirty) == len(for_one)


def test_the_words_of_a_patient_are_not_read(patient: Patient, now: datetime) -> None:
    make_reminder(patient, label="secret words")

    with CaptureQueriesContext(connection) as queries:
        queue_due(now=now)

    assert not [query for query in queries.captured_queries if '"label"' in query["sql"]]


def test_what_is_due_is_found_by_the_partial_index(patient: Patient, now: datetime) -> None:
    assert "reminders_due" in Reminder.objects.due(now).explain()

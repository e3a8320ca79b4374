"""What a claim reads in one statement is what the models of its rows say. On PostgreSQL: tests/services."""

from datetime import datetime, time, timedelta

import pytest

from tests.tracker import make
from tests.tracker.reminders.due_row_check import differences, every_column
from tests.tracker.reminders.reminder_rows import hold, make_reminder
from tracker import patients
from tracker.models import AgeBand, Episode, Patient, ReminderSettings
from tracker.reminders import due_rows, people

HOUR = timedelta(hours=1)


def test_every_column_is_read_as_the_model_reads_it(patient: Patient, episode: Episode, now: datetime) -> None:
    for columns in every_column(now):
        make_reminder(patient, **columns)
    make_reminder(patient, episode=episode)

    assert differences(now) == []


def test_choices_circumstances_and_a_pause_are_read_too(patient: Patient, stranger: Patient, now: datetime) -> None:
    ReminderSettings.objects.create(
        user=patient.user, quiet_from=time(23, 30), quiet_to=time(6, 15), paused_until_at=now + HOUR
    )
    elder = make.make_patient("dora@example.org", age_band=AgeBand.OVER_70, is_pregnant=None, time_zone="Asia/Tokyo")
    for one in (patient, stranger, elder):
        make_reminder(one)

    assert differences(now) == []
    by_user = {row.user_id: row.person for row in due_rows.locked(now, 10)}
    assert by_user[patient.user_id].paused_until_at == now + HOUR
    assert by_user[elder.user_id].circumstances.is_fragile


def test_a_hold_and_the_end_of_consent_are_seen(patient: Patient, stranger: Patient, now: datetime) -> None:
    for one in (patient, stranger):
        make_reminder(one)
    hold(patient, now)
    Patient.objects.filter(pk=stranger.pk).update(consent=None)

    assert differences(now) == []
    people_due = {row.user_id: row.person for row in due_rows.locked(now, 10)}
    assert people_due[patient.user_id].is_held
    assert not people_due[stranger.user_id].has_consent


def test_who_was_never_set_up_agrees_to_nothing(patient: Patient, now: datetime) -> None:
    make_reminder(patient)
    Patient.objects.all().delete()

    assert differences(now) == []
    assert due_rows.locked(now, 10)[0].person == people.NOBODY


def test_of_many_only_those_that_are_asked_for_are_read(patient: Patient, now: datetime) -> None:
    wanted, _other = make_reminder(patient), make_reminder(patient)

    assert [row.pk for row in due_rows.locked(now, 10, only=[wanted.pk])] == [wanted.pk]


def test_a_zone_that_is_none_is_an_error_of_its_row(patient: Patient, now: datetime) -> None:
    make_reminder(patient)
    Patient.objects.update(time_zone="Nowhere/Land")

    with pytest.raises(KeyError):
        due_rows.locked(now, 10)


def test_patients_read_alone_are_those_read_with_their_reminders(
    patient: Patient, stranger: Patient, now: datetime
) -> None:
    ReminderSettings.objects.create(user=stranger.user, quiet_from=time(21))
    make_reminder(patient)
    make_reminder(stranger)
    patients.withdraw_consent(user=patient.user, now=now)
    make_reminder(patient)

    with_rows = {row.user_id: row.person for row in due_rows.locked(now, 10)}

    assert people.load(with_rows) == with_rows

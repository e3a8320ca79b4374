"""One of many ids, and arrays as PostgreSQL reads them. On PostgreSQL itself: tests/services."""

import uuid
from datetime import UTC, datetime

from tests.tracker.reminders.reminder_rows import make_reminder
from tracker.models import Patient, Reminder
from tracker.reminders.among import among
from tracker.reminders.stored_values import array


def test_among_finds_what_in_finds(patient: Patient, stranger: Patient) -> None:
    mine, _theirs = make_reminder(patient), make_reminder(stranger)

    assert list(Reminder.objects.filter(among("user", [patient.user_id, uuid.uuid4()]))) == [mine]
    assert list(Reminder.objects.filter(among("id", {mine.pk}), is_active=True)) == [mine]


def test_among_nobody_there_is_nobody(patient: Patient) -> None:
    make_reminder(patient)

    assert not Reminder.objects.filter(among("user", [])).exists()


def test_an_array_is_written_as_postgresql_reads_it() -> None:
    key = uuid.UUID(int=255)
    moment = datetime(2030, 11, 20, 12, tzinfo=UTC)

    assert array([key, key]) == f"{{{key.hex},{key.hex}}}"
    assert array([moment, None]) == '{"2030-11-20 12:00:00+00:00",NULL}'
    assert array(['say "no"', "back\\slash", "a,b", "{}", "", "NULL"]) == (
        '{"say \\"no\\"","back\\\\slash","a,b","{}","","NULL"}'
    )
    assert array([]) == "{}"

"""Reminders for a calendar, and a year of them beside a year of the schedule."""

from datetime import datetime, timedelta
from typing import Any

from tests.tracker import make
from tests.tracker.reminders import calendar_reading
from tests.tracker.reminders.reminder_rows import make_reminder
from tracker import schedule
from tracker.models import Patient, Recurrence, Reminder, ReminderSettings
from tracker.reminders import calendar, timing

NOW = make.NOW
YEAR = timedelta(days=365)
SECOND = timedelta(seconds=1)


def live_in(patient: Patient, zone: str, **choices: Any) -> None:
    """Move a patient to a zone, with other quiet hours if they are given."""
    patient.time_zone = zone
    patient.save()
    if choices:
        ReminderSettings.objects.create(user=patient.user, **choices)


def at_times(patient: Patient, *times: str, **fields: Any) -> Reminder:
    """A reminder at times of day."""
    values = {"recurrence": Recurrence.AT_TIMES, "times": list(times), "time_zone": patient.time_zone, **fields}
    return make_reminder(patient, **values)


def body(patient: Patient, now: datetime = NOW) -> bytes:
    """The file."""
    return calendar.body(patient.user, now=now)


def scheduled(patient: Patient, reminder: Reminder, since: datetime, until: datetime) -> list[datetime]:
    """The moments of the schedule, from ``since`` (included) on."""
    plan = timing.schedule_of(reminder, settings=timing.settings_of(patient.user), zone=patient.zone)
    return [moment.replace(microsecond=0) for moment in schedule.between(plan, since - SECOND, until)]


def assert_same_year(patient: Patient, reminder: Reminder, since: datetime | None = None) -> list[datetime]:
    """The file has just the moments of the schedule until a year from now; return them."""
    since = since or reminder.changed_at
    until = NOW + YEAR
    expected = scheduled(patient, reminder, since, until)
    assert calendar_reading.moments(body(patient), until=until) == expected
    assert expected
    return expected

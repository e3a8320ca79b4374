"""What differs between a reminder as the claim reads it and the models of its rows. On whichever database is in use."""

from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction

from tracker import patients
from tracker.models import Hold, Patient, Recurrence, Reminder, ReminderKind, ReminderSettings
from tracker.reminders import due_rows, people
from tracker.reminders.due_rows import AnyReminder, DueReminder
from tracker.schedule import Quiet

EVERY_COLUMN: Final[list[dict[str, Any]]] = [
    {"kind": ReminderKind.WALK, "step_key": "gentle_walk", "channels": ["email", "webpush", "app"]},
    {"channels": [], "until_on": date(2031, 3, 30), "from_on": date(2030, 10, 27), "is_held_till_morning": True},
    {
        "recurrence": Recurrence.AT_TIMES,
        "every_minutes": None,
        "counts_from_at": None,
        "times": ["07:05", "23:59"],
        "weekdays": [0, 6],
        "time_zone": "Asia/Kathmandu",
    },
    {"recurrence": Recurrence.ONCE, "on": date(2030, 11, 20), "times": ["13:00"], "label": '"{my},\\\'own" words'},
]


def every_column(now: datetime) -> list[dict[str, Any]]:
    """Return the columns of reminders that use each of them once, with moments to the microsecond."""
    moments = {"until_at": now + timedelta(days=9, microseconds=1), "not_before_at": now - timedelta(microseconds=7)}
    return [*EVERY_COLUMN, moments, {"next_due_at": now - timedelta(seconds=3, microseconds=123_456)}]


def differences(now: datetime) -> list[str]:
    """Return what differs, in words; nothing where every row that is due is read as its models say."""
    with transaction.atomic():
        found = due_rows.locked(now, 1000)
    due = sorted(Reminder.objects.due(now), key=_place)
    if [one.next_due_at for one in found] != [one.next_due_at for one in due]:
        return ["not the oldest first"]
    found.sort(key=_place)
    if [one.pk for one in found] != [one.pk for one in due]:
        return ["not the same rows"]
    names = [name for name in DueReminder.__struct_fields__ if name != "person"]
    said = [
        f"{name}: {getattr(row, name)!r} for {getattr(model, name)!r}"
        for row, model in zip(found, due, strict=True)
        for name in names
        if getattr(row, name) != getattr(model, name)
    ]
    return said + [f"{row.person} for {model.user_id}" for row, model in zip(found, due, strict=True) if _lies(row)]


def _place(row: AnyReminder) -> tuple[Any, ...]:
    return row.next_due_at, row.pk


def _lies(row: DueReminder) -> bool:
    patient = Patient.objects.filter(user=row.user_id).first()
    if patient is None:
        return row.person != people.NOBODY
    chosen = ReminderSettings.objects.filter(user=row.user_id).first() or ReminderSettings(user_id=row.user_id)
    is_held = Hold.objects.filter(user=row.user_id, lifted_at=None).exists()
    person = row.person
    said = person.has_consent, person.is_held, person.paused_until_at, person.circumstances, person.quiet
    true = patient.consent_id is not None, is_held, chosen.paused_until_at, patients.circumstances(patient)
    return said != (*true, Quiet(chosen.quiet_from, chosen.quiet_to, patient.zone))

"""Keeps the answer to 'keep home time or move?' when a patient's browser shows another time zone."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from backspasm import audit
from tracker import patients
from tracker.local_time import ZONES
from tracker.models import Patient, Recurrence
from tracker.reminders import preferences, wishes


class UnknownZone(ValueError):
    """That is not the name of a time zone."""


def is_known(zone: str) -> bool:
    """Say whether ``zone`` is the name of a time zone, such as "Asia/Tokyo"."""
    return zone in ZONES


@transaction.atomic
def keep(*, patient: Patient, zone: str, now: datetime) -> None:
    """Keep home time although the browser shows ``zone``; it is not asked about again. Raises UnknownZone."""
    _check(zone)
    Patient.objects.lock(patient.user)
    preferences.keep_zone(patient=patient, zone=zone)
    audit.record(
        event="reminders.home_time_kept", now=now, actor=patient.user_id, subject=patient.user_id, kind="reminders"
    )


@transaction.atomic
def move(*, patient: Patient, zone: str, now: datetime) -> None:
    """Move the patient and all reminders at times of day to ``zone``; intervals go on counting. Raises UnknownZone."""
    _check(zone)
    Patient.objects.lock(patient.user)
    patients.set_time_zone(patient=patient, time_zone=zone, now=now)
    preferences.keep_zone(patient=patient, zone="")
    move_reminders(patient=patient, now=now)


@transaction.atomic
def move_reminders(*, patient: Patient, now: datetime) -> None:
    """Let the times of day of all standing reminders follow the patient's zone, and work out what comes next."""
    at_times = wishes.standing(patient.user).filter(recurrence__in=[Recurrence.AT_TIMES, Recurrence.ONCE])
    moving = at_times.exclude(time_zone=patient.time_zone)
    moving.update(time_zone=patient.time_zone, changed_at=now, sequence=F("sequence") + 1)
    wishes.reschedule(user=patient.user, now=now)


def _check(zone: str) -> None:
    if not is_known(zone):
        raise UnknownZone("That is not a time zone.")

"""Writes what holds for all reminders of a patient: quiet hours, the pause, the ring of a timer."""

from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.db import transaction

from backspasm import audit
from tracker.local_time import day_bounds, local_day
from tracker.models import Patient, ReminderSettings
from tracker.reminders import wishes

PAUSE_AT_MOST_DAYS: Final = 366
A_DAY: Final = timedelta(days=1)


class PauseNotPossible(ValueError):
    """A pause that ends today or earlier, or more than a year from now."""


@transaction.atomic
def change(*, patient: Patient, quiet_from: time, quiet_to: time, rings_at_timer_end: bool, now: datetime) -> None:
    """Keep quiet hours (wall time in the patient's zone; the same twice: none) and whether timers ring."""
    _save(patient, quiet_from=quiet_from, quiet_to=quiet_to, rings_at_timer_end=rings_at_timer_end)
    wishes.reschedule(user=patient.user, now=now)
    _record("reminders.settings_changed", patient, now)


@transaction.atomic
def pause(*, patient: Patient, until_on: date, now: datetime) -> datetime:
    """Pause all reminders until a day begins in the patient's zone; return that moment. Raises PauseNotPossible."""
    today = local_day(now, patient.zone)
    if not today < until_on <= today + timedelta(days=PAUSE_AT_MOST_DAYS):
        raise PauseNotPossible("A pause ends tomorrow at the earliest, and within a year.")
    return _pause(patient, day_bounds(until_on, patient.zone)[0], now)


@transaction.atomic
def pause_for_a_day(*, patient: Patient, now: datetime) -> datetime:
    """Pause all reminders for the next 24 hours; return when they end."""
    return _pause(patient, now + A_DAY, now)


@transaction.atomic
def resume(*, patient: Patient, now: datetime) -> None:
    """End a pause. Ending it again changes nothing."""
    Patient.objects.lock(patient.user)
    paused = ReminderSettings.objects.of(patient.user).exclude(paused_until_at=None)
    if paused.update(paused_until_at=None):
        _record("reminders.resumed", patient, now)


@transaction.atomic
def keep_zone(*, patient: Patient, zone: str) -> None:
    """Keep which zone of the browser was answered with 'keep home time'; "" forgets it."""
    _save(patient, kept_zone=zone)


def _pause(patient: Patient, until_at: datetime, now: datetime) -> datetime:
    # The next moments stay: the pause is asked when one of them has come.
    _save(patient, paused_until_at=until_at)
    _record("reminders.paused", patient, now)
    return until_at


def _save(patient: Patient, **values: Any) -> None:
    """Write these columns alone: the sender may stop the e-mails at the same time."""
    Patient.objects.lock(patient.user)
    ReminderSettings.objects.update_or_create(user=patient.user, defaults=values)


def _record(event: str, patient: Patient, now: datetime) -> None:
    audit.record(event=event, now=now, actor=patient.user_id, subject=patient.user_id, kind="reminders")

"""The ring at the end of an ice or heat timer: a reminder of its own, made with the timer and ended with it."""

from datetime import datetime
from typing import Final

from django.db import transaction

from tracker import step_logs
from tracker.circumstances import THERMAL
from tracker.models import Patient, PushDevice, Recurrence, Reminder, ReminderKind, StepLog
from tracker.reminders import timing, wishes

CHANNELS: Final = ("webpush", "app")


@transaction.atomic
def after_start(*, patient: Patient, log: StepLog, now: datetime) -> Reminder | None:
    """Make the ring of a timer that was started; None where there is to be none. Called twice, it makes one.

    ``next_due_at`` is the second at which the timer ends; ``times`` has its minute.
    """
    is_wanted = timing.settings_of(patient.user).rings_at_timer_end
    if log.kind not in THERMAL or not is_wanted or not step_logs.is_running(log, now):
        return None
    existing: Reminder | None = Reminder.objects.of(patient.user).filter(step_log=log).first()
    if existing is not None:
        return existing
    has_device = PushDevice.objects.of(patient.user).exists()
    ends_at = step_logs.ends_at(log)
    local = ends_at.astimezone(patient.zone)
    made: Reminder = Reminder.objects.create(
        user=patient.user,
        kind=ReminderKind.TIMER_END,
        step_key=log.step_key,
        step_log=log,
        episode_id=log.episode_id,
        edition=log.edition,
        recurrence=Recurrence.ONCE,
        times=[f"{local:%H:%M}"],
        on=local.date(),
        time_zone=patient.time_zone,
        channels=[channel for channel in CHANNELS if has_device or channel == "app"],
        is_in_calendar=False,
        next_due_at=ends_at,
        created_at=now,
        changed_at=now,
    )
    return made


def after_stop(*, log: StepLog, now: datetime) -> None:
    """End the ring of a timer that was stopped; while it runs on, nothing changes."""
    if not step_logs.is_running(log, now):
        for ring in Reminder.objects.filter(user_id=log.user_id, step_log=log).standing():
            wishes.end(reminder=ring, now=now)


@transaction.atomic
def after_close(*, patient: Patient, now: datetime) -> None:
    """End the ring of a timer that stopped because its episode was closed; what has rung stays as it is."""
    coming = Reminder.objects.of(patient.user).standing().filter(kind=ReminderKind.TIMER_END, next_due_at__gt=now)
    for ring in coming.exclude(step_log=None).select_related("step_log"):
        after_stop(log=ring.step_log, now=now)


@transaction.atomic
def before_undo(*, log: StepLog, now: datetime) -> None:
    """End the ring of a session that is about to be deleted, and part them: what was sent stays in the log."""
    if not step_logs.can_undo(log, now):
        return
    after = Reminder.objects.filter(user_id=log.user_id, step_log=log)
    for ring in after.standing():
        wishes.end(reminder=ring, now=now)
    after.update(step_log=None)

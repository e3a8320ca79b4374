"""Writes reminders: what a patient wishes to be reminded of. Keeps ``next_due_at`` right at every change.

Moments are aware UTC; times of day are wall time in the reminder's own zone.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import transaction
from msgspec import structs

from backspasm.models import User
from education.edition import PROTOCOL_KEY, Change, LiveEdition
from education.structure import CareStep
from tracker import schedule
from tracker.local_time import local_day
from tracker.models import (
    Patient,
    Recurrence,
    Reminder,
    ReminderKind,
    ReminderSettings,
)
from tracker.models.reminder import EVERY_MINUTES_AT_LEAST, EVERY_MINUTES_AT_MOST
from tracker.reminder_rules import BUDGET
from tracker.reminders import queueing, timing
from tracker.reminders.wish import DAYS_OF_A_WEEK, KIND_OF_STEP, Wish, counts_from, draft
from tracker.schedule import Schedule

__all__ = [
    "DAYS_OF_A_WEEK",
    "EVERY_MINUTES_AT_LEAST",
    "EVERY_MINUTES_AT_MOST",
    "KIND_OF_STEP",
    "BelowThePlan",
    "DayTotal",
    "TooMany",
    "Wish",
    "change",
    "create",
    "day_total",
    "draft",
    "end",
    "is_too_often",
    "keep",
    "may_keep",
    "reminder_advice_change",
    "reschedule",
    "same_step",
    "standing",
    "step_of",
    "switch",
]

STANDING_AT_MOST: Final = 50
LOOKS_AHEAD_DAYS: Final = 7
_COUNTED: Final = "counts_from_at"


class TooMany(Exception):
    """The patient has 50 reminders already; nothing was saved."""


class BelowThePlan(Exception):
    """The care plan now asks for more time between two sessions than this reminder leaves; it cannot be kept."""


@dataclass(frozen=True)
class DayTotal:
    """The fullest of the next seven days, in the patient's zone, and its messages."""

    day: date
    messages: int

    @property
    def budget(self) -> int:
        """The messages a day above which the patient is asked."""
        return BUDGET

    @property
    def is_many(self) -> bool:
        """Whether the patient is to be asked."""
        return self.messages > BUDGET


def create(
    *, patient: Patient, wish: Wish, edition: int, protocol_number: int | None, form_id: uuid.UUID, now: datetime
) -> Reminder:
    """Keep a wish; the same form sent twice gives the same row. Raises TooMany."""
    with transaction.atomic():
        Patient.objects.lock(patient.user)
        existing: Reminder | None = Reminder.objects.of(patient.user).filter(form_id=form_id).first()
        if existing is not None:
            return existing
        if standing(patient.user).count() >= STANDING_AT_MOST:
            raise TooMany
        made = draft(patient=patient, wish=wish, now=now)
        made.form_id = form_id
        made.edition = edition
        made.protocol_number = protocol_number
        made.next_due_at = _next_due_at(made, timing.settings_of(patient.user), patient.zone, now)
        made.save(force_insert=True)
    return made


@transaction.atomic
def change(
    *, patient: Patient, reminder: Reminder, wish: Wish, edition: int, protocol_number: int | None, now: datetime
) -> Reminder:
    """Make a reminder what ``wish`` says. Nothing happens where nothing differs."""
    stored = _locked(reminder, now)
    wanted = draft(patient=patient, wish=wish, now=now, instead_of=stored)
    names = [*wish.values(), _COUNTED]
    changed = [name for name in names if getattr(stored, name) != getattr(wanted, name)]
    if not changed:
        _confirm(stored, edition, protocol_number)
        return stored
    for name in changed:
        setattr(stored, name, getattr(wanted, name))
    stored.edition = edition
    stored.protocol_number = protocol_number
    _save_change(stored, patient, now, *changed, "edition", "protocol_number")
    return stored


@transaction.atomic
def switch(*, patient: Patient, reminder: Reminder, is_on: bool, now: datetime) -> None:
    """Switch a reminder on or off. One that has ended stays off; intervals count anew from when it is on again."""
    stored = _locked(reminder, now)
    if stored.ended_at is not None or stored.is_active == is_on:
        return
    stored.is_active = is_on
    if is_on and stored.recurrence == Recurrence.EVERY:
        stored.counts_from_at = counts_from(stored, now)
    _save_change(stored, patient, now, "is_active", _COUNTED)


@transaction.atomic
def end(*, reminder: Reminder, now: datetime) -> None:
    """End a reminder for good; what it sent stays in the log. Ending it again changes nothing."""
    stored = _locked(reminder, now)
    if stored.ended_at is not None:
        return
    stored.is_active = False
    stored.next_due_at = None
    stored.ended_at = now
    stored.changed_at = now
    stored.sequence += 1
    stored.save(update_fields=["is_active", "next_due_at", "ended_at", "changed_at", "sequence"])


@transaction.atomic
def keep(*, reminder: Reminder, live: LiveEdition) -> None:
    """Keep 'Keep it as it is' after the advice behind it changed. Raises BelowThePlan."""
    stored = _stored(reminder)
    if not may_keep(stored, live):
        raise BelowThePlan
    _confirm(stored, live.number, live.protocols[PROTOCOL_KEY].number)


@transaction.atomic
def reschedule(*, user: User, now: datetime) -> int:
    """Work out the next moments again, after quiet hours, the zone or a pause changed; return how many differ.

    A moment that has come already stays: the sender says what became of it.
    """
    patient = Patient.objects.lock(user)
    if patient is None:
        return 0
    settings, moved = timing.settings_of(user), 0
    for stored in standing(user).filter(is_active=True).select_for_update():
        if stored.next_due_at is not None and stored.next_due_at <= now:
            continue
        next_due_at = _next_due_at(stored, settings, patient.zone, now)
        if next_due_at == stored.next_due_at:
            continue
        stored.next_due_at = next_due_at
        stored.changed_at = now
        stored.sequence += 1
        stored.save(update_fields=["next_due_at", "changed_at", "sequence"])
        moved += 1
    return moved


def standing(user: User) -> Any:
    """Return the patient's own reminders that have not ended; the rings of timers are none of them."""
    return Reminder.objects.of(user).standing().exclude(kind=ReminderKind.TIMER_END)


def day_total(
    *, patient: Patient, schedules: Sequence[Schedule], now: datetime, instead_of: Reminder | None = None
) -> DayTotal:
    """Return the fullest of the next seven days with ``schedules`` beside all reminders that are on.

    The first such day counts, if several are as full. Of ``schedules`` only what is to come counts; they take the
    place of ``instead_of``.
    """
    settings = timing.settings_of(patient.user)
    others = standing(patient.user).filter(is_active=True).exclude(pk=instead_of.pk if instead_of else None)
    wanted = [structs.replace(one, starts_at=max(one.starts_at or now, now)) for one in schedules]
    every = [*wanted, *(timing.schedule_of(row, settings=settings, zone=patient.zone) for row in others)]
    today = local_day(now, patient.zone)
    days = [today + timedelta(days=ahead) for ahead in range(LOOKS_AHEAD_DAYS)]
    totals = [DayTotal(day, schedule.messages_on(day, patient.zone, every)) for day in days]
    return max(totals, key=lambda total: total.messages)


def same_step(user: User, step: CareStep | None) -> Reminder | None:
    """Return a standing reminder of the same step of the care plan, the newest, or None."""
    if step is None:
        return None
    same: Reminder | None = standing(user).filter(step_key=step.key).order_by("-created_at").first()
    return same


def step_of(reminder: Reminder, live: LiveEdition) -> CareStep | None:
    """Return the live step behind a reminder, or None where there is none (any more)."""
    return live.protocol.step(reminder.step_key)


def reminder_advice_change(reminder: Reminder, live: LiveEdition) -> Change | None:
    """Return the newest change of a step behind a reminder since that was made or kept, or None.

    What is folded into its message counts, other steps of the care plan do not.
    """
    if not reminder.step_key or reminder.protocol_number is None:
        return None
    changes = [
        live.step_changes[key] for key in (reminder.step_key, *reminder.also_step_keys) if key in live.step_changes
    ]
    later = [change for change in changes if change.number > reminder.protocol_number]
    return max(later, key=lambda change: change.number, default=None)


def may_keep(reminder: Reminder, live: LiveEdition) -> bool:
    """Say whether a reminder may stay as it is: not where ice or heat would come sooner than the plan allows."""
    return not is_too_often(step_of(reminder, live), reminder.recurrence, reminder.every_minutes)


def is_too_often(step: CareStep | None, recurrence: str, every_minutes: int | None) -> bool:
    """Say whether ice or heat every so many minutes is sooner than the live step lets it come."""
    return (
        step is not None
        and step.kind in {"ice", "heat"}
        and step.interval_minutes is not None
        and recurrence == Recurrence.EVERY
        and every_minutes is not None
        and every_minutes < step.interval_minutes
    )


def _locked(reminder: Reminder, now: datetime) -> Reminder:
    """Return the row as it is, once what is due of it by now is told: a change would lose it."""
    queueing.queue_one(reminder.pk, now=now)
    return _stored(reminder)


def _stored(reminder: Reminder) -> Reminder:
    stored: Reminder = Reminder.objects.select_for_update().get(pk=reminder.pk, user_id=reminder.user_id)
    return stored


def _confirm(stored: Reminder, edition: int, protocol_number: int | None) -> None:
    """Keep what the patient has seen; to the calendar nothing changed."""
    if (stored.edition, stored.protocol_number) != (edition, protocol_number):
        stored.edition = edition
        stored.protocol_number = protocol_number
        stored.save(update_fields=["edition", "protocol_number"])


def _save_change(stored: Reminder, patient: Patient, now: datetime, *names: str) -> None:
    settings = timing.settings_of(patient.user)
    stored.next_due_at = _next_due_at(stored, settings, patient.zone, now) if stored.is_active else None
    stored.changed_at = now
    stored.sequence += 1
    stored.save(update_fields=[*names, "next_due_at", "changed_at", "sequence"])


def _next_due_at(reminder: Reminder, settings: ReminderSettings, zone: ZoneInfo, now: datetime) -> datetime | None:
    return timing.next_due(reminder, settings=settings, zone=zone, after=now)

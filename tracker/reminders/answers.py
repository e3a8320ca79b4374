"""What a patient answers to a reminder: done, or later. The same answer twice counts once."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q, QuerySet

from education import publishing
from tracker import reminder_rules, step_logs
from tracker.local_time import day_bounds, local_day
from tracker.models import Delivery, DeliveryStatus, Episode, Patient, Reminder, ReminderKind, ReminderSettings, StepLog
from tracker.reminders import timing
from tracker.schedule import Quiet

SnoozeChoice = Literal["15_minutes", "1_hour", "after_this", "not_today"]
LeadsTo = Literal["", "medicines", "check_in"]

SNOOZE_CHOICES: Final[tuple[SnoozeChoice, ...]] = ("15_minutes", "1_hour", "after_this", "not_today")
# Where no timer runs, 'after this' means in half an hour.
AFTER_THIS: Final = timedelta(minutes=30)
# Two taps on the same button a moment apart ask for one message.
_SAME_TAP: Final = timedelta(minutes=1)
# These are answered elsewhere, or have no step behind them: 'Done' logs nothing.
_NOT_LOGGED: Final = frozenset({ReminderKind.MEDICINE, ReminderKind.CHECK_IN, ReminderKind.OWN, ReminderKind.TIMER_END})
_LEADS_TO: Final[dict[str, LeadsTo]] = {ReminderKind.MEDICINE: "medicines", ReminderKind.CHECK_IN: "check_in"}


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What 'Done' did. ``step_log``: the session that stands for it, None where nothing is logged.

    ``leads_to``: where the thing itself is done. ``was_answered``: it had been answered so before.
    """

    delivery: Delivery
    step_log: StepLog | None
    leads_to: LeadsTo
    was_answered: bool


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One way to be told later. ``at`` (aware UTC) is when; None for 'not today'."""

    code: SnoozeChoice
    at: datetime | None


@dataclass(frozen=True)
class Silence:
    """When a patient wants nothing: in quiet hours, and in a pause until ``paused_until_at``."""

    quiet: Quiet
    paused_until_at: datetime | None

    def kept(self, at: datetime, *, is_held_till_morning: bool) -> datetime | None:
        """Return a moment outside of it, the end of quiet hours for what is held till morning, or None."""
        if self.quiet.covers(at):
            if not is_held_till_morning:
                return None
            at = self.quiet.end_after(at)
        return None if self.paused_until_at is not None and at < self.paused_until_at else at


def silence_of(settings: ReminderSettings, zone: ZoneInfo) -> Silence:
    """Return when a patient wants nothing. ``zone`` is theirs."""
    return Silence(timing.quiet_of(settings, zone), settings.paused_until_at)


@transaction.atomic
def done(delivery: Delivery, *, patient: Patient, now: datetime) -> Answer:
    """Keep 'Done' for a due moment, on whichever channel it was said, and log the step behind it; once.

    No dose is logged, and no check-in: ``leads_to`` says where. A session begun since the moment, or logged since, is
    the one meant. Raises step_logs.Refused, and then nothing is kept.
    """
    Patient.objects.lock(patient.user)
    stored = _stored(delivery, patient)
    leads_to = _LEADS_TO.get(stored.kind, "")
    if stored.done_at is not None:
        return Answer(delivery=stored, step_log=_session(stored, patient), leads_to=leads_to, was_answered=True)
    step_log = _logged(stored, patient, now) if _is_logged(stored.reminder) else None
    _siblings(stored).update(done_at=now)
    _drop_snoozes(stored.reminder, because="already_done")
    stored.done_at = now
    return Answer(delivery=stored, step_log=step_log, leads_to=leads_to, was_answered=False)


@transaction.atomic
def snooze(delivery: Delivery, *, choice: SnoozeChoice, now: datetime) -> datetime | None:
    """Ask for the same message later; return when, or None where none will come: not today, in silence, switched off.

    The series stays where it is. A later message waits on the same channel and in the app, in place of one asked for
    before. Raises ValueError for a choice that is none.
    """
    if choice not in SNOOZE_CHOICES:
        raise ValueError("That is not a choice.")
    patient = Patient.objects.lock(delivery.user)
    if patient is None:
        return None
    patient.user = delivery.user
    stored = _stored(delivery, patient)
    if stored.kind == ReminderKind.TIMER_END or not stored.reminder.is_active:
        return None
    _siblings(stored).update(snoozed_at=now)
    if choice == "not_today":
        _drop_snoozes(stored.reminder, because="not_today")
        _hold_until_tomorrow(stored.reminder, patient, now)
        return None
    silence = silence_of(timing.settings_of(patient.user), patient.zone)
    wanted = _moment(choice, _after_this(patient, now), now)
    at = silence.kept(wanted, is_held_till_morning=stored.reminder.is_held_till_morning)
    return _asked_again(stored, at, now) if at is not None else None


def choices(delivery: Delivery, now: datetime) -> tuple[Choice, ...]:
    """Return the ways to be told later that would bring a message, with their moments; none for the end of a timer."""
    patient: Patient | None = Patient.objects.of(delivery.user).first()
    if patient is None or delivery.kind == ReminderKind.TIMER_END or not delivery.reminder.is_active:
        return ()
    patient.user = delivery.user
    silence = silence_of(timing.settings_of(patient.user), patient.zone)
    ends_at = _after_this(patient, now)
    return offered(silence, is_held_till_morning=delivery.reminder.is_held_till_morning, after_this=ends_at, now=now)


def offered(silence: Silence, *, is_held_till_morning: bool, after_this: datetime, now: datetime) -> tuple[Choice, ...]:
    """Return the ways that bring a message, and 'not today'."""
    found = []
    for code in SNOOZE_CHOICES[:-1]:
        at = silence.kept(_moment(code, after_this, now), is_held_till_morning=is_held_till_morning)
        if at is not None:
            found.append(Choice(code=code, at=at))
    return (*found, Choice(code="not_today", at=None))


def _stored(delivery: Delivery, patient: Patient) -> Delivery:
    """Return the row as it is now that nobody else can answer it."""
    rows = Delivery.objects.of(patient.user).select_related("reminder")
    stored: Delivery = rows.get(pk=delivery.pk)
    return stored


def _siblings(delivery: Delivery) -> QuerySet[Delivery]:
    """Return the same due moment on every channel: who answers one of them has answered all."""
    moment: QuerySet[Delivery] = Delivery.objects.filter(
        user_id=delivery.user_id, reminder_id=delivery.reminder_id, due_at=delivery.due_at
    )
    return moment


def _is_logged(reminder: Reminder) -> bool:
    return bool(reminder.step_key) and reminder.kind not in _NOT_LOGGED


def _logged(delivery: Delivery, patient: Patient, now: datetime) -> StepLog:
    found = _session(delivery, patient)
    if found is not None:
        return found
    live = publishing.live(now)
    step = live.protocol.step(delivery.reminder.step_key)
    if step is None:
        raise step_logs.Refused("no_step")
    episode: Episode | None = Episode.objects.of(patient.user).filter(ended_at=None).first()
    return step_logs.log(
        patient=patient, episode=episode, step=step, edition=live.number, form_id=_form_id(delivery), now=now
    )


def _session(delivery: Delivery, patient: Patient) -> StepLog | None:
    """Return the session that this moment was answered with, or that was begun or logged since; the first of them."""
    key = delivery.reminder.step_key
    if not _is_logged(delivery.reminder):
        return None
    rows = StepLog.objects.of(patient.user).filter(step_key=key)
    since = Q(started_at__gte=delivery.due_at) | Q(created_at__gte=delivery.due_at)
    found: StepLog | None = rows.filter(Q(form_id=_form_id(delivery)) | since).order_by("created_at").first()
    return found


def _form_id(delivery: Delivery) -> uuid.UUID:
    """Return the id that the session of this due moment has, whichever of its channels was answered."""
    return uuid.uuid5(delivery.reminder_id, delivery.due_at.astimezone(UTC).isoformat())


def _moment(choice: SnoozeChoice, after_this: datetime, now: datetime) -> datetime:
    if choice == "15_minutes":
        return now + timedelta(minutes=15)
    return now + timedelta(hours=1) if choice == "1_hour" else after_this


def _after_this(patient: Patient, now: datetime) -> datetime:
    return after_running(step_logs.running(patient.user, now), now)


def after_running(running: StepLog | None, now: datetime) -> datetime:
    """Return when what the patient is doing now ends: a timer that runs, or half an hour."""
    return now + AFTER_THIS if running is None else step_logs.ends_at(running)


def _asked_again(delivery: Delivery, at: datetime, now: datetime) -> datetime:
    waiting = Delivery.objects.filter(reminder_id=delivery.reminder_id, is_snooze=True).pending()
    same: Delivery | None = waiting.filter(due_at__gt=at - _SAME_TAP, due_at__lte=at).first()
    if same is not None:
        return same.due_at
    _drop_snoozes(delivery.reminder, because="newer_one")
    for channel in dict.fromkeys((delivery.channel, "app")):
        # The same moment may have been asked for before, and called off since.
        Delivery.objects.filter(
            reminder_id=delivery.reminder_id,
            due_at=at,
            channel=channel,
            status=DeliveryStatus.SKIPPED,
            is_snooze=True,
        ).delete()
        Delivery.objects.get_or_create(
            reminder_id=delivery.reminder_id,
            channel=channel,
            due_at=at,
            defaults={
                "user_id": delivery.user_id,
                "kind": delivery.kind,
                "useful_until": at + reminder_rules.useful_for(delivery.kind),
                "created_at": now,
                "next_try_at": at,
                "is_snooze": True,
            },
        )
    return at


def _drop_snoozes(reminder: Reminder, *, because: str) -> None:
    """Call off the later messages that nobody has begun to send."""
    waiting = Delivery.objects.filter(reminder_id=reminder.pk, is_snooze=True, handed_over_at=None).pending()
    waiting.update(status=DeliveryStatus.SKIPPED, reason=because)


def _hold_until_tomorrow(reminder: Reminder, patient: Patient, now: datetime) -> None:
    reminder.not_before_at = day_bounds(local_day(now, patient.zone), patient.zone)[1]
    # A moment that has come already stays: the sender says what became of it.
    if reminder.is_active and (reminder.next_due_at is None or reminder.next_due_at > now):
        reminder.next_due_at = timing.next_due(
            reminder, settings=timing.settings_of(patient.user), zone=patient.zone, after=now
        )
    reminder.save(update_fields=["not_before_at", "next_due_at"])

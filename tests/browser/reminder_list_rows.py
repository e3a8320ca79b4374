"""Reminders for the browser tests of the list, made inside the site by ``SiteShell``: plain values in and out."""

from datetime import timedelta

from django.utils import timezone

from backspasm.models import User
from tests.tracker.reminders.reminder_rows import make_delivery, make_reminder
from tracker.models import Delivery, Episode, Medicine, Patient, Reminder, SenderBeat

MINUTE = timedelta(minutes=1)


def _patient(email: str) -> Patient:
    patient: Patient = Patient.objects.get(user__email=email)
    patient.user = User.objects.get(email=email)
    return patient


def fill(email: str) -> None:
    """Give a patient one reminder of each group, a log of two pages, and one that is due now."""
    patient, now = _patient(email), timezone.now()
    times = {"created_at": now - timedelta(days=3), "changed_at": now - timedelta(days=3), "edition": 1}
    zone = {"time_zone": patient.time_zone, **times}
    episode = Episode.objects.of(patient.user).filter(ended_at=None).first()
    ice = make_reminder(
        patient,
        kind="ice",
        step_key="ice_on_back",
        also_step_keys=["legs_raised"],
        episode=episode,
        counts_from_at=now,
        next_due_at=now + 120 * MINUTE,
        until_at=now + timedelta(hours=30),
        **zone,
    )
    daily = {"recurrence": "at_times", "times": ["08:00", "18:00"], "next_due_at": now + timedelta(days=1), **zone}
    make_reminder(patient, kind="stretch", step_key="daily_stretching", **daily)
    make_reminder(patient, kind="own", label="Water the plants", is_active=False, **{**daily, "next_due_at": None})
    for medicine in Medicine.objects.of(patient.user)[:1]:
        make_reminder(patient, kind="medicine", medicine=medicine, **daily)
    outcomes = [("skipped", "already_done"), ("missed", "too_late"), ("failed", "mail_refused"), ("pending", "")]
    for number in range(60):
        status, reason = outcomes[number % len(outcomes)]
        at = now - (number + 2) * 60 * MINUTE
        # What waits is held, so that a sender beside the site leaves it alone.
        make_delivery(ice, due_at=at, status=status, reason=reason, leased_until=now + timedelta(days=9))
    come(email, "Fill the bottle", minutes_ago=5)
    beat(0)


def beat(minutes_ago: int) -> None:
    """Write that the sender was at work so long ago."""
    SenderBeat.objects.update_or_create(pk=1, defaults={"beat_at": timezone.now() - minutes_ago * MINUTE})


def come(email: str, label: str, minutes_ago: int = 0) -> None:
    """Let a reminder with this label be sent now, or so long ago; one is made where there is none."""
    patient, now = _patient(email), timezone.now()
    found = (row for row in Reminder.objects.of(patient.user).filter(kind="own") if row.label == label)
    reminder = next(found, None) or make_reminder(
        patient, label=label, counts_from_at=now, next_due_at=now + 120 * MINUTE, time_zone=patient.time_zone
    )
    at = now - minutes_ago * MINUTE
    make_delivery(reminder, due_at=at, channel="app", status="sent", sent_at=at)


def answered(email: str) -> list[str]:
    """Return the labels of the reminders whose deliveries were said to be done, oldest answer first."""
    rows = Delivery.objects.of(_patient(email).user).exclude(done_at=None).select_related("reminder")
    return [row.reminder.label for row in rows.order_by("done_at")]


def zone_of(email: str) -> str:
    """Return the patient's time zone."""
    return _patient(email).time_zone

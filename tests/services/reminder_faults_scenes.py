"""Scenes of reminders: what is there before a fault, and what is found after it. Played in the stage's processes."""

import base64
import uuid
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.db.models import F
from django.utils import timezone

from backspasm.models import User
from tests.tracker.reminders import due_row_check
from tests.tracker.reminders.reminder_rows import make_reminder
from tracker.models import (
    AgeBand,
    Consent,
    Delivery,
    EmergencyCheck,
    Hold,
    Patient,
    PushDevice,
    Recurrence,
    Reminder,
    ReminderSettings,
    SenderBeat,
)

Found = Any
MOMENTS: Final = ("leased_until", "dispatched_until", "next_try_at")


def clean() -> None:
    """Forget every patient."""
    User.objects.all().delete()
    SenderBeat.objects.all().delete()


def patient(now: datetime) -> User:
    """A new patient without quiet hours: tests run at any time of day."""
    user = User.objects.create(email=f"{uuid.uuid4().hex}@example.org", password="!")
    consent = Consent.objects.create(user=user, version="1", given_at=now - timedelta(days=30))
    Patient.objects.create(
        user=user,
        consent=consent,
        time_zone="UTC",
        age_band=AgeBand.FROM_18,
        is_pregnant=False,
        has_reduced_feeling=False,
        avoids_exercise=False,
        avoids_anti_inflammatories=False,
        has_weak_bones=False,
        set_up_at=now - timedelta(days=30),
    )
    ReminderSettings.objects.create(user=user, quiet_from=time(0), quiet_to=time(0))
    return user


def device(user: User, endpoint: str, now: datetime) -> None:
    """A browser that takes push messages at ``endpoint``."""
    assert settings.PUSH_KEY is not None
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    point = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    PushDevice.objects.create(
        user=user,
        address=endpoint,
        public_key=base64.urlsafe_b64encode(point).decode().rstrip("="),
        auth_secret=base64.urlsafe_b64encode(bytes(16)).decode().rstrip("="),
        address_hash=uuid.uuid4().hex,
        server_key=settings.PUSH_KEY.public,
        name="A browser",
        created_at=now,
    )


def remind(
    *,
    count: int = 1,
    kind: str = "own",
    channels: tuple[str, ...] = ("email",),
    every_minutes: int = 240,
    due_seconds_ago: int = 5,
    push: str = "",
) -> Found:
    """Make patients with one reminder each; return ids and addresses. ``push``: where their browsers listen."""
    now = timezone.now().replace(microsecond=0)
    made = []
    for _ in range(count):
        user = patient(now)
        if push:
            device(user, f"{push}/{user.pk.hex}", now)
        made.append(wish(user, kind, channels, every_minutes, now - timedelta(seconds=due_seconds_ago)))
    return [{"reminder": str(one.pk), "to": one.user.email, "path": f"/{one.user.pk.hex}"} for one in made]


def remind_of_everything() -> None:
    """Make a reminder for each column that one may have, and a patient who is held."""
    now = timezone.now()
    user = patient(now)
    for columns in due_row_check.every_column(now):
        make_reminder(Patient.objects.get(user=user), **{"next_due_at": now, **columns})
    held = patient(now)
    check = EmergencyCheck.objects.create(user=held, because="patient", answers={"E1": "yes"}, edition=1, asked_at=now)
    Hold.objects.create(user=held, check_made=check, codes=["E1"], set_at=now)
    make_reminder(Patient.objects.get(user=held), next_due_at=now)


def differences() -> Found:
    """What a claim reads otherwise than the models do."""
    return due_row_check.differences(timezone.now())


def wish(user: User, kind: str, channels: tuple[str, ...], every_minutes: int, due_at: datetime) -> Reminder:
    """A reminder whose moment is ``due_at``, then every so many minutes."""
    made: Reminder = Reminder.objects.create(
        user=user,
        kind=kind,
        label="In my own words" if kind == "own" else "",
        edition=1,
        recurrence=Recurrence.EVERY,
        every_minutes=every_minutes,
        counts_from_at=due_at - timedelta(minutes=every_minutes),
        time_zone="UTC",
        channels=list(channels),
        next_due_at=due_at,
        created_at=due_at - timedelta(days=2),
        changed_at=due_at - timedelta(days=2),
    )
    return made


def rows() -> Found:
    """Every delivery, in the order of its moment."""
    return [
        {
            "reminder": str(row.reminder_id),
            "to": row.user.email,
            "channel": row.channel,
            "due_at": row.due_at,
            "status": row.status,
            "reason": row.reason,
            "tries": row.tries,
            "is_second_try": row.is_second_try,
            "was_handed_over": row.handed_over_at is not None,
        }
        for row in Delivery.objects.select_related("user").order_by("due_at", "reminder_id", "channel")
    ]


def still_due(*, shift: float = 0) -> Found:
    """How many reminders wait to be claimed, ``shift`` seconds from now."""
    return Reminder.objects.due(timezone.now() + timedelta(seconds=shift)).count()


def stopped() -> Found:
    """Why the e-mails of each patient were stopped."""
    return sorted(ReminderSettings.objects.values_list("email_stopped_because", flat=True))


def devices() -> Found:
    """How many browsers take push messages."""
    return PushDevice.objects.count()


def grow_old(*, seconds: float) -> None:
    """Let time pass for processes that have a clock of their own: move what was written into the past."""
    past = timedelta(seconds=seconds)
    Delivery.objects.filter(status="pending").update(**{name: F(name) - past for name in MOMENTS})


PLAYS: Final[dict[str, Callable[..., Found]]] = {
    "clean": clean,
    "remind": remind,
    "remind_of_everything": remind_of_everything,
    "differences": differences,
    "rows": rows,
    "still_due": still_due,
    "stopped": stopped,
    "devices": devices,
    "grow_old": grow_old,
}

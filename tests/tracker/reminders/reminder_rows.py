"""Makes valid reminders and deliveries, and a channel that only remembers; a test states only what matters to it."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from tests.tracker.make import NOW
from tracker import emergencies
from tracker.models import AskedBecause, Delivery, Episode, Patient, Recurrence, Reminder, ReminderKind
from tracker.reminders.channels.message import Address, DeliveryError, Message
from tracker.safety import MEDICINE_CODE, Answer


def make_reminder(patient: Patient, **fields: Any) -> Reminder:
    """A wish to be told by e-mail every two hours, due at noon UTC of the fixed clock."""
    values: dict[str, Any] = {
        "kind": ReminderKind.OWN,
        "edition": 1,
        "recurrence": Recurrence.EVERY,
        "time_zone": "Europe/Paris",
        "channels": ["email"],
        "next_due_at": NOW,
        "created_at": NOW - timedelta(days=1),
        "changed_at": NOW - timedelta(days=1),
        **fields,
    }
    if values["recurrence"] == Recurrence.EVERY:
        values = {"every_minutes": 120, "counts_from_at": NOW - timedelta(hours=2), **values}
    reminder: Reminder = Reminder.objects.create(user=patient.user, **values)
    return reminder


def make_delivery(reminder: Reminder, **fields: Any) -> Delivery:
    """A due moment by e-mail, at noon UTC of the fixed clock, that waits to be sent."""
    due_at: datetime = fields.pop("due_at", NOW)
    values: dict[str, Any] = {
        "kind": reminder.kind,
        "channel": "email",
        "due_at": due_at,
        "useful_until": due_at + timedelta(hours=2),
        "created_at": due_at,
        "next_try_at": due_at,
        **fields,
    }
    delivery: Delivery = Delivery.objects.create(user_id=reminder.user_id, reminder=reminder, **values)
    return delivery


def answer_sign(patient: Patient, code: str, said: Answer, now: datetime, episode: Episode | None = None) -> None:
    """Let the patient answer one emergency sign, where that sign is asked."""
    emergencies.answer(
        user=patient.user,
        episode=episode,
        because=AskedBecause.MEDICINE if code == MEDICINE_CODE else AskedBecause.PATIENT,
        answers={code: said},
        rest_is_no=False,
        form_id=uuid.uuid4(),
        edition=1,
        now=now,
    )


def hold(patient: Patient, now: datetime, *, answer: Answer = "yes", episode: Episode | None = None) -> None:
    """Let the patient answer the first emergency sign with 'yes' or 'not_sure'."""
    answer_sign(patient, "E1", answer, now, episode)


class FakeChannel:
    """Remembers what it was given; each send meets the next of ``troubles``, if one is left (None: it goes well)."""

    def __init__(self, *troubles: BaseException | None) -> None:
        self.sent: list[tuple[Message, Address]] = []
        self.tried: list[tuple[Message, Address]] = []
        self.opened = 0
        self.troubles = list(troubles)

    @property
    def messages(self) -> list[Message]:
        """What went out."""
        return [message for message, _address in self.sent]

    @contextmanager
    def batch(self) -> "Iterator[FakeChannel]":
        """Count how often it was opened."""
        self.opened += 1
        yield self

    def send(self, message: Message, address: Address) -> None:
        """Keep the message, unless a trouble is next."""
        self.tried.append((message, address))
        trouble = self.troubles.pop(0) if self.troubles else None
        # What may have been taken counts as sent: it is what a patient can see twice.
        if trouble is None or (isinstance(trouble, DeliveryError) and trouble.trouble == "unknown"):
            self.sent.append((message, address))
        if trouble is not None:
            raise trouble

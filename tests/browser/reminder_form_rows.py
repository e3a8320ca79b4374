"""What the journeys of a reminder ask of the database, run inside the site by ``SiteShell``."""

from typing import Any

from backspasm.models import User
from tracker.models import Reminder


def reminders(email: str) -> list[list[Any]]:
    """Return kind, words, interval, times, and whether it is on and has ended, of each reminder of a patient."""
    rows = Reminder.objects.of(User.objects.get(email=email)).order_by("created_at", "kind")
    return [
        [row.kind, row.label, row.every_minutes, row.times, row.is_active, row.ended_at is not None] for row in rows
    ]


def forget_the_advice(email: str) -> str:
    """Make the patient's reminder one of an older care plan; return its id."""
    reminder = Reminder.objects.of(User.objects.get(email=email)).get()
    reminder.protocol_number = 0
    reminder.save(update_fields=["protocol_number"])
    return str(reminder.pk)

"""The rows of the way from end to end: browsers to push to, reminders spread over a minute, how late they were."""

import base64
import os
import uuid
from collections import Counter
from datetime import timedelta
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.db import connection
from django.utils import timezone

from tests.bench import reminders_fill
from tracker.models import Delivery, PushDevice, Reminder

PUSH_URL: Final = "BENCH_PUSH_URL"  # names the variable with the address of the push service
SECONDS_AHEAD: Final = 20  # until the first is due: workers start meanwhile


def add_devices() -> None:
    """Give a browser to everybody who is reminded by push."""
    assert settings.PUSH_KEY is not None
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    point = base64.urlsafe_b64encode(key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)).decode()
    now = timezone.now()
    PushDevice.objects.all()._raw_delete(connection.alias)
    users = Reminder.objects.filter(channels=["webpush"]).values_list("user_id", flat=True).distinct()
    PushDevice.objects.bulk_create(
        (
            PushDevice(
                user_id=user,
                address=f"{os.environ[PUSH_URL]}/{user}",
                public_key=point.rstrip("="),
                auth_secret=base64.urlsafe_b64encode(bytes(16)).decode().rstrip("="),
                address_hash=uuid.uuid4().hex,
                server_key=settings.PUSH_KEY.public,
                name="A browser",
                created_at=now,
            )
            for user in users
        ),
        batch_size=2000,
    )


def spread(count: str) -> dict[str, Any]:
    """Store reminders that fall due evenly over one minute, half by mail, half by push. PostgreSQL only."""
    reminders_fill.empty()
    kinds, channels = ("own",), ("email", "webpush")
    reminders_fill.fill(count=int(count), due=int(count), now=timezone.now(), kinds=kinds, channels=channels)
    add_devices()
    first = timezone.now() + timedelta(seconds=SECONDS_AHEAD)
    numbered = "SELECT id, row_number() OVER (ORDER BY id) AS number FROM tracker_reminder"
    moved = "UPDATE tracker_reminder SET next_due_at = %s + numbered.number * %s * interval '1 second'"
    with connection.cursor() as cursor:
        step = 60 / int(count)
        cursor.execute(f"{moved} FROM ({numbered}) AS numbered WHERE tracker_reminder.id = numbered.id", [first, step])
        cursor.execute("ANALYZE tracker_reminder")
    return {"seconds_ahead": SECONDS_AHEAD}


def lateness() -> dict[str, Any]:
    """Return what became of all, and the seconds from due to sent: p50, p95 and the most."""
    outcomes = Counter(Delivery.objects.values_list("status", flat=True))
    times = Delivery.objects.filter(status="sent").values_list("due_at", "sent_at")
    late = sorted((sent_at - due_at).total_seconds() for due_at, sent_at in times) or [0.0]
    shares = {"p50": len(late) // 2, "p95": len(late) * 95 // 100, "most": len(late) - 1}
    again = Delivery.objects.filter(is_second_try=True).count()
    return {**outcomes, "second_tries": again, **{name: late[place] for name, place in shares.items()}}

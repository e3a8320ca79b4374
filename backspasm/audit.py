"""The audit log: who did what to which account or record, in ids. Never a score, a note, a token or an address."""

import uuid
from datetime import datetime, timedelta
from typing import Final

from backspasm.models import AuditEvent, User

KEPT: Final = timedelta(days=365)
SHOWN_TO_THE_PERSON: Final = timedelta(days=90)


def record(
    *,
    event: str,
    now: datetime,
    actor: uuid.UUID | None,
    subject: uuid.UUID | None,
    kind: str = "",
    object_id: str = "",
    result: str = "ok",
) -> None:
    """Add one event at ``now`` (aware UTC). ``actor`` is None where nobody was signed in."""
    AuditEvent.objects.create(
        event=event, at=now, actor=actor, subject=subject, kind=kind, object_id=object_id, result=result
    )


def recent(user: User, *, now: datetime) -> list[AuditEvent]:
    """Return what happened to a person's account in the last 90 days, newest first."""
    return list(AuditEvent.objects.about(user).filter(at__gt=now - SHOWN_TO_THE_PERSON)[:200])


def forget_old(*, now: datetime) -> int:
    """Delete events older than 12 months; return how many."""
    deleted, _by_model = AuditEvent.objects.filter(at__lt=now - KEPT).delete()
    return int(deleted)

"""Who holds a Delivery, and the one statement that lets it out. Any number of senders may run: the lease decides."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Q

from tracker.models import Delivery, Hold, Patient
from tracker.reminders import statements
from tracker.reminders.statements import Leaving

LEASE: Final = timedelta(minutes=2)
# A channel whose server is away is left alone for so long.
LEFT_ALONE: Final = timedelta(minutes=1)


@dataclass(frozen=True)
class Lease:
    """The right to send some Deliveries, for two minutes from the last time it was used."""

    key: uuid.UUID
    deliveries: tuple[Delivery, ...]


def free(now: datetime) -> Any:
    """Return pending Deliveries that may be tried at ``now`` and that no sender holds."""
    return (
        Delivery.objects.pending().filter(next_try_at__lte=now).filter(Q(leased_until=None) | Q(leased_until__lte=now))
    )


def take(ids: Sequence[uuid.UUID], *, now: datetime) -> Lease:
    """Lease what is still free of ``ids``; what another sender was quicker with is left out."""
    key = uuid.uuid4()
    with transaction.atomic():
        # Rows that another sender is about to take are passed over, so that two of them never wait for each other.
        mine = list(free(now).filter(pk__in=ids).select_for_update(skip_locked=True).values_list("pk", flat=True))
        Delivery.objects.filter(pk__in=mine).update(lease=key, leased_until=now + LEASE)
    rows = Delivery.objects.filter(pk__in=mine).select_related("reminder", "user").defer("reminder__label")
    return Lease(key, tuple(rows.order_by("due_at", "pk")))


def hand_over(deliveries: Sequence[Delivery], *, lease: uuid.UUID, now: datetime) -> int:
    """Write that these leave now, as one message; return how many may.

    One statement asks whether the lease is still ours, whether the patient agrees, and whether no emergency answer is
    open: one that was stored before it stops the message. The lease begins anew.
    """
    return statements.hand_over(leaving(deliveries, now), lease=lease)


def leaving(deliveries: Sequence[Delivery], now: datetime) -> Leaving:
    """Return what is written of these just before they leave at ``now`` as one message."""
    first = deliveries[0]
    return Leaving(
        ids=[delivery.pk for delivery in deliveries],
        batch=first.batch or first.pk,
        is_second_try=first.is_second_try,
        now=now,
        leased_until=now + LEASE,
    )


def why_stopped(user_id: uuid.UUID) -> str:
    """Return what the statement above refused: held, no_consent, or '' where another sender was quicker."""
    if Hold.objects.filter(user_id=user_id, lifted_at=None).exists():
        return "held"
    return "" if Patient.objects.agreeing().filter(user_id=user_id).exists() else "no_consent"


def keep(deliveries: Sequence[Delivery], *, lease: uuid.UUID, reached: Sequence[str], now: datetime) -> bool:
    """Hold a message that goes to several devices a little longer, and keep which of them have it.

    False where another sender has taken it.
    """
    rows = ours(deliveries, lease)
    return bool(rows.update(leased_until=now + LEASE, reached=list(reached)))


def ours(deliveries: Iterable[Delivery], lease: uuid.UUID) -> Any:
    """Return those that are still to be sent and still held under ``lease``."""
    return Delivery.objects.pending().filter(pk__in=[delivery.pk for delivery in deliveries], lease=lease)


def give_back(deliveries: Iterable[Delivery], *, lease: uuid.UUID) -> None:
    """Let go of what was not tried, so that anybody may send it."""
    ids = [delivery.pk for delivery in deliveries]
    if ids:
        rows = Delivery.objects.pending().filter(pk__in=ids, lease=lease)
        rows.update(lease=None, leased_until=None, dispatched_until=None)


def leave_alone(channel: str, *, now: datetime) -> None:
    """Put off whatever waits for a channel whose server is away; it costs none of the tries."""
    free(now).filter(channel=channel).update(next_try_at=now + LEFT_ALONE, dispatched_until=None)

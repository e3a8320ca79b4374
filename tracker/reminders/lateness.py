"""How late messages leave, for the staff page."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import DurationField, ExpressionWrapper, F

from tracker.models import Delivery, DeliveryStatus


@dataclass(frozen=True)
class Lateness:
    """Half of ``count`` messages left within ``p50`` of their moment, 95 in a hundred within ``p95``.

    Both are None where there is no message.
    """

    count: int
    p50: timedelta | None
    p95: timedelta | None


def of_sent(*, since: datetime, channel: str = "") -> Lateness:
    """Return how late the Deliveries were that left after ``since`` (aware UTC), on one channel or on all."""
    rows = Delivery.objects.filter(status=DeliveryStatus.SENT, sent_at__gt=since)
    if channel:
        rows = rows.filter(channel=channel)
    late = ExpressionWrapper(F("sent_at") - F("due_at"), output_field=DurationField())
    ordered = rows.annotate(late=late).order_by("late").values_list("late", flat=True)
    count = rows.count()
    return Lateness(count, _at(ordered, count, 50), _at(ordered, count, 95))


def _at(ordered: Any, count: int, percent: int) -> timedelta | None:
    """Return the smallest value that so many in a hundred do not exceed."""
    if not count:
        return None
    place = (count * percent + 99) // 100 - 1
    late: timedelta | None = ordered[place : place + 1].first()
    return late

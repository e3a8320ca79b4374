"""Deletes what is of no use any more: old deliveries, and links in messages that are over."""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q

from tracker.models import Delivery, DeliveryStatus, MessageLink

KEPT: Final = timedelta(days=180)


def forget_old(*, now: datetime) -> tuple[int, int]:
    """Delete deliveries due more than 180 days ago and links that are over; return how many of each.

    What still waits to be sent stays. ``now`` is aware UTC.
    """
    links = MessageLink.objects.filter(expires_at__lte=now)
    link_count: int = links.delete()[0]
    old = Delivery.objects.filter(due_at__lt=now - KEPT).filter(~Q(status=DeliveryStatus.PENDING))
    count = old.count()
    old.delete()
    return count, link_count

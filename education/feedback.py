"""Stores answers, holds back floods, forgets texts. Keeps no address: a hash with a salt of the day, for an hour."""

import hashlib
import ipaddress
import secrets
from datetime import datetime, timedelta
from typing import Final

from backspasm import shared_cache
from education.models import Feedback

ANSWERS_PER_HOUR: Final = 10
TEXTS_KEPT_FOR: Final = timedelta(days=365)
_SALT_SECONDS: Final = 2 * 24 * 3600
_HOUR_SECONDS: Final = 3600


def is_within_limit(address: str, *, now: datetime) -> bool:
    """Count one more answer from ``address`` this hour; False from the eleventh on.

    Raises CounterUnavailable where the counter cannot be kept: then nothing is accepted.
    """
    salt = shared_cache.agreed(f"feedback-salt-{now:%Y-%m-%d}", secrets.token_hex(), seconds=_SALT_SECONDS)
    name = hashlib.sha256(f"{salt}{_network(address)}".encode()).hexdigest()
    key = f"feedback-{now:%Y%m%d%H}-{name}"
    return shared_cache.take_place(key, places=ANSWERS_PER_HOUR, seconds=_HOUR_SECONDS)


def _network(address: str) -> str:
    # One home or phone has a whole /64 of IPv6 to write from.
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return address
    return str(ipaddress.ip_network((found, 64), strict=False))


def store(*, page: str, edition: int, helped: bool, comment: str, now: datetime) -> Feedback:
    """Store one answer; texts older than 12 months go at the same time."""
    forget_old_texts(now=now)
    return Feedback.objects.create(page=page, edition=edition, helped=helped, comment=comment, given_at=now)


def forget_old_texts(*, now: datetime) -> int:
    """Empty the comments given more than 12 months ago. Returns how many; harmless when run twice."""
    return Feedback.objects.filter(given_at__lt=now - TEXTS_KEPT_FOR).exclude(comment="").update(comment="")

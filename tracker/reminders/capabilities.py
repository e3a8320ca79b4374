"""Tokens of the links in messages. Each derives from a secret and its row, and only its hash is stored.

So a message that is tried again carries the same link, and the link is kept nowhere. Whoever knows a token may do the
one thing it is for; it signs nobody in.
"""

import base64
import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils.crypto import salted_hmac

from backspasm.models import User
from tracker.models import Delivery, MessageLink, Patient, StopLink

# A message can be answered for so long after it was of use.
ANSWERED_WITHIN: Final = timedelta(hours=24)
_LONGEST: Final = 100


def message_token(delivery: Delivery) -> str:
    """Return the token of the page of a message, the same whenever it is asked for."""
    return _derived("message", delivery.pk)


def remember_message_link(delivery: Delivery, *, now: datetime) -> None:
    """Let the link of a delivery work until 24 hours after it was of use. Doing it twice changes nothing."""
    remember_message_links([delivery], now=now)


def remember_message_links(deliveries: Iterable[Delivery], *, now: datetime) -> None:
    """Do so for many, in one statement."""
    rows = [
        MessageLink(
            user_id=delivery.user_id,
            delivery=delivery,
            token_hash=hash_of(message_token(delivery)),
            created_at=now,
            expires_at=max(delivery.useful_until, now) + ANSWERED_WITHIN,
        )
        for delivery in deliveries
    ]
    MessageLink.objects.bulk_create(rows, ignore_conflicts=True)


def message_deliveries(token: str, *, now: datetime) -> list[Delivery] | None:
    """Return what a message was about, earliest first, each with its reminder and user.

    None for a token that is unknown or over, or of somebody who no longer agrees or is gone.
    """
    link = _live(MessageLink.objects.filter(expires_at__gt=now), token, "delivery")
    if link is None:
        return None
    first: Delivery = link.delivery
    rows = Delivery.objects.of(link.user).filter(channel=first.channel)
    rows = rows.filter(pk=first.pk) if first.batch is None else rows.filter(batch=first.batch)
    return list(rows.select_related("reminder", "user").order_by("due_at", "pk"))


def stop_token(user: User) -> str:
    """Return the token of the link that stops this person's e-mails, the same whenever it is asked for."""
    return _derived("stop", user.pk)


def remember_stop_link(user: User, *, now: datetime) -> None:
    """Let that link work, for good. Doing it twice changes nothing."""
    remember_stop_links([user], now=now)


def remember_stop_links(users: Iterable[User], *, now: datetime) -> None:
    """Do so for many, in one statement."""
    rows = [StopLink(user=user, token_hash=hash_of(stop_token(user)), created_at=now) for user in users]
    StopLink.objects.bulk_create(rows, ignore_conflicts=True)


def user_of_stop(token: str) -> User | None:
    """Return whose e-mails a token stops, or None: unknown, or an account that is gone."""
    link: StopLink | None = _found(StopLink.objects.all(), token).select_related("user").first()
    return link.user if link is not None and link.user.is_active else None


def hash_of(token: str) -> str:
    """Return what is stored of a token."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()


def _found(links: Any, token: str) -> Any:
    return links.filter(token_hash=hash_of(token)) if len(token) <= _LONGEST else links.none()


def _live(links: Any, token: str, *related: str) -> Any:
    link = _found(links, token).select_related("user", *related).first()
    if link is None or not link.user.is_active:
        return None
    return link if Patient.objects.of(link.user).agreeing().exists() else None


def _derived(purpose: str, key: object) -> str:
    # 256 bits, of a secret that each purpose has for itself.
    digest = salted_hmac(f"tracker.reminders.{purpose}-link", str(key), algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

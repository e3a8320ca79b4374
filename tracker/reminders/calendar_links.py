"""The private address that a calendar reads. Keeps no token, only its hash; a new link ends the one before."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from backspasm import audit, shared_cache, site
from backspasm.models import User
from tracker.models import CalendarFeed, Patient
from tracker.reminders.capabilities import hash_of

FETCHES: Final = 60
_TOKEN_BYTES: Final = 32
_LONGEST: Final = 100
_HOUR_SECONDS: Final = 3600
_KIND: Final = "calendar_feed"


@dataclass(frozen=True, kw_only=True)
class CalendarBox:
    """What the box about the calendar shows. ``made_at``: of the link that works, None where there is none.

    ``address`` and ``webcal`` are full addresses, known only just after the link was made.
    """

    made_at: datetime | None
    address: str = ""
    webcal: str = ""


@transaction.atomic
def make(*, patient: Patient, now: datetime) -> str:
    """Make a link and end the one before; return its token, which nobody can find again."""
    Patient.objects.lock(patient.user)
    _standing(patient.user).update(revoked_at=now)
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    feed: CalendarFeed = CalendarFeed.objects.create(user=patient.user, token_hash=hash_of(token), created_at=now)
    _record("calendar_link.made", feed, now)
    return token


@transaction.atomic
def end(*, patient: Patient, now: datetime) -> bool:
    """End the link at once. Returns False where none worked."""
    Patient.objects.lock(patient.user)
    feed = _standing(patient.user).first()
    if feed is None:
        return False
    feed.revoked_at = now
    feed.save(update_fields=["revoked_at"])
    _record("calendar_link.ended", feed, now)
    return True


def feed_for(token: str) -> CalendarFeed | None:
    """Return the feed of a token, with its user; None: unknown, ended, or of somebody who no longer agrees or is gone.

    A link made before the consent that stands now was given is not taken up again.
    """
    if len(token) > _LONGEST:
        return None
    rows = CalendarFeed.objects.filter(token_hash=hash_of(token), revoked_at=None, user__is_active=True)
    feed: CalendarFeed | None = rows.select_related("user").first()
    return feed if feed is not None and _is_agreed(feed) else None


def box(user: User, *, token: str = "") -> CalendarBox:
    """Return what the box shows; with the ``token`` of a link that was just made, its addresses too."""
    feed = _standing(user).first()
    made_at = feed.created_at if feed is not None and _is_agreed(feed) else None
    if not token:
        return CalendarBox(made_at=made_at)
    address = site.absolute(reverse("calendar_feed", args=[token]))
    return CalendarBox(made_at=made_at, address=address, webcal=f"webcal:{address.partition(':')[2]}")


def may_fetch(feed: CalendarFeed, *, now: datetime) -> bool:
    """Count one more fetch; False from the sixty-first in an hour on. Raises CounterUnavailable."""
    hashed = hashlib.sha256(str(feed.pk).encode()).hexdigest()
    return shared_cache.take_place(f"calendar-{now:%Y%m%d%H}-{hashed}", places=FETCHES, seconds=_HOUR_SECONDS)


def _standing(user: User) -> QuerySet[CalendarFeed]:
    feeds: QuerySet[CalendarFeed] = CalendarFeed.objects.of(user).filter(revoked_at=None)
    return feeds


def _is_agreed(feed: CalendarFeed) -> bool:
    patients = Patient.objects.filter(user_id=feed.user_id).exclude(set_up_at=None)
    return patients.filter(consent__withdrawn_at=None, consent__given_at__lte=feed.created_at).exists()


def _record(event: str, feed: CalendarFeed, now: datetime) -> None:
    owner = feed.user_id
    audit.record(event=event, now=now, actor=owner, subject=owner, kind=_KIND, object_id=str(feed.pk))

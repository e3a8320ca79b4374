"""Read-only links to the visit sheet. Keeps no token, only its hash; every making, ending and opening is audited."""

import hashlib
import secrets
import uuid
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Count, QuerySet

from backspasm import audit
from backspasm.models import User
from tracker.models import Patient, VisitLink, VisitOpening

HOURS: Final = (24, 72, 168)
WORKING_AT_MOST: Final = 5
LISTED: Final = 20
_TOKEN_BYTES: Final = 32
_KIND: Final = "visit_link"


class AlreadyMade(Exception):
    """The form was sent before: its link was shown then, and cannot be shown again."""


class TooMany(Exception):
    """As many links work as may; one of them has to be ended first."""


def make(*, patient: Patient, hours: int, form_id: uuid.UUID, now: datetime) -> str:
    """Make a link that works for ``hours`` (one of HOURS) from ``now``; return its token, which nobody can find again.

    Raises AlreadyMade, TooMany, and ValueError for other hours.
    """
    if hours not in HOURS:
        raise ValueError("That is none of the choices.")
    user = patient.user
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    values = {"token_hash": _hash(token), "created_at": now, "expires_at": now + timedelta(hours=hours)}
    with transaction.atomic():
        Patient.objects.lock(user)
        if VisitLink.objects.of(user).filter(form_id=form_id).exists():
            raise AlreadyMade
        if _working(user, now).count() >= WORKING_AT_MOST:
            raise TooMany
        try:
            with transaction.atomic():
                link = VisitLink.objects.create(user=user, form_id=form_id, **values)
        except IntegrityError as error:
            raise AlreadyMade from error
        _record("visit_link.made", link, actor=user.pk, now=now)
    return token


def listed(user: User, *, now: datetime) -> list[Any]:
    """Return a person's latest links, newest first, each with ``times_opened``, ``is_working`` and its openings."""
    links: list[Any] = list(
        VisitLink.objects.of(user)
        .annotate(times_opened=Count("openings"))
        .prefetch_related("openings")
        .order_by("-created_at")[:LISTED]
    )
    for link in links:
        link.is_working = link.revoked_at is None and link.expires_at > now
    return links


def revoke(*, user: User, link: VisitLink, now: datetime) -> bool:
    """End a link at once. Returns False where it did not work any more."""
    with transaction.atomic():
        if not _working(user, now).filter(pk=link.pk).update(revoked_at=now):
            return False
        _record("visit_link.revoked", link, actor=user.pk, now=now)
    return True


def working(token: str, *, now: datetime) -> VisitLink | None:
    """Return the link of a token, or None: unknown, over, ended, or of somebody who no longer agrees or is gone."""
    links = VisitLink.objects.filter(token_hash=_hash(token), revoked_at=None, expires_at__gt=now)
    link: VisitLink | None = links.filter(user__is_active=True).select_related("user").first()
    if link is None or _patient_of(link) is None:
        return None
    return link


def open_it(*, link: VisitLink, now: datetime) -> Patient | None:
    """Note that a link was opened and return whose sheet to show; None where it has just ended."""
    with transaction.atomic():
        if not _working(link.user, now).filter(pk=link.pk).exists():
            return None
        patient = _patient_of(link)
        if patient is None:
            return None
        VisitOpening.objects.create(user=link.user, link=link, opened_at=now)
        _record("visit_link.opened", link, actor=None, now=now)
    return patient


def _patient_of(link: VisitLink) -> Patient | None:
    """Return whose link it is, while the consent stands."""
    patients = Patient.objects.of(link.user).agreeing()
    patient: Patient | None = patients.exclude(set_up_at=None).first()
    if patient is not None:
        patient.user = link.user
    return patient


def _working(user: User, now: datetime) -> QuerySet[VisitLink]:
    working_links: QuerySet[VisitLink] = VisitLink.objects.of(user).filter(revoked_at=None, expires_at__gt=now)
    return working_links


def _record(event: str, link: VisitLink, *, actor: uuid.UUID | None, now: datetime) -> None:
    audit.record(event=event, now=now, actor=actor, subject=link.user_id, kind=_KIND, object_id=str(link.pk))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()

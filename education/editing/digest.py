"""The weekly mail to editors: reviews that are due, words that wait for approval. Once per person and week."""

import logging
import smtplib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from allauth.account.models import EmailAddress
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from backspasm import site
from backspasm.models import User
from education import roles
from education.editing import waiting
from education.editing.standing import Standing, standings
from education.editing.working_copies import rows_of
from education.models import Article, Kind, WeeklyDigest

AHEAD: Final = timedelta(days=7)
_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True)
class Digest:
    """What one person is told of: words that wait for their approval, and pages whose review is due this week."""

    approvals: tuple[Standing, ...]
    reviews: tuple[Article, ...]


def send(*, now: datetime) -> int:
    """Send every editor what waits for them, if they have not had the mail of this week; return how many were sent.

    ``now`` is aware UTC. Who has nothing waiting gets no mail. A mail that the server refuses is tried at the next
    pass; it keeps nobody else's back.
    """
    changed = [item for item in standings(now) if item.is_changed]
    reviews = tuple(waiting.reviews_due(rows_of(Kind.ARTICLE), now=now, ahead=AHEAD))
    return sum(_send(user, _digest_of(user, changed, reviews), now) for user in _editors())


def _editors() -> Sequence[User]:
    """Return who has a role, signs in to the admin, and has confirmed the address."""
    confirmed = EmailAddress.objects.filter(verified=True, primary=True).values("user")
    found = User.objects.filter(is_active=True, is_staff=True, groups__name__in=roles.ROLES, pk__in=confirmed)
    return list(found.distinct().order_by("pk"))


def _digest_of(user: User, changed: Sequence[Standing], reviews: tuple[Article, ...]) -> Digest:
    writes = user.groups.filter(name__in=(roles.AUTHOR, roles.PUBLISHER)).exists()
    return Digest(tuple(waiting.for_approval(changed, user)), reviews if writes else ())


def _send(user: User, digest: Digest, now: datetime) -> bool:
    if not digest.approvals and not digest.reviews:
        return False
    row = _taken(user, now)
    if row is None:
        return False
    try:
        _mail(user, digest, now).send()
    except (OSError, smtplib.SMTPException):
        row.delete()
        _log.exception("the weekly mail to editor %s was not taken", user.pk)
        return False
    return True


def _taken(user: User, now: datetime) -> WeeklyDigest | None:
    """Note that this person gets the mail of this week; None where they have had it, or get it from another process."""
    year, week, _day = now.astimezone(UTC).isocalendar()
    try:
        with transaction.atomic():
            return WeeklyDigest.objects.create(user=user, week=f"{year}-W{week:02}", sent_at=now)
    except IntegrityError:
        return None


def _mail(user: User, digest: Digest, now: datetime) -> EmailMessage:
    context = {"digest": digest, "today": now.date(), "address": site.absolute(reverse("admin:index"))}
    return EmailMessage(
        subject=_("Waiting for you this week"),
        body=render_to_string("education/digest.txt", context),
        to=[user.email],
        headers={"Auto-Submitted": "auto-generated"},
    )

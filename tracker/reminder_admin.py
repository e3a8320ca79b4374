"""How late reminders leave, for administrators: counts alone, nothing of any patient."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backspasm.audit_admin import AdministratorsRead, looked
from tracker.models import Delivery, DeliveryStatus, SenderBeat
from tracker.reminders import heartbeat, lateness, words
from tracker.reminders.channels import CHANNELS

_PERIODS: Final[tuple[tuple[Promise, timedelta], ...]] = (
    (_("The last hour"), timedelta(hours=1)),
    (_("The last 24 hours"), timedelta(hours=24)),
)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One channel in one period. Seconds late, None where nothing left."""

    channel: str
    sent: int
    half_within: float | None
    most_within: float | None
    counts: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Period:
    """One table; ``outcomes`` are the headings of the counts."""

    title: Promise
    outcomes: tuple[str, ...]
    lines: tuple[Line, ...]


@admin.register(SenderBeat)
class SenderBeatAdmin(AdministratorsRead):
    """In place of a list of one row: the age of the heartbeat, and how late messages left."""

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Show the page, and log that it was shown."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        now = timezone.now()
        beat_at = heartbeat.latest()
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("How late reminders leave"),
            "beat_at": beat_at,
            "beat_seconds": None if beat_at is None else max(0, int((now - beat_at).total_seconds())),
            "is_delayed": heartbeat.is_delayed(now),
            "periods": [_period(title, now - length) for title, length in _PERIODS],
        }
        looked(request, "admin.lateness_read")
        return TemplateResponse(request, "admin/tracker/lateness.html", context)


def _period(title: Promise, since: datetime) -> Period:
    rows = Delivery.objects.filter(due_at__gt=since).order_by().values_list("channel", "status")
    counted: Counter[tuple[str, str]] = Counter()
    for channel, status, count in rows.annotate(count=Count("pk")):
        counted[channel, status] = count
    return Period(
        title=title,
        outcomes=tuple(str(status.label) for status in DeliveryStatus),
        lines=tuple(_line(channel, since, counted) for channel in CHANNELS),
    )


def _line(channel: str, since: datetime, counted: Counter[tuple[str, str]]) -> Line:
    late = lateness.of_sent(since=since, channel=channel)
    return Line(
        channel=words.channel(channel),
        sent=late.count,
        half_within=_seconds(late.p50),
        most_within=_seconds(late.p95),
        counts=tuple(counted[channel, status.value] for status in DeliveryStatus),
    )


def _seconds(late: timedelta | None) -> float | None:
    return None if late is None else max(0.0, round(late.total_seconds(), 1))

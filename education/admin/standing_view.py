"""How far a working copy is on its way to readers, in words and in the buttons this person may use now."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from education import editing, edition_reading, publishing
from education.admin import moments, publish_list
from education.admin.screen import Screen, editor
from education.editing.approving import why_not_approved_by
from education.editing.reviewing import why_not_reviewed_by
from education.editing.standing import Standing
from education.models import Kind, Publication, Submission
from education.plans import Plan
from education.roles import MAY_APPROVE, MAY_PUBLISH, MAY_REVIEW


def context(request: HttpRequest, screen: Screen) -> dict[str, Any]:
    """Return what templates/admin/education/standing.html needs; nothing for a row that has gone meanwhile."""
    now = timezone.now()
    standing = editing.standing_of(screen.kind, screen.key, now)
    if standing is None:
        return {}
    plan = edition_reading.plan_of((screen.kind, screen.key))
    zone = moments.zone_of(request) or "UTC"
    coming = [entry for entry in plan.changes() if entry.live_from > now]
    urls = {
        name: screen.url(name) for name in ("hand_in", "approve", "retire", "restore_live", "unschedule", "compare")
    }
    if screen.kind == Kind.ARTICLE:
        urls["review"] = screen.url("review")
    asked = urlencode({"kind": screen.kind, "key": screen.key})
    return {
        "standing": standing,
        "standing_lines": [*_to_readers(plan, standing, now, zone), *_on_the_way(standing)],
        "standing_urls": {**urls, "publish": f"{reverse('admin:education_publish')}?{asked}"},
        "coming": publish_list.coming(coming, zone),
        "may": _may(request, screen, standing, plan, now) | {"unschedule": bool(coming) and _has(request, MAY_PUBLISH)},
    }


def _has(request: HttpRequest, permission: str) -> bool:
    return request.user.has_perm(permission)


def _may(request: HttpRequest, screen: Screen, standing: Standing, plan: Plan, now: datetime) -> dict[str, bool]:
    """Return which buttons stand there for this person."""
    by = editor(request)
    is_shown = plan.shown(now) is not None
    publishes = _has(request, MAY_PUBLISH)
    return {
        "hand_in": standing.is_changed and _has(request, f"education.change_{screen.row._meta.model_name}"),
        "approve": _has(request, MAY_APPROVE) and not why_not_approved_by(standing, by),
        "review": screen.kind == Kind.ARTICLE and _has(request, MAY_REVIEW) and not why_not_reviewed_by(standing, by),
        "publish": standing.is_changed and publishes,
        "retire": is_shown and publishes and not publishing.why_it_stays(screen.kind, screen.key, now),
        "restore_live": not is_shown and plan.seen_last(now) is not None and publishes,
    }


def _to_readers(plan: Plan, standing: Standing, now: datetime, zone: str) -> Iterator[str]:
    """Yield what readers see now."""
    shown = plan.shown(now)
    if shown is None:
        yield _not_shown(plan, now, zone)
        return
    publication = Publication.objects.defer("content").get(pk=shown.publication)
    is_this = publication.content_hash == standing.content_hash
    yield _("Readers see this wording.") if is_this else _("Readers see an earlier wording.")
    if publication.alone_reason:
        yield _("One person published it alone: %(reason)s") % {"reason": publication.alone_reason}


def _not_shown(plan: Plan, now: datetime, zone: str) -> str:
    noticed = [entry for entry in plan.changes() if entry.live_from <= now]
    if not noticed:
        return _("Readers do not know it yet.")
    said = _("Retired on %(moment)s.") % {"moment": moments.said(noticed[-1].live_from, zone)}
    page = editing.row_of(Kind.ARTICLE, noticed[-1].points_to) if noticed[-1].points_to else None
    return said + (" " + _("Readers are sent to “%(page)s”.") % {"page": page} if page else "")


def _on_the_way(standing: Standing) -> Iterator[str]:
    """Yield how far words are that readers do not see."""
    if not standing.is_changed:
        return
    submission = standing.submission
    if submission:
        handed_in = {"name": submission.submitted_by, "day": date_format(submission.submitted_at, "j F Y")}
        if standing.needs_approval:
            yield _("Handed in by %(name)s on %(day)s, waiting for a clinical reviewer.") % handed_in
        else:
            yield _("Handed in by %(name)s on %(day)s.") % handed_in
    elif (returned := _sent_back(standing)) and returned.returned_at:
        day = date_format(returned.returned_at, "j F Y")
        yield _("Sent back by %(name)s on %(day)s.") % {"name": returned.returned_by, "day": day}
    elif not standing.approvals:
        yield _("Saved, not handed in.")
    for approval in standing.approvals:
        day = date_format(approval.approved_at, "j F Y")
        yield _("Approved by %(name)s on %(day)s.") % {"name": approval.approved_by, "day": day}


def _sent_back(standing: Standing) -> Submission | None:
    rows = Submission.objects.filter(kind=standing.kind, key=standing.key, content_hash=standing.content_hash)
    return rows.filter(returned_at__isnull=False).order_by("-returned_at").first()

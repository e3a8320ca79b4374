"""Publishing, now or from a moment on; taking from readers, bringing back, taking back what is set for later."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from education import editing, edition_reading, publishing, usage
from education.admin import moments, publish_list
from education.admin.log import note
from education.admin.publish_forms import PublishForm, RetireForm
from education.admin.publish_list import Finding
from education.admin.screen import SHOW_OR_DO, Screen, editor
from education.editing import Refused, working_copies
from education.edition import LiveEdition
from education.library import library_of
from education.models import Kind, Publication
from education.plans import Name
from education.publishing import NotAllowed, NotPublishable
from education.roles import MAY_PUBLISH

MAY_LOOK = "education.view_publication"


@dataclass(frozen=True)
class _Shown:
    """What the publishing screen shows beside its form."""

    ticks: dict[Name, str] = field(default_factory=dict)
    asked: Collection[Name] = ()
    problems: Sequence[Finding] = ()
    problems_at: str = ""


@require_http_methods(SHOW_OR_DO)
def publish(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """List every changed working copy; publish those ticked as one edition, at once or from a moment on."""
    if not request.user.has_perm(MAY_LOOK):
        raise PermissionDenied
    now = timezone.now()
    if request.method != "POST":
        asked = {(request.GET.get("kind", ""), request.GET.get("key", ""))}
        form = PublishForm(now=now, initial={"zone": moments.zone_of(request)})
        return _publish_page(request, site, form, _Shown(asked=asked), now)
    if not request.user.has_perm(MAY_PUBLISH):
        raise PermissionDenied
    form = PublishForm(request.POST, now=now)
    form.fields["changes"].required = "_publish" in request.POST  # checking first needs no sentence
    ticks = publish_list.ticked(request.POST.getlist("ticked"))
    if not form.is_valid() or "_publish" not in request.POST:
        return _publish_page(request, site, form, _Shown(ticks), now)
    given = form.cleaned_data
    try:
        made = editing.publish_working_copies(
            ticks,
            by=editor(request),
            now=now,
            changes=given["changes"],
            live_from=given["live_from"],
            retire_on=given["retire_on"],
            alone_reason=given["alone_reason"],
        )
    except NotPublishable as refusal:
        form.add_error(None, _("It cannot be published as it is: see what is wrong below."))
        at = moments.said(refusal.at, form.zone_name) if refusal.at else ""
        shown = _Shown(ticks, problems=publish_list.problems(refusal.problems), problems_at=at)
        return _publish_page(request, site, form, shown, now)
    except (Refused, NotAllowed) as refusal:
        form.add_error(None, str(refusal))
        return _publish_page(request, site, form, _Shown(ticks), now)
    moments.remember_zone(request, form.zone_name)
    _tell(request, form, made.number)
    return HttpResponseRedirect(reverse("admin:education_publish"), status=303)


def _publish_page(
    request: HttpRequest, site: AdminSite, form: PublishForm, shown: _Shown, now: datetime
) -> HttpResponse:
    live = publishing.read_edition(now)
    rows = publish_list.rows(shown.ticks, shown.asked, live, now)
    chosen = [row for row in rows if row.is_ticked]
    at = form.cleaned_data.get("live_from") if form.is_bound else None
    errors, advised = publish_list.findings(chosen, at or now, now) if chosen else ([], [])
    asks_why = settings.SOLE_EDITOR and any(row.lacks_second_person for row in rows)
    if not asks_why:
        del form.fields["alone_reason"]
    if len(chosen) == 1 and chosen[0].standing.submission and not form.is_bound:
        form.initial["changes"] = chosen[0].standing.submission.changes
    zone = (form.zone_name if form.is_bound else "") or moments.zone_of(request) or "UTC"
    context = {
        **site.each_context(request),
        "opts": Publication._meta,
        "title": _("Publish"),
        "form": form,
        "rows": rows,
        "problems": shown.problems or errors,
        "problems_at": shown.problems_at,
        "advice": advised,
        "is_chosen": bool(chosen),
        "may_publish": request.user.has_perm(MAY_PUBLISH),
        "coming": publish_list.coming(edition_reading.coming(now), zone),
    }
    return TemplateResponse(request, "admin/education/publish.html", context)


def _tell(request: HttpRequest, form: PublishForm, number: int) -> None:
    """Note in the log what was published, row by row, and tell the editor."""
    for publication in Publication.objects.filter(entries__edition=number).distinct().defer("content"):
        row = working_copies.row_of(publication.kind, publication.key)
        alone = " By one person, for a reason that is kept with it." if publication.alone_reason else ""
        if row:
            note(request, row, f"Published in edition {number}, publication {publication.number}.{alone}")
    said = _("Published as edition %(number)d.") % {"number": number}
    messages.success(request, " ".join([said, *form.told()]))


# --- One working copy ---------------------------------------------------------------------------------------


@require_http_methods(SHOW_OR_DO)
def retire(request: HttpRequest, screen: Screen) -> HttpResponse:
    """Take a content from readers, at once or from a moment on, or say plainly why it must stay."""
    now = timezone.now()
    live = publishing.read_edition(now)
    pages = [(key, item.content.title) for key, item in live.articles.items() if key != screen.key]
    pages = pages if screen.kind in {Kind.ARTICLE, Kind.EXERCISE} else []
    if request.method != "POST":
        form = RetireForm(now=now, pages=pages, initial={"zone": moments.zone_of(request)})
        return _retire_page(request, screen, form, live, ())
    form = RetireForm(request.POST, now=now, pages=pages)
    problems: Sequence[Finding] = ()
    if form.is_valid() and "_retire" in request.POST:
        given = form.cleaned_data
        try:
            made = publishing.retire(
                screen.kind,
                screen.key,
                points_to=given.get("points_to", ""),
                now=now,
                summary=given["summary"],
                published_by=editor(request),
                live_from=given["live_from"],
            )
        except NotPublishable as refusal:
            at = f" ({moments.said(refusal.at, form.zone_name)})" if refusal.at else ""
            form.add_error(None, _("Other content names it: see below.") + at)
            problems = publish_list.problems(refusal.problems)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            moments.remember_zone(request, form.zone_name)
            note(request, screen.row, f"Retired in edition {made.number}.")
            messages.success(request, " ".join([*form.told()] or [_("Readers do not see it any more.")]))
            return HttpResponseRedirect(screen.url(), status=303)
    return _retire_page(request, screen, form, live, problems)


def _retire_page(
    request: HttpRequest, screen: Screen, form: RetireForm, live: LiveEdition, problems: Sequence[Finding]
) -> HttpResponse:
    uses = usage.uses(library_of(live), screen.kind, screen.key)
    at = form.cleaned_data.get("live_from") if form.is_bound else None
    context = screen.context(
        request,
        _("Retire “%(name)s”") % {"name": screen.row},
        form=form,
        refusal=publishing.why_it_stays(screen.kind, screen.key, at or form.now),
        uses=publish_list.used_by(uses),
        problems=problems,
    )
    return TemplateResponse(request, "admin/education/retire.html", context)


@require_POST
def restore_live(request: HttpRequest, screen: Screen) -> HttpResponse:
    """Undo a retirement."""
    return _done_at_once(
        request, screen, publishing.restore, _("Restored: %(name)s"), _("Readers see it again."), "Restored"
    )


@require_POST
def unschedule(request: HttpRequest, screen: Screen) -> HttpResponse:
    """Take back everything that is set for later."""
    said = _("Taken back. Nothing is set for later any more.")
    return _done_at_once(request, screen, publishing.unschedule, _("Taken back: %(name)s"), said, "Taken back")


def _done_at_once(
    request: HttpRequest, screen: Screen, do: Callable[..., LiveEdition], summary: str, said: str, logged: str
) -> HttpResponse:
    try:
        made = do(
            screen.kind,
            screen.key,
            now=timezone.now(),
            summary=(summary % {"name": screen.row})[:300],
            published_by=editor(request),
        )
    except NotPublishable as refusal:
        first = publish_list.problems(refusal.problems)[0]
        message = _("This cannot be done: “%(title)s”: %(message)s")
        messages.error(request, message % {"title": first.title, "message": first.message})
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    else:
        note(request, screen.row, f"{logged} in edition {made.number}.")
        messages.success(request, said)
    return HttpResponseRedirect(screen.url(), status=303)

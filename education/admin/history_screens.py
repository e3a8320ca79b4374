"""Every wording there was of one content, two of them side by side, and an old one taken up again as a draft."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from education import comparing, contents, editing, edition_reading, working_copy
from education.admin.log import note
from education.admin.screen import Screen, editor
from education.editing.history import Past
from education.models import Draft, Publication


@dataclass(frozen=True)
class Line:
    """One wording in the list. ``before`` is the hash of the one it followed."""

    past: Past
    before: str
    is_now: bool
    is_live: bool


@require_safe
def history(request: HttpRequest, screen: Screen) -> HttpResponse:
    """List every save and publication, newest first."""
    now_hash = contents.content_hash(working_copy.content_of(screen.row))
    every = editing.past_contents(screen.kind, screen.key)
    live = _seen_by_readers(screen)
    older = [*(past.content_hash for past in every[1:]), ""]
    lines = [
        Line(past, before, past.content_hash == now_hash, past.content_hash == live)
        for past, before in zip(every, older, strict=True)
    ]
    title = _("History of %(name)s") % {"name": screen.row}
    drafts = Draft.objects.filter(kind=screen.kind, key=screen.key, dismissed_at=None)
    context = screen.context(request, title, lines=lines, now_hash=now_hash, drafts=drafts)
    return TemplateResponse(request, "admin/education/history.html", context)


@require_safe
def compare(request: HttpRequest, screen: Screen) -> HttpResponse:
    """Show what differs between two wordings, word by word; without ``new`` the one saved now, without ``old`` the
    one that readers see."""
    now = working_copy.content_of(screen.row)
    now_hash = contents.content_hash(now)
    new_hash = request.GET.get("new") or now_hash
    old_hash = request.GET.get("old") or _seen_by_readers(screen)
    new = now if new_hash == now_hash else editing.content_at(screen.kind, screen.key, new_hash)
    old = editing.content_at(screen.kind, screen.key, old_hash) if old_hash else None
    if new is None or (old_hash and old is None and old_hash != now_hash):
        raise Http404
    if old_hash == now_hash:
        old = now
    changes = comparing.compare(old, new)
    every = editing.past_contents(screen.kind, screen.key)
    title = _("What changed in %(name)s") % {"name": screen.row}
    context = screen.context(
        request,
        title,
        changes=changes,
        alerts=comparing.alerts(changes),
        old=_named(every, old_hash),
        new=_named(every, new_hash),
        old_hash=old_hash,
        is_now=new_hash == now_hash,
        now_hash=now_hash,
        new_hash=new_hash,
    )
    return TemplateResponse(request, "admin/education/compare.html", context)


def _seen_by_readers(screen: Screen) -> str:
    """Return the hash of the words that readers see now: not of those set for later, nor of those taken back."""
    shown = edition_reading.plan_of((screen.kind, screen.key)).shown(timezone.now())
    return Publication.objects.get(pk=shown.publication).content_hash if shown else ""


def _named(every: list[Past], content_hash: str) -> Past | None:
    """Return the newest entry of the history with these words, to be named by it."""
    return next((past for past in every if past.content_hash == content_hash), None)


@require_POST
def restore_draft(request: HttpRequest, screen: Screen) -> HttpResponse:
    """Make the working copy say again what it once said, or what a release offers. Readers see nothing of it yet."""
    content = editing.content_at(screen.kind, screen.key, request.POST.get("hash", ""))
    if content is None:
        raise Http404
    base_hash = request.POST.get("base", "")
    why = _("Took up an earlier wording again.")
    try:
        saved = editing.save(content, base_hash=base_hash, by=editor(request), why=why, now=timezone.now())
    except editing.ChangedMeanwhile:
        messages.error(request, _("Somebody saved other words meanwhile. Look at the history again first."))
        return HttpResponseRedirect(screen.url("history"), status=303)
    except (IntegrityError, ObjectDoesNotExist):
        text = _("These words name something that is gone, or break a rule that the site has now. Nothing was changed.")
        messages.error(request, text)
        return HttpResponseRedirect(screen.url("history"), status=303)
    if saved:
        note(request, screen.row, "Took up an earlier wording again.")
        messages.success(
            request, _("The working copy has these words again. Readers do not see it until it is published.")
        )
    else:
        messages.info(request, _("The working copy has these words already."))
    return HttpResponseRedirect(screen.url(), status=303)


@require_POST
def set_aside(request: HttpRequest, screen: Screen) -> HttpResponse:
    """Take new wording from a release off the work list; it stays in the history of drafts and is not offered again."""
    drafts = Draft.objects.filter(kind=screen.kind, key=screen.key, content_hash=request.POST.get("hash", ""))
    if drafts.filter(dismissed_at=None).update(dismissed_at=timezone.now()):
        note(request, screen.row, "Set new wording from a release aside.")
        messages.success(request, _("Set aside. The working copy stays as it is."))
    return HttpResponseRedirect(screen.url("history"), status=303)

"""The editing screen: what was typed becomes a structure; the structure is checked, merged and saved."""

from dataclasses import dataclass, field
from datetime import datetime

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from education import contents, editing, merging, place_labels, structure, working_copy
from education.admin import checking, preview_screens, standing_view
from education.admin.choices import choices_for
from education.admin.log import note
from education.admin.screen import Screen, browser_token, editor
from education.editing_forms import EDITORS, ContentForm, wanted_row
from education.models import Draft

TEMPLATE = "admin/education/editor/form.html"
CHOICE = "choice:"  # then the path of a conflict
CHOICES = ("mine", "theirs")
BROKEN_RULE = gettext_lazy(
    "Together with what was saved before, these words break a rule of the site, so nothing was saved. "
    "Nothing is lost: look through the form, and save again to see where."
)


@dataclass(frozen=True)
class ShownConflict:
    """A conflict on the screen, and what was chosen for it so far: 'mine', 'theirs' or nothing."""

    conflict: merging.Conflict
    label: str
    choice: str = ""


@dataclass(frozen=True)
class Shown:
    """What the screen shows beside the form."""

    form: ContentForm
    base_hash: str
    conflicts: tuple[ShownConflict, ...] = ()
    findings: checking.Findings = field(default_factory=checking.Findings)
    is_saved: bool = False


def edit(request: HttpRequest, screen: Screen, *, may_change: bool) -> HttpResponse:
    """Show the form of a working copy, or take what was typed into it. Only a POST of 'Save' changes anything."""
    current = working_copy.content_of(screen.row)
    choices = choices_for(screen.kind, screen.key)
    if request.method != "POST":
        form = EDITORS[screen.kind](current, choices)
        findings = checking.findings(current, timezone.now())
        shown = Shown(form, contents.content_hash(current), findings=findings, is_saved="saved" in request.GET)
        return _page(request, screen, shown, may_change=may_change)
    base_hash = request.POST.get("base", "")
    base = editing.content_at(screen.kind, screen.key, base_hash) or current
    form = EDITORS[screen.kind](base, choices, request.POST)
    if added := wanted_row(request.POST):
        form = form.with_added(*added)
        return _page(request, screen, Shown(form, base_hash), may_change=may_change)
    if "_save" in request.POST and not may_change:
        raise PermissionDenied
    if "_save" not in request.POST or not form.is_valid():
        findings = checking.findings(form.content(), timezone.now()) if form.is_valid() else checking.Findings()
        shown = Shown(form, base_hash, findings=findings, conflicts=_shown_conflicts(request.POST, base))
        return _page(request, screen, shown, may_change=may_change)
    return _save(request, screen, form, base_hash)


def _save(request: HttpRequest, screen: Screen, form: ContentForm, base_hash: str) -> HttpResponse:
    mine = form.content()
    base = editing.content_at(screen.kind, screen.key, base_hash)
    conflicts = _shown_conflicts(request.POST, base or mine)
    if not all(shown.choice for shown in conflicts):
        messages.error(request, _("Choose one text for each place that both of you changed."))
        return _page(request, screen, Shown(form, base_hash, conflicts=conflicts), may_change=True)
    try:
        # What was chosen in a conflict is 'theirs' of then: the words these began with.
        mine = _as_chosen(mine, base or mine, conflicts)
    except ValueError:
        messages.error(request, _("The place of a choice is gone. Look through the form and save again."))
        return _page(request, screen, Shown(form, base_hash), may_change=True)
    try:
        saved = _save_merged(request, mine, base, base_hash, timezone.now())
    except RuleBroken as broken:
        messages.error(request, BROKEN_RULE)
        joined = EDITORS[screen.kind](broken.content, choices_for(screen.kind, screen.key))
        return _page(request, screen, Shown(joined, broken.base_hash), may_change=True)
    except _Conflicts as found:
        messages.warning(request, _("Somebody else saved this page while you were editing. Nothing is lost."))
        merged = EDITORS[screen.kind](found.merged.content, choices_for(screen.kind, screen.key))
        shown = Shown(merged, contents.content_hash(found.theirs), conflicts=found.shown())
        return _page(request, screen, shown, may_change=True)
    if saved:
        note(request, screen.row, "Saved the working copy.")
        messages.success(request, _("Saved. Readers do not see it until it is published."))
    else:
        messages.info(request, _("Nothing was changed."))
    return HttpResponseRedirect(f"{screen.url()}?saved", status=303)


def _as_chosen(
    mine: structure.Publishable, theirs: structure.Publishable, conflicts: tuple[ShownConflict, ...]
) -> structure.Publishable:
    """Return what was typed with what was chosen. Raises ValueError for a place that is gone."""
    taken = [shown.conflict.path for shown in conflicts if shown.choice == "theirs"]
    # The form shows a row that its editor had taken out, as long as nothing is chosen.
    removed = [shown.conflict.path for shown in conflicts if shown.choice == "mine" and shown.conflict.mine_removed]
    return merging.without(merging.take(mine, theirs, taken), removed)


def why(request: HttpRequest) -> str:
    """Return the reason that was typed, as one line that any database can hold."""
    return "".join(character for character in request.POST.get("why", "") if character.isprintable())[:300]


@dataclass
class RuleBroken(Exception):  # it says what happened
    """Content that breaks a rule of the database, or names what is gone; ``base_hash`` is that of what is saved."""

    content: structure.Publishable
    base_hash: str


@dataclass
class _Conflicts(Exception):
    merged: merging.Merged
    theirs: structure.Publishable

    def shown(self) -> tuple[ShownConflict, ...]:
        labels = place_labels.labels(self.theirs) | place_labels.labels(self.merged.content)
        return tuple(ShownConflict(item, labels.get(item.path, item.path)) for item in self.merged.conflicts)


def _save_merged(
    request: HttpRequest, mine: structure.Publishable, base: structure.Publishable | None, base_hash: str, now: datetime
) -> bool:
    """Save, joining what others saved meanwhile. Returns whether anything was saved. Raises _Conflicts."""
    try:
        return bool(editing.save(mine, base_hash=base_hash, by=editor(request), why=why(request), now=now))
    except (IntegrityError, ObjectDoesNotExist) as error:
        # Each text kept the rules; together they do not. The next save says at which field.
        raise RuleBroken(mine, base_hash) from error
    except editing.ChangedMeanwhile as changed:
        theirs_hash = contents.content_hash(changed.theirs)
        merged = merging.merge(base, mine, changed.theirs)
        if merged.conflicts:
            raise _Conflicts(merged, changed.theirs) from changed
        messages.info(request, _("Somebody else saved this page while you were editing. Both changes are kept."))
        return _save_merged(request, merged.content, changed.theirs, theirs_hash, now)


def _shown_conflicts(data: QueryDict, base: structure.Publishable) -> tuple[ShownConflict, ...]:
    """Return the conflicts that the posted form showed."""
    found = []
    labels = place_labels.labels(base)
    for number, path in enumerate(data.getlist("conflict")):
        sent = f"conflict-{number}-"
        conflict = merging.Conflict(
            path,
            base=data.get(f"{sent}base", ""),
            mine=data.get(f"{sent}mine", ""),
            theirs=data.get(f"{sent}theirs", ""),
            mine_removed=f"{sent}mine-removed" in data,
            theirs_removed=f"{sent}theirs-removed" in data,
        )
        choice = data.get(f"{CHOICE}{path}", "")
        found.append(ShownConflict(conflict, labels.get(path, path), choice if choice in CHOICES else ""))
    return tuple(found)


def _page(request: HttpRequest, screen: Screen, shown: Shown, *, may_change: bool) -> HttpResponse:
    context = screen.context(
        request,
        str(screen.row),
        form=shown.form,
        draft_key=f"{screen.kind}:{screen.key}",
        base_hash=shown.base_hash,
        user_token=browser_token(request),
        problems=shown.findings.problems,
        advice=shown.findings.advice,
        conflicts=shown.conflicts,
        is_saved=shown.is_saved,
        can_save=may_change,
        drafts=Draft.objects.filter(kind=screen.kind, key=screen.key, dismissed_at=None).defer("content"),
        preview_url=screen.url("preview"),
        checks_url=screen.url("checks"),
        links=_links(request, screen),
        **standing_view.context(request, screen),
    )
    return TemplateResponse(request, TEMPLATE, context)


def _links(request: HttpRequest, screen: Screen) -> list[tuple[str, str]]:
    found = [(screen.url("history"), _("History")), (screen.url("compare"), _("Compare with what readers see"))]
    if request.user.has_perm("education.add_previewlink"):
        found.append((screen.url("links"), _("Preview links and comments")))
    found.append((screen.url("used"), _("Where it is used")))
    if screen.site.get_model_admin(type(screen.row)).has_delete_permission(request, screen.row):
        found.append((screen.url("delete"), _("Delete")))
    return found


@require_POST
def preview(request: HttpRequest, screen: Screen) -> HttpResponse:
    """Show the unsaved form as the page that readers would see; changes nothing."""
    form = EDITORS[screen.kind](working_copy.content_of(screen.row), choices_for(screen.kind, screen.key), request.POST)
    if not form.is_valid():
        return preview_screens.cannot_show(request, form.errors)
    return preview_screens.unsaved(request, form.content())


@require_POST
def checks(request: HttpRequest, screen: Screen) -> HttpResponse:
    """Answer the live checks of the unsaved form with a piece of HTML; changes nothing."""
    form = EDITORS[screen.kind](working_copy.content_of(screen.row), choices_for(screen.kind, screen.key), request.POST)
    found = checking.findings(form.content(), timezone.now()) if form.is_valid() else checking.Findings()
    context = {"problems": found.problems, "advice": found.advice, "form_errors": form.errors}
    response = TemplateResponse(request, "admin/education/editor/checks.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response

"""The screen of a new content: the same form, with a key to choose."""

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.admin.models import ADDITION
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from education import editing
from education.admin import checking
from education.admin.choices import choices_for
from education.admin.editing_screen import BROKEN_RULE, TEMPLATE, why
from education.admin.log import note
from education.admin.screen import address, browser_token, editor
from education.editing import working_copies
from education.editing_forms import EDITORS, ContentForm, wanted_row
from education.models import Publishable


def add(request: HttpRequest, model: type[Publishable], site: AdminSite) -> HttpResponse:
    """Show an empty form, or make the working copy that was typed into it. Readers see nothing of it yet."""
    kind = working_copies.kind_of(model)
    form = EDITORS[kind](None, choices_for(kind, ""), request.POST if request.method == "POST" else None, is_new=True)
    if added := wanted_row(request.POST):
        form = form.with_added(*added)
    elif "_save" in request.POST and form.is_valid() and (made := _made(request, form, kind)):
        return made
    findings = checking.Findings()
    if "_check" in request.POST and form.is_valid():
        findings = checking.findings(form.content(), timezone.now())
    context = {
        **site.each_context(request),
        "opts": model._meta,
        "title": _("Add %(name)s") % {"name": model._meta.verbose_name},
        "form": form,
        "draft_key": f"{kind}:new",
        "base_hash": "",
        "user_token": browser_token(request),
        "problems": findings.problems,
        "advice": findings.advice,
        "can_save": True,
    }
    return TemplateResponse(request, TEMPLATE, context)


def _made(request: HttpRequest, form: ContentForm, kind: str) -> HttpResponse | None:
    content = form.content()
    try:
        editing.save(content, base_hash="", by=editor(request), why=why(request), now=timezone.now())
    except (IntegrityError, ObjectDoesNotExist):
        messages.error(request, BROKEN_RULE)
        return None
    except editing.ChangedMeanwhile:
        messages.error(request, _("Somebody else has just taken this key. Choose another one."))
        return None
    row = working_copies.rows_of(kind).get(key=content.key)
    note(request, row, "Made the working copy.", ADDITION)
    messages.success(request, _("Saved. Readers do not see it until it is published."))
    return HttpResponseRedirect(f"{address(type(row), str(row.pk))}?saved", status=303)

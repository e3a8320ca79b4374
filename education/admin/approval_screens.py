"""Handing in, approving, sending back, and the review of a whole page. The services decide; these screens ask them."""

from typing import TypeVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from education import comparing, contents, editing
from education.admin.log import note
from education.admin.publish_forms import ApproveForm, HandInForm, ReviewForm, SendBackForm
from education.admin.screen import SHOW_OR_DO, Screen, editor
from education.editing.approving import why_not_approved_by
from education.editing.reviewing import a_year_after, last_named, why_not_reviewed_by
from education.editing.standing import Standing

_Form = TypeVar("_Form", bound=forms.Form)


@require_http_methods(SHOW_OR_DO)
def hand_in(request: HttpRequest, screen: Screen) -> HttpResponse:
    """Ask for the sentence that readers will see as 'what changed', and hand the words in."""
    standing = _standing(screen)
    said = standing.submission.changes if standing.submission else ""
    form = HandInForm(request.POST or None, initial={"content_hash": standing.content_hash, "changes": said})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            editing.hand_in(
                screen.kind,
                screen.key,
                given["content_hash"],
                changes=given["changes"],
                by=editor(request),
                now=timezone.now(),
            )
        except editing.Refused as refusal:
            form = _refused(form, refusal, standing)
        else:
            text = _("Handed in. A clinical reviewer must approve it now.") if standing.is_safety else _("Handed in.")
            return _done(request, screen, "Handed the words in.", text)
    refusal_now = "" if standing.is_changed else _("These words are published already.")
    return _page(request, screen, standing, "hand_in", _("Hand in “%s”"), form=form, refusal=refusal_now)


@require_http_methods(SHOW_OR_DO)
def approve(request: HttpRequest, screen: Screen) -> HttpResponse:
    """Show the words that were handed in, and take a reviewer's word for them."""
    standing = _standing(screen)
    form = ApproveForm(request.POST or None, initial={"content_hash": standing.content_hash})
    if request.method == "POST" and form.is_valid():
        content_hash = form.cleaned_data["content_hash"]
        try:
            editing.approve(screen.kind, screen.key, content_hash, by=editor(request), now=timezone.now())
        except editing.Refused as refusal:
            form = _refused(form, refusal, standing)
        else:
            return _done(request, screen, "Approved the words.", _("Approved. A publisher can publish it now."))
    back = SendBackForm(initial={"content_hash": standing.content_hash}, auto_id="back_%s")
    return _approve_page(request, screen, standing, form, back)


@require_POST
def send_back(request: HttpRequest, screen: Screen) -> HttpResponse:
    """Give the words back to their author with a remark."""
    standing = _standing(screen)
    # Two forms on one page: no two fields may have one id.
    form = SendBackForm(request.POST, auto_id="back_%s")
    if form.is_valid():
        remark, content_hash = form.cleaned_data["remark"], form.cleaned_data["content_hash"]
        by, now = editor(request), timezone.now()
        try:
            editing.send_back(screen.kind, screen.key, content_hash, remark=remark, by=by, now=now)
        except editing.Refused as refusal:
            form = _refused(form, refusal, standing)
        else:
            return _done(request, screen, "Sent the words back.", _("Sent back with your remark."))
    asked = ApproveForm(initial={"content_hash": standing.content_hash})
    return _approve_page(request, screen, standing, asked, form)


@require_http_methods(SHOW_OR_DO)
def review(request: HttpRequest, screen: Screen) -> HttpResponse:
    """Show the whole page, and record that this reviewer has read it."""
    standing, by, now = _standing(screen), editor(request), timezone.now()
    name, role = last_named(by)
    due_on = a_year_after(now.date())
    initial = {"content_hash": standing.content_hash, "name": name, "role": role, "next_due_on": due_on}
    form = ReviewForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = {field: form.cleaned_data[field] for field in ("name", "role", "next_due_on")}
        try:
            recorded = editing.record_review(screen.key, form.cleaned_data["content_hash"], by=by, now=now, **given)
        except editing.Refused as refusal:
            form = _refused(form, refusal, standing)
        else:
            text = _("The review is recorded. Readers see it once the page is published.")
            said = text if recorded else _("Just this review is recorded already.")
            return _done(request, screen, "Reviewed the whole page.", said)
    refusal_now = why_not_reviewed_by(standing, by)
    return _page(request, screen, standing, "review", _("Review “%s”"), form=form, refusal=refusal_now)


def _approve_page(
    request: HttpRequest, screen: Screen, standing: Standing, form: ApproveForm, send_back_form: SendBackForm
) -> HttpResponse:
    return _page(
        request,
        screen,
        standing,
        "approve",
        _("Approve “%s”"),
        form=form,
        send_back_form=send_back_form,
        send_back_url=screen.url("send_back"),
        refusal=why_not_approved_by(standing, editor(request)),
    )


def _page(
    request: HttpRequest, screen: Screen, standing: Standing, name: str, title: str, **more: object
) -> HttpResponse:
    """Show a screen with the words, and what differs in them from those that readers know."""
    published = standing.published
    known = contents.from_stored(published.kind, published.content) if published else None
    changes = comparing.compare(known, standing.content) if standing.is_changed else ()
    context = screen.context(
        request,
        title % standing.title,
        standing=standing,
        changes=changes,
        alerts=comparing.alerts(changes),
        words=comparing.compare(None, standing.content),
        **more,
    )
    return TemplateResponse(request, f"admin/education/{name}.html", context)


def _done(request: HttpRequest, screen: Screen, logged: str, said: str) -> HttpResponse:
    note(request, screen.row, logged)
    messages.success(request, said)
    return HttpResponseRedirect(screen.url(), status=303)


def _standing(screen: Screen) -> Standing:
    standing = editing.standing_of(screen.kind, screen.key, timezone.now())
    assert standing is not None  # noqa: S101  # for the type checker: the screen holds its row
    return standing


def _refused(form: _Form, refusal: editing.Refused, standing: Standing) -> _Form:
    """Return the form with what was typed, why it was refused, and the hash of the words as they are now."""
    form.add_error(None, str(refusal))
    form.data = {**{name: form.data.get(name) for name in form.data}, "content_hash": standing.content_hash}
    return form

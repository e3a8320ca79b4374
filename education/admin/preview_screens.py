"""Previews for editors: the unsaved form as the real page, a page of an earlier edition, links for others, comments."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from backspasm.security import allow_own_frame
from backspasm.site import absolute
from education import contents, previewing, publishing, structure, working_copy
from education.admin.log import note
from education.admin.screen import Screen, editor
from education.editing import Refused, sharing, working_copies
from education.editing.sharing import Remark
from education.editing_forms import FieldError
from education.edition import LiveEdition
from education.models import PreviewLink
from education.views import reading
from education.views.reading import PreviewNotice

# An address of the site or of another: in a frame it would lead to a page that refuses to stand in one.
_LINK_AWAY: Final = re.compile(rb'<a (?=[^>]*href="(?!#))')


def unsaved(request: HttpRequest, content: structure.Publishable) -> HttpResponse:
    """Show words that nobody has saved as the page that readers would see, for a frame; store nothing."""
    now = timezone.now()
    live = publishing.live(now)
    preview = previewing.preview_of(content, live, working_copies.not_live(live), now)
    return _framed(reading.render_preview(request, preview, now))


def cannot_show(request: HttpRequest, errors: Iterable[FieldError]) -> HttpResponse:
    """Say in the frame what must be mended before there is a page to show. Status 400."""
    return _framed(render(request, "education/preview_failed.html", {"errors": errors}, status=HTTPStatus.BAD_REQUEST))


def as_it_stood(request: HttpRequest, live: LiveEdition, slug: str) -> HttpResponse:
    """Show a page of an earlier edition. Raises KeyError where that edition has none such."""
    notice = PreviewNotice(_("The page as it stood in edition %(number)d.") % {"number": live.number})
    return _kept_by_nobody(reading.render_article(request, live, live.published_at, slug, preview=notice))


def _framed(response: HttpResponse) -> HttpResponse:
    allow_own_frame(response)
    response.content = _LINK_AWAY.sub(rb'<a target="_blank" ', response.content)
    return _kept_by_nobody(response)


def _kept_by_nobody(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    return response


# --- Links for people without an account -----------------------------------------------------------------------


def _periods() -> list[tuple[int, str]]:
    return [(days, ngettext("%(days)d day", "%(days)d days", days) % {"days": days}) for days in sharing.DAYS]


class LinkForm(forms.Form):
    """How long a new link works."""

    days = forms.TypedChoiceField(
        label=gettext_lazy("How long it works"),
        coerce=int,
        initial=sharing.DAYS[1],
        choices=_periods,
    )


class RevokeForm(forms.Form):
    """Which link is to stop working."""

    revoke = forms.UUIDField()


@dataclass(frozen=True)
class LinkRow:
    """One link in the list. ``comments`` counts those on its words, whoever made them."""

    link: PreviewLink
    works: bool
    is_older: bool  # it shows an older wording than the one saved now
    comments: int


@dataclass(frozen=True)
class RemarkRow:
    """One comment in the list."""

    remark: Remark
    is_older: bool


@require_http_methods(["GET", "HEAD", "POST"])
def links(request: HttpRequest, screen: Screen) -> HttpResponse:
    """List the preview links and the comments of a working copy; make a link to the words saved now, or revoke one."""
    now = timezone.now()
    if request.method != "POST":
        return _links_page(request, screen, now, LinkForm())
    if "revoke" in request.POST:
        return _revoke(request, screen, now)
    form = LinkForm(request.POST)
    if not form.is_valid():
        return _links_page(request, screen, now, form, status=HTTPStatus.BAD_REQUEST)
    return _make(request, screen, now, form)


def _make(request: HttpRequest, screen: Screen, now: datetime, form: LinkForm) -> HttpResponse:
    days: int = form.cleaned_data["days"]
    words = _words(screen)
    try:
        token = sharing.make_link(screen.kind, screen.key, words, days=days, by=editor(request), now=now)
    except Refused as refused:
        messages.error(request, str(refused))
        return _links_page(request, screen, now, form, status=HTTPStatus.BAD_REQUEST)
    # Neither the log nor a message in the session may hold the token: it is shown in this one answer.
    note(request, screen.row, f"Made a preview link for {days} days.")
    address = absolute(reverse("education:preview", args=[token]))
    return _links_page(request, screen, now, LinkForm(), new_address=address)


def _revoke(request: HttpRequest, screen: Screen, now: datetime) -> HttpResponse:
    form = RevokeForm(request.POST)
    link: UUID | None = form.cleaned_data["revoke"] if form.is_valid() else None
    if link and sharing.revoke(screen.kind, screen.key, link, now=now):
        note(request, screen.row, "Revoked a preview link.")
        messages.success(request, _("The link does not work any more."))
    else:
        messages.info(request, _("That link had stopped working already."))
    return HttpResponseRedirect(request.path, status=HTTPStatus.SEE_OTHER)


def _links_page(
    request: HttpRequest,
    screen: Screen,
    now: datetime,
    form: LinkForm,
    *,
    new_address: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    words = _words(screen)
    remarks = sharing.remarks(screen.kind, screen.key)
    counted = Counter(remark.content_hash for remark in remarks)
    rows = [
        LinkRow(
            link=link,
            works=link.revoked_at is None and link.expires_at > now,
            is_older=link.content_hash != words,
            comments=counted[link.content_hash],
        )
        for link in sharing.links_to(screen.kind, screen.key)
    ]
    context = screen.context(
        request,
        _("Preview links and comments"),
        form=form,
        links=rows,
        remarks=[RemarkRow(remark, remark.content_hash != words) for remark in reversed(remarks)],
        new_address=new_address,
    )
    return _kept_by_nobody(TemplateResponse(request, "admin/education/preview_links.html", context, status=status))


def _words(screen: Screen) -> str:
    return contents.content_hash(working_copy.content_of(screen.row))

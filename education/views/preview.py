"""A preview link: one wording for somebody without an account, who can read it and leave a comment."""

from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

from allauth.account.adapter import get_adapter
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from backspasm.shared_cache import UNAVAILABLE
from education import feedback, previewing, publishing, structure
from education.comment_form import CommentForm
from education.editing import content_at, sharing
from education.models import PreviewLink
from education.views import reading

_TROUBLES: Final = {
    HTTPStatus.TOO_MANY_REQUESTS: _(
        "Too many comments came from your address this hour. Yours still stands below. Please send it again later."
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: _(
        "We cannot save your comment now. Nothing was lost: it still stands below. Please send it again in a minute."
    ),
}


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """Show the words that the link was made of, or keep a comment on them.

    404 for a token that is unknown, expired or revoked: the same answer for all three. 400 for a comment with a
    mistake, 429 for a flood, 503 where nothing can be stored; what was typed is kept.
    """
    now = timezone.now()
    link = sharing.working_link(token, now)
    content = content_at(link.kind, link.key, link.content_hash) if link else None
    if link is None or content is None:
        raise Http404
    if request.method != "POST":
        return _page(request, link, content, now, CommentForm())
    form = CommentForm(request.POST)
    status = _keep(request, link, form, now)
    if status is None:
        address = reverse("education:preview", args=[token])
        return HttpResponseRedirect(f"{address}#comments", status=HTTPStatus.SEE_OTHER)
    return _page(request, link, content, now, form, status)


def _keep(request: HttpRequest, link: PreviewLink, form: CommentForm, now: datetime) -> HTTPStatus | None:
    """Keep the comment, or return the status that says why not."""
    if not form.is_valid():
        return HTTPStatus.BAD_REQUEST
    try:
        if not feedback.is_within_limit(get_adapter().get_client_ip(request), now=now):
            return HTTPStatus.TOO_MANY_REQUESTS
        sharing.comment(link, **form.cleaned_data, now=now)
    except UNAVAILABLE:
        return HTTPStatus.SERVICE_UNAVAILABLE
    return None


def _page(
    request: HttpRequest,
    link: PreviewLink,
    content: structure.Publishable,
    now: datetime,
    form: CommentForm,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    live = publishing.live(now)
    preview = previewing.preview_of(content, live, sharing.not_live_at_making(link, live), now)
    context: dict[str, Any] = {
        "link": link,
        "remarks": sharing.guests_remarks(link),
        "comment_form": form,
        "trouble": _TROUBLES.get(status),
    }
    response = reading.render_preview(request, preview, now, template="education/preview_shared.html", **context)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response

"""'Did this help?': the only public write."""

from typing import Final

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from backspasm.shared_cache import UNAVAILABLE
from education import feedback
from education.forms import FeedbackForm
from education.views.public import public_answer

BODY_BYTES_AT_MOST: Final = 2048


@login_not_required
@csrf_exempt  # there is no session to ride on; the origin is checked instead
@require_http_methods(["POST"])
def give(request: HttpRequest) -> HttpResponse:
    """Store one answer and lead to a plain thank-you page.

    403 from another site, 413 above 2 kB, 429 for a flood, 503 where nothing can be stored; what was typed is kept.
    """
    if not _is_from_here(request):
        return render(request, "403.html", status=403)
    if _body_bytes(request) > BODY_BYTES_AT_MOST:
        return render(request, "education/feedback.html", {"too_long": True}, status=413)
    form = FeedbackForm(request.POST)
    if not form.is_valid():
        return render(request, "education/feedback.html", {"form": form}, status=400)
    try:
        if not feedback.is_within_limit(get_adapter().get_client_ip(request), now=timezone.now()):
            return render(request, "429.html", status=429)
        feedback.store(**form.answer(), now=timezone.now())
    except UNAVAILABLE:
        return render(request, "education/feedback.html", {"form": form, "cannot_save": True}, status=503)
    return HttpResponseRedirect(reverse("education:thanks"), status=303)


def _is_from_here(request: HttpRequest) -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("Origin") == str(settings.SITE_URL)


def _body_bytes(request: HttpRequest) -> int:
    """Return the length the client announced; a nonsensical one counts as none, and no body is then read."""
    try:
        return int(request.headers.get("Content-Length") or 0)
    except ValueError:
        return 0


@public_answer
def thanks(request: HttpRequest) -> HttpResponse:
    """Say thank you."""
    return render(request, "education/thanks.html")

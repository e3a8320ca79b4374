"""The calendar feed: made, ended, read by calendars."""

from http import HTTPStatus
from typing import Final

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tracker.access import patient_view, seen_other
from tracker.models import Patient
from tracker.reminders import calendar

# Read by machines: plain text.
_TEXT: Final = "text/plain; charset=utf-8"
_GONE: Final = "This calendar link does not open anything.\n"
_TOO_MANY: Final = "Too many requests. Try again in an hour.\n"


@require_POST
@patient_view
def make(request: HttpRequest, patient: Patient) -> HttpResponseBase:
    """Make a link, which ends the one before, and show its address: once."""
    token = calendar.make(patient=patient, now=timezone.now())
    # Answered here and not after a redirect: the token must stand in no session, message or address.
    shown = {"calendar": calendar.box(patient.user, token=token)}
    answer = render(request, "tracker/reminders/calendar_made.html", shown)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@require_POST
@patient_view
def end(request: HttpRequest, patient: Patient) -> HttpResponseBase:
    """End the link at once."""
    if calendar.end(patient=patient, now=timezone.now()):
        messages.success(request, _("The calendar link opens nothing any more."))
    return seen_other(reverse("tracker:reminder_where"))


@login_not_required
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponseBase:
    """Give a calendar the plan of whoever made the link.

    404, always the same, for a link that is unknown or ended, or whose owner took the consent back or is gone. 429 for
    more than 60 fetches an hour. 304 where the calendar has it already.
    """
    now = timezone.now()
    found = calendar.feed_for(token)
    if found is None:
        return HttpResponse(_GONE, content_type=_TEXT, status=HTTPStatus.NOT_FOUND)
    if not calendar.may_fetch(found, now=now):
        return HttpResponse(_TOO_MANY, content_type=_TEXT, status=HTTPStatus.TOO_MANY_REQUESTS)
    written = calendar.body(found.user, now=now)
    tag = calendar.etag(written)
    answer = HttpResponse(written, content_type="text/calendar; charset=utf-8")
    answer.headers["Cache-Control"] = "private, max-age=3600"
    answer.headers["ETag"] = tag
    answer.headers["X-Robots-Tag"] = "noindex"
    # By its tag alone: an emergency answer, a pause or a new night changes the file, and no row keeps when.
    return get_conditional_response(request, tag, None, answer) or answer

"""What somebody with a visit link sees: a page with one button, and behind it the sheet."""

from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from tracker.reports import hourly, visit_links
from tracker.views.report import shown


@login_not_required
@csrf_exempt  # no session and no cookie: whoever knows the address may open it, and nobody else gains by a forged tap
@require_http_methods(["GET", "HEAD", "POST"])
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """Show a button; a tap on it shows the sheet, and is noted.

    404, always the same page, for a link that is unknown, over or ended. 429 for more than 60 openings an hour.
    """
    now = timezone.now()
    link = visit_links.working(token, now=now)
    if link is None:
        return _page(request, "tracker/report/visit_gone.html", status=HTTPStatus.NOT_FOUND)
    if request.method != "POST":
        return _page(request, "tracker/report/visit_closed.html")
    if not hourly.may_open(link.pk, now=now):
        return _page(request, "429.html", status=HTTPStatus.TOO_MANY_REQUESTS)
    patient = visit_links.open_it(link=link, now=now)
    if patient is None:
        return _page(request, "tracker/report/visit_gone.html", status=HTTPStatus.NOT_FOUND)
    return _page(request, "tracker/report/visit_open.html", shown(patient, now))


def _page(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    answer = render(request, template, context or {}, status=status)
    answer.headers["Cache-Control"] = "no-store"
    return answer

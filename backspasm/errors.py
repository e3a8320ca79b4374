"""Error pages in the site's look. None of them needs the database."""

import logging
import sys
from collections.abc import Callable
from http import HTTPStatus

from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import DataError, IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import requires_csrf_token

from backspasm.shared_cache import UNAVAILABLE

logger = logging.getLogger(__name__)

_DESIGNED = {HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.GONE, HTTPStatus.TOO_MANY_REQUESTS}


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: what came cannot be understood. A session that ended on the way leads to sign-in instead."""
    if isinstance(exception, SessionInterrupted):
        return HttpResponseRedirect(reverse("account_login"), status=303)
    return render(request, "400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: known, but not allowed."""
    return render(request, "403.html", status=403)


@requires_csrf_token
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form came without its token; says how to send it again."""
    return render(request, "403.html", {"is_form": True}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: nothing stands here, or it is somebody else's."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault, unless a middleware met what is not."""
    return _not_ours(request, sys.exception()) or render(request, "500.html", status=500)


def _not_ours(request: HttpRequest, exception: BaseException | None) -> HttpResponse | None:
    """Return 400 for what no database can hold, 503 for a database or a cache that is away, None for anything else."""
    if isinstance(exception, DataError):
        return render(request, "400.html", status=400)
    # A rule of the database that code ran into is a fault of ours, and not a database that is away.
    if isinstance(exception, UNAVAILABLE) and not isinstance(exception, IntegrityError):
        return render(request, "503.html", {"was_writing": request.method == "POST"}, status=503)
    return None


class DesignedErrors:
    """Middleware: bare answers such as 405 get a page; a database or a cache that is away gets a 503 page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code in _DESIGNED and not response.streaming and not response.content:
            page = render(request, f"{response.status_code}.html", status=response.status_code)
            if "Allow" in response.headers:
                page.headers["Allow"] = response.headers["Allow"]
            return page
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer where the database or the cache does not, cannot be written, or cannot hold what came."""
        answer = _not_ours(request, exception)
        if answer is None:
            return None
        # The text of the exception may hold values of a row: only its type is logged.
        match = request.resolver_match
        logger.error("%s at %s", type(exception).__name__, match.view_name if match else "no view")
        return answer

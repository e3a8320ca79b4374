"""What every public view shares: open to all, read-only, the same bytes for every reader."""

import re
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, Final

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from backspasm.page_layer import PUBLIC
from education import publishing
from education.edition import LiveEdition, Retired

_BLANK_LINES: Final = re.compile(r"\n\s*\n")
PublicView = Callable[..., HttpResponse]


def public_answer(view: PublicView) -> PublicView:
    """Open a view to all; the page layer and any cache may store its answers, and ask anew before each use."""

    @login_not_required
    @csrf_exempt  # it takes no form: 405 says so, a missing token would not
    @require_safe
    @wraps(view)
    def public(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        response = view(request, **kwargs)
        response.headers.setdefault("Cache-Control", PUBLIC)
        return response

    return public


def public_page(view: PublicView) -> PublicView:
    """Make a public answer of the live edition: the view gets it, and the moment, as second and third argument."""

    @public_answer
    @wraps(view)
    def of_the_live_edition(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        now = timezone.now()
        return view(request, publishing.live(now), now, **kwargs)

    return of_the_live_edition


def render_page(request: HttpRequest, template: str, live: LiveEdition, context: dict[str, Any]) -> HttpResponse:
    """Render a public template with what all of them need, without the blank lines that template tags leave."""
    nav = tuple(item.content for item in live.articles.values())
    html = render_to_string(template, {"nav": nav, "edition_number": live.number, **context}, request)
    return HttpResponse(_BLANK_LINES.sub("\n", html))


def gone(request: HttpRequest, live: LiveEdition, retired: Retired) -> HttpResponse:
    """Answer 410 for what was taken down, with the page that stands in for it, if there is one."""
    instead = live.articles.get(retired.points_to)
    context = {"retired": retired, "instead": instead.content if instead else None}
    return HttpResponse(render_to_string("410.html", context, request), status=HTTPStatus.GONE)

"""What machines read: JSON, feed, sitemap, robots, security.txt."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect, JsonResponse
from django.shortcuts import render
from django.utils import timezone

from backspasm.site import absolute
from education import api, histories, pages
from education.addresses import exercise_path, page_path
from education.edition import LiveEdition
from education.feeds import ChangesFeed
from education.views.public import public_answer, public_page

SECURITY_TXT_FOR = timedelta(days=180)


@public_page
def api_pages(request: HttpRequest, live: LiveEdition, now: datetime) -> HttpResponse:
    """List the pages."""
    return _json(api.page_list(live, now.date()))


@public_page
def api_page(request: HttpRequest, live: LiveEdition, now: datetime, *, slug: str) -> HttpResponse:
    """One page: text blocks, statements with sources and labels, red flags, dates; 410 where it was retired."""
    if slug in live.retired_articles:
        retired = live.retired_articles[slug]
        return _json(
            {"retired_at": retired.retired_at.isoformat(), "instead": retired.points_to or None}, HTTPStatus.GONE
        )
    if slug not in live.articles:
        raise Http404
    return _json(api.page(pages.page(live, slug, now.date()), live))


def _json(value: dict[str, Any], status: int = HTTPStatus.OK) -> HttpResponse:
    return JsonResponse(value, status=status, json_dumps_params={"ensure_ascii": False})


@public_page
def changes(request: HttpRequest, live: LiveEdition, now: datetime) -> HttpResponse:
    """The Atom feed of what changed."""
    return ChangesFeed(live)(request)


@public_page
def sitemap(request: HttpRequest, live: LiveEdition, now: datetime) -> HttpResponse:
    """Every page with the day of its last change; the home page's address is the site's."""
    addresses = [(absolute(page_path(key)), histories.changed_at(live, key)) for key in live.articles] + [
        (absolute(exercise_path(key)), item.published_at) for key, item in live.exercises.items()
    ]
    return render(
        request, "education/sitemap.xml", {"addresses": addresses}, content_type="application/xml; charset=utf-8"
    )


@public_answer
def robots(request: HttpRequest) -> HttpResponse:
    """Public pages may be indexed; the private half may not."""
    return render(
        request, "education/robots.txt", {"sitemap": absolute("/sitemap.xml")}, content_type="text/plain; charset=utf-8"
    )


@public_answer
def security_txt(request: HttpRequest) -> HttpResponse:
    """Where to report a weakness; 404 where the operator has given no contact, since the format demands one."""
    if not settings.OPERATOR_CONTACT:
        raise Http404
    contact = settings.OPERATOR_CONTACT
    context = {
        "contact": f"mailto:{contact}" if "@" in contact and ":" not in contact else contact,
        "expires": timezone.now() + SECURITY_TXT_FOR,
        "canonical": absolute("/.well-known/security.txt"),
    }
    response = render(request, "education/security.txt", context, content_type="text/plain; charset=utf-8")
    # Not kept with the pages: an edition may outlast its date.
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


@public_answer
def favicon(request: HttpRequest) -> HttpResponse:
    """Send browsers that ask for the old name to the drawing."""
    return HttpResponsePermanentRedirect(staticfiles_storage.url("svg/favicon.svg"))

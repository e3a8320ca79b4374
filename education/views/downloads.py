"""PDFs, made when they were published."""

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse

from education import publishing
from education.edition import LiveEdition
from education.leaflets import DIARY_KEY
from education.views.public import gone, public_page


@public_page
def leaflet(request: HttpRequest, live: LiveEdition, now: datetime, *, slug: str) -> HttpResponse:
    """Hand out the leaflet of a page."""
    if slug in live.retired_articles:
        return gone(request, live, live.retired_articles[slug])
    if slug not in live.articles or not live.articles[slug].content.has_leaflet:
        raise Http404
    return _pdf(slug, now)


@public_page
def diary(request: HttpRequest, live: LiveEdition, now: datetime) -> HttpResponse:
    """Hand out the paper diary."""
    return _pdf(DIARY_KEY, now)


def _pdf(key: str, now: datetime) -> HttpResponse:
    pdf = publishing.leaflet(key, now)
    if pdf is None:
        raise Http404
    response = HttpResponse(pdf, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="backspasm-{key}.pdf"'
    return response

"""Search. What somebody looks for is never stored and never logged."""

from datetime import datetime

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from backspasm.page_layer import PUBLIC
from education import pages, publishing, search
from education.edition import LiveEdition
from education.views.public import render_page


@login_not_required
@csrf_exempt
@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """Answer ``?q=``; an empty or hostile query gets a friendly page."""
    now = timezone.now()
    live: LiveEdition = publishing.live(now)
    asked = request.GET.get("q", "")
    answer = search.index_for(live).search(asked)
    context = {
        "query": answer.query,
        "results": answer.results,
        "is_red_flag": answer.is_red_flag,
        "corrected": answer.corrected,
        "message": answer.message,
        "emergency": pages.emergency_card(live),
    }
    response = render_page(request, "education/search.html", live, context)
    # A page with somebody's words in it is kept by nobody.
    response.headers["Cache-Control"] = "no-store" if asked else PUBLIC
    return response


@login_not_required
@csrf_exempt
@require_safe
def suggestions(request: HttpRequest) -> HttpResponse:
    """Answer ``?q=`` with a few titles as JSON, while somebody types."""
    now: datetime = timezone.now()
    found = search.index_for(publishing.live(now)).suggest(request.GET.get("q", ""))
    response = JsonResponse({"suggestions": [{"title": item.title, "url": item.url} for item in found]})
    response.headers["Cache-Control"] = "no-store"
    return response

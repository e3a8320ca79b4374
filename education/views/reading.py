"""The pages people read."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.http import Http404, HttpRequest, HttpResponse

from education import pages, structure, structured_data
from education.edition import LiveEdition, Published
from education.forms import FeedbackForm
from education.natural import natural
from education.pages import ReviewStatus
from education.views.public import public_page, render_page

# Pages that print a list of their own below their words.
_TEMPLATES = {
    "home": "education/home.html",
    "exercises": "education/exercises.html",
    "glossary": "education/glossary.html",
    "sources": "education/sources.html",
    "review-status": "education/review_status.html",
}


@dataclass(frozen=True)
class ReviewRow:
    """One line of the review status list."""

    article: structure.Article
    review: ReviewStatus
    number: int
    published_at: datetime


@public_page
def article(request: HttpRequest, live: LiveEdition, now: datetime, *, slug: str) -> HttpResponse:
    """Show one article; 404 where no such page is live."""
    if slug not in live.articles:
        raise Http404
    page = pages.page(live, slug, now.date())
    context = {
        "page": page,
        "feedback_form": FeedbackForm(initial={"page": slug, "edition": live.number}),
        "json_ld": structured_data.article(page),
        **_own_list(slug, live, now),
    }
    return render_page(request, _TEMPLATES.get(slug, "education/article.html"), live, context)


def _by_code(live: LiveEdition) -> list[Published[structure.Exercise]]:
    return sorted(live.exercises.values(), key=lambda item: natural(item.content.code))


def _own_list(slug: str, live: LiveEdition, now: datetime) -> dict[str, object]:
    match slug:
        case "glossary":
            terms = sorted((item.content for item in live.terms.values()), key=lambda term: term.name.casefold())
            letters = [(letter, list(group)) for letter, group in groupby(terms, key=lambda term: term.name[0].upper())]
            return {"letters": letters}
        case "sources":
            return {"sources": sorted((item.content for item in live.sources.values()), key=lambda s: natural(s.key))}
        case "review-status":
            return {
                "rows": [
                    ReviewRow(item.content, pages.review_status(item, now.date()), item.number, item.published_at)
                    for item in live.articles.values()
                    if item.content.review_due_on
                ]
            }
    return {}


@public_page
def exercise(request: HttpRequest, live: LiveEdition, now: datetime, *, slug: str) -> HttpResponse:
    """Show one exercise; it is reviewed together with the exercises page."""
    if slug not in live.exercises or "exercises" not in live.articles:
        raise Http404
    published = live.exercises[slug]
    content = published.content
    context = {
        "exercise": content,
        "references": pages.references(live, content.sources),
        "review": pages.review_status(live.articles["exercises"], now.date()),
        "history": published.history,
        "others": tuple(item.content for item in _by_code(live) if item.content.purpose == content.purpose),
        "json_ld": structured_data.exercise(content),
    }
    return render_page(request, "education/exercise.html", live, context)

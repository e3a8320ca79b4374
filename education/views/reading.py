"""The pages people read; and the same pages around words that are not published yet."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from education import pages, previewing, structure, structured_data
from education.edition import LiveEdition, Published
from education.forms import FeedbackForm
from education.natural import natural
from education.pages import Missing, ReviewStatus
from education.previewing import Preview
from education.views.public import gone, public_page, render_page

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


@dataclass(frozen=True)
class PreviewNotice:
    """What stands above a page that readers do not see: what it is, and what to know about it.

    ``template`` extends "education/preview.html"; ``context`` is what it needs besides.
    """

    said: str
    notes: tuple[str, ...] = ()
    template: str = "education/preview.html"
    context: Mapping[str, Any] = field(default_factory=dict)


@public_page
def article(request: HttpRequest, live: LiveEdition, now: datetime, *, slug: str) -> HttpResponse:
    """Show one article; 410 where it was retired, 404 where there never was such a page."""
    if slug in live.retired_articles:
        return gone(request, live, live.retired_articles[slug])
    if slug not in live.articles:
        raise Http404
    return render_article(request, live, now, slug)


def render_article(
    request: HttpRequest, live: LiveEdition, now: datetime, slug: str, *, preview: PreviewNotice | None = None
) -> HttpResponse:
    """Return a page of an edition, for readers or as a preview. Raises KeyError where the edition has none such."""
    page = pages.page(live, slug, now.date())
    context = {"page": page, **_own_list(slug, live, now)}
    template = _TEMPLATES.get(slug, "education/article.html")
    if preview:
        return _render_preview(request, template, live, context, preview, page.missing)
    context["feedback_form"] = FeedbackForm(initial={"page": slug, "edition": live.number})
    context["json_ld"] = structured_data.article(page)
    return render_page(request, template, live, context)


def _by_code(live: LiveEdition) -> list[Published[structure.Exercise]]:
    return sorted(live.exercises.values(), key=lambda item: natural(item.content.code))


def _own_list(slug: str, live: LiveEdition, now: datetime) -> dict[str, object]:
    match slug:
        case "glossary":
            terms = sorted((item.content for item in live.terms.values()), key=lambda term: term.name.casefold())
            letters = groupby(terms, key=lambda term: term.name[:1].upper())
            return {"letters": [(letter, list(group)) for letter, group in letters]}
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
    if slug in live.retired_exercises:
        return gone(request, live, live.retired_exercises[slug])
    if slug not in live.exercises or "exercises" not in live.articles:
        raise Http404
    return render_exercise(request, live, now, slug)


def render_exercise(
    request: HttpRequest, live: LiveEdition, now: datetime, slug: str, *, preview: PreviewNotice | None = None
) -> HttpResponse:
    """Return the page of an exercise of an edition, for readers or as a preview. Raises KeyError."""
    published = live.exercises[slug]
    content = published.content
    together = live.articles.get("exercises")
    context = {
        "exercise": content,
        "references": pages.references(live, content.sources),
        "review": pages.review_status(together, now.date()) if together else None,
        "history": published.history,
        "others": tuple(item.content for item in _by_code(live) if item.content.purpose == content.purpose),
    }
    template = "education/exercise.html"
    if preview:
        missing = [Missing("source", key) for key in content.sources if key not in live.sources]
        return _render_preview(request, template, live, context, preview, missing)
    return render_page(request, template, live, {**context, "json_ld": structured_data.exercise(content)})


# --- Previews -----------------------------------------------------------------------------------------------


def render_preview(
    request: HttpRequest, preview: Preview, now: datetime, *, template: str = "", **context: Any
) -> HttpResponse:
    """Return the page that shows a content which is not published yet; the rest is as in ``PreviewNotice``."""
    said = _("Preview. Readers see these words now.") if preview.is_live else _("Preview. Not what readers see.")
    notice = PreviewNotice(said, preview.notes, template or PreviewNotice.template, context)
    kind, slug = preview.page
    render = render_exercise if kind == "exercise" else render_article
    return render(request, preview.live, now, slug, preview=notice)


def _render_preview(
    request: HttpRequest,
    template: str,
    live: LiveEdition,
    context: Mapping[str, Any],
    preview: PreviewNotice,
    missing: Iterable[Missing],
) -> HttpResponse:
    shown = {
        "page_template": template,
        "preview_said": preview.said,
        "preview_notes": (*preview.notes, *(previewing.sentence(item) for item in missing)),
    }
    return render_page(request, preview.template, live, {**context, **preview.context, **shown})

"""The read-only JSON of the pages. Pure: what the page shows, as data."""

from datetime import date
from typing import Any

from django.urls import reverse

from backspasm.site import absolute
from education import histories, pages, richtext, structure
from education.addresses import exercise_path, page_path
from education.edition import LiveEdition
from education.pages import CardView, PageView, SectionView


def page_list(live: LiveEdition, today: date) -> dict[str, Any]:
    """Return every page with its address and dates."""
    return {
        "edition": live.number,
        "published_at": live.published_at.isoformat(),
        "pages": [
            {
                "slug": key,
                "title": item.content.title,
                "summary": item.content.summary,
                "url": absolute(page_path(key)),
                "api_url": absolute(reverse("education:api_page", kwargs={"slug": key})),
                "published_at": histories.changed_at(live, key).isoformat(),
                "review": _review(pages.review_status(item, today)),
            }
            for key, item in live.articles.items()
        ],
    }


def page(view: PageView, live: LiveEdition) -> dict[str, Any]:
    """Return one page: blocks of text, statements with labels and sources, red flags, dates."""
    article = view.article
    emergency = pages.emergency_card(live)
    return {
        "edition": live.number,
        "slug": article.key,
        "title": article.title,
        "summary": article.summary,
        "language": "en-GB",
        "url": absolute(page_path(article.key)),
        "published_at": view.history[0].published_at.isoformat(),
        "review": _review(view.review),
        "red_flags": _card(emergency),
        "sections": [
            _section(section, content) for section, content in zip(view.sections, article.sections, strict=True)
        ],
        "sources": [
            {
                "number": reference.number,
                "key": reference.source.key,
                "organisation": reference.source.organisation,
                "title": reference.source.title,
                "year": reference.source.year,
                "publication": reference.source.publication,
                "doi": reference.source.doi,
                "url": reference.source.url,
                "reading": reference.source.reading,
            }
            for reference in view.references
        ],
        "changes": [
            {"number": change.number, "published_at": change.published_at.isoformat(), "changes": change.changes}
            for change in view.history
        ],
    }


def _review(review: pages.ReviewStatus) -> dict[str, Any]:
    return {
        "reviewed_on": review.reviewed_on.isoformat() if review.reviewed_on else None,
        "reviewer": review.reviewer or None,
        "reviewer_role": review.reviewer_role or None,
        "due_on": review.due_on.isoformat() if review.due_on else None,
        "is_overdue": review.is_overdue,
    }


def _blocks(html: str) -> list[dict[str, Any]]:
    return [{"kind": block.kind, "text": block.text, "level": block.level} for block in richtext.to_blocks(html)]


def _section(view: SectionView, content: structure.Section) -> dict[str, Any]:
    section: dict[str, Any] = {
        "kind": view.kind,
        "anchor": view.anchor,
        "heading": view.heading,
        "blocks": _blocks(content.intro),
    }
    match content:
        case structure.StatementsSection() | structure.StepsSection() | structure.FaqSection():
            section["statements"] = [_statement(statement) for statement in content.statements]
        case structure.CardSection() if view.card:
            section["card"] = _card(view.card)
        case structure.ProtocolSection():
            section["phase"] = content.phase
            section["steps"] = [_step(item) for item in view.steps]
        case structure.ExercisesSection():
            section["exercises"] = [_exercise(item) for item in view.exercises]
        case structure.FigureSection():
            section["figure"] = {"alt": content.alt, "caption": content.caption, "labels": list(content.labels)}
    return section


def _statement(statement: structure.Statement) -> dict[str, Any]:
    return {
        "lead": statement.lead,
        "blocks": _blocks(statement.body),
        "evidence": statement.evidence,
        "evidence_label": str(pages.EVIDENCE_LABELS[statement.evidence]) if statement.evidence else None,
        "claims": list(statement.claims),
        "sources": list(statement.sources),
    }


def _card(view: CardView) -> dict[str, Any]:
    card = view.card
    return {
        "urgency": card.urgency,
        "title": card.title,
        "emergency_number": card.emergency_number or None,
        "crisis_line": card.crisis_line or None,
        "signs": [
            {"code": sign.code, "text": sign.text, "when": sign.when, "sources": list(sign.sources)}
            for sign in card.signs
        ],
    }


def _step(view: pages.StepView) -> dict[str, Any]:
    step = view.step
    return {
        "key": step.key,
        "kind": step.kind,
        "title": step.title,
        "instruction": step.instruction,
        "duration_from_minutes": step.duration_from_minutes,
        "duration_minutes": step.duration_minutes,
        "interval_minutes": step.interval_minutes,
        "interval_to_minutes": step.interval_to_minutes,
        "timing": step.timing,
        "limit_per_day": step.limit_per_day,
        "days_per_week": step.days_per_week,
        "facts": [{"label": label, "value": value} for label, value in view.facts],
        "cautions": list(step.cautions),
        "evidence": step.evidence,
        "evidence_label": str(pages.EVIDENCE_LABELS[step.evidence]) if step.evidence else None,
        "claims": list(step.claims),
        "sources": list(step.sources),
    }


def _exercise(exercise: structure.Exercise) -> dict[str, Any]:
    return {
        "key": exercise.key,
        "code": exercise.code,
        "name": exercise.name,
        "purpose": exercise.purpose,
        "url": absolute(exercise_path(exercise.key)),
    }

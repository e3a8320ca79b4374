"""schema.org facts in the page, as one JSON-LD block. Says nothing that the page does not say.

Only the types and properties of standards.md section 3 are used; a test keeps the list.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from backspasm.site import absolute
from education import richtext, structure
from education.addresses import exercise_path, page_path
from education.pages import PageView

# ICD-10-CM, release of April 2026: "Muscle spasm of back".
CONDITION_CODE: Final = "M62.830"
_ASPECTS: Final[Mapping[str, str]] = {
    "overview": "overview",
    "causes": "cause",
    "disc-disorders": "cause",
    "treatment": "treatment",
    "prevention": "prevention",
    "recovery": "prognosis",
    "medicines": "treatment",
    "movement": "treatment",
    "get-help": "symptoms",
}
_ABOUT_BACKS: Final = frozenset({"article", "living"})
# Inside a script element only these can end the block or confuse a parser.
_ESCAPES: Final = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def block(graph: list[dict[str, Any]]) -> SafeString:
    """Return the JSON-LD element; no content can end it early."""
    value = {"@context": "https://schema.org", "@graph": graph}
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')


def article(page: PageView) -> SafeString:
    """Return the block of one article page."""
    key = page.article.key
    url = absolute(page_path(key))
    graph = [_web_page(page, url)]
    if page.article.group in _ABOUT_BACKS:
        graph[0]["about"] = {"@id": f"{url}#condition"}
        graph.append(_condition(url))
    if any(section.kind == "faq" for section in page.sections):
        graph.append(_faq(page, url))
    return block(graph)


def _web_page(page: PageView, url: str) -> dict[str, Any]:
    article, review = page.article, page.review
    facts: dict[str, Any] = {
        "@type": "MedicalWebPage" if article.group in _ABOUT_BACKS else "WebPage",
        "@id": f"{url}#page",
        "url": url,
        "name": article.title,
        "inLanguage": "en-GB",
        "isAccessibleForFree": True,
        "dateModified": page.history[0].published_at.date().isoformat(),
    }
    if article.key != "home":
        facts["breadcrumb"] = breadcrumb((article.nav_title or article.title, url))
    if article.group in _ABOUT_BACKS:
        facts["medicalAudience"] = {"@type": "MedicalAudience", "audienceType": "Patient"}
        if article.key in _ASPECTS:
            facts["aspect"] = _ASPECTS[article.key]
    if review.reviewed_on and review.reviewer:
        facts["lastReviewed"] = review.reviewed_on.isoformat()
        facts["reviewedBy"] = {"@type": "Person", "name": review.reviewer}
    return facts


def breadcrumb(*steps: tuple[str, str]) -> dict[str, Any]:
    """Return the path from the home page; each step is a name and an address."""
    items = [(_("Home"), absolute(page_path("home"))), *steps]
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, "item": item}
            for position, (name, item) in enumerate(items, start=1)
        ],
    }


def _condition(url: str) -> dict[str, Any]:
    code = {"@type": "MedicalCode", "codeValue": CONDITION_CODE, "codingSystem": "ICD-10-CM"}
    return {
        "@type": "MedicalCondition",
        "@id": f"{url}#condition",
        "name": "Back muscle spasm",
        "code": code,
    }


def _faq(page: PageView, url: str) -> dict[str, Any]:
    questions = [
        {
            "@type": "Question",
            "name": statement.lead,
            "acceptedAnswer": {"@type": "Answer", "text": richtext.plain(statement.body)},
        }
        for section in page.article.sections
        if isinstance(section, structure.FaqSection)
        for statement in section.statements
    ]
    return {"@type": "FAQPage", "@id": f"{url}#faq", "url": url, "mainEntity": questions}


def exercise(content: structure.Exercise) -> SafeString:
    """Return the block of one exercise page."""
    url = absolute(exercise_path(content.key))
    exercises = (_("Exercises"), absolute(page_path("exercises")))
    return block(
        [
            {
                "@type": "MedicalWebPage",
                "@id": f"{url}#page",
                "url": url,
                "name": content.name,
                "inLanguage": "en-GB",
                "isAccessibleForFree": True,
                "about": {"@id": f"{url}#plan"},
                "medicalAudience": {"@type": "MedicalAudience", "audienceType": "Patient"},
                "breadcrumb": breadcrumb(exercises, (content.name, url)),
            },
            {
                "@type": "ExercisePlan",
                "@id": f"{url}#plan",
                "name": content.name,
                "exerciseType": "flexibility" if content.purpose == "stretch" else "strength",
                "activityFrequency": _("{days} days a week").format(days=content.days_per_week),
                "additionalVariable": _("Hold {hold}. {repetitions}.").format(
                    hold=content.hold, repetitions=content.repetitions
                ),
            },
        ]
    )

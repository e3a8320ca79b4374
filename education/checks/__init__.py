"""What must hold before anything is published (errors). Pure: content structures in, problems out.

Advice, which stops nothing, is in education/advice.py.
"""

from collections.abc import Callable, Iterator
from typing import Final

from education.checks import links, references, safety, wording
from education.checks.problem import KINDS, Problem
from education.checks.safety import CLAIMS_OF, ICE_MINUTES_AT_MOST, SIGN_CODES_OF
from education.library import Library, library_of, statements

__all__ = [
    "CLAIMS_OF",
    "ICE_MINUTES_AT_MOST",
    "KINDS",
    "SIGN_CODES_OF",
    "Library",
    "Problem",
    "errors",
    "library_of",
    "of_content",
    "statements",
]

_CHECKS: Final[tuple[Callable[[Library], Iterator[Problem]], ...]] = (
    references.sources_exist,
    references.sources_stand_on_the_web,
    safety.statements_are_supported,
    safety.claims_are_covered,
    safety.claims_are_known,
    safety.signs_are_complete,
    references.contents_exist,
    references.related_pages_exist,
    references.anchors_are_unique,
    references.statement_keys_are_unique,
    links.lead_somewhere,
    links.are_not_empty,
    wording.headings_are_in_order,
    wording.figures_show_one_thing,
    wording.drawings_have_words,
    safety.no_dose_is_named,
    safety.discs_show_the_emergency_card,
    safety.plans_are_balanced,
    safety.ice_is_short,
)


def errors(library: Library) -> list[Problem]:
    """Return everything that forbids publishing these contents together; an empty list means none."""
    return [problem for check in _CHECKS for problem in check(library)]


def of_content(library: Library, kind: str, key: str) -> list[Problem]:
    """Return the errors that stand in one content. ``kind`` is one of the values of ``KINDS``.

    A change to one content can make an error in another, for example when a place that others link to goes away;
    ``errors`` tells those too.
    """
    return [problem for problem in errors(library) if (problem.kind, problem.key) == (kind, key)]

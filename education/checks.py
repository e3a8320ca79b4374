"""What must hold before anything is published (errors). Pure: content structures in, problems out."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from education import richtext, structure
from education.library import Library, library_of, statements

__all__ = ["CLAIMS_OF", "KINDS", "SIGN_CODES_OF", "Library", "Problem", "errors", "library_of", "statements"]

ICE_MINUTES_AT_MOST: Final = 20  # a constraint of the care steps says so too
CLAIMS_OF: Final[Mapping[str, range]] = {
    "overview": range(1, 14),
    "causes": range(14, 24),
    "disc-disorders": range(24, 29),
    "treatment": range(29, 43),
    "prevention": range(43, 61),
}
SIGN_CODES_OF: Final[Mapping[str, frozenset[str]]] = {
    "emergency": frozenset(f"E{number}" for number in range(1, 12)),
    "urgent": frozenset(f"C{number}" for number in (1, 2, 3, 4, 5, 7, 8, 10, 11)),
    "soon": frozenset(f"C{number}" for number in (6, 9, 12, 13, 14, 15, 16)),
}
# Addresses a text may link to besides articles and exercises.
OTHER_ADDRESSES: Final = frozenset({"/", "/diary.pdf", "/search/", "/changes.atom"})

_DOSE: Final = re.compile(r"\d[\d.,]*\s*(?:mg|mcg|µg|milligrams?|micrograms?)\b", re.IGNORECASE)
# Content brief 7E: the one allowed exception, in the pregnancy warning of the medicines page.
_ALLOWED_DOSE: Final = re.compile(r"81 mg(?= low-dose aspirin)|(?<=low-dose aspirin \()81 mg", re.IGNORECASE)


@dataclass(frozen=True)
class Problem:
    """Something that stops a publish: which publishable, where in it (an anchor, a code, a key), and what."""

    kind: str
    key: str
    place: str
    message: str


def errors(library: Library) -> list[Problem]:
    """Return everything that forbids publishing these contents together; an empty list means none."""
    return [problem for check in _CHECKS for problem in check(library)]


def _rich_texts(article: structure.Article) -> Iterator[tuple[str, str]]:
    for section in article.sections:
        yield section.anchor, section.intro
    for place, statement in statements(article):
        yield place, statement.body


def _named_sources(library: Library) -> Iterator[tuple[str, str, str, str]]:
    for article in library.articles.values():
        for place, statement in statements(article):
            yield from (("article", article.key, place, key) for key in statement.sources)
    for card in library.cards.values():
        yield from (("care_card", card.key, sign.code, key) for sign in card.signs for key in sign.sources)
    for protocol in library.protocols.values():
        yield from (("protocol", protocol.key, step.key, key) for step in protocol.steps for key in step.sources)
    for exercise in library.exercises.values():
        yield from (("exercise", exercise.key, "", key) for key in exercise.sources)


def _sources_exist(library: Library) -> Iterator[Problem]:
    for kind, key, place, source in _named_sources(library):
        if source not in library.sources:
            yield Problem(kind, key, place, f"source {source} does not exist")


def _statements_are_supported(library: Library) -> Iterator[Problem]:
    for article in library.articles.values():
        for place, statement in statements(article):
            if statement.evidence is None:
                yield Problem("article", article.key, place, "a statement has no evidence label")
            elif not statement.sources and (statement.evidence != "general" or article.key == "treatment"):
                yield Problem("article", article.key, place, "a statement has no source")


def _claims_are_covered(library: Library) -> Iterator[Problem]:
    for key, numbers in CLAIMS_OF.items():
        if key not in library.articles:
            yield Problem("article", key, "", "the page is missing")
            continue
        said = {claim for _, statement in statements(library.articles[key]) for claim in statement.claims}
        for number in numbers:
            if f"S{number}" not in said:
                yield Problem("article", key, "", f"claim S{number} is missing")


def _claims_are_known(library: Library) -> Iterator[Problem]:
    known = {f"S{number}" for numbers in CLAIMS_OF.values() for number in numbers}
    for article in library.articles.values():
        for place, statement in statements(article):
            for claim in set(statement.claims) - known:
                yield Problem("article", article.key, place, f"claim {claim} does not exist")


def _signs_are_complete(library: Library) -> Iterator[Problem]:
    count = Counter(sign.code for card in library.cards.values() for sign in card.signs)
    for card in library.cards.values():
        expected = SIGN_CODES_OF[card.urgency]
        for code in sorted(expected - {sign.code for sign in card.signs}):
            yield Problem("care_card", card.key, code, f"sign {code} is missing")
        for sign in card.signs:
            if sign.code not in expected:
                yield Problem("care_card", card.key, sign.code, f"sign {sign.code} does not belong on this card")
            if count[sign.code] > 1:
                yield Problem("care_card", card.key, sign.code, f"sign {sign.code} stands on two cards")
    for urgency in structure.URGENCIES:
        if sum(card.urgency == urgency for card in library.cards.values()) != 1:
            yield Problem("care_card", urgency, "", f"there must be one card of urgency {urgency}")


def _references_exist(library: Library) -> Iterator[Problem]:
    for article in library.articles.values():
        for key in article.related:
            if key not in library.articles or key == article.key:
                yield Problem("article", article.key, "", f"related page {key} does not exist or is the page itself")
        for section in article.sections:
            if isinstance(section, structure.CardSection) and section.card not in library.cards:
                yield Problem("article", article.key, section.anchor, f"care card {section.card!r} does not exist")
            if isinstance(section, structure.ExercisesSection):
                for key in set(section.exercises) - set(library.exercises):
                    yield Problem("article", article.key, section.anchor, f"exercise {key!r} does not exist")


def _anchors_are_unique(library: Library) -> Iterator[Problem]:
    for article in library.articles.values():
        for anchor, count in Counter(section.anchor for section in article.sections).items():
            if count > 1:
                yield Problem("article", article.key, anchor, f"anchor #{anchor} stands twice on the page")


def _links_lead_somewhere(library: Library) -> Iterator[Problem]:
    anchors = {f"/{key}/": _anchors(page, library) for key, page in library.articles.items()}
    anchors["/"] = anchors.pop("/home/", set())
    anchors.update({address: set() for address in OTHER_ADDRESSES - {"/"}})
    anchors.update({f"/exercises/{key}/": set() for key in library.exercises})
    leaflets = {f"/leaflets/{key}.pdf" for key, page in library.articles.items() if page.has_leaflet}
    anchors.update({address: set() for address in leaflets})
    for article in library.articles.values():
        for place, html in _rich_texts(article):
            for block in richtext.to_blocks(html):
                for run in block.runs:
                    if run.href and (problem := _link_problem(run.href, f"/{article.key}/", anchors)):
                        yield Problem("article", article.key, place, problem)


def _anchors(page: structure.Article, library: Library) -> set[str]:
    phases = {section.phase for section in page.sections if isinstance(section, structure.ProtocolSection)}
    steps = (step for protocol in library.protocols.values() for step in protocol.steps)
    return {section.anchor for section in page.sections} | {
        f"step-{step.key}" for step in steps if phases & set(step.phases)
    }


def _link_problem(href: str, here: str, anchors: Mapping[str, set[str]]) -> str:
    if not href.startswith(("/", "#")):
        return ""
    path, _, anchor = href.partition("#")
    path = path or here
    if path not in anchors:
        return f"link to {href}: there is no such page"
    if anchor and anchor not in anchors[path]:
        return f"link to {href}: there is no such place on the page"
    return ""


def _headings_are_in_order(library: Library) -> Iterator[Problem]:
    for article in library.articles.values():
        for place, html in _rich_texts(article):
            level = 2
            for block in richtext.to_blocks(html):
                if block.kind in {"h3", "h4"}:
                    if int(block.kind[1]) > level + 1:
                        yield Problem("article", article.key, place, "a heading level is skipped")
                    level = int(block.kind[1])


def _drawings_have_words(library: Library) -> Iterator[Problem]:
    for article in library.articles.values():
        for section in article.sections:
            if isinstance(section, structure.FigureSection) and not section.alt.strip():
                yield Problem("article", article.key, section.anchor, "a figure has no alternative text")
    for exercise in library.exercises.values():
        if not exercise.alt.strip():
            yield Problem("exercise", exercise.key, "", "the drawing has no alternative text")


def _no_dose_is_named(library: Library) -> Iterator[Problem]:
    for content in library.everything():
        kind = KINDS[type(content)]
        allowed = _ALLOWED_DOSE if content.key == "medicines" else re.compile(r"(?!)")
        for place, text in _texts(content):
            if _DOSE.search(allowed.sub("", richtext.plain(text) if "<" in text else text)):
                yield Problem(kind, content.key, place, "a dose in milligrams is named")


def _texts(content: structure.Publishable) -> Iterator[tuple[str, str]]:
    """Yield every string of a content with its place."""
    if isinstance(content, structure.Article):
        yield from _rich_texts(content)
    yield from (("", text) for text in _strings(msgspec.to_builtins(content)))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, Iterable):
        for item in value:
            yield from _strings(item)


def _discs_show_the_emergency_card(library: Library) -> Iterator[Problem]:
    page = library.articles.get("disc-disorders")
    if page is None:
        return
    cards = {section.card for section in page.sections if isinstance(section, structure.CardSection)}
    if not any(library.cards[key].urgency == "emergency" for key in cards if key in library.cards):
        yield Problem("article", page.key, "", "the emergency card is missing")


def _plans_are_balanced(library: Library) -> Iterator[Problem]:
    for article in library.articles.values():
        for section in article.sections:
            if isinstance(section, structure.ExercisesSection) and section.is_plan:
                found = {library.exercises[key].purpose for key in section.exercises if key in library.exercises}
                if "strength_back" in found and "strength_abdomen" not in found:
                    message = "a plan with a back-strength exercise needs an abdominal one (claim S56)"
                    yield Problem("article", article.key, section.anchor, message)


def _ice_is_short(library: Library) -> Iterator[Problem]:
    for protocol in library.protocols.values():
        for step in protocol.steps:
            if step.kind == "ice" and step.duration_minutes > ICE_MINUTES_AT_MOST:
                yield Problem("protocol", protocol.key, step.key, "ice lasts 20 minutes at most")


KINDS: Final[Mapping[type[structure.Publishable], str]] = {
    structure.Source: "source",
    structure.Term: "term",
    structure.Exercise: "exercise",
    structure.CareCard: "care_card",
    structure.Protocol: "protocol",
    structure.Article: "article",
}

_CHECKS: Final[tuple[Callable[[Library], Iterator[Problem]], ...]] = (
    _sources_exist,
    _statements_are_supported,
    _claims_are_covered,
    _claims_are_known,
    _signs_are_complete,
    _references_exist,
    _anchors_are_unique,
    _links_lead_somewhere,
    _headings_are_in_order,
    _drawings_have_words,
    _no_dose_is_named,
    _discs_show_the_emergency_card,
    _plans_are_balanced,
    _ice_is_short,
)

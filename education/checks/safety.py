"""What a health site must never get wrong: support, claims, signs, doses, ice, and plans."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from education import structure
from education.checks.problem import KINDS, Problem
from education.checks.texts import Text, texts
from education.library import Library, statements
from education.richtext.reader import visible

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

_NUMBER: Final = (
    r"(?:\d[\d.,]*|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twenty|thirty|forty|fifty|hundred|thousand"
    r"|half\san?|quarter\sof\sa))"
)
_SMALL_UNIT: Final = r"(?:mgs?|mcgs?|ugs?|\u03bcgs?|milligram(?:me)?s?|microgram(?:me)?s?)"
# A single 'g' may be many things: it counts after a number that stands by itself, and in lower case alone.
_DOSE: Final = re.compile(
    rf"(?i:{_NUMBER}[\s-]*{_SMALL_UNIT}\b)|(?<![\w.,])(?:\d[\d.,]*[\s-]?gs?\b|(?i:{_NUMBER}[\s-]*gram(?:me)?s?\b))"
)
_MAY_BE_WEIGHT: Final = re.compile(r"gram|[mcu\u03bc\d\s-]gs?\b", re.IGNORECASE)  # quick, so that most texts end here
# Content brief 7E: the one allowed exception, in the pregnancy warning of the medicines page.
_ALLOWED_DOSE: Final = re.compile(r"(?<![\d.,])81 mg(?= low-dose aspirin)|(?<=low-dose aspirin \()81 mg", re.IGNORECASE)


def statements_are_supported(library: Library) -> Iterator[Problem]:
    """Yield each statement without an evidence label or, unless it is general knowledge, without a source.

    On the treatment page general knowledge needs a source too.
    """
    for article in library.articles.values():
        for place, statement in statements(article):
            if statement.evidence is None:
                yield Problem("article", article.key, place, "a statement has no evidence label")
            elif not statement.sources and (statement.evidence != "general" or article.key == "treatment"):
                yield Problem("article", article.key, place, "a statement has no source")


def claims_are_covered(library: Library) -> Iterator[Problem]:
    """Yield each claim that its page does not make."""
    for key, numbers in CLAIMS_OF.items():
        if key not in library.articles:
            yield Problem("article", key, "", "the page is missing")
            continue
        said = {claim for _, statement in statements(library.articles[key]) for claim in statement.claims}
        for number in numbers:
            if f"S{number}" not in said:
                yield Problem("article", key, "", f"claim S{number} is missing")


def claims_are_known(library: Library) -> Iterator[Problem]:
    """Yield each claim code that does not exist."""
    known = {f"S{number}" for numbers in CLAIMS_OF.values() for number in numbers}
    for article in library.articles.values():
        for place, statement in statements(article):
            for claim in sorted(set(statement.claims) - known):
                yield Problem("article", article.key, place, f"claim {claim} does not exist")


def signs_are_complete(library: Library) -> Iterator[Problem]:
    """Yield each sign that is missing, misplaced or double, and each urgency that does not have one card."""
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


def no_dose_is_named(library: Library) -> Iterator[Problem]:
    """Yield each text that names an amount of a medicine by weight."""
    for content in library.everything():
        for text in texts(content):
            # One spelling of spaces, digits and signs: a no-break space, 'mg' as one character, two sorts of mu.
            words = unicodedata.normalize("NFKC", visible(text.words))
            if _MAY_BE_WEIGHT.search(words):
                rest = _ALLOWED_DOSE.sub("", words) if _may_name_aspirin(content, text) else words
                if _DOSE.search(rest):
                    yield Problem(KINDS[type(content)], content.key, text.place, "a dose in milligrams is named")


def _may_name_aspirin(content: structure.Publishable, text: Text) -> bool:
    if not isinstance(content, structure.Article) or content.key != "medicines":
        return False
    anchor = text.place.partition(".")[0]
    return any(section.anchor == anchor and "pregnan" in section.heading.lower() for section in content.sections)


def discs_show_the_emergency_card(library: Library) -> Iterator[Problem]:
    """Yield a problem if the page on disc disorders does not show the emergency card."""
    page = library.articles.get("disc-disorders")
    if page is None:
        return
    cards = {section.card for section in page.sections if isinstance(section, structure.CardSection)}
    if not any(library.cards[key].urgency == "emergency" for key in cards if key in library.cards):
        yield Problem("article", page.key, "", "the emergency card is missing")


def plans_are_balanced(library: Library) -> Iterator[Problem]:
    """Yield each plan of exercises that strengthens the back without the abdomen."""
    for article in library.articles.values():
        for section in article.sections:
            if isinstance(section, structure.ExercisesSection) and section.is_plan:
                found = {library.exercises[key].purpose for key in section.exercises if key in library.exercises}
                if "strength_back" in found and "strength_abdomen" not in found:
                    message = "a plan with a back-strength exercise needs an abdominal one (claim S56)"
                    yield Problem("article", article.key, section.anchor, message)


def ice_is_short(library: Library) -> Iterator[Problem]:
    """Yield each care step that leaves ice on for too long."""
    for protocol in library.protocols.values():
        for step in protocol.steps:
            if step.kind == "ice" and step.duration_minutes > ICE_MINUTES_AT_MOST:
                yield Problem("protocol", protocol.key, step.key, "ice lasts 20 minutes at most")

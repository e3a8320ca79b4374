"""What should hold for a content, and stops nothing: easy words, a review in time, sources compared, links that speak.

Pure: the day comes in. What must hold is in education/checks.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from education import readability, structure
from education.checks.links import links
from education.checks.problem import KINDS
from education.checks.texts import Text, texts
from education.library import Library, statements
from education.natural import natural

GRADE_AT_MOST: Final = 8.5
GRADE_OF_SIGNS_AT_MOST: Final = 6.0
GRADED_WORDS_AT_LEAST: Final = 100  # fewer give no grade to rely on
YEAR: Final = timedelta(days=365)
LEAFLET_SIDES_AT_MOST: Final = 2

# What docs/content-style.md asks for and a pattern can tell. Words in quotes, such as a myth, are left alone.
_CLINICIAN: Final = r"(?:doctor|GP|nurse|pharmacist|clinician|physiotherapist)\b"
_WORDING: Final = {
    "leave out the exclamation mark": r"!",
    "leave out 'simply': it may not be simple for this reader": r"\bsimply\b",
    "'call' or 'ask' is plainer than 'contact'": r"\bcontact (?:your|an?|the|us|emergency)\b",
    "use the UK spelling": r"\b(?:anemia|behaviors?|centers?|colors?|diarrhea|disks?|edema|fibers?|tumors?)\b",
    "no page may say that nobody needs to be asked": rf"\b(?:not|\w+n['’]t|no) need (?:for |to \w+ )?an? {_CLINICIAN}",
}
# Wrong as a claim; right after a 'not', as in 'we cannot promise a cure'.
_CLAIMS: Final = {
    "say that it 'lowers the chance', not that it prevents": (
        r"\bprevents\b|\b(?:will|can|may|helps?(?: you)?(?: to)?|helped(?: to)?) prevent\b"
    ),
    "no page can promise a recovery": (
        r"\bguarantee[sd]?\b|\bcure[sd]?\b|\byou will (?:soon |fully )?(?:recover|get better|be better)\b"
    ),
    "no page can rule out a serious cause": (
        r"\b(?:this|it|that|which) is (?:not|never) (?:serious|dangerous)\b|\bharmless\b"
        r"|\bnothing (?:serious|to worry about)\b|\b(?:do not|don['’]t) worry\b"
    ),
    "no page can make a diagnosis": (
        r"(?<!if )(?<!when )(?<!whether )(?<!that )\byou have (?:got )?an? (?:\w+ )?(?:disc|strain|sprain)\b"
    ),
}
_STYLE: Final = tuple(
    (message, re.compile(pattern, re.IGNORECASE), rules is _CLAIMS)
    for rules in (_WORDING, _CLAIMS)
    for message, pattern in rules.items()
)
_QUOTED: Final = re.compile(r"“[^”]*”|\"[^\"]*\"")
_DENIED: Final = re.compile(r"\b(?:no|not|nor|never|nobody|cannot|without)\b|n['’]t\b", re.IGNORECASE)
_SENTENCE_ENDS: Final = re.compile(r"[.!?]\s")

_SAYS_NOTHING: Final = re.compile(
    r"(?:(?:click|go|see|read|look)(?: it)? )?(?:here|this|that)|click|information|details"
    r"|(?:(?:this|that|the) )?(?:link|page|site|website)"
    r"|(?:(?:read|see|learn|find out) )?more(?: info| information| details)?",
    re.IGNORECASE,
)
_ADDRESS: Final = re.compile(r"(?:https?://|www\.|[/#])\S*|(?:[\w-]+\.)+[a-z]{2,}(?:[/?#]\S*)?", re.IGNORECASE)

# Search words and names are not prose; the rest of the second set is, but not running text.
_NOT_READ: Final = frozenset("also forms nav_title reviewer reviewer_role words".split())
_NOT_GRADED: Final = _NOT_READ | {"alt", "description", "labels", "note"}


@dataclass(frozen=True)
class Advice:
    """Something to look at before a publish: in which content, where in it, what, and the words it is about.

    ``place`` is as in ``checks.Problem``. ``marked`` are pieces of the text there, exactly as they stand.
    """

    kind: str
    key: str
    place: str
    message: str
    marked: tuple[str, ...] = ()


def advice(
    library: Library, content: structure.Publishable, today: date, leaflet_sides: int | None = None
) -> list[Advice]:
    """Return the advice on one content, that on the whole of it first.

    ``library`` holds what would be live with it, the content itself included. ``leaflet_sides`` is the number of A4
    sides of the page's leaflet, None where there is none or nobody has rendered it.
    """
    found = [
        *_on_the_grade(library, content),
        *_on_the_review(content, today),
        *_on_the_sources(library, content, today),
        *_on_the_leaflet(leaflet_sides),
        *_on_the_words(content),
        *_on_the_links(content),
    ]
    kind = KINDS[type(content)]
    return [Advice(kind, content.key, place, message, marked) for place, message, marked in found]


_Found = Iterator[tuple[str, str, tuple[str, ...]]]  # place, message, marked


def _on_the_grade(library: Library, content: structure.Publishable) -> _Found:
    text = " ".join(_ended(block) for each in _graded(content) for block in each.blocks)
    if len(text.split()) < GRADED_WORDS_AT_LEAST:
        return
    is_card = isinstance(content, structure.CareCard)
    subject, most = ("card", GRADE_OF_SIGNS_AT_MOST) if is_card else ("text", GRADE_AT_MOST)
    grade = readability.grade(text)
    if round(grade, 1) > most:
        words = [word for term in library.terms.values() for word in (term.name, *term.forms)]
        without = readability.grade(readability.without_words(text, words))
        yield (
            "",
            f"the {subject} has reading grade {grade:.1f} ({without:.1f} without glossary words); {most:g} is the most",
            (),
        )


def _graded(content: structure.Publishable) -> Iterator[Text]:
    if not isinstance(content, structure.Source):
        yield from (text for text in texts(content) if text.name not in _NOT_GRADED)


def _ended(block: str) -> str:
    return block if block.endswith((".", "!", "?")) else f"{block}."


def _on_the_review(content: structure.Publishable, today: date) -> _Found:
    if not isinstance(content, structure.Article):
        return
    due_on = content.review_due_on
    if due_on is None:
        if content.group != "site":  # pages about the site say nothing clinical
            yield "", "no day is set for the next review", ()
    elif due_on < today:
        yield "", f"the review was due on {due_on.day} {due_on:%B %Y}", ()
    elif due_on > max(today, content.written_on or today) + timedelta(days=366):
        yield "", "the next review is more than a year away", ()


def _on_the_sources(library: Library, content: structure.Publishable, today: date) -> _Found:
    keys = {content.key} if isinstance(content, structure.Source) else set(sources_of(library, content))
    used = (content if isinstance(content, structure.Source) else library.sources.get(key) for key in keys)
    old = [source.key for source in used if source and not _is_confirmed(source, today)]
    if old:
        subject = "this source has" if isinstance(content, structure.Source) else "these sources have"
        named = "" if isinstance(content, structure.Source) else f": {', '.join(sorted(old, key=natural))}"
        yield "", f"{subject} not been compared with the original for a year{named}", ()


def _is_confirmed(source: structure.Source, today: date) -> bool:
    return source.confirmed_on is not None and source.confirmed_on >= today - YEAR


def _on_the_leaflet(sides: int | None) -> _Found:
    if sides is not None and sides > LEAFLET_SIDES_AT_MOST:
        yield "", f"the leaflet has {sides} sides; {LEAFLET_SIDES_AT_MOST} fit on one sheet of paper", ()


def sources_of(library: Library, content: structure.Publishable) -> Iterator[str]:
    """Yield the keys of the sources that readers of a content are referred to, some of them more than once."""
    match content:
        case structure.Article():
            for _place, statement in statements(content):
                yield from statement.sources
            for section in content.sections:
                yield from _sources_shown(library, section)
        case structure.CareCard():
            yield from (key for sign in content.signs for key in sign.sources)
        case structure.Protocol():
            yield from (key for step in content.steps for key in step.sources)
        case structure.Exercise():
            yield from content.sources


def _sources_shown(library: Library, section: structure.Section) -> Iterator[str]:
    if isinstance(section, structure.CardSection) and section.card in library.cards:
        yield from sources_of(library, library.cards[section.card])
    if isinstance(section, structure.ProtocolSection):
        steps = (step for protocol in library.protocols.values() for step in protocol.steps)
        yield from (key for step in steps if section.phase in step.phases for key in step.sources)


def _on_the_words(content: structure.Publishable) -> _Found:
    if isinstance(content, structure.Source):
        return  # titles are as their authors wrote them
    found: dict[tuple[str, str], list[str]] = {}
    for text in texts(content):
        if text.name not in _NOT_READ:
            for message, words in _faults(text):
                found.setdefault((text.place, message), []).append(words)
    for (place, message), marked in found.items():
        yield place, message, tuple(dict.fromkeys(marked))


def _faults(text: Text) -> Iterator[tuple[str, str]]:
    """Yield message and words of each fault in a text."""
    for block in text.blocks:
        for sentence in () if text.name in _NOT_GRADED else _hard_sentences(block):
            is_long = len(sentence.split()) > readability.WORDS_IN_A_SENTENCE_AT_MOST
            yield (_LONG if is_long else _HARD), sentence
        said = _QUOTED.sub(lambda quoted: "·" * len(quoted[0]), block)
        for message, pattern, is_claim in _STYLE:
            for found in pattern.finditer(said):
                if not (is_claim and _DENIED.search(_SENTENCE_ENDS.split(said[: found.start()])[-1])):
                    yield message, found[0]


_LONG: Final = f"a sentence of more than {readability.WORDS_IN_A_SENTENCE_AT_MOST} words: make two of it"
_HARD: Final = f"a sentence of reading grade above {readability.GRADE_OF_A_SENTENCE_AT_MOST:g}: use shorter words"
# An editor's form asks again after every change, and all texts but one are the same.
_hard_sentences: Final = lru_cache(maxsize=4096)(readability.hard_sentences)


def _on_the_links(content: structure.Publishable) -> _Found:
    if not isinstance(content, structure.Article):
        return
    found: dict[str, list[str]] = {}
    for link in links(content):
        words = link.words.strip(" .,:;()›»→")
        if _SAYS_NOTHING.fullmatch(words) or _ADDRESS.fullmatch(words):
            found.setdefault(link.place, []).append(link.words)
    for place, marked in found.items():
        yield place, "the words of a link must say where it leads", tuple(dict.fromkeys(marked))

"""Attack strings, contents that hold them in every field, and a way to see what came through."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

import html5lib
import msgspec
import yaml

from education import structure
from education.editing_forms.rows import ROWS_AT_MOST
from education.models import Draft, Publication, Revision, Section, Statement
from tests.education.richtext_documents import problems

HOSTILE: Final[Sequence[Mapping[str, str]]] = yaml.safe_load(
    Path(__file__).with_name("hostile_html.yaml").read_text("utf-8")
)
STRINGS: Final = tuple(case["html"] for case in HOSTILE)


def storable(text: str) -> str:
    """Return ``text`` in one line, without NUL and half characters: what a file and every database can hold."""
    return " ".join(text.replace("\x00", "").encode("utf-8", "ignore").decode().split())


WORDS: Final = tuple(dict.fromkeys(map(storable, STRINGS)))
HARMLESS: Final = "<p>Harmless.</p>"

ARTICLE: Final = "hostile"
PAGE_SIZE: Final = 24  # attack strings in each field of a page of its own


def rich_texts(value: Any, name: str = "") -> Iterator[str]:
    """Yield the rich texts of a stored content."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from rich_texts(item, key)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from rich_texts(item, name)
    elif name in {"body", "intro"}:
        yield str(value)


def unsafe(texts: Iterable[str]) -> list[str]:
    """Return everything in rich texts that a clean one may not hold."""
    return [f"{problem} in {text!r}" for text in texts for problem in problems(text)]


# Many of the strings hold nothing but markup; of so many, words remain.
AT_LEAST: Final = 100


def arrived(texts: Iterable[str]) -> list[str]:
    """Return the texts, having made sure that the attack came as far as this."""
    found = list(texts)
    assert len([text for text in found if text not in {"", HARMLESS}]) > AT_LEAST
    return found


def in_working_copy(key: str = ARTICLE) -> list[str]:
    """Return the rich texts of a page's rows."""
    bodies = Statement.objects.filter(section__article__key=key).values_list("body", flat=True)
    return [*bodies, *Section.objects.filter(article__key=key).values_list("intro", flat=True)]


def stored_in(model: type[Draft | Publication | Revision], key: str = ARTICLE) -> list[str]:
    """Return the rich texts of every stored content of a page."""
    return [text for row in model.objects.filter(key=key) for text in rich_texts(row.content)]


# --- Contents -----------------------------------------------------------------------------------------------


def article(key: str, *sections: structure.Section, words: str = "Plain words", **fields: Any) -> structure.Article:
    """Return a page that says ``words`` wherever it can."""
    said = dict.fromkeys(("title", "nav_title", "summary", "description"), words)
    return structure.Article(**{"key": key, "group": "living", "sections": sections, **said, **fields})


def statements(anchor: str, bodies: Iterable[str], leads: Iterable[str] = ()) -> structure.StatementsSection:
    """Return a section with a statement for each text, and for each lead."""
    found: list[dict[str, Any]] = [{"body": body} for body in bodies]
    found += [{"body": HARMLESS, "lead": lead} for lead in leads]
    return structure.StatementsSection(
        anchor=anchor,
        heading="Statements",
        statements=tuple(
            structure.Statement(key=str(number), evidence="general", **fields) for number, fields in enumerate(found)
        ),
    )


def of_every_kind(words: Sequence[str]) -> Iterator[structure.Publishable]:
    """Yield contents of every kind that hold each of ``words`` in each plain field that a page prints."""
    exercises = tuple(_exercise(number, text) for number, text in enumerate(chunks(words)))
    cards = tuple(_card(number, word) for number, word in enumerate(words))
    yield from exercises
    yield from cards
    yield structure.Protocol(key="care-protocol", steps=tuple(_step(*item) for item in enumerate(words)))
    yield from (_term(*item) for item in enumerate(words))
    yield from (_source(*item) for item in enumerate(words))
    for number, text in enumerate(chunks(words)):
        review = {"reviewed_on": date(2026, 11, 23), "reviewer": text, "reviewer_role": text}
        yield article(f"page-{number}", words=text, review_due_on=date(2027, 11, 23), **review)
    yield article(ARTICLE, *_sections(words, exercises, cards))


def chunks(words: Sequence[str]) -> list[str]:
    """Return the words, some of them at a time, for what has a page of its own."""
    return [" ".join(words[start : start + PAGE_SIZE]) for start in range(0, len(words), PAGE_SIZE)]


def _sections(
    words: Sequence[str], exercises: Iterable[structure.Exercise], cards: Iterable[structure.CareCard]
) -> Iterator[structure.Section]:
    names = " ".join(f"term{number}" for number in range(len(words)))
    sources = tuple(f"R9{number:03}" for number in range(len(words)))
    asked = tuple(structure.Statement(body=HARMLESS, lead=word, evidence="general") for word in words)
    used = structure.Statement(body=f"<p>{names}</p>", evidence="good", sources=sources)
    yield from (structure.TextSection(anchor=f"t{number}", heading=word) for number, word in enumerate(words))
    yield structure.StatementsSection(anchor="statements", heading="Words", statements=(used, *asked))
    yield structure.StepsSection(anchor="steps", heading="Steps", statements=asked)
    yield structure.FaqSection(anchor="faq", heading="Questions", statements=asked)
    yield structure.ProtocolSection(anchor="protocol", heading="Protocol", phase="first_72h")
    yield structure.ProtocolSection(anchor="later", heading="Later", phase="after_72h")
    yield structure.ExercisesSection(anchor="moves", heading="Moves", exercises=tuple(each.key for each in exercises))
    yield from (structure.CardSection(anchor=f"c-{card.key}", heading="Card", card=card.key) for card in cards)
    for number, word in enumerate(words):
        said: dict[str, Any] = {"drawing": word, "alt": word, "caption": word, "labels": (word,)}
        yield structure.FigureSection(anchor=f"f{number}", heading="Figure", **said)


def _exercise(number: int, text: str) -> structure.Exercise:
    plain = "name summary phase_note position hold repetitions days_per_week stop_when not_if drawing alt"
    said: dict[str, Any] = dict.fromkeys(plain.split(), text)
    return structure.Exercise(
        key=f"move-{number}", code=f"X9{number}", purpose="stretch", phase="first_72h", steps=(text,), **said
    )


def _card(number: int, word: str) -> structure.CareCard:
    sign = structure.Sign(code=f"E9{number}", text=word, when=word, why=word, words=(word,))
    said: dict[str, Any] = dict.fromkeys(("title", "lead", "carers", "emergency_number", "crisis_line"), word)
    return structure.CareCard(key=f"card-{number}", urgency="emergency", signs=(sign,), after=(word,), **said)


def _step(number: int, word: str) -> structure.CareStep:
    said: dict[str, Any] = dict.fromkeys(("title", "instruction", "timing", "nuance", "numbers_from"), word)
    return structure.CareStep(
        key=f"step_{number}",
        row=f"P9{number}",
        phases=("first_72h", "after_72h"),
        kind=("ice", "heat", "gate", "aerobic")[number % 4],
        duration_minutes=10,
        cautions=(word,),
        **said,
    )


def _term(number: int, word: str) -> structure.Term:
    # The list of words is sorted and has letters: each begins alike.
    return structure.Term(key=f"w{number}", name=f"W{number:03} {word}", meaning=word, forms=(f"term{number}",))


def _source(number: int, word: str) -> structure.Source:
    link: dict[str, Any] = {"url": f"https://x.example/{word}"} if number % 2 else {"doi": word}
    said: dict[str, Any] = dict.fromkeys(("organisation", "title", "publication", "note"), word)
    return structure.Source(key=f"R9{number:03}", reading="memory", **said, **link)


def with_bodies(content: structure.Article, bodies: Iterable[str]) -> structure.Article:
    """Return a page with these texts, as they are, as its statements and as its intros."""
    bodies = tuple(bodies)
    intros = (structure.TextSection(anchor=f"i{place}", heading="A", intro=body) for place, body in enumerate(bodies))
    return msgspec.structs.replace(content, sections=(statements("a", bodies), *intros))


def new_sections(texts: Sequence[str], first: int) -> dict[str, str]:
    """Return the form fields of new sections of a page, from number ``first`` on, with a statement for each text."""
    data: dict[str, str] = {}
    starts = range(0, len(texts), ROWS_AT_MOST)
    for number, start in enumerate(starts, start=first):
        some, prefix = texts[start : start + ROWS_AT_MOST], f"sections-{number}"
        data |= {f"{prefix}-kind": "statements", f"{prefix}-heading": "Words", f"{prefix}-intro": some[0]}
        data |= {f"{prefix}-statements-TOTAL_FORMS": str(len(some)), f"{prefix}-statements-INITIAL_FORMS": "0"}
        data |= {f"{prefix}-statements-{place}-body": text for place, text in enumerate(some)}
    return {**data, "sections-TOTAL_FORMS": str(first + len(starts))}


# --- What is printed ----------------------------------------------------------------------------------------

_TOKEN: Final = re.compile(r"Zq\d{4}z")


def tokens(words: Sequence[str]) -> dict[str, str]:
    """Return a harmless word for each of ``words``: the same page with these shows how it must look."""
    return {f"Zq{number:04}z": word for number, word in enumerate(words)}


def printed(html: str, meant: Mapping[str, str] | None = None) -> list[tuple[str, ...]]:
    """Return all that a browser reads in a page: elements, attributes and text, in order, without white space.

    ``meant`` gives the words that tokens stand for.
    """

    def squeezed(text: str | None) -> str:
        said = _TOKEN.sub(lambda found: meant[found[0]], text or "") if meant else text or ""
        return "".join(said.split())

    def script(text: str | None) -> str:
        return "".join(squeezed(said) + "|" for said in _strings(json.loads(text or '""')))

    tree = html5lib.HTMLParser(namespaceHTMLElements=False).parse(html)
    found = []
    for element in tree.iter():
        attributes = (f"{name}={squeezed(value)}" for name, value in sorted(element.attrib.items(), key=str))
        is_data = element.get("type") == "application/ld+json"
        text = script(element.text) if is_data else squeezed(element.text)
        found.append((str(element.tag), *attributes, text, squeezed(element.tail)))
    return found


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
    else:
        yield str(value)


def differences(html: str, harmless: str, meant: Mapping[str, str]) -> list[tuple[Any, Any]]:
    """Return where a page says something else than the harmless one with the words it means; three are enough."""
    one, other = printed(html), printed(harmless, meant)
    pairs = [pair for pair in zip(one, other, strict=False) if pair[0] != pair[1]]
    return [*pairs[:3], *([] if len(one) == len(other) else [(len(one), len(other))])]

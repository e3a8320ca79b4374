"""Where a thing is used: what an editor must look at before changing it or taking it out of publication. Pure."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from education import structure
from education.addresses import exercise_path, page_path
from education.checks.links import links
from education.checks.problem import KINDS
from education.checks.references import named_sources
from education.checks.texts import rich_texts, texts
from education.library import Library


@dataclass(frozen=True)
class Use:
    """One place where a thing is used: the content, where in it, and how, in words ("shows the card").

    ``place`` is as in ``checks.Problem``.
    """

    kind: str
    key: str
    place: str
    how: str


def uses(library: Library, kind: str, key: str) -> tuple[Use, ...]:
    """Return where a thing is used, each place once, in the order of the library; none for a key nobody knows.

    ``kind`` is one of ``checks.KINDS``, "picture" (``key`` is its SHA-256) or "step" (the key of a care step).
    Raises ValueError for any other kind.
    """
    if kind not in _FINDERS:
        raise ValueError(f"nothing of kind {kind!r} is used by contents")
    return tuple(dict.fromkeys(_FINDERS[kind](library, key)))


def linked_from_cards(library: Library) -> set[str]:
    """Return the keys of the articles whose path stands in a text of a care card."""
    said = [text.stored for card in library.cards.values() for text in texts(card)]
    return {key for key in library.articles if any(_names_path(stored, page_path(key)) for stored in said)}


def _names_path(text: str, path: str) -> bool:
    # A path inside a longer address, of this site or another, is not this path; '/' stands in all sorts of texts.
    return path != "/" and re.search(rf"(?<![\w/.]){re.escape(path)}(?!\w)", text) is not None


def _sections(library: Library) -> Iterator[tuple[structure.Article, structure.Section]]:
    for article in library.articles.values():
        yield from ((article, section) for section in article.sections)


def _of_card(library: Library, key: str) -> Iterator[Use]:
    for article, section in _sections(library):
        if isinstance(section, structure.CardSection) and section.card == key:
            yield Use("article", article.key, section.anchor, "shows the card")


def _of_protocol(library: Library, key: str) -> Iterator[Use]:
    for article, section in _sections(library):
        if isinstance(section, structure.ProtocolSection) and key in library.protocols:
            yield Use("article", article.key, section.anchor, "shows care steps")


def _of_step(library: Library, key: str) -> Iterator[Use]:
    steps = (step for protocol in library.protocols.values() for step in protocol.steps)
    phases = {phase for step in steps if step.key == key for phase in step.phases}
    for article, section in _sections(library):
        if isinstance(section, structure.ProtocolSection) and section.phase in phases:
            yield Use("article", article.key, section.anchor, "shows the step")
    yield from _links_to(library, lambda href: href.endswith(f"#step-{key}"))


def _of_exercise(library: Library, key: str) -> Iterator[Use]:
    for article, section in _sections(library):
        if isinstance(section, structure.ExercisesSection) and key in section.exercises:
            yield Use("article", article.key, section.anchor, "shows the exercise")
    yield from _links_to(library, lambda href: _path(href) == exercise_path(key))


def _of_picture(library: Library, key: str) -> Iterator[Use]:
    for article, section in _sections(library):
        if isinstance(section, structure.FigureSection) and key and section.picture == key:
            yield Use("article", article.key, section.anchor, "shows the picture")


def _of_source(library: Library, key: str) -> Iterator[Use]:
    for kind, user, place, source in named_sources(library):
        if source == key:
            yield Use(kind, user, place, "names the source")


def _of_term(library: Library, key: str) -> Iterator[Use]:
    """Yield the texts that hold a form of the term, read as the pages read them: the longest form wins."""
    term = library.terms.get(key)
    forms = {form.casefold(): name for name, other in library.terms.items() for form in other.forms}
    if term is None or not term.forms:
        return
    longest_first = sorted(forms, key=len, reverse=True)
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b", re.IGNORECASE)
    for article in library.articles.values():
        for text in rich_texts(article):
            if any(forms.get(found.casefold()) == key for found in pattern.findall(text.words)):
                yield Use("article", article.key, text.place, "uses the word")


def _of_article(library: Library, key: str) -> Iterator[Use]:
    path, leaflet = page_path(key), f"/leaflets/{key}.pdf"
    for article in library.articles.values():
        if key in article.related:
            yield Use("article", article.key, "", "names it as a related page")
    yield from _links_to(library, lambda href: _path(href) in {path, leaflet})
    for card in library.cards.values():
        for text in texts(card):
            if _names_path(text.stored, path):
                yield Use("care_card", card.key, text.place, "names its address")


def _links_to(library: Library, is_meant: Callable[[str], bool]) -> Iterator[Use]:
    for article in library.articles.values():
        for link in links(article):
            if is_meant(link.href):
                yield Use("article", article.key, link.place, "links to it")


def _path(href: str) -> str:
    return href.partition("#")[0]


_FINDERS: Final[Mapping[str, Callable[[Library, str], Iterator[Use]]]] = {
    KINDS[structure.Article]: _of_article,
    KINDS[structure.CareCard]: _of_card,
    KINDS[structure.Protocol]: _of_protocol,
    KINDS[structure.Exercise]: _of_exercise,
    KINDS[structure.Term]: _of_term,
    KINDS[structure.Source]: _of_source,
    "picture": _of_picture,
    "step": _of_step,
}

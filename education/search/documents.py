"""What can be found: pages, their sections and questions, exercises and glossary entries, as plain text."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from html import unescape
from typing import Final, Literal

from education import step_facts, structure
from education.addresses import exercise_path, page_path
from education.edition import LiveEdition

Kind = Literal["page", "section", "figure", "question", "exercise", "term"]

GET_HELP_PAGE: Final = "get-help"  # the one page that stands for the care cards; other pages only show them
GLOSSARY_PAGE: Final = "glossary"
EXERCISES_PAGE: Final = "exercises"

_ITEM_END: Final = re.compile(r"(?<=\w)</li>")
_BLOCK: Final = re.compile(r"</?(?:p|h3|h4|ul|ol|li)>")
_TAG: Final = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Document:
    """One thing to find. ``text`` is shown in results; ``name`` (of a page) and ``hidden`` are only searched."""

    kind: Kind
    url: str
    group: structure.Group
    page_title: str
    title: str
    text: str
    name: str = ""
    hidden: str = ""


def documents(live: LiveEdition) -> list[Document]:
    """Return all documents of an edition, each page before its sections."""
    found: list[Document] = []
    for published in live.articles.values():
        found += _of_article(live, published.content)
    found += (_of_exercise(live, published.content) for published in live.exercises.values())
    found += (_of_term(live, published.content) for published in live.terms.values())
    return found


def card_url(card: structure.CareCard, live: LiveEdition) -> str:
    """Return where a care card stands on the page of all cards, or that page if it does not stand there."""
    page = live.articles.get(GET_HELP_PAGE)
    for section in page.content.sections if page else ():
        if isinstance(section, structure.CardSection) and section.card == card.key:
            return f"{page_path(GET_HELP_PAGE)}#{section.anchor}"
    return page_path(GET_HELP_PAGE)


def _of_article(live: LiveEdition, article: structure.Article) -> Iterator[Document]:
    def document(kind: Kind, anchor: str, title: str, texts: Iterable[str], hidden: str = "") -> Document:
        url = page_path(article.key) + (f"#{anchor}" if anchor else "")
        name = article.nav_title or article.title
        return Document(kind, url, article.group, name, title, _joined(texts), hidden=hidden)

    page = document("page", "", article.title, [article.summary], article.description)
    yield replace(page, name=f"{article.nav_title} {article.key}")
    for section in article.sections:
        if isinstance(section, structure.CardSection) and article.key != GET_HELP_PAGE:
            continue
        intro = _plain(section.intro)
        if isinstance(section, structure.FaqSection):
            if intro:
                yield document("section", section.anchor, section.heading, [intro])
            for number, statement in enumerate(section.statements, start=1):
                texts = [_plain(statement.body)]
                yield document("question", f"{section.anchor}-{number}", statement.lead, texts, section.heading)
        else:
            kind: Kind = "figure" if isinstance(section, structure.FigureSection) else "section"
            yield document(kind, section.anchor, section.heading, [intro, *_texts(live, section)])


def _texts(live: LiveEdition, section: structure.Section) -> Iterator[str]:
    match section:
        case structure.StatementsSection() | structure.StepsSection():
            for statement in section.statements:
                yield from (_sentence(statement.lead), _plain(statement.body))
        case structure.CardSection() if section.card in live.cards:
            card = live.cards[section.card].content
            yield card.lead
            yield from (f"{sign.text} {sign.why}" for sign in card.signs)
        case structure.ProtocolSection():
            for step in live.protocol.steps:
                if section.phase in step.phases:
                    numbers = _sentence(", ".join(value for _, value in step_facts.facts(step)))
                    yield from (_sentence(step.title), step.instruction, numbers, *step.cautions)
        case structure.ExercisesSection():
            names = (live.exercises[key].content.name for key in section.exercises if key in live.exercises)
            yield _sentence(", ".join(names))
        case structure.FigureSection():
            yield from (_sentence(section.caption), _sentence(", ".join(section.labels)), _sentence(section.alt))


def _of_exercise(live: LiveEdition, exercise: structure.Exercise) -> Document:
    texts = [exercise.summary, exercise.position, *exercise.steps, exercise.stop_when, exercise.not_if]
    title = _page_title(live, EXERCISES_PAGE)
    url = exercise_path(exercise.key)
    return Document("exercise", url, "library", title, exercise.name, _joined(texts))


def _of_term(live: LiveEdition, term: structure.Term) -> Document:
    title = _page_title(live, GLOSSARY_PAGE)
    url = f"/glossary/#{term.key}"
    forms = _joined([*term.forms, *term.also])
    return Document("term", url, "library", title, term.name, term.meaning, hidden=forms)


def _page_title(live: LiveEdition, key: str) -> str:
    page = live.articles.get(key)
    return page.content.nav_title or page.content.title if page else ""


def _sentence(text: str) -> str:
    return text if not text or text.endswith((".", "?", "!", ":")) else f"{text}."


def _plain(html: str) -> str:
    # Stored rich text has one spelling, so its tags can be cut out: ten times faster than reading it into blocks.
    # What comes out is escaped wherever it is printed.
    return unescape(_TAG.sub("", _BLOCK.sub(" ", _ITEM_END.sub(";</li>", html))))


def _joined(texts: Iterable[str]) -> str:
    return " ".join(" ".join(text.split()) for text in texts if text.strip())

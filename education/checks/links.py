"""Links in rich text: each has words and leads somewhere."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser
from typing import Final

from education import richtext, structure
from education.addresses import exercise_path, page_path
from education.checks.problem import Problem
from education.checks.texts import rich_texts
from education.library import Library

# Addresses a text may link to besides articles and exercises.
OTHER_ADDRESSES: Final = frozenset({"/diary.pdf", "/search/", "/changes.atom"})


@dataclass(frozen=True)
class Link:
    """A link as it stands on a page: where, its address in the one canonical spelling, and its words."""

    place: str
    href: str
    words: str


def links(article: structure.Article) -> Iterator[Link]:
    """Yield every link that readers of a page can follow."""
    for text in rich_texts(article):
        for block in richtext.to_blocks(text.stored):
            href, words = "", ""
            for run in block.runs:
                if href and run.href != href:
                    yield Link(text.place, href, words.strip())
                    words = ""
                href, words = run.href, words + run.text if run.href else ""
            if href:
                yield Link(text.place, href, words.strip())


def lead_somewhere(library: Library) -> Iterator[Problem]:
    """Yield each link to a page of this site, or to a place on a page, that does not exist."""
    places = _places(library)
    for article in library.articles.values():
        for link in links(article):
            if problem := _dead(link.href, page_path(article.key), places):
                yield Problem("article", article.key, link.place, problem)


def are_not_empty(library: Library) -> Iterator[Problem]:
    """Yield each link that cleaning would take out without a word: one that says nothing, or leads nowhere."""
    for article in library.articles.values():
        for text in rich_texts(article):
            for href, words in _written(text.stored):
                if not any(character.isalnum() for character in words):
                    yield Problem("article", article.key, text.place, f"link to {href or 'nowhere'}: it has no words")
                elif not _canonical(href):
                    message = f"link '{words}' leads nowhere: give it an address, or take the link out"
                    yield Problem("article", article.key, text.place, message)


def _places(library: Library) -> dict[str, set[str]]:
    """Return the anchors of every address of this site that a text may link to."""
    addresses = set(OTHER_ADDRESSES) | {"/"} | {exercise_path(key) for key in library.exercises}
    addresses |= {f"/leaflets/{key}.pdf" for key, page in library.articles.items() if page.has_leaflet}
    pages = {page_path(key): _anchors(page, library) for key, page in library.articles.items()}
    return {**{address: set() for address in addresses}, **pages}


def _anchors(page: structure.Article, library: Library) -> set[str]:
    phases = {section.phase for section in page.sections if isinstance(section, structure.ProtocolSection)}
    steps = (step for protocol in library.protocols.values() for step in protocol.steps)
    return {section.anchor for section in page.sections} | {
        f"step-{step.key}" for step in steps if phases & set(step.phases)
    }


def _dead(href: str, here: str, places: Mapping[str, set[str]]) -> str:
    if not href.startswith(("/", "#")):
        return ""
    path, _, anchor = href.partition("#")
    path = path or here
    if path not in places:
        return f"link to {href}: there is no such page"
    if anchor and anchor not in places[path]:
        return f"link to {href}: there is no such place on the page"
    return ""


def _canonical(href: str) -> str:
    """Return the address as the cleaning of rich text writes it; empty where it takes the link out."""
    ((run,),) = ((block.runs) for block in richtext.to_blocks(f'<a href="{escape(href)}">x</a>'))
    return run.href


def _written(html: str) -> tuple[tuple[str, str], ...]:
    """Return address and words of every link that was written, before any cleaning."""
    if "<a" not in html.lower():
        return ()
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return tuple((href, " ".join(words.split())) for href, words in reader.links)


class _Reader(HTMLParser):
    """Collects the address and the words of each link."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[tuple[str, str]] = []
        self._is_inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.links.append((dict(attrs).get("href") or "", ""))
            self._is_inside = True

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._is_inside = False

    def handle_data(self, data: str) -> None:
        if self._is_inside:
            href, words = self.links[-1]
            self.links[-1] = (href, words + data)

"""Attack strings in plain fields: every page that prints them prints just them, and nothing of them is markup."""

import dataclasses
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final
from urllib.parse import urlencode
from xml.etree.ElementTree import Element, fromstring

import html5lib
import pytest
from django.test import Client
from django.utils import timezone

from education import contents, publishing
from education.editing import sharing, working_copies
from education.edition import Change, LiveEdition
from education.models import PreviewLink
from education.richtext.reader import visible
from tests import public_addresses
from tests.education import editions, hostile
from tests.education.editing.people import person
from tests.education.editor_screen import library
from tests.education.hostile import WORDS

pytestmark = pytest.mark.django_db

QUERY_CHARACTERS: Final = 200  # what lies beyond is not searched for
TOKENS: Final = hostile.tokens(WORDS)
PAGES: Final = tuple(range(len(hostile.chunks(WORDS))))
ADDRESSES: Final = (
    "/",
    f"/{hostile.ARTICLE}/",
    "/treatment/",
    "/exercises/",
    "/glossary/",
    "/sources/",
    "/review-status/",
    *(f"/page-{number}/" for number in PAGES),
    *(f"/exercises/move-{number}/" for number in PAGES),
)


def edition_saying(words: Sequence[str], number: int) -> LiveEdition:
    """Return the first edition and contents of every kind that say ``words``, as edition ``number``."""
    new = hostile.of_every_kind(words)
    edition = editions.edition_of(working_copies.with_contents(library(), new), number)
    texts = hostile.chunks(words)
    pages = {
        key: dataclasses.replace(item, history=(Change(1, editions.PUBLISHED_AT, texts[int(key[5:])]),))
        for key, item in edition.articles.items()
        if key.startswith("page-")
    }
    return dataclasses.replace(edition, articles={**edition.articles, **pages})


@pytest.fixture(scope="module")
def hostile_edition() -> LiveEdition:
    return edition_saying(WORDS, 901)


@pytest.fixture(scope="module")
def harmless_edition() -> LiveEdition:
    return edition_saying(tuple(TOKENS), 901)


Read = Callable[[LiveEdition, str], str]


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch, site_client: Client) -> Read:
    """Read an address of the site as if an edition were live."""

    def read_in(edition: LiveEdition, address: str) -> str:
        monkeypatch.setattr(publishing, "live", lambda _now: edition)
        return site_client.get(address).content.decode()

    return read_in


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_prints_the_words_and_no_markup_of_them(
    read: Read, hostile_edition: LiveEdition, harmless_edition: LiveEdition, address: str
) -> None:
    page = read(hostile_edition, address)
    harmless = read(harmless_edition, address)

    assert re.search(r"Zq\d{4}z", harmless)
    assert hostile.differences(page, harmless, TOKENS) == []


def test_every_attack_string_is_printed_in_every_field(hostile_edition: LiveEdition) -> None:
    fields = [
        *(item.content.title for item in hostile_edition.articles.values()),
        *(item.content.meaning for item in hostile_edition.terms.values()),
    ]

    assert len(WORDS) > 200
    assert [word for word in WORDS if not any(word in text for text in fields)] == []


def test_the_feed_says_the_words_and_no_markup_of_them(read: Read) -> None:
    feed = fromstring(read(edition_saying(WORDS, 902), "/changes.atom"))
    harmless = fromstring(read(edition_saying(tuple(hostile.tokens(WORDS)), 902), "/changes.atom"))

    assert [element.tag for element in feed.iter()] == [element.tag for element in harmless.iter()]
    said = "".join("".join(feed.itertext()).split())
    # XML holds no control characters; those that nobody sees go with them.
    assert [word for word in WORDS if "".join(visible(word).split()) not in said] == []


# --- Search: the words found, and the words asked for ---------------------------------------------------------


def markup(html: str) -> set[tuple[str, ...]]:
    """Return every element with the names of its attributes, and the schemes of its addresses."""
    tree = html5lib.HTMLParser(namespaceHTMLElements=False).parse(html)
    return {(element.tag, *sorted(map(str, element.attrib)), *schemes(element)) for element in tree.iter()}


def schemes(element: Element) -> Iterator[str]:
    """Yield what the addresses of an element begin with."""
    for name in ("href", "src", "action", "formaction"):
        value = element.get(name, "/")
        yield value[:1] if value[:1] in {"/", "#"} else value.partition(":")[0]


@pytest.fixture
def search_markup(live: LiveEdition, site_client: Client) -> set[tuple[str, ...]]:
    """All markup of the search pages of the first edition."""
    return set().union(*(markup(site_client.get(address).content.decode()) for address in public_addresses.SEARCHES))


def test_what_a_search_finds_is_no_markup(
    read: Read, hostile_edition: LiveEdition, search_markup: set[tuple[str, ...]]
) -> None:
    for query in ("alert", "script onerror", "evil example", "javascript"):
        page = read(hostile_edition, f"/search/?{urlencode({'q': query})}")

        assert "<mark>" in page
        assert markup(page) - search_markup == set()


def test_what_is_searched_for_is_no_markup(site_client: Client, search_markup: set[tuple[str, ...]]) -> None:
    found = set()

    for query in queries():
        found |= markup(site_client.get("/search/", {"q": query}).content.decode())

    assert found - search_markup == set()


def queries() -> Iterator[str]:
    """Yield all attack strings, as many at a time as a query can be long."""
    query = ""
    for word in WORDS:
        if query and len(query) + len(word) >= QUERY_CHARACTERS:
            yield query
            query = ""
        query += f" {word}"
    yield query


# --- Comments by somebody without an account ------------------------------------------------------------------


@pytest.fixture
def link(live: LiveEdition) -> tuple[str, PreviewLink]:
    """A link to a page for somebody without an account: its address and its row."""
    words = contents.content_hash(live.articles["about"].content)
    token = sharing.make_link("article", "about", words, days=1, by=person("ann", "Author"), now=timezone.now())
    row = sharing.working_link(token, timezone.now())
    assert row
    return f"/preview/{token}/", row


def comments_on(html: str) -> Element:
    tree = html5lib.HTMLParser(namespaceHTMLElements=False).parse(html)
    return next(element for element in tree.iter("section") if element.get("id") == "comments")


def test_comments_and_the_names_under_them_are_no_markup(site_client: Client, link: tuple[str, PreviewLink]) -> None:
    for word in WORDS:
        sharing.comment(link[1], name=word[:80], text=word, now=timezone.now())

    items = comments_on(site_client.get(link[0]).content.decode()).findall("ul/li")

    assert {tuple(str(element.tag) for element in item.iter()) for item in items} == {
        ("li", "p", "bdi", "p", "time", "p")
    }
    assert sorted(str(item.findtext("p/bdi")) for item in items) == sorted(word[:80] for word in WORDS)
    assert sorted(str(item.findall("p")[2].text) for item in items) == sorted(WORDS)


def test_a_comment_shown_again_with_its_mistake_is_no_markup(
    site_client: Client, link: tuple[str, PreviewLink]
) -> None:
    for text in hostile.chunks(WORDS):
        section = comments_on(site_client.post(link[0], {"name": "", "text": text}).content.decode())

        assert [area.text for area in section.iter("textarea")] == [text]
        assert [*section.iter("script"), *section.iter("img")] == []

"""No link of ours leads nowhere."""

from typing import Any
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element

import html5lib
import pytest
from django.test import Client

from tests import public_addresses
from tests.pages.conftest import Pages, RenderedPage
from tests.pages.test_bytes import static_file

pytestmark = pytest.mark.django_db

LINKS = (("a", "href"), ("link", "href"), ("script", "src"), ("img", "src"), ("use", "href"), ("form", "action"))
OWN_ERRORS = {public_addresses.MISSING: 404}


def test_every_page_answers(pages: Pages) -> None:
    wrong = {page.address: page.status for page in pages.values() if page.status != OWN_ERRORS.get(page.address, 200)}

    assert wrong == {}


def test_the_sitemap_names_every_content_page(site_client: Client) -> None:
    sitemap = site_client.get("/sitemap.xml").content.decode()

    named = {urlsplit(part.partition("</loc>")[0]).path for part in sitemap.split("<loc>")[1:]}

    assert named == set(public_addresses.CONTENT)


def test_no_id_stands_twice_on_a_page(pages: Pages) -> None:
    doubled = {page.address: sorted({name for name in page.ids if page.ids.count(name) > 1}) for page in pages.values()}

    assert {address: names for address, names in doubled.items() if names} == {}


def test_every_internal_link_leads_to_a_page(pages: Pages, site_client: Client) -> None:
    addresses = {urlsplit(link)._replace(fragment="").geturl(): page for link, page in internal_links(pages)}
    unknown = {address: page for address, page in addresses.items() if address not in pages}

    broken = [f"{address} on {page}" for address, page in unknown.items() if not answers(site_client, address)]

    assert broken == []


def test_every_anchor_stands_on_its_page(pages: Pages) -> None:
    ids = {address: set(page.ids) for address, page in pages.items()}

    broken = {
        f"{link} on {page}"
        for link, page in internal_links(pages)
        if (target := urlsplit(link)).fragment and target.path in ids and target.fragment not in ids[target.path]
    }

    assert sorted(broken) == []


def test_every_drawing_that_is_used_stands_in_its_file(pages: Pages) -> None:
    used = {link for link, _ in internal_links(pages) if ".svg#" in link}
    drawn = {path: ids_of(static_file(path).read_text()) for path in {urlsplit(link).path for link in used}}

    missing = [link for link in used if urlsplit(link).fragment not in drawn[urlsplit(link).path]]

    assert used
    assert missing == []


def internal_links(pages: Pages) -> set[tuple[str, str]]:
    """Return every address of ours that a page links to, with one page that does."""
    return {(link, page.address) for page in pages.values() for link in links_of(page) if link.startswith("/")}


def links_of(page: RenderedPage) -> list[str]:
    """Return what a page links to, relative addresses made whole."""
    found = [element.get(name) for element in page.elements for tag, name in LINKS if name_of(element) == tag]
    return [urljoin(page.address, link) for link in found if link]


def answers(client: Client, address: str) -> bool:
    """Return whether something stands at an address; a form's address may refuse GET."""
    if address.startswith("/static/"):
        return static_file(address).exists()
    client.cookies.clear()
    response = client.get(address, follow=True)
    response.close()
    return response.status_code in {200, 405}


def name_of(element: Element) -> str:
    """Return the name of an element; those of a drawing carry a namespace."""
    return element.tag.rpartition("}")[2]


def ids_of(drawing: str) -> set[str]:
    """Return the ids in a drawing file."""
    tree: Any = html5lib.parseFragment(drawing, namespaceHTMLElements=False)
    return {element.attrib["id"] for element in tree.iter() if "id" in element.attrib}

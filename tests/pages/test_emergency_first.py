"""Whoever needs help at once finds it first, on every page, whatever has failed."""

from xml.etree.ElementTree import Element

import html5lib
import pytest
from django.template.loader import render_to_string

from tests import public_addresses
from tests.pages.conftest import Pages, classes
from tests.pages.test_html import ERROR_PAGES

pytestmark = pytest.mark.django_db

SELF_CARE = frozenset({"st", "steps", "plan", "ph", "ex", "exs", "stage"})


@pytest.mark.parametrize("address", public_addresses.CONTENT)
def test_the_red_flags_stand_before_the_first_self_care_step(pages: Pages, address: str) -> None:
    main = next(element for element in pages[address].elements if element.tag == "main")
    order = list(main.iter())

    warning = next(place for place, element in enumerate(order) if is_warning(element))
    first_step = next((place for place, element in enumerate(order) if classes(element) & SELF_CARE), len(order))

    assert warning < first_step


@pytest.mark.parametrize("address", public_addresses.ALL)
def test_get_help_stands_in_the_header_of_every_page(pages: Pages, address: str) -> None:
    assert has_help_in_its_header(pages[address].tree)


@pytest.mark.parametrize("status", ERROR_PAGES)
def test_get_help_stands_in_the_header_of_every_error_page(status: str) -> None:
    tree = html5lib.parse(render_to_string(f"{status}.html"), namespaceHTMLElements=False)

    assert has_help_in_its_header(tree)
    assert any(is_warning(element) for element in tree.iter())


def test_a_red_flag_search_shows_the_emergency_card_before_its_results(pages: Pages) -> None:
    order = pages[public_addresses.RED_FLAG_SEARCH].elements

    card = next(place for place, element in enumerate(order) if {"care", "emergency"} <= classes(element))
    first_result = next((place for place, element in enumerate(order) if "gl" in classes(element)), len(order))

    assert card < first_result


def test_help_stands_at_the_same_place_on_every_page(pages: Pages) -> None:
    orders = {tuple(link.get("href") for link in header_links(page.tree)) for page in pages.values()}

    assert len(orders) == 1


def is_warning(element: Element) -> bool:
    """Return whether an element is the red-flag line or the emergency card."""
    return "flag" in classes(element) or {"care", "emergency"} <= classes(element)


def header_links(tree: Element) -> list[Element]:
    """Return the links of the site's header."""
    header = next(element for element in tree.iter("header") if "hd" in classes(element))
    return list(header.iter("a"))


def has_help_in_its_header(tree: Element) -> bool:
    """Return whether the header links to the page of red flags."""
    return any(link.get("href") == "/get-help/" for link in header_links(tree))

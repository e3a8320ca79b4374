"""Paper: the words and the warning, nothing to press."""

from io import BytesIO
from typing import Final

import pytest
from playwright.sync_api import Locator, Page
from pypdf import PdfReader

pytestmark = pytest.mark.browser

TO_PRESS: Final = "nav, button, .btn, .menu, form, care-timer, .skip"


@pytest.fixture
def printed(page: Page) -> Page:
    page.emulate_media(media="print")
    return page


@pytest.mark.parametrize("address", ["/treatment/", "/get-help/", "/exercises/", "/exercises/bridge/", "/"])
def test_nothing_to_press_is_printed(printed: Page, address: str) -> None:
    printed.goto(address)

    assert parts(printed.locator(TO_PRESS))["seen"] == []


def test_every_care_step_is_printed_with_its_cautions(printed: Page) -> None:
    printed.goto("/treatment/")

    steps = parts(printed.locator(".ph").locator("h3, p:not(:has(.btn), .links, care-timer *), dd, li"))

    assert len(steps["seen"]) > 100
    assert steps["hidden"] == []


@pytest.mark.parametrize("address", ["/treatment/", "/get-help/"])
def test_what_stands_behind_a_summary_is_printed(printed: Page, address: str) -> None:
    printed.goto(address)

    behind = parts(printed.locator("main details > :not(summary)"))

    assert behind["seen"]
    assert behind["hidden"] == []


@pytest.mark.parametrize(("address", "pages_at_most"), [("/treatment/", 11), ("/get-help/", 6)])
def test_a_page_prints_on_a_few_sheets(page: Page, address: str, pages_at_most: int) -> None:
    page.goto(address)

    pdf = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True)))

    text = " ".join("".join(sheet.extract_text() for sheet in pdf.pages).split())
    assert 1 < len(pdf.pages) <= pages_at_most
    assert "Get help: /get-help/" in text
    assert "NHS" in text


def test_a_dark_screen_prints_dark_on_white(printed: Page) -> None:
    printed.emulate_media(media="print", color_scheme="dark")
    printed.goto("/get-help/")

    style = "getComputedStyle(document.body)"
    colours = printed.evaluate(f"[{style}.color, {style}.backgroundColor]")

    assert colours == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]


def parts(found: Locator) -> dict[str, list[str]]:
    """Return parts of a page as those that are printed, "seen", and those that are not, "hidden"."""
    groups: dict[str, list[str]] = found.evaluate_all("""(elements) => {
      const groups = {seen: [], hidden: []};
      for (const element of elements) {
        const isSeen = element.checkVisibility({visibilityProperty: true}) && element.getClientRects().length > 0;
        groups[isSeen ? "seen" : "hidden"].push(element.outerHTML.slice(0, 80));
      }
      return groups;
    }""")
    return groups

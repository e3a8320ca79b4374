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

    printed_parts = [item for item in printed.locator(TO_PRESS).all() if seen(item)]
    assert [item.evaluate("(e) => e.outerHTML.slice(0, 80)") for item in printed_parts] == []


def test_every_care_step_is_printed_with_its_cautions(printed: Page) -> None:
    printed.goto("/treatment/")

    parts = printed.locator(".ph").locator("h3, p:not(:has(.btn)):not(care-timer *), dd, li").all()

    assert len(parts) > 100
    assert all(seen(part) for part in parts)


@pytest.mark.parametrize("address", ["/treatment/", "/get-help/"])
def test_what_stands_behind_a_summary_is_printed(printed: Page, address: str) -> None:
    printed.goto(address)

    hidden = printed.locator("main details > :not(summary)").all()

    assert hidden
    assert all(seen(part) for part in hidden)


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


def seen(part: Locator) -> bool:
    """Return whether a part of the page takes room and is painted."""
    return bool(part.evaluate("(e) => e.checkVisibility({visibilityProperty: true}) && e.getClientRects().length > 0"))

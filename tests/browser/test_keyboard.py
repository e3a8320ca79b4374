"""Everything works from the keyboard, and the focus is always seen."""

from typing import Any, Final

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.conftest import DESK, PHONE

pytestmark = pytest.mark.browser

STEPS_AT_MOST: Final = 400
_FOCUS: Final = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const box = element.getBoundingClientRect(), style = getComputedStyle(element);
  const boxes = [...element.getClientRects()].flatMap((b) => [
    [b.left + b.width / 2, b.top + b.height / 2],
    [b.left + 2, b.top + 2], [b.right - 2, b.top + 2], [b.left + 2, b.bottom - 2], [b.right - 2, b.bottom - 2],
  ]);
  const shows = ([x, y]) => {
    const top = document.elementFromPoint(x, y);
    return top && (element.contains(top) || top.closest("label")?.control === element);
  };
  return {
    name: element.outerHTML.slice(0, 100),
    href: element.getAttribute("href"),
    isSeen: boxes.some(shows),
    hasRing: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
  };
}"""
_HEADING: Final = ".care.emergency h2"


def test_from_the_skip_link_to_the_emergency_card(page: Page) -> None:
    page.goto("/treatment/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()

    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    steps = tab_to(page, "/get-help/")
    page.keyboard.press("Enter")

    expect(page).to_have_url("/get-help/")
    expect(page.locator(_HEADING)).to_be_in_viewport()
    assert steps <= 3


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_get_help_in_the_header_is_a_few_tabs_away(page: Page, viewport: ViewportSize) -> None:
    page.set_viewport_size(viewport)
    page.goto("/causes/")

    steps = tab_to(page, "/get-help/")
    page.keyboard.press("Enter")

    expect(page.locator(_HEADING)).to_be_in_viewport()
    assert steps <= 7


@pytest.mark.parametrize("address", ["/", "/treatment/", "/get-help/", "/exercises/", "/accounts/login/"])
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_the_focus_is_never_hidden_and_has_a_ring(page: Page, viewport: ViewportSize, address: str) -> None:
    page.set_viewport_size(viewport)
    page.goto(address)

    walked = walk(page)

    assert len(walked) > 10
    assert [stop["name"] for stop in walked if not stop["isSeen"]] == []
    assert [stop["name"] for stop in walked if not stop["hasRing"]] == []


def test_a_covered_focus_is_found(page: Page) -> None:
    page.goto("/about/")
    page.evaluate("""document.body.append(Object.assign(document.createElement("div"), {id: "lid"}))""")
    page.evaluate("""Object.assign(document.getElementById("lid").style, {position: "fixed", inset: 0, zIndex: 99})""")

    page.keyboard.press("Tab")

    assert page.evaluate(_FOCUS)["isSeen"] is False


def tab_to(page: Page, address: str) -> int:
    """Press Tab until a link to ``address`` has the focus; return how often that took."""
    for step in range(1, STEPS_AT_MOST):
        page.keyboard.press("Tab")
        stop = page.evaluate(_FOCUS)
        if stop and stop["href"] == address:
            return step
    pytest.fail(f"no way by Tab to {address}")


def walk(page: Page) -> list[dict[str, Any]]:
    """Tab through the whole page; return every stop."""
    stops: list[dict[str, Any]] = []
    for _ in range(STEPS_AT_MOST):
        page.keyboard.press("Tab")
        stop = page.evaluate(_FOCUS)
        if stop is None:
            return stops
        stops.append(stop)
    pytest.fail("the focus never leaves the page")

"""Nothing scrolls sideways and nothing is cut off: narrow, zoomed, spaced out, with large text."""

from typing import Final

import pytest
from playwright.sync_api import Page, ViewportSize

from tests import public_addresses
from tests.browser.conftest import DESK

pytestmark = pytest.mark.browser

NARROW: Final[ViewportSize] = {"width": 320, "height": 640}
ZOOMED_400: Final[ViewportSize] = {"width": 320, "height": 256}
# The values of WCAG 1.4.12.
SPACING: Final = """* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
p { margin-block-end: 2em !important }"""
LARGE_TEXT: Final = "html { font-size: 200% !important }"
CASES: Final = (
    ("320 px", NARROW, ""),
    ("400 % zoom", ZOOMED_400, ""),
    ("text spacing at 320 px", NARROW, SPACING),
    ("text spacing at 1280 px", DESK, SPACING),
    ("200 % text at 1280 px", DESK, LARGE_TEXT),
)
# A constructed sheet: the content security policy lets no style element in.
_STYLE: Final = """(css) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = [sheet];
}"""
_FAULTS: Final = """() => {
  const root = document.documentElement, faults = [];
  if (root.scrollWidth > innerWidth) {
    const isWide = (element) => element.getBoundingClientRect().right > innerWidth + 1;
    const wide = [...document.body.querySelectorAll("*")].filter(isWide).slice(-3);
    faults.push(`scrolls sideways to ${root.scrollWidth} px: ${wide.map((element) => element.outerHTML.slice(0, 80))}`);
  }
  for (const element of document.body.querySelectorAll("*:not(.vh, svg, svg *, textarea, input)")) {
    const {overflowX, overflowY} = getComputedStyle(element), box = element.getBoundingClientRect();
    if (!box.width || !["hidden", "clip"].some((way) => way === overflowX || way === overflowY)) continue;
    const isOutside = ({right, bottom}) => right > box.right + 1 || bottom > box.bottom + 1;
    if (wordsIn(element).some((range) => [...range.getClientRects()].some(isOutside)))
      faults.push(`cut off: ${element.outerHTML.slice(0, 120)}`);
  }
  return faults;

  function wordsIn(element) {
    const nodes = document.createTreeWalker(element, NodeFilter.SHOW_TEXT), ranges = [];
    while (nodes.nextNode()) {
      if (!nodes.currentNode.data.trim() || nodes.currentNode.parentElement.closest(".vh")) continue;
      ranges.push(new Range());
      ranges.at(-1).selectNodeContents(nodes.currentNode);
    }
    return ranges;
  }
}"""


@pytest.mark.parametrize("address", public_addresses.ALL)
def test_nothing_scrolls_sideways_or_is_cut_off(page: Page, address: str) -> None:
    page.goto(address)
    page.evaluate("document.querySelectorAll('details:not(.menu)').forEach((more) => more.open = true)")

    faults = {name: faults_of(page, viewport, css) for name, viewport, css in CASES}

    assert {name: found for name, found in faults.items() if found} == {}


def test_the_open_menu_fits_a_narrow_screen(page: Page) -> None:
    page.goto("/")
    page.locator(".menu summary").click()

    assert faults_of(page, NARROW, SPACING) == []


def test_a_text_that_is_cut_off_is_found(page: Page) -> None:
    page.goto("/about/")

    faults = faults_of(page, NARROW, "h1 { block-size: 1rem; overflow: hidden } .lead { min-inline-size: 400px }")

    assert [fault.split()[0] for fault in faults] == ["scrolls", "cut"]


def faults_of(page: Page, viewport: ViewportSize, css: str) -> list[str]:
    """Return what does not fit at one size, with one reader's own style sheet."""
    page.set_viewport_size(viewport)
    page.evaluate(_STYLE, css)
    found: list[str] = page.evaluate(_FAULTS)
    return found

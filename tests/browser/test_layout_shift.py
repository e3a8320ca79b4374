"""Nothing jumps while a page loads for the first time."""

from typing import Final

import pytest
from playwright.sync_api import ViewportSize

from tests.browser.conftest import DESK, PHONE, NewContext

pytestmark = pytest.mark.browser

SHIFT_BELOW: Final = 0.01
_WATCH: Final = """
window.shift = 0;
new PerformanceObserver((list) => list.getEntries().forEach((entry) => window.shift += entry.value))
  .observe({type: "layout-shift", buffered: true});
"""


@pytest.mark.parametrize("address", ["/", "/treatment/", "/get-help/", "/faq/", "/search/?q=ice"])
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_nothing_shifts(new_context: NewContext, viewport: ViewportSize, address: str) -> None:
    page = new_context(viewport=viewport).new_page()
    page.add_init_script(_WATCH)

    page.goto(address, wait_until="networkidle")
    page.evaluate("document.fonts.ready.then(() => new Promise(requestAnimationFrame))")

    assert page.evaluate("window.shift") < SHIFT_BELOW


def test_a_shift_is_seen(new_context: NewContext) -> None:
    page = new_context().new_page()
    page.add_init_script(_WATCH)
    page.goto("/")

    page.evaluate("document.querySelector('main').style.marginTop = '200px'")
    # Not wait_for_function: where it has to ask twice, the page's policy refuses its eval.
    page.evaluate("new Promise(seen => setTimeout(seen, 1000))")

    assert page.evaluate("window.shift") > SHIFT_BELOW

"""axe-core finds nothing on any page: at 390 and 1280 px, in light and dark."""

import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any, Final, Literal

import pytest
from playwright.sync_api import Page, ViewportSize

from tests import public_addresses
from tests.browser.conftest import DESK, PHONE

pytestmark = pytest.mark.browser

AXE: Final = files("axe_playwright_python").joinpath("axe.min.js").read_text()
RULES: Final = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations", "incomplete"],
}
# All rules for both widths; what depends on the colours, for every width and scheme.
COLOUR_RULES: Final = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
    "resultTypes": ["violations", "incomplete"],
}
LOOKS: Final[tuple[tuple[ViewportSize, Literal["light", "dark"], dict[str, Any]], ...]] = (
    (PHONE, "light", RULES),
    (PHONE, "dark", COLOUR_RULES),
    (DESK, "dark", RULES),
    (DESK, "light", COLOUR_RULES),
)
# Patterns of places whose contrast axe cannot measure, each with the reason why it is enough all the same.
UNMEASURED: Final[dict[str, str]] = {
    r"#term-[\w-]+": "an opaque card above the page: axe takes the text under it for a part of its background",
    # Both inks keep 7:1 on every surface a chart stands on (the table in the design's token file).
    r".*\btext\[.*|.*\.st-[tb]\b.*|.*\.v\b.*": "words inside a drawing: axe does not know what lies under them",
    r"\.add > span": "the tab bar floats above the page: axe takes what lies under it for a part of its background",
}


@pytest.mark.parametrize("address", public_addresses.ALL)
def test_axe_finds_nothing(page: Page, address: str) -> None:
    page.goto(address)
    page.evaluate("document.querySelectorAll('details:not(.menu)').forEach((more) => more.open = true)")
    page.evaluate(AXE)

    found = list(findings(page))

    assert found == []


def test_axe_finds_nothing_in_the_open_menu(page: Page) -> None:
    page.goto("/")
    page.locator(".menu summary").click()
    page.evaluate(AXE)

    found = list(described(page.evaluate("(rules) => axe.run('.hd', rules)", RULES), "menu"))

    assert found == []


def test_axe_finds_nothing_in_an_open_meaning(page: Page) -> None:
    page.goto("/treatment/")
    page.locator("a.term").first.click()
    page.evaluate(AXE)

    found = list(described(page.evaluate("(rules) => axe.run('.pop:popover-open', rules)", RULES), "meaning"))

    assert found == []


def test_axe_finds_nothing_in_a_form_with_errors(page: Page) -> None:
    page.goto("/accounts/login/")
    with page.expect_navigation():
        page.locator("main form:has([name=password])").evaluate("(form) => form.requestSubmit()")
    page.evaluate(AXE)

    found = list(findings(page))

    assert page.locator("[aria-invalid=true]").count() > 0
    assert found == []


def findings(page: Page) -> Iterator[str]:
    """Yield what axe says of a page in each of its looks; the page is loaded once."""
    for viewport, scheme, rules in LOOKS:
        page.set_viewport_size(viewport)
        page.emulate_media(color_scheme=scheme)
        results = page.evaluate("(rules) => axe.run(document, rules)", rules)
        yield from described(results, f"{viewport['width']} px {scheme}")


def described(results: dict[str, Any], look: str) -> Iterator[str]:
    """Yield the violations, and the contrasts that axe could not measure, in words."""
    unmeasured = [item for item in results["incomplete"] if item["id"] == "color-contrast"]
    for item in [*results["violations"], *unmeasured]:
        for node in item["nodes"]:
            place = " ".join(map(str, node["target"]))
            if item["id"] != "color-contrast" or not any(re.fullmatch(known, place) for known in UNMEASURED):
                yield f"{look}: {item['id']}: {place}: {node.get('failureSummary', item['help'])}"

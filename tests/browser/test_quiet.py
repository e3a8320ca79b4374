"""A page asks nobody else, stores nothing and complains of nothing."""

import pytest
from playwright.sync_api import Page

from tests import public_addresses
from tests.browser.conftest import Witness

pytestmark = pytest.mark.browser

NOT_FOUND = "console error: Failed to load resource: the server responded with a status of 404 (Not Found)"


@pytest.mark.parametrize("address", public_addresses.ALL)
def test_a_page_makes_no_noise_and_no_foreign_request(page: Page, witness: Witness, address: str) -> None:
    page.goto(address)

    # The browser itself reports the missing page's own answer.
    assert [seen for seen in witness.report() if address != public_addresses.MISSING or seen != NOT_FOUND] == []


def test_the_witness_sees_what_is_forbidden(page: Page, witness: Witness) -> None:
    page.goto("/")
    with page.expect_event("requestfailed"):
        page.evaluate("document.body.append(Object.assign(new Image(), {src: 'http://127.0.0.2:9/x.png'}))")

    assert any(seen.startswith("img-src") for seen in witness.report())


@pytest.mark.parametrize("address", public_addresses.PUBLIC)
def test_a_public_page_sets_no_cookie(page: Page, address: str) -> None:
    headers: list[str] = []
    page.on("response", lambda response: headers.extend(response.headers))

    page.goto(address)

    assert "content-type" in headers
    assert "set-cookie" not in headers
    assert page.context.cookies() == []
    assert page.evaluate("[document.cookie, localStorage.length, sessionStorage.length]") == ["", 0, 0]

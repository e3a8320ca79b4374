"""A page asks nobody else, stores nothing and complains of nothing."""

import pytest
from playwright.sync_api import Page

from tests import public_addresses
from tests.browser.conftest import Witness

pytestmark = pytest.mark.browser

NOT_FOUND = "console error: Failed to load resource: the server responded with a status of 404 (Not Found)"


@pytest.mark.parametrize("address", public_addresses.PUBLIC)
def test_a_public_page_is_quiet_and_stores_nothing(page: Page, witness: Witness, address: str) -> None:
    headers: set[str] = set()
    page.on("response", lambda response: headers.update(response.headers))

    page.goto(address)

    # The browser itself reports the missing page's own answer.
    assert [seen for seen in witness.report() if address != public_addresses.MISSING or seen != NOT_FOUND] == []
    assert "content-type" in headers
    assert "set-cookie" not in headers
    assert page.context.cookies() == []
    assert page.evaluate("[document.cookie, localStorage.length, sessionStorage.length]") == ["", 0, 0]


@pytest.mark.parametrize("address", public_addresses.ACCOUNTS)
def test_an_account_page_is_quiet(page: Page, witness: Witness, address: str) -> None:
    page.goto(address)

    assert witness.report() == []


def test_the_witness_sees_what_is_forbidden(page: Page, witness: Witness) -> None:
    page.goto("/")
    with page.expect_event("requestfailed"):
        page.evaluate("document.body.append(Object.assign(new Image(), {src: 'http://127.0.0.2:9/x.png'}))")

    assert any(seen.startswith("img-src") for seen in witness.report())

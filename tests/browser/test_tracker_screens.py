"""Every screen of the tracker: axe finds nothing in either theme, nothing scrolls sideways, all is quiet."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, BrowserContext, StorageState

from tests.browser.conftest import NewContext
from tests.browser.patients import PASSWORD, make_account, make_demo, row_ids, sign_in
from tests.browser.test_admin_screens import faults, faults_at
from tests.site_process import SiteProcess

pytestmark = pytest.mark.browser

SCREENS: Final = (
    *("", "more/", "settings/", "settings/withdraw/", "setup/about-you/"),
    *("emergency/", "emergency/?because=worse", "emergency/?because=medicine", "emergency/crisis/"),
    *("episodes/{episode}/where/", "episodes/{episode}/details/", "episodes/{episode}/close/"),
    *("episodes/{episode}/delete/", "episodes/{episode}/signs/", "episodes/{episode}/check-in/"),
    *("check-ins/{check_in}/", "check-ins/{check_in}/delete/"),
    *("medicines/", "medicines/add/", "medicines/{medicine}/"),
    *("episodes/", "episodes/{episode}/", "episodes/{past_episode}/", "patterns/"),
    *("prevention/", "prevention/plan/", "prevention/check-in/"),
    *("report/", "report/questions/", "report/links/"),
    *("my-data/", "export/", "import/", "delete-account/"),
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SiteProcess]:
    """A site with the demo patient."""
    with SiteProcess(Path(tmp_path_factory.mktemp("tracker"))) as process:
        yield process


@pytest.fixture(scope="module")
def signed_in(browser: Browser, site: SiteProcess) -> StorageState:
    """What the patient's browser remembers: one sign-in for all tests."""
    password = make_demo(site)
    context = browser.new_context(base_url=site.url)
    sign_in(context.new_page(), password)
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def patient(new_context: NewContext, signed_in: StorageState) -> BrowserContext:
    """The patient's browser, on a phone."""
    return new_context(storage_state=signed_in)


@pytest.mark.parametrize("part", range(4))
def test_screens(patient: BrowserContext, site: SiteProcess, part: int) -> None:
    ids = row_ids(site)

    found = faults_at((f"/tracker/{screen.format(**ids)}" for screen in SCREENS[part::4]), patient, site)

    assert found == {}, "\n".join(f"{address}: {fault}" for address, faults in found.items() for fault in faults)


def test_the_way_in(new_context: NewContext, site: SiteProcess) -> None:
    make_account(site, "new@example.org")
    page = new_context().new_page()
    sign_in(page, PASSWORD, email="new@example.org")

    found = list(faults(page))
    page.get_by_label("18 to 54").check()
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url("**/consent/")
    found += faults(page)
    page.locator("input[type=checkbox]").check()
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url("**/about-you/")
    found += faults(page)

    assert found == []


def test_a_hold_on_every_screen_that_shows_it(new_context: NewContext, signed_in: StorageState) -> None:
    page = new_context(storage_state=signed_in).new_page()
    page.goto("/tracker/emergency/?because=worse")
    page.get_by_label("Not sure").first.check()
    page.wait_for_timeout(500)  # the script sends the answer by itself

    found = []
    for address in ("/tracker/emergency/hold/", "/tracker/", "/tracker/prevention/"):
        page.goto(address)
        found += [f"{address}: {fault}" for fault in faults(page)]
    page.goto("/tracker/emergency/hold/")
    page.get_by_role("button", name="The answer was a mistake").click()

    assert found == []


def test_what_a_visit_link_shows(new_context: NewContext, signed_in: StorageState) -> None:
    page = new_context(storage_state=signed_in).new_page()
    page.goto("/tracker/report/links/")
    page.locator("main form").last.locator("button[type=submit]").click()
    link = page.locator("input[readonly], code").first
    address = link.input_value() if link.get_attribute("value") else link.inner_text()
    reader = new_context().new_page()
    reader.goto(address)

    found = list(faults(reader))
    reader.locator("main form button").click()
    reader.wait_for_load_state()
    found += faults(reader)

    assert "Visit sheet" in reader.locator("main").inner_text()
    assert found == []

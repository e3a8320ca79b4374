"""The screens of reminders in a browser: axe finds nothing, they work without scripts, and the list is live."""

import re
from collections.abc import Iterator
from contextlib import closing
from typing import Final
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import journey_rows as rows
from tests.browser import reminder_list_rows as reminders
from tests.browser.conftest import NewContext
from tests.browser.journey_phone import Phone, open_phone
from tests.browser.journey_shell import SiteShell
from tests.browser.test_admin_screens import faults_at
from tests.site_process import SiteProcess

pytestmark = pytest.mark.browser

SCREENS: Final = ("", "log/", "log/?page=2", "settings/", "where/", "travel/?zone=Asia/Kabul")
EMAIL: Final = "reminders@example.org"
LIST: Final = "/tracker/reminders/"
HALF_A_MINUTE: Final = 30_000


@pytest.fixture
def cookie(site: SiteProcess, shell: SiteShell) -> rows.Cookie:
    """The sign-in of a patient with reminders."""
    if not shell.ask(rows.people, EMAIL):
        shell.ask(rows.make_demo, EMAIL)
        shell.ask(reminders.fill, EMAIL)
    return shell.ask(rows.sign_in, EMAIL)


@pytest.fixture
def signed_in(new_context: NewContext, site: SiteProcess, cookie: rows.Cookie) -> BrowserContext:
    """The patient's browser, on a phone."""
    return open_phone(new_context, site, cookie).page.context


@pytest.fixture
def live_page(signed_in: BrowserContext) -> Iterator[Page]:
    """The list, open, with a clock that a test moves."""
    with closing(signed_in.new_page()) as page:
        page.clock.install()
        page.goto(LIST)
        page.wait_for_load_state()
        yield page


@pytest.mark.parametrize("part", range(2))
def test_screens(signed_in: BrowserContext, site: SiteProcess, part: int) -> None:
    found = faults_at((LIST + screen for screen in SCREENS[part::2]), signed_in, site)

    assert found == {}, "\n".join(f"{address}: {fault}" for address, faults in found.items() for fault in faults)


def test_a_delay_and_a_pause_on_the_list(signed_in: BrowserContext, site: SiteProcess, shell: SiteShell) -> None:
    shell.ask(reminders.beat, 5)
    page = signed_in.new_page()
    page.goto(LIST)
    page.get_by_role("button", name="Pause all for a day").click()
    expect(page.get_by_role("heading", name="All reminders are paused")).to_be_visible()
    expect(page.get_by_role("heading", name="Reminders are delayed")).to_be_visible()

    found = faults_at(iter((LIST, "/tracker/")), signed_in, site)

    page.get_by_role("button", name="Start them again now").click()
    expect(page.get_by_role("heading", name="All reminders are paused")).to_have_count(0)
    shell.ask(reminders.beat, 0)
    assert found == {}


def test_every_switch_can_be_hit_and_says_what_it_is(signed_in: BrowserContext) -> None:
    page = signed_in.new_page()
    page.goto(LIST)

    switch = page.get_by_role("switch", name="Remind me: Daily stretching")
    expect(switch).to_be_checked()
    switch.click()

    expect(page.get_by_role("switch", name="Remind me: Daily stretching")).not_to_be_checked()
    page.get_by_role("switch", name="Remind me: Daily stretching").click()
    expect(page.get_by_role("switch", name="Remind me: Daily stretching")).to_be_checked()


def test_without_scripts_all_of_it_is_forms(
    new_context: NewContext, site: SiteProcess, shell: SiteShell, cookie: rows.Cookie
) -> None:
    phone: Phone = open_phone(new_context, site, cookie, has_scripts=False)
    shell.ask(reminders.come, EMAIL, "Close the window")
    phone.open(LIST)

    row = phone.page.locator(".due-list li", has_text="Close the window")
    phone.tap(row.locator("summary"))
    expect(row.get_by_role("button", name=re.compile(r"In an hour, at \d\d:\d\d"))).to_be_visible()
    phone.tap(row.get_by_role("button", name=re.compile("^Done.*Close the window$")))

    phone.is_at(LIST)
    phone.says("Saved: it is done.")
    expect(phone.page.locator(".due-list", has_text="Close the window")).to_have_count(0)
    assert shell.ask(reminders.answered, EMAIL)[-1] == "Close the window"
    expect(phone.page.locator("#travel")).to_be_hidden()
    assert phone.faults() == []


def test_what_comes_while_the_page_is_open_stands_there_and_is_announced(live_page: Page, shell: SiteShell) -> None:
    expect(live_page.locator(".due-list")).not_to_contain_text("Open the door")
    shell.ask(reminders.come, EMAIL, "Open the door")

    live_page.clock.run_for(HALF_A_MINUTE)

    expect(live_page.locator(".due-list li").first).to_contain_text("Open the door")
    expect(live_page.locator("[data-due-news]")).to_have_text("A reminder has come.")
    live_page.get_by_role("button", name=re.compile("^Done.*Open the door$")).click()
    expect(live_page.locator(".msgs")).to_contain_text("Saved: it is done.")


def test_a_list_that_is_in_use_is_not_taken_away(live_page: Page, shell: SiteShell) -> None:
    live_page.locator(".due-list summary").first.click()
    offer = live_page.get_by_role("button", name="Not today").first
    offer.focus()
    shell.ask(reminders.come, EMAIL, "Wind the clock")

    live_page.clock.run_for(HALF_A_MINUTE)

    expect(live_page.locator("[data-due-news]")).to_have_text("A reminder has come.")
    expect(offer).to_be_focused()


def test_it_stops_asking_when_signed_out(live_page: Page, shell: SiteShell) -> None:
    asked: list[str] = []
    live_page.on("request", lambda request: asked.append(request.url))
    shell.ask(rows.end_sessions, EMAIL)

    with live_page.expect_response("**/reminders/due/"):
        live_page.clock.run_for(HALF_A_MINUTE)
    live_page.evaluate("() => Promise.resolve()")  # what waits for the answer runs first
    for _round in range(3):
        live_page.clock.run_for(HALF_A_MINUTE)

    # The sign-in that the answer points to is seen here too; no page follows it there.
    assert [urlsplit(url).path for url in asked].count("/tracker/reminders/due/") == 1
    assert urlsplit(live_page.url).path == LIST


# Alice's own zone is one of whole hours, in which it is day now: never that of Kabul.
@pytest.mark.parametrize(("place", "is_told"), [("Asia/Kabul", True), ("same", False)])
def test_another_clock_is_told_and_the_answer_kept(
    new_context: NewContext, site: SiteProcess, shell: SiteShell, cookie: rows.Cookie, place: str, is_told: bool
) -> None:
    zone = shell.ask(reminders.zone_of, EMAIL) if place == "same" else place
    page = open_phone(new_context, site, cookie, timezone_id=zone).page
    page.goto("/tracker/")
    page.wait_for_load_state()
    banner = page.locator("#travel")
    if not is_told:
        expect(banner).to_be_hidden()
        return

    banner.get_by_role("link").click()
    expect(page.locator("main")).to_contain_text("This device shows Asia/Kabul")
    page.get_by_role("button", name="Keep home time").click()

    page.wait_for_url(f"**{LIST}")
    page.wait_for_load_state()
    expect(page.locator("#travel")).to_be_hidden()
    expect(page.locator(".msgs")).to_contain_text("Your reminders stay on home time.")

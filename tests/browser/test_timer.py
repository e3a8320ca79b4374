"""The care timer: at most 20 minutes, whatever happens to the page."""

import datetime

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Witness

pytestmark = pytest.mark.browser

NOON = datetime.datetime(2026, 11, 23, 12, 0, tzinfo=datetime.UTC)
KEY = "ice_on_back"
MINUTE = 60_000
OVER = "Take the pack off now"


@pytest.fixture
def timer(page: Page) -> Locator:
    """The timer of the ice pack, on a page whose clock stands at noon until a test moves it."""
    page.clock.install(time=NOON)
    page.goto("/treatment/")
    page.clock.pause_at(NOON + datetime.timedelta(minutes=1))
    return page.locator(f"care-timer[data-key={KEY}]")


@pytest.fixture
def running(timer: Locator) -> Locator:
    timer.get_by_role("button", name="Start").click()
    return timer


def test_it_counts_down_from_twenty_minutes(page: Page, running: Locator, witness: Witness) -> None:
    expect(clock_of(running)).to_have_text("20:00")
    expect(running.get_by_role("button", name="Stop")).to_be_focused()
    expect(running.get_by_role("status")).to_have_text("The timer has started.")

    page.clock.run_for(61_000)

    expect(clock_of(running)).to_have_text("18:59")
    assert witness.report() == []


def test_it_says_when_five_minutes_are_left(page: Page, running: Locator) -> None:
    page.clock.run_for(15 * MINUTE + 500)

    expect(running.get_by_role("status")).to_have_text("5 minutes left.")


def test_it_ends_at_twenty_minutes_and_no_second_later(page: Page, running: Locator) -> None:
    page.clock.run_for(20 * MINUTE - 1_000)
    expect(clock_of(running)).to_have_text("00:01")
    expect(running).not_to_contain_text(OVER)

    page.clock.run_for(1_000)

    expect(running.get_by_role("status")).to_have_text(OVER)
    expect(clock_of(running)).to_be_hidden()


def test_it_is_over_when_a_sleeping_phone_wakes_late(page: Page, running: Locator) -> None:
    page.clock.fast_forward(50 * MINUTE)

    expect(running.get_by_role("status")).to_have_text(OVER)
    expect(running.get_by_role("button", name="Start")).to_be_visible()


def test_it_goes_on_after_a_reload(page: Page, running: Locator) -> None:
    page.clock.run_for(5 * MINUTE)

    page.reload()

    expect(clock_of(running)).to_have_text("15:00")
    page.clock.run_for(15 * MINUTE)
    expect(running.get_by_role("status")).to_have_text(OVER)


def test_it_says_so_when_it_ran_out_while_the_page_was_away(page: Page, running: Locator) -> None:
    page.goto("/about/")
    page.clock.run_for(21 * MINUTE)

    page.goto("/treatment/")

    expect(running.get_by_role("status")).to_have_text(OVER)


def test_no_stored_moment_makes_it_run_longer(page: Page, timer: Locator) -> None:
    page.evaluate("(key) => sessionStorage.setItem(key, Date.now() + 3_600_000)", KEY)

    page.reload()

    expect(clock_of(timer)).to_have_text("20:00")
    page.clock.run_for(20 * MINUTE)
    expect(timer.get_by_role("status")).to_have_text(OVER)


def test_it_can_be_stopped(page: Page, running: Locator) -> None:
    running.get_by_role("button", name="Stop").click()

    expect(clock_of(running)).to_be_hidden()
    expect(running.get_by_role("button", name="Start")).to_be_focused()
    page.clock.run_for(21 * MINUTE)
    expect(running).not_to_contain_text(OVER)
    page.reload()
    expect(clock_of(running)).to_be_hidden()


def test_two_timers_do_not_disturb_each_other(page: Page, running: Locator) -> None:
    heat = page.locator("care-timer[data-key=heat_if_preferred]").first
    page.clock.run_for(2 * MINUTE)

    heat.get_by_role("button", name="Start").click()

    expect(clock_of(running)).to_have_text("18:00")
    expect(clock_of(heat)).to_have_text("20:00")


def clock_of(timer: Locator) -> Locator:
    """Return the running figures of a timer."""
    return timer.locator(".clock")

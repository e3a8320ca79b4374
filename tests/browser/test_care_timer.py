"""The timer of a care session: counts from the server's time, ends at 20 minutes and 0 seconds, rings, keeps awake."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import journey_rows as rows
from tests.browser.conftest import NewContext
from tests.browser.journey_phone import Phone, open_phone
from tests.browser.journey_shell import SiteShell
from tests.site_process import SiteProcess

pytestmark = pytest.mark.browser

OFF: Final = "Take the pack off now"
TWENTY_MINUTES: Final = 1200
# Counts what the page asks of the phone, which a browser without a screen and a loudspeaker cannot show.
_COUNT: Final = """
window.asked = {lights: 0, released: 0, sounds: 0, tones: [], silenced: 0};
Object.defineProperty(navigator, "wakeLock", {value: {request: async () => {
  asked.lights += 1;
  return {release: async () => { asked.released += 1; }};
}}});
window.AudioContext = class {
  state = "running";
  destination = {};
  get currentTime() { return performance.now() / 1000; }
  resume() { asked.sounds += 1; }
};
window.OscillatorNode = class {
  connect() {}
  disconnect() { asked.silenced += 1; }
  start(at) { asked.tones.push(at - performance.now() / 1000); }
  stop() {}
};
"""
_WRONG_CLOCK: Final = "const now = Date.now; Date.now = () => now() + 3 * 3_600_000;"
_WHEN_OFF: Final = """() => document.querySelector("[data-part=off]")?.textContent && Date.now()"""

Open = Callable[..., Phone]


@pytest.fixture
def opened(
    new_context: NewContext, site: SiteProcess, shell: SiteShell, request: pytest.FixtureRequest
) -> tuple[Phone, str]:
    """A phone at Now in hour 31, and the address of its patient."""
    email = f"timer-{request.node.name[:50].strip('_')}@example.org"
    phone = open_phone(new_context, site, shell.ask(rows.make_patient, email))
    phone.page.context.add_init_script(_COUNT)
    phone.open("/tracker/")
    return phone, email


def start(page: Page) -> None:
    page.get_by_role("button", name="Start ice now").click()


def clock(page: Page) -> Locator:
    return page.locator("#timer .tm-n")


def asked(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate("asked")
    return found


def test_it_starts_at_twenty_minutes_and_goes_on_after_a_reload(opened: tuple[Phone, str], shell: SiteShell) -> None:
    phone, email = opened

    start(phone.page)

    expect(clock(phone.page)).to_have_text(re.compile(r"^(20:00|19:5\d)$"))
    expect(phone.page.locator("#timer")).to_be_focused()
    expect(phone.page.locator("#timer")).to_contain_text("If your phone locks, it cannot ring")
    shell.ask(rows.begin_earlier, email, 601)
    phone.page.reload()
    expect(clock(phone.page)).to_have_text(re.compile(r"^0?9:5\d$"))
    assert phone.faults() == []


def test_it_is_over_after_twenty_minutes_and_no_second_later(opened: tuple[Phone, str], shell: SiteShell) -> None:
    phone, email = opened
    start(phone.page)
    expect(clock(phone.page)).to_be_visible()
    shell.ask(rows.begin_earlier, email, TWENTY_MINUTES - 5)
    phone.page.reload()
    ends = phone.page.locator("session-timer").get_attribute("data-ends") or ""
    expect(phone.page.locator("[data-part=off]")).to_be_empty()

    over_at = phone.page.wait_for_function(_WHEN_OFF, polling=20).json_value() / 1000

    late = over_at - datetime.fromisoformat(ends).timestamp()
    assert -4 < late < 1
    expect(phone.page.locator("[data-part=off]")).to_have_text(OFF)
    expect(phone.page.locator(".until")).to_be_hidden()
    expect(phone.button("Stop early")).to_be_hidden()
    assert asked(phone.page)["released"] == 1
    phone.follow("Done")
    expect(phone.page.get_by_role("alert")).to_have_text(OFF)
    assert shell.ask(rows.logs, email) == [["ice_on_back", 20, True]]
    assert phone.faults() == []


def test_it_is_over_for_a_phone_that_comes_back_late(opened: tuple[Phone, str], shell: SiteShell) -> None:
    phone, email = opened
    start(phone.page)
    expect(clock(phone.page)).to_be_visible()
    phone.open("/about/")
    shell.ask(rows.begin_earlier, email, TWENTY_MINUTES + 60)

    phone.open("/tracker/")

    expect(phone.page.get_by_role("alert")).to_have_text(OFF)
    expect(phone.page.locator("session-timer")).to_have_count(0)


def test_the_sound_is_prepared_by_the_tap_and_the_screen_stays_awake(opened: tuple[Phone, str]) -> None:
    phone, _email = opened
    assert asked(phone.page)["sounds"] == 0

    start(phone.page)
    expect(clock(phone.page)).to_be_visible()

    found = asked(phone.page)
    assert found["sounds"] == 1
    assert found["lights"] == 1
    assert found["released"] == 0
    assert TWENTY_MINUTES - 15 < min(found["tones"]) <= TWENTY_MINUTES
    expect(phone.button("Turn the sound on")).to_be_hidden()


def test_after_a_reload_the_sound_needs_a_tap_of_its_own(opened: tuple[Phone, str]) -> None:
    phone, _email = opened
    start(phone.page)
    expect(clock(phone.page)).to_be_visible()
    phone.page.reload()
    assert asked(phone.page)["tones"] == []
    assert asked(phone.page)["lights"] == 1

    phone.press("Turn the sound on")

    assert len(asked(phone.page)["tones"]) > 0
    expect(phone.button("Turn the sound on")).to_be_hidden()


def test_a_phone_with_a_wrong_clock_counts_from_the_time_of_the_server(opened: tuple[Phone, str]) -> None:
    phone, _email = opened
    phone.page.context.add_init_script(_WRONG_CLOCK)
    phone.page.reload()

    start(phone.page)

    expect(clock(phone.page)).to_have_text(re.compile(r"^(20:00|19:5\d)$"))
    phone.page.reload()
    expect(clock(phone.page)).to_have_text(re.compile(r"^(20:00|19:[45]\d)$"))


def test_two_tabs_share_one_timer(opened: tuple[Phone, str], shell: SiteShell) -> None:
    phone, email = opened
    other = phone.page.context.new_page()
    other.goto("/tracker/")
    start(phone.page)
    expect(clock(phone.page)).to_be_visible()

    other.get_by_role("button", name="Start heat now").click()

    expect(other.get_by_role("alert")).to_contain_text("Another timer is running.")
    other.goto("/tracker/")
    expect(clock(other)).to_be_visible()
    other.get_by_role("button", name="Stop early").click()
    expect(other.locator("#timer")).to_have_count(0)
    phone.page.reload()
    expect(phone.page.locator("#timer")).to_have_count(0)
    assert shell.ask(rows.logs, email) == [["ice_on_back", 1, False]]


def test_two_taps_start_one_session(opened: tuple[Phone, str], shell: SiteShell) -> None:
    phone, email = opened

    phone.page.get_by_role("button", name="Start ice now").dblclick()

    expect(clock(phone.page)).to_be_visible()
    assert shell.ask(rows.logs, email) == [["ice_on_back", 20, True]]
    assert phone.faults() == []


def test_a_start_after_the_sign_in_ended_leads_to_the_sign_in(opened: tuple[Phone, str], shell: SiteShell) -> None:
    phone, email = opened
    shell.ask(rows.end_sessions, email)

    start(phone.page)

    phone.is_at("/accounts/login/*")
    assert shell.ask(rows.logs, email) == []


def test_a_start_without_a_network_is_not_lost_in_silence(opened: tuple[Phone, str], shell: SiteShell) -> None:
    phone, email = opened
    phone.page.context.set_offline(True)

    start(phone.page)

    phone.soon(lambda: phone.page.url.startswith("chrome-error:"))
    assert shell.ask(rows.logs, email) == []

"""What is different in the tracker with scripts switched off: every screen is whole, and every button is a form's."""

import re
from typing import Final

import pytest
from playwright.sync_api import expect

from tests.browser import journey_rows as rows
from tests.browser.conftest import NewContext
from tests.browser.journey_phone import Phone, open_phone
from tests.browser.journey_shell import SiteShell
from tests.site_process import SiteProcess

pytestmark = pytest.mark.browser

EMAIL: Final = "plain@example.org"
SCREENS: Final = (
    *("", "more/", "settings/", "settings/withdraw/", "emergency/", "emergency/crisis/"),
    *("episodes/{episode}/where/", "episodes/{episode}/details/", "episodes/{episode}/close/"),
    *("episodes/{episode}/delete/", "episodes/{episode}/signs/", "episodes/{episode}/check-in/"),
    *("medicines/", "medicines/add/", "episodes/", "episodes/{episode}/", "patterns/"),
    *("prevention/", "prevention/plan/", "prevention/check-in/", "report/", "report/questions/", "report/links/"),
    *("my-data/", "export/", "import/", "delete-account/"),
)
# A button that no form sends does nothing here; what only a script can do must not be shown.
_DEAD: Final = """() => [...document.querySelectorAll("main button")].filter((button) =>
  button.checkVisibility() && !(button.form && button.type === "submit")).map((button) => button.outerHTML)"""


@pytest.fixture
def phone(new_context: NewContext, site: SiteProcess, shell: SiteShell) -> Phone:
    """A phone without scripts; its patient is in hour 31."""
    if not shell.ask(rows.people, EMAIL):
        shell.ask(rows.make_demo, EMAIL)
    return open_phone(new_context, site, shell.ask(rows.sign_in, EMAIL), has_scripts=False)


@pytest.mark.parametrize("part", range(3))
def test_every_screen_is_whole_and_has_no_dead_button(phone: Phone, shell: SiteShell, part: int) -> None:
    episode = shell.ask(rows.open_episode, EMAIL)
    found = {}

    for screen in SCREENS[part::3]:
        phone.open(f"/tracker/{screen.format(episode=episode)}")
        words = len(phone.page.locator("main").inner_text().split())
        found[screen] = [*phone.page.evaluate(_DEAD), *([f"{words} words"] if words < 12 else []), *phone.faults()]

    assert {screen: faults for screen, faults in found.items() if faults} == {}


def test_the_timer_says_when_and_that_it_cannot_ring(phone: Phone, shell: SiteShell) -> None:
    phone.open("/tracker/")
    phone.tap(phone.page.get_by_role("button", name="Start ice now"))

    expect(phone.page.locator("#timer")).to_contain_text(re.compile(r"Take the pack off at \d\d:\d\d"))
    expect(phone.page.locator("#timer")).to_contain_text("This page cannot ring by itself.")
    expect(phone.page.get_by_role("button", name="Turn the sound on")).to_be_hidden()
    expect(phone.page.get_by_role("link", name="Done", exact=True)).to_be_hidden()
    shell.ask(rows.begin_earlier, EMAIL, 1201)
    phone.page.reload()
    expect(phone.page.get_by_role("alert")).to_have_text("Take the pack off now")
    assert phone.faults() == []


def test_one_button_under_the_list_shows_what_to_do(phone: Phone) -> None:
    phone.open("/tracker/emergency/?because=patient&next=home")
    lines = phone.page.locator("fieldset.ans")
    expect(phone.page.locator("#emergency-now")).to_be_hidden()

    help_button = phone.button("Show what to do")

    expect(help_button).to_be_visible()
    last, button = lines.last.bounding_box(), help_button.bounding_box()
    assert last
    assert button
    assert button["y"] >= last["y"] + last["height"]


def test_the_place_is_ticked_on_the_picture_and_in_the_list(phone: Phone, shell: SiteShell) -> None:
    phone.open(f"/tracker/episodes/{shell.ask(rows.open_episode, EMAIL)}/where/")
    boxes = phone.page.locator("input[name=places]")
    expect(boxes).to_have_count(12)
    neck = phone.page.locator("input[name=places][value=neck]")

    phone.page.locator("label.at-neck").click()
    expect(neck).to_be_checked()
    phone.press("Save")

    phone.is_at("/tracker/")
    assert "neck" in shell.ask(rows.episode_facts, EMAIL)["places"]
    assert phone.faults() == []

"""The tracker from the keyboard alone: a check-in is made, and the focus is always seen."""

from typing import Any, Final

import pytest
from playwright.sync_api import Page, expect

from tests.browser import journey_rows as rows
from tests.browser.conftest import NewContext
from tests.browser.journey_phone import Phone, open_phone
from tests.browser.journey_shell import SiteShell
from tests.site_process import SiteProcess

pytestmark = pytest.mark.browser

STEPS_AT_MOST: Final = 150
# A key, a chip or an answer draws the ring of the control that lies over it. Of five places one must be the element's.
_FOCUS: Final = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const label = element.matches("input") ? element.closest("label") : null;
  const ringed = [element, label, ...(label?.querySelectorAll("*") ?? [])].filter(Boolean);
  const box = (label ?? element).getBoundingClientRect();
  const places = [[.5, .5], [.1, .2], [.9, .2], [.1, .8], [.9, .8]];
  const top = places.map(([x, y]) => document.elementFromPoint(box.left + box.width * x, box.top + box.height * y));
  return {
    name: element.matches("button, a") ? element.textContent.trim() : element.name ?? "",
    html: element.outerHTML.slice(0, 120),
    isSeen: top.filter((found) => found && (element.contains(found) || label?.contains(found))).length,
    hasRing: ringed.some((one) => {
      const style = getComputedStyle(one);
      return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    }),
  };
}"""


@pytest.fixture
def phone(new_context: NewContext, site: SiteProcess, shell: SiteShell) -> Phone:
    """The phone of a patient in hour 31 who named one activity."""
    email = "keys@example.org"
    if not shell.ask(rows.people, email):
        shell.ask(rows.make_patient, email)
        shell.ask(rows.name_activity, email, "Putting on socks")
    return open_phone(new_context, site, shell.ask(rows.sign_in, email))


def tab(page: Page) -> dict[str, Any] | None:
    page.keyboard.press("Tab")
    stop: dict[str, Any] | None = page.evaluate(_FOCUS)
    return stop


def tab_to(page: Page, name: str) -> dict[str, Any]:
    """Press Tab until the control with this name, or the button with these words, has the focus."""
    for _ in range(STEPS_AT_MOST):
        stop = tab(page)
        if stop and stop["name"].startswith(name):
            return stop
    pytest.fail(f"no way by Tab to {name}")


def walk(page: Page) -> list[dict[str, Any]]:
    """Tab through the whole page; return every stop."""
    stops: list[dict[str, Any]] = []
    for _ in range(STEPS_AT_MOST):
        stop = tab(page)
        if stop is None:
            return stops
        stops.append(stop)
    pytest.fail("the focus never leaves the page")


def test_a_check_in_is_made_with_the_keyboard(phone: Phone, shell: SiteShell) -> None:
    email, page = "keys@example.org", phone.page
    phone.open(f"/tracker/episodes/{shell.ask(rows.open_episode, email)}/check-in/")

    tab_to(page, "function_")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    tab_to(page, "pain")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    stop = tab_to(page, "note")
    assert stop["isSeen"]
    page.keyboard.type("Better today")
    stop = tab_to(page, "Save")
    assert stop["isSeen"]
    page.keyboard.press("Enter")

    phone.is_at("/tracker/")
    assert shell.ask(rows.check_ins, email)[-1] == [1, [2], True]
    assert phone.faults() == []


@pytest.mark.parametrize(
    "screen",
    ["", "episodes/{episode}/check-in/", "episodes/{episode}/where/", "episodes/{episode}/details/", "medicines/add/"],
)
def test_the_focus_is_never_hidden_and_has_a_ring(phone: Phone, shell: SiteShell, screen: str) -> None:
    episode = shell.ask(rows.open_episode, "keys@example.org")
    phone.open(f"/tracker/{screen.format(episode=episode)}")

    walked = walk(phone.page)

    assert len(walked) > 10
    assert [stop["html"] for stop in walked if not stop["isSeen"]] == []
    assert [stop["html"] for stop in walked if not stop["hasRing"]] == []


def test_the_emergency_questions_are_answered_with_the_keyboard(phone: Phone, shell: SiteShell) -> None:
    phone.open("/tracker/emergency/?because=worse&next=home")
    before = len(shell.ask(rows.holds, "keys@example.org"))
    tab_to(phone.page, "E1")
    phone.page.keyboard.press("ArrowRight")
    phone.page.keyboard.press("ArrowRight")
    tab_to(phone.page, "No to all the others")
    phone.page.keyboard.press("Enter")

    phone.is_at("/tracker/")
    expect(phone.page.locator("h1")).to_have_text("Hour 31 of 72")
    assert len(shell.ask(rows.holds, "keys@example.org")) == before
    assert phone.faults() == []

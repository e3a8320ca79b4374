"""Check-ins on a phone: function before pain, one tap, half-filled, changed, and what cannot be."""

from typing import Final

import pytest
from playwright.sync_api import expect

from tests.browser import journey_rows as rows
from tests.browser.conftest import NewContext
from tests.browser.journey_phone import Phone, open_phone
from tests.browser.journey_shell import SiteShell
from tests.site_process import SiteProcess

pytestmark = pytest.mark.browser

SCRIPTS: Final = pytest.mark.parametrize("has_scripts", [True, False], ids=["scripts", "plain"])
SOCKS: Final = "Putting on socks"
_SAVED: Final = "Your check-in is saved."
_ELEVEN: Final = "(key) => { key.value = '11'; key.checked = true; }"


def at_check_in(
    new_context: NewContext,
    site: SiteProcess,
    shell: SiteShell,
    email: str,
    *,
    has_scripts: bool,
    hours: float | None,
    pain: int = 6,
) -> Phone:
    """A phone at the check-in of a patient who named one activity; with hours, the last check-in was then."""
    cookie = shell.ask(rows.make_patient, email)
    shell.ask(rows.name_activity, email, SOCKS, hours, pain)
    phone = open_phone(new_context, site, cookie, has_scripts=has_scripts)
    phone.open("/tracker/")
    phone.page.locator(".bar a").nth(1).click()
    phone.is_at("/check-in/")
    return phone


def choose_function(phone: Phone, score: int) -> None:
    phone.tap(phone.page.locator(f"fieldset.fn label:has(input[value='{score}'])"))


@SCRIPTS
def test_function_is_asked_before_pain(
    new_context: NewContext, site: SiteProcess, shell: SiteShell, has_scripts: bool
) -> None:
    email = f"first-{has_scripts}@example.org".lower()
    phone = at_check_in(new_context, site, shell, email, has_scripts=has_scripts, hours=None)
    legends = phone.page.locator("form.qform legend").all_inner_texts()
    assert SOCKS in legends[0]
    assert "0 is no pain" in legends[1]
    expect(phone.page.locator("input[type=radio]:checked")).to_have_count(0)

    choose_function(phone, 3)
    phone.choose("pain", "7")
    phone.press("Save")

    phone.is_at("/tracker/")
    phone.says(_SAVED)
    assert shell.ask(rows.check_ins, email) == [[7, [3], True]]
    assert phone.faults() == []


@SCRIPTS
def test_the_same_as_last_time_is_one_tap(
    new_context: NewContext, site: SiteProcess, shell: SiteShell, has_scripts: bool
) -> None:
    email = f"same-{has_scripts}@example.org".lower()
    phone = at_check_in(new_context, site, shell, email, has_scripts=has_scripts, hours=25)
    expect(phone.page.locator("[aria-labelledby=same-h]")).to_contain_text("6 out of 10")
    phone.taps = 0

    phone.press("Same as last time")

    phone.says("Saved: the same as last time.")
    assert phone.taps == 1
    assert shell.ask(rows.check_ins, email) == [[6, [4], True], [6, [4], True]]
    assert phone.faults() == []


@SCRIPTS
def test_a_half_filled_one_is_kept_and_finished(
    new_context: NewContext, site: SiteProcess, shell: SiteShell, has_scripts: bool
) -> None:
    email = f"half-{has_scripts}@example.org".lower()
    phone = at_check_in(new_context, site, shell, email, has_scripts=has_scripts, hours=None)
    choose_function(phone, 5)
    phone.press("Save")
    phone.says("You can fill in the rest within 24 hours.")
    assert shell.ask(rows.check_ins, email) == [[None, [5], False]]

    phone.page.locator(".bar a").nth(1).click()
    phone.follow("Finish it")
    expect(phone.page.locator("fieldset.fn input[value='5']")).to_be_checked()
    phone.choose("pain", "6")
    phone.press("Save")

    phone.says(_SAVED)
    assert shell.ask(rows.check_ins, email) == [[6, [5], True]]
    assert phone.faults() == []


@SCRIPTS
def test_a_change_leaves_the_old_value_to_be_seen(
    new_context: NewContext, site: SiteProcess, shell: SiteShell, has_scripts: bool
) -> None:
    email = f"change-{has_scripts}@example.org".lower()
    phone = at_check_in(new_context, site, shell, email, has_scripts=has_scripts, hours=5)
    phone.follow("Change your last check-in")
    phone.choose("pain", "2")
    phone.press("Save")
    phone.says(_SAVED)

    phone.page.locator(".bar a").nth(1).click()
    phone.follow("Change your last check-in")

    expect(phone.page.locator("input[name=pain][value='2']")).to_be_checked()
    expect(phone.page.locator("[aria-labelledby=history-h]")).to_contain_text("6 out of 10")
    assert shell.ask(rows.check_ins, email) == [[2, [4], True]]
    assert phone.faults() == []


@SCRIPTS
def test_pain_eleven_is_refused(
    new_context: NewContext, site: SiteProcess, shell: SiteShell, has_scripts: bool
) -> None:
    email = f"eleven-{has_scripts}@example.org".lower()
    phone = at_check_in(new_context, site, shell, email, has_scripts=has_scripts, hours=None)
    choose_function(phone, 5)
    phone.page.locator("input[name=pain]").last.evaluate(_ELEVEN)

    phone.press("Save")

    expect(phone.page.locator(".errsum")).to_be_visible()
    expect(phone.page.locator("fieldset.fn input[value='5']")).to_be_checked()
    assert shell.ask(rows.check_ins, email) == []
    assert [fault for fault in phone.faults() if "400" not in fault] == []


def test_very_strong_pain_on_two_days_asks_the_emergency_questions_again(
    new_context: NewContext, site: SiteProcess, shell: SiteShell
) -> None:
    email = "worse@example.org"
    phone = at_check_in(new_context, site, shell, email, has_scripts=True, hours=20, pain=9)
    phone.choose("pain", "10")

    phone.press("Save")

    phone.is_at("/tracker/emergency/?because=worse")
    phone.says("Your check-in is saved.")
    assert shell.ask(rows.check_ins, email)[-1] == [10, [], True]
    assert phone.faults() == []

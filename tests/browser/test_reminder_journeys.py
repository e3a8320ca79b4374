"""A reminder on a phone, with and without scripts: made in two steps, looked at, switched off, changed, ended."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import journey_rows as rows
from tests.browser import reminder_form_rows as reminder_rows
from tests.browser.conftest import NewContext
from tests.browser.journey_phone import Phone, open_phone
from tests.browser.journey_shell import SiteShell
from tests.browser.test_admin_screens import faults
from tests.site_process import SiteProcess

pytestmark = pytest.mark.browser

NEW = "/tracker/reminders/new/"


def heading(phone: Phone, words: str) -> None:
    expect(phone.page.locator("h1")).to_have_text(words)


@pytest.mark.parametrize("has_scripts", [True, False], ids=["scripts", "plain"])
def test_from_a_step_to_its_end(
    new_context: NewContext, site: SiteProcess, shell: SiteShell, has_scripts: bool
) -> None:
    email = f"ice-{has_scripts}@example.org".lower()
    phone = open_phone(new_context, site, shell.ask(rows.make_patient, email), has_scripts=has_scripts)

    # What the care plan says is there; nothing is saved before it was shown.
    phone.open(f"{NEW}?step=ice_on_back")
    phone.says("Little evidence, low risk.")
    phone.press("See the times")
    heading(phone, "When it comes")
    phone.says("The next 5 times")
    phone.says("It stops by itself at hour 72")
    phone.says("That is more than 6 in a day. Do you want that many?")
    assert shell.ask(reminder_rows.reminders, email) == []

    # Back to the form, which has kept all of it, and forth again.
    phone.press("Change it")
    expect(phone.page.get_by_label("Hours", exact=True)).to_have_value("2")
    phone.page.get_by_label("Hours", exact=True).fill("3")
    phone.press("See the times")
    phone.says("Every 3 hours, while you are awake.")
    if phone.page.get_by_label("Yes, I want that many").count():
        phone.page.get_by_label("Yes, I want that many").check()
    phone.press("Save")
    phone.says("Your reminder is saved.")
    heading(phone, "Ice pack, on your back")
    assert shell.ask(reminder_rows.reminders, email) == [["ice", "", 180, [], True, False]]

    # Off, and on again.
    phone.press("Switch it off")
    phone.says("It is off. Nothing comes.")
    phone.press("Switch it on")
    phone.says("The reminder is on.")

    # The advice has changed since: it is kept.
    pk = shell.ask(reminder_rows.forget_the_advice, email)
    phone.open(f"/tracker/reminders/{pk}/")
    phone.says("The advice behind your reminder changed on")
    phone.press("Keep it as it is")
    phone.says("The reminder stays as it is.")

    # The end asks first.
    phone.follow("End it")
    heading(phone, "End this reminder?")
    phone.press("End it")
    phone.says("The reminder has ended.")
    assert shell.ask(reminder_rows.reminders, email) == [["ice", "", 180, [], False, True]]
    assert phone.faults() == []


@pytest.mark.parametrize("has_scripts", [True, False], ids=["scripts", "plain"])
def test_own_words_at_two_times_one_of_them_quiet(
    new_context: NewContext, site: SiteProcess, shell: SiteShell, has_scripts: bool
) -> None:
    email = f"own-{has_scripts}@example.org".lower()
    phone = open_phone(new_context, site, shell.ask(rows.make_patient, email), has_scripts=has_scripts)
    phone.open(NEW)
    # Only what the choice needs is asked.
    expect(phone.page.get_by_label("Time 1", exact=True)).to_be_hidden()
    phone.choose("how_often", "at_times")
    expect(phone.page.get_by_label("Hours", exact=True)).to_be_hidden()
    phone.page.get_by_label("Your own words").fill("Water the plants")
    phone.page.get_by_label("Time 1", exact=True).fill("09:30")
    phone.page.get_by_label("Time 2", exact=True).fill("22:30")

    phone.press("See the times")
    phone.says("22:30 falls into your quiet hours, from 22:00 to 07:00. Nothing comes then.")
    phone.says("Water the plants")
    phone.press("Save")

    phone.says("Your reminder is saved.")
    assert shell.ask(reminder_rows.reminders, email) == [
        ["own", "Water the plants", None, ["09:30", "22:30"], True, False]
    ]
    assert re.fullmatch(r".*/tracker/reminders/[0-9a-f-]{36}/", phone.page.url)
    assert phone.faults() == []


@pytest.mark.parametrize("has_scripts", [True, False], ids=["scripts", "plain"])
def test_the_suggested_plan_with_a_yes(
    new_context: NewContext, site: SiteProcess, shell: SiteShell, has_scripts: bool
) -> None:
    email = f"plan-{has_scripts}@example.org".lower()
    phone = open_phone(new_context, site, shell.ask(rows.make_patient, email), has_scripts=has_scripts)
    phone.open("/tracker/reminders/suggested/")
    phone.says("In the same message: Raise your legs, Gentle walk")

    phone.says("That is more than 6 in a day. Do you want that many?")
    assert shell.ask(reminder_rows.reminders, email) == []
    phone.page.get_by_label("Yes, I want that many").check()
    phone.press("Yes, remind me")

    phone.says("2 reminders are saved.")
    assert sorted(row[0] for row in shell.ask(reminder_rows.reminders, email)) == ["check_in", "ice"]
    assert phone.faults() == []


def test_the_link_of_a_step_goes_through_sign_in_and_back(
    new_context: NewContext, site: SiteProcess, shell: SiteShell
) -> None:
    shell.ask(rows.make_patient, "comes-back@example.org", password=rows.PASSWORD)
    phone = open_phone(new_context, site, has_scripts=False)
    phone.open(f"{NEW}?step=ice_on_back")
    phone.page.fill("input[name=login]", "comes-back@example.org")
    phone.page.fill("input[name=password]", rows.PASSWORD)
    phone.page.press("input[name=password]", "Enter")

    phone.is_at(f"{NEW}?step=ice_on_back")
    heading(phone, "New reminder")
    expect(phone.page.locator("select[name=what]")).to_have_value("step:ice_on_back")
    assert phone.faults() == []


def test_axe_finds_nothing_on_any_step_of_the_way(new_context: NewContext, site: SiteProcess, shell: SiteShell) -> None:
    phone = open_phone(new_context, site, shell.ask(rows.make_patient, "axe@example.org"))
    found: dict[str, list[str]] = {}

    def look(name: str) -> None:
        found[name] = list(faults(phone.page))

    phone.open(f"{NEW}?step=strength_back_and_abdomen")
    phone.page.evaluate("document.querySelectorAll('main details').forEach((more) => more.open = true)")
    look("form")
    phone.choose("weekdays", "1")
    phone.press("See the times")
    phone.says("There is something to fix")
    look("errors")
    phone.open(f"{NEW}?step=ice_on_back")
    phone.press("See the times")
    heading(phone, "When it comes")
    look("preview")
    phone.press("Save")
    phone.says("There is something to fix")
    look("asked about many")
    phone.page.get_by_label("Yes, I want that many").check()
    phone.press("Save")
    phone.says("Your reminder is saved.")
    shell.ask(reminder_rows.forget_the_advice, "axe@example.org")
    phone.page.reload()
    phone.page.evaluate("document.querySelectorAll('main details').forEach((more) => more.open = true)")
    look("reminder")
    phone.follow("End it")
    heading(phone, "End this reminder?")
    look("end")
    phone.open("/tracker/reminders/suggested/")
    look("suggested")

    assert {name: wrong for name, wrong in found.items() if wrong} == {}

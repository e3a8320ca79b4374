"""Medicines on a phone: the own label, a dose in one tap, asked once when it is too soon, the sign after it."""

from typing import Final

import pytest
from playwright.sync_api import Locator, expect

from tests.browser import journey_rows as rows
from tests.browser.conftest import NewContext
from tests.browser.journey_phone import Phone, open_phone
from tests.browser.journey_shell import SiteShell
from tests.site_process import SiteProcess

pytestmark = pytest.mark.browser

NAME: Final = "Blue tablets"


def take_one(phone: Phone) -> None:
    phone.tap(phone.page.get_by_role("button", name="I took one now"))


def on_the_list(phone: Phone) -> Locator:
    return phone.page.locator("section.card", has=phone.page.get_by_role("button", name="I took one now"))


@pytest.mark.parametrize("has_scripts", [True, False], ids=["scripts", "plain"])
def test_from_the_label_to_the_sign_after_a_dose(
    new_context: NewContext, site: SiteProcess, shell: SiteShell, has_scripts: bool
) -> None:
    email = f"takes-{has_scripts}@example.org".lower()
    phone = open_phone(new_context, site, shell.ask(rows.make_patient, email), has_scripts=has_scripts)
    phone.open("/tracker/medicines/")
    phone.follow("Add a medicine")
    phone.page.get_by_label("Name, as on the packet").fill(NAME)
    phone.page.locator("input[name=gap_hours]").fill("4")
    phone.page.get_by_label("Most in 24 hours").fill("3")
    phone.choose("is_anti_inflammatory", "no")
    phone.press("Save")
    expect(on_the_list(phone)).to_contain_text("You entered: at least 4 hours between doses; at most 3 in 24 hours")

    # One tap, and what the patient typed is quoted.
    phone.taps = 0
    take_one(phone)
    phone.says(f"Saved: {NAME}")
    assert phone.taps == 1
    assert shell.ask(rows.doses, email) == 1
    expect(on_the_list(phone)).to_contain_text("You entered: at least 4 hours between doses. The last one was")

    # Too soon: asked once, then kept.
    take_one(phone)
    expect(phone.page.locator("h1")).to_have_text("Did you take it?")
    phone.says("You entered: at least 4 hours between doses.")
    assert shell.ask(rows.doses, email) == 1
    phone.press("Save it as taken")
    phone.says(f"Saved: {NAME}")
    assert shell.ask(rows.doses, email) == 2

    # The sign that is asked after a medicine.
    expect(phone.page.locator("fieldset.ans")).to_have_count(1)
    expect(phone.page.locator("input[name=E11]:checked")).to_have_count(0)
    phone.choose("E11", "not_sure")
    if phone.has_scripts:
        expect(phone.page.locator(".care.emergency")).to_be_visible()
        phone.soon(lambda: bool(shell.ask(rows.holds, email)))
        phone.follow("I have been seen, or it was a mistake")
    else:
        phone.press("Save this answer")
    phone.is_at("/emergency/hold/*")
    expect(phone.page.locator(".care.emergency")).to_be_visible()
    assert shell.ask(rows.holds, email) == [[["E11"], ""]]
    assert phone.faults() == []


def test_a_dose_can_be_undone(new_context: NewContext, site: SiteProcess, shell: SiteShell) -> None:
    email = "undoes@example.org"
    cookie = shell.ask(rows.make_patient, email)
    shell.ask(rows.make_medicine, email, NAME)
    phone = open_phone(new_context, site, cookie)
    phone.open("/tracker/medicines/")
    take_one(phone)
    phone.says(f"Saved: {NAME}")

    phone.press("Undo")

    phone.says("The dose is removed.")
    assert shell.ask(rows.doses, email) == 0
    assert phone.faults() == []

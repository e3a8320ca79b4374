"""Whole ways of a patient on a phone, with scripts and without: sign-up, hour 31, closing, a form sent too late."""

import re
from typing import Final

import pytest
from playwright.sync_api import Locator, expect

from tests.browser import journey_rows as rows
from tests.browser.conftest import DESK, NewContext
from tests.browser.journey_phone import Phone, open_phone
from tests.browser.journey_shell import SiteShell
from tests.site_process import SiteProcess

pytestmark = pytest.mark.browser

ZONE: Final = "Europe/Paris"
SCRIPTS: Final = pytest.mark.parametrize("has_scripts", [True, False], ids=["scripts", "plain"])


def sign_up(phone: Phone, shell: SiteShell, email: str) -> None:
    phone.open("/accounts/signup/")
    phone.page.get_by_label("Email").fill(email)
    phone.page.get_by_label("Password").fill(rows.PASSWORD)
    phone.press("Make my account")
    phone.page.get_by_label("Code").wait_for()
    mail = shell.ask(rows.latest_mail)
    assert f"To: {email}" in mail
    code = re.search(r"^([A-Z0-9]{4}-[A-Z0-9]{4})$", mail, re.MULTILINE)
    assert code, mail
    phone.page.get_by_label("Code").fill(code[1])
    phone.press("Go on")


def set_up(phone: Phone) -> None:
    phone.is_at("/tracker/setup/")
    phone.choose("age_band", "18_54")
    phone.press("Go on")
    phone.is_at("/tracker/setup/consent/")
    expect(phone.page.locator("input[name=agree]")).not_to_be_checked()
    phone.page.get_by_label("I agree").check()
    phone.press("Go on")
    phone.is_at("/tracker/setup/about-you/")
    expect(phone.page.locator("input[type=radio]:checked")).to_have_count(0)
    for name in ("is_pregnant", "has_reduced_feeling", "avoids_exercise", "avoids_anti_inflammatories"):
        phone.choose(name, "no")
    phone.choose("has_weak_bones", "no")
    zones = phone.page.locator("select[name=time_zone]")
    expect(zones).to_have_value(ZONE if phone.has_scripts else "")
    zones.select_option(ZONE)
    phone.press("Save")
    phone.is_at("/tracker/")


def say_no_to_all(phone: Phone) -> None:
    phone.is_at("/tracker/emergency/*")
    expect(phone.page.locator("input[type=radio]:checked")).to_have_count(0)
    expect(phone.page.locator("fieldset.ans")).to_have_count(10)
    phone.press("No to all the others")


@SCRIPTS
def test_from_sign_up_to_a_started_episode(
    new_context: NewContext, site: SiteProcess, shell: SiteShell, has_scripts: bool
) -> None:
    email = f"new-{has_scripts}@example.org".lower()
    phone = open_phone(new_context, site, has_scripts=has_scripts, timezone_id=ZONE)
    sign_up(phone, shell, email)
    set_up(phone)
    phone.page.locator(".bar .add").click()
    say_no_to_all(phone)
    phone.is_at("/tracker/start/")

    phone.taps = 0
    phone.press("Start")
    phone.is_at("/where/")
    phone.choose("places", "low_back_left")
    phone.press("Save")

    phone.is_at("/tracker/")
    assert phone.taps == 3
    expect(phone.page.locator("h1")).to_have_text("Hour 0 of 72")
    assert shell.ask(rows.episode_facts, email) == {"count": 1, "places": ["low_back_left"], "is_open": True}
    answers, rest_is_no, is_whole = shell.ask(rows.checks, email)[0]
    assert set(answers.values()) == {"no"}
    assert len(answers) == 10
    assert rest_is_no
    assert is_whole
    assert phone.faults() == []


def test_the_place_can_be_skipped(new_context: NewContext, site: SiteProcess, shell: SiteShell) -> None:
    email = "skips@example.org"
    phone = open_phone(new_context, site, shell.ask(rows.make_patient, email, None))
    phone.open("/tracker/start/")
    say_no_to_all(phone)
    phone.is_at("/tracker/start/")
    phone.taps = 0

    phone.press("Start")
    phone.is_at("/where/")
    phone.follow("Skip")

    phone.is_at("/tracker/")
    assert phone.taps == 2
    assert shell.ask(rows.episode_facts, email)["is_open"] is True


def card(phone: Phone, key: str) -> Locator:
    return phone.page.locator(f"section[aria-labelledby=step-{key}]")


def box(locator: Locator) -> tuple[float, float, float, float]:
    found = locator.bounding_box()
    assert found
    return found["x"], found["y"], found["x"] + found["width"], found["y"] + found["height"]


@SCRIPTS
def test_hour_31_of_the_demo(new_context: NewContext, site: SiteProcess, shell: SiteShell, has_scripts: bool) -> None:
    email = f"demo-{has_scripts}@example.org".lower()
    phone = open_phone(new_context, site, shell.ask(rows.make_demo, email), has_scripts=has_scripts)
    phone.open("/tracker/")
    expect(phone.page.locator("h1")).to_have_text("Hour 31 of 72")
    expect(card(phone, "ice_on_back").get_by_role("button", name="Start ice now")).to_be_visible()
    expect(card(phone, "heat_if_preferred").get_by_role("button", name="Start heat now")).to_be_visible()

    # A walk is logged, and undone.
    card(phone, "gentle_walk").get_by_role("button", name="I’ve just done it").click()
    phone.says("Saved: Gentle walk, 10 minutes")
    assert shell.ask(rows.logs, email) == [["gentle_walk", 10, False]]
    phone.press("Undo")
    expect(phone.page.locator(".toast")).to_have_count(0)
    assert shell.ask(rows.logs, email) == []

    # Ice runs, also after the page is loaded again, until it is stopped.
    card(phone, "ice_on_back").get_by_role("button", name="Start ice now").click()
    clock = phone.page.locator("#timer .tm-n")
    expect(clock).to_have_text(re.compile(r"^(20:00|19:\d\d)$" if has_scripts else r"^(20|19)$"))
    shell.ask(rows.begin_earlier, email, 300)
    phone.page.reload()
    expect(clock).to_have_text(re.compile(r"^14:\d\d$" if has_scripts else r"^1[45]$"))
    phone.press("Stop early")
    expect(phone.page.locator("#timer")).to_have_count(0)
    assert shell.ask(rows.logs, email) == [["ice_on_back", 6, False]]
    assert phone.faults() == []


def test_ice_and_heat_stand_side_by_side_where_there_is_room(
    new_context: NewContext, site: SiteProcess, shell: SiteShell
) -> None:
    cookie = shell.ask(rows.make_patient, "beside@example.org")
    phone = open_phone(new_context, site, cookie, viewport=DESK)

    phone.open("/tracker/")

    ice, heat = box(card(phone, "ice_on_back")), box(card(phone, "heat_if_preferred"))
    assert ice[2] <= heat[0] or heat[2] <= ice[0]
    assert max(ice[1], heat[1]) < min(ice[3], heat[3])


@SCRIPTS
def test_the_ninth_ice_is_refused_and_the_page_says_why(
    new_context: NewContext, site: SiteProcess, shell: SiteShell, has_scripts: bool
) -> None:
    email = f"ninth-{has_scripts}@example.org".lower()
    phone = open_phone(new_context, site, shell.ask(rows.make_patient, email), has_scripts=has_scripts)
    phone.open("/tracker/")
    shell.ask(rows.fill_ice, email, 8)
    reason = "You have done 8 today, the most for one day."

    # The page is older than the eighth session and still offers one more.
    card(phone, "ice_on_back").get_by_role("button", name="Start ice now").click()
    expect(phone.page.get_by_role("alert")).to_contain_text(reason)

    phone.follow("Back to Now")
    expect(card(phone, "ice_on_back")).to_contain_text(reason)
    expect(card(phone, "ice_on_back").get_by_role("button")).to_have_count(0)
    assert len(shell.ask(rows.logs, email)) == 8
    # The browser itself notes every answer that refuses.
    assert [fault for fault in phone.faults() if "409" not in fault] == []


@SCRIPTS
def test_it_is_closed_and_comes_back_as_a_new_episode(
    new_context: NewContext, site: SiteProcess, shell: SiteShell, has_scripts: bool
) -> None:
    email = f"again-{has_scripts}@example.org".lower()
    phone = open_phone(new_context, site, shell.ask(rows.make_patient, email, 100), has_scripts=has_scripts)
    phone.open("/tracker/")
    expect(phone.page.locator("h1")).to_have_text("Day 5")
    phone.follow("It’s over, close this episode")
    phone.is_at("/close/")
    phone.press("Close this episode")
    phone.is_at("/tracker/")
    expect(phone.page.locator("h1")).to_have_text("Your back is calm")

    phone.page.locator(".bar .add").click()
    say_no_to_all(phone)
    phone.is_at("/tracker/start/")
    phone.press("Start")
    phone.is_at("/where/")
    phone.follow("Skip")

    expect(phone.page.locator("h1")).to_have_text("Hour 0 of 72")
    expect(phone.page.locator("[aria-labelledby=phase-h]")).to_contain_text("The first 72 hours: ice")
    expect(card(phone, "ice_on_back")).to_be_visible()
    assert shell.ask(rows.episode_facts, email)["count"] == 2
    assert phone.faults() == []


@SCRIPTS
def test_a_form_sent_after_the_sign_in_ended_is_saved_once(
    new_context: NewContext, site: SiteProcess, shell: SiteShell, has_scripts: bool
) -> None:
    email = f"late-{has_scripts}@example.org".lower()
    cookie = shell.ask(rows.make_patient, email, password=rows.PASSWORD)
    phone = open_phone(new_context, site, cookie, has_scripts=has_scripts)
    phone.open(f"/tracker/episodes/{shell.ask(rows.open_episode, email)}/check-in/")
    phone.choose("pain", "7")
    shell.ask(rows.end_sessions, email)
    phone.press("Save")

    phone.page.wait_for_url(re.compile(r"/accounts/login/"))
    phone.page.fill("input[name=login]", email)
    phone.page.fill("input[name=password]", rows.PASSWORD)
    phone.press("Sign in")
    phone.says("We kept what you sent.")
    assert shell.ask(rows.check_ins, email) == []
    phone.press("Save it now")

    phone.says("Your check-in is saved")
    phone.page.go_back()
    phone.page.reload()
    assert [pain for pain, _scores, _whole in shell.ask(rows.check_ins, email)] == [7]
    assert phone.faults() == []

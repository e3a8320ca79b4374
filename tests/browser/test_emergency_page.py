"""The emergency questions on a phone: the first 'not sure' shows what to do, and everything else stops."""

from typing import Final

import pytest
from playwright.sync_api import Locator, expect

from tests.browser import journey_rows as rows
from tests.browser.conftest import NewContext
from tests.browser.journey_phone import Phone, open_phone
from tests.browser.journey_shell import SiteShell
from tests.site_process import SiteProcess

pytestmark = pytest.mark.browser

QUESTIONS: Final = "/tracker/emergency/?because=start&next=start"
WORSE: Final = "/tracker/emergency/?because=worse&next=home"


def card(phone: Phone) -> Locator:
    return phone.page.locator(".care.emergency:visible")


def expect_only_the_card(phone: Phone) -> None:
    expect(card(phone)).to_have_count(1)
    expect(card(phone).locator("li").first).to_be_in_viewport()
    expect(phone.page.locator("fieldset.ans:visible")).to_have_count(0)
    expect(phone.page.locator(".bar")).to_have_count(0)


@pytest.mark.parametrize("said", ["not_sure", "yes"])
def test_the_first_answer_shows_the_card_at_once_and_is_kept(
    new_context: NewContext, site: SiteProcess, shell: SiteShell, said: str
) -> None:
    email = f"at-once-{said}@example.org"
    phone = open_phone(new_context, site, shell.ask(rows.make_patient, email, None))
    phone.open(QUESTIONS)
    phone.choose("E1", "no")
    expect(card(phone)).to_have_count(0)

    phone.choose("E2", said)

    expect_only_the_card(phone)
    expect(phone.page.locator("#emergency-now h1")).to_be_focused()
    phone.soon(lambda: shell.ask(rows.holds, email) == [[["E2"], ""]])
    assert phone.page.url.endswith(QUESTIONS)
    assert shell.ask(rows.checks, email) == [[{"E1": "no", "E2": said}, False, False]]
    phone.page.reload()
    phone.is_at("/tracker/emergency/hold/*")
    expect_only_the_card(phone)
    assert phone.faults() == []


def test_without_a_network_the_card_comes_all_the_same(
    new_context: NewContext, site: SiteProcess, shell: SiteShell
) -> None:
    email = "no-network@example.org"
    phone = open_phone(new_context, site, shell.ask(rows.make_patient, email, None))
    phone.open(QUESTIONS)
    phone.page.context.set_offline(True)

    phone.choose("E4", "not_sure")

    expect_only_the_card(phone)
    assert shell.ask(rows.holds, email) == []
    phone.page.context.set_offline(False)
    phone.soon(lambda: shell.ask(rows.holds, email) == [[["E4"], ""]])
    assert [fault for fault in phone.faults() if "DISCONNECTED" not in fault] == []


def test_an_answer_that_the_server_could_not_take_is_sent_again(
    new_context: NewContext, site: SiteProcess, shell: SiteShell
) -> None:
    email = "server-away@example.org"
    phone = open_phone(new_context, site, shell.ask(rows.make_patient, email, None))
    phone.page.clock.install()
    phone.open(QUESTIONS)
    phone.page.route("**/emergency/answer/**", lambda route: route.fulfill(status=503), times=1)
    with phone.page.expect_response("**/emergency/answer/**"):
        phone.choose("E4", "not_sure")
    expect_only_the_card(phone)
    assert shell.ask(rows.holds, email) == []

    def is_kept_after_a_while() -> bool:
        phone.page.clock.run_for(1_000)
        return shell.ask(rows.holds, email) == [[["E4"], ""]]

    phone.soon(is_kept_after_a_while)


def test_a_second_answer_is_added_after_going_back(
    new_context: NewContext, site: SiteProcess, shell: SiteShell
) -> None:
    email = "second@example.org"
    phone = open_phone(new_context, site, shell.ask(rows.make_patient, email, None))
    phone.open(QUESTIONS)
    phone.choose("E2", "not_sure")
    phone.soon(lambda: len(shell.ask(rows.holds, email)) == 1)

    phone.press("Back to the questions")
    expect(card(phone)).to_have_count(0)
    phone.choose("E6", "yes")

    expect_only_the_card(phone)
    phone.soon(lambda: shell.ask(rows.holds, email) == [[["E2", "E6"], ""]])
    assert phone.faults() == []


def test_arrow_keys_may_pass_over_an_answer(new_context: NewContext, site: SiteProcess, shell: SiteShell) -> None:
    email = "arrows@example.org"
    phone = open_phone(new_context, site, shell.ask(rows.make_patient, email, None))
    phone.page.clock.install()
    phone.open(QUESTIONS)
    phone.page.locator("input[name=E1][value=yes]").focus()

    phone.page.keyboard.press("ArrowRight")
    phone.page.clock.run_for(500)
    phone.page.keyboard.press("ArrowRight")
    phone.page.clock.run_for(5_000)

    expect(phone.page.locator("input[name=E1][value=no]")).to_be_checked()
    expect(card(phone)).to_have_count(0)
    phone.page.keyboard.press("ArrowLeft")
    phone.page.clock.run_for(1_000)
    expect_only_the_card(phone)


def test_the_enter_key_never_says_no_for_the_patient(
    new_context: NewContext, site: SiteProcess, shell: SiteShell
) -> None:
    email = "enter@example.org"
    phone = open_phone(new_context, site, shell.ask(rows.make_patient, email, None))
    phone.open(QUESTIONS)
    phone.choose("E1", "no")

    phone.page.keyboard.press("Enter")

    phone.says("9 lines have no answer yet.")
    assert [check for check in shell.ask(rows.checks, email) if check[1] or check[2]] == []


def hold(phone: Phone, shell: SiteShell, email: str, code: str) -> None:
    """Answer 'not sure' and come to the hold: by itself with scripts, by the button under the list without."""
    phone.choose(code, "not_sure")
    if phone.has_scripts:
        phone.soon(lambda: bool(shell.ask(rows.holds, email)))
        phone.follow("I have been seen, or it was a mistake")
    else:
        phone.press("Show what to do")
    phone.is_at("/emergency/hold/*")


@pytest.mark.parametrize("has_scripts", [True, False], ids=["scripts", "plain"])
def test_exercises_stop_until_the_patient_was_seen(
    new_context: NewContext, site: SiteProcess, shell: SiteShell, has_scripts: bool
) -> None:
    email = f"held-{has_scripts}@example.org".lower()
    phone = open_phone(new_context, site, shell.ask(rows.make_demo, email), has_scripts=has_scripts)
    phone.open(WORSE)
    hold(phone, shell, email, "E1")
    expect_only_the_card(phone)

    # Nothing to do but to get help, wherever the patient looks.
    phone.open("/tracker/")
    expect(phone.page.locator("h1")).to_have_text("Get emergency help now")
    expect(phone.page.locator(".step, form[data-start]")).to_have_count(0)
    phone.open("/tracker/prevention/")
    phone.says("Exercises have stopped.")
    expect(phone.page.locator("main form")).to_have_count(0)
    expect(phone.page.locator("main a[href='/tracker/prevention/plan/']")).to_have_count(0)

    phone.follow("See what to do now")
    phone.press("I have been seen")
    phone.is_at(WORSE)  # the signs that were not answered yet
    phone.open("/tracker/")
    expect(phone.page.locator("h1")).to_have_text("Hour 31 of 72")
    expect(phone.page.locator("form[data-start]").first).to_be_visible()
    assert shell.ask(rows.holds, email) == [[["E1"], "seen"]]
    assert phone.faults() == []


@pytest.mark.parametrize("has_scripts", [True, False], ids=["scripts", "plain"])
def test_an_answer_given_by_mistake_is_asked_again(
    new_context: NewContext, site: SiteProcess, shell: SiteShell, has_scripts: bool
) -> None:
    email = f"mistake-{has_scripts}@example.org".lower()
    phone = open_phone(new_context, site, shell.ask(rows.make_patient, email, None), has_scripts=has_scripts)
    phone.open(QUESTIONS)
    phone.choose("E1", "no")
    hold(phone, shell, email, "E3")

    phone.press("The answer was a mistake")

    phone.is_at("/tracker/emergency/*")
    expect(phone.page.locator("input[name=E1][value=no]")).to_be_checked()
    expect(phone.page.locator("input[name=E3]:checked")).to_have_count(0)
    phone.press("No to all the others")
    phone.is_at("/tracker/start/")
    assert shell.ask(rows.holds, email) == [[["E3"], "mistake"]]
    assert phone.faults() == []

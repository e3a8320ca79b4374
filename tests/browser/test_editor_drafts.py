"""Drafts that the editing screen keeps in the browser: what is typed survives a reload, and leaves with its author."""

import json
from typing import Any, Final

import pytest
from playwright.sync_api import Dialog, Page, Route, expect

from tests.browser.editor_harness import ADDRESS, EditingScreen
from tests.browser.test_accessibility import AXE, findings
from tests.site_process import SiteProcess

pytestmark = pytest.mark.browser

KEY: Final = "draft:u1:article:treatment"
_NO_STORAGE: Final = "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };"


@pytest.fixture
def dialogs(page: Page) -> list[str]:
    """The kinds of dialogs that the browser showed; every one was answered with yes."""
    shown: list[str] = []

    def accept(dialog: Dialog) -> None:
        shown.append(dialog.type)
        dialog.accept()

    page.on("dialog", accept)
    return shown


@pytest.fixture
def screen(page: Page, site: SiteProcess, dialogs: list[str]) -> EditingScreen:
    return EditingScreen(page, site)


def draft(page: Page) -> dict[str, Any] | None:
    kept = page.evaluate("(key) => localStorage.getItem(key)", KEY)
    return json.loads(kept) if kept else None


def type_title(screen: EditingScreen, title: str = "Unsaved title") -> None:
    """Type, and wait until it is kept."""
    screen.page.get_by_label("Title:").fill(title)
    screen.page.wait_for_function("(words) => localStorage.getItem(words[0])?.includes(words[1])", arg=[KEY, title])


def test_what_is_typed_is_kept_with_its_base_and_without_the_token(screen: EditingScreen) -> None:
    screen.open(("One", ["<p>a</p>"]))

    type_title(screen)

    kept = draft(screen.page)
    assert kept
    assert kept["base"] == "a1"
    assert ["title", "Unsaved title"] in kept["entries"]
    assert ["sections-0-statements-0-body", "<p>a</p>"] in kept["entries"]
    assert "csrfmiddlewaretoken" not in dict(kept["entries"])


def test_leaving_with_unsaved_work_asks_first_and_leaving_without_does_not(
    screen: EditingScreen, dialogs: list[str]
) -> None:
    screen.open()
    screen.page.reload()
    quiet = list(dialogs)

    type_title(screen)
    screen.page.reload()

    assert (quiet, dialogs) == ([], ["beforeunload"])


def test_a_kept_draft_is_put_back_by_the_server_which_saves_nothing(screen: EditingScreen) -> None:
    screen.open(("One", []))
    type_title(screen)

    screen.page.reload()
    expect(screen.page.get_by_text("This browser kept work on this page that was not saved")).to_be_visible()
    expect(screen.page.get_by_text("The page has been changed")).to_be_hidden()
    with screen.page.expect_navigation():
        screen.page.get_by_role("button", name="Put it back").click()

    sent = dict(screen.posted())
    assert (sent["_show"], sent["title"], sent["csrfmiddlewaretoken"]) == ("1", "Unsaved title", "token")
    assert "_save" not in sent
    assert draft(screen.page)


def test_a_draft_made_from_an_older_text_says_so(screen: EditingScreen) -> None:
    screen.open()
    type_title(screen)

    screen.open(base="b2")

    expect(screen.page.get_by_text("The page has been changed on the server since then.")).to_be_visible()


def test_a_page_that_shows_what_was_sent_offers_nothing_and_is_still_unsaved(
    screen: EditingScreen, dialogs: list[str]
) -> None:
    screen.open()
    type_title(screen)

    screen.open(title="As sent, with an error", sent=True)
    expect(screen.page.get_by_role("button", name="Put it back")).to_have_count(0)
    dialogs.clear()
    screen.page.get_by_label("Title:").click()  # a browser asks nobody who has not touched the page
    screen.page.reload()

    assert dialogs == ["beforeunload"]


def test_a_draft_thrown_away_is_gone(screen: EditingScreen) -> None:
    screen.open()
    type_title(screen)
    screen.page.reload()

    screen.page.get_by_role("button", name="Throw it away").click()

    assert draft(screen.page) is None
    expect(screen.page.get_by_role("group", name="Unsaved work")).to_have_count(0)


def test_an_offered_draft_is_not_written_over(screen: EditingScreen) -> None:
    screen.open()
    type_title(screen, "First")
    screen.page.reload()

    screen.page.get_by_label("Title:").fill("Second")
    screen.page.wait_for_timeout(1200)
    kept = draft(screen.page)
    screen.page.get_by_role("button", name="Throw it away").click()

    assert kept
    assert dict(kept["entries"])["title"] == "First"
    after = draft(screen.page)
    assert after
    assert dict(after["entries"])["title"] == "Second"


def test_a_saved_page_forgets_the_draft_that_was_saved(screen: EditingScreen, dialogs: list[str]) -> None:
    screen.open()
    type_title(screen)
    screen.html = screen.html.replace('data-user="u1"', 'data-user="u1" data-saved')

    with screen.page.expect_navigation():
        screen.page.get_by_role("button", name="Save").click()

    assert dict(screen.posted())["_save"] == "1"
    assert (draft(screen.page), dialogs) == (None, [])
    expect(screen.page.get_by_role("button", name="Put it back")).to_have_count(0)


def test_that_a_page_was_saved_is_told_once(screen: EditingScreen) -> None:
    """Else the address to come back to after a new sign-in would say so of work that was not saved."""
    screen.open(saved=True)

    screen.page.goto(f"{ADDRESS}?saved")

    expect(screen.page).to_have_url(ADDRESS)


def test_a_draft_that_was_never_sent_survives_the_saving_of_another(screen: EditingScreen) -> None:
    screen.open()
    type_title(screen)

    screen.open(saved=True)

    expect(screen.page.get_by_role("button", name="Put it back")).to_be_visible()


def test_the_preview_leaves_the_work_unsaved(screen: EditingScreen, dialogs: list[str]) -> None:
    screen.open()
    type_title(screen)

    screen.page.get_by_role("button", name="Preview").click()
    screen.page.frame_locator("iframe").get_by_role("heading").wait_for()
    screen.page.reload()

    assert dialogs == ["beforeunload"]


def test_a_browser_that_cannot_keep_drafts_says_so_once(screen: EditingScreen) -> None:
    errors: list[str] = []
    screen.page.on("pageerror", lambda error: errors.append(str(error)))
    screen.page.add_init_script(_NO_STORAGE)
    screen.open()

    for title in ("One", "Two"):
        screen.page.get_by_label("Title:").fill(title)
        screen.page.wait_for_timeout(1000)

    expect(screen.page.get_by_role("alert")).to_have_count(1)
    expect(screen.page.get_by_role("alert")).to_contain_text("cannot keep a copy")
    assert errors == []


def test_signing_out_takes_every_draft_along_even_one_about_to_be_kept(screen: EditingScreen) -> None:
    screen.open()
    type_title(screen)
    screen.page.evaluate("localStorage.setItem('draft:u2:article:faq', '{}'); localStorage.setItem('theme', 'dark')")

    def sign_out_slowly(route: Route) -> None:
        screen.page.wait_for_timeout(1500)  # long enough for a draft to be kept meanwhile
        route.fulfill(body="<p>Signed out")

    screen.page.route("**/admin/logout/", sign_out_slowly)

    screen.page.get_by_label("Title:").fill("At the last moment")
    screen.page.get_by_role("button", name="Log out").click()
    screen.page.wait_for_url("**/admin/logout/")

    assert screen.page.evaluate("Object.keys(localStorage)") == ["theme"]


def test_another_form_leaves_the_drafts_alone(screen: EditingScreen) -> None:
    screen.open()
    type_title(screen)
    screen.page.evaluate("document.getElementById('logout-form').id = 'other'")

    screen.page.evaluate("document.getElementById('other').action = '/admin/other/'")
    screen.page.route("**/admin/other/", lambda route: route.fulfill(body="<p>Other"))
    with screen.page.expect_navigation():
        screen.page.get_by_role("button", name="Log out").click()

    assert draft(screen.page)


def test_axe_finds_nothing_in_the_offer(screen: EditingScreen) -> None:
    screen.open()
    type_title(screen)
    screen.page.goto(ADDRESS)
    screen.page.get_by_role("button", name="Put it back").wait_for()
    screen.page.evaluate(AXE)

    assert list(findings(screen.page)) == []

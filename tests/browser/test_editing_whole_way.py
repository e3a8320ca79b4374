"""The whole way of a change in a real browser: typed, previewed, refused, mended, approved, published, read."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import DESK, NewContext, Witness
from tests.browser.editors import make_people, open_form, sign_in
from tests.site_process import SiteProcess

pytestmark = pytest.mark.browser

TREATMENT: Final = "Treating a back spasm at home"
CAUSES: Final = "What causes a back spasm"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SiteProcess]:
    """A site of its own: these tests publish."""
    with SiteProcess(Path(tmp_path_factory.mktemp("edited")), {"BACKSPASM_SITE_URL": ""}) as process:
        people = {"author": "Author", "bob": "Author", "reviewer": "Clinical reviewer", "publisher": "Publisher"}
        make_people(process, people)
        yield process


def signed_in(new_context: NewContext, name: str, **options: object) -> Page:
    """Open a browser of its own for one person."""
    context: BrowserContext = new_context(viewport=DESK, **options)
    page = context.new_page()
    sign_in(page, name)
    return page


def type_summary(page: Page, text: str) -> None:
    page.get_by_label("Summary").fill(text)


def save(page: Page) -> None:
    page.locator("button[name=_save]").first.click()
    page.wait_for_url("**/change/?saved")


def test_from_the_first_word_to_the_reader(new_context: NewContext, site: SiteProcess) -> None:
    old_tag = site.get("/treatment/")[1]["ETag"]
    author = signed_in(new_context, "author")
    witness = Witness(author, urlsplit(site.url).netloc)
    open_form(author, "article", TREATMENT)

    # A dose is refused while it is typed, and is seen in the preview of the page.
    type_summary(author, "Take 400 mg of a painkiller.")
    expect(author.locator("#editor-checks")).to_contain_text("milligram")
    author.locator("[data-preview]").click()
    expect(author.frame_locator("iframe[name=preview]").locator("main")).to_contain_text("400 mg")
    author.get_by_role("button", name="Close").click()

    # Mended, saved and handed in.
    type_summary(author, "Ease the pain with cold or warmth. Then move a little.")
    expect(author.locator("#editor-checks")).not_to_contain_text("milligram")
    save(author)
    assert site.get("/treatment/", {"If-None-Match": old_tag})[0] == 304
    author.get_by_role("link", name="Hand in").click()
    author.get_by_label("What changed").fill("A plainer summary.")
    author.get_by_role("button", name="Hand in").click()
    expect(author.locator(".messagelist")).to_be_visible()
    # A question to the checks that was still open when the page was left does not count.
    assert [seen for seen in witness.report() if not seen.endswith("/checks/")] == []

    # Approved by somebody else, published by a third.
    reviewer = signed_in(new_context, "reviewer")
    reviewer.get_by_role("link", name=TREATMENT).first.click()
    reviewer.get_by_role("button", name="Approve these words").click()
    expect(reviewer.locator(".messagelist")).to_be_visible()
    publisher = signed_in(new_context, "publisher")
    publisher.goto("/admin/education/edition/publish/")
    publisher.get_by_label(TREATMENT).check()
    publisher.get_by_label("What changed").fill("A plainer summary.")
    publisher.get_by_role("button", name="Publish what is ticked").click()
    expect(publisher.locator(".messagelist")).to_be_visible()

    # The reader who held the old page gets the new one.
    def answer() -> bool:
        status, _, body = site.get("/treatment/", {"If-None-Match": old_tag})
        return status == 200 and b"Ease the pain with cold or warmth." in body

    expect_soon(publisher, answer)


def expect_soon(page: Page, is_so: Callable[[], bool]) -> None:
    """Ask until it is so, for ten seconds at most: on a busy machine the browser is slow, not the site."""
    for _ in range(100):
        if is_so():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it never came")


def test_an_earlier_wording_is_restored_as_a_draft(new_context: NewContext) -> None:
    page = signed_in(new_context, "author")
    open_form(page, "article", CAUSES)
    before = page.get_by_label("Summary").input_value()
    type_summary(page, "Something else.")
    save(page)

    page.get_by_role("link", name="History", exact=True).click()
    page.get_by_role("button", name="Restore as draft").last.click()

    expect(page.get_by_label("Summary")).to_have_value(before)


def test_two_browsers_that_change_one_place(new_context: NewContext) -> None:
    first, second = signed_in(new_context, "author"), signed_in(new_context, "bob")
    for page in (first, second):
        open_form(page, "article", CAUSES)
    type_summary(first, "The first summary.")
    save(first)

    type_summary(second, "The second summary.")
    second.locator("button[name=_save]").first.click()

    conflict = second.locator(".conflict")
    expect(conflict).to_contain_text("The first summary.")
    expect(conflict).to_contain_text("The second summary.")
    conflict.get_by_label("Theirs").check()
    save(second)
    expect(second.get_by_label("Summary")).to_have_value("The first summary.")


def test_sections_are_put_in_order_with_the_keyboard_alone(new_context: NewContext) -> None:
    page = signed_in(new_context, "author")
    open_form(page, "article", CAUSES)
    titles = page.locator(
        "row-list[data-prefix=sections] > ol > li > details > summary [data-row-title], "
        "row-list[data-prefix=sections] > ol > li > .row-head [data-row-title]"
    )
    before = titles.all_inner_texts()

    page.locator("row-list[data-prefix=sections] > ol > li").first.locator("[data-down]").first.focus()
    page.keyboard.press("Enter")
    page.locator("#id_title").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/change/?saved")

    assert titles.all_inner_texts() == [before[1], before[0], *before[2:]]


def test_work_that_was_not_saved_is_offered_back_after_a_crash(new_context: NewContext) -> None:
    page = signed_in(new_context, "author")
    open_form(page, "article", CAUSES)
    type_summary(page, "Not saved yet.")
    expect_soon(page, lambda: page.evaluate("Object.keys(localStorage).some((key) => key.startsWith('draft:'))"))
    address = page.url
    context = page.context
    page.close(run_before_unload=False)

    again = context.new_page()
    again.goto(address)
    again.get_by_role("button", name="Put it back").click()

    expect(again.get_by_label("Summary")).to_have_value("Not saved yet.")

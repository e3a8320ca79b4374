"""What the scripts of the editing screens do with rows, keys, checks, the preview and the time zone."""

from collections.abc import Callable
from typing import Final

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import DESK, NewContext
from tests.browser.editor_harness import ADDRESS, EditingScreen
from tests.site_process import SiteProcess

pytestmark = pytest.mark.browser

THREE: Final[tuple[tuple[str, list[str]], ...]] = (("One", ["<p>a</p>", "<p>b</p>"]), ("Two", []), ("Three", []))


@pytest.fixture
def screen(page: Page, site: SiteProcess) -> EditingScreen:
    return EditingScreen(page, site)


def headings(page: Page) -> list[str]:
    return [field.input_value() for field in page.locator("[name$='-heading']").all()]


def orders(page: Page) -> dict[str, str]:
    """Return the place that will be sent for each section, by its heading."""
    rows = page.locator("row-list[data-prefix=sections] > ol > li").all()
    return {
        row.locator("[name$='-heading']").input_value(): row.locator("[name$='-ORDER']").first.input_value()
        for row in rows
    }


def row(page: Page, title: str) -> Locator:
    return page.locator("[data-row]", has=page.get_by_text(title, exact=True)).last


def test_a_row_moves_and_the_button_keeps_the_focus(screen: EditingScreen) -> None:
    screen.open(*THREE)
    page = screen.page
    up = row(page, "Three").get_by_role("button", name="Move up")

    up.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")

    expect(up).to_be_focused()
    expect(up).to_have_accessible_description("Three")
    assert headings(page) == ["Three", "One", "Two"]
    assert orders(page) == {"Three": "1", "One": "2", "Two": "3"}
    expect(page.get_by_role("status").filter(has_text="Moved to place 1 of 3.")).to_have_count(1)


def test_the_first_row_says_that_it_is_the_first(screen: EditingScreen) -> None:
    screen.open(*THREE)

    row(screen.page, "One").get_by_role("button", name="Move up").first.click()

    assert headings(screen.page) == ["One", "Two", "Three"]
    expect(screen.page.get_by_text("This is the first already.")).to_have_count(1)


def test_a_row_that_moves_takes_its_texts_along(screen: EditingScreen) -> None:
    screen.open(*THREE)
    page = screen.page
    page.locator("#id_sections-0-statements-0-body").fill("Walk.")

    row(page, "Two").get_by_role("button", name="Move up").click()
    page.locator("#id_sections-0-statements-0-body").press("End")
    page.keyboard.type(" Rest.")

    expect(page.locator("[name='sections-0-statements-0-body']")).to_have_value("<p>Walk. Rest.</p>")
    assert page.locator("#id_sections-0-statements-0-body").count() == 1
    assert page.locator("[role=toolbar]").count() == page.locator(".rich-words").count()


def test_a_row_is_dragged_by_its_handle(screen: EditingScreen) -> None:
    screen.page.set_viewport_size(DESK)
    screen.open(("One", []), ("Two", []), ("Three", []))

    drag(screen.page, row(screen.page, "One").locator("[data-drag]"), row(screen.page, "Three"))

    assert headings(screen.page) == ["Two", "Three", "One"]
    assert orders(screen.page) == {"Two": "1", "Three": "2", "One": "3"}
    expect(screen.page.locator(".is-dragged")).to_have_count(0)


def drag(page: Page, handle: Locator, over: Locator) -> None:
    start, end = handle.bounding_box(), over.bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + 5, start["y"] + 5)
    page.mouse.down()
    page.mouse.move(start["x"] + 5, end["y"] + end["height"] - 5, steps=20)
    page.mouse.up()


def test_a_finger_drags_a_row_too(new_context: NewContext, site: SiteProcess) -> None:
    context = new_context(has_touch=True, is_mobile=True, viewport={"width": 390, "height": 1600})
    screen = EditingScreen(context.new_page(), site)
    screen.open(("One", []), ("Two", []))
    start = row(screen.page, "One").locator("[data-drag]").bounding_box()
    end = row(screen.page, "Two").bounding_box()
    assert start
    assert end

    touch = context.new_cdp_session(screen.page)
    for step in range(12):
        y = start["y"] + 5 + (end["y"] + end["height"] - start["y"] - 10) * step / 11
        kind = "touchMove" if step else "touchStart"
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": start["x"] + 5, "y": y}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    assert headings(screen.page) == ["Two", "One"]


def test_rows_added_at_both_levels_are_named_as_django_names_them(screen: EditingScreen) -> None:
    screen.open(("One", ["<p>a</p>"]))
    page = screen.page

    page.get_by_role("button", name="Add statements").click()
    expect(page.locator("#id_sections-1-heading")).to_be_focused()
    page.keyboard.type("New")
    new = page.locator("[data-prefix='sections-1-statements']")
    new.get_by_role("button", name="Add a statement").click()
    new.get_by_role("button", name="Add a statement").click()
    page.get_by_role("button", name="Save").click()

    sent = dict(screen.posted())
    assert sent["sections-TOTAL_FORMS"] == "2"
    assert sent["sections-1-heading"] == "New"
    assert sent["sections-1-statements-TOTAL_FORMS"] == "2"
    assert {sent["sections-1-statements-0-ORDER"], sent["sections-1-statements-1-ORDER"]} == {"1", "2"}
    assert not [name for name in sent if "__prefix__" in name]


def test_a_removed_row_can_be_put_back(screen: EditingScreen) -> None:
    screen.open(*THREE)
    page = screen.page
    two = row(page, "Two")

    two.get_by_role("button", name="Remove").click()
    expect(page.locator("#id_sections-1-heading")).to_be_hidden()
    expect(page.locator("[name='sections-1-DELETE']")).to_be_checked()
    two.get_by_role("button", name="Put back").press("Enter")

    expect(page.locator("[name='sections-1-DELETE']")).not_to_be_checked()
    expect(page.locator("#id_sections-1-heading")).to_be_visible()
    expect(two.get_by_role("button", name="Remove")).to_be_focused()


# --- Keys -------------------------------------------------------------------------------------------------------


def keys(screen: EditingScreen) -> Locator:
    return screen.page.locator("[name='sections-0-statements-0-sources']")


def test_keys_are_chips_with_names_and_are_added_and_removed_by_keyboard(screen: EditingScreen) -> None:
    screen.open(("One", ["<p>a</p>"]))
    page = screen.page
    field = page.get_by_label("Sources", exact=True).and_(page.locator("input"))

    field.press_sequentially("r60")
    field.press("Enter")
    expect(keys(screen)).to_have_value("R6 R7 R60")
    page.get_by_role("button", name="Remove R7 French 2006").press("Enter")

    expect(keys(screen)).to_have_value("R6 R60")
    expect(page.get_by_role("button", name="Remove R60 Hayden 2021")).to_be_focused()
    expect(page.get_by_text("Removed: R7 French 2006.")).to_be_visible()
    assert screen.posts == []


def test_a_key_chosen_from_the_list_is_added_at_once_but_a_typed_one_may_grow(screen: EditingScreen) -> None:
    screen.open(("One", [""]))
    page = screen.page
    field = page.locator("#id_sections-0-statements-0-sources")
    page.get_by_role("button", name="Remove R6 Qaseem 2017").click()

    field.press_sequentially("R6")
    expect(keys(screen)).to_have_value("R7")
    field.evaluate(
        "(field) => field.dispatchEvent(new InputEvent('input', {inputType: 'insertReplacementText', bubbles: true}))"
    )

    expect(keys(screen)).to_have_value("R7 R6")
    expect(field).to_have_value("")


def test_a_key_that_the_list_does_not_know_is_kept_and_marked(screen: EditingScreen) -> None:
    screen.open(("One", ["<p>a</p>"]))
    field = screen.page.locator("#id_sections-0-statements-0-sources")

    field.fill("R99")
    field.press("Tab")

    expect(keys(screen)).to_have_value("R6 R7 R99")
    expect(screen.page.get_by_text("R99 (not in the list)", exact=True)).to_be_visible()


# --- Checks, preview, zone --------------------------------------------------------------------------------------


def test_checks_answer_for_the_text_as_it_stands(screen: EditingScreen) -> None:
    screen.open(("One", []))

    screen.page.get_by_label("Heading").fill("Two")

    expect(screen.page.get_by_text("Nothing to say.")).to_be_visible()
    assert dict(screen.posted("checks/"))["sections-0-heading"] == "Two"


def test_checks_that_do_not_answer_say_so_and_leave_what_stood_there(screen: EditingScreen) -> None:
    screen.open(("One", []))
    screen.checks = (500, "")

    screen.page.get_by_label("Heading").fill("Two")

    expect(screen.page.get_by_text("The checks did not answer.")).to_be_visible()
    expect(screen.page.get_by_text("Every statement has a source.")).to_be_visible()


def test_one_question_waits_for_the_answer_to_another(screen: EditingScreen) -> None:
    screen.open(("One", []))
    waiting: list[Callable[[], None]] = []

    def hold(route: Route) -> None:
        waiting.append(lambda: route.fulfill(body=f"<p>Answer {len(waiting)}</p>"))

    screen.page.route(f"**{ADDRESS}checks/", hold)
    heading = screen.page.get_by_label("Heading")
    heading.fill("Two")
    wait_until(screen.page, lambda: len(waiting) == 1)
    heading.fill("Three")
    screen.page.wait_for_timeout(2500)
    asked = len(waiting)
    waiting[0]()
    wait_until(screen.page, lambda: len(waiting) == 2)
    waiting[1]()

    assert asked == 1
    expect(screen.page.get_by_text("Answer 2")).to_be_visible()


def wait_until(page: Page, holds: Callable[[], bool]) -> None:
    """Let the page go on until ``holds``. Fails after ten seconds."""
    for _ in range(100):
        if holds():
            return
        page.wait_for_timeout(100)
    pytest.fail("waited ten seconds for nothing")


@pytest.mark.parametrize("width", [390, 1280])
def test_the_preview_shows_unsaved_words_in_a_panel_that_fits(screen: EditingScreen, width: int) -> None:
    screen.page.set_viewport_size({"width": width, "height": 800})
    screen.open(("One", []))
    page = screen.page
    page.get_by_label("Heading").fill("Unsaved")

    page.get_by_role("button", name="Preview").click()
    frame = page.frame_locator("iframe[name=preview]")
    expect(frame.get_by_role("heading", name="As readers see it")).to_be_visible()
    page.get_by_role("button", name="Desktop 1280").click()

    box, room = page.locator("iframe").bounding_box(), page.locator(".preview-room").bounding_box()
    assert box
    assert room
    assert frame.locator("html").evaluate("() => innerWidth") == 1280
    assert (round(box["width"]), round(box["height"])) == (round(room["width"]), round(room["height"]))
    assert dict(screen.posted("preview/"))["sections-0-heading"] == "Unsaved"


def test_a_preview_that_may_not_stand_in_a_frame_is_explained_and_escape_goes_back(screen: EditingScreen) -> None:
    screen.open(("One", []))
    page = screen.page
    page.route(f"**{ADDRESS}preview/", lambda route: route.fulfill(body="", headers={"X-Frame-Options": "DENY"}))

    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("The preview did not come.")).to_be_visible()
    page.keyboard.press("Escape")

    expect(page.get_by_role("button", name="Preview")).to_be_focused()


@pytest.mark.parametrize(("zone", "filled"), [("Asia/Kolkata", "Asia/Kolkata"), ("Pacific/Apia", "")])
def test_the_zone_is_that_of_the_device_where_the_list_has_it(
    new_context: NewContext, site: SiteProcess, zone: str, filled: str
) -> None:
    screen = EditingScreen(new_context(timezone_id=zone).new_page(), site)

    screen.open()

    expect(screen.page.locator("#id_zone")).to_have_value(filled)

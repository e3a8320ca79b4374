"""The rich-text field of the editing screens: what it takes, how it is reached; the policy needs no exception."""

from typing import Final

import pytest
from django.utils.safestring import SafeString
from playwright.sync_api import Locator, Page, expect

from education import richtext
from tests.browser.conftest import NewContext, Witness
from tests.browser.editor_harness import EditingScreen
from tests.browser.test_accessibility import AXE, RULES, described, findings
from tests.site_process import SiteProcess

pytestmark = pytest.mark.browser

SECTIONS: Final = (
    ("Ice in the first days", ["<p>Ice for <strong>20 minutes</strong>.</p><ul><li>Lie down.</li><li>Rest.</li></ul>"]),
    ("Moving again", ["<p>Walk a little.</p>"]),
)
PASTED: Final = """<h1 style="color:red">Title</h1><h3>Part</h3><p onclick="x()">One <b>two</b> <i>three</i> <u>four</u>
<a href="https://example.org/" target="_blank" class="c">five</a> <a href="javascript:x()">six</a></p>
<table><tr><td>cell</td></tr></table><img src="https://example.org/a.png"><script>x()</script>"""


@pytest.fixture
def screen(page: Page, site: SiteProcess) -> EditingScreen:
    return EditingScreen(page, site)


def words(page: Page, name: str = "Summary:") -> Locator:
    """Return the editor with this label, never the textarea that stands there until it opens."""
    return page.locator(".rich-words").and_(page.get_by_role("textbox", name=name)).first


def press(field: Locator, keys: str) -> None:
    """Press ``keys`` in an editor that has taken the focus.

    For 20 ms after it got the focus it puts its own cursor back; no hand is that fast. A later timer of the page waits
    for that one, however busy the machine is.
    """
    field.focus()
    field.evaluate("() => new Promise((done) => setTimeout(done, 60))")
    expect(field).to_be_focused()
    field.press(keys)


def paste(field: Locator, html: str) -> None:
    field.evaluate(
        """(field, html) => {
          const data = new DataTransfer();
          data.setData("text/html", html);
          field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }""",
        html,
    )


def test_what_is_typed_is_in_the_field_and_what_is_not_touched_stays_as_it_was(screen: EditingScreen) -> None:
    screen.open(*SECTIONS)
    page = screen.page
    page.locator(".rich-words").nth(1).wait_for()

    press(words(page), "ControlOrMeta+End")
    page.keyboard.type(" Then heat.")

    expect(page.locator("[name=summary]")).to_have_value("<p>Ice first. Then heat.</p>")
    expect(page.locator("[name='sections-0-statements-0-body']")).to_have_value(SECTIONS[0][1][0])


def test_pasted_text_keeps_what_the_site_allows_and_breaks_no_policy(screen: EditingScreen, witness: Witness) -> None:
    screen.open()

    press(words(screen.page), "ControlOrMeta+a")
    paste(words(screen.page), PASTED)

    html = screen.page.locator("[name=summary]").input_value()
    assert richtext.clean(html) == html
    for kept in (
        "<h3>Part</h3>",
        "<strong>two</strong>",
        "<em>three</em>",
        '<a href="https://example.org/">five</a>',
        "six",
        "cell",
    ):
        assert kept in html
    assert witness.report() == []


def test_a_text_is_opened_when_it_comes_near_the_screen_or_gets_the_focus(screen: EditingScreen) -> None:
    screen.open(*[(f"Section {number}", ["<p>Walk.</p>"] * 3) for number in range(5)])
    page = screen.page
    words(page).wait_for()
    last = page.locator("[name='sections-4-statements-2-body']")
    before = page.locator(".rich-words").count()

    last.focus()

    assert before < 8
    expect(page.locator(".rich-words").last).to_be_focused()
    expect(last).to_be_hidden()
    assert page.locator(".rich-words").count() < 16


def test_a_text_in_a_new_row_is_an_editor_too(screen: EditingScreen) -> None:
    screen.open(*SECTIONS)

    screen.page.get_by_role("button", name="Add a statement").first.click()
    screen.page.keyboard.type("Rest is short.")

    field = screen.page.locator("[name='sections-0-statements-1-body']")
    expect(field).to_have_value("<p>Rest is short.</p>")


def test_an_emptied_text_is_empty(screen: EditingScreen) -> None:
    screen.open()

    press(words(screen.page), "ControlOrMeta+a")
    screen.page.keyboard.press("Delete")

    expect(screen.page.locator("[name=summary]")).to_have_value("")


def test_label_and_hint_belong_to_the_editor_and_a_click_on_the_label_goes_there(screen: EditingScreen) -> None:
    screen.open()
    page = screen.page
    expect(words(page)).to_have_accessible_description("Two sentences at most.")

    page.get_by_text("Summary:").click()

    expect(words(page)).to_be_focused()


def test_a_link_to_a_mistake_leads_into_the_editor(screen: EditingScreen) -> None:
    screen.open(conflicts=SafeString('<a href="#id_summary">The summary is too long</a>'))
    words(screen.page).wait_for()

    screen.page.get_by_role("link", name="The summary is too long").click()

    expect(words(screen.page)).to_be_focused()


def test_the_keyboard_reaches_the_tools_and_leaves_a_list(screen: EditingScreen) -> None:
    screen.open(*SECTIONS)
    page = screen.page
    press(words(page, "Text"), "ControlOrMeta+End")  # in the second item of a list

    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Bold")).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name="Heading", exact=True)).to_be_focused()
    page.keyboard.press("Tab")

    expect(page.get_by_role("button", name="Remove R6 Qaseem 2017").first).to_be_focused()


def test_tools_say_what_holds_where_the_cursor_is(screen: EditingScreen) -> None:
    screen.open()
    page = screen.page
    press(words(page), "ControlOrMeta+a")
    bold = page.get_by_role("button", name="Bold")
    expect(bold).to_have_attribute("aria-pressed", "false")

    bold.click()
    page.get_by_role("button", name="Bullets").click()

    expect(bold).to_have_attribute("aria-pressed", "true")
    value = page.locator("[name=summary]").input_value()
    assert richtext.clean(value) == "<ul><li><strong>Ice first.</strong></li></ul>"


def test_a_change_can_be_undone(screen: EditingScreen) -> None:
    screen.open()
    page = screen.page
    press(words(page), "ControlOrMeta+a")
    page.get_by_role("button", name="Small heading").click()
    expect(page.locator("[name=summary]")).to_have_value("<h4>Ice first.</h4>")

    page.get_by_role("button", name="Undo").click()

    expect(page.locator("[name=summary]")).to_have_value("<p>Ice first.</p>")


def test_a_link_goes_only_where_the_site_allows(screen: EditingScreen) -> None:
    screen.open()
    page = screen.page
    press(words(page), "ControlOrMeta+a")
    page.get_by_role("button", name="Link").click()
    address = page.get_by_label("Address")

    address.fill("javascript:alert(1)")
    address.press("Enter")
    expect(page.get_by_role("dialog", name="Link")).to_be_visible()
    address.fill("/get-help/")
    address.press("Enter")

    expect(page.locator("[name=summary]")).to_have_value('<p><a href="/get-help/">Ice first.</a></p>')
    expect(words(page)).to_be_focused()
    assert page.locator("dialog.rich-link").count() == 0


def test_a_link_can_be_taken_away_and_cancel_changes_nothing(screen: EditingScreen) -> None:
    screen.open(summary="<p><a href='/faq/'>Ice</a></p>")
    page = screen.page
    press(words(page), "ControlOrMeta+a")
    link = page.get_by_role("button", name="Link", exact=True)

    link.click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("[name=summary]")).to_have_value("<p><a href='/faq/'>Ice</a></p>")
    link.click()
    page.get_by_role("button", name="Remove the link").click()

    expect(page.locator("[name=summary]")).to_have_value("<p>Ice</p>")


def test_without_javascript_it_is_a_textarea_of_html(new_context: NewContext, site: SiteProcess) -> None:
    screen = EditingScreen(new_context(java_script_enabled=False).new_page(), site)
    screen.open(*SECTIONS)

    screen.page.get_by_label("Summary:").fill("<p>Heat.</p>")
    screen.page.get_by_role("button", name="Save").click()

    assert ("summary", "<p>Heat.</p>") in screen.posted()
    assert ("sections-0-ORDER", "1") in screen.posted()


def test_the_whole_screen_breaks_no_policy_and_calls_no_other_host(screen: EditingScreen, witness: Witness) -> None:
    screen.open(*SECTIONS)

    words(screen.page, "Text").click()

    assert witness.report() == []


def test_axe_finds_nothing_on_the_screen(screen: EditingScreen) -> None:
    screen.open(*SECTIONS)
    words(screen.page, "Text").click()
    screen.page.evaluate(AXE)

    found = list(findings(screen.page))

    assert found == []


def test_axe_finds_nothing_in_the_link_dialog(screen: EditingScreen) -> None:
    screen.open()
    press(words(screen.page), "ControlOrMeta+a")
    screen.page.get_by_role("button", name="Link").click()

    assert in_dialog(screen.page) == []


def test_axe_finds_nothing_in_the_preview(screen: EditingScreen) -> None:
    screen.open()
    screen.page.get_by_role("button", name="Preview").click()
    screen.page.frame_locator("iframe").get_by_role("heading").wait_for()

    assert in_dialog(screen.page) == []


def in_dialog(page: Page) -> list[str]:
    """Return what axe says of the open dialog; it takes the page underneath for a part of some backgrounds."""
    page.evaluate(AXE)
    found = page.evaluate("(rules) => axe.run('dialog[open]', rules)", RULES)
    return list(described({**found, "incomplete": []}, "dialog"))


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_the_screen_is_no_wider_than_the_window(screen: EditingScreen, width: int) -> None:
    screen.page.set_viewport_size({"width": width, "height": 800})
    screen.open(*SECTIONS)

    words(screen.page, "Text").click()

    assert screen.page.evaluate("document.documentElement.scrollWidth") <= width


def test_everything_to_press_is_large_enough_for_a_finger(screen: EditingScreen) -> None:
    screen.open(*SECTIONS)
    words(screen.page, "Text").click()

    boxes = [button.bounding_box() for button in screen.page.locator("#editor button:visible").all()]

    assert len(boxes) > 20
    assert [box for box in boxes if box and min(box["width"], box["height"]) < 44] == []

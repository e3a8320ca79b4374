"""What scripts add: meanings that open in place, the theme, suggestions while typing."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Witness

pytestmark = pytest.mark.browser

# The theme at the moment the body begins, before anything is painted.
_NOTE_FIRST_THEME = """
new MutationObserver((_, observer) => {
  if (!document.body) return;
  window.firstTheme = document.documentElement.dataset.theme;
  observer.disconnect();
}).observe(document, {childList: true, subtree: true});
"""


def test_a_glossary_word_opens_in_place_and_escape_gives_the_focus_back(page: Page, witness: Witness) -> None:
    page.goto("/treatment/")
    word, meaning = first_word(page)

    word.click()
    expect(meaning).to_be_visible()
    expect(meaning).to_be_in_viewport(ratio=1)
    expect(page).to_have_url("/treatment/")
    page.keyboard.press("Escape")

    expect(meaning).to_be_hidden()
    expect(word).to_be_focused()
    assert witness.report() == []


def test_a_glossary_word_opens_from_the_keyboard(page: Page) -> None:
    page.goto("/treatment/")
    word, meaning = first_word(page)

    word.focus()
    page.keyboard.press("Enter")
    expect(meaning).to_be_visible()
    page.keyboard.press("Tab")
    expect(meaning.get_by_role("link")).to_be_focused()
    page.keyboard.press("Escape")

    expect(meaning).to_be_hidden()
    expect(word).to_be_focused()


def test_a_tap_elsewhere_closes_a_meaning(page: Page) -> None:
    page.goto("/treatment/")
    word, meaning = first_word(page)
    word.click()

    page.locator("h2").first.click(force=True)

    expect(meaning).to_be_hidden()


@pytest.mark.parametrize(("button", "theme"), [("Light", "light"), ("Night", "dark")])
def test_a_chosen_theme_holds_after_a_reload_without_a_flash(page: Page, button: str, theme: str) -> None:
    page.emulate_media(color_scheme="dark" if theme == "light" else "light")
    page.add_init_script(_NOTE_FIRST_THEME)
    page.goto("/")
    before = background(page)

    page.get_by_role("button", name=button, exact=True).click()
    chosen = background(page)
    page.reload()

    assert page.evaluate("window.firstTheme") == theme
    assert before != chosen == background(page)
    expect(page.get_by_role("button", name=button, exact=True)).to_have_attribute("aria-pressed", "true")


def test_auto_follows_the_device_again(page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto("/")
    device = background(page)
    page.get_by_role("button", name="Light", exact=True).click()

    page.get_by_role("button", name="Auto", exact=True).click()

    assert background(page) == device


@pytest.mark.parametrize("address", ["/", "/glossary/", "/search/"])
def test_suggestions_appear_while_typing(page: Page, witness: Witness, address: str) -> None:
    page.goto(address)

    page.locator("#q").press_sequentially("scia", delay=20)

    options = page.locator("#suggestions option")
    expect(options).not_to_have_count(0)
    assert any("sciatica" in str(option.text_content()).lower() for option in options.all())
    assert witness.report() == []


def test_a_chosen_suggestion_leads_to_its_page(page: Page) -> None:
    page.goto("/search/")
    page.locator("#q").press_sequentially("treat", delay=20)
    option = page.locator("#suggestions option").first
    expect(option).to_be_attached()

    page.locator("#q").fill(option.evaluate("(option) => option.value"))

    expect(page).not_to_have_url("/search/")


def first_word(page: Page) -> tuple[Locator, Locator]:
    """Return the first glossary word of a page and its meaning."""
    word = page.locator("a.term").first
    term = (word.get_attribute("href") or "").partition("#")[2]
    return word, page.locator(f"#term-{term}")


def background(page: Page) -> str:
    """Return the colour of the paper."""
    colour: str = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    return colour

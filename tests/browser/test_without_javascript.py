"""With scripts switched off every page is whole."""

from typing import Final

import pytest
from playwright.sync_api import Page, expect

from tests import public_addresses
from tests.browser.conftest import NewContext

pytestmark = pytest.mark.browser

# Text that no style hides: not the meanings (the word is a link), not what stands behind a summary.
_HIDDEN: Final = """() =>
[...document.querySelectorAll("main :is(h1, h2, h3, p, li, dt, dd, label)")].filter((element) =>
  element.innerText.trim() &&
  !element.closest(".pop, template, details:not([open]) > :not(summary), .js, [hidden]") &&
  !element.checkVisibility({visibilityProperty: true, opacityProperty: true})
).map((element) => element.outerHTML.slice(0, 100))"""


@pytest.fixture
def plain_page(new_context: NewContext) -> Page:
    return new_context(java_script_enabled=False).new_page()


@pytest.mark.parametrize("address", public_addresses.ALL)
def test_every_page_can_be_read(plain_page: Page, address: str) -> None:
    plain_page.goto(address)

    expect(plain_page.locator("main h1")).to_be_visible()
    assert plain_page.evaluate(_HIDDEN) == []
    assert len(plain_page.locator("main").inner_text().split()) > 20
    expect(plain_page.locator("[data-set-theme], [data-print]").first).to_be_hidden()


def test_glossary_words_are_links(plain_page: Page) -> None:
    plain_page.goto("/treatment/")

    word = plain_page.locator("a.term").first
    term = (word.get_attribute("href") or "").partition("#")[2]

    word.click()

    expect(plain_page).to_have_url(f"/glossary/#{term}")
    expect(plain_page.locator(f"#{term}")).to_be_in_viewport()


def test_the_emergency_card_is_there(plain_page: Page) -> None:
    plain_page.goto("/get-help/")

    expect(plain_page.locator(".care.emergency h2")).to_be_in_viewport()
    expect(plain_page.locator(".care.emergency li")).to_have_count(11)


def test_every_answer_of_the_questions_is_visible(plain_page: Page) -> None:
    plain_page.goto("/faq/")

    answers = plain_page.locator(".st:has(h3) p")

    assert answers.count() >= 10
    assert all(answer.is_visible() for answer in answers.all())


def test_the_exercise_filter_works_by_style_alone(plain_page: Page) -> None:
    plain_page.goto("/exercises/")
    cards = plain_page.locator(".ex")
    all_cards = cards.count()

    plain_page.locator("#f-recovered").check(force=True)

    visible = sum(card.is_visible() for card in cards.all())
    assert 0 < visible <= all_cards


def test_the_treatment_page_says_how_long_without_its_timer(plain_page: Page) -> None:
    plain_page.goto("/treatment/")

    expect(plain_page.locator("care-timer").first).to_contain_text("20 minutes at most")
    expect(plain_page.locator("care-timer button")).to_have_count(0)


def test_feedback_reaches_the_thank_you_page(plain_page: Page) -> None:
    plain_page.goto("/sleep-and-lifting/")
    plain_page.get_by_label("Anything to add?").fill("Clear words.")

    plain_page.get_by_role("button", name="Yes, it helped").click()

    expect(plain_page).to_have_url("/feedback/thanks/")
    expect(plain_page.get_by_role("heading", level=1)).to_have_text("Thank you")

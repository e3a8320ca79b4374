"""What must stand on which page: claims, signs, evidence words, review status, disclaimer."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import html5lib
import pytest
from django.template.loader import render_to_string
from django.test import Client

from education import checks, pages
from education.addresses import page_path
from education.edition import LiveEdition
from education.pages import EVIDENCE_LABELS

DISCLAIMER = (
    "This site gives general information. It is not medical advice and does not replace a health professional. "
    "In an emergency call your local emergency number."
)
CLAIMS = [(page, f"S{number}") for page, numbers in checks.CLAIMS_OF.items() for number in numbers]
SIGNS = sorted(code for codes in checks.SIGN_CODES_OF.values() for code in codes)

Page = Callable[[str], str]


@pytest.fixture
def page(site_client: Client, first_edition_pages: dict[str, str]) -> Page:
    def get(path: str) -> str:
        if path not in first_edition_pages:
            response = site_client.get(path)
            assert response.status_code == 200, path
            first_edition_pages[path] = response.content.decode()
        return first_edition_pages[path]

    return get


def text_of(html: str) -> str:
    """Return the visible words of a page's main element, spaces folded."""
    main = html[html.index("<main") : html.index("</main>")]
    words = "".join(html5lib.parseFragment(main, treebuilder="etree").itertext())
    return re.sub(r"\s+", " ", words)


def claims_on(html: str) -> set[str]:
    return {code for codes in re.findall(r'data-claim="([^"]*)"', html) for code in codes.split()}


@pytest.mark.parametrize(("slug", "claim"), CLAIMS)
def test_every_claim_stands_on_its_page(page: Page, slug: str, claim: str) -> None:
    assert claim in claims_on(page(f"/{slug}/"))


def test_there_are_sixty_claims() -> None:
    assert len(CLAIMS) == 60


@pytest.mark.parametrize("code", SIGNS)
def test_every_sign_stands_on_get_help_once(page: Page, code: str) -> None:
    assert page("/get-help/").count(f'id="{code.lower()}"') == 1


def test_the_signs_are_e1_to_e11_and_c1_to_c16() -> None:
    assert sorted(SIGNS) == sorted([f"E{n}" for n in range(1, 12)] + [f"C{n}" for n in range(1, 17)])


def test_the_faq_lists_every_emergency_sign_in_full(page: Page, live: LiveEdition) -> None:
    text = text_of(page("/faq/"))

    assert all(sign.text in text for sign in live.emergency_card.signs)


def test_every_treatment_statement_ends_with_its_evidence_label(page: Page, live: LiveEdition) -> None:
    labels = [
        [label.text for label in statement.iter() if label.get("class") == "ev"]
        for statement in html5lib.parse(page("/treatment/"), namespaceHTMLElements=False).iter()
        if statement.get("class") == "st"
    ]

    statements = [statement for _, statement in checks.statements(live.articles["treatment"].content)]
    assert labels == [[str(EVIDENCE_LABELS[item.evidence])] for item in statements if item.evidence]
    assert len(labels) == len(statements)


def test_every_care_step_of_the_protocol_is_on_the_treatment_page(page: Page, live: LiveEdition) -> None:
    text = text_of(page("/treatment/"))

    assert [step.key for step in live.protocol.steps if step.instruction not in text] == []


def test_heat_stands_beside_ice_from_the_first_hour(live: LiveEdition) -> None:
    first = pages.page(live, "treatment", date(2026, 11, 22))
    kinds = next([view.step.kind for view in section.steps] for section in first.sections if section.phase)

    assert kinds.index("heat") == kinds.index("ice") + 1


def test_every_page_says_that_nobody_has_reviewed_it_and_when_the_next_review_is_due(
    page: Page, live: LiveEdition
) -> None:
    for key, item in live.articles.items():
        text = text_of(page(page_path(key)))
        due_on = item.content.review_due_on

        assert "Not yet reviewed by a clinician." in text, key
        assert due_on is None or f"Next review due {due_on.day} {due_on:%B} {due_on.year}." in text, key


def test_the_day_after_it_was_due_a_review_is_overdue(live: LiveEdition) -> None:
    item = live.articles["treatment"]
    due_on = item.content.review_due_on
    assert due_on

    days = [due_on, due_on + timedelta(days=1)]

    assert [pages.review_status(item, day).is_overdue for day in days] == [False, True]
    late = render_to_string("partials/review.html", {"review": pages.review_status(item, days[1])})
    assert f"Review overdue since {due_on.day} {due_on:%B} {due_on.year}." in late


def test_every_page_has_contents_and_what_changed(page: Page, live: LiveEdition) -> None:
    for key in live.articles.keys() - {"home"}:
        html = page(page_path(key))

        assert 'id="toc"' in html, key
        assert "First published." in html, key


def test_no_page_names_a_reviewer(page: Page, live: LiveEdition) -> None:
    assert all(not item.content.reviewer for item in live.articles.values())


def test_every_page_carries_the_disclaimer(page: Page, live: LiveEdition) -> None:
    for key in live.articles:
        html = page(page_path(key))

        assert DISCLAIMER in re.sub(r"\s+", " ", html), key


def test_about_says_that_no_operator_is_given(page: Page) -> None:
    said = text_of(page("/about/"))

    assert [
        word for word in ("name", "contact", "country") if f"The operator has not given a {word}." not in said
    ] == []


def test_every_article_prints_its_sources_numbered(page: Page) -> None:
    html = page("/treatment/")
    marks = {int(number) for number in re.findall(r'href="#ref-(\d+)"', html)}
    listed = {int(number) for number in re.findall(r'id="ref-(\d+)"', html)}

    assert marks == listed == set(range(1, max(marks) + 1))


def test_no_dose_stands_on_any_page_but_the_allowed_one(page: Page, live: LiveEdition) -> None:
    for key in live.articles:
        text = text_of(page(page_path(key)))
        text = text.replace("81 mg low-dose aspirin", "") if key == "medicines" else text

        assert not re.search(r"\d\s*(?:mg|milligram)", text), key


@pytest.mark.parametrize("phrase", ["will prevent", "don't worry", "in your head", "you do not need a doctor"])
def test_what_must_never_be_said_is_not_said(page: Page, live: LiveEdition, phrase: str) -> None:
    said = [key for key in live.articles if phrase in text_of(page(page_path(key))).lower()]

    assert said == []

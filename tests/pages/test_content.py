"""What must stand on which page: claims, signs, evidence words, review status, disclaimer."""

import re
from collections.abc import Callable

import html5lib
import pytest
from django.test import Client

from education import checks
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
    html = page("/treatment/")

    for _, statement in checks.statements(live.articles["treatment"].content):
        assert statement.evidence
        assert f'<span class="ev">{EVIDENCE_LABELS[statement.evidence]}</span>' in html


def test_every_care_step_of_the_protocol_is_on_the_treatment_page(page: Page, live: LiveEdition) -> None:
    text = text_of(page("/treatment/"))

    assert [step.key for step in live.protocol.steps if step.instruction not in text] == []


def test_a_page_nobody_has_reviewed_says_so(page: Page) -> None:
    assert "Not yet reviewed by a clinician" in text_of(page("/treatment/"))


def test_no_page_names_a_reviewer(page: Page, live: LiveEdition) -> None:
    assert all(not item.content.reviewer for item in live.articles.values())


def test_every_page_carries_the_disclaimer(page: Page, live: LiveEdition) -> None:
    for key in live.articles:
        html = page("/" if key == "home" else f"/{key}/")

        assert DISCLAIMER in re.sub(r"\s+", " ", html), key


def test_every_page_has_get_help_in_its_header(page: Page, live: LiveEdition) -> None:
    for key in live.articles:
        html = page("/" if key == "home" else f"/{key}/")

        assert 'href="/get-help/"' in html[html.index("<header") : html.index("</header>")], key


def test_about_says_that_no_operator_is_given(page: Page) -> None:
    assert "has given" in text_of(page("/about/")) or "not given" in text_of(page("/about/"))


def test_every_article_prints_its_sources_numbered(page: Page) -> None:
    html = page("/treatment/")
    marks = {int(number) for number in re.findall(r'href="#ref-(\d+)"', html)}
    listed = {int(number) for number in re.findall(r'id="ref-(\d+)"', html)}

    assert marks == listed == set(range(1, max(marks) + 1))


def test_no_dose_stands_on_any_page_but_the_allowed_one(page: Page, live: LiveEdition) -> None:
    for key in live.articles:
        text = text_of(page("/" if key == "home" else f"/{key}/"))
        text = text.replace("81 mg low-dose aspirin", "") if key == "medicines" else text

        assert not re.search(r"\d\s*(?:mg|milligram)", text), key


@pytest.mark.parametrize("phrase", ["will prevent", "don't worry", "in your head", "you do not need a doctor"])
def test_what_must_never_be_said_is_not_said(page: Page, live: LiveEdition, phrase: str) -> None:
    said = [key for key in live.articles if phrase in text_of(page("/" if key == "home" else f"/{key}/")).lower()]

    assert said == []

"""schema.org facts: one block a page, only what we chose, nothing the page does not say."""

import json
from collections.abc import Iterator
from typing import Any, Final

import pytest

from education import readability, structured_data
from tests import public_addresses
from tests.pages.conftest import Pages, RenderedPage

pytestmark = pytest.mark.django_db

ALLOWED: Final[dict[str, frozenset[str]]] = {
    "WebPage": frozenset({"url", "name", "inLanguage", "isAccessibleForFree", "dateModified", "breadcrumb"}),
    "MedicalWebPage": frozenset(
        {"url", "name", "inLanguage", "isAccessibleForFree", "dateModified", "breadcrumb", "aspect", "about"}
        | {"medicalAudience", "lastReviewed", "reviewedBy"}
    ),
    "MedicalCondition": frozenset({"name", "code"}),
    "MedicalCode": frozenset({"codeValue", "codingSystem"}),
    "MedicalAudience": frozenset({"audienceType"}),
    "ExercisePlan": frozenset({"name", "exerciseType", "activityFrequency", "additionalVariable"}),
    "FAQPage": frozenset({"url", "mainEntity"}),
    "Question": frozenset({"name", "acceptedAnswer"}),
    "Answer": frozenset({"text"}),
    "BreadcrumbList": frozenset({"itemListElement"}),
    "ListItem": frozenset({"position", "name", "item"}),
    "Person": frozenset({"name"}),
}


def blocks_of(page: RenderedPage) -> list[Any]:
    """Return the JSON-LD blocks of a page. Raises ValueError where one is no JSON."""
    scripts = (element for element in page.elements if element.tag == "script")
    return [json.loads(item.text or "") for item in scripts if item.get("type") == "application/ld+json"]


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every object of a block, at any depth."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from nodes(inner)


def facts_of(page: RenderedPage) -> list[dict[str, Any]]:
    """Return every object that a page states, without the envelope."""
    return [node for node in nodes(blocks_of(page)[0]) if "@context" not in node]


@pytest.mark.parametrize("address", public_addresses.CONTENT)
def test_a_content_page_has_one_block_about_itself(pages: Pages, address: str) -> None:
    (block,) = blocks_of(pages[address])

    assert block["@context"] == "https://schema.org"
    assert block["@graph"][0]["url"].endswith(f"{pages[address].address}")
    assert block["@graph"][0]["@id"] == f"{block['@graph'][0]['url']}#page"


@pytest.mark.parametrize("address", [item for item in public_addresses.ALL if item not in public_addresses.CONTENT])
def test_no_other_page_has_any(pages: Pages, address: str) -> None:
    assert blocks_of(pages[address]) == []


@pytest.mark.parametrize("address", public_addresses.CONTENT)
def test_only_chosen_types_and_properties_are_used(pages: Pages, address: str) -> None:
    typed = [node for node in facts_of(pages[address]) if set(node) != {"@id"}]

    strange = [node for node in typed if not set(node) - {"@type", "@id"} <= ALLOWED.get(node.get("@type", ""), set())]

    assert typed
    assert strange == []


@pytest.mark.parametrize("address", public_addresses.CONTENT)
def test_every_reference_within_a_block_has_its_target(pages: Pages, address: str) -> None:
    facts = facts_of(pages[address])

    targets = {node["@id"] for node in facts if "@id" in node and len(node) > 1}
    wanted = {node["@id"] for node in facts if set(node) == {"@id"}}

    assert wanted <= targets


@pytest.mark.parametrize("address", public_addresses.CONTENT)
def test_no_review_is_claimed_that_the_page_does_not_show(pages: Pages, address: str) -> None:
    page = pages[address]

    claims = [name for node in facts_of(page) for name in ("lastReviewed", "reviewedBy") if name in node]

    assert ("Not yet reviewed by a clinician" in page.html) != bool(claims)


def test_every_question_and_its_answer_stand_on_the_page(pages: Pages) -> None:
    page = pages["/faq/"]
    text = words_of(readability.text_of(page.html))
    questions = [node for node in facts_of(page) if node.get("@type") == "Question"]

    hidden = [item["name"] for item in questions if not said_in(text, item["name"], item["acceptedAnswer"]["text"])]

    assert len(questions) >= 10
    assert hidden == []


def said_in(text: str, *parts: str) -> bool:
    """Return whether the words of every part stand in ``text``, one after the other."""
    return all(words_of(part) in text for part in parts)


def words_of(text: str) -> str:
    """Return only the letters and digits of a text: blanks and full stops differ with the markup."""
    return "".join(character for character in text.casefold() if character.isalnum())


def test_no_words_of_a_page_can_end_the_block() -> None:
    title = "</script><script>alert(1)</script><!-- \u2028 & done"

    element = structured_data.block([{"@type": "WebPage", "name": title}])

    inside = element.removeprefix('<script type="application/ld+json">').removesuffix("</script>")
    assert not set("<>&\u2028") & set(inside)
    assert json.loads(inside)["@graph"][0]["name"] == title

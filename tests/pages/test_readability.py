"""Every page is easy to read: the grade of its raw text, measured and gated."""

from collections.abc import Iterator
from statistics import median
from xml.etree.ElementTree import tostring

import pytest

from education import readability, structure
from education.edition import LiveEdition
from tests import public_addresses
from tests.pages.conftest import Pages, Record, classes

pytestmark = pytest.mark.django_db

MEDIAN_AT_MOST = 7.0
PAGE_AT_MOST = 8.5
RED_FLAGS_AT_MOST = 6.0

GOLDEN = {
    2.83: "Lie on your back with your lower legs on a chair. Put a soft pack, wrapped in a cloth, under the sore part. "
    "Take it off after 20 minutes. You can put it on again every two hours while you are awake.",
    8.76: "Ibuprofen may ease the pain, but it is not safe for everyone. Ask a pharmacist if you take other medicines, "
    "have kidney disease, or have ever had a stomach ulcer. Sciatica usually improves within several weeks.",
    28.80: "Intermittent administration of superficial cryotherapy, notwithstanding insufficient evidence of "
    "effectiveness, constitutes a conventional recommendation throughout the inflammatory interval.",
}


@pytest.mark.parametrize("expected", GOLDEN)
def test_three_fixed_texts_keep_their_grades(expected: float) -> None:
    assert readability.grade(GOLDEN[expected]) == pytest.approx(expected, abs=0.005)


def test_each_bullet_is_scored_as_a_sentence_of_its_own() -> None:
    html = "<main><h2>Before you lift</h2><ul><li>bend your knees</li><li>keep it close</li></ul></main>"

    assert readability.text_of(html) == "Before you lift. bend your knees. keep it close."


def test_only_navigation_tables_and_references_are_left_out() -> None:
    html = (
        "<body>Frame<main><nav>Way</nav><p>Rest <em>now</em><sup>1</sup></p><table><td>5</td></table>"
        "<section aria-labelledby='references'><p>Source</p></section><details><p>More</p></details></main>Foot</body>"
    )

    assert readability.text_of(html) == "Rest now. More."


def test_long_sentences_are_named_hardest_first() -> None:
    long = "Lie on your back on the floor and put your legs on a chair and stay there until it is better again."
    harder = f"Notwithstanding insufficient evidence, {long}"

    assert readability.hard_sentences(f"{long} {harder} Then get up.") == (harder, long)


def test_glossary_words_can_be_taken_out() -> None:
    assert readability.without_words("Sciatica is pain.", ["sciatica", "ain", ""]) == " is pain."


def test_every_page_is_easy_enough(pages: Pages, live: LiveEdition, record_property: Record) -> None:
    texts = {address: readability.text_of(pages[address].html) for address in public_addresses.CONTENT}
    words = list(glossary_words(live))

    grades = {address: readability.grade(text) for address, text in texts.items()}
    plain = {address: readability.grade(readability.without_words(text, words)) for address, text in texts.items()}

    lines = [
        f"{address:<40}{grades[address]:>6.1f}{plain[address]:>22.1f}"
        for address in sorted(grades, key=lambda address: -grades[address])
    ]
    table = "\n".join([f"{'Flesch-Kincaid grade':<40}{'':>6}{'no glossary words':>22}", *lines])
    record_property("table", f"{table}\n{'median':<40}{median(grades.values()):>6.1f}")
    assert median(grades[address] for address in public_addresses.ARTICLES) <= MEDIAN_AT_MOST, table
    assert max(grades.values()) <= PAGE_AT_MOST, table


def test_red_flag_text_is_easier_still(pages: Pages) -> None:
    cards = [element for element in pages["/get-help/"].elements if "care" in classes(element)]

    grades = [readability.grade(readability.text_of(tostring(card, encoding="unicode"))) for card in cards]

    assert len(grades) == len(structure.URGENCIES)
    assert max(grades) <= RED_FLAGS_AT_MOST, grades


def glossary_words(live: LiveEdition) -> Iterator[str]:
    """Yield every name and form of every term."""
    for item in live.terms.values():
        yield from (item.content.name, *item.content.forms)

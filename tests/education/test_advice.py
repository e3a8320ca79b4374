"""Advice is true and rare: each rule finds its fault, and the first edition hears little of it."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Final

import pytest
from msgspec.structs import replace as changed

from education import advice, checks, content_files, structure

TODAY: Final = date(2026, 11, 23)  # a Monday
EMPTY: Final = checks.Library()
LONG: Final = "Lie on your back on the floor and put your legs on a chair and stay there until it is better again."
HARD: Final = (
    "Notwithstanding insufficient evidence, superficial cryotherapy still constitutes conventional household advice "
    "nowadays."
)
SOURCE: Final = structure.Source(key="R1", organisation="x", title="Now!", reading="confirmed", confirmed_on=TODAY)


@pytest.fixture(scope="module")
def first_edition() -> checks.Library:
    return content_files.read()


def page(html: str = "<p>Rest.</p>", due_on: date | None = TODAY, **fields: object) -> structure.Article:
    section = structure.TextSection(anchor="top", heading="Top", intro=html)
    article = structure.Article(
        key="page", title="A page", summary="Words.", description="x", group="living", sections=(section,)
    )
    return changed(article, review_due_on=due_on, **fields)


def said(content: structure.Publishable, library: checks.Library = EMPTY) -> list[str]:
    return [found.message for found in advice.advice(library, content, TODAY)]


def test_a_page_in_good_order_gets_no_advice() -> None:
    assert said(page()) == []


def test_a_text_above_grade_eight_and_a_half_is_told_with_its_grade() -> None:
    found = said(page(f"<p>{HARD}</p>" * 12))

    assert found[0].startswith("the text has reading grade ")
    assert found[0].endswith("8.5 is the most")


def test_fewer_than_100_words_have_no_grade() -> None:
    assert not any("the text has reading grade" in message for message in said(page(f"<p>{HARD}</p>" * 3)))


def test_glossary_words_are_counted_and_then_left_out() -> None:
    term = structure.Term(key="x", name="Superficial cryotherapy", meaning="Ice.", forms=("notwithstanding",))

    with_term, without = (said(page(f"<p>{HARD}</p>" * 12), checks.Library(terms=terms)) for terms in ({"x": term}, {}))

    assert with_term[0].partition(" (")[0] == without[0].partition(" (")[0]
    assert with_term[0] != without[0]


def test_signs_are_to_be_easier_than_pages() -> None:
    words = "Call for help now if your lower back hurts after an accident and you cannot move either of your legs."
    signs = tuple(structure.Sign(code=f"E{number}", text=words) for number in range(1, 9))
    card = structure.CareCard(key="emergency", urgency="emergency", title="Call", signs=signs)

    in_card, on_page = said(card), said(page(f"<p>{words}</p>" * 8))

    assert [message for message in in_card if "card has reading grade" in message and "6 is the most" in message]
    assert not [message for message in on_page if "has reading grade" in message]


def test_hard_and_long_sentences_are_marked_where_they_stand() -> None:
    article = page(f"<p>Rest. {LONG}</p><ul><li>{HARD}</li></ul>")

    found = [(item.place, item.message, item.marked) for item in advice.advice(EMPTY, article, TODAY)]

    assert found == [
        ("top", "a sentence of more than 20 words: make two of it", (LONG,)),
        ("top", "a sentence of reading grade above 12: use shorter words", (HARD,)),
    ]


@pytest.mark.parametrize(
    ("due_on", "group", "message"),
    [
        (None, "living", "no day is set for the next review"),
        (None, "site", ""),
        (TODAY - timedelta(days=1), "living", "the review was due on 22 November 2026"),
        (TODAY - timedelta(days=1), "site", "the review was due on 22 November 2026"),
        (TODAY, "living", ""),
        (TODAY + timedelta(days=366), "living", ""),
        (TODAY + timedelta(days=367), "living", "the next review is more than a year away"),
    ],
)
def test_a_review_is_due_within_a_year(due_on: date | None, group: str, message: str) -> None:
    assert said(page(due_on=due_on, group=group)) == [message] * bool(message)


def test_sources_not_confirmed_for_a_year_are_named_in_one_line() -> None:
    confirmed = {"R1": TODAY - timedelta(days=365), "R2": TODAY - timedelta(days=366), "R10": None, "R3": None}
    sources = {key: changed(SOURCE, key=key, confirmed_on=day) for key, day in confirmed.items()}
    statement = structure.Statement(body="<p>Rest.</p>", evidence="some", sources=("R10", "R1", "R2"))
    section = structure.StatementsSection(anchor="top", heading="Top", statements=(statement, statement))

    found = said(page(sections=(section,)), checks.Library(sources=sources))

    assert found == ["these sources have not been compared with the original for a year: R2, R10"]


def test_sources_of_the_cards_and_steps_on_a_page_count_too(first_edition: checks.Library) -> None:
    ((_, treatment), (_, get_help)) = (
        (key, said(first_edition.articles[key], first_edition)) for key in ("treatment", "get-help")
    )

    assert "R69b" in treatment[0]  # of the care step 'short rest' alone
    assert "R50" in get_help[0]  # of sign E9 alone


@pytest.mark.parametrize(("confirmed_on", "is_told"), [(TODAY, False), (None, True)])
def test_a_source_hears_of_itself_and_nothing_of_its_title(confirmed_on: date | None, *, is_told: bool) -> None:
    found = said(changed(SOURCE, confirmed_on=confirmed_on))

    assert found == ["this source has not been compared with the original for a year"] * is_told


@pytest.mark.parametrize(
    "words",
    [
        "here",
        "click here",
        "Here.",
        "this page",
        "read more",
        "more information",
        "https://example.org/a",
        "example.org",
    ],
)
def test_a_link_whose_words_do_not_say_where_it_leads_is_marked(words: str) -> None:
    article = page(f'<p>See <a href="https://example.org/a">{words}</a> now.</p>')

    (found,) = advice.advice(EMPTY, article, TODAY)

    assert (found.message, found.marked) == ("the words of a link must say where it leads", (words,))


@pytest.mark.parametrize("link", ['"/page/">About this site', '"/page/">More exercises', '"mailto:a@b.org">a@b.org'])
def test_a_link_that_says_where_it_leads_is_left_alone(link: str) -> None:
    assert said(page(f"<p><a href={link}</a></p>")) == []


@pytest.mark.parametrize(
    ("sentence", "message", "marked"),
    [
        ("Rest now!", "exclamation", "!"),
        ("Simply rest.", "'simply'", "Simply"),
        ("You do not need a doctor.", "nobody needs to be asked", "not need a doctor"),
        ("You don\u2019t need to see a GP.", "nobody needs to be asked", "don\u2019t need to see a GP"),
        ("A strong back prevents spasm.", "lowers the chance", "prevents"),
        ("Walking will prevent another spasm.", "lowers the chance", "will prevent"),
        ("Ice cures it.", "promise", "cures"),
        ("You will recover.", "promise", "You will recover"),
        ("It hurts, but it is not serious.", "rule out", "it is not serious"),
        ("Do not worry.", "rule out", "Do not worry"),
        ("You have a herniated disc.", "diagnosis", "You have a herniated disc"),
        ("Contact your doctor.", "'call'", "Contact your"),
        ("Disks are soft.", "UK spelling", "Disks"),
    ],
)
def test_words_that_the_style_forbids_are_marked(sentence: str, message: str, marked: str) -> None:
    (found,) = advice.advice(EMPTY, page(f"<p>Rest. {sentence}</p>"), TODAY)

    assert message in found.message
    assert (found.place, found.marked) == ("top", (marked,))


@pytest.mark.parametrize(
    "sentence",
    [
        "A belt does not prevent pain.",
        "Nobody has shown that teaching prevents pain.",
        "\u201cStretching prevents spasm!\u201d is a myth.",
        "We cannot tell you that nothing serious is wrong.",
        "There is no cure.",
        "If you have a herniated disc, ask.",
        "Find the contact details.",
        "You do not need to be sure.",
    ],
)
def test_a_denial_a_quotation_or_a_harmless_word_is_left_alone(sentence: str) -> None:
    assert said(page(f"<p>{sentence}</p>")) == []


@pytest.mark.parametrize(("sides", "is_told"), [(None, False), (2, False), (3, True)])
def test_a_leaflet_fits_on_one_sheet(sides: int | None, *, is_told: bool) -> None:
    found = [item.message for item in advice.advice(EMPTY, page(), TODAY, leaflet_sides=sides)]

    assert found == ["the leaflet has 3 sides; 2 fit on one sheet of paper"] * is_told


def test_the_first_edition_gets_little_advice_on_its_words(first_edition: checks.Library) -> None:
    confirmed = {key: changed(source, confirmed_on=TODAY) for key, source in first_edition.sources.items()}
    library = replace(first_edition, sources=confirmed)

    found = [item for content in library.everything() for item in advice.advice(library, content, TODAY)]

    assert len(found) <= 10, found
    assert {item.message for item in found} == {"a sentence of reading grade above 12: use shorter words"}

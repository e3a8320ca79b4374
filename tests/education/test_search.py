"""Search in the content files themselves: first hits, red flags, lay words, typing mistakes and results."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Final

import msgspec
import pytest
import yaml

from education import search, structure
from education.edition import LiveEdition
from education.search.documents import documents
from education.search.phrases import sign_phrases
from tests.education.editions import edition_from_files

GOLDEN: Final = yaml.safe_load((Path(__file__).parent / "golden_queries.yaml").read_text(encoding="utf-8"))["queries"]


@pytest.fixture(scope="module")
def live() -> LiveEdition:
    return edition_from_files()


@pytest.fixture(scope="module")
def index(live: LiveEdition) -> search.Index:
    return search.build(live)


def first_hit(answer: search.Answer) -> str:
    return answer.results[0].url.partition("#")[0] if answer.results else "nothing"


def urls(answer: search.Answer) -> list[str]:
    return [result.url for result in answer.results]


# --- Golden queries -----------------------------------------------------------------------------------------


def test_there_are_enough_golden_queries_and_none_twice() -> None:
    queries = [entry["query"] for entry in GOLDEN]

    assert len(set(queries)) == len(queries) >= 60


def test_every_golden_query_finds_its_page_first_and_raises_the_emergency_card_only_for_a_red_flag(
    index: search.Index,
) -> None:
    misses = [f"{'query':40} {'first hit':30} {'wanted':30} emergency"]
    for entry in GOLDEN:
        answer = index.search(entry["query"])
        wanted = (entry["first"], *entry.get("or", ()))
        if first_hit(answer) not in wanted or answer.is_red_flag is not entry["emergency"]:
            misses.append(f"{entry['query']:40} {first_hit(answer):30} {' '.join(wanted):30} {answer.is_red_flag}")

    assert len(misses) == 1, "\n".join(misses)


# --- Red flags and other signs ------------------------------------------------------------------------------


def test_every_phrase_of_the_emergency_card_puts_that_card_first(live: LiveEdition, index: search.Index) -> None:
    answers = {phrase: index.search(phrase) for phrase in sign_phrases(live.emergency_card)}

    assert [phrase for phrase, answer in answers.items() if not answer.is_red_flag] == []
    assert {urls(answer)[0] for answer in answers.values()} == {"/get-help/#emergency"}


@pytest.mark.parametrize(
    "query",
    [
        "Can\u2019t pee!",
        "i cannot pee",
        "I can not pee",
        "could not pee since yesterday",
        "unable to pee",
        "my bottom is numb",
        "numbness between my legs",
        "between the legs it is numb",
        "i feel numb down there between the legs",
        "both of my legs feel weak",
        "incontinance",  # one letter wrong
        "suicidel thoughts",
        "sciatica on both sides",
        "is it cauda equina?",
    ],
)
def test_a_red_flag_is_recognised_in_other_words_order_and_spelling(index: search.Index, query: str) -> None:
    assert index.search(query).is_red_flag


@pytest.mark.parametrize(
    "query",
    [
        "sciatica",
        "pain in one leg",
        "both sides",
        "knee to chest stretch for pain",
        "stomach exercises for back pain",
        "numb",
        "my leg is numb",
        "ice for back pain",
        "legs up on a chair",
    ],
)
def test_part_of_a_red_flag_does_not_raise_the_card(index: search.Index, query: str) -> None:
    assert not index.search(query).is_red_flag


def test_a_red_flag_still_lists_other_results(index: search.Index) -> None:
    assert len(index.search("black stools after ibuprofen").results) > 1


@pytest.mark.parametrize(
    ("query", "url"),
    [
        ("losing weight", "/get-help/#urgent"),
        ("pain at night", "/get-help/#urgent"),
        ("low mood", "/get-help/#soon"),
        ("see a doctor", "/get-help/#soon"),
    ],
)
def test_words_of_an_urgent_sign_lead_to_its_card(index: search.Index, query: str, url: str) -> None:
    answer = index.search(query)

    assert urls(answer)[0] == url
    assert not answer.is_red_flag


# --- Lay words, spelling, typing mistakes -------------------------------------------------------------------


def test_every_lay_word_of_a_term_finds_its_glossary_entry(live: LiveEdition, index: search.Index) -> None:
    missed = [
        phrase
        for key, term in live.terms.items()
        for phrase in term.content.also
        if f"/glossary/#{key}" not in urls(index.search(phrase))[:8]
    ]

    assert missed == []


def test_the_name_of_a_term_finds_its_entry_among_the_first_three(live: LiveEdition, index: search.Index) -> None:
    names = {key: published.content.name for key, published in live.terms.items()}

    assert [name for key, name in names.items() if f"/glossary/#{key}" not in urls(index.search(name))[:3]] == []


def test_every_exercise_is_found_first_by_its_name(live: LiveEdition, index: search.Index) -> None:
    names = {key: published.content.name for key, published in live.exercises.items()}

    assert [name for key, name in names.items() if urls(index.search(name))[0] != f"/exercises/{key}/"] == []


def test_every_page_is_found_first_by_its_title_and_by_its_name_in_the_navigation(
    live: LiveEdition, index: search.Index
) -> None:
    pages = {key: published.content for key, published in live.articles.items()}
    asked = {(key, name) for key, page in pages.items() for name in (page.title, page.nav_title)}

    assert [name for key, name in asked if first_hit(index.search(name)) != f"/{key}/".replace("/home/", "/")] == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("herniated disk", "herniated disc"),
        ("paracetamol", "acetaminophen"),
        ("feet", "foot"),
        ("fecal", "faecal"),
        ("CHILD\u2019S POSE", "childs pose"),
        ("stabilizing", "stabilising"),
    ],
)
def test_two_spellings_find_the_same(index: search.Index, one: str, other: str) -> None:
    assert urls(index.search(one)) == urls(index.search(other))


@pytest.mark.parametrize(
    ("query", "corrected"),
    [
        ("treatmant", "treatment"),  # a wrong letter
        ("matress", "mattress"),  # one missing
        ("exerccise", "exercise"),  # one too many
        ("vertbera", "vertebra"),  # two swapped
        ("osteop", "osteoporosis"),  # not finished
        ("dics", ""),  # shorter than five letters: too near to too many words
        ("treatment", ""),
        ("qwertyuiop", ""),
    ],
)
def test_a_word_that_stands_nowhere_is_tried_as_a_prefix_or_with_one_typo(
    index: search.Index, query: str, corrected: str
) -> None:
    assert index.search(query).corrected == corrected


def test_a_word_that_stands_somewhere_is_never_corrected(live: LiveEdition, index: search.Index) -> None:
    titles = [document.title for document in documents(live)]

    assert [title for title in titles if index.search(title).corrected] == []


# --- Results ------------------------------------------------------------------------------------------------


def test_a_result_names_page_and_section_and_marks_the_word_in_any_form(index: search.Index) -> None:
    result = index.search("mattresses").results[0]

    assert (result.url, result.page_title, result.section_title) == (
        "/sleep-and-lifting/#mattress",
        "Sleep and lifting",
        "Your mattress",
    )
    assert "<mark>mattress</mark>" in result.snippet_html


def test_a_snippet_is_escaped_text_of_about_two_hundred_characters(index: search.Index) -> None:
    snippets = [result.snippet_html for entry in GOLDEN for result in index.search(entry["query"]).results]
    texts = [re.sub(r"</?mark>", "", snippet) for snippet in snippets]

    assert [text for text in texts if "<" in text or ">" in text] == []
    assert max(map(len, texts)) < 300  # an escaped quote counts five


def test_what_an_editor_wrote_is_escaped_in_a_snippet(live: LiveEdition) -> None:
    article = live.articles["causes"]
    hostile = structure.TextSection(anchor="x", heading="Xylophone", intro="<p>xylophone &lt;script&gt; &amp; more</p>")
    content = msgspec.structs.replace(article.content, sections=(hostile,))
    changed = replace(live, articles={**live.articles, "causes": replace(article, content=content)})

    snippet = search.build(changed).search("xylophone").results[0].snippet_html

    assert snippet == "<mark>xylophone</mark> &lt;script&gt; &amp; more"


def test_every_address_of_a_document_is_one_of_a_kind(live: LiveEdition) -> None:
    addresses = [document.url for document in documents(live)]

    assert len(set(addresses)) == len(addresses)

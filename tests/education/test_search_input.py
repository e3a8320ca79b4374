"""Search under hostile input, while somebody types, in threads, after a fork and when the edition changes."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import Final

import pytest

from education import search
from education.edition import LiveEdition
from tests.education.editions import edition_from_files

ROOT: Final = Path(__file__).resolve().parents[2]
QUERIES: Final = ["slipped disc", "can't pee", "treatmant", "how long does a back spasm last", "cat cow", "osteop"] * 10


@pytest.fixture(scope="module")
def live() -> LiveEdition:
    return edition_from_files()


@pytest.fixture(scope="module")
def index(live: LiveEdition) -> search.Index:
    return search.build(live)


def urls(answer: search.Answer) -> list[str]:
    return [result.url for result in answer.results]


# --- Hostile input ------------------------------------------------------------------------------------------


HOSTILE: Final = [
    "\x00",
    "ice\x00pack",
    "a" * 10_000,
    "disc " * 2_000,
    " ".join(f"wrongg{letter}word" for letter in "abcdefghijklmnopqrstuvwxyz"),
    "\x01\x02\x1b[31m\x7f\u2028\u202e",
    "\U0001f9ca\U0001f525",
    "\ud800",
    "ice \udfff pack",
    "'; DROP TABLE education_publication; --",
    'title:"ice" AND (heat OR [a TO z]) ^2 ~1 \\',
    '*:* -ice +heat "unclosed (',
    "{!func}ice && ||",
    "the in my when",
    "%00%ff&q=<script>alert(1)</script>",
    "\u05d2\u05d1 \u05db\u05d5\u05d0\u05d1 \u0638\u0647\u0631",
    "\ufdfa" * 200,  # one character that unfolds into eighteen
    "e" + "\u0301" * 199,
    "\u0130\u0131\u00df\ufb01 \u00b2\u00bd",
    "'",
    "\u2019\u2019",
]


@pytest.mark.parametrize("query", HOSTILE)
def test_hostile_input_gets_an_answer_fit_to_print(index: search.Index, query: str) -> None:
    answer = index.search(query)

    assert len(answer.query) <= 200
    assert answer.query.encode("utf-8").decode("utf-8").isprintable()
    assert (answer.message == "") is bool(answer.results)
    assert len(answer.results) <= 20
    assert index.suggest(query) is not None


@pytest.mark.parametrize(
    ("query", "message"), [("", "empty"), (" \t\n", "empty"), ("?!", "empty"), ("zzzz", "nothing")]
)
def test_a_query_without_words_is_empty_and_one_without_results_says_so(
    index: search.Index, query: str, message: str
) -> None:
    assert index.search(query) == search.Answer(query.strip(), message=message)  # type: ignore[arg-type]


def test_query_syntax_is_nothing_but_words(index: search.Index) -> None:
    assert urls(index.search('+title:"ice" -heat*')) == urls(index.search("title ice heat"))


# --- Suggestions --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "title", "url"),
    [
        ("tre", "Treating a back spasm at home", "/treatment/"),
        ("bird", "Bird dog", "/exercises/bird-dog/"),
        ("cat c", "Cat and cow", "/exercises/cat-and-cow/"),
        ("cat and c", "Cat and cow", "/exercises/cat-and-cow/"),
        ("scia", "Sciatica", "/glossary/#sciatica"),
        ("slipped d", "Herniated disc", "/glossary/#herniated-disc"),
        ("can\u2019t p", "When to get help", "/get-help/"),
    ],
)
def test_typing_offers_a_title(index: search.Index, typed: str, title: str, url: str) -> None:
    assert index.suggest(typed)[0] == search.Suggestion(title, url)


def test_at_most_six_titles_are_offered_and_none_for_one_letter(index: search.Index) -> None:
    assert len(index.suggest("st")) <= 6
    assert index.suggest("s") == index.suggest("") == index.suggest("zzz") == ()


# --- One index a process ------------------------------------------------------------------------------------


def test_the_index_is_kept_until_the_edition_changes(live: LiveEdition) -> None:
    first = search.index_for(live)
    again = search.index_for(replace(live))
    after = search.index_for(replace(live, number=live.number + 1))

    assert first is again
    assert first is not after


def test_threads_may_share_an_index(index: search.Index) -> None:
    expected = [index.search(query) for query in QUERIES]
    found: list[list[search.Answer]] = []

    threads = [Thread(target=lambda: found.append([index.search(query) for query in QUERIES])) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [expected] * 4


FORK: Final = """
import os
import django
django.setup()
from education import search
from tests.education.editions import edition_from_files
index = search.build(edition_from_files())
child = os.fork()
if not child:
    os._exit(0 if index.search("slipped disc").results[0].url.startswith("/disc-disorders/") else 1)
os._exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_an_index_outlives_a_fork() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", FORK], cwd=ROOT, env=os.environ, timeout=30, check=False
    )

    assert done.returncode == 0

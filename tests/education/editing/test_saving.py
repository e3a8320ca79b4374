"""Two people who save at the same time: nobody's words are lost, and neither waits for the other for ever."""

from typing import Any

import pytest
from django.db.models import QuerySet
from django.utils import timezone

from backspasm.models import User
from education import editing, structure
from education.editing import saving
from education.models import Article, Kind
from tests.education.editing.people import person
from tests.education.editing.wordings import PAGE, say

pytestmark = pytest.mark.django_db

NEW = (Kind.TERM, "marmalade")


def save_new(meaning: str, by: User) -> None:
    term = structure.Term(key=NEW[1], name="Marmalade", meaning=meaning)
    editing.save(term, base_hash="", by=by, why="", now=timezone.now())


def test_of_two_who_make_the_same_thing_at_once_the_second_is_told(
    author: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def while_waiting() -> None:
        monkeypatch.undo()
        save_new("What the first wrote.", person("bob", "Author"))

    monkeypatch.setattr(saving, "_wait_for_other_new_ones", while_waiting)

    with pytest.raises(editing.ChangedMeanwhile) as refusal:
        save_new("What the second wrote.", author)

    assert isinstance(refusal.value.theirs, structure.Term)
    assert refusal.value.theirs.meaning == "What the first wrote."


@pytest.fixture
def locks(monkeypatch: pytest.MonkeyPatch) -> list[QuerySet[Any]]:
    """The queries that lock rows, as they stand when they are run; the database of the tests has no row locks."""
    found: list[QuerySet[Any]] = []
    fetch = QuerySet._fetch_all  # the one place where every query runs

    def noted(rows: QuerySet[Any]) -> None:
        if rows.query.select_for_update and rows._result_cache is None:
            found.append(rows)
        fetch(rows)

    monkeypatch.setattr(QuerySet, "_fetch_all", noted)
    return found


def test_two_pages_that_name_each_other_are_locked_in_the_same_order(author: User, locks: list[QuerySet[Any]]) -> None:
    for key, other in (("faq", "myths"), ("myths", "faq")):
        name = (Kind.ARTICLE, key)
        say(name, author, related=(other,), summary="Shorter.")

    first = [rows for rows in locks if rows.query.select_for_no_key_update and rows.model is Article]
    assert [[row.key for row in rows] for rows in first] == [["faq", "myths"]] * 2


def test_whoever_looks_at_words_bars_nobody_from_naming_them(author: User, locks: list[QuerySet[Any]]) -> None:
    words = say(PAGE, author, summary="Shorter.")
    locks.clear()

    editing.hand_in(*PAGE, words, changes="Shorter.", by=author, now=timezone.now())

    assert [rows.query.select_for_no_key_update for rows in locks] == [True]

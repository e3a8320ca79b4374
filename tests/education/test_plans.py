"""What becomes of the plan of one publishable when something is decided. No database."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

import pytest

from education.plans import Decision, Entry, Plan, plans

MONDAY: Final = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TUESDAY: Final = MONDAY + timedelta(days=1)
WEDNESDAY, FRIDAY, SUNDAY = (MONDAY + timedelta(days=days) for days in (2, 4, 6))
ONE, TWO, THREE = (UUID(int=number) for number in (1, 2, 3))
NAME: Final = ("term", "disc")


def entries(edition: int, decisions: Iterable[Decision]) -> list[Entry]:
    return [
        Entry(edition, item.live_from, item.is_retirement, item.points_to, item.publication, *NAME, 1, "")
        for item in decisions
    ]


def after(*editions: Iterable[Decision]) -> Plan:
    """Return the plan after these editions, each made with what it knew."""
    every = [entry for number, decisions in enumerate(editions, start=1) for entry in entries(number, decisions)]
    return plans(every).get(NAME, Plan())


def seen(plan: Plan) -> list[int]:
    """Return which publication readers see on each of the four days; 0 for none."""
    shown = [plan.shown(day) for day in (MONDAY, WEDNESDAY, FRIDAY, SUNDAY)]
    return [entry.publication.int if entry else 0 for entry in shown]


FIRST: Final = [Decision(ONE, MONDAY)]


@pytest.fixture
def two_on_friday() -> list[Sequence[Decision]]:
    return [FIRST, list(after(FIRST).with_words(TWO, FRIDAY))]


def test_words_set_for_later_are_seen_from_their_moment_on(two_on_friday: list[Sequence[Decision]]) -> None:
    assert seen(after(*two_on_friday)) == [1, 1, 2, 2]


def test_words_published_before_that_moment_take_their_place(two_on_friday: list[Sequence[Decision]]) -> None:
    new = after(*two_on_friday).with_words(THREE, WEDNESDAY)

    assert seen(after(*two_on_friday, new)) == [1, 3, 3, 3]


def test_words_set_for_after_that_moment_leave_them_their_time(two_on_friday: list[Sequence[Decision]]) -> None:
    new = after(*two_on_friday).with_words(THREE, SUNDAY)

    assert seen(after(*two_on_friday, new)) == [1, 1, 2, 3]


def test_words_with_an_end_are_gone_from_then_on(two_on_friday: list[Sequence[Decision]]) -> None:
    new = after(*two_on_friday).with_words(THREE, WEDNESDAY, retire_on=SUNDAY)

    assert seen(after(*two_on_friday, new)) == [1, 3, 3, 0]


def test_an_end_before_other_words_were_to_come_ends_those_too(two_on_friday: list[Sequence[Decision]]) -> None:
    new = after(*two_on_friday).with_words(THREE, MONDAY, retire_on=WEDNESDAY)

    assert seen(after(*two_on_friday, new)) == [3, 0, 0, 0]


def test_a_retirement_set_for_later_stays_when_new_words_are_published() -> None:
    first = [FIRST, list(after(FIRST).retired(FRIDAY, ""))]

    new = after(*first).with_words(TWO, WEDNESDAY)

    assert seen(after(*first, new)) == [1, 2, 0, 0]


def test_a_new_end_takes_the_place_of_one_that_was_set() -> None:
    first = [FIRST, list(after(FIRST).retired(FRIDAY, ""))]

    new = after(*first).with_words(TWO, WEDNESDAY, retire_on=SUNDAY)

    assert seen(after(*first, new)) == [1, 2, 2, 0]


def test_a_retirement_ends_what_was_set_for_later(two_on_friday: list[Sequence[Decision]]) -> None:
    new = after(*two_on_friday).retired(WEDNESDAY, "recovery")

    assert seen(after(*two_on_friday, new)) == [1, 0, 0, 0]


def test_what_is_not_shown_is_not_retired() -> None:
    plan = after(FIRST, after(FIRST).retired(WEDNESDAY, ""))

    assert list(plan.retired(FRIDAY, "")) == []
    assert list(Plan().retired(MONDAY, "")) == []


def test_restored_are_the_words_readers_saw_last(two_on_friday: list[Sequence[Decision]]) -> None:
    retired = [*two_on_friday, list(after(*two_on_friday).retired(WEDNESDAY, ""))]

    new = after(*retired).restored(WEDNESDAY)

    # Not the second words, which nobody ever saw; and not gone again on Friday.
    assert seen(after(*retired, new)) == [1, 1, 1, 1]


def test_words_set_while_something_is_retired_still_come_after_a_restore() -> None:
    retired = [FIRST, list(after(FIRST).retired(TUESDAY, ""))]
    back_on_friday = [*retired, list(after(*retired).with_words(TWO, FRIDAY, retire_on=SUNDAY))]
    assert seen(after(*back_on_friday)) == [1, 0, 2, 0]

    new = after(*back_on_friday).restored(WEDNESDAY)

    assert seen(after(*back_on_friday, new)) == [1, 1, 2, 0]


def test_new_words_for_something_retired_are_not_gone_again_at_a_moment_set_before(
    two_on_friday: list[Sequence[Decision]],
) -> None:
    retired = [*two_on_friday, list(after(*two_on_friday).retired(TUESDAY, ""))]

    new = after(*retired).with_words(THREE, WEDNESDAY)

    assert seen(after(*retired, new)) == [1, 3, 3, 3]


def test_nothing_is_restored_that_is_shown_or_never_was(two_on_friday: list[Sequence[Decision]]) -> None:
    assert list(after(*two_on_friday).restored(WEDNESDAY)) == []
    assert list(after([Decision(ONE, FRIDAY)]).restored(WEDNESDAY)) == []


def test_what_is_taken_back_never_happens(two_on_friday: list[Sequence[Decision]]) -> None:
    new = list(after(*two_on_friday).taken_back(WEDNESDAY))

    plan = after(*two_on_friday, new)
    assert seen(plan) == [1, 1, 1, 1]
    assert [entry.live_from for entry in plan.changes()] == [MONDAY]
    assert list(plan.taken_back(WEDNESDAY)) == []


def test_first_words_that_are_taken_back_were_never_there() -> None:
    first = [[Decision(ONE, FRIDAY)]]

    plan = after(*first, after(*first).taken_back(MONDAY))

    assert seen(plan) == [0, 0, 0, 0]
    assert list(plan.changes()) == []
    assert plan.seen_last() is None


def test_a_retirement_taken_back_leaves_what_is_shown() -> None:
    first = [FIRST, list(after(FIRST).retired(FRIDAY, ""))]

    assert seen(after(*first, after(*first).taken_back(WEDNESDAY))) == [1, 1, 1, 1]


def test_what_happened_already_is_not_taken_back(two_on_friday: list[Sequence[Decision]]) -> None:
    assert list(after(*two_on_friday).taken_back(FRIDAY)) == []


def test_readers_rely_on_what_they_see_saw_last_and_are_going_to_see(two_on_friday: list[Sequence[Decision]]) -> None:
    plan = after(*two_on_friday)

    assert plan.relied_on(WEDNESDAY) == {ONE, TWO}
    assert plan.relied_on(FRIDAY) == {TWO}
    assert after(FIRST, after(FIRST).retired(TUESDAY, "")).relied_on(FRIDAY) == {ONE}


def test_a_retirement_with_another_page_in_its_place_is_a_change() -> None:
    plan = after(FIRST, [Decision(ONE, WEDNESDAY, is_retirement=True)], [Decision(ONE, FRIDAY, True, "recovery")])

    assert [entry.live_from for entry in plan.changes()] == [MONDAY, WEDNESDAY, FRIDAY]


def test_every_decision_of_an_edition_is_for_a_moment_of_its_own(two_on_friday: list[Sequence[Decision]]) -> None:
    plan = after(*two_on_friday, after(*two_on_friday).with_words(THREE, SUNDAY, SUNDAY + timedelta(days=1)))

    for decisions in (
        plan.with_words(UUID(int=4), MONDAY, FRIDAY),
        plan.with_words(UUID(int=4), WEDNESDAY, SUNDAY),
        plan.retired(WEDNESDAY, ""),
        plan.taken_back(MONDAY),
    ):
        moments = [item.live_from for item in decisions]
        assert len(set(moments)) == len(moments) > 1

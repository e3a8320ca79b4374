"""A plan pairs back and abdomen, keeps to its level, and walking grows slowly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from education import content_files
from education.structure import Exercise
from tracker.training import LEVELS, Level, next_level, plan_errors, walking_minutes_next

EXERCISES = {exercise.code: exercise for exercise in content_files.read().exercises.values()}
CHOICES = st.lists(st.sampled_from(list(EXERCISES.values())), max_size=8)


def errors(codes: str, level: Level) -> tuple[str, ...]:
    return plan_errors([EXERCISES[code] for code in codes.split()], level=level)


@pytest.mark.parametrize(
    ("codes", "level", "expected"),
    [
        ("", 1, ("nothing_chosen",)),
        ("X1 X2 X10", 1, ()),
        ("X10", 1, ()),
        ("X1 X7 X10", 1, ("too_much_for_level",)),
        ("X11", 1, ("abdomen_without_back", "too_much_for_level")),
        ("X1 X2", 2, ()),
        ("X7", 2, ("back_without_abdomen",)),
        ("X12", 2, ("abdomen_without_back",)),
        ("X7 X10", 2, ()),
        ("X7 X10 X11", 2, ()),
        ("X7 X8 X11", 2, ("too_much_for_level",)),
        ("X7 X11 X12", 2, ("too_much_for_level",)),
        ("X7 X8 X9 X11 X12", 3, ()),
        ("X7 X8", 3, ("back_without_abdomen",)),
        ("X11 X12", 3, ("abdomen_without_back",)),
    ],
)
def test_each_level_has_its_own_rules(codes: str, level: Level, expected: tuple[str, ...]) -> None:
    assert errors(codes, level) == expected


@given(CHOICES, st.sampled_from(LEVELS))
def test_no_plan_without_errors_trains_the_back_alone(chosen: list[Exercise], level: Level) -> None:
    purposes = {exercise.purpose for exercise in chosen}

    refused = plan_errors(chosen, level=level)

    assert refused or "strength_back" not in purposes or "strength_abdomen" in purposes


@given(CHOICES)
def test_what_fits_a_level_fits_the_next(chosen: list[Exercise]) -> None:
    fits = [not plan_errors(chosen, level=level) for level in LEVELS]

    assert fits == sorted(fits)


def test_the_levels_follow_each_other_and_end() -> None:
    assert [next_level(level) for level in LEVELS] == [2, 3, None]


@pytest.mark.parametrize(
    ("current", "then"),
    [(0, 1), (5, 6), (10, 11), (15, 16), (19, 20), (20, 22), (28, 30), (29, 30), (30, 30), (45, 45)],
)
def test_walking_grows_by_about_a_tenth_up_to_30_minutes(current: int, then: int) -> None:
    assert walking_minutes_next(current) == then


@given(st.integers(10, 30))
def test_walking_never_grows_by_more_than_a_tenth(current: int) -> None:
    assert current <= walking_minutes_next(current) <= min(30, current * 1.1)

"""Patterns: what came before flares, beside the calm days, with their counts."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from math import comb
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.course import EpisodeFacts
from tracker.patterns import (
    COMPARED,
    EXPOSURES,
    CalmDay,
    Certainty,
    Pattern,
    difference_of_shares,
    fisher_two_sided,
    patterns,
)

BEGAN = datetime(2026, 3, 2, 6, 40, tzinfo=UTC)
exposures = st.frozensets(st.sampled_from([*EXPOSURES, "other"]))


def flares(*triggers: str) -> list[EpisodeFacts]:
    """One episode for each argument; several triggers stand apart by a space."""
    return [
        EpisodeFacts(UUID(int=place), BEGAN + timedelta(days=place), triggers=frozenset(codes.split()))
        for place, codes in enumerate(triggers)
    ]


def calm(*days: str) -> list[CalmDay]:
    return [
        CalmDay(date(2026, 1, 1) + timedelta(days=place), frozenset(codes.split())) for place, codes in enumerate(days)
    ]


any_flares = st.lists(exposures, max_size=40).map(lambda sets: flares(*(" ".join(sorted(one)) for one in sets)))
any_calm = st.lists(exposures, max_size=60).map(lambda sets: calm(*(" ".join(sorted(one)) for one in sets)))


def only(code: str, found: tuple[Pattern, ...]) -> Pattern:
    (pattern,) = [pattern for pattern in found if pattern.exposure == code]
    return pattern


def test_six_of_eight_flares_after_long_drives_and_five_of_twenty_calm_days_are_too_few_to_be_sure() -> None:
    before = flares(*["long_drive lifting"] * 6, "stress", "sport")
    between = calm(*["long_drive"] * 5, *[""] * 15)

    found = only("long_drive", patterns(before, between))

    assert (found.flares_with, found.flares, found.calm_with, found.calm_days) == (6, 8, 5, 20)
    assert found.certainty is Certainty.TOO_FEW


def test_a_large_difference_over_many_days_is_called_more_often() -> None:
    before = flares(*["long_drive"] * 14, "stress", "sport")
    between = calm(*["long_drive"] * 5, *["stress"] * 35)

    assert only("long_drive", patterns(before, between)).certainty is Certainty.MORE_OFTEN


def test_an_exposure_of_calm_days_alone_is_called_less_often() -> None:
    before = flares(*["stress"] * 20)
    between = calm(*["sport"] * 30, *[""] * 10)

    found = only("sport", patterns(before, between))

    assert (found.flares_with, found.certainty) == (0, Certainty.LESS_OFTEN)


def test_equal_shares_of_very_many_are_called_about_the_same() -> None:
    before = flares(*["bending"] * 20, *["other"] * 180)
    between = calm(*["bending"] * 40, *[""] * 360)

    assert only("bending", patterns(before, between)).certainty is Certainty.ABOUT_THE_SAME


def test_without_calm_days_there_is_nothing_to_compare_with() -> None:
    (found,) = patterns(flares(*["lifting"] * 5), [])

    assert found == Pattern("lifting", 5, 5, 0, 0, Certainty.NOTHING_TO_COMPARE)


@pytest.mark.parametrize("count", range(5))
def test_under_five_episodes_there_are_no_patterns(count: int) -> None:
    assert patterns(flares(*["lifting"] * count), calm("lifting", "")) == ()


def test_episodes_without_an_answer_are_not_counted() -> None:
    answered = ["lifting", "lifting", "sport", "other", "nothing_special"]

    found = patterns(flares(*answered, "", ""), [])

    assert {(pattern.exposure, pattern.flares_with, pattern.flares) for pattern in found} == {
        ("lifting", 2, 5),
        ("sport", 1, 5),
    }
    assert patterns(flares(*answered[:4], "", ""), []) == ()


def test_two_answers_for_one_calm_day_are_one_day() -> None:
    day = date(2026, 1, 1)
    twice = [CalmDay(day, frozenset({"sport"})), CalmDay(day, frozenset({"lifting"}))]

    found = only("lifting", patterns(flares(*["lifting"] * 5), twice))

    assert (found.calm_with, found.calm_days) == (1, 1)


def test_looking_at_many_exposures_asks_more_of_each() -> None:
    alone = patterns(flares(*["sport"] * 6, "other", "other"), calm(*["sport"] * 4, *[""] * 16))
    every = " ".join(code for code in COMPARED if code != "sport")
    among_ten = patterns(flares(*["sport"] * 6, "other", every), calm(*["sport"] * 4, *[""] * 16))

    assert only("sport", alone).certainty is Certainty.MORE_OFTEN
    assert only("sport", among_ten).certainty is Certainty.TOO_FEW


@given(any_flares, any_calm)
def test_counts_never_exceed_their_totals(episodes: list[EpisodeFacts], days: list[CalmDay]) -> None:
    for pattern in patterns(episodes, days):
        assert 0 <= pattern.flares_with <= pattern.flares <= len(episodes)
        assert 0 <= pattern.calm_with <= pattern.calm_days <= len(days)
        assert pattern.flares >= 5
        assert pattern.exposure in COMPARED


@given(any_flares, any_calm, st.randoms(use_true_random=False))
def test_the_order_of_episodes_and_days_changes_nothing(
    episodes: list[EpisodeFacts], days: list[CalmDay], random: Random
) -> None:
    shuffled = patterns(random.sample(episodes, len(episodes)), random.sample(days, len(days)))

    assert shuffled == patterns(episodes, days)


@given(any_flares, any_calm)
def test_a_certainty_agrees_with_the_shares(episodes: list[EpisodeFacts], days: list[CalmDay]) -> None:
    for pattern in patterns(episodes, days):
        difference = pattern.flares_with * pattern.calm_days - pattern.calm_with * pattern.flares
        assert (pattern.certainty is Certainty.NOTHING_TO_COMPARE) == (pattern.calm_days == 0)
        assert difference > 0 or pattern.certainty is not Certainty.MORE_OFTEN
        assert difference < 0 or pattern.certainty is not Certainty.LESS_OFTEN


@given(any_flares, any_calm)
def test_answers_that_have_no_counterpart_on_a_calm_day_are_not_compared(
    episodes: list[EpisodeFacts], days: list[CalmDay]
) -> None:
    assert {pattern.exposure for pattern in patterns(episodes, days)}.isdisjoint({"woke_with_it", "nothing_special"})


@pytest.mark.parametrize(
    ("table", "p"),
    [((3, 4, 1, 4), 0.4857), ((8, 10, 2, 10), 0.0230), ((6, 8, 5, 20), 0.0299), ((0, 5, 0, 5), 1.0)],
)
def test_the_exact_test_gives_the_textbook_values(table: tuple[int, int, int, int], p: float) -> None:
    assert fisher_two_sided(*table) == pytest.approx(p, abs=0.0001)


@st.composite
def tables(draw: st.DrawFn) -> tuple[int, int, int, int]:
    of_a, of_b = draw(st.integers(1, 30)), draw(st.integers(1, 60))
    return draw(st.integers(0, of_a)), of_a, draw(st.integers(0, of_b)), of_b


@given(tables())
def test_the_exact_test_is_the_sum_over_tables_no_likelier_than_this_one(table: tuple[int, int, int, int]) -> None:
    a, of_a, b, of_b = table
    both = a + b
    likely = {
        k: Fraction(comb(of_a, k) * comb(of_b, both - k), comb(of_a + of_b, both)) for k in range(min(of_a, both) + 1)
    }

    assert sum(likely.values()) == 1
    assert fisher_two_sided(*table) == pytest.approx(float(sum(p for p in likely.values() if p <= likely[a])))


@given(tables())
def test_the_interval_of_a_difference_holds_its_middle_and_mirrors(table: tuple[int, int, int, int]) -> None:
    a, of_a, b, of_b = table

    low, high = difference_of_shares(*table)

    assert low < high
    assert difference_of_shares(b, of_b, a, of_a) == pytest.approx((-high, -low))

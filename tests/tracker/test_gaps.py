"""Lengths of episodes, the calm between them, and the words for such times."""

from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker import course
from tracker.course import EpisodeFacts, Span

BEGAN = datetime(2026, 3, 2, 6, 40, tzinfo=UTC)
moments = st.datetimes(datetime(2016, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


@st.composite
def histories(draw: st.DrawFn) -> list[EpisodeFacts]:
    """Episodes of any order, some open, some overlapping: what impossible times or an import may bring."""
    begins = draw(st.lists(moments, max_size=12))
    days = st.none() | st.floats(0, 400)
    ends = [(begin, draw(days)) for begin in begins]
    return [
        EpisodeFacts(UUID(int=place), begin, None if lasted is None else begin + timedelta(days=lasted))
        for place, (begin, lasted) in enumerate(ends)
    ]


def episode(number: int, began: datetime, days: float | None) -> EpisodeFacts:
    return EpisodeFacts(UUID(int=number), began, None if days is None else began + timedelta(days=days))


def yearly(count: int) -> list[EpisodeFacts]:
    """Episodes of five days, one every hundred days."""
    return [episode(number, BEGAN + timedelta(days=100 * number), 5) for number in range(count)]


@pytest.mark.parametrize(
    ("days", "span"),
    [
        (0, Span("days", 0)),
        (13, Span("days", 13)),
        (21, Span("weeks", 3)),
        (139, Span("months", 5)),
        (365, Span("months", 12)),
        (1100, Span("years", 3)),
    ],
)
def test_a_time_is_told_in_the_unit_people_use(days: int, span: Span) -> None:
    assert course.span_of_days(days) == span


@given(st.floats(0, 20_000), st.floats(0, 20_000))
def test_a_longer_time_is_never_told_as_a_shorter_one(one: float, other: float) -> None:
    worth = {"days": 1, "weeks": 7, "months": 30.44, "years": 365.25}
    shorter, longer = course.span_of_days(min(one, other)), course.span_of_days(max(one, other))

    assert shorter.count * worth[shorter.unit] <= longer.count * worth[longer.unit] + 1


def test_under_two_days_a_time_is_told_in_hours() -> None:
    assert course.span_between(BEGAN, BEGAN + timedelta(hours=31)) == Span("hours", 31)
    assert course.span_between(BEGAN, BEGAN + timedelta(hours=48)) == Span("days", 2)
    with pytest.raises(ValueError, match="before it starts"):
        course.span_between(BEGAN, BEGAN - timedelta(hours=1))


def test_a_begun_day_counts_whole_and_an_open_episode_has_no_length() -> None:
    known = [episode(1, BEGAN, 4.4), episode(2, BEGAN, 0), episode(3, BEGAN, None)]

    assert course.lengths(known) == {UUID(int=1): 5, UUID(int=2): 1}


@pytest.mark.parametrize("count", range(5))
def test_nothing_is_said_of_gaps_under_five_episodes(count: int) -> None:
    assert course.gaps(yearly(count)) is None
    assert course.median_gap(yearly(count)) is None
    assert all(past.gap_before is None for past in course.history(yearly(count)))


def test_five_episodes_have_four_gaps_from_recovery_to_the_next_onset() -> None:
    found = course.gaps(yearly(5))

    assert found is not None
    assert [gap.days for gap in found] == [95, 95, 95, 95]
    assert course.median_gap(yearly(5)) == Span("months", 3)


def test_there_is_no_gap_while_an_earlier_episode_goes_on() -> None:
    long_one = episode(9, BEGAN - timedelta(days=1), 500)

    assert course.gaps([long_one, *yearly(5)]) == ()
    assert course.median_gap([long_one, *yearly(5)]) is None


def test_history_is_newest_first_with_the_gap_before_each() -> None:
    newest, *_, oldest = course.history(yearly(6))

    assert (newest.facts.id, newest.days, newest.gap_before) == (UUID(int=5), 5, Span("months", 3))
    assert (oldest.facts.id, oldest.length, oldest.gap_before) == (UUID(int=0), Span("days", 5), None)


@given(histories(), st.randoms(use_true_random=False))
def test_the_order_in_which_episodes_come_changes_nothing(known: list[EpisodeFacts], random: Random) -> None:
    shuffled = random.sample(known, len(known))

    assert course.gaps(shuffled) == course.gaps(known)
    assert course.history(shuffled) == course.history(known)


@given(histories())
def test_gaps_are_never_negative_and_fewer_than_episodes(known: list[EpisodeFacts]) -> None:
    found = course.gaps(known)

    assert (found is None) == (len(known) < 5)
    assert all(gap.days >= 0 for gap in found or ())
    assert len(found or ()) < max(1, len(known))


@given(histories())
def test_no_length_is_under_a_day_and_every_episode_is_in_the_history(known: list[EpisodeFacts]) -> None:
    assert all(days >= 1 for days in course.lengths(known).values())
    assert sorted(past.facts.id for past in course.history(known)) == sorted(one.id for one in known)

"""The guard compares what was typed with what was logged, and says no number of its own."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker import medicine_guard
from tracker.medicine_guard import Finding, Label, Taken, is_against_label, is_review_due

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(hours=24)
A, B, C = UUID(int=1), UUID(int=2), UUID(int=3)
Kind = Literal["yes", "no", "not_sure"]


def label(
    medicine: UUID = A, ingredient: str = "Alpha", gap: int | None = 240, most: int | None = 3, kind: Kind = "no"
) -> Label:
    return Label(medicine, ingredient, gap, most, kind)


def look(
    labels: Sequence[Label], hours_ago: Sequence[float | tuple[UUID, float]], at: datetime = NOON, medicine: UUID = A
) -> dict[str, Finding]:
    doses = [item if isinstance(item, tuple) else (A, item) for item in hours_ago]
    taken = [Taken(who, at - hours * HOUR) for who, hours in doses]
    findings = medicine_guard.look({one.medicine_id: one for one in labels}, taken, medicine_id=medicine, at=at)
    return {finding.code: finding for finding in findings}


def values(finding: Finding) -> dict[str, Any]:
    return {name: value for name, value in asdict(finding).items() if name != "code"}


# --- The most in 24 hours -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours_ago", "code", "n"),
    [
        ([], "this_is_the_nth", 1),
        ([5], "this_is_the_nth", 2),
        ([5, 10], "the_last_one", 3),
        ([5, 10, 15], "over_the_most", 4),
        ([5, 10, 15, 20], "over_the_most", 5),
    ],
)
def test_the_dose_is_counted_against_what_was_typed(hours_ago: list[float], code: str, n: int) -> None:
    findings = look([label()], hours_ago)

    assert set(findings) == {code}
    assert values(findings[code]) == {"n": n, "most": 3}


def test_a_dose_exactly_24_hours_old_no_longer_counts() -> None:
    findings = look([label(most=2)], [24, 23.99])

    assert values(findings["the_last_one"])["n"] == 2


def test_a_dose_entered_afterwards_is_counted_with_those_after_it() -> None:
    findings = look([label(gap=None, most=3)], [-5, -10, -15])

    assert values(findings["over_the_most"])["n"] == 4


def test_a_dose_exactly_24_hours_later_does_not_count() -> None:
    findings = look([label(gap=None, most=2)], [-24, -23.99])

    assert values(findings["the_last_one"])["n"] == 2


@pytest.mark.parametrize("medicine", [B, C])
def test_doses_of_another_ingredient_or_of_no_label_do_not_count(medicine: UUID) -> None:
    findings = look([label(), label(B, "Beta")], [(medicine, 1), (medicine, 2)])

    assert values(findings["this_is_the_nth"])["n"] == 1


def test_a_day_is_24_hours_even_when_the_clocks_go_forward() -> None:
    # London, 29 March 2026: the night has 23 hours. 12:30 the day before was 23.5 hours ago.
    zone = ZoneInfo("Europe/London")
    at = datetime(2026, 3, 29, 13, tzinfo=zone)
    taken = [Taken(A, datetime(2026, 3, 28, 12, 30, tzinfo=zone))]

    findings = medicine_guard.look({A: label(most=1)}, taken, medicine_id=A, at=at)

    assert [finding.code for finding in findings] == ["over_the_most"]


# --- The gap ------------------------------------------------------------------------------------------------


def test_a_dose_before_the_gap_is_over_is_too_soon() -> None:
    finding = look([label()], [1.51])["too_soon"]

    assert values(finding) == {
        "gap_minutes": 240,
        "minutes_since_last": 90,
        "next_at": NOON - 1.51 * HOUR + 4 * HOUR,
    }


def test_a_dose_when_the_gap_is_over_is_not_too_soon() -> None:
    assert "too_soon" not in look([label()], [4])


def test_no_next_moment_is_given_that_would_pass_the_most() -> None:
    finding = look([label(most=3)], [1, 6, 11])["too_soon"]

    assert values(finding)["next_at"] is None


def test_the_next_moment_may_be_that_of_the_last_one() -> None:
    finding = look([label(most=2)], [1])["too_soon"]

    assert values(finding)["next_at"] == NOON + 3 * HOUR


def test_a_second_dose_at_the_same_moment_is_too_soon() -> None:
    finding = look([label()], [0])["too_soon"]

    assert values(finding) == {"gap_minutes": 240, "minutes_since_last": 0, "next_at": NOON + 4 * HOUR}


def test_no_next_moment_is_given_for_a_dose_entered_before_another() -> None:
    finding = look([label()], [-1])["too_soon"]

    assert values(finding) == {"gap_minutes": 240, "minutes_since_last": 60, "next_at": None}


def test_the_gap_is_elapsed_time_when_the_clocks_go_back() -> None:
    # London, 25 October 2026: 00:30 BST to 03:30 GMT is four hours.
    zone = ZoneInfo("Europe/London")
    taken = [Taken(A, datetime(2026, 10, 25, 0, 30, tzinfo=zone))]
    at = datetime(2026, 10, 25, 3, 30, tzinfo=zone)

    findings = medicine_guard.look({A: label()}, taken, medicine_id=A, at=at)

    assert [finding.code for finding in findings] == ["this_is_the_nth"]


# --- Two products -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("same", ["alpha", " ALPHA ", "\u00c1lpha", "al-pha", "Al pha", "\uff21lpha"])
def test_the_same_ingredient_in_two_products_counts_together(same: str) -> None:
    findings = look([label(), label(B, same)], [(B, 5), (A, 10)])

    assert values(findings["the_last_one"]) == {"n": 3, "most": 3}
    assert values(findings["same_ingredient"]) == {"other_ids": (B,)}


def test_the_stricter_label_is_used_and_named() -> None:
    findings = look([label(gap=240, most=4), label(B, gap=360, most=2)], [5])

    assert values(findings["stricter_label"]) == {"gap_from": B, "most_from": B}
    assert values(findings["the_last_one"]) == {"n": 2, "most": 2}
    assert values(findings["too_soon"])["gap_minutes"] == 360


def test_each_number_may_come_from_another_label() -> None:
    findings = look([label(gap=360, most=None), label(B, gap=240, most=2)], [])

    assert values(findings["stricter_label"]) == {"gap_from": None, "most_from": B}


def test_equal_or_looser_labels_are_not_named() -> None:
    assert "stricter_label" not in look([label(), label(B), label(C, gap=60, most=9)], [])


def test_products_without_an_ingredient_are_not_the_same() -> None:
    findings = look([label(ingredient=""), label(B, ingredient=" ")], [(B, 1)])

    assert set(findings) == {"this_is_the_nth"}


def test_another_product_of_the_day_before_is_not_named() -> None:
    assert "same_ingredient" not in look([label(), label(B)], [(B, 24)])


@pytest.mark.parametrize("first", ["yes", "not_sure"])
@pytest.mark.parametrize("second", ["yes", "not_sure"])
def test_two_that_may_be_anti_inflammatories_within_a_day_are_named(first: Kind, second: Kind) -> None:
    findings = look([label(kind=first), label(B, "Beta", kind=second)], [(B, 23)])

    assert values(findings["two_anti_inflammatories"]) == {"other_ids": (B,)}


@pytest.mark.parametrize(("first", "second", "hours"), [("no", "yes", 1), ("yes", "no", 1), ("yes", "yes", 24)])
def test_others_are_not_two_anti_inflammatories(first: Kind, second: Kind, hours: float) -> None:
    findings = look([label(kind=first), label(B, "Beta", kind=second)], [(B, hours)])

    assert "two_anti_inflammatories" not in findings


def test_the_same_product_twice_is_not_two_anti_inflammatories() -> None:
    assert "two_anti_inflammatories" not in look([label(kind="yes")], [6])


def test_two_products_with_one_anti_inflammatory_ingredient_are_two() -> None:
    assert "two_anti_inflammatories" in look([label(kind="yes"), label(B, kind="yes")], [(B, 6)])


# --- Nothing typed ------------------------------------------------------------------------------------------


def test_without_a_label_there_is_nothing_to_compare() -> None:
    assert set(look([label(gap=None, most=None)], [0.1, 0.2, 0.3])) == {"nothing_typed"}


def test_one_number_alone_is_compared_alone() -> None:
    assert set(look([label(gap=None, most=1)], [1])) == {"over_the_most"}
    assert set(look([label(gap=240, most=None)], [1])) == {"too_soon"}


def test_only_more_or_sooner_than_typed_is_against_the_label() -> None:
    assert not is_against_label(look([label()], [5, 10]).values())
    assert is_against_label(look([label()], [1]).values())
    assert is_against_label(look([label()], [5, 10, 15]).values())


# --- Any sequence of doses ----------------------------------------------------------------------------------

# Days on which clocks change, in both directions; Lord Howe changes by half an hour.
ZONES = [ZoneInfo(name) for name in ("Europe/London", "America/New_York", "Australia/Lord_Howe", "UTC")]
CHANGES = [datetime(2026, month, day) for month, day in ((3, 29), (10, 25), (3, 8), (11, 1), (4, 5), (10, 4))]  # noqa: DTZ001
WALL_CLOCKS = st.builds(
    lambda day, minutes, zone, fold: (day + timedelta(minutes=minutes)).replace(tzinfo=zone, fold=fold),
    st.sampled_from(CHANGES),
    st.integers(-36 * 60, 36 * 60),
    st.sampled_from(ZONES),
    st.integers(0, 1),
)
LABELS = st.builds(
    label,
    st.just(A),
    st.sampled_from(["alpha", "ALPHA ", "beta"]),
    st.none() | st.integers(1, 720),
    st.none() | st.integers(1, 6),
)


@settings(max_examples=200, deadline=None)
@given(LABELS, LABELS, st.lists(st.tuples(st.sampled_from([A, B]), WALL_CLOCKS), max_size=25))
def test_what_is_not_against_the_label_keeps_it_in_every_24_hours(
    first: Label, second: Label, attempts: list[tuple[UUID, datetime]]
) -> None:
    label_of = {A: first, B: replace(second, medicine_id=B)}
    kept: list[Taken] = []

    for medicine, at in attempts:
        if not is_against_label(medicine_guard.look(label_of, kept, medicine_id=medicine, at=at)):
            kept.append(Taken(medicine, at))

    for own in label_of.values():
        moments = sorted(dose.taken_at.astimezone(UTC) for dose in kept if dose.medicine_id == own.medicine_id)
        assert_label_kept(own, moments)
    if first.ingredient.strip().lower() == second.ingredient.strip().lower():
        together = sorted(dose.taken_at.astimezone(UTC) for dose in kept)
        assert_label_kept(first, together)
        assert_label_kept(second, together)


def assert_label_kept(own: Label, moments: list[datetime]) -> None:
    if own.most_in_24_hours is not None:
        fullest = max((sum(end - DAY < at <= end for at in moments) for end in moments), default=0)
        assert fullest <= own.most_in_24_hours
    if own.gap_minutes is not None:
        assert all(later - earlier >= timedelta(minutes=own.gap_minutes) for earlier, later in pairwise(moments))


@settings(max_examples=200, deadline=None)
@given(LABELS, st.lists(WALL_CLOCKS, max_size=10), WALL_CLOCKS)
def test_the_next_moment_that_is_named_is_not_against_the_label(
    own: Label, moments: list[datetime], at: datetime
) -> None:
    taken = [Taken(A, moment) for moment in moments]
    findings = medicine_guard.look({A: own}, taken, medicine_id=A, at=at)
    named = [one.next_at for one in findings if isinstance(one, medicine_guard.TooSoon) and one.next_at is not None]

    later = [medicine_guard.look({A: own}, taken, medicine_id=A, at=moment) for moment in named]

    assert not any(is_against_label(findings) for findings in later)


@given(LABELS, st.lists(WALL_CLOCKS, max_size=10), WALL_CLOCKS)
def test_every_limit_that_is_named_was_typed(own: Label, moments: list[datetime], at: datetime) -> None:
    findings = medicine_guard.look({A: own}, [Taken(A, moment) for moment in moments], medicine_id=A, at=at)
    named = {(name, value) for one in findings for name, value in values(one).items()}

    assert {value for name, value in named if name == "most"} <= {own.most_in_24_hours}
    assert {value for name, value in named if name == "gap_minutes"} <= {own.gap_minutes}


# --- The day-10 review --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "latest", "now", "is_due"),
    [
        (0, 8, 8.9, False),
        (0, 8, 9, True),
        (0, 6, 9, True),
        (0, 5.9, 9, False),  # no longer taken
        (4, 9, 9, False),  # begun on day 5
        (4, 12, 13, True),
        (-30, 8, 9, True),  # the days before this episode do not count
        (-30, 8, 8, False),
    ],
)
def test_the_review_is_due_on_the_tenth_day_of_taking(first: float, latest: float, now: float, is_due: bool) -> None:
    moments = [NOON + days * DAY for days in (first, latest, now)]

    assert is_review_due(moments[0], moments[1], began_at=NOON, now=moments[2]) is is_due


def test_without_a_dose_there_is_no_review() -> None:
    now = NOON + 9 * DAY

    assert not is_review_due(None, None, began_at=NOON, now=now)
    assert not is_review_due(None, now, began_at=NOON, now=now)
    assert not is_review_due(NOON, None, began_at=NOON, now=now)

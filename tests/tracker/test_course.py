"""Own scores on the published scale, change against one's own earlier scores, and the advice of six weeks."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker import course
from tracker.course import PainKind, Reading, Verdict

BEGAN = datetime(2026, 3, 2, 6, 40, tzinfo=UTC)
NOW, AVERAGE = PainKind.NOW, PainKind.AVERAGE

moments = st.datetimes(datetime(2016, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
readings = st.builds(
    Reading,
    at=moments,
    pain=st.none() | st.integers(0, 10),
    pain_kind=st.sampled_from(PainKind),
    function=st.none() | st.floats(0, 10),
    activities=st.frozensets(st.sampled_from("abc")),
)


def pain(day: float, score: int, kind: PainKind = AVERAGE) -> Reading:
    return Reading(BEGAN + timedelta(days=day), pain=score, pain_kind=kind)


def function(day: float, mean: float, activities: str = "ab") -> Reading:
    return Reading(BEGAN + timedelta(days=day), function=mean, activities=frozenset(activities))


# --- own points ------------------------------------------------------------------------------------------------------


def test_own_points_are_times_ten_and_count_from_both_beginnings() -> None:
    first_tracked_at = BEGAN + timedelta(days=7)

    (point,) = course.own_points([pain(21, 4)], began_at=BEGAN, first_tracked_at=first_tracked_at)

    assert (point.value, point.weeks_since_onset, point.weeks_since_tracked) == (40, 3, 2)


@given(st.lists(readings), moments)
def test_own_points_stay_on_the_scale_in_order_and_after_the_onset(
    check_ins: list[Reading], began_at: datetime
) -> None:
    points = course.own_points(check_ins, began_at=began_at, first_tracked_at=began_at)

    assert all(0 <= point.value <= 100 and point.weeks_since_onset >= 0 for point in points)
    assert [point.at for point in points] == sorted(point.at for point in points)
    assert len(points) == sum(one.pain is not None and one.at >= began_at for one in check_ins)


@pytest.mark.parametrize("score", [-1, 11])
def test_a_score_off_the_scale_is_refused(score: int) -> None:
    with pytest.raises(ValueError, match="0 to 10"):
        Reading(BEGAN, pain=score)
    with pytest.raises(ValueError, match="0 to 10"):
        Reading(BEGAN, function=score)


# --- change ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "latest", "verdict"),
    [
        (8, 6, Verdict.BETTER),  # 2 points
        (3, 2, Verdict.BETTER),  # a third of the first score
        (4, 3, Verdict.ABOUT_THE_SAME),  # 1 point, 25%
        (8, 7, Verdict.ABOUT_THE_SAME),
        (6, 8, Verdict.WORSE),
        (0, 1, Verdict.ABOUT_THE_SAME),
        (0, 2, Verdict.WORSE),
        (5, 5, Verdict.ABOUT_THE_SAME),
    ],
)
def test_two_points_or_thirty_per_cent_is_a_change_in_pain(first: int, latest: int, verdict: Verdict) -> None:
    (change,) = course.change_in_words([pain(1, first), pain(8, latest)])

    assert (change.measure, change.first, change.latest, change.verdict) == ("pain_average", first, latest, verdict)


def test_pain_right_now_and_the_average_of_a_day_are_never_compared() -> None:
    changes = course.change_in_words([pain(0, 9, NOW), pain(3, 5), pain(6, 4)])

    assert [(change.measure, change.first, change.latest) for change in changes] == [("pain_average", 5, 4)]


@pytest.mark.parametrize(
    ("activities", "rise", "verdict"),
    [
        ("ab", 2, Verdict.BETTER),
        ("ab", 1.9, Verdict.ABOUT_THE_SAME),
        ("a", 2, Verdict.ABOUT_THE_SAME),
        ("a", 3, Verdict.BETTER),
        ("abc", -2, Verdict.WORSE),
    ],
)
def test_function_changes_by_about_two_points_or_three_for_one_activity(
    activities: str, rise: float, verdict: Verdict
) -> None:
    (change,) = course.change_in_words([function(0, 16 / 3, activities), function(6, 16 / 3 + rise, activities)])

    assert (change.measure, change.verdict) == ("function", verdict)


def test_function_is_compared_with_the_first_rating_of_the_same_activities() -> None:
    (change,) = course.change_in_words([function(0, 1, "ab"), function(3, 4, "ac"), function(6, 5, "ac")])

    assert (change.first, change.first_at) == (4, BEGAN + timedelta(days=3))


@given(st.lists(readings))
def test_a_change_always_lies_between_two_own_scores(check_ins: list[Reading]) -> None:
    scores = {(one.at, one.pain) for one in check_ins} | {(one.at, one.function) for one in check_ins}

    for change in course.change_in_words(check_ins):
        assert {(change.first_at, change.first), (change.latest_at, change.latest)} <= scores
        assert change.first_at <= change.latest_at


# --- six weeks -------------------------------------------------------------------------------------------------------


def at_day(day: float, *check_ins: Reading) -> bool:
    return course.says_see_clinician(check_ins, BEGAN, BEGAN + timedelta(days=day))


@pytest.mark.parametrize(("first", "latest", "says"), [(10, 7, False), (10, 8, True), (5, 4, True), (5, 3, False)])
def test_at_six_weeks_less_than_thirty_per_cent_lower_is_a_time_to_see_someone(
    first: int, latest: int, says: bool
) -> None:
    assert at_day(42, pain(1, first), pain(41, latest)) is says


def test_before_six_weeks_nothing_is_said() -> None:
    assert not at_day(41.9, pain(1, 8), pain(41, 9))


def test_without_a_score_of_about_six_weeks_nothing_is_said() -> None:
    assert not at_day(60, pain(1, 8), pain(21, 8))
    assert not at_day(60, pain(45, 8))
    assert not at_day(60)


def test_like_scores_count_before_unlike_ones() -> None:
    assert not at_day(42, pain(0, 4, NOW), pain(1, 9), pain(42, 4))


def test_unlike_scores_are_used_when_there_are_no_others() -> None:
    assert at_day(42, pain(0, 6, NOW), pain(42, 6))


def test_no_pain_at_all_is_never_a_reason_to_see_someone() -> None:
    assert not at_day(50, pain(0, 0), pain(49, 0))


def test_a_score_of_the_future_is_not_looked_at() -> None:
    assert not at_day(43, pain(1, 9), pain(42, 3), pain(50, 9))

"""The own scores beside the published course: what is dashed, which scale is whose, which letter is where."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tracker.chart_samples import BEGAN, assert_inside, pain, readings
from tracker.chart_shapes import Figure, Paper
from tracker.charts import beside_chart
from tracker.course import OwnPoint, Reading, own_points
from tracker.published_course import published_lines


def beside(points: tuple[OwnPoint, ...] = (), weeks: float = 1, tracked: float = 0) -> Figure[OwnPoint]:
    lines = published_lines(weeks_since_onset=weeks)
    return beside_chart(points, lines, tracked_after_weeks=tracked, gap_label="no data points here")


def own(*check_ins: Reading) -> tuple[OwnPoint, ...]:
    return own_points(check_ins, began_at=BEGAN, first_tracked_at=BEGAN)


@given(readings, st.floats(0, 600), st.floats(0, 600))
def test_everything_beside_the_published_course_is_inside_the_picture(
    check_ins: list[Reading], weeks: float, tracked: float
) -> None:
    assert_inside(beside(own(*check_ins), weeks, tracked))


def test_nothing_is_drawn_solid_between_week_0_and_week_6() -> None:
    chart = beside(own(pain(0, 8), pain(30, 4))).wide
    published = [line for line in chart.lines if line.css_class.startswith("ln-c")]

    assert [line.css_class for line in published] == ["ln-c ln-gap", "ln-c thin ln-gap"]
    assert chart.bands[0].label == "no data points here"


def test_after_six_weeks_the_line_goes_on_solid_to_the_next_point() -> None:
    chart = beside(own(pain(0, 8), pain(50, 4))).wide

    assert [line.css_class for line in chart.lines if line.css_class.startswith("ln-c")] == [
        "ln-c ln-gap",
        "ln-c",
        "ln-c thin ln-gap",
        "ln-c thin",
    ]
    assert [label.label for label in chart.x_labels] == ["0", "6", "26"]


def test_the_interval_is_a_band_only_where_the_line_is_solid() -> None:
    early = [band for band in beside(own(pain(0, 8))).wide.bands if band.css_class == "range"]
    later = [band for band in beside(own(pain(50, 8))).wide.bands if band.css_class == "range"]

    assert [bool(band.points) for band in early] == [False, False]
    assert [bool(band.points) for band in later] == [True, False, False, False]


def test_both_scales_are_labelled() -> None:
    chart = beside(own(pain(0, 8))).wide
    studies = [band for band in chart.bands if band.css_class == "words" and band.label.isdecimal()]

    assert [line.label for line in chart.gridlines] == ["0", "5", "10"]
    assert [band.label for band in studies] == ["0", "50", "100"]
    # Words stand 20 below the edge of their band: just above their gridline.
    assert [band.y + 25 for band in studies] == [line.y for line in chart.gridlines]


def test_own_scores_stand_on_the_published_scale_and_are_labelled_with_their_own_number() -> None:
    chart = beside(own(pain(0, 8), pain(30, 4))).wide
    mine = [point for point in chart.points if "c" not in point.css_class.split()]

    assert [point.label for point in mine] == ["8", "4"]
    assert mine[0].y == Paper(540, 290, top_value=100).y(80)


def test_a_study_that_counts_from_entry_is_lined_up_with_the_first_day_of_tracking() -> None:
    newer, older = {}, {}
    for tracked in (0.0, 2.0):
        chart = beside(own(pain(0, 8), pain(50, 4)), tracked=tracked).wide
        published = [point for point in chart.points if point.css_class == "pt c"]
        newer[tracked] = published[0].x
        older[tracked] = min(point.x for point in published)

    assert newer[2.0] > older[2.0]
    assert older[2.0] == older[0.0] == newer[0.0]


@pytest.mark.parametrize(("weeks", "letters"), [(3, ["A", "B"]), (20, ["A", "B", "C", "D"])])
def test_every_published_line_carries_one_letter(weeks: float, letters: list[str]) -> None:
    chart = beside(own(pain(0, 8), pain(7 * weeks, 4)), weeks).narrow

    assert sorted(band.label for band in chart.bands if band.label.isalpha()) == letters


@given(st.floats(0, 600), st.floats(0, 60), st.booleans())
def test_letters_never_cover_each_other(weeks: float, tracked: float, is_narrow: bool) -> None:
    figure = beside(own(pain(0, 8), pain(7 * weeks, 4)), weeks, min(tracked, weeks))
    chart = figure.narrow if is_narrow else figure.wide
    letters = [(band.x, band.y) for band in chart.bands if band.css_class == "words" and band.label.isalpha()]

    assert all(abs(x - x2) >= 16 or abs(y - y2) >= 16 for (x, y), (x2, y2) in combinations(letters, 2))

"""The published averages: the confirmed ones, and which of them are drawn when."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tracker.published_course import PUBLISHED, PublishedRow, published_lines


def test_the_published_rows_are_those_of_the_content_brief() -> None:
    means = {(row.course_id, row.cohort, row.week): row.mean for row in PUBLISHED}

    assert len(PUBLISHED) == 20
    assert [means["costa2012", "acute", week] for week in (0, 6, 26, 52)] == [52, 23, 12, 6]
    assert [means["wallwork2024", "persistent", week] for week in (0, 6, 26, 52)] == [56, 48, 43, 40]


def test_every_interval_that_is_known_holds_its_mean() -> None:
    known = [row for row in PUBLISHED if row.ci_low is not None and row.ci_high is not None]

    assert {row.course_id for row in known} == {"costa2012"}
    assert all(row.ci_low <= row.mean <= row.ci_high for row in known if row.ci_low and row.ci_high)


@given(
    st.lists(st.sampled_from(["confirmed", "unconfirmed", "memory", ""]), min_size=20, max_size=20), st.floats(0, 99)
)
def test_only_confirmed_rows_are_ever_drawn(statuses: list[str], weeks: float) -> None:
    rows = [replace(row, status=status) for row, status in zip(PUBLISHED, statuses, strict=True)]

    drawn = [row for line in published_lines(weeks_since_onset=weeks, rows=rows) for row in line.rows]

    assert all(row.status == "confirmed" for row in drawn)
    assert {row for row in rows if row.status == "confirmed" and row.cohort == "acute"} <= set(drawn)


def test_a_line_without_any_confirmed_row_is_left_out() -> None:
    rows = [replace(row, status="memory") for row in PUBLISHED]

    assert published_lines(weeks_since_onset=20, rows=rows) == ()


def test_the_newer_review_is_the_main_line_and_the_older_one_the_thinner() -> None:
    lines = published_lines(weeks_since_onset=3)

    assert [(line.course_id, line.cohort, line.is_main) for line in lines] == [
        ("wallwork2024", "acute", True),
        ("costa2012", "acute", False),
    ]
    assert [(line.source, line.time_zero) for line in lines] == [("R18", "study_entry"), ("R17", "onset")]


@given(st.floats(0, 600))
def test_persistent_lines_are_drawn_from_twelve_weeks_on_only(weeks: float) -> None:
    cohorts = {line.cohort for line in published_lines(weeks_since_onset=weeks)}

    assert ("persistent" in cohorts) == (weeks >= 12)
    assert "acute" in cohorts


def test_rows_of_a_line_are_in_order_of_weeks() -> None:
    rows: list[PublishedRow] = sorted(PUBLISHED, key=lambda row: -row.week)

    assert [row.week for row in published_lines(weeks_since_onset=0, rows=rows)[0].rows] == [0, 6, 26, 52]

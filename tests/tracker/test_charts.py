"""Geometry of the charts: all inside the picture, high values high, nothing joined that was asked differently."""

import re
from collections.abc import Iterable
from datetime import timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tracker.chart_samples import BEGAN, LONDON, assert_inside, offsets, pain, readings, say, steps
from tracker.chart_shapes import Band, Chart, Dot, Figure, Paper, number, path_of, spaced, thinned
from tracker.charts import StepDone, episodes_chart, function_chart, pain_chart
from tracker.course import EpisodeFacts, PainKind, Reading, Span


def pain_figure(*check_ins: Reading, done: Iterable[StepDone] = ()) -> Figure[Reading]:
    return pain_chart(check_ins, began_at=BEGAN, say=say, zone=LONDON, steps=done)


def function_figure(check_ins: Iterable[Reading]) -> Figure[Reading]:
    return function_chart(check_ins, began_at=BEGAN, say=say, zone=LONDON)


def bars(chart: Chart) -> list[Band]:
    return [band for band in chart.bands if band.css_class == "bar-c"]


# --- whatever comes in -----------------------------------------------------------------------------------------------


@given(readings, steps)
def test_everything_in_a_pain_chart_is_inside_the_picture(check_ins: list[Reading], done: list[StepDone]) -> None:
    figure = pain_figure(*check_ins, done=done)

    assert_inside(figure)
    assert len(figure.rows) == sum(reading.pain is not None for reading in check_ins)
    assert figure.is_empty == (not figure.rows)


@given(readings)
def test_everything_in_a_function_chart_is_inside_the_picture(check_ins: list[Reading]) -> None:
    figure = function_figure(check_ins)

    assert_inside(figure)
    assert figure.better == "higher"
    assert sum(summary.count for summary in figure.summaries) == len(figure.rows)


@given(st.lists(st.tuples(offsets, st.none() | st.floats(0, 4000)), max_size=60))
def test_every_bar_of_an_episode_is_inside_the_picture(known: list[tuple[timedelta, float | None]]) -> None:
    episodes = [
        EpisodeFacts(UUID(int=place), BEGAN + offset, None if days is None else BEGAN + offset + timedelta(days=days))
        for place, (offset, days) in enumerate(known)
    ]

    figure = episodes_chart(episodes, say=say)

    assert_inside(figure)
    assert len(bars(figure.wide)) + figure.left_out == sum(days is not None for _, days in known)
    assert len(figure.rows) == len(known)


@given(st.lists(st.floats(0, 10), min_size=2, max_size=20), st.sampled_from([(540, 290), (320, 270)]))
def test_a_higher_value_never_stands_lower(values: list[float], size: tuple[int, int]) -> None:
    paper = Paper(*size, top_value=10)

    heights = [paper.y(value) for value in sorted(values)]

    assert heights == sorted(heights, reverse=True)
    assert len({paper.y(score) for score in range(11)}) == 11


@given(st.lists(st.builds(Dot, st.floats(0, 1), st.floats(0, 10), st.integers(0, 2)), max_size=900))
def test_thinning_keeps_the_ends_the_extremes_and_the_order(dots: list[Dot]) -> None:
    kept = thinned(dots)

    assert len(kept) <= 120
    assert kept[:1] + kept[-1:] == dots[:1] + dots[-1:]
    assert {min(map(value, kept), default=0), max(map(value, kept), default=0)} == {
        min(map(value, dots), default=0),
        max(map(value, dots), default=0),
    }
    following = iter(dots)
    assert all(dot in following for dot in kept)


def value(dot: Dot) -> float:
    return dot.value


# --- degenerate and very long ----------------------------------------------------------------------------------------


def test_without_any_score_only_the_grid_is_drawn() -> None:
    figure = pain_figure()

    assert figure.is_empty
    assert (figure.summaries, figure.wide.lines, figure.wide.points) == ((), (), ())
    assert [line.label for line in figure.wide.gridlines] == ["0", "5", "10"]


def test_one_score_is_one_labelled_point_without_a_line() -> None:
    figure = pain_figure(pain(0, 8, PainKind.NOW))

    assert [(point.label, point.css_class) for point in figure.narrow.points] == [("8", "pt now end")]
    assert figure.narrow.lines == ()
    assert (figure.summaries[0].first, figure.summaries[0].last, figure.summaries[0].span) == (8, 8, None)


def test_scores_of_one_moment_stand_above_each_other() -> None:
    figure = pain_figure(*[pain(0, score) for score in (2, 9, 5)])

    assert len({point.x for point in figure.wide.points}) == 1
    assert len(figure.wide.x_labels) == 1


def test_ten_years_are_thinned_for_the_picture_and_whole_in_the_table() -> None:
    check_ins = [pain(day, day % 11) for day in range(3650)]
    done = [StepDone(reading.at, "ice") for reading in check_ins]

    figure = pain_figure(*check_ins, done=done)

    assert len(figure.wide.points) <= 120
    assert len(figure.wide.marks) <= 540 / 8
    assert len(figure.rows) == 3650


def test_of_many_episodes_the_latest_are_drawn_and_the_rest_is_counted() -> None:
    episodes = [
        EpisodeFacts(UUID(int=place), BEGAN + timedelta(days=18 * place), BEGAN + timedelta(days=18 * place + 4))
        for place in range(200)
    ]

    figure = episodes_chart(episodes, say=say)

    assert (len(bars(figure.narrow)), figure.left_out, len(figure.rows)) == (28, 172, 200)


# --- pain ------------------------------------------------------------------------------------------------------------


def test_pain_right_now_and_the_average_are_two_lines_even_when_they_alternate() -> None:
    figure = pain_figure(
        pain(0, 8, PainKind.NOW), pain(1, 6), pain(2, 7, PainKind.NOW), pain(3, 4), pain(4, 5, PainKind.NOW)
    )

    assert [line.css_class for line in figure.wide.lines] == ["ln-p", "ln-p now"]
    assert [line.path.count("L") for line in figure.wide.lines] == [1, 2]
    assert [(one.measure, one.first, one.last) for one in figure.summaries] == [
        ("pain_now", 8, 5),
        ("pain_average", 6, 4),
    ]


@given(readings)
def test_no_line_joins_two_kinds_of_pain(check_ins: list[Reading]) -> None:
    chart = pain_figure(*check_ins).wide

    for line in chart.lines:
        kind = "now" if line.css_class == "ln-p now" else ""
        corners = set(re.findall(r"\d+ \d+", line.path))
        assert corners == {f"{one.x} {one.y}" for one in chart.points if ("now" in one.css_class) == bool(kind)}


def test_only_the_first_and_the_last_value_are_labelled() -> None:
    figure = pain_figure(pain(0, 8), pain(1, 6), pain(2, 5), pain(3, 4))

    assert [point.label for point in figure.wide.points] == ["8", "", "", "4"]
    assert figure.wide.points[-1].css_class == "pt end"
    assert figure.summaries[0].span == Span("days", 3)


def test_labels_that_would_cover_each_other_leave_only_the_last() -> None:
    figure = pain_figure(pain(0, 8), pain(0.1, 8), done=[StepDone(BEGAN + timedelta(days=30), "walk")])

    assert [point.label for point in figure.narrow.points] == ["", "8"]


def test_ice_and_heat_share_a_lane_and_walks_have_their_own_below() -> None:
    morning = BEGAN + timedelta(hours=1)
    done = [StepDone(morning, "ice"), StepDone(morning, "heat"), StepDone(morning, "walk")]

    chart = pain_figure(pain(0, 8), pain(1, 6), done=done).wide
    lanes = {mark.css_class: mark.y for mark in chart.marks}

    assert lanes["mk-i"] == lanes["mk-h"] < lanes["mk-w"]
    assert all(chart.gridlines[0].y < mark.y < chart.height - 20 for mark in chart.marks)


def test_steps_that_would_cover_each_other_share_a_mark() -> None:
    done = [StepDone(BEGAN + timedelta(minutes=minute), "ice") for minute in range(20)]

    assert len(pain_figure(pain(0, 8), pain(3, 6), done=done).narrow.marks) == 1


def test_the_time_is_named_at_both_ends_and_at_midnights_of_the_patients_zone() -> None:
    chart = pain_figure(pain(0, 8), pain(5, 4)).wide

    assert [(label.label, label.anchor) for label in chart.x_labels] == [
        ("27 Mar", "start"),
        ("29 Mar", "middle"),
        ("30 Mar", "middle"),
        ("31 Mar", "middle"),
        ("01 Apr", "end"),
    ]
    assert chart.x_labels[2].x == 38 + round(478 * (64 + 1 / 3) / 120)  # midnight of Monday is 23:00 in UTC


def test_an_episode_of_hours_is_named_with_its_hours() -> None:
    chart = pain_figure(pain(0, 8), pain(31 / 24, 4)).narrow

    assert [label.label for label in chart.x_labels] == ["Fri 06:40", "Sat 13:40"]


# --- function --------------------------------------------------------------------------------------------------------


def test_other_activities_start_a_new_line() -> None:
    rated = [("ab", 2.0), ("ab", 4.0), ("ac", 3.0), ("ac", 5.5)]
    check_ins = [
        Reading(BEGAN + timedelta(days=day), function=mean, activities=frozenset(activities))
        for day, (activities, mean) in enumerate(rated)
    ]

    figure = function_figure(check_ins)

    assert [(line.css_class, line.path.count("L")) for line in figure.wide.lines] == [("ln-f", 1), ("ln-f", 1)]
    assert [(one.first, one.last) for one in figure.summaries] == [(2, 4), (3, 5.5)]
    assert figure.wide.points[-1].label == "5.5"


# --- episodes and small things ---------------------------------------------------------------------------------------


def test_a_longer_episode_has_a_higher_bar() -> None:
    lengths = (3, 9, 6)
    episodes = [
        EpisodeFacts(
            UUID(int=year), BEGAN.replace(year=2020 + year), BEGAN.replace(year=2020 + year) + timedelta(days=d)
        )
        for year, d in enumerate(lengths)
    ]

    chart = episodes_chart(episodes, say=say).wide

    first, longest, last = (band.height for band in bars(chart))

    assert first < last < longest
    assert [band.label for band in chart.bands if band.css_class == "words"] == ["3", "9", "6"]
    assert [line.label for line in chart.gridlines] == ["0", "5", "10"]
    assert [label.label for label in chart.x_labels] == ["2020", "2021", "2022"]


def test_an_open_episode_is_in_the_table_without_a_bar() -> None:
    figure = episodes_chart([EpisodeFacts(UUID(int=1), BEGAN)], say=say)

    assert (len(figure.rows), figure.wide.bands) == (1, ())


@pytest.mark.parametrize(("score", "words"), [(7, "7"), (7.0, "7"), (22 / 3, "7.3"), (9.96, "10")])
def test_a_score_is_printed_whole_or_with_one_decimal(score: float, words: str) -> None:
    assert number(score) == words


def test_fewer_than_two_places_are_no_line() -> None:
    assert path_of([]) == path_of([(1, 2)]) == ""
    assert path_of([(1, 2), (3, 4)]) == "M1 2L3 4"


@given(st.lists(st.integers(0, 540)), st.integers(1, 90))
def test_spaced_places_stand_apart(marks: list[int], least: int) -> None:
    kept = spaced(marks, least)

    assert all(later - earlier >= least for earlier, later in pairwise(kept))
    assert kept[:1] == sorted(marks)[:1]

"""Scores and steps to draw, and what must hold for every drawing."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from tracker.chart_shapes import Chart, Figure
from tracker.chart_time import Grain
from tracker.charts import StepDone
from tracker.course import PainKind, Reading

BEGAN = datetime(2026, 3, 27, 6, 40, tzinfo=UTC)  # a Friday; in London clocks go forward on Sunday 29 March
LONDON = ZoneInfo("Europe/London")
KINDS = st.sampled_from(PainKind)

# From minutes to ten years, many at the same moment.
offsets = st.one_of(st.just(0), st.integers(0, 3000), st.integers(0, 5_000_000)).map(
    lambda some: timedelta(minutes=some)
)
readings = st.lists(
    st.builds(
        Reading,
        at=offsets.map(lambda offset: BEGAN + offset),
        pain=st.none() | st.integers(0, 10),
        pain_kind=KINDS,
        function=st.none() | st.floats(0, 10),
        activities=st.frozensets(st.sampled_from("abc")),
    ),
    max_size=150,
)
steps = st.lists(
    st.builds(StepDone, at=offsets.map(lambda offset: BEGAN + offset), kind=st.sampled_from(["ice", "heat", "walk"])),
    max_size=60,
)


def say(moment: datetime, grain: Grain) -> str:
    return moment.astimezone(LONDON).strftime({"hour": "%a %H:%M", "day": "%d %b", "year": "%Y"}[grain])


def pain(day: float, score: int, kind: PainKind = PainKind.AVERAGE) -> Reading:
    return Reading(BEGAN + timedelta(days=day), pain=score, pain_kind=kind)


def places(chart: Chart) -> Iterator[tuple[int, int]]:
    """Every corner, middle and end that the chart names."""
    yield from ((point.x, point.y - 13 * bool(point.label)) for point in chart.points)
    yield from ((mark.x, mark.y) for mark in chart.marks)
    yield from ((label.x, chart.height - 8) for label in chart.x_labels)
    yield from ((0, line.y) for line in chart.gridlines)
    for text in [line.path for line in chart.lines] + [band.points for band in chart.bands]:
        yield from ((int(x), int(y)) for x, y in re.findall(r"(-?\d+)[ ,](-?\d+)", text))
    for band in chart.bands:
        assert band.width >= 0
        assert band.height >= 0
        yield from ((band.x, band.y), (band.x + band.width, band.y + band.height))


def assert_inside(figure: Figure[Any]) -> None:
    for chart in (figure.wide, figure.narrow):
        assert all(0 <= x <= chart.width and 0 <= y <= chart.height for x, y in places(chart))

"""The chart of a patient's own scores beside the published course; no framework and no clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from tracker.chart_shapes import (
    NARROW,
    TOP_SCORE,
    WIDE,
    Band,
    Chart,
    Dot,
    Figure,
    Line,
    Paper,
    Point,
    XLabel,
    draw_lines,
    path_of,
    spaced,
    words_at,
)
from tracker.course import OwnPoint, PainKind
from tracker.published_course import FIRST_WEEK_WITH_LINE, PublishedLine, PublishedRow

# What letters and the studies' scale need after the lines, and the words for 'no data' before they are left out.
END_SCALE: Final = 44
GAP_WORDS: Final = 130
TOP_MEAN: Final = 100
HALF_YEAR: Final = 26
WEEKS_IN_YEAR: Final = 52
WEEK_ROOM: Final = 28
LETTERS: Final = "ABCD"
LETTER_ROOM: Final = 16
NEAR_COLUMN: Final = 48


@dataclass(frozen=True, slots=True)
class _Weeks:
    """The weeks since the pain began that a drawing covers, and how many later than that the tracking began."""

    paper: Paper
    last: float
    tracked_after: float

    def x(self, week: float) -> int:
        return self.paper.x(week / self.last)

    def week_of(self, row: PublishedRow) -> float:
        """Weeks since the pain began: a study that counts from entry is lined up with the first day of tracking."""
        return row.week + (self.tracked_after if row.time_zero == "study_entry" else 0)

    def places(self, line: PublishedLine) -> list[tuple[int, int]]:
        seen = [row for row in line.rows if self.week_of(row) <= self.last]
        return [(self.x(self.week_of(row)), self.paper.y(row.mean)) for row in seen]


def beside_chart(
    points: Sequence[OwnPoint], lines: Sequence[PublishedLine], *, tracked_after_weeks: float, gap_label: str
) -> Figure[OwnPoint]:
    """Draw the own scores beside the published averages, in weeks since the pain began; no line foretells anything.

    Studies that count from the onset start there; studies that count from entry start where tracking began. Each
    published line has a letter at its end, in the order of ``lines``: A, B, C, D. ``gap_label`` says that there are
    no data points between week 0 and week 6. Left is the patient's scale of 0 to 10, right the studies' 0 to 100.
    """
    offset = max(0.0, tracked_after_weeks)
    latest = max((point.weeks_since_onset for point in points), default=0.0)
    # Both kinds of study go on at least as far as the own scores do.
    last = max(_whole_course(latest), offset + _whole_course(latest - offset))

    def draw(size: tuple[int, int]) -> Chart:
        weeks = _Weeks(Paper(*size, top_value=TOP_MEAN, right_margin=END_SCALE), last, offset)
        return _beside(size, weeks, points, lines, gap_label)

    return Figure(draw(WIDE), draw(NARROW), "lower", (), tuple(points))


def _whole_course(weeks: float) -> int:
    """Return the week at which to end: the next one with published points, later whole years."""
    later = next((week for week in (FIRST_WEEK_WITH_LINE, HALF_YEAR, WEEKS_IN_YEAR) if week >= weeks), None)
    return later or WEEKS_IN_YEAR * -int(-weeks // WEEKS_IN_YEAR)


def _beside(
    size: tuple[int, int], weeks: _Weeks, points: Sequence[OwnPoint], lines: Sequence[PublishedLine], gap_label: str
) -> Chart:
    kinds = (PainKind.AVERAGE, PainKind.NOW)
    dots = [Dot(point.weeks_since_onset / weeks.last, point.value, kinds.index(point.kind)) for point in points]
    own_lines, own_points = draw_lines(weeks.paper, dots, ("", "now"), scale=TOP_MEAN // TOP_SCORE)
    named = (0, FIRST_WEEK_WITH_LINE, HALF_YEAR, *range(WEEKS_IN_YEAR, int(weeks.last) + 1, WEEKS_IN_YEAR))
    at = {weeks.x(week): week for week in reversed(named) if week <= weeks.last}
    return Chart(
        *size,
        gridlines=weeks.paper.gridlines(("0", "5", "10")),
        bands=(
            _gap_band(weeks, gap_label),
            *(band for line in lines for band in _interval(weeks, line)),
            *_study_scale(weeks.paper),
            *_letters(weeks, lines),
        ),
        lines=(*(stretch for line in lines for stretch in _stretches(weeks, line)), *own_lines),
        points=(*_published_points(weeks, lines), *own_points),
        x_labels=tuple(XLabel(x, str(at[x]), "middle") for x in spaced(at, WEEK_ROOM)),
    )


def _gap_band(weeks: _Weeks, label: str) -> Band:
    start, end = weeks.x(weeks.tracked_after), weeks.x(weeks.tracked_after + FIRST_WEEK_WITH_LINE)
    paper = weeks.paper
    words = label if end - start >= GAP_WORDS else ""
    return Band("night", start, paper.top, end - start, paper.bottom - paper.top, label=words)


def _stretches(weeks: _Weeks, line: PublishedLine) -> list[Line]:
    css_class = "ln-c" if line.is_main else "ln-c thin"
    pairs = list(pairwise(weeks.places(line)))
    return [
        Line(f"{css_class} ln-gap" if row.week < FIRST_WEEK_WITH_LINE else css_class, path_of(pair))
        for row, pair in zip(line.rows, pairs, strict=False)
    ]


def _interval(weeks: _Weeks, line: PublishedLine) -> list[Band]:
    """Return the 95% interval of the average: a narrow box at each point, and the band where a line is drawn solid."""
    paper = weeks.paper
    known = [
        (row.week, weeks.x(weeks.week_of(row)), paper.y(row.ci_low), paper.y(row.ci_high))
        for row in line.rows
        if row.ci_low is not None and row.ci_high is not None and weeks.week_of(row) <= weeks.last
    ]
    boxes = [Band("range", x - 3, high, 6, low - high) for _, x, low, high in known]
    solid = [(x, low, high) for week, x, low, high in known if week >= FIRST_WEEK_WITH_LINE]
    if len(solid) <= 1:
        return boxes
    outline = [(x, high) for x, _, high in solid] + [(x, low) for x, low, _ in reversed(solid)]
    return [Band("range", points=" ".join(f"{x},{y}" for x, y in outline)), *boxes]


def _published_points(weeks: _Weeks, lines: Sequence[PublishedLine]) -> tuple[Point, ...]:
    return tuple(Point(x, y, "", "pt c") for line in lines for x, y in weeks.places(line))


def _letters(weeks: _Weeks, lines: Sequence[PublishedLine]) -> list[Band]:
    """Return a letter after the end of each line, in one column where they end close together.

    A letter is pushed down where it would cover the one above it.
    """
    ends = [(*weeks.places(line)[-1], letter) for letter, line in zip(LETTERS, lines, strict=False)]
    column = max((x for x, _, _ in ends), default=0)
    placed: list[tuple[int, int]] = []
    letters = []
    for end_x, end_y, letter in sorted(ends, key=lambda end: end[1]):
        x = column if column - end_x < NEAR_COLUMN else end_x
        above = [other_y for other_x, other_y in placed if abs(other_x - x) < LETTER_ROOM]
        y = max([end_y, *(other_y + LETTER_ROOM for other_y in above)])
        placed.append((x, y))
        letters.append(words_at(x + LETTER_ROOM, y + 5, letter))
    return letters


def _study_scale(paper: Paper) -> list[Band]:
    """Return the studies' scale of 0 to 100 above the ends of the gridlines."""
    return [words_at(paper.width - 14, paper.y(value) - 5, str(value)) for value in (0, TOP_MEAN // 2, TOP_MEAN)]

"""The tracker's charts as geometry at two widths: ready strings, no words of its own, no framework and no clock."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from zoneinfo import ZoneInfo

from tracker import course
from tracker.chart_beside import beside_chart
from tracker.chart_shapes import (
    NARROW,
    TOP_SCORE,
    WIDE,
    Band,
    Chart,
    Dot,
    Figure,
    Mark,
    Paper,
    Summary,
    XLabel,
    draw_lines,
    spaced,
    words_at,
)
from tracker.chart_time import Covered, Say, time_labels
from tracker.course import EpisodeFacts, PainKind, PastEpisode, Reading

__all__ = ["StepDone", "beside_chart", "episodes_chart", "function_chart", "pain_chart"]


@dataclass(frozen=True, slots=True)
class StepDone:
    """One step of the plan to mark below the line."""

    at: datetime
    kind: Literal["ice", "heat", "walk"]


# Class of each mark, and how far below the value 0 its lane lies.
MARKS: Final = {"ice": ("mk-i", 14), "heat": ("mk-h", 14), "walk": ("mk-w", 30)}
MARK_ROOM: Final = 8


def pain_chart(
    readings: Iterable[Reading], *, began_at: datetime, say: Say, zone: ZoneInfo, steps: Iterable[StepDone] = ()
) -> Figure[Reading]:
    """Draw the pain scores of one episode, with the steps done in lanes below.

    'Right now' and 'average of 24 hours' are two lines, never joined. Rows: every check-in with a pain score.
    """
    scored = [(reading, reading.pain) for reading in course.in_order(readings) if reading.pain is not None]
    done = sorted(steps, key=lambda step: step.at)
    covered = _covered([reading.at for reading, _ in scored] + [step.at for step in done], began_at)
    kinds = (PainKind.AVERAGE, PainKind.NOW)
    dots = [Dot(covered.share(reading.at), pain, kinds.index(reading.pain_kind)) for reading, pain in scored]

    def draw(size: tuple[int, int]) -> Chart:
        return _over_time(size, covered, dots, ("", "now"), say=say, zone=zone, steps=done)

    summaries = [
        _summary("pain_now" if kind is PainKind.NOW else "pain_average", like)
        for kind in (PainKind.NOW, PainKind.AVERAGE)
        if (like := [(reading.at, pain) for reading, pain in scored if reading.pain_kind == kind])
    ]
    return Figure(draw(WIDE), draw(NARROW), "lower", tuple(summaries), tuple(reading for reading, _ in scored))


def function_chart(readings: Iterable[Reading], *, began_at: datetime, say: Say, zone: ZoneInfo) -> Figure[Reading]:
    """Draw the mean of the own activities, 0 to 10, higher is better; other activities start a new line.

    Rows: every check-in with a mean. Summaries: one for each line, oldest first.
    """
    rated = [(reading, reading.function) for reading in course.in_order(readings) if reading.function is not None]
    covered = _covered([reading.at for reading, _ in rated], began_at)
    runs: list[list[tuple[datetime, float]]] = []
    dots = []
    activities: frozenset[str] | None = None
    for reading, mean in rated:
        if reading.activities != activities:
            activities = reading.activities
            runs.append([])
        runs[-1].append((reading.at, mean))
        dots.append(Dot(covered.share(reading.at), mean, len(runs) - 1))

    def draw(size: tuple[int, int]) -> Chart:
        return _over_time(size, covered, dots, ("f",) * len(runs), say=say, zone=zone)

    summaries = tuple(_summary("function", run) for run in runs)
    return Figure(draw(WIDE), draw(NARROW), "higher", summaries, tuple(reading for reading, _ in rated))


def _covered(moments: Iterable[datetime], began_at: datetime) -> Covered:
    known = [began_at, *moments]
    return Covered(min(known), max(known))


def _summary(
    measure: Literal["pain_now", "pain_average", "function"], scores: Sequence[tuple[datetime, float]]
) -> Summary:
    (first_at, first), (last_at, last) = scores[0], scores[-1]
    span = course.span_between(first_at, last_at) if len(scores) > 1 else None
    return Summary(measure, first, last, len(scores), span)


def _over_time(
    size: tuple[int, int],
    covered: Covered,
    dots: Sequence[Dot],
    kinds: Sequence[str],
    *,
    say: Say,
    zone: ZoneInfo,
    steps: Sequence[StepDone] = (),
) -> Chart:
    paper = Paper(*size, top_value=TOP_SCORE)
    lines, points = draw_lines(paper, dots, kinds)
    return Chart(
        *size,
        gridlines=paper.gridlines(("0", "5", "10")),
        lines=lines,
        points=points,
        marks=tuple(_marks(paper, covered, steps)),
        x_labels=tuple(time_labels(paper, covered, say, zone)),
    )


def _marks(paper: Paper, covered: Covered, steps: Sequence[StepDone]) -> list[Mark]:
    """Return one mark for each step; steps of a kind that would cover each other share one."""
    marks = []
    for kind, (css_class, below) in MARKS.items():
        places = spaced((paper.x(covered.share(step.at)) for step in steps if step.kind == kind), MARK_ROOM)
        marks += [Mark(x, paper.bottom + below, css_class) for x in places]
    return marks


MOST_BARS: Final = 28
WIDEST_BAR: Final = 40
YEAR_ROOM: Final = 48
NUMBER_ROOM: Final = 24
DAYS_AT_TOP: Final = (2, 4, 6, 10, 14, 20, 30, 40, 60, 100)


def episodes_chart(episodes: Iterable[EpisodeFacts], *, say: Say) -> Figure[PastEpisode]:
    """Draw one bar for each closed episode, as high as it was long in days, oldest first.

    Each bar carries its days where there is room. Of more than 28 the latest are drawn and the rest is counted in
    ``left_out``. Rows: all, open ones too.
    """
    past = tuple(reversed(course.history(episodes)))
    closed = [(episode.facts.began_at, episode.days) for episode in past if episode.days is not None]
    shown = closed[-MOST_BARS:]

    def draw(size: tuple[int, int]) -> Chart:
        return _bars(size, shown, say)

    return Figure(draw(WIDE), draw(NARROW), "lower", (), past, left_out=len(closed) - len(shown))


def _bars(size: tuple[int, int], shown: Sequence[tuple[datetime, int]], say: Say) -> Chart:
    longest = max((days for _, days in shown), default=0)
    top = next((days for days in DAYS_AT_TOP if days >= longest), -(-longest // DAYS_AT_TOP[-1]) * DAYS_AT_TOP[-1])
    paper = Paper(*size, top_value=top)
    slot = (paper.last_x - paper.first_x) / max(1, len(shown))
    width = round(min(WIDEST_BAR, slot * 0.7))
    bars = []
    middles: dict[str, int] = {}
    for place, (began_at, days) in enumerate(shown):
        middle = round(paper.first_x + (place + 0.5) * slot)
        y = min(paper.y(days), paper.bottom - 2)
        bars.append(Band("bar-c", middle - width // 2, y, width, paper.bottom - y))
        if slot >= NUMBER_ROOM:
            bars.append(words_at(middle, y - 5, str(days)))
        middles.setdefault(say(began_at, "year"), middle)
    years = {x: words for words, x in reversed(middles.items())}
    return Chart(
        *size,
        gridlines=paper.gridlines(("0", str(top // 2), str(top))),
        bands=tuple(bars),
        x_labels=tuple(XLabel(x, years[x], "middle") for x in spaced(years, YEAR_ROOM)),
    )

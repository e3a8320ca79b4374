"""The time below a chart: where moments stand, and which of them are named. No framework and no clock."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from tracker.chart_shapes import Paper, XLabel

Grain = Literal["hour", "day", "year"]
# Says a moment in the patient's words and zone: with its hour, as a day, or as a year.
Say = Callable[[datetime, Grain], str]

# Units that words below the drawing need: half of a label, and the room from one middle to the next.
HALF_LABEL: Final = 40
LABEL_ROOM: Final = 90
DAYS_BETWEEN_LABELS: Final = (1, 2, 7, 14, 28, 91, 182, 365, 730)
SHORT: Final = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Covered:
    """The time a drawing covers, from its first to its last moment."""

    start: datetime
    end: datetime

    def share(self, at: datetime) -> float:
        return (at - self.start) / (self.end - self.start) if self.end > self.start else 0


def time_labels(paper: Paper, covered: Covered, say: Say, zone: ZoneInfo) -> list[XLabel]:
    """Return the first and the last moment, and between them as many midnights of the patient's zone as have room."""
    grain: Grain = "hour" if covered.end - covered.start < SHORT else "day"
    labels = [XLabel(paper.first_x, say(covered.start, grain), "start")]
    if covered.end == covered.start:
        return labels
    low, high = paper.first_x + 3 * HALF_LABEL, paper.last_x - 3 * HALF_LABEL
    for midnight in _midnights(paper, covered, zone):
        x = paper.x(covered.share(midnight))
        if low <= x <= high:
            labels.append(XLabel(x, say(midnight, "day"), "middle"))
    end = say(covered.end, grain)
    return [*labels, XLabel(paper.last_x, end, "end")] if end != labels[0].label else labels


def _midnights(paper: Paper, covered: Covered, zone: ZoneInfo) -> list[datetime]:
    days = (covered.end - covered.start) / timedelta(days=1)
    room = (paper.last_x - paper.first_x) / days
    step = next((step for step in DAYS_BETWEEN_LABELS if step * room >= LABEL_ROOM), None)
    if step is None:
        return []
    first = covered.start.astimezone(zone).date()
    days_on = (first + timedelta(days=1 + step * n) for n in range(int(days / step) + 1))
    # In UTC: two moments of one zone are subtracted by the wall clock, which jumps twice a year.
    return [datetime.combine(day, time(), zone).astimezone(UTC) for day in days_on]

"""The published averages that a patient's own course may be drawn beside; no framework and no clock.

Only rows whose status is 'confirmed' are ever drawn.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

PERSISTENT_FROM_WEEKS: Final = 12
# Nobody has published a pooled point between these weeks: that stretch is dashed.
FIRST_WEEK_WITH_LINE: Final = 6

TimeZero = Literal["onset", "study_entry"]


@dataclass(frozen=True, slots=True)
class PublishedRow:
    """One pooled mean of pain, 0 to 100, with the 95% interval of that mean where it was confirmed."""

    course_id: str
    cohort: str
    week: int
    mean: int
    ci_low: int | None
    ci_high: int | None
    time_zero: TimeZero
    status: str
    source: str


def _costa(cohort: str, week: int, mean: int, ci_low: int, ci_high: int) -> PublishedRow:
    return PublishedRow("costa2012", cohort, week, mean, ci_low, ci_high, "onset", "confirmed", "R17")


def _wallwork(cohort: str, week: int, mean: int) -> PublishedRow:
    return PublishedRow("wallwork2024", cohort, week, mean, None, None, "study_entry", "confirmed", "R18")


# R17: doi 10.1503/cmaj.111271, weeks since the onset of pain. R18: CMAJ 2024;196(2):E29-E46, weeks since entry to the
# study; its intervals and its values at 12 weeks are not confirmed and therefore not here.
PUBLISHED: Final = (
    _costa("acute", 0, 52, 48, 57),
    _costa("acute", 6, 23, 21, 25),
    _costa("acute", 26, 12, 9, 15),
    _costa("acute", 52, 6, 3, 10),
    _costa("persistent", 0, 51, 44, 59),
    _costa("persistent", 6, 33, 29, 38),
    _costa("persistent", 26, 26, 20, 33),
    _costa("persistent", 52, 23, 16, 30),
    _wallwork("acute", 0, 56),
    _wallwork("acute", 6, 26),
    _wallwork("acute", 26, 22),
    _wallwork("acute", 52, 21),
    _wallwork("subacute", 0, 63),
    _wallwork("subacute", 6, 29),
    _wallwork("subacute", 26, 29),
    _wallwork("subacute", 52, 31),
    _wallwork("persistent", 0, 56),
    _wallwork("persistent", 6, 48),
    _wallwork("persistent", 26, 43),
    _wallwork("persistent", 52, 40),
)


@dataclass(frozen=True, slots=True)
class PublishedLine:
    """Confirmed rows of one study and cohort, to draw as one line; ``is_main`` is False for the thinner lines."""

    course_id: str
    cohort: str
    is_main: bool
    rows: tuple[PublishedRow, ...]

    @property
    def source(self) -> str:
        """Key of the Source to print with the line."""
        return self.rows[0].source

    @property
    def time_zero(self) -> TimeZero:
        """What week 0 of the study is: the onset of pain, or the day people entered the study."""
        return self.rows[0].time_zero


def published_lines(*, weeks_since_onset: float, rows: Sequence[PublishedRow] = PUBLISHED) -> tuple[PublishedLine, ...]:
    """Return the lines to draw for an episode that began so many weeks ago, the default one first.

    People whose pain began 12 weeks ago or more see the persistent cohorts as well. Between week 0 and week 6 nobody
    has published a point: that stretch is drawn dashed.
    """
    wanted = [("wallwork2024", "acute"), ("costa2012", "acute")]
    if weeks_since_onset >= PERSISTENT_FROM_WEEKS:
        wanted += [("wallwork2024", "persistent"), ("costa2012", "persistent")]
    lines = []
    for study, cohort in wanted:
        confirmed = [row for row in rows if (row.course_id, row.cohort, row.status) == (study, cohort, "confirmed")]
        if confirmed:
            in_weeks = tuple(sorted(confirmed, key=lambda row: row.week))
            lines.append(PublishedLine(study, cohort, (study, cohort) == wanted[0], in_weeks))
    return tuple(lines)

"""Reads one episode into the chart beside the published course, with the words that must stand by it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tracker import charts, course
from tracker.chart_beside import LETTERS
from tracker.chart_shapes import number
from tracker.course import OwnPoint, Reading
from tracker.course_reading import Picture, Rows
from tracker.course_words import PAIN_KINDS
from tracker.models import Episode
from tracker.published_course import PublishedLine, published_lines

NAMES: Final[dict[tuple[str, str], Promise]] = {
    ("wallwork2024", "acute"): gettext_lazy("2024 review, pain for under 6 weeks"),
    ("costa2012", "acute"): gettext_lazy("2012 review, pain for under 12 weeks"),
    ("wallwork2024", "persistent"): gettext_lazy("2024 review, pain for 12 to under 52 weeks"),
    ("costa2012", "persistent"): gettext_lazy("2012 review, pain for 12 weeks to under 12 months"),
}


@dataclass(frozen=True, kw_only=True)
class Beside:
    """The picture; ``letters`` pairs each published line with its name; ``has_persistent``: lines of long pain too."""

    picture: Picture
    letters: tuple[tuple[str, str], ...]
    has_persistent: bool


def beside(episode: Episode, readings: tuple[Reading, ...], now: datetime) -> Beside | None:
    """Return the own pain scores beside the published averages, or None without a score. Asks no database."""
    until = min(now, episode.ended_at or now)
    lines = published_lines(weeks_since_onset=(until - episode.began_at) / course.WEEK)
    points = course.own_points(readings, began_at=episode.began_at, first_tracked_at=episode.created_at)
    if not points:
        return None
    figure = charts.beside_chart(
        points,
        lines,
        tracked_after_weeks=(episode.created_at - episode.began_at) / course.WEEK,
        gap_label=_("no data points here"),
    )
    letters = tuple(
        (letter, str(NAMES[line.course_id, line.cohort])) for letter, line in zip(LETTERS, lines, strict=False)
    )
    picture = Picture(
        figure=figure,
        title=_("Your recovery beside the typical course"),
        summary=_summary(points, lines),
        columns=(_("Line"), _("Week"), _("Pain, 0 to 100"), _("95% interval of the average")),
        rows=_rows(points, lines, letters),
        legend=_legend(points, lines, letters),
        note=_("Left: your scale, 0 to 10. Right: the scale of the studies, 0 to 100. A lower number is better."),
    )
    return Beside(picture=picture, letters=letters, has_persistent=len(lines) > 2)  # noqa: PLR2004 - two of each kind


def _summary(points: tuple[OwnPoint, ...], lines: tuple[PublishedLine, ...]) -> str:
    # Six weeks are always on the drawing; later points only where the own scores reach them.
    first, last = lines[0].rows[:2]
    own = _("Your first score is {first} out of 10, {first_kind}. Your latest is {latest} out of 10, {kind}.").format(
        first=points[0].value // 10,
        first_kind=PAIN_KINDS[points[0].kind],
        latest=points[-1].value // 10,
        kind=PAIN_KINDS[points[-1].kind],
    )
    average = _("The average of line A goes from {first} to {last} out of 100 in {weeks} weeks.").format(
        first=first.mean, last=last.mean, weeks=last.week
    )
    return f"{own} {average}"


def _rows(points: tuple[OwnPoint, ...], lines: tuple[PublishedLine, ...], letters: tuple[tuple[str, str], ...]) -> Rows:
    own = [
        (
            _("You, {kind}").format(kind=PAIN_KINDS[point.kind]),
            number(point.weeks_since_onset),
            str(point.value),
            "",
        )
        for point in points
    ]
    published = [
        (
            f"{letter}: {name}",
            str(row.week),
            str(row.mean),
            _("{low} to {high}").format(low=row.ci_low, high=row.ci_high) if row.ci_low is not None else _("not given"),
        )
        for (letter, name), line in zip(letters, lines, strict=True)
        for row in line.rows
    ]
    return (*own, *published)


def _legend(
    points: tuple[OwnPoint, ...], lines: tuple[PublishedLine, ...], letters: tuple[tuple[str, str], ...]
) -> tuple[tuple[str, str], ...]:
    kinds = {point.kind for point in points}
    own = [
        ("ln-p" if kind is course.PainKind.AVERAGE else "ln-p now", _("You, {kind}").format(kind=words))
        for kind, words in PAIN_KINDS.items()
        if kind in kinds
    ]
    published = [
        ("ln-c" if line.is_main else "ln-c thin", f"{letter}: {name}")
        for (letter, name), line in zip(letters, lines, strict=True)
    ]
    return (
        *own,
        *published,
        ("ln-c ln-gap", _("No data points here")),
        ("range", _("95% interval of the average, 2012 review")),
    )

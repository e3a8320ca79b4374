"""The small pain chart of the visit sheet, for the chart partial. Pure."""

from functools import partial
from typing import Any, Final, Literal

from django.utils.translation import gettext as _

from tracker.charts import StepDone, pain_chart
from tracker.course import PainKind
from tracker.reports import words
from tracker.reports.record import Record

_MARKS: Final[dict[str, Literal["ice", "heat", "walk"]]] = {
    "ice": "ice",
    "heat": "heat",
    "gentle_movement": "walk",
    "aerobic": "walk",
}


def of_pain(record: Record) -> dict[str, Any] | None:
    """Return what the chart partial needs, or None where this episode has no pain score."""
    if record.episode is None:
        return None
    zone = record.patient.zone
    figure = pain_chart(
        record.readings,
        began_at=record.episode.began_at,
        say=partial(words.on_a_chart, zone),
        zone=zone,
        steps=[StepDone(at, _MARKS[kind]) for at, kind in record.thermal_and_walks],
    )
    if figure.is_empty:
        return None
    kinds = {PainKind.NOW: _("right now"), PainKind.AVERAGE: _("average of 24 hours")}
    return {
        "title": _("Pain in this episode, 0 to 10"),
        "chart": figure.wide,
        "narrow": figure.narrow,
        "summary": _sentence(figure.summaries),
        "columns": [_("When"), _("Pain"), _("Asked about")],
        "rows": [
            [words.day_and_time(reading.at, zone), words.score(reading.pain), kinds[reading.pain_kind]]
            for reading in figure.rows
        ],
        "legend": _legend(record),
    }


def _sentence(summaries: Any) -> str:
    names = {"pain_now": _("Pain right now"), "pain_average": _("Pain, average of 24 hours")}
    parts = []
    for summary in summaries:
        first, last = words.score(summary.first), words.score(summary.last)
        if summary.span is None:
            parts.append(_("{measure}: {last}.").format(measure=names[summary.measure], last=last))
        else:
            sentence = _("{measure}: {first} at first, {last} after {span}.")
            span = words.span(summary.span)
            parts.append(sentence.format(measure=names[summary.measure], first=first, last=last, span=span))
    return " ".join([*parts, _("Lower is better.")])


def _legend(record: Record) -> list[tuple[str, str]]:
    names = {"ice": ("mk-i", _("Ice")), "heat": ("mk-h", _("Heat")), "walk": ("mk-w", _("Walk"))}
    done = {_MARKS[kind] for _at, kind in record.thermal_and_walks}
    return [("ln-p", _("Pain")), *(names[kind] for kind in names if kind in done)]

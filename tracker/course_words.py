"""Says lengths of time, scores and comparisons of the course and the patterns in words."""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tracker.chart_shapes import Summary, number
from tracker.chart_time import Grain, Say
from tracker.course import Change, PainKind, Span, Verdict
from tracker.models import Trigger
from tracker.models.episode import Place
from tracker.patterns import Certainty, Pattern

_FORMATS: Final = {"hour": "D H:i", "day": "j M", "year": "Y"}

MEASURES: Final[dict[str, Promise]] = {
    "pain_now": gettext_lazy("Pain right now"),
    "pain_average": gettext_lazy("Average pain of 24 hours"),
    "function": gettext_lazy("What you can do"),
}
PAIN_KINDS: Final[dict[PainKind, Promise]] = {
    PainKind.NOW: gettext_lazy("right now"),
    PainKind.AVERAGE: gettext_lazy("average of 24 hours"),
}
STEP_KINDS: Final[dict[str, Promise]] = {
    "ice": gettext_lazy("Ice"),
    "heat": gettext_lazy("Heat"),
    "positioning": gettext_lazy("Ways to lie"),
    "gentle_movement": gettext_lazy("Gentle movement"),
    "medicine_talk": gettext_lazy("Talks about medicine"),
    "stretch": gettext_lazy("Stretching"),
    "aerobic": gettext_lazy("Walking and the like"),
    "strength": gettext_lazy("Strength work"),
}
# What follows 'came after': the label of a chip alone would not make a sentence.
_AFTER: Final[dict[str, Promise]] = {
    "lifting": gettext_lazy("lifting"),
    "bending": gettext_lazy("bending"),
    "twisting": gettext_lazy("twisting"),
    "long_sitting": gettext_lazy("long sitting"),
    "long_drive": gettext_lazy("long drives"),
    "awkward_position": gettext_lazy("an awkward position"),
    "sport": gettext_lazy("sport"),
    "sneeze_or_cough": gettext_lazy("a sneeze or a cough"),
    "tired_or_slept_badly": gettext_lazy("a tired day or a bad night"),
    "stress": gettext_lazy("stress"),
}
_CERTAINTY: Final[dict[Certainty, Promise]] = {
    Certainty.TOO_FEW: gettext_lazy("That is too few to be sure."),
    Certainty.ABOUT_THE_SAME: gettext_lazy("That is about the same."),
    Certainty.MORE_OFTEN: gettext_lazy("That is more often than on calm days. It may still be chance."),
    Certainty.LESS_OFTEN: gettext_lazy("That is less often than on calm days. It may still be chance."),
}


def say_in(zone: ZoneInfo) -> Say:
    """Return what says moments on the clock of ``zone``: 'Wed 14:05', '20 Nov' or '2030'."""

    def say(moment: datetime, grain: Grain) -> str:
        return date_format(moment.astimezone(zone), _FORMATS[grain])

    return say


def span_words(span: Span) -> str:
    """Return '3 weeks', 'less than a day'."""
    if span.count == 0:
        return _("less than an hour") if span.unit == "hours" else _("less than a day")
    words = {
        "hours": ngettext("{count} hour", "{count} hours", span.count),
        "days": ngettext("{count} day", "{count} days", span.count),
        "weeks": ngettext("{count} week", "{count} weeks", span.count),
        "months": ngettext("{count} month", "{count} months", span.count),
        "years": ngettext("{count} year", "{count} years", span.count),
    }
    return words[span.unit].format(count=span.count)


def days_words(days: int) -> str:
    """Return '1 day', '23 days'."""
    return ngettext("{count} day", "{count} days", days).format(count=days)


def place_labels(codes: list[str]) -> tuple[str, ...]:
    """Return the names of places on the back; unknown codes are left out."""
    return tuple(str(Place(code).label) for code in codes if code in Place.values)


def trigger_labels(codes: list[str]) -> tuple[str, ...]:
    """Return the names of triggers; unknown codes are left out."""
    return tuple(str(Trigger(code).label) for code in codes if code in Trigger.values)


def summary_words(summary: Summary) -> str:
    """Return 'Average pain of 24 hours fell from 7 to 2 out of 10 in 6 days.'"""
    first, last, what = number(summary.first), number(summary.last), MEASURES[summary.measure]
    if summary.span is None:
        return _("{what}: {last} out of 10, asked once.").format(what=what, last=last)
    if first == last:
        words = _("{what} was {first} out of 10 at first and is {last} after {time}.")
    elif summary.last < summary.first:
        words = _("{what} fell from {first} to {last} out of 10 in {time}.")
    else:
        words = _("{what} rose from {first} to {last} out of 10 in {time}.")
    return words.format(what=what, first=first, last=last, time=span_words(summary.span))


def change_words(change: Change) -> str:
    """Say whether a score changed, against the patient's own first one, by as much as most people notice."""
    what = MEASURES[change.measure]
    if change.verdict == Verdict.ABOUT_THE_SAME:
        return _("{what}: about the same as your first score.").format(what=what)
    if change.verdict == Verdict.BETTER:
        return _("{what}: better than your first score, by as much as most people notice.").format(what=what)
    return _("{what}: worse than your first score, by as much as most people notice.").format(what=what)


def pattern_words(pattern: Pattern) -> str:
    """Return '6 of 8 flares came after long drives. The same was true of 5 of 20 calm days. That is too few ...'"""
    flares = ngettext(
        "{some} of {count} flare came after {what}.", "{some} of {count} flares came after {what}.", pattern.flares
    ).format(some=pattern.flares_with, count=pattern.flares, what=_AFTER[pattern.exposure])
    if pattern.certainty == Certainty.NOTHING_TO_COMPARE:
        return f"{flares} {_('There is no calm day yet to compare this with.')}"
    calm = ngettext(
        "The same was true of {some} of {count} calm day.",
        "The same was true of {some} of {count} calm days.",
        pattern.calm_days,
    ).format(some=pattern.calm_with, count=pattern.calm_days)
    return f"{flares} {calm} {_CERTAINTY[pattern.certainty]}"

"""Dates, spans and names of kinds as reports say them."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tracker.chart_time import Grain
from tracker.course import Span

_TURNS_THE_LINE: Final = re.compile("[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
KINDS: Final[dict[str, Promise]] = {
    "ice": gettext_lazy("Ice"),
    "heat": gettext_lazy("Heat"),
    "positioning": gettext_lazy("Lying positions"),
    "gentle_movement": gettext_lazy("Gentle walks and movement"),
    "medicine_talk": gettext_lazy("Asked about medicine"),
    "stretch": gettext_lazy("Stretches"),
    "aerobic": gettext_lazy("Walking or other activity"),
    "strength": gettext_lazy("Strength exercise"),
}
ANSWERS: Final[dict[str, Promise]] = {
    "yes": gettext_lazy("yes"),
    "no": gettext_lazy("no"),
    "not_sure": gettext_lazy("not sure"),
}


def day(moment: datetime, zone: ZoneInfo) -> str:
    """Return "3 May 2026"."""
    return date_format(moment.astimezone(zone), "j M Y")


def day_and_time(moment: datetime, zone: ZoneInfo) -> str:
    """Return "3 May 2026, 14:05"."""
    return date_format(moment.astimezone(zone), "j M Y, H:i")


def on_a_chart(zone: ZoneInfo, moment: datetime, grain: Grain) -> str:
    """Return a moment as short as a chart needs it."""
    return date_format(moment.astimezone(zone), {"hour": "D H:i", "day": "j M", "year": "Y"}[grain])


def span(length: Span) -> str:
    """Return "3 weeks", "1 day"; "less than a day" for none."""
    sentences = {
        "hours": ngettext("{count} hour", "{count} hours", length.count),
        "days": ngettext("{count} day", "{count} days", length.count),
        "weeks": ngettext("{count} week", "{count} weeks", length.count),
        "months": ngettext("{count} month", "{count} months", length.count),
        "years": ngettext("{count} year", "{count} years", length.count),
    }
    if length.count == 0:
        return _("less than an hour") if length.unit == "hours" else _("less than a day")
    return sentences[length.unit].format(count=length.count)


def times(count: int) -> str:
    """Return "once", "3 times"."""
    return _("once") if count == 1 else _("{count} times").format(count=count)


def score(value: float | None) -> str:
    """Return a score with one decimal at most; a dash where there is none."""
    if value is None:
        return "–"
    rounded = round(value, 1)
    return f"{rounded:g}"


def cut(text: str, most: int) -> str:
    """Return a text of one line and at most ``most`` characters, without signs that turn the line around."""
    line = " ".join(_TURNS_THE_LINE.sub(" ", text).split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def and_more(shown: Iterable[str], left_out: int) -> str:
    """Return the items in a row, and how many more there are."""
    more = [ngettext("and {count} more", "and {count} more", left_out).format(count=left_out)] if left_out else []
    return ", ".join([*shown, *more])

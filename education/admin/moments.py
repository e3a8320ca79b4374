"""Moments as editors type and read them: on the wall clock of a time zone, with UTC beside it."""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.translation import gettext as _

_AREAS: Final = (
    *("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"),
)
_IN_SESSION: Final = "zone"
_A_MINUTE: Final = timedelta(minutes=1)


class NoSuchMoment(ValueError):
    """Clocks never show this time, or show it twice; the message says which, and what to type instead."""


@cache
def zones() -> tuple[str, ...]:
    """Return the names of the time zones that a place keeps, and UTC."""
    return ("UTC", *sorted(name for name in available_timezones() if name.partition("/")[0] in _AREAS and "/" in name))


def moment_of(wall: datetime, zone: str) -> datetime:
    """Return the moment (aware UTC) at which clocks in a zone show ``wall`` (naive, whole minutes).

    Raises NoSuchMoment on the two days of a year when clocks change.
    """
    first, second = (wall.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC) for fold in (0, 1))
    shown = {"time": date_format(wall, "H:i, j F Y"), "zone": zone}
    if first.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != wall:
        # Read with the offset of before, a skipped time lies as far behind the jump as it is long.
        after = date_format(_first_after_the_jump(wall, zone), "H:i")
        text = _("Clocks in %(zone)s never show %(time)s: they go forward then. The next time there is is %(after)s.")
        raise NoSuchMoment(text % {**shown, "after": after})
    if first != second:
        text = _(
            "Clocks in %(zone)s show %(time)s twice: they go back then. "
            "Choose another time, or the zone UTC and %(first)s or %(second)s."
        )
        raise NoSuchMoment(text % {**shown, "first": date_format(first, "H:i"), "second": date_format(second, "H:i")})
    return first


def _first_after_the_jump(wall: datetime, zone: str) -> datetime:
    while True:
        wall += _A_MINUTE
        moment = wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        if moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == wall:
            return wall


def said(moment: datetime, zone: str) -> str:
    """Return a moment in words: '27 November 2026, 09:00 Europe/London (09:00 UTC)'."""
    here, there = moment.astimezone(ZoneInfo(zone)), moment.astimezone(UTC)
    in_utc = f"{date_format(there, 'H:i' if here.date() == there.date() else 'j F Y, H:i')} UTC"
    if zone == "UTC":
        return date_format(there, "j F Y, H:i") + " UTC"
    return f"{date_format(here, 'j F Y, H:i')} {zone} ({in_utc})"


def zone_of(request: HttpRequest) -> str:
    """Return the zone that this editor chose last in this session, or ''."""
    zone = request.session.get(_IN_SESSION, "")
    return zone if zone in zones() else ""


def remember_zone(request: HttpRequest, zone: str) -> None:
    """Keep the zone for the rest of the session."""
    request.session[_IN_SESSION] = zone

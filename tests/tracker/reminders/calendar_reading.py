"""Reads a calendar file as a calendar does: parsed by icalendar, its series expanded by dateutil."""

from datetime import UTC, datetime
from typing import Any

from dateutil.rrule import rrulestr
from icalendar import Calendar


def parsed(content: bytes) -> Any:
    """Return the file, of which every part could be read."""
    found: Any = Calendar.from_ical(content)
    assert [error for part in found.walk() for error in part.errors] == []
    return found


def events(content: bytes) -> list[Any]:
    """Return its entries."""
    return list(parsed(content).walk("VEVENT"))


def moments(content: bytes, *, until: datetime) -> list[datetime]:
    """Return the moments (UTC) of all entries that stand, up to ``until``."""
    found = [moment for event in events(content) if event["STATUS"] == "CONFIRMED" for moment in _of(event, until)]
    return sorted(found)


def _of(event: Any, until: datetime) -> list[datetime]:
    starts: datetime = event["DTSTART"].dt
    if "RRULE" not in event:
        return [starts.astimezone(UTC)] if starts <= until else []
    rule = rrulestr(event["RRULE"].to_ical().decode(), dtstart=starts)
    left_out = {wall.replace(tzinfo=None) for wall in _left_out(event)}
    walls = rule.between(starts, until, inc=True)
    return [wall.astimezone(UTC) for wall in walls if wall.replace(tzinfo=None) not in left_out]


def _left_out(event: Any) -> list[Any]:
    listed = event.get("EXDATE", [])
    lists = listed if isinstance(listed, list) else [listed]
    return [one.dt for each in lists for one in each.dts]

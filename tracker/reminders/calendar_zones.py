"""A time zone as calendars read it: every change of its clocks over some years, to the second."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

# Calendars fetch again long before these years are over.
YEARS_BEFORE: Final = 1
YEARS_AHEAD: Final = 6
_LOOK_EVERY: Final = timedelta(days=1)
_SECOND: Final = timedelta(seconds=1)


class _State(NamedTuple):
    """What clocks do from a change on."""

    offset_from: timedelta
    offset_to: timedelta
    name: str
    is_summer: bool


@lru_cache(maxsize=64)
def timezone(zone: ZoneInfo, year: int) -> Timezone:
    """Return the VTIMEZONE of ``zone`` around ``year``. The change of a clock is given in the time before it."""
    begins = datetime(year - YEARS_BEFORE, 1, 1, tzinfo=UTC)
    ends = datetime(year + YEARS_AHEAD, 1, 1, tzinfo=UTC)
    onsets = defaultdict(list)
    first = begins.astimezone(zone)
    onsets[_state(first, _offset(first))].append(first.replace(tzinfo=None))
    for change in _changes(zone, begins, ends):
        before = _offset((change - _SECOND).astimezone(zone))
        onsets[_state(change.astimezone(zone), before)].append((change + before).replace(tzinfo=None))
    made = Timezone()
    made.add("TZID", zone.key)
    for state, starts in onsets.items():
        made.add_component(_part(state, starts))
    return made


def _part(state: _State, starts: list[datetime]) -> TimezoneStandard | TimezoneDaylight:
    part = TimezoneDaylight() if state.is_summer else TimezoneStandard()
    part.add("DTSTART", starts[0])
    part.add("TZOFFSETFROM", state.offset_from)
    part.add("TZOFFSETTO", state.offset_to)
    part.add("TZNAME", state.name)
    if starts[1:]:
        part.add("RDATE", starts[1:])
    return part


def _state(at: datetime, offset_from: timedelta) -> _State:
    return _State(offset_from, _offset(at), at.tzname() or "", bool(at.dst()))


def _changes(zone: ZoneInfo, begins: datetime, ends: datetime) -> list[datetime]:
    """Return the moments (UTC) at which the offset changes."""
    found, day = [], begins
    while day < ends:
        following = day + _LOOK_EVERY
        if _offset(day.astimezone(zone)) != _offset(following.astimezone(zone)):
            found.append(_change(zone, day, following))
        day = following
    return found


def _change(zone: ZoneInfo, low: datetime, high: datetime) -> datetime:
    before = _offset(low.astimezone(zone))
    while high - low > _SECOND:
        middle = low + (high - low) // (2 * _SECOND) * _SECOND
        if _offset(middle.astimezone(zone)) == before:
            low = middle
        else:
            high = middle
    return high


def _offset(at: datetime) -> timedelta:
    return at.utcoffset() or timedelta()

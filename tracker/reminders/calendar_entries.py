"""A schedule as the entries of a calendar: single ones, and series with the days that they leave out.

A calendar knows wall time alone. So the moments of the schedule itself, of this year and at least thirteen months
ahead, are laid out by the time that clocks show, and each time of day becomes a series: daily, or on weekdays. Days
on which the schedule has no such moment (quiet hours in another zone, skipped times) are left out; a moment that fits
no series is an entry of its own. 'Every N minutes' begins anew at the end of quiet hours: where that makes each day
the same it is laid out so, from the first end of quiet hours on. Where no quiet hours cut it, the same is done in UTC.
What makes no regular day either way is given as single entries for the next fourteen days.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import structs

from tracker import schedule
from tracker.schedule import DAY, TICK, AtTimes, Every, Once, Schedule

MONTHS_AHEAD: Final = 13
SINGLE_DAYS: Final = 14
SINGLES_AT_MOST: Final = 100
# More than this is no pattern that a calendar should be given.
ENTRIES_AT_MOST: Final = 130
_MONTHS: Final = 12
_WEEK: Final = 7
_EVERY_DAY: Final = frozenset(range(_WEEK))
_UTC: Final = ZoneInfo("UTC")
_SECOND: Final = timedelta(seconds=1)
_PAUSE: Final = timedelta(days=28)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry. ``name`` is stable and tells it from others of its reminder; ``starts`` is wall time in ``zone``.

    ``weekdays`` (0 is Monday; all seven: daily) is None for a single one. ``until``: its last moment may be then (aware
    UTC), None: it goes on. ``leaves_out``: wall times of days on which it does not come.
    """

    name: str
    zone: ZoneInfo
    starts: datetime
    weekdays: frozenset[int] | None = None
    until: datetime | None = None
    leaves_out: tuple[datetime, ...] = ()


@dataclass(frozen=True)
class _Window:
    """The time laid out. ``begins`` is included, ``ends`` excluded; ``stops``: the schedule itself ends then."""

    begins: datetime
    ends: datetime
    stops: datetime | None


def entries(plan: Schedule, *, zone: ZoneInfo, since: datetime, now: datetime) -> tuple[Entry, ...]:
    """Return the entries of ``plan`` from ``since`` on, or from the beginning of this year (UTC).

    ``zone``: the patient's; moments are aware UTC.
    """
    since = max(since, datetime(now.year, 1, 1, tzinfo=UTC))
    if isinstance(plan.rule, Once):
        moment = schedule.following(plan, since - TICK)
        return () if moment is None else (_single("1", moment, plan.rule.zone),)
    begins = _first_night_ends(plan, since)
    window = _window(plan, begins or since, now)
    if begins is not None:
        return _laid_out(_night_to_night(plan, window), zone, window)
    moments = _moments(plan, window.begins, window.ends)
    if isinstance(plan.rule, AtTimes):
        return _laid_out(moments, plan.rule.zone, window)
    has_nights = plan.quiet.starts != plan.quiet.ends
    found = _laid_out(moments, zone if has_nights else _UTC, window)
    return found if len(found) <= ENTRIES_AT_MOST else _next_days(plan, zone, since, now)


def _first_night_ends(plan: Schedule, since: datetime) -> datetime | None:
    """Return the end of the first night after ``since``; None for what does not begin anew with every night.

    A night as long as an interval begins it anew, so it does not matter from when it counts today: what was done at
    noon must not change the file.
    """
    quiet, rule = plan.quiet, plan.rule
    if not isinstance(rule, Every) or quiet.starts == quiet.ends:
        return None
    night = (datetime.combine(date.min, quiet.ends) - datetime.combine(date.min, quiet.starts)) % DAY
    if timedelta(minutes=rule.minutes) > night:
        return None
    return quiet.end_after(quiet.start_after(since))


def _night_to_night(plan: Schedule, window: _Window) -> list[datetime]:
    """Return the moments of an interval that every night begins anew: days of 24 hours are all alike."""
    rule, begins = plan.rule, window.begins
    if not isinstance(rule, Every):
        return []
    found: list[datetime] = []
    alike: list[timedelta] = []
    while begins < window.ends:
        following = plan.quiet.end_after(plan.quiet.start_after(begins))
        is_plain = following - begins == DAY
        if not (is_plain and alike):
            counted = structs.replace(rule, counts_from=begins - timedelta(minutes=rule.minutes))
            bare = structs.replace(plan, rule=counted, starts_at=None, ends_at=None)
            moments = _moments(bare, begins, following)
        else:
            moments = [begins + after for after in alike]
        if is_plain:
            alike = [moment - begins for moment in moments]
        found.extend(moments)
        begins = following
    starts, ends = plan.starts_at or window.begins, min(plan.ends_at or window.ends, window.ends)
    return [moment for moment in found if starts <= moment < ends]


def _window(plan: Schedule, since: datetime, now: datetime) -> _Window:
    # Moves once a month, so that a calendar finds the same file at each fetch.
    month = now.month - 1 + MONTHS_AHEAD + 1
    ends = datetime(now.year + month // _MONTHS, month % _MONTHS + 1, 1, tzinfo=UTC)
    return _Window(since, ends, plan.ends_at)


def _moments(plan: Schedule, begins: datetime, ends: datetime) -> list[datetime]:
    """Return the moments from ``begins`` (included) to ``ends`` (excluded)."""
    found = []
    moment = schedule.following(plan, begins - TICK)
    while moment is not None and moment < ends:
        found.append(moment)
        if isinstance(plan.rule, Every):
            # Counted from the one before: else each would be counted from the very first.
            plan = structs.replace(plan, rule=structs.replace(plan.rule, counts_from=moment))
        moment = schedule.following(plan, moment)
    return found


def _laid_out(moments: Iterable[datetime], zone: ZoneInfo, window: _Window) -> tuple[Entry, ...]:
    days: dict[time, list[date]] = defaultdict(list)
    rest: list[datetime] = []
    for moment in moments:
        local = _to_the_second(moment).astimezone(zone)
        # A time that clocks show twice means the first one: the second cannot be said in wall time.
        if local.fold:
            rest.append(moment)
        else:
            days[local.time()].append(local.date())
    series = []
    for at in sorted(days):
        for run in _runs(days[at]):
            made, singles = _series(at, run, zone, window)
            rest.extend(_moment(day, at, zone) for day in singles)
            series.extend(made)
    named = [replace(entry, name=str(place)) for place, entry in enumerate(series, start=1)]
    return (*named, *_singles(rest, zone))


def _runs(days: Sequence[date]) -> Iterable[Sequence[date]]:
    """Cut the days of one time of day where it does not come for more than four weeks, as for half a year."""
    first = 0
    for place, (one, following) in enumerate(pairwise(days), start=1):
        if following - one > _PAUSE:
            yield days[first:place]
            first = place
    yield days[first:]


def _series(at: time, days: Sequence[date], zone: ZoneInfo, window: _Window) -> tuple[list[Entry], list[date]]:
    """Return the series of a run of days at one time, if there is one, and the days that it does not hold."""
    weekdays = _weekdays(days)
    kept = [day for day in days if day.weekday() in weekdays]
    others = [day for day in days if day.weekday() not in weekdays]
    left_out = sorted(set(_expected(kept[0], kept[-1], weekdays)) - set(kept))
    if len(kept) == 1 or len(left_out) > len(kept):
        return [], list(days)
    following = next(day for ahead in range(1, _WEEK + 1) if (day := kept[-1] + ahead * DAY).weekday() in weekdays)
    until = None
    if _moment(following, at, zone) < window.ends:
        until = _moment(kept[-1], at, zone)
    elif window.stops is not None:
        until = window.stops.astimezone(UTC) - _SECOND
    entry = Entry(
        name="",
        zone=zone,
        starts=datetime.combine(kept[0], at),
        weekdays=weekdays,
        until=until,
        leaves_out=tuple(datetime.combine(day, at) for day in left_out),
    )
    return [entry], others


def _weekdays(days: Sequence[date]) -> frozenset[int]:
    """Return the weekdays of a series; a weekday that is seen much less than the others is an exception."""
    if days[-1] - days[0] == (len(days) - 1) * DAY:
        return _EVERY_DAY
    seen = Counter(day.weekday() for day in days)
    return frozenset(day for day, times in seen.items() if times * 3 >= max(seen.values()))


def _expected(first: date, last: date, weekdays: frozenset[int]) -> Iterable[date]:
    for ahead in range((last - first).days + 1):
        day = first + ahead * DAY
        if day.weekday() in weekdays:
            yield day


def _next_days(plan: Schedule, zone: ZoneInfo, since: datetime, now: datetime) -> tuple[Entry, ...]:
    today = datetime.combine(now.astimezone(zone).date(), time(), zone).astimezone(UTC)
    begins = max(since, today)
    moments = _moments(plan, begins, today + SINGLE_DAYS * DAY)
    return tuple(_singles(moments[:SINGLES_AT_MOST], zone))


def _singles(moments: Iterable[datetime], zone: ZoneInfo) -> list[Entry]:
    """Return single entries, named by their day and their place in it."""
    places: Counter[date] = Counter()
    made = []
    for moment in sorted(moments):
        day = moment.astimezone(zone).date()
        places[day] += 1
        made.append(_single(f"{day:%Y%m%d}-{places[day]}", moment, zone))
    return made


def _single(name: str, moment: datetime, zone: ZoneInfo) -> Entry:
    local = _to_the_second(moment).astimezone(zone)
    if local.fold:
        return Entry(name=name, zone=_UTC, starts=local.astimezone(UTC).replace(tzinfo=None))
    return Entry(name=name, zone=zone, starts=local.replace(tzinfo=None))


def _moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)


def _to_the_second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)

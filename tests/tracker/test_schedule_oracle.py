"""The schedule beside an oracle that walks from minute to minute and only asks what clocks on the wall show."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.schedule import AtTimes, Every, Once, Quiet, Schedule, between, following

ZONES = """
    Africa/Cairo Africa/Casablanca Africa/El_Aaiun Africa/Johannesburg America/Adak America/Asuncion America/Caracas
    America/Havana America/Los_Angeles America/New_York America/Nuuk America/Santiago America/Sao_Paulo
    America/St_Johns Antarctica/Troll Asia/Beirut Asia/Gaza Asia/Jerusalem Asia/Kathmandu Asia/Kolkata Asia/Tokyo
    Atlantic/Azores Australia/Adelaide Australia/Eucla Australia/Lord_Howe Europe/Dublin Europe/London Europe/Paris
    Pacific/Apia Pacific/Auckland Pacific/Chatham Pacific/Kiritimati
""".split()
MINUTE = timedelta(minutes=1)
WALKED = timedelta(days=3)  # before and after a clock change
LOOKED_AT = timedelta(hours=30)
# Apia had no 30 December 2011; in Toronto clocks once went from 23:30 to 00:30 of the next day.
SPECIAL = (
    ("Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC)),
    ("America/Toronto", datetime(1919, 3, 31, 4, 30, tzinfo=UTC)),
)


def changes_of(name: str) -> list[datetime]:
    """Return the hours of 2026 in which clocks of a zone change; a Sunday in March where they never do."""
    zone = ZoneInfo(name)
    hours = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=count) for count in range(366 * 24)]
    offsets = [hour.astimezone(zone).utcoffset() for hour in hours]
    changes = [hours[place] for place in range(1, len(hours)) if offsets[place] != offsets[place - 1]]
    return changes or [datetime(2026, 3, 29, 1, tzinfo=UTC)]


NIGHTS = [(name, change) for name in ZONES for change in changes_of(name)]
NIGHTS += SPECIAL


class Walk:
    """Every minute of six days, and what clocks show then."""

    def __init__(self, name: str, change: datetime) -> None:
        zone = ZoneInfo(name)
        self.minutes = [change - WALKED + count * MINUTE for count in range(2 * WALKED // MINUTE)]
        self.shown = [minute.astimezone(zone).replace(tzinfo=None) for minute in self.minutes]
        self.first = {shown: place for place, shown in reversed(list(enumerate(self.shown)))}

    def place_of(self, wanted: datetime) -> int:
        """Return where clocks first show ``wanted``; where they jump over it, as much later as they jump."""
        if wanted in self.first:
            return self.first[wanted]
        for place in range(1, len(self.minutes)):
            expected = self.shown[place - 1] + MINUTE
            if expected <= wanted < self.shown[place]:
                return place + (wanted - expected) // MINUTE
        raise AssertionError("Not in these six days.")

    def is_quiet(self, place: int, quiet: tuple[time, time]) -> bool:
        shown = self.shown[place]
        return shown.hour * 60 + shown.minute in quiet_minutes(quiet)

    def loud_from(self, place: int, quiet: tuple[time, time]) -> datetime:
        places = range(place, len(self.minutes))
        return next((self.minutes[one] for one in places if not self.is_quiet(one, quiet)), self.minutes[-1])


@cache
def walk(name: str, change: datetime) -> Walk:
    return Walk(name, change)


@cache
def quiet_minutes(quiet: tuple[time, time]) -> frozenset[int]:
    """Walk on the clock face from the first time, and keep every minute before the second is reached."""
    starts, ends = (clock.hour * 60 + clock.minute for clock in quiet)
    face = [(starts + count) % 1440 for count in range(1440)]
    return frozenset(face[: face.index(ends)])


def oracle_times(
    walked: Walk, times: Sequence[time], weekdays: frozenset[int], quiet: tuple[time, time], *, is_held: bool
) -> set[datetime]:
    first, last = walked.shown[0].date().toordinal() + 1, walked.shown[-1].date().toordinal()
    days = [date.fromordinal(day) for day in range(first, last)]
    found = set()
    for wanted in (datetime.combine(day, clock) for day in days for clock in times):
        if weekdays and wanted.weekday() not in weekdays:
            continue
        place = walked.place_of(wanted)
        if not walked.is_quiet(place, quiet):
            found.add(walked.minutes[place])
        elif is_held:
            found.add(walked.loud_from(place, quiet))
    return found


def oracle_every(walked: Walk, start: int, step: int, quiet: tuple[time, time]) -> set[datetime]:
    found = set()
    since = 0
    for place in range(start + 1, len(walked.minutes)):
        since += 1
        if since >= step and not walked.is_quiet(place, quiet):
            found.add(walked.minutes[place])
            since = 0
    return found


def looked_at(moments: set[datetime], change: datetime) -> tuple[datetime, ...]:
    return tuple(sorted(at for at in moments if change - LOOKED_AT < at <= change + LOOKED_AT))


nights = st.sampled_from(NIGHTS)
# Clocks change between 22:00 and 04:00, so that is where most times lie.
clocks = st.builds(
    time, st.sampled_from([*range(24), 22, 23, 0, 0, 1, 1, 2, 2, 3, 3]), st.sampled_from(range(0, 60, 5))
)
quiet_hours = st.one_of(
    st.just((time(22), time(7))), st.tuples(clocks, clocks), clocks.map(lambda clock: (clock, clock))
)


@settings(max_examples=600, deadline=None)
@given(nights, st.lists(clocks, min_size=1, max_size=4), st.frozensets(st.integers(0, 6), max_size=4), quiet_hours)
def test_no_time_of_day_is_missed_or_doubled_or_in_quiet_hours(
    night: tuple[str, datetime], times: list[time], weekdays: frozenset[int], quiet: tuple[time, time]
) -> None:
    name, change = night
    zone = ZoneInfo(name)
    walked = walk(name, change)
    for is_held in (False, True):
        rule = AtTimes(times=tuple(times), weekdays=weekdays, zone=zone)
        schedule = Schedule(rule=rule, quiet=Quiet(*quiet, zone), is_held_till_morning=is_held)

        found = between(schedule, change - LOOKED_AT, change + LOOKED_AT)

        assert found == looked_at(oracle_times(walked, times, weekdays, quiet, is_held=is_held), change)


@settings(max_examples=600, deadline=None)
@given(nights, st.integers(15, 1440), st.integers(0, 2 * 1440), quiet_hours)
def test_no_interval_is_missed_or_doubled_or_in_quiet_hours(
    night: tuple[str, datetime], step: int, start: int, quiet: tuple[time, time]
) -> None:
    name, change = night
    walked = walk(name, change)
    rule = Every(minutes=step, counts_from=walked.minutes[start])
    schedule = Schedule(rule=rule, quiet=Quiet(*quiet, ZoneInfo(name)))

    found = between(schedule, change - LOOKED_AT, change + LOOKED_AT)

    assert found == looked_at(oracle_every(walked, start, step, quiet), change)


@settings(max_examples=300, deadline=None)
@given(nights, clocks, st.integers(-1, 1), quiet_hours, st.booleans())
def test_one_moment_comes_once_or_is_dropped_by_quiet_hours(
    night: tuple[str, datetime], clock: time, days: int, quiet: tuple[time, time], is_held: bool
) -> None:
    name, change = night
    zone = ZoneInfo(name)
    walked = walk(name, change)
    day = date.fromordinal(change.astimezone(zone).date().toordinal() + days)
    place = walked.place_of(datetime.combine(day, clock))
    expected = walked.loud_from(place, quiet) if is_held or not walked.is_quiet(place, quiet) else None
    schedule = Schedule(rule=Once(on=day, at=clock, zone=zone), quiet=Quiet(*quiet, zone), is_held_till_morning=is_held)

    found = following(schedule, change - WALKED)

    assert found == expected
    assert found is None or following(schedule, found) is None


@settings(max_examples=300, deadline=None)
@given(nights, quiet_hours, st.integers(0, 4 * 1440))
def test_quiet_hours_are_over_when_clocks_first_show_a_time_outside_them(
    night: tuple[str, datetime], quiet: tuple[time, time], start: int
) -> None:
    name, change = night
    walked = walk(name, change)
    at = walked.minutes[start]
    window = Quiet(*quiet, ZoneInfo(name))

    assert window.covers(at) == walked.is_quiet(start, quiet)
    assert window.end_after(at) == walked.loud_from(start, quiet)

"""The calendar file: read back by icalendar, expanded by dateutil, and compared with the schedule itself."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dateutil.tz import tzical

from tests.tracker import make
from tests.tracker.reminders import calendar_reading
from tests.tracker.reminders import calendar_samples as samples
from tests.tracker.reminders.reminder_rows import make_reminder
from tracker.models import Patient, Recurrence, Reminder
from tracker.reminders import calendar_zones, timing

NOW = make.NOW
YEAR = timedelta(days=365)
SECOND = timedelta(seconds=1)
ZONES = ["Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    "times",
    [["08:30"], ["07:00", "14:15", "21:59"], ["22:00", "08:00"], ["06:59", "12:00"]],
    ids=["once a day", "three times", "one in quiet hours", "just before they end"],
)
@pytest.mark.parametrize("weekdays", [[], [0, 2, 4], [5, 6]], ids=["daily", "Mon Wed Fri", "weekend"])
def test_a_year_of_times_of_day_is_the_year_of_the_schedule(
    patient: Patient, zone: str, times: list[str], weekdays: list[int]
) -> None:
    samples.live_in(patient, zone)
    reminder = samples.at_times(patient, *times, weekdays=weekdays)

    samples.assert_same_year(patient, reminder)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("minutes", [50, 120, 210, 480, 540])
def test_a_year_of_every_so_many_minutes_is_the_year_of_the_schedule(patient: Patient, zone: str, minutes: int) -> None:
    samples.live_in(patient, zone)
    counts_from = NOW - timedelta(days=2)
    reminder = make_reminder(patient, every_minutes=minutes, time_zone=zone, counts_from_at=counts_from)
    quiet = timing.quiet_of(timing.settings_of(patient.user), patient.zone)

    expected = samples.assert_same_year(patient, reminder, quiet.end_after(quiet.start_after(reminder.changed_at)))

    assert expected[0].astimezone(patient.zone).time() == time(7)
    assert all("RRULE" in event for event in calendar_reading.events(samples.body(patient)))


def test_when_it_was_last_done_does_not_change_the_file(patient: Patient) -> None:
    reminder = make_reminder(patient, every_minutes=120)
    before = samples.body(patient)

    Reminder.objects.filter(pk=reminder.pk).update(counts_from_at=NOW - timedelta(minutes=17))

    assert samples.body(patient) == before


def test_every_quarter_of_an_hour_is_sixty_series(patient: Patient) -> None:
    reminder = make_reminder(patient, every_minutes=15, counts_from_at=NOW - timedelta(days=2))

    found = calendar_reading.events(samples.body(patient))

    assert len(found) == 60
    day = timedelta(days=1)
    midnight = datetime(2030, 11, 21, 23, tzinfo=UTC)
    assert [
        moment for moment in calendar_reading.moments(samples.body(patient), until=midnight + day) if moment > midnight
    ] == samples.scheduled(patient, reminder, midnight, midnight + day)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("minutes", [120, 1440])
def test_without_quiet_hours_an_interval_that_fits_a_day_is_laid_out_in_utc(
    patient: Patient, zone: str, minutes: int
) -> None:
    samples.live_in(patient, zone, quiet_from=time(0), quiet_to=time(0))
    reminder = make_reminder(patient, every_minutes=minutes, time_zone=zone)

    samples.assert_same_year(patient, reminder)

    assert all(
        event["DTSTART"].dt.utcoffset() == timedelta() for event in calendar_reading.events(samples.body(patient))
    )


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("quiet", [(time(0), time(0)), (time(23), time(0))], ids=["no night", "one hour"])
def test_an_interval_that_makes_no_regular_day_is_given_for_fourteen_days(
    patient: Patient, zone: str, quiet: tuple[time, time]
) -> None:
    samples.live_in(patient, zone, quiet_from=quiet[0], quiet_to=quiet[1])
    reminder = make_reminder(patient, every_minutes=500, time_zone=zone)
    today = datetime.combine(NOW.astimezone(patient.zone).date(), time(), patient.zone)

    found = calendar_reading.moments(samples.body(patient), until=NOW + YEAR)

    since = max(today, reminder.changed_at)
    assert found == samples.scheduled(patient, reminder, since, today + timedelta(days=14) - SECOND)
    assert len(found) > 30
    assert not any("RRULE" in event for event in calendar_reading.events(samples.body(patient)))


@pytest.mark.parametrize("quiet", [(time(10), time(16)), (time(1), time(3)), (time(2, 30), time(2, 45))], ids=str)
@pytest.mark.parametrize("zone", ZONES)
def test_odd_quiet_hours_leave_out_just_what_the_schedule_leaves_out(
    patient: Patient, zone: str, quiet: tuple[time, time]
) -> None:
    samples.live_in(patient, zone, quiet_from=quiet[0], quiet_to=quiet[1])
    reminder = samples.at_times(patient, "01:30", "02:00", "02:30", "03:00", "03:30", "12:00")

    samples.assert_same_year(patient, reminder)


@pytest.mark.parametrize("zone", ZONES)
def test_a_time_that_clocks_skip_or_show_twice_comes_once(patient: Patient, zone: str) -> None:
    samples.live_in(patient, zone, quiet_from=time(0), quiet_to=time(0))
    reminder = samples.at_times(patient, "01:45", "02:15", "02:45")

    expected = samples.assert_same_year(patient, reminder)

    assert len(expected) >= 3 * 365


@pytest.mark.parametrize("is_held", [False, True], ids=["dropped", "held till morning"])
@pytest.mark.parametrize("home", ["America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"])
def test_times_of_another_zone_leave_out_what_falls_into_quiet_hours_here(
    patient: Patient, home: str, is_held: bool
) -> None:
    samples.live_in(patient, "Europe/Paris")
    reminder = samples.at_times(patient, "16:00", "16:30", "01:30", time_zone=home, is_held_till_morning=is_held)

    samples.assert_same_year(patient, reminder)

    assert len(samples.body(patient)) < 10_000


def test_what_is_held_till_morning_is_one_entry_with_what_comes_then_anyway(patient: Patient) -> None:
    reminder = samples.at_times(patient, "23:00", "07:00", weekdays=[0], is_held_till_morning=True)

    samples.assert_same_year(patient, reminder)

    starts = [event["DTSTART"].dt for event in calendar_reading.events(samples.body(patient))]
    assert [(at.weekday(), at.time()) for at in starts] == [(1, time(7))] or len(starts) == 1


@pytest.mark.parametrize(
    ("fields", "last"),
    [
        ({"until_on": date(2030, 12, 24)}, datetime(2030, 12, 24, 7, 30, tzinfo=UTC)),
        ({"until_at": datetime(2030, 12, 24, 7, 30, tzinfo=UTC)}, datetime(2030, 12, 23, 7, 30, tzinfo=UTC)),
    ],
    ids=["a day, included", "a moment, excluded"],
)
def test_a_series_that_ends_ends_in_utc(patient: Patient, fields: dict[str, Any], last: datetime) -> None:
    samples.at_times(patient, "08:30", **fields)

    body = samples.body(patient)

    assert calendar_reading.moments(body, until=NOW + YEAR)[-1] == last
    assert b";UNTIL=20301" in body.replace(b"\r\n ", b"")
    (event,) = calendar_reading.events(body)
    assert event["RRULE"]["UNTIL"][0].utcoffset() == timedelta()


def test_a_series_that_ends_later_than_is_laid_out_ends_too(patient: Patient) -> None:
    samples.at_times(patient, "08:30", until_on=date(2035, 1, 1))

    found = calendar_reading.moments(samples.body(patient), until=datetime(2040, 1, 1, tzinfo=UTC))

    assert found[-1] == datetime(2035, 1, 1, 7, 30, tzinfo=UTC)


def test_one_without_an_end_goes_on(patient: Patient) -> None:
    samples.at_times(patient, "08:30", weekdays=[2])

    (event,) = calendar_reading.events(samples.body(patient))

    assert dict(event["RRULE"]) == {"FREQ": ["WEEKLY"], "BYDAY": ["WE"]}


def test_once_is_one_entry(patient: Patient) -> None:
    make_reminder(patient, recurrence=Recurrence.ONCE, times=["09:00"], on=date(2031, 3, 1))

    (event,) = calendar_reading.events(samples.body(patient))

    assert "RRULE" not in event
    assert event["DTSTART"].dt == datetime(2031, 3, 1, 9, tzinfo=ZoneInfo("Europe/Paris"))


@pytest.mark.parametrize("zone", [*ZONES, "Africa/Casablanca", "Europe/Dublin", "Pacific/Apia", "Asia/Kathmandu"])
def test_the_time_zone_in_the_file_is_the_time_zone(zone: str, tmp_path: Any) -> None:
    known = ZoneInfo(zone)
    path = tmp_path / "zone.ics"
    path.write_bytes(b"BEGIN:VCALENDAR\r\n" + calendar_zones.timezone(known, 2030).to_ical() + b"END:VCALENDAR\r\n")

    written = tzical(str(path)).get(zone)

    wall = datetime(2030, 1, 1)  # noqa: DTZ001 - wall time
    while wall < datetime(2032, 1, 1):  # noqa: DTZ001
        if wall.replace(tzinfo=known).astimezone(UTC).astimezone(known).replace(tzinfo=None) == wall:
            assert wall.replace(tzinfo=written).utcoffset() == wall.replace(tzinfo=known).utcoffset(), wall
        wall += timedelta(minutes=30)


def test_each_time_zone_that_is_used_is_in_the_file_once(patient: Patient) -> None:
    samples.live_in(patient, "Europe/Paris")
    samples.at_times(patient, "08:30")
    samples.at_times(patient, "09:30", time_zone="America/New_York")
    samples.at_times(patient, "10:30", time_zone="America/New_York")

    found = calendar_reading.parsed(samples.body(patient))

    assert [str(part["TZID"]) for part in found.walk("VTIMEZONE")] == ["America/New_York", "Europe/Paris"]

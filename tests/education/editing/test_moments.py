"""Times as editors type them, on the wall clock of a zone: also on the two nights when clocks change."""

from datetime import UTC, datetime

import pytest

from education.admin import moments

wall = datetime.fromisoformat  # a time on a wall clock: no zone


@pytest.mark.parametrize(
    ("shown", "zone", "moment"),
    [
        (wall("2026-11-27 09:00"), "Europe/London", datetime(2026, 11, 27, 9, 0, tzinfo=UTC)),  # winter
        (wall("2026-06-26 09:00"), "Europe/London", datetime(2026, 6, 26, 8, 0, tzinfo=UTC)),  # summer
        (wall("2026-11-27 09:00"), "Asia/Kathmandu", datetime(2026, 11, 27, 3, 15, tzinfo=UTC)),
        (wall("2026-11-27 09:00"), "Pacific/Kiritimati", datetime(2026, 11, 26, 19, 0, tzinfo=UTC)),
        (wall("2026-11-27 09:00"), "UTC", datetime(2026, 11, 27, 9, 0, tzinfo=UTC)),
    ],
)
def test_a_time_on_the_wall_clock_is_one_moment(shown: datetime, zone: str, moment: datetime) -> None:
    assert moments.moment_of(shown, zone) == moment


def test_a_time_that_clocks_skip_is_refused_with_the_next_one_there_is() -> None:
    # Clocks in London go from 01:00 to 02:00 on Sunday 28 March 2027.
    with pytest.raises(moments.NoSuchMoment, match=r"never show 01:30, 28 March 2027.+next time there is is 02:00"):
        moments.moment_of(wall("2027-03-28 01:30"), "Europe/London")


def test_a_time_that_clocks_show_twice_is_refused_with_both_in_utc() -> None:
    # Clocks in London go from 02:00 back to 01:00 on Sunday 31 October 2027.
    with pytest.raises(moments.NoSuchMoment, match=r"show 01:30, 31 October 2027 twice.+00:30 or 01:30"):
        moments.moment_of(wall("2027-10-31 01:30"), "Europe/London")


@pytest.mark.parametrize("shown", [wall("2027-03-28 00:59"), wall("2027-03-28 02:00")])
def test_the_minutes_beside_a_clock_change_are_ordinary(shown: datetime) -> None:
    assert moments.moment_of(shown, "Europe/London").minute == shown.minute


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("UTC", "27 November 2026, 19:00 UTC"),
        ("Europe/Paris", "27 November 2026, 20:00 Europe/Paris (19:00 UTC)"),
        ("Asia/Tokyo", "28 November 2026, 04:00 Asia/Tokyo (27 November 2026, 19:00 UTC)"),
    ],
)
def test_a_moment_is_told_in_the_editors_zone_and_in_utc(zone: str, said: str) -> None:
    assert moments.said(datetime(2026, 11, 27, 19, 0, tzinfo=UTC), zone) == said


def test_the_zones_are_those_of_places_and_utc() -> None:
    names = moments.zones()

    assert {"UTC", "Europe/London", "America/Argentina/Buenos_Aires", "Asia/Kolkata", "Asia/Calcutta"} <= set(names)
    assert not [name for name in names if name.startswith(("Etc/", "US/", "posix", "SystemV"))]

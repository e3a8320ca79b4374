"""When reminders are due: intervals, times of day, quiet hours, and nights on which clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from tracker.schedule import AtTimes, Every, Once, Quiet, Schedule, between, following, messages_on, upcoming

LONDON = ZoneInfo("Europe/London")
PARIS = ZoneInfo("Europe/Paris")
NEW_YORK = ZoneInfo("America/New_York")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
APIA = ZoneInfo("Pacific/Apia")
KATHMANDU = ZoneInfo("Asia/Kathmandu")
NEVER = Quiet(time(), time(), LONDON)
NIGHT = Quiet(time(22), time(7), LONDON)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def every(minutes: int, counts_from: str, quiet: Quiet = NEVER) -> Schedule:
    return Schedule(rule=Every(minutes=minutes, counts_from=at(counts_from)), quiet=quiet)


def daily(*times: str, zone: ZoneInfo = LONDON, quiet: Quiet = NEVER, is_held: bool = False) -> Schedule:
    rule = AtTimes(times=tuple(time.fromisoformat(clock) for clock in times), weekdays=frozenset(), zone=zone)
    return Schedule(rule=rule, quiet=quiet, is_held_till_morning=is_held)


def once(on: str, clock: str, zone: ZoneInfo = LONDON, quiet: Quiet = NEVER, *, is_held: bool = False) -> Schedule:
    rule = Once(on=date.fromisoformat(on), at=time.fromisoformat(clock), zone=zone)
    return Schedule(rule=rule, quiet=quiet, is_held_till_morning=is_held)


# --- Every so many minutes ----------------------------------------------------------------------------------


def test_an_interval_is_counted_from_start_to_start() -> None:
    schedule = every(120, "2026-01-14 09:10")

    assert upcoming(schedule, at("2026-01-14 09:10"), count=3) == (
        at("2026-01-14 11:10"),
        at("2026-01-14 13:10"),
        at("2026-01-14 15:10"),
    )


def test_following_is_strictly_later() -> None:
    schedule = every(120, "2026-01-14 09:10")

    assert following(schedule, at("2026-01-14 11:10")) == at("2026-01-14 13:10")
    assert following(schedule, at("2026-01-14 11:09:59")) == at("2026-01-14 11:10")


def test_what_ends_in_quiet_hours_comes_at_their_end_and_counting_goes_on_from_there() -> None:
    schedule = every(120, "2026-01-14 17:30", NIGHT)

    found = upcoming(schedule, at("2026-01-14 17:30"), count=4)

    assert found == (
        at("2026-01-14 19:30"),
        at("2026-01-14 21:30"),
        at("2026-01-15 07:00"),
        at("2026-01-15 09:00"),
    )


def test_an_interval_that_ends_as_the_night_begins_waits_and_one_that_ends_with_it_does_not() -> None:
    assert following(every(60, "2026-01-14 21:00", NIGHT), at("2026-01-14 21:00")) == at("2026-01-15 07:00")
    assert following(every(60, "2026-01-14 06:00", NIGHT), at("2026-01-14 06:00")) == at("2026-01-14 07:00")


def test_an_interval_longer_than_the_night_may_pass_over_it() -> None:
    schedule = every(720, "2026-01-14 09:00", NIGHT)

    assert upcoming(schedule, at("2026-01-14 09:00"), count=3) == (
        at("2026-01-14 21:00"),
        at("2026-01-15 09:00"),
        at("2026-01-15 21:00"),
    )


def test_an_interval_is_elapsed_time_on_the_night_clocks_go_forward() -> None:
    schedule = every(120, "2026-03-29 00:00")

    assert upcoming(schedule, at("2026-03-29 00:00"), count=2) == (at("2026-03-29 02:00"), at("2026-03-29 04:00"))


@pytest.mark.parametrize("minutes", [15, 45, 120, 540, 541, 720, 1440])
def test_counting_from_months_ago_gives_what_counting_step_by_step_gives(minutes: int) -> None:
    schedule = every(minutes, "2026-01-14 09:10", NIGHT)
    moment = at("2026-01-14 09:10")
    while moment <= at("2026-06-01 12:00"):
        step = Schedule(rule=Every(minutes=minutes, counts_from=moment), quiet=NIGHT)
        moment = following(step, moment) or moment

    assert following(schedule, at("2026-06-01 12:00")) == moment


def test_an_interval_that_has_not_begun_to_count_is_due_one_interval_after_its_beginning() -> None:
    assert following(every(120, "2026-01-20 09:00"), at("2026-01-14 09:00")) == at("2026-01-20 11:00")


def test_a_moment_keeps_its_seconds() -> None:
    assert following(every(15, "2026-01-14 09:10:37"), at("2026-01-14 09:11")) == at("2026-01-14 09:25:37")


# --- Times of day -------------------------------------------------------------------------------------------


def test_times_of_day_are_wall_time_in_summer_and_winter() -> None:
    schedule = daily("08:30", zone=PARIS)

    assert following(schedule, at("2026-01-14 00:00")) == at("2026-01-14 07:30")
    assert following(schedule, at("2026-07-14 00:00")) == at("2026-07-14 06:30")


def test_chosen_weekdays_are_days_where_the_clock_is() -> None:
    rule = AtTimes(times=(time(7),), weekdays=frozenset({0}), zone=KATHMANDU)  # Mondays
    schedule = Schedule(rule=rule, quiet=NEVER)

    # 01:15 UTC on a Monday.
    assert following(schedule, at("2026-01-14 00:00")) == at("2026-01-19 01:15")


@pytest.mark.parametrize(
    ("zone", "clock", "after", "moment"),
    [
        pytest.param(LONDON, "01:30", "2026-03-28 12:00", "2026-03-29 01:30", id="London, shows 02:30"),
        pytest.param(NEW_YORK, "02:30", "2026-03-07 12:00", "2026-03-08 07:30", id="New York, shows 03:30"),
        pytest.param(LORD_HOWE, "02:15", "2026-10-03 00:00", "2026-10-03 15:45", id="Lord Howe, shows 02:45"),
    ],
)
def test_a_skipped_time_falls_later_by_the_jump(zone: ZoneInfo, clock: str, after: str, moment: str) -> None:
    assert following(daily(clock, zone=zone), at(after)) == at(moment)


@pytest.mark.parametrize(
    ("zone", "clock", "after", "moments"),
    [
        pytest.param(LONDON, "01:30", "2026-10-24 12:00", ["2026-10-25 00:30", "2026-10-26 01:30"], id="London"),
        pytest.param(NEW_YORK, "01:30", "2026-10-31 12:00", ["2026-11-01 05:30", "2026-11-02 06:30"], id="New York"),
        pytest.param(LORD_HOWE, "01:45", "2026-04-04 00:00", ["2026-04-04 14:45", "2026-04-05 15:15"], id="Lord Howe"),
    ],
)
def test_a_repeated_time_comes_once_and_first(zone: ZoneInfo, clock: str, after: str, moments: list[str]) -> None:
    assert upcoming(daily(clock, zone=zone), at(after), count=2) == tuple(at(moment) for moment in moments)


def test_two_times_that_fall_on_one_moment_come_once() -> None:
    schedule = daily("02:30", "03:30", zone=NEW_YORK)

    assert upcoming(schedule, at("2026-03-08 00:00"), count=2) == (at("2026-03-08 07:30"), at("2026-03-09 06:30"))


def test_the_day_that_apia_never_had_sends_nothing_of_its_own() -> None:
    schedule = daily("08:00", zone=APIA)

    # 29 and 31 December 2011; local time was UTC-10, then UTC+14.
    assert upcoming(schedule, at("2011-12-29 12:00"), count=3) == (
        at("2011-12-29 18:00"),
        at("2011-12-30 18:00"),
        at("2011-12-31 18:00"),
    )
    assert messages_on(date(2011, 12, 30), APIA, [schedule]) == 0
    assert messages_on(date(2011, 12, 31), APIA, [schedule]) == 1


def test_a_time_in_quiet_hours_is_dropped() -> None:
    schedule = daily("21:30", "23:00", "06:59", quiet=NIGHT)

    assert upcoming(schedule, at("2026-01-14 12:00"), count=2) == (at("2026-01-14 21:30"), at("2026-01-15 21:30"))


def test_what_is_held_till_morning_comes_once_at_the_end_of_quiet_hours() -> None:
    schedule = daily("22:00", "23:00", "06:00", "07:00", quiet=NIGHT, is_held=True)

    assert upcoming(schedule, at("2026-01-14 12:00"), count=2) == (at("2026-01-15 07:00"), at("2026-01-16 07:00"))


def test_a_time_that_only_falls_into_quiet_hours_is_never_due() -> None:
    assert following(daily("23:00", quiet=NIGHT), at("2026-01-14 12:00")) is None


def test_a_time_in_quiet_hours_elsewhere_is_due_in_the_weeks_in_which_clocks_differ() -> None:
    # A traveller in New York kept home time: 12:30 in Paris shows 06:30, for some weeks in March 07:30.
    schedule = daily("12:30", zone=PARIS, quiet=Quiet(time(22), time(7), NEW_YORK))

    assert following(schedule, at("2026-01-14 12:00")) == at("2026-03-08 11:30")


# --- Once ---------------------------------------------------------------------------------------------------


def test_once_comes_once() -> None:
    schedule = once("2026-07-14", "08:30")

    assert upcoming(schedule, at("2026-01-14 12:00"), count=3) == (at("2026-07-14 07:30"),)
    assert following(schedule, at("2026-07-14 07:30")) is None


def test_once_in_quiet_hours_is_dropped_or_held() -> None:
    assert following(once("2026-01-14", "23:30", quiet=NIGHT), at("2026-01-14 12:00")) is None
    assert following(once("2026-01-14", "23:30", quiet=NIGHT, is_held=True), at("2026-01-14 12:00")) == at(
        "2026-01-15 07:00"
    )


# --- From, until, between -----------------------------------------------------------------------------------


def test_a_schedule_starts_at_its_first_moment_and_ends_before_its_last() -> None:
    rule = AtTimes(times=(time(9),), weekdays=frozenset(), zone=LONDON)
    schedule = Schedule(rule=rule, quiet=NEVER, starts_at=at("2026-01-15 09:00"), ends_at=at("2026-01-17 09:00"))

    assert upcoming(schedule, at("2026-01-10 00:00"), count=9) == (at("2026-01-15 09:00"), at("2026-01-16 09:00"))


def test_between_leaves_out_its_beginning_and_holds_its_end() -> None:
    schedule = every(60, "2026-01-14 08:00")

    assert between(schedule, at("2026-01-14 09:00"), at("2026-01-14 11:00")) == (
        at("2026-01-14 10:00"),
        at("2026-01-14 11:00"),
    )


# --- Quiet hours --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clock", "covers"), [("21:59", False), ("22:00", True), ("23:59", True), ("06:59", True), ("07:00", False)]
)
def test_overnight_is_one_window(clock: str, covers: bool) -> None:
    assert NIGHT.covers(at(f"2026-01-14 {clock}")) is covers


def test_quiet_hours_without_length_cover_nothing() -> None:
    assert not any(NEVER.covers(at("2026-01-14 00:00") + timedelta(minutes=15 * count)) for count in range(96))


def test_quiet_hours_end_on_the_wall_clock_after_a_short_night() -> None:
    assert NIGHT.end_after(at("2026-03-28 22:30")) == at("2026-03-29 06:00")


def test_a_moment_outside_quiet_hours_is_its_own_end() -> None:
    assert NIGHT.end_after(at("2026-01-14 12:00")) == at("2026-01-14 12:00")


def test_quiet_hours_that_clocks_jump_out_of_end_with_the_jump() -> None:
    quiet = Quiet(time(0, 30), time(1, 30), LONDON)

    assert quiet.end_after(at("2026-03-29 00:45")) == at("2026-03-29 01:00")


# --- Messages of a day --------------------------------------------------------------------------------------


def test_what_is_due_within_ten_minutes_of_the_first_is_one_message() -> None:
    schedules = [daily("09:00"), daily("09:10"), daily("09:11", "09:21")]

    # 09:00 with 09:10; 09:11 with 09:21.
    assert messages_on(date(2026, 1, 14), LONDON, schedules) == 2


def test_a_day_counts_from_midnight_to_midnight_of_the_patient() -> None:
    schedules = [daily("00:00", "23:55", zone=KATHMANDU)]

    assert messages_on(date(2026, 1, 14), KATHMANDU, schedules) == 2
    assert messages_on(date(2026, 1, 14), KATHMANDU, []) == 0


def test_every_two_hours_from_seven_to_ten_is_eight_messages() -> None:
    assert messages_on(date(2026, 1, 15), LONDON, [every(120, "2026-01-14 17:30", NIGHT)]) == 8

"""A reminder's row read as a schedule."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from tests.tracker.make import NOW
from tests.tracker.reminders.reminder_rows import make_reminder
from tracker.models import Patient, Recurrence, Reminder, ReminderKind, ReminderSettings
from tracker.reminders import timing
from tracker.schedule import AtTimes, Every, Once, Quiet

PARIS = ZoneInfo("Europe/Paris")
NEW_YORK = ZoneInfo("America/New_York")


def a_reminder(**fields: object) -> Reminder:
    values = {"recurrence": Recurrence.AT_TIMES, "times": ["08:00"], "time_zone": "Europe/Paris", **fields}
    return Reminder(kind=ReminderKind.OWN, **values)


def test_every_so_many_minutes_counts_from_its_moment() -> None:
    reminder = a_reminder(recurrence=Recurrence.EVERY, every_minutes=90, counts_from_at=NOW)

    schedule = timing.schedule_of(reminder, settings=None, zone=PARIS)

    assert schedule.rule == Every(minutes=90, counts_from=NOW)


def test_times_of_day_are_of_the_reminders_zone_and_quiet_hours_of_the_patients() -> None:
    reminder = a_reminder(times=["08:00", "13:30"], weekdays=[0, 2])

    schedule = timing.schedule_of(reminder, settings=None, zone=NEW_YORK)

    assert schedule.rule == AtTimes(times=(time(8), time(13, 30)), weekdays=frozenset({0, 2}), zone=PARIS)
    assert schedule.quiet == Quiet(time(22), time(7), NEW_YORK)


def test_once_is_one_time_of_one_day() -> None:
    reminder = a_reminder(recurrence=Recurrence.ONCE, on=date(2030, 11, 25))

    assert timing.schedule_of(reminder, settings=None, zone=PARIS).rule == Once(
        on=date(2030, 11, 25), at=time(8), zone=PARIS
    )


def test_chosen_quiet_hours_take_the_place_of_the_usual_ones() -> None:
    choices = ReminderSettings(quiet_from=time(23), quiet_to=time(6, 30))

    assert timing.schedule_of(a_reminder(), settings=choices, zone=PARIS).quiet == Quiet(time(23), time(6, 30), PARIS)


def test_the_end_of_a_timer_knows_no_quiet_hours() -> None:
    reminder = Reminder(
        kind=ReminderKind.TIMER_END,
        recurrence=Recurrence.ONCE,
        on=date(2030, 11, 25),
        times=["23:20"],
        time_zone="Europe/Paris",
    )

    assert timing.next_due(reminder, settings=None, zone=PARIS, after=NOW) == datetime(2030, 11, 25, 22, 20, tzinfo=UTC)


def test_days_from_and_until_are_both_included() -> None:
    reminder = a_reminder(from_on=date(2030, 11, 22), until_on=date(2030, 11, 23))

    first = timing.next_due(reminder, settings=None, zone=PARIS, after=NOW)
    assert first == datetime(2030, 11, 22, 7, 0, tzinfo=UTC)
    second = timing.next_due(reminder, settings=None, zone=PARIS, after=first)
    assert second == datetime(2030, 11, 23, 7, 0, tzinfo=UTC)
    assert timing.next_due(reminder, settings=None, zone=PARIS, after=second) is None


def test_the_earlier_of_two_ends_counts() -> None:
    until_at = datetime(2030, 11, 22, 12, 0, tzinfo=UTC)

    assert timing.ends_at(a_reminder(until_at=until_at, until_on=date(2030, 11, 23))) == until_at
    assert timing.ends_at(a_reminder(until_at=until_at, until_on=date(2030, 11, 21))) == datetime(
        2030, 11, 21, 23, 0, tzinfo=UTC
    )
    assert timing.ends_at(a_reminder()) is None


def test_the_later_of_two_beginnings_counts() -> None:
    not_before_at = datetime(2030, 11, 23, 23, 0, tzinfo=UTC)
    reminder = a_reminder(from_on=date(2030, 11, 22), not_before_at=not_before_at)

    assert timing.next_due(reminder, settings=None, zone=PARIS, after=NOW) == datetime(2030, 11, 24, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"times": ["25:00"]}, id="no time of day"),
        pytest.param({"recurrence": Recurrence.EVERY, "every_minutes": 0, "counts_from_at": NOW}, id="no minutes"),
        pytest.param({"recurrence": Recurrence.EVERY, "every_minutes": 60}, id="counted from nothing"),
        pytest.param({"recurrence": Recurrence.ONCE}, id="once on no day"),
        pytest.param({"recurrence": Recurrence.ONCE, "on": date(2030, 11, 25), "times": []}, id="once at no time"),
    ],
)
def test_a_row_that_says_no_time_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - zoneinfo and datetime choose the words
        timing.schedule_of(a_reminder(**fields), settings=None, zone=PARIS)


def test_a_patient_who_chose_nothing_has_the_usual_choices_unsaved(patient: Patient) -> None:
    choices = timing.settings_of(patient.user)

    assert (choices.quiet_from, choices.quiet_to, choices.paused_until_at) == (time(22), time(7), None)
    assert not ReminderSettings.objects.exists()


def test_a_patients_own_choices_are_read_and_never_anothers(patient: Patient, stranger: Patient) -> None:
    ReminderSettings.objects.create(user=patient.user, quiet_from=time(21))

    assert timing.settings_of(patient.user).quiet_from == time(21)
    assert timing.settings_of(stranger.user).quiet_from == time(22)


def test_a_stored_reminder_is_due_as_its_columns_say(patient: Patient) -> None:
    reminder = make_reminder(patient, recurrence=Recurrence.AT_TIMES, times=["08:00"], weekdays=[4])
    reminder.refresh_from_db()

    # A Friday.
    assert timing.next_due(reminder, settings=None, zone=patient.zone, after=NOW) == datetime(
        2030, 11, 22, 7, 0, tzinfo=UTC
    )


def test_ice_keeps_the_usual_night_where_quiet_hours_were_switched_off() -> None:
    none = ReminderSettings(quiet_from=time(7), quiet_to=time(7))
    reminder = a_reminder()
    ice = a_reminder()
    ice.kind = ReminderKind.ICE

    assert timing.schedule_of(ice, settings=none, zone=PARIS).quiet == Quiet(time(22), time(7), PARIS)
    assert timing.schedule_of(reminder, settings=none, zone=PARIS).quiet.starts == time(7)

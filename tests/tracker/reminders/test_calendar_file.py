"""What stands in the calendar file, and what does not: ids, numbers, words, and what is called off."""

import itertools
import uuid
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from tests.tracker import make
from tests.tracker.reminders import calendar_reading
from tests.tracker.reminders import calendar_samples as samples
from tests.tracker.reminders.reminder_rows import make_reminder
from tracker.models import EmergencyCheck, Hold, Patient, ReminderKind, ReminderSettings
from tracker.reminders import wishes

NOW = make.NOW
YEAR = timedelta(days=365)
HEALTH_WORDS = ["pain", "spasm", "back", "ice", "heat", "medicine", "tablet", "stretch", "episode", "health"]


def test_an_entry_is_what_calendars_need(patient: Patient) -> None:
    reminder = samples.at_times(patient, "08:30", sequence=3)

    (event,) = calendar_reading.events(samples.body(patient))

    assert event["UID"] == f"{reminder.pk}-1@127.0.0.1"
    assert event["SEQUENCE"] == 3
    assert event["DTSTAMP"].dt == event["LAST-MODIFIED"].dt == reminder.changed_at.replace(microsecond=0)
    assert (event["CLASS"], event["TRANSP"], event["STATUS"]) == ("PRIVATE", "TRANSPARENT", "CONFIRMED")
    (alarm,) = event.subcomponents
    assert alarm["ACTION"] == "DISPLAY"
    assert alarm["TRIGGER"].to_ical() in {b"PT0S", b"P0D"}


def test_the_head_says_how_often_to_come_back(patient: Patient) -> None:
    samples.at_times(patient, "08:30")

    lines = samples.body(patient).split(b"\r\n")

    assert b"METHOD:PUBLISH" in lines
    assert b"VERSION:2.0" in lines
    assert b"NAME:My reminders" in lines
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT12H" in lines


def test_lines_end_with_crlf_and_have_75_octets_at_most(patient: Patient) -> None:
    samples.live_in(patient, "Australia/Lord_Howe")
    samples.at_times(patient, "08:30", "23:10", time_zone="America/New_York", weekdays=[0, 1, 2, 3, 4])

    body = samples.body(patient)

    assert body.endswith(b"END:VCALENDAR\r\n")
    assert body.count(b"\n") == body.count(b"\r\n")
    assert max(len(line) for line in body.split(b"\r\n")) <= 75


def test_two_fetches_give_the_same_bytes(patient: Patient) -> None:
    samples.at_times(patient, "08:30", "12:00", weekdays=[0, 3])
    make_reminder(patient, every_minutes=90)

    first = samples.body(patient)

    assert samples.body(patient, NOW + timedelta(minutes=50)) == first
    assert samples.body(patient, NOW + timedelta(days=5)) == first


@pytest.mark.parametrize("word", HEALTH_WORDS)
def test_no_word_of_health_and_nothing_typed_is_in_it(patient: Patient, word: str) -> None:
    medicine = make.make_medicine(patient, "Blue tablets")
    samples.at_times(patient, "08:30", kind=ReminderKind.MEDICINE, medicine=medicine, label="Pain tablets for my back")
    samples.at_times(patient, "09:30", kind=ReminderKind.ICE, step_key="ice_on_back")

    said = [
        str(part[name])
        for part in calendar_reading.parsed(samples.body(patient)).walk()
        for name in ("SUMMARY", "NAME", "X-WR-CALNAME", "COMMENT", "LOCATION", "UID", "PRODID")
        if name in part
    ]

    assert len(said) > 6
    assert not any(word in text.lower() for text in said)
    assert b"tablets" not in samples.body(patient)


def test_an_entry_links_to_the_list_and_to_nothing_else(patient: Patient) -> None:
    samples.at_times(patient, "08:30")

    (event,) = calendar_reading.events(samples.body(patient))

    assert str(event["DESCRIPTION"]).endswith("/tracker/reminders/")
    assert str(event["SUMMARY"]) == "Reminder"


@pytest.mark.parametrize("fields", [{"is_in_calendar": False}, {"kind": ReminderKind.TIMER_END}], ids=["no", "ring"])
def test_what_is_not_for_the_calendar_is_not_in_it(patient: Patient, fields: dict[str, Any]) -> None:
    samples.at_times(patient, "08:30", **fields)

    assert calendar_reading.events(samples.body(patient)) == []


def test_another_patients_reminders_are_not_in_it(patient: Patient, stranger: Patient) -> None:
    samples.at_times(stranger, "08:30")

    assert calendar_reading.events(samples.body(patient)) == []


def test_an_ended_reminder_is_called_off_for_thirty_days(patient: Patient) -> None:
    reminder = samples.at_times(patient, "08:30", "12:00")
    before = {str(event["UID"]): int(event["SEQUENCE"]) for event in calendar_reading.events(samples.body(patient))}

    wishes.end(reminder=reminder, now=NOW)

    after = calendar_reading.events(samples.body(patient))
    assert {str(event["UID"]) for event in after} == set(before)
    assert all(event["STATUS"] == "CANCELLED" for event in after)
    assert all(int(event["SEQUENCE"]) > before[str(event["UID"])] for event in after)
    assert not any(event.subcomponents for event in after)
    assert calendar_reading.events(samples.body(patient, NOW + timedelta(days=30))) == []


def test_one_that_is_switched_off_is_called_off_and_comes_back_with_a_higher_number(patient: Patient) -> None:
    reminder = samples.at_times(patient, "08:30")

    wishes.switch(patient=patient, reminder=reminder, is_on=False, now=NOW)
    (off,) = calendar_reading.events(samples.body(patient))
    wishes.switch(patient=patient, reminder=reminder, is_on=True, now=NOW + timedelta(minutes=1))
    (on,) = calendar_reading.events(samples.body(patient))

    assert (off["STATUS"], on["STATUS"]) == ("CANCELLED", "CONFIRMED")
    assert off["UID"] == on["UID"]
    assert off["SEQUENCE"] < on["SEQUENCE"]


def test_a_change_keeps_the_ids_and_raises_the_number_and_a_save_without_one_does_not(patient: Patient) -> None:
    wish = wishes.Wish(kind="own", recurrence="at_times", times=(time(8, 30), time(12)), label="Stand up")
    made = wishes.create(patient=patient, wish=wish, edition=1, protocol_number=None, form_id=uuid.uuid4(), now=NOW)
    first = samples.body(patient)

    def change(*times: time) -> bytes:
        changed = wishes.Wish(kind="own", recurrence="at_times", times=times, label="Stand up")
        later = NOW + timedelta(minutes=5)
        wishes.change(patient=patient, reminder=made, wish=changed, edition=1, protocol_number=None, now=later)
        return samples.body(patient)

    assert change(time(8, 30), time(12)) == first
    old, new = calendar_reading.events(first), calendar_reading.events(change(time(9), time(12)))
    assert [event["UID"] for event in new] == [event["UID"] for event in old]
    assert all(one["SEQUENCE"] < other["SEQUENCE"] for one, other in zip(old, new, strict=True))
    assert new[0]["DTSTART"].dt.time() == time(9)


def test_a_closed_episode_calls_its_reminders_off(patient: Patient) -> None:
    episode = make.make_episode(patient, ended_at=NOW - timedelta(hours=1))
    samples.at_times(patient, "08:30", episode=episode)

    (event,) = calendar_reading.events(samples.body(patient))

    assert event["STATUS"] == "CANCELLED"


def test_while_an_emergency_answer_is_open_nothing_is_in_it(patient: Patient) -> None:
    samples.at_times(patient, "08:30")
    check = EmergencyCheck.objects.create(
        user=patient.user, because="start", codes=["E1"], answers={"E1": "yes"}, edition=1, asked_at=NOW
    )
    Hold.objects.create(user=patient.user, check_made=check, codes=["E1"], set_at=NOW)

    found = calendar_reading.parsed(samples.body(patient))

    assert {part.name for part in found.walk()} == {"VCALENDAR", "VTIMEZONE", "STANDARD", "DAYLIGHT"}


def test_a_pause_has_no_entries(patient: Patient) -> None:
    until = NOW + timedelta(days=10)
    ReminderSettings.objects.create(user=patient.user, paused_until_at=until)
    reminder = samples.at_times(patient, "08:30")

    samples.assert_same_year(patient, reminder, until)


def test_one_that_is_not_for_today_begins_tomorrow(patient: Patient) -> None:
    tomorrow = datetime(2030, 11, 20, 23, tzinfo=UTC)
    samples.at_times(patient, "20:00", not_before_at=tomorrow)

    assert calendar_reading.moments(samples.body(patient), until=NOW + YEAR)[0] == datetime(
        2030, 11, 21, 19, tzinfo=UTC
    )


def test_fifty_reminders_stay_under_100_000_bytes_and_what_does_not_fit_is_said(patient: Patient) -> None:
    for minutes in itertools.chain([15, 15, 15, 15], [120] * 46):
        make_reminder(patient, every_minutes=minutes)

    body = samples.body(patient)

    assert 50_000 < len(body) <= 100_000
    assert "more reminders than fit" in str(calendar_reading.parsed(body)["DESCRIPTION"])

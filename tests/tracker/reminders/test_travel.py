"""Another clock on the device: asked once, answered once; what is counted in minutes does not move."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from backspasm.models import AuditEvent
from tests.tracker.reminders.reminder_rows import make_reminder
from tests.tracker.reminders.test_list_screens import page
from tracker.models import Patient, Reminder, ReminderSettings, SenderBeat

TRAVEL = "/tracker/reminders/travel/"
TOKYO = "Asia/Tokyo"


def ask(client: Client, zone: str = TOKYO) -> Any:
    return client.get(TRAVEL, {"zone": zone})


def answer(client: Client, said: str, zone: str = TOKYO) -> Any:
    return client.post(TRAVEL, {"zone": zone, "answer": said})


def zone_of(patient: Patient) -> str:
    return Patient.objects.get(pk=patient.pk).time_zone


def test_it_asks_with_both_clocks_and_says_what_does_not_move(patient_client: Client) -> None:
    text = page(patient_client, f"{TRAVEL}?zone={TOKYO}")

    assert "follow Europe/Paris, where it is 13:00. This device shows Asia/Tokyo, where it is 21:00." in text
    assert "Reminders that come every so many minutes or hours do not move" in text


def test_asking_changes_nothing(patient_client: Client, patient: Patient) -> None:
    before = Patient.objects.values().get()

    ask(patient_client)

    assert Patient.objects.values().get() == before
    assert not ReminderSettings.objects.exists()
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../../etc/passwd", "asia/tokyo", "<b>", "\x00", "Asia/Tokyo\n"])
def test_a_place_that_is_none_is_not_found(patient_client: Client, zone: str) -> None:
    assert ask(patient_client, zone).status_code == 404


@pytest.mark.parametrize(("said", "zone"), [("move", "Mars/Olympus"), ("move", ""), ("stay", TOKYO), ("", TOKYO)])
def test_an_answer_that_cannot_be_changes_nothing(
    patient_client: Client, patient: Patient, said: str, zone: str
) -> None:
    assert answer(patient_client, said, zone).status_code == 400
    assert zone_of(patient) == "Europe/Paris"
    assert not ReminderSettings.objects.exists()


def test_at_home_there_is_nothing_to_ask(patient_client: Client) -> None:
    led = ask(patient_client, "Europe/Paris")

    assert led.headers["Location"] == "/tracker/reminders/"


def test_keeping_home_time_is_remembered_and_moves_nothing(
    patient_client: Client, patient: Patient, now: datetime
) -> None:
    reminder = make_reminder(patient, recurrence="at_times", times=["18:00"])
    before = Reminder.objects.values().get()

    kept = answer(patient_client, "keep")

    assert (kept.status_code, kept.headers["Location"]) == (303, "/tracker/reminders/")
    assert zone_of(patient) == "Europe/Paris"
    assert Reminder.objects.filter(pk=reminder.pk).values().get() == before
    assert ReminderSettings.objects.get().kept_zone == TOKYO
    assert AuditEvent.objects.get().event == "reminders.home_time_kept"


def test_moving_takes_times_of_day_along(patient_client: Client, patient: Patient, now: datetime) -> None:
    daily = make_reminder(
        patient, recurrence="at_times", times=["18:00"], next_due_at=datetime(2030, 11, 20, 17, tzinfo=UTC), sequence=3
    )
    once = make_reminder(
        patient,
        recurrence="once",
        on=date(2030, 11, 22),
        times=["09:00"],
        next_due_at=datetime(2030, 11, 22, 8, tzinfo=UTC),
    )

    answer(patient_client, "move")

    daily.refresh_from_db()
    once.refresh_from_db()
    assert zone_of(patient) == TOKYO
    assert (daily.time_zone, daily.next_due_at) == (TOKYO, datetime(2030, 11, 21, 9, tzinfo=UTC))
    assert (once.time_zone, once.next_due_at) == (TOKYO, datetime(2030, 11, 22, 0, tzinfo=UTC))
    assert daily.sequence > 3
    assert AuditEvent.objects.filter(event="settings.changed", subject=patient.user_id).count() == 1


def test_moving_leaves_intervals_on_their_count(patient_client: Client, patient: Patient, now: datetime) -> None:
    ReminderSettings.objects.create(user=patient.user, quiet_from="00:00", quiet_to="00:00")
    every = make_reminder(patient, counts_from_at=now, next_due_at=now + timedelta(hours=2))
    before = Reminder.objects.values().get()

    answer(patient_client, "move")

    assert Reminder.objects.filter(pk=every.pk).values().get() == before


def test_quiet_hours_move_along(patient_client: Client, patient: Patient, now: datetime) -> None:
    every = make_reminder(patient, counts_from_at=now, next_due_at=now + timedelta(hours=2))  # 23:00 in Tokyo

    answer(patient_client, "move")

    every.refresh_from_db()
    assert every.next_due_at == datetime(2030, 11, 20, 22, tzinfo=UTC)  # 07:00 in Tokyo


def test_moving_forgets_that_home_time_was_kept_elsewhere(patient_client: Client, patient: Patient) -> None:
    answer(patient_client, "keep", "America/Lima")

    answer(patient_client, "move")

    assert ReminderSettings.objects.get().kept_zone == ""


def test_ended_ones_and_those_of_others_stay(
    patient_client: Client, patient: Patient, stranger: Patient, now: datetime
) -> None:
    fields = {"recurrence": "at_times", "times": ["18:00"]}
    old = make_reminder(patient, is_active=False, ended_at=now, next_due_at=None, **fields)
    another = make_reminder(stranger, **fields)

    answer(patient_client, "move")

    assert {row.time_zone for row in Reminder.objects.filter(pk__in=[old.pk, another.pk])} == {"Europe/Paris"}
    assert zone_of(stranger) == "Europe/Paris"


@pytest.mark.parametrize("address", ["/tracker/", "/tracker/reminders/"])
def test_the_screens_tell_the_script_what_to_compare_and_hide_it(
    patient_client: Client, patient: Patient, now: datetime, address: str
) -> None:
    SenderBeat.objects.create(pk=1, beat_at=now)
    assert 'id="travel"' not in patient_client.get(address).content.decode()
    make_reminder(patient)
    ReminderSettings.objects.create(user=patient.user, kept_zone=TOKYO)

    html = patient_client.get(address).content.decode()

    assert 'id="travel" hidden data-zone="Europe/Paris" data-kept="Asia/Tokyo"' in html
    assert "js/travel" in html

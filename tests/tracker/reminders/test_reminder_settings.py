"""Quiet hours, the ring of a timer, the pause, and e-mails that go out again."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client

from backspasm.models import AuditEvent
from tests.tracker.reminders.reminder_rows import make_reminder
from tests.tracker.reminders.test_list_screens import page, words_of
from tracker.models import Patient, Reminder, ReminderSettings

SETTINGS = "/tracker/reminders/settings/"
PAUSE = "/tracker/reminders/pause/"
LIST = "/tracker/reminders/"
USUAL = {"quiet_from": "22:00", "quiet_to": "07:00", "rings_at_timer_end": "on"}


def stored(patient: Patient) -> ReminderSettings:
    return ReminderSettings.objects.get(user=patient.user)


def save(client: Client, **fields: str) -> Any:
    return client.post(SETTINGS, {**USUAL, **fields})


def events() -> list[str]:
    return list(AuditEvent.objects.filter(event__startswith="remind").values_list("event", flat=True))


def test_the_usual_quiet_hours_stand_in_the_form_and_say_how_to_have_none(patient_client: Client) -> None:
    html = patient_client.get(SETTINGS).content.decode()

    assert 'value="22:00"' in html
    assert 'value="07:00"' in html
    assert "For no quiet hours, enter the same time twice." in html
    assert not ReminderSettings.objects.exists()


def test_quiet_hours_are_kept_and_audited(patient_client: Client, patient: Patient) -> None:
    answer = patient_client.post(SETTINGS, {"quiet_from": "23:15", "quiet_to": "06:30"})

    chosen = stored(patient)
    assert (answer.status_code, answer.headers["Location"]) == (303, SETTINGS)
    assert (chosen.quiet_from, chosen.quiet_to, chosen.rings_at_timer_end) == (time(23, 15), time(6, 30), False)
    event = AuditEvent.objects.get(event="reminders.settings_changed")
    assert (event.actor, event.subject) == (patient.user_id, patient.user_id)


def test_the_same_time_twice_means_none_and_says_so(patient_client: Client, patient: Patient) -> None:
    save(patient_client, quiet_from="00:00", quiet_to="00:00")

    assert "You have no quiet hours now." in page(patient_client, SETTINGS)
    make_reminder(patient)
    assert "a reminder may come at any hour" in page(patient_client)


def test_changed_quiet_hours_move_what_comes_next(patient_client: Client, patient: Patient, now: datetime) -> None:
    reminder = make_reminder(patient, counts_from_at=now, next_due_at=now + timedelta(hours=2))  # 15:00 in Paris

    save(patient_client, quiet_from="14:00", quiet_to="18:00")

    assert Reminder.objects.get(pk=reminder.pk).next_due_at == datetime(2030, 11, 20, 17, 0, tzinfo=UTC)


@pytest.mark.parametrize("name", ["quiet_from", "quiet_to"])
@pytest.mark.parametrize("typed", ["", "25:00", "late"])
def test_what_is_no_time_is_refused_in_words(patient_client: Client, patient: Patient, name: str, typed: str) -> None:
    answer = save(patient_client, **{name: typed})

    assert answer.status_code == 400
    assert "Enter a time, such as 22:00." in words_of(answer)
    assert not ReminderSettings.objects.exists()


def test_changing_quiet_hours_leaves_the_rest_as_it_is(patient_client: Client, patient: Patient, now: datetime) -> None:
    ReminderSettings.objects.create(
        user=patient.user, email_stopped_at=now, email_stopped_because="refused", paused_until_at=now, kept_zone="UTC"
    )

    save(patient_client, quiet_from="21:00")

    chosen = stored(patient)
    assert (chosen.quiet_from, chosen.email_stopped_because, chosen.paused_until_at, chosen.kept_zone) == (
        time(21),
        "refused",
        now,
        "UTC",
    )


def test_a_pause_for_a_day_lasts_24_hours(patient_client: Client, patient: Patient, now: datetime) -> None:
    make_reminder(patient)

    answer = patient_client.post(PAUSE, {"for": "day"})

    assert (answer.status_code, answer.headers["Location"]) == (303, LIST)
    assert stored(patient).paused_until_at == now + timedelta(days=1)
    assert "All reminders are paused until Thursday 21 November, 13:00." in page(patient_client)
    assert events() == ["reminders.paused"]


@pytest.mark.parametrize(
    ("day", "until"),
    [
        ("2030-11-21", datetime(2030, 11, 20, 23, tzinfo=UTC)),
        ("2031-07-01", datetime(2031, 6, 30, 22, tzinfo=UTC)),
        ("2031-11-21", datetime(2031, 11, 20, 23, tzinfo=UTC)),
    ],
)
def test_a_pause_ends_when_the_day_begins_on_the_patients_clock(
    patient_client: Client, patient: Patient, day: str, until: datetime
) -> None:
    patient_client.post(PAUSE, {"until_on": day})

    assert stored(patient).paused_until_at == until


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2030-11-20", "Choose tomorrow or a later day."),
        ("2030-11-01", "Choose tomorrow or a later day."),
        ("2031-11-22", "Choose a day within a year."),
        ("9999-12-31", "Choose a day within a year."),
        ("0001-01-01", "Choose tomorrow or a later day."),
        ("", "Choose a day."),
        ("tomorrow", "Enter a date."),
    ],
)
def test_a_pause_that_cannot_be_is_refused_in_words(
    patient_client: Client, patient: Patient, day: str, said: str
) -> None:
    answer = patient_client.post(PAUSE, {"until_on": day})

    assert answer.status_code == 400
    assert said in words_of(answer)
    assert not ReminderSettings.objects.exists()


def test_a_pause_can_be_ended_and_ending_it_again_changes_nothing(
    patient_client: Client, patient: Patient, now: datetime
) -> None:
    ReminderSettings.objects.create(user=patient.user, paused_until_at=now + timedelta(days=9))

    for _twice in range(2):
        answer = patient_client.post(PAUSE, {"resume": "1"})

    assert answer.headers["Location"] == LIST
    assert stored(patient).paused_until_at is None
    assert events() == ["reminders.resumed"]


def test_emails_go_out_again(patient_client: Client, patient: Patient, now: datetime) -> None:
    ReminderSettings.objects.create(user=patient.user, email_stopped_at=now, email_stopped_because="unsubscribed")
    assert "You stopped these emails with the link in one of them." in page(patient_client, SETTINGS)

    patient_client.post(SETTINGS, {"resume_email": "1"})

    assert (stored(patient).email_stopped_at, stored(patient).email_stopped_because) == (None, "")
    assert "Send emails again" not in page(patient_client, SETTINGS)


def test_reading_pauses_nothing(patient_client: Client) -> None:
    assert patient_client.get(PAUSE, {"for": "day"}).status_code == 405


def test_one_patients_choices_are_not_anothers(
    patient_client: Client, stranger_client: Client, patient: Patient, stranger: Patient
) -> None:
    save(patient_client, quiet_from="20:00")
    save(stranger_client, quiet_from="21:00")

    assert (stored(patient).quiet_from, stored(stranger).quiet_from) == (time(20), time(21))


def test_a_new_place_in_settings_moves_the_reminders_too(patient_client: Client, patient: Patient) -> None:
    reminder = make_reminder(
        patient, recurrence="at_times", times=["18:00"], next_due_at=datetime(2030, 11, 20, 17, tzinfo=UTC)
    )
    answers = dict.fromkeys(
        ("is_pregnant", "has_reduced_feeling", "avoids_exercise", "avoids_anti_inflammatories", "has_weak_bones"), "no"
    )

    patient_client.post("/tracker/settings/", {**answers, "age_band": "18_54", "time_zone": "Asia/Tokyo"})

    moved = Reminder.objects.get(pk=reminder.pk)
    assert (moved.time_zone, moved.next_due_at) == ("Asia/Tokyo", datetime(2030, 11, 21, 9, tzinfo=UTC))

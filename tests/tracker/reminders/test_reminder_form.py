"""The form of one reminder: two steps, what the care plan does not allow, and what falls into quiet hours."""

import re
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from backspasm.form_ids import new_form_id
from tests.tracker import make
from tests.tracker.reminders.reminder_rows import make_reminder
from tracker.models import Episode, Patient, PushDevice, Reminder, ReminderKind, ReminderSettings

NEW = "/tracker/reminders/new/"
ICE = {"what": "step:ice_on_back", "how_often": "every", "every_hours": "2", "channels": ["app"]}
OWN = {"what": "own", "label": "Water the plants", "how_often": "at_times", "time_1": "09:30", "channels": ["app"]}
CHECK_IN = {"what": "check_in", "how_often": "at_times", "time_1": "18:00", "channels": ["app"]}
STRENGTH = {
    "what": "step:strength_back_and_abdomen",
    "how_often": "weekdays",
    "weekdays": ["0", "2", "4"],
    "time_1": "17:00",
    "channels": ["app"],
}


def said(html: bytes) -> str:
    """Return the text of a page, white space joined."""
    return " ".join(re.sub(r"<[^>]+>", " ", html.decode()).split())


def look(client: Client, values: dict[str, Any], address: str = NEW) -> Any:
    """Send the form's first step."""
    return client.post(address, values)


def save(client: Client, values: dict[str, Any], address: str = NEW) -> Any:
    """Send the form's second step."""
    return client.post(address, {**values, "save": "1"})


# --- Two steps ----------------------------------------------------------------------------------------------


def test_the_first_step_shows_the_next_five_moments_and_saves_nothing(patient_client: Client, patient: Patient) -> None:
    answer = look(patient_client, OWN)

    assert answer.status_code == 200
    text = said(answer.content)
    assert "Nothing is saved yet." in text
    assert "Thursday 21 November 09:30" in text  # today's 09:30 is over in Paris
    assert "Monday 25 November 09:30" in text
    assert "Tuesday 26 November" not in text
    assert "Water the plants" in text
    assert Reminder.objects.count() == 0


def test_the_second_step_saves_what_the_first_one_showed(patient_client: Client, patient: Patient) -> None:
    first = look(patient_client, {**OWN, "form_id": new_form_id(patient.user)})
    hidden = dict(re.findall(r'<input type="hidden" name="([a-z_0-9]+)" value="([^"]*)"', first.content.decode()))

    answer = patient_client.post(NEW, {**hidden, "save": "1"})

    saved = Reminder.objects.of(patient.user).get()
    assert answer.status_code == 303
    assert answer["Location"] == f"/tracker/reminders/{saved.pk}/"
    assert (saved.kind, saved.label, saved.times, saved.channels) == ("own", "Water the plants", ["09:30"], ["app"])
    assert saved.next_due_at == datetime(2030, 11, 21, 8, 30, tzinfo=UTC)
    assert (saved.time_zone, saved.is_active, saved.sequence) == ("Europe/Paris", True, 0)


def test_the_same_form_sent_twice_makes_one_reminder(patient_client: Client, patient: Patient) -> None:
    values = {**OWN, "form_id": new_form_id(patient.user)}

    first, second = save(patient_client, values), save(patient_client, values)

    assert first["Location"] == second["Location"]
    assert Reminder.objects.of(patient.user).count() == 1


def test_change_it_brings_the_form_back_with_all_that_was_filled_in(patient_client: Client, patient: Patient) -> None:
    answer = patient_client.post(NEW, {**OWN, "back": "1"})

    html = answer.content.decode()
    assert answer.status_code == 200
    assert 'value="Water the plants"' in html
    assert 'value="09:30"' in html
    assert Reminder.objects.count() == 0


def test_values_are_checked_again_in_the_second_step(patient_client: Client, patient: Patient) -> None:
    answer = save(patient_client, {**ICE, "every_hours": "1"})

    assert answer.status_code == 400
    assert Reminder.objects.count() == 0


def test_the_day_total_counts_the_other_reminders_and_many_are_asked_for(
    patient_client: Client, patient: Patient
) -> None:
    # 13:00 in Paris now, then 07:00, 10:00, 13:00, 16:00 and 19:00 from tomorrow on; 22:00 is quiet. Two more at times.
    make_reminder(patient, every_minutes=180, counts_from_at=make.NOW)
    make_reminder(patient, recurrence="at_times", times=["08:15"], channels=["app"])

    first = look(patient_client, OWN)
    refused = save(patient_client, OWN)
    agreed = save(patient_client, {**OWN, "wants_many": "on"})

    assert "you get 7 messages on Thursday 21 November at most" in said(first.content)
    assert "Do you want that many?" in said(first.content)
    assert (refused.status_code, agreed.status_code) == (400, 303)


def test_nothing_is_asked_about_few_messages(patient_client: Client, patient: Patient) -> None:
    text = said(look(patient_client, OWN).content)

    assert "you get 1 message on" in text
    assert "Do you want that many?" not in text


def test_ice_every_two_hours_alone_is_more_than_six_a_day(patient_client: Client, patient: Patient) -> None:
    refused = save(patient_client, ICE)

    assert refused.status_code == 400
    assert "8 messages on Thursday 21 November" in said(refused.content)
    assert "That is more than 6 in a day. Do you want that many?" in said(refused.content)
    assert Reminder.objects.count() == 0


# --- What the care plan does not allow ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "words"),
    [
        pytest.param(
            {**ICE, "every_hours": "1"}, "Leave at least 120 minutes between.", id="ice sooner than two hours"
        ),
        pytest.param(
            {**ICE, "how_often": "at_times", "time_1": "09:00", "time_2": "10:30"},
            "Leave at least 120 minutes between.",
            id="ice at times too close",
        ),
        pytest.param({**CHECK_IN, "time_2": "20:00"}, "once a day at most", id="two check-ins a day"),
        pytest.param(
            {**CHECK_IN, "how_often": "every", "every_hours": "12"}, "once a day at most", id="check-in every 12 hours"
        ),
        pytest.param({**OWN, "label": ""}, "Write what it is about.", id="no words of one's own"),
        pytest.param({**OWN, "time_1": ""}, "Enter at least one time.", id="no time"),
        pytest.param({**OWN, "time_1": "25:00"}, "Enter a time such as 08:30.", id="no such time"),
        pytest.param({**OWN, "how_often": "every", "every_minutes": "14"}, "Enter from 15 minutes", id="14 minutes"),
        pytest.param(
            {**OWN, "how_often": "every", "every_hours": "24", "every_minutes": "1"}, "to 24 hours", id="over a day"
        ),
        pytest.param({**OWN, "how_often": "weekdays"}, "Choose at least one day.", id="no weekday"),
        pytest.param({**OWN, "how_often": "once"}, "Enter the day.", id="once without a day"),
        pytest.param({**OWN, "how_often": "once", "on": "2030-11-19"}, "This day is over.", id="once yesterday"),
        pytest.param({**OWN, "from_on": "2032-11-22"}, "within the next two years", id="from a day too far away"),
        pytest.param({**OWN, "until_on": "2030-11-19"}, "This day is over.", id="until yesterday"),
        pytest.param(
            {**OWN, "from_on": "2030-11-25", "until_on": "2030-11-24"},
            "lies before the first day",
            id="ends before it begins",
        ),
        pytest.param({**OWN, "channels": []}, "Choose at least one way.", id="nowhere to go"),
        pytest.param({**OWN, "channels": ["webpush"]}, "Choose at least one way", id="no device"),
        pytest.param({**OWN, "what": "step:no_such_step"}, "no_such_step", id="no such step"),
        pytest.param({**OWN, "what": f"medicine:{uuid.UUID(int=1)}"}, "is not one of the", id="no such medicine"),
        pytest.param({**STRENGTH, "how_often": "at_times"}, "a day of rest between", id="strength every day"),
    ],
)
def test_what_cannot_be_is_said_and_not_saved(
    patient_client: Client, patient: Patient, values: dict[str, Any], words: str
) -> None:
    if words.startswith("Choose at least one way") and values["channels"]:
        words = "is not one of the available choices"

    answer = save(patient_client, values)

    assert answer.status_code == 400
    assert words in said(answer.content)
    assert Reminder.objects.count() == 0


def test_strength_on_two_days_in_a_row_needs_a_yes(patient_client: Client, patient: Patient) -> None:
    in_a_row = {**STRENGTH, "weekdays": ["6", "0"]}

    asked = save(patient_client, in_a_row)
    agreed = save(patient_client, {**in_a_row, "wants_these_days": "on"})

    assert asked.status_code == 400
    assert "I want these days" in said(asked.content)
    assert agreed.status_code == 303
    assert Reminder.objects.get().weekdays == [0, 6]


def test_strength_with_a_day_of_rest_between_is_not_asked_about(patient_client: Client, patient: Patient) -> None:
    assert save(patient_client, STRENGTH).status_code == 303


def test_a_step_hidden_to_this_patient_is_not_offered(patient_client: Client, patient: Patient) -> None:
    patient.has_reduced_feeling = True
    patient.save()

    page = patient_client.get(f"{NEW}?step=ice_on_back")
    answer = save(patient_client, ICE)

    assert 'value="step:ice_on_back"' not in page.content.decode()
    assert "Ask a clinician before using ice or heat." in said(page.content)
    assert answer.status_code == 400
    assert Reminder.objects.count() == 0


# --- Quiet hours --------------------------------------------------------------------------------------------


def test_a_time_in_quiet_hours_is_named_as_left_out(patient_client: Client, patient: Patient) -> None:
    text = said(look(patient_client, {**OWN, "time_2": "22:30"}).content)

    assert "22:30 falls into your quiet hours, from 22:00 to 07:00. Nothing comes then." in text
    assert "November 22:30" not in text


def test_own_words_may_wait_until_quiet_hours_are_over(patient_client: Client, patient: Patient) -> None:
    text = said(look(patient_client, {**OWN, "time_1": "23:00", "is_held_till_morning": "on"}).content)

    assert "23:00 falls into your quiet hours, from 22:00 to 07:00. It comes at 07:00." in text
    assert "Thursday 21 November 07:00" in text


def test_only_own_words_may_wait(patient_client: Client, patient: Patient) -> None:
    answer = save(patient_client, {**CHECK_IN, "time_1": "23:00", "is_held_till_morning": "on"})

    assert answer.status_code == 400
    assert "your quiet hours are from 22:00 to 07:00" in said(answer.content)


def test_with_quiet_hours_of_ones_own_the_night_may_be_chosen(patient_client: Client, patient: Patient) -> None:
    ReminderSettings.objects.create(user=patient.user, quiet_from="01:00", quiet_to="02:00")

    answer = save(patient_client, {**OWN, "time_1": "23:00"})

    assert answer.status_code == 303
    assert Reminder.objects.get().next_due_at == datetime(2030, 11, 20, 22, 0, tzinfo=UTC)


def test_a_moment_that_is_over_today_is_refused(patient_client: Client, patient: Patient) -> None:
    answer = save(patient_client, {**OWN, "how_often": "once", "on": "2030-11-20", "time_1": "12:59"})

    assert answer.status_code == 400
    assert "Choose a later day or time." in said(answer.content)


def test_a_moment_one_minute_ahead_is_taken(patient_client: Client, patient: Patient) -> None:
    answer = save(patient_client, {**OWN, "how_often": "once", "on": "2030-11-20", "time_1": "13:01"})

    assert answer.status_code == 303
    assert Reminder.objects.get().next_due_at == make.NOW + timedelta(minutes=1)


# --- From a step, from a medicine ---------------------------------------------------------------------------


def test_from_a_step_its_interval_and_evidence_are_there(patient_client: Client, episode: Episode) -> None:
    html = patient_client.get(f"{NEW}?step=ice_on_back").content.decode()

    assert '<option value="step:ice_on_back" selected>' in html
    assert re.search(r'name="every_hours" value="2"', html)
    assert re.search(r'name="only_episode"[^>]* checked', html)
    assert "Little evidence, low risk." in html
    assert "Never put ice on bare skin." in html


@pytest.mark.parametrize(
    ("key", "how_often"),
    [
        ("gentle_walk", "every"),
        ("strength_back_and_abdomen", "weekdays"),
        ("daily_stretching", "at_times"),
        ("ask_about_medicine", "once"),
    ],
)
def test_each_step_begins_with_its_own_rhythm(
    patient_client: Client, patient: Patient, key: str, how_often: str
) -> None:
    html = patient_client.get(f"{NEW}?step={key}").content.decode()

    assert re.search(rf'name="how_often" value="{how_often}"[^>]* checked', html)
    assert f'<option value="step:{key}" selected>' in html


@pytest.mark.parametrize(
    ("key", "at"),
    [("strength_back_and_abdomen", "17:00"), ("daily_stretching", "10:00"), ("weekly_check_in", "18:00")],
)
def test_a_step_of_the_day_begins_with_the_time_that_the_plan_suggests(
    patient_client: Client, patient: Patient, key: str, at: str
) -> None:
    html = patient_client.get(f"{NEW}?step={key}").content.decode()

    assert re.search(rf'name="time_1" value="{at}"', html)


def test_a_question_of_the_plan_becomes_a_check_in(patient_client: Client, patient: Patient) -> None:
    html = patient_client.get(f"{NEW}?step=weekly_check_in").content.decode()

    assert '<option value="check_in" selected>' in html


def test_an_unknown_step_gives_the_plain_form(patient_client: Client, patient: Patient) -> None:
    answer = patient_client.get(f"{NEW}?step=no-such")

    assert answer.status_code == 200
    assert '<option value="own" selected>' in answer.content.decode()


def test_ice_tied_to_the_episode_stops_at_hour_72(patient_client: Client, episode: Episode) -> None:
    saved = save(patient_client, {**ICE, "only_episode": "on", "wants_many": "on"})

    reminder = Reminder.objects.get()
    assert saved.status_code == 303
    assert reminder.episode == episode
    assert reminder.until_at == episode.began_at + timedelta(hours=72)


def test_ice_is_refused_once_the_first_72_hours_are_over(patient_client: Client, patient: Patient) -> None:
    make.make_episode(patient, make.NOW - timedelta(hours=72))

    answer = save(patient_client, {**ICE, "only_episode": "on", "wants_many": "on"})

    assert answer.status_code == 400
    assert "The first 72 hours of this episode are over." in said(answer.content)


def test_the_interval_counts_from_the_last_time_it_was_done(patient_client: Client, patient: Patient) -> None:
    done_at = make.NOW - timedelta(minutes=50)
    make.make_step_log(patient, "ice_on_back", done_at)

    save(patient_client, {**ICE, "wants_many": "on"})

    assert Reminder.objects.get().next_due_at == done_at + timedelta(hours=2)


def test_a_step_of_a_later_phase_says_that_it_waits(patient_client: Client, episode: Episode) -> None:
    text = said(look(patient_client, STRENGTH).content)

    assert "The care plan has this step for when you feel recovered. Until then nothing is sent." in text


def test_a_label_is_checked_for_a_medicine_of_ones_own(patient_client: Client, patient: Patient) -> None:
    medicine = make.make_medicine(patient)
    html = patient_client.get(f"{NEW}?medicine={medicine.pk}").content.decode()
    values = {"what": f"medicine:{medicine.pk}", "how_often": "at_times", "time_1": "14:00", "channels": ["app"]}

    answer = save(patient_client, values)

    assert f'<option value="medicine:{medicine.pk}" selected>' in html
    assert answer.status_code == 303
    reminder = Reminder.objects.get()
    assert (reminder.kind, reminder.medicine) == (ReminderKind.MEDICINE, medicine)


def test_a_medicine_of_somebody_else_is_not_found(patient_client: Client, stranger: Patient) -> None:
    medicine = make.make_medicine(stranger)

    assert patient_client.get(f"{NEW}?medicine={medicine.pk}").status_code == 404


def test_what_is_no_id_gives_the_plain_form(patient_client: Client, patient: Patient) -> None:
    assert patient_client.get(f"{NEW}?medicine=1").status_code == 200


# --- Where it goes ------------------------------------------------------------------------------------------


def test_push_is_offered_where_a_device_takes_it(patient_client: Client, patient: Patient) -> None:
    without = patient_client.get(NEW).content.decode()
    PushDevice.objects.create(
        user=patient.user,
        address="https://push.example.org/1",
        public_key="k",
        auth_secret="s",
        address_hash="h" * 64,
        server_key="v",
        name="Phone",
        created_at=make.NOW,
    )

    with_device = patient_client.get(NEW).content.decode()

    assert 'value="webpush"' not in without
    assert "/tracker/reminders/where/" in without
    assert re.search(r'value="webpush"[^>]* checked', with_device)


def test_the_app_is_chosen_already(patient_client: Client, patient: Patient) -> None:
    assert re.search(r'value="app"[^>]* checked', patient_client.get(NEW).content.decode())


def test_email_is_not_offered_where_it_was_stopped(patient_client: Client, patient: Patient) -> None:
    offered = patient_client.get(NEW).content.decode()
    ReminderSettings.objects.create(user=patient.user, email_stopped_at=make.NOW, email_stopped_because="unsubscribed")

    html = patient_client.get(NEW).content.decode()

    assert 'value="email"' in offered
    assert 'value="email"' not in html
    assert "Emails to you have stopped." in html


def test_email_is_said_not_to_be_set_up(
    patient_client: Client, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracker.reminders.mail_stops.is_set_up", lambda: False)

    html = patient_client.get(NEW).content.decode()

    assert 'value="email"' not in html
    assert "Email is not set up on this site." in html


# --- Words that need help first -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("label", "leads_to"),
    [
        ("Both legs feel numb", "/tracker/emergency/?because=words"),
        ("Stop thinking of suicide", "/tracker/emergency/crisis/"),
    ],
)
def test_watched_words_lead_to_help_after_saving(
    patient_client: Client, patient: Patient, label: str, leads_to: str
) -> None:
    answer = save(patient_client, {**OWN, "label": label})

    assert answer["Location"] == leads_to
    assert Reminder.objects.get().label == label


def test_no_word_of_the_patient_stands_in_the_address(patient_client: Client, patient: Patient) -> None:
    answer = save(patient_client, OWN)

    assert "plants" not in answer["Location"]


# --- Changing -----------------------------------------------------------------------------------------------


def test_the_form_of_a_change_shows_what_is_stored_and_a_change_moves_the_next_moment(
    patient_client: Client, patient: Patient
) -> None:
    save(patient_client, {**OWN, "from_on": "2030-11-25", "until_on": "2030-12-24"})
    reminder = Reminder.objects.get()
    address = f"/tracker/reminders/{reminder.pk}/edit/"
    html = patient_client.get(address).content.decode()

    answer = save(patient_client, {**OWN, "time_1": "10:00", "from_on": "2030-11-25"}, address)

    assert 'value="Water the plants"' in html
    assert 'value="2030-12-24"' in html
    assert answer.status_code == 303
    reminder.refresh_from_db()
    assert (reminder.times, reminder.until_on, reminder.sequence) == (["10:00"], None, 1)
    assert reminder.from_on == date(2030, 11, 25)
    assert reminder.next_due_at == datetime(2030, 11, 25, 9, 0, tzinfo=UTC)


def test_the_reminder_that_is_changed_does_not_count_twice_into_the_day(
    patient_client: Client, patient: Patient
) -> None:
    save(patient_client, OWN)
    address = f"/tracker/reminders/{Reminder.objects.get().pk}/edit/"

    assert "you get 1 message on" in said(look(patient_client, {**OWN, "time_1": "11:00"}, address).content)


def test_the_fifty_first_reminder_is_refused_with_a_reason(patient_client: Client, patient: Patient) -> None:
    for _number in range(50):
        make_reminder(patient, is_active=False, next_due_at=None)

    answer = save(patient_client, OWN)

    assert answer.status_code == 400
    assert "You have 50 reminders already." in said(answer.content)
    assert Reminder.objects.count() == 50

"""The pages of one reminder, and of what is suggested: what they say, whose they are, and what a tap changes."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import html5lib
import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.test import Client

from backspasm.form_ids import new_form_id
from backspasm.models import User
from tests.tracker import make
from tests.tracker.reminders.reminder_rows import hold, make_reminder
from tracker.consent_words import CONSENT_VERSION
from tracker.models import Episode, Patient, Reminder, ReminderKind

NEW: Final = "/tracker/reminders/new/"
SUGGESTED: Final = "/tracker/reminders/suggested/"
YES: Final = {"take_ice_on_back": "on", "take_check_in": "on", "at_check_in": "18:00", "channels": ["app"]}


def page(client: Client, address: str) -> str:
    """Return a page's text, after a strict look at its HTML."""
    answer = client.get(address)
    assert answer.status_code == 200
    html: str = answer.content.decode()
    html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)
    return said(html)


def said(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def address_of(reminder: Reminder, action: str = "") -> str:
    return f"/tracker/reminders/{reminder.pk}/{action}"


def make_ice(patient: Patient, **fields: Any) -> Reminder:
    values = {
        "kind": ReminderKind.ICE,
        "step_key": "ice_on_back",
        "channels": ["app"],
        "counts_from_at": make.NOW,
        "next_due_at": make.NOW + timedelta(hours=2),
        "protocol_number": 1,
        **fields,
    }
    return make_reminder(patient, **values)


# --- One reminder -------------------------------------------------------------------------------------------


def test_the_page_says_what_it_is_its_evidence_cautions_and_next_moments(
    patient_client: Client, patient: Patient, episode: Episode
) -> None:
    text = page(patient_client, address_of(make_ice(patient, also_step_keys=["legs_raised"])))

    assert "Ice pack, on your back" in text
    assert "Every 2 hours, while you are awake." in text
    assert "With: Raise your legs" in text
    assert "Little evidence, low risk. Studies have not shown that ice works better than heat." in text
    assert "Keep a cloth between the pack and your skin." in text
    for moment in ("Wednesday 20 November 15:00", "17:00", "19:00", "21:00", "Thursday 21 November 07:00"):
        assert moment in text


def test_a_hidden_step_says_why_in_place_of_its_own_words(patient_client: Client, patient: Patient) -> None:
    patient.has_reduced_feeling = True
    patient.save()

    text = page(patient_client, address_of(make_ice(patient)))

    assert "Ask a clinician before using ice or heat." in text
    assert "Put the soft, wrapped pack" not in text


def test_a_step_that_is_gone_is_said_to_be_gone(patient_client: Client, patient: Patient) -> None:
    text = page(patient_client, address_of(make_ice(patient, step_key="old_step")))

    assert "This step is no longer in the care plan, so nothing is sent." in text


@pytest.mark.parametrize("action", ["", "edit/", "end/"])
def test_a_reminder_of_somebody_else_is_not_found(
    patient_client: Client, patient: Patient, stranger: Patient, action: str
) -> None:
    assert patient_client.get(address_of(make_ice(stranger), action)).status_code == 404


@pytest.mark.parametrize("action", ["edit/", "switch/", "keep/", "end/"])
def test_a_reminder_of_somebody_else_cannot_be_changed(
    patient_client: Client, patient: Patient, stranger: Patient, action: str
) -> None:
    theirs = make_ice(stranger)
    before = Reminder.objects.values().get()

    assert patient_client.post(address_of(theirs, action), {"is_on": "0", "save": "1"}).status_code == 404
    assert Reminder.objects.values().get() == before


@pytest.mark.parametrize("action", ["", "edit/", "end/"])
def test_looking_changes_nothing(patient_client: Client, patient: Patient, action: str) -> None:
    reminder = make_ice(patient)
    before = Reminder.objects.values().get()

    patient_client.get(address_of(reminder, action))

    assert Reminder.objects.values().get() == before


@pytest.mark.parametrize("action", ["switch/", "keep/"])
def test_a_look_is_no_tap(patient_client: Client, patient: Patient, action: str) -> None:
    assert patient_client.get(address_of(make_ice(patient), action)).status_code == 405


def test_off_and_on_again(patient_client: Client, patient: Patient) -> None:
    reminder = make_ice(patient)

    off = patient_client.post(address_of(reminder, "switch/"), {"is_on": "0", "stay": "1"})
    text = page(patient_client, address_of(reminder))
    on = patient_client.post(address_of(reminder, "switch/"), {"is_on": "1"})

    assert (off.status_code, off["Location"]) == (303, address_of(reminder))
    assert "It is off. Nothing comes." in text
    assert (on.status_code, on["Location"]) == (303, "/tracker/reminders/")
    reminder.refresh_from_db()
    assert (reminder.is_active, reminder.next_due_at) == (True, make.NOW + timedelta(hours=2))


def test_ending_asks_first_and_keeps_the_page(patient_client: Client, patient: Patient) -> None:
    reminder = make_ice(patient)

    asked = page(patient_client, address_of(reminder, "end/"))
    answer = patient_client.post(address_of(reminder, "end/"))

    assert "End this reminder?" in asked
    assert answer.status_code == 303
    reminder.refresh_from_db()
    assert reminder.ended_at == make.NOW
    assert "You ended it: Wednesday 20 November 2030, 13:00." in page(patient_client, address_of(reminder))
    assert patient_client.get(address_of(reminder, "edit/")).status_code == 404


# --- The advice behind it -----------------------------------------------------------------------------------


def test_the_list_says_whose_advice_changed_until_it_is_kept(patient_client: Client, patient: Patient) -> None:
    reminder = make_ice(patient, protocol_number=0)

    before = page(patient_client, "/tracker/reminders/")
    patient_client.post(address_of(reminder, "keep/"))
    after = page(patient_client, "/tracker/reminders/")

    assert "The advice behind it changed" in before
    assert "The advice behind it changed" not in after


def test_changed_advice_is_told_and_can_be_kept(patient_client: Client, patient: Patient) -> None:
    reminder = make_ice(patient, protocol_number=0)

    told = page(patient_client, address_of(reminder))
    answer = patient_client.post(address_of(reminder, "keep/"))

    assert "The advice behind your reminder changed on" in told
    assert "Keep it as it is" in told
    assert (answer.status_code, answer["Location"]) == (303, address_of(reminder))
    reminder.refresh_from_db()
    assert reminder.protocol_number == 1
    assert "The advice behind your reminder changed" not in page(patient_client, address_of(reminder))


def test_a_reminder_below_the_new_plan_can_only_be_changed(patient_client: Client, patient: Patient) -> None:
    reminder = make_ice(patient, protocol_number=0, every_minutes=60)

    text = page(patient_client, address_of(reminder))
    answer = patient_client.post(address_of(reminder, "keep/"))

    assert "The care plan now leaves more time between. Please change it." in text
    assert "Keep it as it is" not in text
    assert answer["Location"] == address_of(reminder, "edit/")
    reminder.refresh_from_db()
    assert reminder.protocol_number == 0


def test_saving_a_change_confirms_the_new_advice(patient_client: Client, patient: Patient) -> None:
    reminder = make_ice(patient, protocol_number=0)
    values = {"what": "step:ice_on_back", "how_often": "every", "every_hours": "3", "channels": ["app"], "save": "1"}

    patient_client.post(address_of(reminder, "edit/"), values)

    reminder.refresh_from_db()
    assert (reminder.every_minutes, reminder.protocol_number) == (180, 1)


# --- What is suggested --------------------------------------------------------------------------------------


def test_the_suggested_plan_is_shown_with_its_evidence_and_the_days_total(
    patient_client: Client, episode: Episode
) -> None:
    text = page(patient_client, SUGGESTED)

    assert "First 72 hours" in text
    assert "In the same message: Raise your legs, Gentle walk" in text
    assert "Little evidence, low risk." in text
    assert "It stops by itself at hour 72: Friday 22 November, 06:00." in text
    assert "9 messages on Thursday 21 November at most." in text
    assert "That is more than 6 in a day. Do you want that many?" in text
    assert not Reminder.objects.exists()


def test_nothing_is_saved_without_a_yes_to_that_many(patient_client: Client, episode: Episode) -> None:
    answer = patient_client.post(SUGGESTED, YES)

    assert answer.status_code == 400
    assert "Say yes to this, or choose fewer." in said(answer.content.decode())
    assert not Reminder.objects.exists()


def test_a_yes_saves_all_that_was_ticked(patient_client: Client, patient: Patient, episode: Episode) -> None:
    values = {**YES, "at_check_in": "19:30", "wants_many": "on", "form_id": new_form_id(patient.user)}

    first = patient_client.post(SUGGESTED, values)
    second = patient_client.post(SUGGESTED, values)

    assert (first.status_code, first["Location"]) == (303, "/tracker/reminders/")
    assert (second.status_code, second["Location"]) == (303, "/tracker/reminders/")
    ice, check_in = Reminder.objects.of(patient.user).order_by("-kind")
    assert (ice.kind, ice.also_step_keys, ice.until_at) == (
        "ice",
        ["legs_raised", "gentle_walk"],
        episode.began_at + timedelta(hours=72),
    )
    assert ice.next_due_at == make.NOW + timedelta(hours=2)
    assert (check_in.times, check_in.next_due_at) == (["19:30"], datetime(2030, 11, 20, 18, 30, tzinfo=UTC))


def test_what_was_not_ticked_is_not_saved(patient_client: Client, patient: Patient, episode: Episode) -> None:
    values = {name: value for name, value in YES.items() if name != "take_ice_on_back"}

    answer = patient_client.post(SUGGESTED, values)

    assert answer.status_code == 303
    assert Reminder.objects.of(patient.user).get().kind == "check_in"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"channels": ["app"]}, "Choose at least one reminder."),
        ({"take_check_in": "on", "at_check_in": "", "channels": ["app"]}, "Enter a time."),
        ({"take_check_in": "on", "at_check_in": "22:00", "channels": ["app"]}, "This falls into your quiet hours."),
        ({"take_check_in": "on", "at_check_in": "18:00"}, "Choose at least one way."),
    ],
    ids=["nothing ticked", "no time", "quiet", "nowhere"],
)
def test_what_cannot_be_saved_is_said(
    patient_client: Client, episode: Episode, values: dict[str, Any], words: str
) -> None:
    answer = patient_client.post(SUGGESTED, values)

    assert answer.status_code == 400
    assert words in said(answer.content.decode())
    assert not Reminder.objects.exists()


def test_all_or_nothing_is_saved(patient_client: Client, patient: Patient, episode: Episode) -> None:
    for _number in range(49):
        make_reminder(patient, is_active=False, next_due_at=None)

    answer = patient_client.post(SUGGESTED, {**YES, "wants_many": "on"})

    assert answer.status_code == 400
    assert "You have 50 reminders already." in said(answer.content.decode())
    assert Reminder.objects.count() == 49


def test_with_all_of_it_standing_nothing_more_is_suggested(
    patient_client: Client, patient: Patient, episode: Episode
) -> None:
    patient_client.post(SUGGESTED, {**YES, "wants_many": "on"})

    assert "There is nothing more to suggest for now" in page(patient_client, SUGGESTED)


# --- A hold, and the way in ---------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [NEW, f"{NEW}?step=ice_on_back", SUGGESTED])
def test_while_an_emergency_answer_is_open_only_help_is_shown(
    patient_client: Client, patient: Patient, episode: Episode, address: str
) -> None:
    hold(patient, make.NOW, answer="not_sure", episode=episode)

    html = patient_client.get(address).content.decode()

    assert "Reminders have stopped" in html
    assert "/tracker/emergency/hold/" in html
    assert "<select" not in html
    assert "Ice pack" not in html


def test_a_reminder_is_not_saved_while_an_emergency_answer_is_open(
    patient_client: Client, patient: Patient, episode: Episode
) -> None:
    hold(patient, make.NOW, answer="not_sure", episode=episode)
    values = {"what": "own", "label": "Plants", "how_often": "at_times", "time_1": "09:30", "channels": ["app"]}

    patient_client.post(NEW, {**values, "save": "1"})
    patient_client.post(SUGGESTED, {**YES, "wants_many": "on"})

    assert not Reminder.objects.exists()


def test_the_link_of_a_step_comes_back_after_signing_in(site_client: Client, db: None) -> None:
    answer = site_client.get(f"{NEW}?step=ice_on_back")

    assert answer.status_code == 302
    assert answer["Location"] == "/accounts/login/?next=/tracker/reminders/new/%3Fstep%3Dice_on_back"


def test_the_link_of_a_step_is_followed_after_signing_in(site_client: Client, patient: Patient) -> None:
    EmailAddress.objects.create(user=patient.user, email=patient.user.email, verified=True, primary=True)
    patient.user.set_password(make.PASSWORD)
    patient.user.save()
    sign_in = site_client.get(f"{NEW}?step=ice_on_back")["Location"]

    answer = site_client.post(sign_in, {"login": patient.user.email, "password": make.PASSWORD})

    assert (answer.status_code, answer["Location"]) == (302, f"{NEW}?step=ice_on_back")


def test_the_link_of_a_step_is_followed_after_a_new_accounts_set_up(site_client: Client, db: None) -> None:
    site_client.force_login(User.objects.create_user("new@example.org"))
    about = {"is_pregnant": "no", "has_reduced_feeling": "no", "avoids_exercise": "no"}
    about |= {"avoids_anti_inflammatories": "no", "has_weak_bones": "no", "time_zone": "Europe/Paris"}

    age = site_client.get(f"{NEW}?step=ice_on_back")["Location"]
    consent = site_client.post(age, {"age_band": "18_54"})["Location"]
    about_you = site_client.post(consent, {"agree": "on", "version": CONSENT_VERSION})["Location"]
    end = site_client.post(about_you, about)["Location"]

    assert age == "/tracker/setup/?step=ice_on_back"
    assert consent == "/tracker/setup/consent/?step=ice_on_back"
    assert about_you == "/tracker/setup/about-you/?step=ice_on_back"
    assert end == f"{NEW}?step=ice_on_back"


@pytest.mark.parametrize("key", ["//example.org", "a b", "https://example.org/", "a&next=b"])
def test_what_is_no_key_of_a_step_is_not_carried_through_the_set_up(site_client: Client, db: None, key: str) -> None:
    site_client.force_login(User.objects.create_user("new@example.org"))

    answer = site_client.get(NEW, {"step": key})

    assert answer["Location"] == "/tracker/setup/"


def test_a_page_of_the_phase_before_is_not_taken_for_the_next_one(patient_client: Client, episode: Episode) -> None:
    with time_machine.travel(make.NOW + timedelta(hours=42), tick=False):
        answer = patient_client.post(SUGGESTED, {**YES, "wants_many": "on"})

    # Hour 73: ice was ticked, and is no longer suggested.
    assert answer.status_code == 400
    assert "The care plan has moved on since this page was opened." in said(answer.content.decode())
    assert not Reminder.objects.exists()


def test_an_interval_counts_from_when_its_step_was_last_done(
    patient_client: Client, patient: Patient, now: datetime
) -> None:
    reminder = make_ice(patient)  # at 15:00 in Paris
    make.make_step_log(patient, "ice_on_back", now + timedelta(hours=1))

    with time_machine.travel(now + timedelta(minutes=61), tick=False):
        shown, listed = page(patient_client, address_of(reminder)), page(patient_client, "/tracker/reminders/")

    assert "16:00" in shown
    assert "15:00" not in shown
    assert "Next: today at 16:00" in listed
    reminder.refresh_from_db()
    assert reminder.next_due_at == now + timedelta(hours=2)


def test_a_session_that_is_undone_counts_no_more(patient_client: Client, patient: Patient, now: datetime) -> None:
    make_ice(patient)
    make.make_step_log(patient, "ice_on_back", now).delete()

    assert "Next: today at 15:00" in page(patient_client, "/tracker/reminders/")


def test_the_form_says_that_there_is_one_for_the_step_already(patient_client: Client, patient: Patient) -> None:
    address = f"{NEW}?step=ice_on_back"
    before = page(patient_client, address)
    reminder = make_ice(patient)

    html = patient_client.get(address).content.decode()

    assert "You have a reminder for this already." not in before
    assert "You have a reminder for this already." in html
    assert address_of(reminder) in html

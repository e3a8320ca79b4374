"""The list of reminders, what is due now, and its answers."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import html5lib
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from education.edition import LiveEdition
from tests.tracker import make
from tests.tracker.reminders.reminder_rows import make_delivery, make_reminder
from tracker.models import (
    Delivery,
    EmergencyCheck,
    Episode,
    Hold,
    Patient,
    Reminder,
    ReminderSettings,
    SenderBeat,
    StepLog,
)
from tracker.reminders import answers, due_reading, timing

HOME = "/tracker/reminders/"
DUE = "/tracker/reminders/due/"
ICE = "ice_on_back"
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _the_sender_is_there(db: None, now: datetime) -> None:
    SenderBeat.objects.create(pk=1, beat_at=now)


def words_of(answer: Any) -> str:
    """Return the text of a page, well formed and without inline style."""
    html = answer.content.decode()
    if html.lstrip().startswith("<!doctype"):
        html5lib.HTMLParser(strict=True).parse(html)
    assert " style=" not in html
    text = " ".join(re.sub(r"<[^>]+>", " ", html).split())
    return re.sub(r" ([.,:])", r"\1", text)


def page(client: Client, address: str = HOME) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return words_of(answer)


def sent(reminder: Reminder, due_at: datetime, **fields: Any) -> Delivery:
    values = {"channel": "app", "status": "sent", "sent_at": due_at, **fields}
    return make_delivery(reminder, due_at=due_at, **values)


def hold(patient: Patient, now: datetime) -> Hold:
    check = EmergencyCheck.objects.create(
        user=patient.user, because="worse", codes=["E1"], answers={"E1": "yes"}, edition=1, asked_at=now
    )
    made: Hold = Hold.objects.create(user=patient.user, check_made=check, codes=["E1"], set_at=now)
    return made


def act(client: Client, name: str, delivery: Delivery, **fields: str) -> Any:
    return client.post(reverse(f"tracker:{name}", args=[delivery.pk]), fields)


# --- The list -------------------------------------------------------------------------------------------------


def test_without_reminders_it_says_how_to_begin(patient_client: Client) -> None:
    text = page(patient_client)

    assert "No reminders yet" in text
    assert "Due now" not in text


def test_reminders_stand_under_three_headings(patient_client: Client, patient: Patient, now: datetime) -> None:
    make_reminder(patient, kind="own", label="Water the plants")
    make_reminder(patient, kind="stretch", step_key="daily_stretching", recurrence="at_times", times=["08:00"])
    make_reminder(patient, kind="ice", step_key=ICE, next_due_at=now + 2 * HOUR)

    text = page(patient_client)

    order = ["During a spasm", "Ice pack, on your back", "Between spasms", "Daily stretching", "Your own", "Water the"]
    places = [text.index(words) for words in order]
    assert places == sorted(places)
    assert "Every 2 hours, while you are awake" in text
    assert "Next: today at 15:00" in text


def test_a_walk_of_an_episode_belongs_to_the_spasm(
    patient_client: Client, patient: Patient, episode: Episode, now: datetime
) -> None:
    make_reminder(patient, kind="walk", step_key="gentle_walk", episode=episode)

    text = page(patient_client)

    assert "During a spasm" in text
    assert "Between spasms" not in text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"is_active": False, "next_due_at": None}, "Off"),
        ({"next_due_at": None}, "It is over"),
        ({}, "Next: now"),
        ({"next_due_at": make.NOW + timedelta(days=1)}, "Next: tomorrow at 13:00"),
        ({"next_due_at": make.NOW + HOUR, "until_at": make.NOW + 41 * HOUR}, "Stops by itself Friday at 06:00"),
    ],
)
def test_a_row_says_when_it_comes_next(
    patient_client: Client, patient: Patient, fields: dict[str, Any], said: str
) -> None:
    make_reminder(patient, kind="ice", step_key=ICE, **fields)

    assert said in page(patient_client)


@pytest.mark.parametrize("recurrence", ["every", "once"])
def test_a_row_says_when_what_was_put_off_comes(
    patient_client: Client, patient: Patient, now: datetime, recurrence: str
) -> None:
    once = {"recurrence": "once", "on": now.date(), "times": ["12:00"], "next_due_at": None}
    reminder = make_reminder(patient, **(once if recurrence == "once" else {"next_due_at": now + 2 * HOUR}))
    answers.snooze(sent(reminder, now - MINUTE), choice="1_hour", now=now)

    said = page(patient_client)

    assert "Put off: today at 14:00" in said
    assert "It is over" not in said


def test_what_is_put_off_beyond_its_next_moment_shows_that(
    patient_client: Client, patient: Patient, now: datetime
) -> None:
    reminder = make_reminder(patient, next_due_at=now + 30 * MINUTE)
    answers.snooze(sent(reminder, now - MINUTE), choice="1_hour", now=now)

    assert "Next: today at 13:30" in page(patient_client)


def test_what_is_switched_off_cannot_be_put_off(patient_client: Client, patient: Patient, now: datetime) -> None:
    delivery = sent(make_reminder(patient, label="Water", is_active=False, next_due_at=None), now - MINUTE)

    assert reverse("tracker:delivery_snooze", args=[delivery.pk]) not in patient_client.get(HOME).content.decode()
    act(patient_client, "delivery_snooze", delivery, choice="1_hour")

    assert "It does not come again: it is switched off" in page(patient_client)
    assert Delivery.objects.count() == 1


def test_the_switch_is_a_form_that_says_what_it_does(patient_client: Client, patient: Patient) -> None:
    reminder = make_reminder(patient, kind="own", label="Water the plants")

    html = patient_client.get(HOME).content.decode()

    form = html[html.index(reverse("tracker:reminder_switch", args=[reminder.pk])) :].split("</form>")[0]
    assert 'role="switch" aria-checked="true"' in form
    assert 'name="is_on" value="0"' in form
    assert "Remind me: Water the plants" in form


def test_what_was_ended_and_the_rings_of_timers_are_not_listed(
    patient_client: Client, patient: Patient, now: datetime
) -> None:
    make_reminder(patient, label="Old one", is_active=False, next_due_at=None, ended_at=now)
    make_reminder(patient, kind="timer_end", recurrence="once", on=now.date(), times=["13:00"], step_key=ICE)

    assert "No reminders yet" in page(patient_client)


def test_a_hold_leaves_nothing_but_the_way_to_help(patient_client: Client, patient: Patient, now: datetime) -> None:
    sent(make_reminder(patient, label="Water the plants"), now - MINUTE)
    hold(patient, now)

    text = page(patient_client)

    assert "Reminders have stopped" in text
    assert "Get emergency help now" in text
    assert not re.search(r"Water|Due now|Suggested|New reminder|Pause", text)


def test_a_pause_stands_first_and_can_be_ended(patient_client: Client, patient: Patient, now: datetime) -> None:
    make_reminder(patient)
    ReminderSettings.objects.create(user=patient.user, paused_until_at=now + timedelta(days=2))

    text = page(patient_client)

    assert "They come again on Friday 22 November, 13:00." in text
    assert "Next:" not in text


def test_a_pause_that_is_over_is_not_told(patient_client: Client, patient: Patient, now: datetime) -> None:
    make_reminder(patient)
    ReminderSettings.objects.create(user=patient.user, paused_until_at=now)

    assert "paused" not in page(patient_client)


@pytest.mark.parametrize(("minutes", "is_told"), [(2, False), (4, True)])
def test_it_says_when_reminders_are_delayed(
    patient_client: Client, patient: Patient, now: datetime, minutes: int, is_told: bool
) -> None:
    make_reminder(patient, next_due_at=now + HOUR)
    SenderBeat.objects.update(beat_at=now - minutes * MINUTE)

    assert ("Reminders are delayed" in page(patient_client)) is is_told
    assert ("Reminders are delayed" in page(patient_client, "/tracker/")) is is_told


def test_who_has_no_reminders_is_not_told_of_delays(patient_client: Client, patient: Patient, now: datetime) -> None:
    SenderBeat.objects.update(beat_at=now - HOUR)

    assert "delayed" not in page(patient_client)
    assert "delayed" not in page(patient_client, "/tracker/")


def test_stopped_emails_say_why(patient_client: Client, patient: Patient, now: datetime) -> None:
    ReminderSettings.objects.create(user=patient.user, email_stopped_at=now, email_stopped_because="bounced")

    text = page(patient_client)

    assert "came back. That was on 20 November 2030." in text
    assert "Send emails again" in text


def test_it_costs_ten_queries_beside_session_and_user_at_any_number(
    patient_client: Client, patient: Patient, now: datetime
) -> None:
    sent(make_reminder(patient, kind="ice", step_key=ICE), now - MINUTE)
    patient_client.get(HOME)
    with CaptureQueriesContext(connection) as few:
        patient_client.get(HOME)
    for number in range(30):
        medicine = make.make_medicine(patient, f"Tablet {number}")
        reminder = make_reminder(patient, kind="medicine", medicine=medicine, episode=make_closed(patient, number))
        for hours in range(4):
            sent(reminder, now - hours * HOUR)

    with CaptureQueriesContext(connection) as many:
        patient_client.get(HOME)

    assert len(many) == len(few)
    assert len(few) <= 12, "\n".join(query["sql"] for query in few)


def make_closed(patient: Patient, number: int) -> Episode:
    began_at = make.NOW - timedelta(days=10 * number + 20)
    return make.make_episode(patient, began_at=began_at, ended_at=began_at + timedelta(days=3))


# --- What is due ----------------------------------------------------------------------------------------------


def test_what_came_is_shown_with_its_time_and_the_ways_to_put_it_off(
    patient_client: Client, patient: Patient, now: datetime
) -> None:
    sent(make_reminder(patient, kind="ice", step_key=ICE), now - 5 * MINUTE)

    text = page(patient_client)

    assert "Due now Ice pack, on your back Since 12:55" in text
    for offer in ("In 15 minutes, at 13:15", "In an hour, at 14:00", "After what I am doing, at 13:30", "Not today"):
        assert offer in text


def test_what_is_of_no_use_any_more_is_called_earlier_and_stands_last(
    patient_client: Client, patient: Patient, now: datetime
) -> None:
    sent(make_reminder(patient, kind="ice", step_key=ICE), now - 5 * MINUTE, useful_until=now - MINUTE)
    sent(make_reminder(patient, label="Water"), now - HOUR, useful_until=now + HOUR)

    text = page(patient_client)

    assert re.search(r"Due now Water Since 12:00 .* Earlier Ice pack, on your back It was due at 12:55\.", text)


def test_what_is_over_has_no_switch_but_can_be_ended(patient_client: Client, patient: Patient) -> None:
    over = make_reminder(patient, label="Water", next_due_at=None)

    html = patient_client.get(HOME).content.decode()

    assert f'href="{reverse("tracker:reminder_end", args=[over.pk])}"' in html
    assert 'role="switch"' not in html


@pytest.mark.parametrize("quiet_from", ["22:00", "13:10", "13:40"])
@pytest.mark.parametrize("is_held", [False, True])
@pytest.mark.parametrize("is_running", [False, True])
def test_the_offers_are_what_the_answer_will_do(
    patient: Patient, live: LiveEdition, now: datetime, quiet_from: str, is_held: bool, is_running: bool
) -> None:
    ReminderSettings.objects.create(user=patient.user, quiet_from=quiet_from)
    if is_running:
        make.make_step_log(patient, ICE, now - 2 * MINUTE, is_timed=True)
    reminder = make_reminder(patient, label="Water", is_held_till_morning=is_held)
    delivery = sent(reminder, now - MINUTE)
    timing.settings_of(patient.user)

    with timezone.override(patient.zone):
        offers = due_reading.due_now(patient=patient, live=live, now=now)[0].offers

    expected = answers.choices(delivery, now)
    assert [offer.code for offer in offers] == [choice.code for choice in expected]
    for offer, choice in zip(offers, expected, strict=True):
        assert choice.at is None or offer.words.endswith(f"{choice.at.astimezone(patient.zone):%H:%M}")


def test_an_old_one_says_when_it_was_due(patient_client: Client, patient: Patient, now: datetime) -> None:
    sent(make_reminder(patient, label="Water"), now - 4 * HOUR, useful_until=now - 2 * HOUR)

    assert "It was due at 09:00." in page(patient_client)


def test_a_medicine_says_check_your_label(patient_client: Client, patient: Patient, now: datetime) -> None:
    sent(make_reminder(patient, kind="medicine", medicine=make.make_medicine(patient)), now - MINUTE)

    text = page(patient_client)

    assert "Blue tablets It was due at 12:59. Check your label." in text
    assert not re.search(r"\btake\b", text, re.IGNORECASE)


def test_one_moment_on_two_channels_is_one_row(patient_client: Client, patient: Patient, now: datetime) -> None:
    reminder = make_reminder(patient, label="Water")
    sent(reminder, now - MINUTE, channel="email")
    in_the_app = sent(reminder, now - MINUTE)

    html = patient_client.get(DUE).content.decode()

    assert re.findall(r'data-delivery="([^"]+)"', html) == [str(in_the_app.pk)]


@pytest.mark.parametrize("answer", ["done_at", "snoozed_at"])
def test_an_answer_on_one_channel_answers_the_moment(
    patient_client: Client, patient: Patient, now: datetime, answer: str
) -> None:
    reminder = make_reminder(patient, label="Water")
    sent(reminder, now - MINUTE, channel="email", **{answer: now})
    sent(reminder, now - MINUTE)

    assert page(patient_client, DUE) == ""


def test_a_newer_moment_takes_the_place_of_the_one_before(
    patient_client: Client, patient: Patient, now: datetime
) -> None:
    reminder = make_reminder(patient, label="Water")
    sent(reminder, now - 2 * HOUR)
    sent(reminder, now - MINUTE, done_at=now)

    assert page(patient_client, DUE) == ""


def _walked(patient: Patient, now: datetime) -> None:
    make.make_step_log(patient, "gentle_walk", now - 5 * MINUTE, kind="gentle_movement")


def _closed(patient: Patient, now: datetime) -> None:
    Episode.objects.of(patient.user).update(ended_at=now)


def _ended(patient: Patient, now: datetime) -> None:
    Reminder.objects.of(patient.user).update(ended_at=now, is_active=False)


@pytest.mark.parametrize("happens", [_walked, _closed, _ended, hold], ids=["done", "closed", "ended", "held"])
def test_what_is_settled_is_due_no_more(
    patient_client: Client, patient: Patient, episode: Episode, now: datetime, happens: Callable[..., Any]
) -> None:
    reminder = make_reminder(patient, kind="walk", step_key="gentle_walk", episode=episode)
    sent(reminder, now - 10 * MINUTE)
    assert "Gentle walk" in page(patient_client, DUE)

    happens(patient, now)

    assert page(patient_client, DUE) == ""


def test_what_waits_or_was_missed_or_came_yesterday_is_not_due(
    patient_client: Client, patient: Patient, now: datetime
) -> None:
    reminder = make_reminder(patient, label="Water")
    make_delivery(reminder, channel="app", due_at=now)
    make_delivery(reminder, channel="app", due_at=now - HOUR, status="missed", reason="too_late")
    sent(reminder, now - 14 * HOUR)

    assert page(patient_client, DUE) == ""


@pytest.mark.parametrize(("minutes", "is_shown"), [(1, True), (3, False)])
def test_the_ring_of_a_timer_stands_there_while_it_is_of_use(
    patient_client: Client, patient: Patient, now: datetime, minutes: int, is_shown: bool
) -> None:
    ring = make_reminder(patient, kind="timer_end", recurrence="once", on=now.date(), times=["13:00"], step_key=ICE)
    due_at = now - minutes * MINUTE
    sent(ring, due_at, useful_until=due_at + 2 * MINUTE)

    html = patient_client.get(DUE).content.decode()

    assert ("Time is up: Ice pack, on your back" in html) is is_shown
    assert "<form" not in html


def test_the_now_screen_shows_it_and_leads_back_there(patient_client: Client, patient: Patient, now: datetime) -> None:
    delivery = sent(make_reminder(patient, label="Water"), now - MINUTE)
    assert "Due now Water Since 12:59" in page(patient_client, "/tracker/")

    answer = act(patient_client, "delivery_done", delivery, back="now")

    assert answer.headers["Location"] == "/tracker/"


def test_the_now_screen_pays_one_query_for_reminders(patient_client: Client, patient: Patient, now: datetime) -> None:
    patient_client.get("/tracker/")
    for _number in range(3):
        sent(make_reminder(patient, kind="ice", step_key=ICE), now - MINUTE)

    with CaptureQueriesContext(connection) as queries:
        patient_client.get("/tracker/")

    asked = [query["sql"] for query in queries if '"tracker_reminder"' in query["sql"]]
    assert len(asked) == 1
    assert not any('FROM "tracker_delivery"' in query["sql"] for query in queries)


def test_the_live_list_is_the_partial_alone_and_is_not_kept(
    patient_client: Client, patient: Patient, now: datetime
) -> None:
    sent(make_reminder(patient, label="Water"), now - MINUTE)

    answer = patient_client.get(DUE)

    assert answer.headers["Cache-Control"] == "no-store"
    assert "<main" not in answer.content.decode()
    assert "Water" in answer.content.decode()


def test_the_live_list_asks_who_is_signed_out_to_sign_in(db: None) -> None:
    answer = Client().get(DUE)

    assert answer.status_code == 302


# --- Answers --------------------------------------------------------------------------------------------------


def test_done_logs_the_step_once(patient_client: Client, patient: Patient, episode: Episode, now: datetime) -> None:
    reminder = make_reminder(patient, kind="walk", step_key="gentle_walk", episode=episode)
    delivery = sent(reminder, now - MINUTE)

    answers_given = [act(patient_client, "delivery_done", delivery) for _twice in range(2)]

    assert [(answer.status_code, answer.headers["Location"]) for answer in answers_given] == [(303, HOME)] * 2
    assert StepLog.objects.of(patient.user).filter(step_key="gentle_walk").count() == 1
    assert page(patient_client, DUE) == ""


def test_done_says_why_a_step_cannot_be_kept(
    patient_client: Client, patient: Patient, episode: Episode, now: datetime
) -> None:
    for number in range(8):
        make.make_step_log(patient, ICE, now - timedelta(hours=3, minutes=number), episode=episode)
    delivery = sent(make_reminder(patient, kind="ice", step_key=ICE, episode=episode), now - MINUTE)

    answer = act(patient_client, "delivery_done", delivery)

    assert answer.status_code == 409
    assert "Nothing was saved." in words_of(answer)
    assert Delivery.objects.get().done_at is None


def test_done_leads_to_where_medicines_and_check_ins_are_kept(
    patient_client: Client, patient: Patient, episode: Episode, now: datetime
) -> None:
    label = make_reminder(patient, kind="medicine", medicine=make.make_medicine(patient))
    check_in = make_reminder(patient, kind="check_in", episode=episode)

    places = [
        act(patient_client, "delivery_done", sent(one, now - MINUTE)).headers["Location"] for one in (label, check_in)
    ]

    assert places == ["/tracker/medicines/", f"/tracker/episodes/{episode.pk}/check-in/"]


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        ("15_minutes", "You will be told again at 13:15."),
        ("1_hour", "You will be told again at 14:00."),
        ("not_today", "Nothing more of this comes today."),
    ],
)
def test_later_says_when(patient_client: Client, patient: Patient, now: datetime, choice: str, said: str) -> None:
    delivery = sent(make_reminder(patient, label="Water"), now - MINUTE)

    answer = act(patient_client, "delivery_snooze", delivery, choice=choice)

    assert answer.status_code == 303
    assert said in page(patient_client)
    assert Delivery.objects.filter(is_snooze=True).count() == (choice != "not_today")


def test_later_within_quiet_hours_says_that_nothing_comes(
    patient_client: Client, patient: Patient, now: datetime
) -> None:
    ReminderSettings.objects.create(user=patient.user, quiet_from="13:10")
    delivery = sent(make_reminder(patient, label="Water"), now - MINUTE)

    act(patient_client, "delivery_snooze", delivery, choice="15_minutes")

    assert "that falls into your quiet hours" in page(patient_client)


@pytest.mark.parametrize("choice", ["", "2_weeks", "\x00"])
def test_a_choice_that_was_not_offered_is_refused(
    patient_client: Client, patient: Patient, now: datetime, choice: str
) -> None:
    delivery = sent(make_reminder(patient), now - MINUTE)

    answer = act(patient_client, "delivery_snooze", delivery, choice=choice)

    assert answer.status_code == 400
    assert Delivery.objects.count() == 1


@pytest.mark.parametrize("name", ["delivery_done", "delivery_snooze"])
def test_a_stranger_finds_no_delivery_of_another(
    stranger_client: Client, patient: Patient, now: datetime, name: str
) -> None:
    delivery = sent(make_reminder(patient), now - MINUTE)

    answer = act(stranger_client, name, delivery, choice="1_hour")

    assert answer.status_code == 404
    assert Delivery.objects.filter(done_at=None, snoozed_at=None).count() == 1


def test_a_stranger_sees_nothing_of_another(stranger_client: Client, patient: Patient, now: datetime) -> None:
    sent(make_reminder(patient, label="Water the plants"), now - MINUTE)

    for address in (HOME, DUE, "/tracker/", "/tracker/reminders/log/"):
        assert "Water" not in page(stranger_client, address)


@pytest.mark.parametrize("name", ["delivery_done", "delivery_snooze"])
def test_reading_answers_nothing(patient_client: Client, patient: Patient, now: datetime, name: str) -> None:
    delivery = sent(make_reminder(patient), now - MINUTE)

    answer = patient_client.get(reverse(f"tracker:{name}", args=[delivery.pk]))

    assert answer.status_code == 405
    assert Delivery.objects.get().done_at is None


def test_more_leads_to_reminders(patient_client: Client) -> None:
    assert f'href="{HOME}"' in patient_client.get("/tracker/more/").content.decode()

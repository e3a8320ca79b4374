"""The words of a message: neutral, in the patient's own time, the same key and page at each try."""

import re
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from pytest_django import DjangoAssertNumQueries

from tests.tracker.make import NOW, make_medicine
from tests.tracker.reminders.reminder_rows import make_delivery, make_reminder
from tests.tracker.reminders.sample_messages import HEALTH_WORDS
from tracker.models import Delivery, MessageLink, Patient, ReminderKind, StopLink
from tracker.reminders import capabilities, messages
from tracker.reminders.channels.message import Message

PLANTED = "Zq7 planted words"


def one(patient: Patient, **fields: Any) -> Delivery:
    kind = fields.pop("kind", ReminderKind.OWN)
    return make_delivery(make_reminder(patient, kind=kind, label=PLANTED), **fields)


def composed(*deliveries: Delivery, channel: str = "email", late: timedelta = timedelta(0)) -> Message:
    return messages.compose(deliveries, channel=channel, now=NOW + late)


def test_a_message_says_when_it_was_asked_for_in_the_patients_own_time(patient: Patient) -> None:
    message = composed(one(patient))

    assert message.title == "Your reminder"
    assert message.body == "You asked us to remind you at 13:00. Open it to see what it is."
    assert (message.due_at, message.useful_seconds, message.can_be_done) == (NOW, 7200, True)


def test_a_zone_that_is_given_is_not_looked_up(
    patient: Patient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    delivery = one(patient)
    with django_assert_num_queries(1):  # the link's row
        message = messages.compose([delivery], channel="webpush", now=NOW, zone=ZoneInfo("Asia/Kathmandu"))

    assert "17:45" in message.body


@pytest.mark.parametrize(
    ("late", "words"),
    [
        (timedelta(minutes=5), "You asked us to remind you at 13:00."),
        (timedelta(minutes=5, seconds=1), "It was due at 13:00."),
        (timedelta(minutes=90), "It was due at 13:00."),
    ],
    ids=["5 minutes", "a second more", "90 minutes"],
)
def test_a_late_message_says_when_it_was_due(patient: Patient, late: timedelta, words: str) -> None:
    assert composed(one(patient), late=late).body.startswith(words)


def test_the_end_of_a_timer_says_what_to_do_and_has_no_buttons(patient: Patient) -> None:
    message = composed(one(patient, kind=ReminderKind.TIMER_END), channel="webpush")

    assert (message.title, message.body) == ("Time is up", "Take the pack off now.")
    assert message.can_be_done is False


def test_several_in_one_message_name_their_number_and_open_the_page_of_the_first(patient: Patient) -> None:
    second = one(patient, due_at=NOW + timedelta(minutes=4), useful_until=NOW + timedelta(minutes=34))
    first = one(patient)

    message = composed(second, first)

    assert message.body == "You asked us to remind you at 13:00. Open it to see the 2 things."
    assert message.page == f"{settings.SITE_URL}/m/{capabilities.message_token(first)}/"
    assert (message.due_at, message.useful_seconds) == (NOW, 34 * 60)
    assert message.can_be_done is False


def test_a_second_try_is_marked(patient: Patient) -> None:
    delivery = one(patient)
    delivery.is_second_try = True

    assert composed(delivery).body.endswith("You may have had this message before.")


def test_the_same_delivery_has_the_same_key_page_and_stop_link_at_each_try(patient: Patient) -> None:
    delivery = one(patient)

    tries = [composed(delivery, late=timedelta(minutes=late)) for late in (0, 1, 15)]

    assert len({(message.key, message.page, message.stop) for message in tries}) == 1
    assert (MessageLink.objects.count(), StopLink.objects.count()) == (1, 1)


def test_each_delivery_and_channel_has_a_key_of_its_own_that_shows_no_id(patient: Patient) -> None:
    first, second = one(patient), one(patient)

    keys = [composed(first).key, composed(second).key, composed(first, channel="webpush").key]

    assert len(set(keys)) == 3
    assert all(re.fullmatch("[0-9a-f]{32}", key) and key != first.pk.hex for key in keys)


def test_only_mail_has_a_stop_link(patient: Patient) -> None:
    delivery = one(patient)

    assert composed(delivery).stop == f"{settings.SITE_URL}/u/{capabilities.stop_token(patient.user)}/"
    assert composed(delivery, channel="webpush").stop == ""


def test_the_page_of_a_message_opens_its_delivery(patient: Patient) -> None:
    delivery = one(patient)
    token = composed(delivery).page.split("/")[-2]

    assert capabilities.message_deliveries(token, now=NOW) == [delivery]


def test_what_is_of_no_use_any_more_still_has_a_second_to_go(patient: Patient) -> None:
    assert composed(one(patient), late=timedelta(hours=5)).useful_seconds == 1


@pytest.mark.parametrize("kind", [kind for kind in ReminderKind if kind != ReminderKind.TIMER_END])
def test_no_kind_says_a_word_of_health_nor_what_was_typed(patient: Patient, kind: ReminderKind) -> None:
    medicine = make_medicine(patient, PLANTED)
    delivery = make_delivery(make_reminder(patient, kind=kind, label=PLANTED, medicine=medicine))
    message = composed(delivery)

    seen = f"{message.title} {message.body}".lower()

    assert [word for word in (*HEALTH_WORDS, "planted") if re.search(rf"\b{word}", seen)] == []


def test_a_test_message_opens_the_page_with_the_ways(patient: Patient) -> None:
    message = messages.compose_test(user=patient.user, channel="email", now=NOW)

    assert message.page == f"{settings.SITE_URL}/tracker/reminders/where/"
    assert message.stop == f"{settings.SITE_URL}/u/{capabilities.stop_token(patient.user)}/"
    assert message.can_be_done is False


def test_the_links_of_many_messages_are_kept_in_two_statements(
    patient: Patient, stranger: Patient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    groups = [[one(patient)], [one(patient), one(patient)], [one(stranger)]]
    assert all(delivery.user for group in groups for delivery in group)  # read before, as the sender does
    with django_assert_num_queries(2):
        messages.keep_links(groups, channel="email", now=NOW)

    with django_assert_num_queries(0):
        made = [
            messages.compose(group, channel="email", now=NOW, zone=ZoneInfo("Europe/Paris"), has_links=True)
            for group in groups
        ]

    opened = [capabilities.message_deliveries(message.page.split("/")[-2], now=NOW) for message in made]
    assert all(found is not None and found[0] in group for found, group in zip(opened, groups, strict=True))
    assert {capabilities.user_of_stop(message.stop.split("/")[-2]) for message in made} == {
        patient.user,
        stranger.user,
    }

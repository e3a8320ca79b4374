"""The private address of the calendar: shown once, ended at once, read without a session."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from backspasm.models import AuditEvent
from tests.tracker import make
from tests.tracker.reminders import calendar_reading, database_copy
from tests.tracker.reminders.reminder_rows import make_reminder
from tracker import patients
from tracker.models import CalendarFeed, Patient, Recurrence, Reminder
from tracker.reminders import calendar

NOW = make.NOW


@pytest.fixture
def reminder(patient: Patient) -> Reminder:
    return make_reminder(patient, recurrence=Recurrence.AT_TIMES, times=["08:30"])


def _address(patient: Patient) -> str:
    return reverse("calendar_feed", args=[calendar.make(patient=patient, now=NOW)])


def _made(client: Client) -> tuple[str, str]:
    page = client.post(reverse("tracker:calendar_make")).content.decode()
    (token,) = set(re.findall(r"/cal/([-\w]{43})\.ics", page))
    return token, page


def test_a_link_is_shown_once_and_only_its_hash_is_kept(patient: Patient, patient_client: Client) -> None:
    token, page = _made(patient_client)

    assert f"webcal://127.0.0.1:8000/cal/{token}.ics" in page
    assert f"http://127.0.0.1:8000/cal/{token}.ics" in page
    feed = CalendarFeed.objects.of(patient.user).get()
    assert token not in str(vars(feed))
    assert token not in patient_client.get(reverse("tracker:reminder_where")).content.decode()


def test_the_box_says_what_calendars_leave_out_and_who_reads_it_before_there_is_a_link(
    patient: Patient, patient_client: Client
) -> None:
    page = patient_client.get(reverse("tracker:reminder_where")).content.decode()

    for words in ("set alerts for this calendar yourself. Changes can take a day.", "reads and keeps these times"):
        assert -1 < page.index(words) < page.index("Make a calendar link")


def test_the_feed_is_a_calendar_without_a_session(reminder: Reminder, patient: Patient, site_client: Client) -> None:
    answer = site_client.get(_address(patient))

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "private, max-age=3600"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert not site_client.cookies
    assert len(calendar_reading.events(answer.content)) == 1


def test_reading_it_changes_nothing(reminder: Reminder, patient: Patient, site_client: Client) -> None:
    address = _address(patient)
    before = database_copy.everything()

    site_client.get(address)
    site_client.head(address)

    assert database_copy.everything() == before


def test_two_fetches_give_the_same_bytes_and_the_same_tag(
    reminder: Reminder, patient: Patient, site_client: Client
) -> None:
    address = _address(patient)

    first, second = site_client.get(address), site_client.get(address)

    assert (first.content, first.headers["ETag"]) == (second.content, second.headers["ETag"])


def test_a_calendar_that_has_it_gets_304_until_something_changes(
    reminder: Reminder, patient: Patient, site_client: Client
) -> None:
    address = _address(patient)
    first = site_client.get(address)
    by_tag = {"HTTP_IF_NONE_MATCH": first.headers["ETag"]}

    unchanged = site_client.get(address, **by_tag)  # type: ignore[arg-type]
    Reminder.objects.update(times=["09:30"], sequence=1, changed_at=NOW)
    changed = site_client.get(address, **by_tag)  # type: ignore[arg-type]

    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert changed.status_code == 200


def _unknown(patient: Patient) -> str:
    return reverse("calendar_feed", args=["A" * 43])


def _ended(patient: Patient) -> str:
    address = _address(patient)
    calendar.end(patient=patient, now=NOW)
    return address


def _replaced(patient: Patient) -> str:
    address = _address(patient)
    calendar.make(patient=patient, now=NOW)
    return address


def _withdrawn(patient: Patient) -> str:
    address = _address(patient)
    patients.withdraw_consent(user=patient.user, now=NOW)
    return address


def _agreed_again(patient: Patient) -> str:
    address = _withdrawn(patient)
    patients.give_consent(user=patient.user, now=NOW + timedelta(seconds=1))
    return address


def _deleted(patient: Patient) -> str:
    address = _address(patient)
    patients.delete_account(user=patient.user, now=NOW)
    return address


def _long(patient: Patient) -> str:
    return reverse("calendar_feed", args=["A" * 5000])


@pytest.mark.parametrize("way", [_unknown, _ended, _replaced, _withdrawn, _agreed_again, _deleted, _long])
def test_a_link_that_opens_nothing_is_one_same_answer(
    reminder: Reminder, patient: Patient, site_client: Client, way: Any
) -> None:
    answer = site_client.get(way(patient))

    assert (answer.status_code, answer.content) == (404, b"This calendar link does not open anything.\n")
    assert answer.headers["Cache-Control"] == "no-store"
    assert not site_client.cookies


def test_the_token_opens_nothing_else(patient: Patient, site_client: Client) -> None:
    token = calendar.make(patient=patient, now=NOW)

    assert site_client.get(reverse("message", args=[token])).status_code == 404
    assert site_client.get(reverse("visit", args=[token])).status_code == 404


def test_sixty_fetches_an_hour_are_answered_and_no_more(
    reminder: Reminder, patient: Patient, stranger: Patient, site_client: Client
) -> None:
    address, other = _address(patient), _address(stranger)

    answers = [site_client.get(address).status_code for _number in range(61)]

    assert answers == [200] * 60 + [429]
    assert site_client.get(other).status_code == 200
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        assert site_client.get(address).status_code == 200


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_a_feed_can_only_be_read(patient: Patient, site_client: Client, method: str) -> None:
    assert getattr(site_client, method)(_address(patient)).status_code == 405


@pytest.mark.parametrize("name", ["calendar_make", "calendar_end"])
def test_looking_makes_and_ends_nothing(patient: Patient, patient_client: Client, name: str) -> None:
    calendar.make(patient=patient, now=NOW)

    assert patient_client.get(reverse(f"tracker:{name}")).status_code == 405
    assert CalendarFeed.objects.get().revoked_at is None


def test_ending_it_ends_it_and_only_ones_own(
    patient: Patient, stranger: Patient, patient_client: Client, site_client: Client
) -> None:
    own, other = _address(patient), _address(stranger)

    answer = patient_client.post(reverse("tracker:calendar_end"))

    assert (answer.status_code, answer.headers["Location"]) == (303, reverse("tracker:reminder_where"))
    assert (site_client.get(own).status_code, site_client.get(other).status_code) == (404, 200)


def test_there_is_one_link_at_a_time(patient: Patient) -> None:
    for _number in range(3):
        calendar.make(patient=patient, now=NOW)

    assert CalendarFeed.objects.of(patient.user).filter(revoked_at=None).count() == 1
    assert calendar.end(patient=patient, now=NOW)
    assert not calendar.end(patient=patient, now=NOW)


def test_making_and_ending_are_audited_without_the_token(patient: Patient) -> None:
    calendar.make(patient=patient, now=NOW)
    calendar.end(patient=patient, now=NOW)

    events = AuditEvent.objects.filter(event__startswith="calendar_link.").order_by("at", "pk")
    assert {event.event for event in events} == {"calendar_link.made", "calendar_link.ended"}
    assert {event.object_id for event in events} == {str(CalendarFeed.objects.get().pk)}


def test_another_patients_feed_holds_nothing_of_this_one(
    reminder: Reminder, stranger: Patient, site_client: Client
) -> None:
    assert calendar_reading.events(site_client.get(_address(stranger)).content) == []

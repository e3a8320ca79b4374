"""The forms of reminders, attacked field by field: nothing breaks, leaks, or is stored that was not chosen."""

import logging
from typing import Any, Final

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from backspasm.form_ids import new_form_id
from tests.tracker import hostile_forms as hostile
from tests.tracker import make
from tests.tracker.reminders import reminder_rows
from tracker.models import Patient, Reminder, ReminderSettings

pytestmark = pytest.mark.django_db

NASTY: Final = {
    **{f"text: {name}": value for name, (value, _expected) in hostile.TEXTS.items()},
    **{f"number: {name}": value for name, (value, _expected) in hostile.NUMBERS.items()},
    **{f"choice: {name}": value for name, (value, _expected) in hostile.CHOICES.items()},
    "24:00": "24:00",
    "the last day of all": "9999-12-31",
    "a day that is none": "2030-02-31",
}
OWN: Final = {
    "what": "own",
    "label": "Ring Sam",
    "how_often": "at_times",
    "time_1": "08:00",
    "channels": "app",
    "save": "1",
}
FORMS: Final[dict[str, dict[str, str]]] = {
    "reminder_new": {**OWN, "every_hours": "", "every_minutes": "", "weekdays": "0", "on": "", "from_on": ""},
    "reminder_settings": {"quiet_from": "22:00", "quiet_to": "07:00", "rings_at_timer_end": "on"},
    "reminder_pause": {"until_on": "2030-11-25", "for": ""},
    "travel": {"zone": "Asia/Tokyo", "answer": "keep"},
}
FIELDS: Final = [(name, field) for name, values in FORMS.items() for field in values if field not in {"save", "for"}]


def send(client: Client, patient: Patient, name: str, values: dict[str, str]) -> Any:
    sent = {**values, "form_id": new_form_id(patient.user)}
    return hostile.post(client, reverse(f"tracker:{name}"), {key: [value] for key, value in sent.items()})


@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_no_value_breaks_a_form_or_leaks_out_of_it(
    patient: Patient, patient_client: Client, caplog: pytest.LogCaptureFixture, name: str, field: str
) -> None:
    caplog.set_level(logging.DEBUG)
    faults = []
    for attack, value in NASTY.items():
        response = send(patient_client, patient, name, {**FORMS[name], field: value})
        page, where = response.content.decode(errors="replace"), response.headers.get("Location", "")
        said = [str(message) for message in get_messages(response.wsgi_request)]
        outside = [where, repr(dict(patient_client.session)), *said, *(row.getMessage() for row in caplog.records)]
        if response.status_code not in {200, 303, 400} or hostile.SCRIPT in page:
            faults.append(f"{attack}: {response.status_code}")
        if any(hostile.MARK in text for text in outside):
            faults.append(f"{attack}: typed words outside the page")
        caplog.clear()

    assert faults == []


@pytest.mark.parametrize("value", [value for name, value in NASTY.items() if name.startswith(("choice", "number"))])
@pytest.mark.parametrize("field", ["what", "how_often", "channels", "time_1"])
def test_what_is_no_choice_makes_no_reminder(patient: Patient, patient_client: Client, field: str, value: str) -> None:
    response = send(patient_client, patient, "reminder_new", {**OWN, field: value})

    assert response.status_code == 400
    assert not Reminder.objects.exists()


def test_columns_that_no_form_asks_for_are_not_written(
    patient: Patient, patient_client: Client, stranger: Patient
) -> None:
    extras = {"user": str(stranger.user.pk), "next_due_at": "1999-09-09 09:09", "step_key": "x", "edition": "9"}
    theirs = make.make_medicine(stranger)

    send(patient_client, patient, "reminder_new", {**extras, **OWN})
    refused = send(patient_client, patient, "reminder_new", {**OWN, "what": f"medicine:{theirs.pk}"})

    made = Reminder.objects.get()
    assert (made.user_id, made.step_key, made.edition) == (patient.user.pk, "", 1)
    assert made.next_due_at is not None
    assert made.next_due_at > make.NOW
    assert refused.status_code == 400


def test_a_refused_change_leaves_the_reminder_as_it_was(patient: Patient, patient_client: Client) -> None:
    reminder = reminder_rows.make_reminder(patient, label="Ring Sam", channels=["app"])
    before = Reminder.objects.filter(pk=reminder.pk).values().get()

    for value in NASTY.values():
        sent = {**OWN, "how_often": value, "form_id": new_form_id(patient.user)}
        address = reverse("tracker:reminder_edit", args=[reminder.pk])
        response = hostile.post(patient_client, address, {key: [item] for key, item in sent.items()})
        assert response.status_code == 400

    assert Reminder.objects.filter(pk=reminder.pk).values().get() == before


def test_quiet_hours_that_are_no_times_are_not_kept(patient: Patient, patient_client: Client) -> None:
    for value in NASTY.values():
        response = send(patient_client, patient, "reminder_settings", {"quiet_from": value, "quiet_to": "07:00"})
        assert response.status_code == 400

    assert not ReminderSettings.objects.exists()

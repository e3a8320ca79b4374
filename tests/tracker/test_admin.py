"""Administrators see accounts and counts, never what a patient typed or answered; every look is logged."""

import re
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from backspasm.models import AuditEvent
from tests.backspasm import staff
from tests.tracker import make
from tracker.models import AgeBand, Patient

MARKER = "Zq7-planted-marker"


@pytest.fixture
def administrator(db: None, now: datetime) -> Client:
    return staff.signed_in(staff.administrator())


@pytest.fixture
def marked(patient: Patient) -> Patient:
    """A patient with the marker in every sealed text that a form fills."""
    episode = make.make_episode(patient, note=MARKER, trigger_words=MARKER)
    make.make_activity(episode, MARKER)
    make.make_check_in(episode, make.NOW, pain=9, note=MARKER)
    make.make_medicine(patient, MARKER, ingredient=MARKER)
    return patient


def page_of(patient: Patient) -> str:
    return reverse("admin:tracker_patient_change", args=[patient.pk])


def test_the_list_counts_and_shows_no_address(administrator: Client, marked: Patient) -> None:
    html = administrator.get(reverse("admin:tracker_patient_changelist")).content.decode()

    assert str(marked.user_id) in html
    assert marked.user.email not in html
    assert re.search(r'field-episodes">1<', html)


@pytest.mark.parametrize("address", ["list", "page"])
def test_no_screen_shows_what_was_typed(administrator: Client, marked: Patient, address: str) -> None:
    path = page_of(marked) if address == "page" else reverse("admin:tracker_patient_changelist")

    html = administrator.get(path).content.decode()

    assert MARKER not in html
    assert str(AgeBand(marked.age_band).label) not in html


def test_only_the_tables_named_here_are_listed(administrator: Client) -> None:
    html = administrator.get(reverse("admin:index")).content.decode()

    assert set(re.findall(r'href="/admin/tracker/(\w+)/', html)) == {"patient", "senderbeat"}


@pytest.mark.parametrize("name", ["change", "history"])
def test_a_look_at_a_record_is_logged(administrator: Client, marked: Patient, name: str) -> None:
    administrator.get(reverse(f"admin:tracker_patient_{name}", args=[marked.pk]))

    event = AuditEvent.objects.get(event="admin.patient_viewed")
    assert (event.subject, event.kind, event.object_id) == (marked.user_id, "patient", str(marked.pk))
    assert event.actor is not None


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", ["changelist", "add", "change", "delete", "history"])
def test_staff_who_do_not_administer_see_none_of_it(marked: Patient, name: str, method: str) -> None:
    client = staff.signed_in(staff.editor("bob@example.org", "Author", "Publisher", "Clinical reviewer"))
    args = [marked.pk] if name in {"change", "delete", "history"} else []

    response = getattr(client, method)(reverse(f"admin:tracker_patient_{name}", args=args))

    assert response.status_code == 403


@pytest.mark.parametrize("name", ["add", "delete"])
def test_nobody_adds_or_deletes(administrator: Client, marked: Patient, name: str) -> None:
    args = [marked.pk] if name == "delete" else []

    assert administrator.post(reverse(f"admin:tracker_patient_{name}", args=args)).status_code == 403


def test_nobody_changes(administrator: Client, marked: Patient) -> None:
    response = administrator.post(page_of(marked), {"age_band": AgeBand.OVER_70})

    assert response.status_code == 403
    assert Patient.objects.get(pk=marked.pk).age_band == marked.age_band


def test_the_audit_log_is_read_and_not_changed(administrator: Client, marked: Patient) -> None:
    administrator.get(page_of(marked))
    event = AuditEvent.objects.get(event="admin.patient_viewed")

    listed = administrator.get(reverse("admin:backspasm_auditevent_changelist"))
    changed = administrator.post(reverse("admin:backspasm_auditevent_change", args=[event.pk]), {"event": "x"})

    assert "admin.patient_viewed" in listed.content.decode()
    assert changed.status_code == 403


def test_an_event_is_never_changed() -> None:
    with pytest.raises(TypeError, match="only added to"):
        AuditEvent.objects.update(event="other")


def test_the_list_costs_the_same_with_more_patients(
    administrator: Client, django_assert_max_num_queries: object
) -> None:
    for number in range(5):
        make.make_episode(make.make_patient(f"p{number}@example.org"))

    with django_assert_max_num_queries(12):  # type: ignore[operator]
        administrator.get(reverse("admin:tracker_patient_changelist"))

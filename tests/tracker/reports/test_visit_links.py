"""Links to the visit sheet: shown once, opened by a tap, ended at once, and never a way to find out more."""

import re
import uuid
from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client

from backspasm.models import AuditEvent
from tests.tracker import make
from tests.tracker.reports import browsers, full
from tracker import patients
from tracker.models import Patient, VisitLink, VisitOpening
from tracker.reports import visit_links

LINKS = "/tracker/report/links/"


def made(patient: Patient, hours: int = 24) -> str:
    return visit_links.make(patient=patient, hours=hours, form_id=uuid.uuid4(), now=make.NOW)


def test_a_link_is_shown_once_and_only_its_hash_is_kept(patient: Patient) -> None:
    client = browsers.of(patient)

    page = client.post(LINKS, {"hours": "24"}).content.decode()

    (token,) = re.findall(r"/visit/([-\w]{43})/", page)
    link = VisitLink.objects.of(patient.user).get()
    assert token not in str(vars(link))
    assert link.expires_at - link.created_at == timedelta(hours=24)
    assert token not in client.get(LINKS).content.decode()


def test_making_a_link_asks_who_it_is_when_the_sign_in_is_old(patient: Patient, patient_client: Client) -> None:
    answer = patient_client.post(LINKS, {"hours": "24"})

    assert answer.status_code == 303
    assert "/accounts/" in answer.headers["Location"]
    assert not VisitLink.objects.exists()


@pytest.mark.parametrize("hours", ["0", "-24", "169", "8760", "1e9", "", "x"])
def test_no_link_works_longer_than_seven_days(patient: Patient, hours: str) -> None:
    browsers.of(patient).post(LINKS, {"hours": hours})

    assert not VisitLink.objects.exists()


def test_the_same_form_twice_makes_one_link(patient: Patient) -> None:
    client = browsers.of(patient)
    page = client.get(LINKS).content.decode()
    form_id = re.findall(r'name="form_id" value="([^"]+)"', page)[0]

    client.post(LINKS, {"hours": "24", "form_id": form_id})
    again = client.post(LINKS, {"hours": "24", "form_id": form_id})

    assert (again.status_code, again.headers["Location"]) == (303, LINKS)
    assert VisitLink.objects.count() == 1


def test_only_so_many_links_work_at_once(patient: Patient) -> None:
    for _number in range(visit_links.WORKING_AT_MOST):
        made(patient)

    page = browsers.of(patient).post(LINKS, {"hours": "24"}).content.decode()

    assert "End one of them first" in page
    assert VisitLink.objects.count() == visit_links.WORKING_AT_MOST


def test_before_the_tap_the_page_shows_nothing_and_notes_nothing(patient: Patient) -> None:
    full.fill(patient)
    address = f"/visit/{made(patient)}/"
    openings = VisitOpening.objects.count()

    answer = browsers.anybody().get(address)

    assert answer.status_code == 200
    assert b"Open the visit sheet" in answer.content
    assert full.MARKER.encode() not in answer.content
    assert b"episode" not in answer.content
    assert VisitOpening.objects.count() == openings


def test_a_tap_shows_the_sheet_and_notes_when(patient: Patient) -> None:
    full.fill(patient)
    address = f"/visit/{made(patient)}/"

    answer = browsers.anybody().post(address)

    assert full.MARKER.encode() in answer.content
    assert VisitOpening.objects.filter(user=patient.user, opened_at=make.NOW).count() == 1
    event = AuditEvent.objects.get(event="visit_link.opened")
    assert (event.actor, event.subject) == (None, patient.user.pk)


def test_every_answer_is_private_and_sets_no_cookie(patient: Patient) -> None:
    address = f"/visit/{made(patient)}/"
    client = browsers.anybody()

    for answer in (client.get(address), client.post(address), client.get("/visit/unknown/")):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert not answer.cookies


def test_the_list_says_when_a_link_was_opened(patient: Patient) -> None:
    browsers.anybody().post(f"/visit/{made(patient)}/")

    page = browsers.of(patient).get(LINKS).content.decode()

    assert "Opened once:" in page
    assert f"{make.NOW.day} November {make.NOW.year}, 13:00" in page


def _revoke(patient: Patient) -> None:
    link = VisitLink.objects.of(patient.user).get()
    assert visit_links.revoke(user=patient.user, link=link, now=make.NOW)


def _withdraw(patient: Patient) -> None:
    patients.withdraw_consent(user=patient.user, now=make.NOW)


def _withdraw_the_consent_alone(patient: Patient) -> None:
    assert patient.consent is not None
    patient.consent.withdrawn_at = make.NOW
    patient.consent.save()


def _delete(patient: Patient) -> None:
    patients.delete_account(user=patient.user, now=make.NOW)


def _lock_out(patient: Patient) -> None:
    patient.user.is_active = False
    patient.user.save()


ENDS = [_revoke, _withdraw, _withdraw_the_consent_alone, _delete, _lock_out]


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_link_that_has_ended_looks_like_one_that_never_was(patient: Patient, end: object, method: str) -> None:
    full.fill(patient)
    VisitLink.objects.all().delete()
    address = f"/visit/{made(patient)}/"
    assert callable(end)
    end(patient)
    client = browsers.anybody()

    ended, unknown = getattr(client, method)(address), getattr(client, method)("/visit/never-made/")

    assert ended.status_code == unknown.status_code == 404
    assert ended.content == unknown.content
    assert full.MARKER.encode() not in ended.content
    assert not VisitOpening.objects.exists()


@pytest.mark.parametrize("hours", visit_links.HOURS)
def test_a_link_ends_by_itself(patient: Patient, hours: int, now: datetime) -> None:
    address = f"/visit/{made(patient, hours)}/"
    client = browsers.anybody()
    with time_machine.travel(now + timedelta(hours=hours) - timedelta(seconds=1), tick=False):
        before = client.post(address)
    with time_machine.travel(now + timedelta(hours=hours), tick=False):
        after = client.post(address)

    assert (before.status_code, after.status_code) == (200, 404)


@pytest.mark.parametrize("token", ["x", "%00", "🦆", "a" * 3000, "..", "%2e%2e", "null", "' OR 1=1"])
def test_a_strange_token_opens_nothing(patient: Patient, token: str) -> None:
    made(patient)

    assert browsers.anybody().post(f"/visit/{token}/").status_code == 404


def test_a_flood_of_openings_is_held_back(patient: Patient) -> None:
    address = f"/visit/{made(patient)}/"
    client = browsers.anybody()
    statuses = [client.post(address).status_code for _number in range(61)]

    assert statuses == [200] * 60 + [429]


def test_only_the_owner_can_end_a_link(patient: Patient, stranger: Patient) -> None:
    token = made(patient)
    link = VisitLink.objects.get()
    address = f"{LINKS}{link.pk}/revoke/"

    foreign = browsers.of(stranger).post(address)
    assert foreign.status_code == 404
    assert visit_links.working(token, now=make.NOW) is not None

    own = browsers.of(patient).post(address)
    assert (own.status_code, own.headers["Location"]) == (303, LINKS)
    assert visit_links.working(token, now=make.NOW) is None
    assert AuditEvent.objects.filter(event="visit_link.revoked", subject=patient.user.pk).count() == 1


def test_making_a_link_is_audited_without_its_token(patient: Patient) -> None:
    token = made(patient)

    event = AuditEvent.objects.get(event="visit_link.made")

    assert event.subject == patient.user.pk
    assert token not in str(vars(event))

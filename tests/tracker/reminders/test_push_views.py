"""What a browser posts when it joins and leaves, the worker's script, and the box without JavaScript."""

import json
import uuid
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

import pytest
from django.conf import settings as site_settings
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from tests.environment import ROOT
from tests.tracker.make import NOW
from tests.tracker.reminders.push_services import FakeBrowser
from tracker.models import Patient, PushDevice
from tracker.reminders import push_devices

ENDPOINT: Final = "https://fcm.googleapis.com/fcm/send/abc"
PHONE: Final = FakeBrowser()


def subscription(endpoint: str = ENDPOINT, **more: Any) -> dict[str, Any]:
    """What ``JSON.stringify`` makes of a subscription."""
    address = PHONE.address(endpoint)
    keys = {"p256dh": address.public_key, "auth": address.auth_secret}
    return {"endpoint": endpoint, "expirationTime": None, "keys": keys, **more}


def post(client: Client, sent: Any, content_type: str = "application/json", **headers: str) -> Any:
    body = sent if isinstance(sent, str | bytes) else json.dumps(sent)
    return client.post(reverse("tracker:push"), body, content_type=content_type, headers=headers)


def make_device(patient: Patient, endpoint: str = ENDPOINT) -> PushDevice:
    return push_devices.add(user=patient.user, address=PHONE.address(endpoint), user_agent="", now=NOW)


def test_a_browser_joins(patient: Patient, patient_client: Client) -> None:
    answer = post(patient_client, subscription(), user_agent="Mozilla/5.0 (X11; Linux) Chrome/150.0")

    assert (answer.status_code, answer.json()) == (HTTPStatus.CREATED, {})
    device = PushDevice.objects.get()
    assert (device.user, device.name) == (patient.user, "Chrome, Linux")


def test_a_browser_leaves_by_its_address(patient: Patient, stranger: Patient, patient_client: Client) -> None:
    make_device(patient)
    strangers = make_device(stranger, f"{ENDPOINT}d")

    answers = [post(patient_client, {"leaving": address}) for address in (ENDPOINT, ENDPOINT, f"{ENDPOINT}d")]

    assert [answer.status_code for answer in answers] == [HTTPStatus.OK] * 3
    assert list(PushDevice.objects.all()) == [strangers]


def test_an_address_that_a_browser_changed_takes_the_place_of_the_old_one(
    patient: Patient, patient_client: Client
) -> None:
    make_device(patient)

    post(patient_client, subscription(f"{ENDPOINT}/new", leaving=ENDPOINT))

    assert [address.endpoint for address in push_devices.addresses(patient.user).values()] == [f"{ENDPOINT}/new"]


@pytest.mark.parametrize(
    "sent",
    ["", "{", "null", "[]", "{}", '{"endpoint": 5}', '{"endpoint": "https://fcm.googleapis.com/x"}', b"\xff" * 9],
    ids=["nothing", "half", "null", "list", "empty", "number", "no keys", "bytes"],
)
def test_what_cannot_be_read_is_refused_in_words(patient_client: Client, sent: str | bytes) -> None:
    answer = post(patient_client, sent)

    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert answer.json()["words"].startswith("Your browser sent something we cannot read.")


def test_too_much_is_not_read_and_forms_are_not_taken(patient_client: Client) -> None:
    answers = [post(patient_client, subscription(filler="x" * 9000)), post(patient_client, "endpoint=x", "text/plain")]

    assert [answer.status_code for answer in answers] == [HTTPStatus.BAD_REQUEST] * 2
    assert PushDevice.objects.count() == 0


@pytest.mark.parametrize(
    "endpoint", ["https://evil.example/", "http://127.0.0.1:22/", "https://fcm.googleapis.com@evil.example/"]
)
def test_a_foreign_address_is_refused_in_words(patient_client: Client, endpoint: str) -> None:
    answer = post(patient_client, subscription(endpoint))

    assert answer.status_code == HTTPStatus.CONFLICT
    assert "does not know your browser" in answer.json()["words"]
    assert PushDevice.objects.count() == 0


def test_the_eleventh_device_is_refused_in_words(patient: Patient, patient_client: Client) -> None:
    for number in range(10):
        make_device(patient, f"{ENDPOINT}{number}")

    answer = post(patient_client, subscription())

    assert (answer.status_code, answer.json()["words"][:23]) == (HTTPStatus.CONFLICT, "You have 10 devices alr")


def test_a_post_without_the_token_of_our_page_is_refused(patient: Patient) -> None:
    client = Client(enforce_csrf_checks=True, headers={"host": site_settings.SITE_URL.netloc})
    client.force_login(patient.user)

    assert post(client, subscription()).status_code == HTTPStatus.FORBIDDEN
    told = client.get(reverse("tracker:push")).json()
    assert post(client, subscription(), x_csrftoken=told["token"]).status_code == HTTPStatus.CREATED


def test_the_worker_is_told_our_key(patient_client: Client, settings: Settings) -> None:
    answer = patient_client.get(reverse("tracker:push"))

    assert answer.json()["key"] == settings.PUSH_KEY.public
    assert answer.headers["Cache-Control"] == "no-store"


def test_nobody_who_is_signed_out_is_told_or_taken(site_client: Client) -> None:
    assert site_client.get(reverse("tracker:push")).status_code == HTTPStatus.FOUND
    assert post(site_client, subscription()).status_code in {HTTPStatus.FOUND, HTTPStatus.SEE_OTHER}
    assert PushDevice.objects.count() == 0


def test_a_person_removes_a_device_from_the_list(patient: Patient, patient_client: Client) -> None:
    device = make_device(patient)

    answer = patient_client.post(reverse("tracker:push_remove", args=[device.pk]))

    assert (answer.status_code, answer.headers["Location"]) == (HTTPStatus.SEE_OTHER, reverse("tracker:reminder_where"))
    assert PushDevice.objects.count() == 0


def test_a_strangers_device_and_no_device_are_the_same_404(patient: Patient, stranger_client: Client) -> None:
    device = make_device(patient)

    answers = [stranger_client.post(reverse("tracker:push_remove", args=[pk])) for pk in (device.pk, uuid.uuid4())]

    assert [answer.status_code for answer in answers] == [HTTPStatus.NOT_FOUND] * 2
    assert PushDevice.objects.count() == 1


def test_looking_removes_nothing(patient: Patient, patient_client: Client) -> None:
    device = make_device(patient)

    assert patient_client.get(reverse("tracker:push_remove", args=[device.pk])).status_code == 405
    assert PushDevice.objects.count() == 1


def test_the_worker_is_served_from_the_root_to_anybody_and_is_never_kept(site_client: Client) -> None:
    answer = site_client.get("/sw.js")

    assert answer.status_code == HTTPStatus.OK
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert not answer.cookies
    assert b"showNotification" in answer.content
    assert b"pushsubscriptionchange" in answer.content


def test_the_worker_stores_and_caches_nothing() -> None:
    script = Path(ROOT / "static/js/push_worker.js").read_text()

    stores = ("caches.", "indexedDB", "localStorage", '"fetch"', "importScripts")
    assert [word for word in stores if word in script] == []


def test_without_a_script_the_box_says_what_is_so(patient: Patient, patient_client: Client) -> None:
    device = make_device(patient)

    page = patient_client.get(reverse("tracker:reminder_where")).content.decode()

    box = page[page.index('id="push-box"') : page.index("</details>", page.index('id="push-box"'))]
    assert "This needs JavaScript" in box
    assert "Add to Home Screen" in box
    assert f'data-devices="{device.address_hash}"' in box
    assert "csrfmiddlewaretoken" in box
    assert ENDPOINT not in page


def test_a_site_without_a_key_says_so(patient_client: Client, settings: Settings) -> None:
    settings.PUSH_KEY = None

    page = patient_client.get(reverse("tracker:reminder_where")).content.decode()

    assert "Messages on a device are not set up on this site." in page
    assert "push-box" not in page


def test_the_page_can_be_added_to_a_home_screen_under_a_neutral_name(patient_client: Client) -> None:
    page = patient_client.get(reverse("tracker:reminder_where")).content.decode()
    manifest = json.loads(Path(ROOT / "static/manifest.json").read_text())

    assert '<link rel="manifest" href="/static/manifest.' in page
    assert (manifest["display"], manifest["short_name"], manifest["name"]) == (
        "standalone",
        "Reminders",
        "My reminders",
    )

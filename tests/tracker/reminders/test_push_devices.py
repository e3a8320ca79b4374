"""Devices that take push messages: sealed, at most ten, one person's at a time, forgotten when they are silent."""

from datetime import timedelta
from typing import Final

import pytest
from django.db import connection
from pytest_django import Settings

from backspasm import environment
from tests.tracker.make import NOW
from tests.tracker.reminders.push_services import FakeBrowser
from tracker.models import Patient, PushDevice
from tracker.reminders import push_devices
from tracker.reminders.channels.message import PushAddress

ENDPOINT: Final = "https://updates.push.services.mozilla.com/wpush/v2/Zq7-secret-address"
ANDROID: Final = "Mozilla/5.0 (Android 15; Mobile; rv:146.0) Gecko/146.0 Firefox/146.0"
PHONE: Final = FakeBrowser()


def add(patient: Patient, address: PushAddress | None = None) -> PushDevice:
    address = address or PHONE.address(ENDPOINT)
    return push_devices.add(user=patient.user, address=address, user_agent=ANDROID, now=NOW)


def test_a_device_is_kept_with_its_kind_and_our_key(patient: Patient, settings: Settings) -> None:
    add(patient)

    device = PushDevice.objects.get()
    assert (device.user, device.name, device.created_at) == (patient.user, "Firefox, Android", NOW)
    assert device.server_key == settings.PUSH_KEY.public
    assert push_devices.addresses(patient.user) == {device.pk: PHONE.address(ENDPOINT)}


def test_the_database_sees_neither_address_nor_keys(patient: Patient) -> None:
    add(patient)

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM tracker_pushdevice")
        stored = repr(cursor.fetchall())

    address = PHONE.address(ENDPOINT)
    assert not any(secret in stored for secret in (ENDPOINT, "Zq7", address.public_key, address.auth_secret))


def test_the_same_device_again_keeps_one_row_with_its_newest_keys(patient: Patient) -> None:
    first = add(patient)
    renewed = FakeBrowser().address(ENDPOINT)

    again = add(patient, renewed)

    assert again.pk == first.pk
    assert push_devices.addresses(patient.user) == {first.pk: renewed}


def test_a_browser_that_changes_hands_is_the_first_persons_no_more(patient: Patient, stranger: Patient) -> None:
    add(patient)

    add(stranger)

    assert push_devices.addresses(patient.user) == {}
    assert list(push_devices.addresses(stranger.user).values()) == [PHONE.address(ENDPOINT)]


def test_ten_devices_are_the_most_and_each_can_still_be_renewed(patient: Patient, stranger: Patient) -> None:
    for number in range(10):
        add(patient, PHONE.address(f"{ENDPOINT}{number}"))

    with pytest.raises(push_devices.Refused, match="too_many"):
        add(patient, PHONE.address(f"{ENDPOINT}new"))
    add(patient, PHONE.address(f"{ENDPOINT}9"))
    add(stranger, PHONE.address(f"{ENDPOINT}strangers"))

    assert (len(push_devices.listed(patient.user)), len(push_devices.listed(stranger.user))) == (10, 1)


@pytest.mark.parametrize(
    ("address", "code"),
    [
        (PHONE.address("https://169.254.169.254/latest"), "address"),
        (PHONE.address("http://fcm.googleapis.com/send"), "address"),
        (PHONE.address("https://fcm.googleapis.com@evil.example/"), "address"),
        (PHONE.address("https://evil.example/"), "address"),
        (PushAddress(endpoint=ENDPOINT, public_key="BAAA", auth_secret="A" * 22), "keys"),
        (PushAddress(endpoint=ENDPOINT, public_key="B" + "A" * 86, auth_secret="A" * 22), "keys"),
        (PushAddress(endpoint=ENDPOINT, public_key="ü!", auth_secret="A" * 22), "keys"),
        (PushAddress(endpoint=ENDPOINT, public_key=PHONE.address("").public_key, auth_secret="AAAA"), "keys"),
        (PushAddress(endpoint=ENDPOINT, public_key=PHONE.address("").public_key, auth_secret=""), "keys"),
    ],
    ids=["cloud", "http", "credentials", "other host", "short", "no point", "signs", "short secret", "no secret"],
)
def test_what_no_browser_and_no_known_service_made_is_refused(
    patient: Patient, address: PushAddress, code: str
) -> None:
    with pytest.raises(push_devices.Refused, match=code):
        add(patient, address)

    assert PushDevice.objects.count() == 0


def test_without_a_key_no_device_is_taken(patient: Patient, settings: Settings) -> None:
    settings.PUSH_KEY = None

    with pytest.raises(push_devices.Refused, match="not_set_up"):
        add(patient)
    assert (push_devices.is_set_up(), push_devices.server_key()) == (False, "")


def test_a_device_of_an_older_key_is_listed_and_sent_nothing(patient: Patient, settings: Settings) -> None:
    device = add(patient)

    settings.PUSH_KEY = environment.push_key(environment.new_push_key())

    assert push_devices.addresses(patient.user) == {}
    assert push_devices.listed(patient.user) == [device]


def test_only_its_own_person_removes_a_device(patient: Patient, stranger: Patient) -> None:
    device = add(patient)

    assert push_devices.remove(user=stranger.user, pk=device.pk) is False
    assert push_devices.remove_address(user=stranger.user, endpoint=ENDPOINT) is False
    assert push_devices.remove(user=patient.user, pk=device.pk) is True
    assert push_devices.remove(user=patient.user, pk=device.pk) is False


def test_a_device_is_found_again_by_its_address(patient: Patient) -> None:
    add(patient)

    assert push_devices.remove_address(user=patient.user, endpoint=ENDPOINT) is True
    assert PushDevice.objects.count() == 0


def test_a_success_is_noted_once_a_day(patient: Patient) -> None:
    device = add(patient)
    seen = []
    for hours in (0, 23, 25):
        push_devices.note_success([device.pk], now=NOW + timedelta(hours=hours))
        device.refresh_from_db()
        seen.append(device.last_success_at)

    assert seen == [NOW, NOW, NOW + timedelta(hours=25)]


def test_what_took_nothing_for_ninety_days_is_forgotten(patient: Patient) -> None:
    long_ago = NOW - timedelta(days=91)
    kept = add(patient)
    for number, success_at in enumerate([None, long_ago, NOW - timedelta(days=89)]):
        device = add(patient, PHONE.address(f"{ENDPOINT}{number}"))
        device.created_at, device.last_success_at = long_ago, success_at
        device.save()

    assert push_devices.forget_silent(now=NOW) == 2
    assert {row.pk for row in push_devices.listed(patient.user)} == {kept.pk, device.pk}


def test_devices_that_are_gone_are_forgotten(patient: Patient) -> None:
    gone, kept = add(patient), add(patient, PHONE.address(f"{ENDPOINT}2"))

    push_devices.forget([gone.pk])

    assert push_devices.listed(patient.user) == [kept]

"""'Is it you?': asked when a sensitive form arrives, and the form is carried out after the answer."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.core import mail
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path, reverse
from pytest_django import Settings

from backspasm import urls
from backspasm.accounts import reauthentication_needed, sensitive_post
from backspasm.models import User
from tests.backspasm.staff import add_app, code
from tests.backspasm.test_accounts import assert_good_page

ALICE: Final = "alice@example.org"
PASSWORD: Final = "four calm words here"
MARKER: Final = "marker-of-something-typed"
PATH: Final = "/tracker/stand-in/7/"
NEXT: Final = "next=%2Ftracker%2Fstand-in%2F7%2F"
START: Final = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)

_done: list[tuple[int, str, str]] = []


@sensitive_post
def stand_in(request: HttpRequest, number: int) -> HttpResponse:
    if request.method != "POST":
        return HttpResponse("<form>")
    _done.append((number, request.POST["note"], request.path))
    return HttpResponse("done")


def asking(request: HttpRequest) -> HttpResponse:
    return reauthentication_needed(request) or HttpResponse("seen")


urlpatterns = [path("tracker/stand-in/<int:number>/", stand_in), path("tracker/asking/", asking), *urls.urlpatterns]
handler404 = urls.handler404


@pytest.fixture(autouse=True)
def stage(settings: Settings, db: None) -> Iterator[Any]:
    """A sensitive page of our own, and quick hashing."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.ROOT_URLCONF = "tests.backspasm.test_reauthentication"
    _done.clear()
    with time_machine.travel(START, tick=False) as clock:
        yield clock


@pytest.fixture
def alice() -> User:
    user = User.objects.create_user(ALICE, PASSWORD)
    EmailAddress.objects.create(user=user, email=ALICE, verified=True, primary=True)
    return user


def sign_in(client: Client) -> None:
    client.post(reverse("account_login"), {"login": ALICE, "password": PASSWORD, "remember": "on"})


def send(client: Client) -> Any:
    return client.post(PATH, {"note": MARKER})


def test_ten_minutes_after_sign_in_nothing_is_asked(client: Client, alice: User, stage: Any) -> None:
    sign_in(client)
    stage.move_to(START + timedelta(minutes=10) - timedelta(seconds=1))

    assert send(client).content == b"done"


def test_later_the_password_is_asked_and_then_the_form_is_carried_out_once(
    client: Client, alice: User, stage: Any
) -> None:
    sign_in(client)
    stage.move_to(START + timedelta(minutes=10))

    asked = send(client)
    before = list(_done)
    answer = client.post(asked.headers["Location"], {"password": PASSWORD})

    assert (asked.status_code, asked.headers["Location"]) == (303, f"{reverse('account_reauthenticate')}?{NEXT}")
    assert before == []
    assert answer.content == b"done"
    assert _done == [(7, MARKER, PATH)]


def test_a_wrong_password_carries_nothing_out(client: Client, alice: User, stage: Any) -> None:
    sign_in(client)
    stage.move_to(START + timedelta(hours=1))

    answer = client.post(send(client).headers["Location"], {"password": "not the right words"})

    assert b"That is not your password." in answer.content
    assert _done == []


def test_reading_the_page_asks_nothing(client: Client, alice: User, stage: Any) -> None:
    sign_in(client)
    stage.move_to(START + timedelta(hours=1))

    assert client.get(PATH).content == b"<form>"


def test_a_page_that_asks_on_reading_is_shown_after_the_answer(client: Client, alice: User, stage: Any) -> None:
    sign_in(client)
    stage.move_to(START + timedelta(hours=1))

    asked = client.get("/tracker/asking/")
    answer = client.post(asked.headers["Location"], {"password": PASSWORD, "next": "/tracker/asking/"})

    assert answer.headers["Location"] == "/tracker/asking/"
    assert client.get("/tracker/asking/").content == b"seen"


def test_the_waiting_form_is_sealed_in_the_session(client: Client, alice: User, stage: Any) -> None:
    sign_in(client)
    stage.move_to(START + timedelta(hours=1))

    send(client)

    assert MARKER not in str([session.get_decoded() for session in Session.objects.all()])


def test_a_form_that_waited_too_long_is_not_carried_out(client: Client, alice: User, stage: Any) -> None:
    sign_in(client)
    stage.move_to(START + timedelta(hours=1))
    asked = send(client)
    stage.move_to(START + timedelta(hours=1, minutes=30))

    answer = client.post(asked.headers["Location"], {"password": PASSWORD})

    assert answer.headers["Location"] == PATH
    assert _done == []


@pytest.mark.parametrize("next_path", ["", "/accounts/2fa/", "https://evil.example/tracker/stand-in/7/"])
def test_a_form_that_was_given_up_is_not_carried_out_by_an_answer_for_another_page(
    client: Client, alice: User, stage: Any, next_path: str
) -> None:
    sign_in(client)
    stage.move_to(START + timedelta(hours=1))
    send(client)

    answer = client.post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": next_path})

    assert answer.headers["Location"] in {"/accounts/2fa/", "/tracker/"}
    assert _done == []


def test_an_authenticator_app_answers_too(client: Client, alice: User, stage: Any) -> None:
    client.force_login(alice)
    secret = add_app(alice)

    send(client)
    answer = client.post(reverse("mfa_reauthenticate"), {"code": code(secret), "next": PATH})

    assert answer.content == b"done"


# --- Somebody without a password ----------------------------------------------------------------------------------


def code_in_mail() -> str:
    return next(line for line in str(mail.outbox[-1].body).splitlines() if len(line) == 9 and line[4] == "-")


@pytest.fixture
def without_password(alice: User) -> User:
    alice.set_unusable_password()
    alice.save()
    return alice


def test_without_a_password_a_mailed_code_answers(client: Client, without_password: User) -> None:
    client.force_login(without_password)

    asked = send(client)
    sent = client.post(asked.headers["Location"], {"send": "1"})
    page = assert_good_page(client.get(sent.headers["Location"]))
    answer = client.post(asked.headers["Location"], {"code": code_in_mail()})

    assert asked.headers["Location"] == f"{reverse('reauthenticate_by_code')}?{NEXT}"
    assert sent.status_code == 303
    assert "one-time-code" in page
    assert answer.content == b"done"


def test_looking_at_the_page_sends_no_code(client: Client, without_password: User) -> None:
    client.force_login(without_password)

    page = assert_good_page(client.get(send(client).headers["Location"]))

    assert mail.outbox == []
    assert 'name="send"' in page
    assert 'name="code"' not in page


def test_a_code_stops_working_after_wrong_tries_and_after_its_time(
    client: Client, without_password: User, stage: Any
) -> None:
    client.force_login(without_password)
    address = send(client).headers["Location"]
    client.post(address, {"send": "1"})
    right = code_in_mail()
    for _ in range(3):
        client.post(address, {"code": "AAAA-AAAA"})

    after_wrong_tries = client.post(address, {"code": right})
    renewed = code_in_mail()
    stage.move_to(START + timedelta(minutes=5))
    client.post(address, {"code": renewed})

    assert after_wrong_tries.status_code == 303
    assert renewed != right
    assert _done == []


def test_codes_are_not_sent_without_end(client: Client, without_password: User) -> None:
    client.force_login(without_password)
    address = send(client).headers["Location"]

    answers = [client.post(address, {"send": "1"}).status_code for _ in range(6)]

    assert 429 in answers
    assert len(mail.outbox) < 6


def test_who_has_a_password_is_not_let_through_by_mail(client: Client, alice: User) -> None:
    client.force_login(alice)

    answer = client.post(reverse("reauthenticate_by_code"), {"send": "1"})

    assert answer.headers["Location"].startswith(reverse("account_reauthenticate"))
    assert mail.outbox == []

"""How long a sign-in lasts, to the minute."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.messages import get_messages
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from backspasm.models import User
from backspasm.session_policy import OWN_PHONE, SHARED_DEVICE, STAFF, Policy, is_over
from tests.backspasm.staff import add_app, code

ALICE: Final = "alice@example.org"
PASSWORD: Final = "four calm words here"
START: Final = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
SECOND: Final = timedelta(seconds=1)
KEPT: Final = {"remember": "on"}
SHARED: Final[dict[str, str]] = {}


@pytest.fixture(autouse=True)
def quick(settings: Settings) -> None:
    """Slow hashing is not what is tested here."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def alice(db: None) -> User:
    user = User.objects.create_user(ALICE, PASSWORD)
    EmailAddress.objects.create(user=user, email=ALICE, verified=True, primary=True)
    return user


def sign_in(client: Client, ticked: dict[str, str]) -> Any:
    return client.post(reverse("account_login"), {"login": ALICE, "password": PASSWORD, **ticked})


def is_signed_in(client: Client) -> bool:
    return client.get(reverse("account_email")).status_code == 200


# --- The rule itself ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("policy", [OWN_PHONE, SHARED_DEVICE, STAFF])
def test_a_session_is_over_at_its_idle_time_and_not_a_second_before(policy: Policy) -> None:
    assert not is_over(policy, START, START, START + policy.idle - SECOND)
    assert is_over(policy, START, START, START + policy.idle)


@pytest.mark.parametrize("policy", [OWN_PHONE, SHARED_DEVICE, STAFF])
def test_a_session_is_over_at_its_longest_however_busy(policy: Policy) -> None:
    end = START + policy.at_most

    assert not is_over(policy, START, end - SECOND, end - SECOND)
    assert is_over(policy, START, end, end)


def test_the_times_are_those_that_were_promised() -> None:
    assert (OWN_PHONE.idle, OWN_PHONE.at_most) == (timedelta(days=7), timedelta(days=30))
    assert (SHARED_DEVICE.idle, SHARED_DEVICE.at_most) == (timedelta(minutes=30), timedelta(hours=12))
    assert (STAFF.idle, STAFF.at_most) == (timedelta(minutes=30), timedelta(hours=12))


# --- As a person meets it -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["account_login", "account_request_login_code", "account_signup"])
def test_staying_signed_in_is_offered_ticked(client: Client, db: None, name: str) -> None:
    page = client.get(reverse(name)).content.decode()

    assert "Keep me signed in on this phone" in page
    assert "Leave it empty on a device that other people use." in page
    box = page[page.index('name="remember"') - 100 : page.index('name="remember"') + 200]
    assert "checked" in box.split("<input")[-1].split(">")[0]


@pytest.mark.parametrize(("ticked", "idle"), [(KEPT, timedelta(days=7)), (SHARED, timedelta(minutes=30))])
def test_without_use_a_patient_is_signed_out_at_the_boundary(
    alice: User, ticked: dict[str, str], idle: timedelta
) -> None:
    early, late = Client(), Client()
    with time_machine.travel(START, tick=False):
        sign_in(early, ticked)
        sign_in(late, ticked)

    with time_machine.travel(START + idle - SECOND, tick=False):
        was_in = is_signed_in(early)
    with time_machine.travel(START + idle, tick=False):
        is_in = is_signed_in(late)

    assert (was_in, is_in) == (True, False)


@pytest.mark.parametrize(
    ("ticked", "step", "at_most"),
    [(KEPT, timedelta(days=6), timedelta(days=30)), (SHARED, timedelta(minutes=25), timedelta(hours=12))],
)
def test_a_session_in_use_ends_at_its_longest(
    client: Client, alice: User, ticked: dict[str, str], step: timedelta, at_most: timedelta
) -> None:
    with time_machine.travel(START, tick=False) as clock:
        sign_in(client, ticked)
        passed = timedelta(0)
        while passed + step < at_most:
            passed += step
            clock.move_to(START + passed)
            assert is_signed_in(client)

        clock.move_to(START + at_most)
        assert not is_signed_in(client)


@pytest.mark.parametrize("ticked", [KEPT, SHARED])
def test_staff_have_half_an_hour_whatever_they_ticked(client: Client, alice: User, ticked: dict[str, str]) -> None:
    User.objects.update(is_staff=True)
    with time_machine.travel(START, tick=False) as clock:
        answer = sign_in(client, ticked)
        clock.move_to(START + timedelta(minutes=30))

        assert not is_signed_in(client)
        assert answer.cookies["sessionid"]["max-age"] == ""


def test_a_session_that_is_over_is_gone_and_the_person_is_told(client: Client, alice: User) -> None:
    with time_machine.travel(START, tick=False) as clock:
        sign_in(client, SHARED)
        old_key = client.session.session_key
        clock.move_to(START + timedelta(hours=1))

        answer: Any = client.get(reverse("account_email"), follow=True)

    assert answer.redirect_chain[0][0].startswith(reverse("account_login"))
    assert "You were signed out after a time without use." in answer.content.decode()
    assert not Session.objects.filter(session_key=old_key).exists()


def test_the_sign_in_page_does_not_take_a_session_that_is_over_for_somebody(client: Client, alice: User) -> None:
    with time_machine.travel(START, tick=False) as clock:
        sign_in(client, SHARED)
        clock.move_to(START + timedelta(hours=1))

        answer = client.get(reverse("account_login"))

    assert answer.status_code == 200
    assert [str(message) for message in get_messages(answer.wsgi_request)]


def test_a_session_that_knows_no_sign_in_counts_from_now(client: Client, alice: User) -> None:
    client.force_login(alice)

    with time_machine.travel(START, tick=False) as clock:
        assert is_signed_in(client)
        clock.move_to(START + timedelta(days=7))
        assert not is_signed_in(client)


def test_activity_is_written_at_most_once_in_five_minutes(client: Client, alice: User) -> None:
    with time_machine.travel(START, tick=False) as clock:
        sign_in(client, KEPT)
        client.get(reverse("account_email"))
        before = client.session["last_seen_at"]

        clock.move_to(START + timedelta(minutes=5) - SECOND)
        quiet = client.get(reverse("account_email"))
        in_between = client.session["last_seen_at"]
        clock.move_to(START + timedelta(minutes=5))
        stamped = client.get(reverse("account_email"))

    assert "sessionid" not in quiet.cookies
    assert (before, in_between) == (START.timestamp(), START.timestamp())
    assert client.session["last_seen_at"] == (START + timedelta(minutes=5)).timestamp()
    assert "sessionid" in stamped.cookies


def test_the_cookie_lives_as_long_as_the_session(client: Client, alice: User) -> None:
    with time_machine.travel(START, tick=False) as clock:
        first = sign_in(client, KEPT).cookies["sessionid"]["max-age"]
        for days in (6, 12, 18, 24):
            clock.move_to(START + timedelta(days=days))
            last = client.get(reverse("account_email")).cookies["sessionid"]["max-age"]

    assert first == timedelta(days=7).total_seconds()
    assert last == timedelta(days=6).total_seconds()  # thirty days are soon over


def test_on_a_shared_device_the_cookie_ends_with_the_browser(client: Client, alice: User) -> None:
    answer = sign_in(client, SHARED)

    assert answer.cookies["sessionid"]["max-age"] == ""
    assert answer.cookies["sessionid"]["expires"] == ""


# --- Whatever the way in --------------------------------------------------------------------------------------


def code_in_mail() -> str:
    return next(line for line in str(mail.outbox[-1].body).splitlines() if len(line) == 9 and line[4] == "-")


@pytest.mark.parametrize(("ticked", "max_age"), [(KEPT, 7 * 24 * 3600), (SHARED, "")])
def test_a_sign_in_by_code_asks_whose_device_it_is(
    client: Client, alice: User, ticked: dict[str, str], max_age: object
) -> None:
    client.post(reverse("account_request_login_code"), {"email": ALICE, **ticked})

    with time_machine.travel(datetime.now(UTC), tick=False):
        answer = client.post(reverse("account_confirm_login_code"), {"code": code_in_mail()})

    assert "login_at" in client.session
    assert answer.cookies["sessionid"]["max-age"] == max_age


def test_a_second_step_keeps_what_was_ticked_before_it(client: Client, alice: User) -> None:
    secret = add_app(alice)
    sign_in(client, SHARED)

    answer = client.post(reverse("mfa_authenticate"), {"code": code(secret)})

    assert "login_at" in client.session
    assert answer.cookies["sessionid"]["max-age"] == ""


@pytest.mark.parametrize(("ticked", "max_age"), [(KEPT, 7 * 24 * 3600), (SHARED, "")])
def test_a_new_account_asks_whose_device_it_is(
    client: Client, db: None, ticked: dict[str, str], max_age: object
) -> None:
    client.post(reverse("account_signup"), {"email": ALICE, "password1": PASSWORD, **ticked})

    with time_machine.travel(datetime.now(UTC), tick=False):
        answer = client.post(reverse("account_email_verification_sent"), {"code": code_in_mail()})

    assert "login_at" in client.session
    assert answer.cookies["sessionid"]["max-age"] == max_age


@pytest.mark.parametrize(("ticked", "idle"), [(KEPT, timedelta(days=7)), (SHARED, timedelta(minutes=30))])
def test_a_passkey_keeps_what_was_ticked_beside_it(
    client: Client, alice: User, monkeypatch: pytest.MonkeyPatch, ticked: dict[str, str], idle: timedelta
) -> None:
    key = Authenticator.objects.create(user=alice, type="webauthn", data={"name": "Phone", "credential": {}})
    monkeypatch.setattr("allauth.mfa.webauthn.internal.auth.get_credentials", lambda _user: [])
    monkeypatch.setattr("backspasm.forms.LoginWebAuthnForm.clean_credential", lambda _form: key)

    with time_machine.travel(START, tick=False) as clock:
        answer = client.post(reverse("mfa_login_webauthn"), {"credential": '{"id": "a"}', **ticked})
        clock.move_to(START + idle - SECOND)
        was_in = is_signed_in(client)
        clock.move_to(START + idle - SECOND + idle)
        is_in = is_signed_in(client)

    assert (was_in, is_in) == (True, False)
    assert answer.cookies["sessionid"]["max-age"] == (idle.total_seconds() if ticked else "")


def test_a_passkey_without_an_answer_counts_as_on_a_shared_device(client: Client, db: None) -> None:
    page = client.get(reverse("account_login")).content.decode()

    hidden = page[page.index('id="mfa_login"') :].split("</form>")[0]
    assert '<input type="hidden" name="remember">' in hidden


def test_a_public_page_knows_no_session(client: Client, alice: User) -> None:
    sign_in(client, SHARED)

    with time_machine.travel(datetime.now(UTC) + timedelta(hours=1), tick=False):
        answer = client.get("/overview/")

    assert answer.status_code == 200
    assert not answer.cookies

"""Where I am signed in: what is kept, what is shown, and what ends it."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from backspasm.models import User
from backspasm.own_sessions import device, network
from tests.backspasm.test_accounts import assert_good_page, code_in_mail

ALICE: Final = "alice@example.org"
PASSWORD: Final = "four calm words here"
FIREFOX: Final = "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"
SAFARI: Final = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Mobile/15E148 Safari/604.1"
)
EDGE: Final = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0"
)
LIST: Final = "/accounts/sessions/"


@pytest.fixture(autouse=True)
def quick(settings: Settings) -> None:
    """Slow hashing is not what is tested here."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def account(email: str) -> User:
    user = User.objects.create_user(email, PASSWORD)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


@pytest.fixture
def alice(db: None) -> User:
    return account(ALICE)


def signed_in(user: User, user_agent: str = FIREFOX, address: str = "192.0.2.77") -> Client:
    client = Client(headers={"user-agent": user_agent}, REMOTE_ADDR=address)
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    return client


def is_signed_in(client: Client) -> bool:
    return client.get(reverse("account_email")).status_code == 200


def test_the_list_shows_every_session_and_which_one_this_is(alice: User) -> None:
    phone, _laptop = signed_in(alice, SAFARI), signed_in(alice, EDGE)

    page = assert_good_page(phone.get(LIST))

    assert "Safari, iPhone" in page
    assert "Edge, Windows" in page
    assert page.count("You are using this one now.") == 1
    assert "192.0.2.0" in page


def test_the_list_is_linked_from_the_account_menu(alice: User) -> None:
    page = signed_in(alice).get(reverse("account_email")).content.decode()

    assert f'href="{LIST}"' in page


def test_neither_the_full_address_nor_the_full_browser_is_stored(alice: User) -> None:
    signed_in(alice, SAFARI, "192.0.2.77")
    signed_in(alice, FIREFOX, "2001:db8:1:23ff::5")

    kept = set(UserSession.objects.values_list("ip", "user_agent"))

    assert kept == {("192.0.2.0", "Safari, iPhone"), ("2001:db8:1:2300::", "Firefox, Android")}


def test_one_other_session_is_ended(alice: User) -> None:
    here, there, elsewhere = signed_in(alice), signed_in(alice), signed_in(alice)
    row = UserSession.objects.get(session_key=there.session.session_key)

    answer = here.post(LIST, {"session": row.pk})

    assert answer.status_code == 303
    assert [is_signed_in(client) for client in (here, there, elsewhere)] == [True, False, True]


def test_all_other_sessions_are_ended(alice: User) -> None:
    bob = account("bob@example.org")
    here, there, elsewhere, of_bob = signed_in(alice), signed_in(alice), signed_in(alice), signed_in(bob)

    here.post(LIST)

    assert [is_signed_in(client) for client in (here, there, elsewhere, of_bob)] == [True, False, False, True]
    assert len(here.get(LIST).context["sessions"]) == 1


@pytest.mark.parametrize("wanted", ["", "x", "0", "9" * 40, "-1"])
def test_a_session_that_is_none_is_not_found(alice: User, wanted: str) -> None:
    here, there = signed_in(alice), signed_in(alice)

    assert here.post(LIST, {"session": wanted}).status_code == 404
    assert is_signed_in(there)


def test_a_session_of_somebody_else_is_not_found(alice: User) -> None:
    of_bob = signed_in(account("bob@example.org"))
    row = UserSession.objects.get(session_key=of_bob.session.session_key)

    assert signed_in(alice).post(LIST, {"session": row.pk}).status_code == 404
    assert is_signed_in(of_bob)


def test_a_changed_password_ends_the_other_sessions_and_keeps_this_one(alice: User) -> None:
    here, there = signed_in(alice), signed_in(alice)

    here.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": "another four calm words"})

    assert [is_signed_in(client) for client in (here, there)] == [True, False]
    assert len(here.get(LIST).context["sessions"]) == 1
    assert UserSession.objects.get().ip == "192.0.2.0"


def test_a_forgotten_password_ends_the_other_sessions(alice: User) -> None:
    there, here = signed_in(alice), Client()
    here.post(reverse("account_reset_password"), {"email": ALICE})
    here.post(reverse("account_confirm_password_reset_code"), {"code": code_in_mail()})

    here.post(reverse("account_complete_password_reset"), {"password1": "another four calm words"})

    assert mail.outbox
    assert not is_signed_in(there)


def test_signing_out_leaves_nothing_on_the_server(alice: User) -> None:
    client = signed_in(alice)
    key = client.session.session_key

    client.post(reverse("account_logout"))

    assert not Session.objects.filter(session_key=key).exists()
    assert not UserSession.objects.exists()


def test_a_session_that_is_over_leaves_nothing_either(alice: User) -> None:
    client = signed_in(alice)

    with time_machine.travel(datetime.now(UTC) + timedelta(hours=1), tick=False):
        client.get(LIST)

    assert not UserSession.objects.exists()


@pytest.mark.parametrize(
    ("user_agent", "expected"),
    [(FIREFOX, "Firefox, Android"), (SAFARI, "Safari, iPhone"), (EDGE, "Edge, Windows"), ("curl/8", ""), ("", "")],
)
def test_a_browser_is_named_by_its_kind(user_agent: str, expected: str) -> None:
    assert device(user_agent) == device(device(user_agent)) == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [("192.0.2.77", "192.0.2.0"), ("2001:db8:1:23ff::5", "2001:db8:1:2300::"), ("::1", "::")],
)
def test_an_address_is_shortened_to_its_network(address: str, expected: str) -> None:
    shortened: Any = network(address)

    assert shortened == expected

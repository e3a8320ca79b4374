"""A stranger cannot find out who has an account: not from words, not from status, not from the work that is done."""

import pkgutil
import re
from collections.abc import Callable
from typing import Any, Final

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backspasm.models import AuditEvent, User
from tests.backspasm.staff import add_app

KNOWN: Final = "known@example.org"
UNKNOWN: Final = "other@example.org"
PASSWORD: Final = "four calm words here"
WRONG: Final = "not the right password"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def known() -> User:
    """An account with everything: a password and a second step."""
    user = User.objects.create_user(KNOWN, PASSWORD)
    EmailAddress.objects.create(user=user, email=KNOWN, verified=True, primary=True)
    add_app(user)
    return user


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every Argon2 computation from here on: what takes nearly all of the time of an answer."""
    done: list[str] = []
    for place in ("argon2.low_level.hash_secret", "argon2._password_hasher.verify_secret"):
        monkeypatch.setattr(place, _noting(done, place, pkgutil.resolve_name(place)))
    return done


def _noting(done: list[str], name: str, compute: Callable[..., Any]) -> Callable[..., Any]:
    def noted(*args: Any, **kwargs: Any) -> Any:
        done.append(name)
        return compute(*args, **kwargs)

    return noted


def sign_in(client: Client, email: str) -> Any:
    return client.post(reverse("account_login"), {"login": email, "password": WRONG})


def sign_up(client: Client, email: str) -> Any:
    return client.post(reverse("account_signup"), {"email": email, "password1": PASSWORD}, follow=True)


def sign_up_with_a_bad_password(client: Client, email: str) -> Any:
    return client.post(reverse("account_signup"), {"email": email, "password1": "dragon-monkey-2024"})


def ask_for_a_password(client: Client, email: str) -> Any:
    return client.post(reverse("account_reset_password"), {"email": email}, follow=True)


def ask_for_a_sign_in_code(client: Client, email: str) -> Any:
    return client.post(reverse("account_request_login_code"), {"email": email}, follow=True)


def guess_a_password_code(client: Client, email: str) -> Any:
    ask_for_a_password(client, email)
    return client.post(reverse("account_confirm_password_reset_code"), {"code": "AAAA-AAAA"})


def guess_a_sign_in_code(client: Client, email: str) -> Any:
    ask_for_a_sign_in_code(client, email)
    return client.post(reverse("account_confirm_login_code"), {"code": "AAAA-AAAA"})


def guess_an_address_code(client: Client, email: str) -> Any:
    sign_up(client, email)
    return client.post(reverse("account_email_verification_sent"), {"code": "AAAA-AAAA"})


def too_many_tries(client: Client, email: str) -> Any:
    return [sign_in(client, email) for _ in range(7)][-1]


WAYS: Final = [
    sign_in,
    sign_up,
    sign_up_with_a_bad_password,
    ask_for_a_password,
    ask_for_a_sign_in_code,
    guess_a_password_code,
    guess_a_sign_in_code,
    guess_an_address_code,
    too_many_tries,
]


def told(answer: Any, email: str) -> tuple[Any, ...]:
    """All that a stranger sees: status, way, headers and page, without what is new in every answer."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", answer.content.decode()).replace(email, "ADDRESS")
    cookies = sorted((name, value["max-age"]) for name, value in answer.cookies.items())
    headers = sorted(item for item in answer.headers.items() if item[0] not in {"Content-Length", "Expires"})
    return answer.status_code, getattr(answer, "redirect_chain", None), headers, cookies, page


@pytest.mark.parametrize("way", WAYS)
def test_a_known_and_an_unknown_address_get_the_same_answer(way: Callable[[Client, str], Any]) -> None:
    known_answer = way(Client(), KNOWN)
    caches["default"].clear()
    unknown_answer = way(Client(), UNKNOWN)

    assert told(known_answer, KNOWN) == told(unknown_answer, UNKNOWN)


@pytest.mark.parametrize("way", [sign_in, sign_up, ask_for_a_password, ask_for_a_sign_in_code])
def test_a_known_and_an_unknown_address_cost_the_same_hashing_and_mail(
    way: Callable[[Client, str], Any], hashes: list[str]
) -> None:
    costs = []
    for email in (KNOWN, UNKNOWN):
        hashes.clear()
        mail.outbox.clear()
        caches["default"].clear()
        way(Client(), email)
        costs.append((len(hashes), len(mail.outbox)))

    assert costs[0] == costs[1]
    assert costs[0][0] == (1 if way in {sign_in, sign_up} else 0)


def test_neither_the_audit_log_tells(known: User) -> None:
    sign_in(Client(), KNOWN)
    sign_in(Client(), UNKNOWN)

    events = AuditEvent.objects.filter(event="account.sign_in_failed")

    assert (
        list(events.values_list("actor", "subject", "kind", "object_id", "result"))
        == [(None, None, "", "", "refused")] * 2
    )


def test_a_rate_limit_is_counted_where_every_process_sees_it() -> None:
    with CaptureQueriesContext(connection) as queries:
        sign_in(Client(), KNOWN)

    assert [
        query for query in queries if "shared_cache" in query["sql"] and query["sql"].startswith(("INSERT", "UPDATE"))
    ]


def test_an_address_is_not_locked_for_good() -> None:
    too_many_tries(Client(), KNOWN)
    caches["default"].clear()

    answer = Client().post(reverse("account_login"), {"login": KNOWN, "password": PASSWORD})

    assert answer.headers["Location"] == reverse("mfa_authenticate")

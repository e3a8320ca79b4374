"""What the account library does is in the audit log, in ids and without an address."""

from typing import Final

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from backspasm.models import AuditEvent, User
from tests.backspasm import staff
from tests.backspasm.test_accounts import code_in_mail

ALICE: Final = "alice@example.org"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quick(settings: Settings) -> None:
    """Slow hashing is not what is tested here."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def alice() -> User:
    return staff.account(ALICE)


def sign_in(client: Client, password: str = staff.PASSWORD) -> None:
    client.post(reverse("account_login"), {"login": ALICE, "password": password})


def events(user: User) -> list[str]:
    """What stands in the log about an account, oldest first."""
    return list(AuditEvent.objects.filter(subject=user.pk).order_by("at").values_list("event", flat=True))


def test_signing_in_and_out_is_logged(client: Client, alice: User) -> None:
    sign_in(client)
    client.post(reverse("account_logout"))

    assert events(alice) == ["account.signed_in", "account.signed_out"]
    assert set(AuditEvent.objects.values_list("actor", "result")) == {(alice.pk, "ok")}


def test_a_failed_sign_in_is_logged_without_saying_whose(client: Client, alice: User) -> None:
    sign_in(client, "not the right password")

    event = AuditEvent.objects.get()
    assert (event.event, event.result, event.actor, event.subject) == ("account.sign_in_failed", "refused", None, None)


def test_a_wrong_second_step_is_logged(client: Client, alice: User) -> None:
    staff.add_app(alice)
    sign_in(client)

    client.post(reverse("mfa_authenticate"), {"code": "000000"})

    event = AuditEvent.objects.get(subject=alice.pk)
    assert (event.event, event.result, event.actor) == ("account.sign_in_failed", "refused", None)


def test_a_changed_password_is_logged(client: Client, alice: User) -> None:
    sign_in(client)

    new = {"oldpassword": staff.PASSWORD, "password1": "another four calm words"}
    client.post(reverse("account_change_password"), new)

    assert events(alice)[-1] == "password.changed"


def test_a_reset_password_is_logged(client: Client, alice: User) -> None:
    client.post(reverse("account_reset_password"), {"email": ALICE})
    client.post(reverse("account_confirm_password_reset_code"), {"code": code_in_mail()})

    client.post(reverse("account_complete_password_reset"), {"password1": "another four calm words"})

    assert "password.reset" in events(alice)


def test_a_changed_address_is_logged_and_not_named(client: Client, alice: User) -> None:
    sign_in(client)
    client.post(reverse("account_reauthenticate"), {"password": staff.PASSWORD})
    client.post(reverse("account_email"), {"email": "new@example.org", "action_add": ""})

    client.post(reverse("account_email_verification_sent"), {"code": code_in_mail()})

    assert EmailAddress.objects.get().email == "new@example.org"
    assert "email.changed" in events(alice)
    assert "@" not in str(list(AuditEvent.objects.values_list()))


def test_second_factors_renewed_and_taken_off_are_logged(
    client: Client, alice: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    staff.add_app(alice)
    client.force_login(alice)
    client.post(reverse("account_reauthenticate"), {"password": staff.PASSWORD})

    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("mfa_generate_recovery_codes"))
    client.post(reverse("mfa_deactivate_totp"))

    assert [event for event in events(alice) if event.startswith("mfa.")] == [
        "mfa.codes_renewed",
        "mfa.removed",
        "mfa.removed",
    ]


def test_a_person_whose_session_was_over_signs_out_without_a_trace(client: Client) -> None:
    client.post(reverse("account_logout"))

    assert not AuditEvent.objects.exists()

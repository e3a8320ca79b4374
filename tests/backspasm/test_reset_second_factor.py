"""An operator takes a lost second factor off an account."""

from io import StringIO
from typing import Final

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core import mail
from django.core.management import CommandError, call_command
from django.urls import reverse

from backspasm.field_encryption import CannotUnseal
from backspasm.models import AuditEvent, User
from tests.backspasm import staff

ALICE: Final = "alice@example.org"

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> User:
    user = staff.account(ALICE, is_staff=True)
    staff.add_app(user)
    RecoveryCodes.activate(user)
    staff.add_key(user)
    return user


def run(email: str) -> str:
    out = StringIO()
    call_command("reset_second_factor", email, stdout=out)
    return out.getvalue()


def test_all_second_factors_of_the_account_go_and_no_others(alice: User) -> None:
    bob = staff.account("bob@example.org")
    staff.add_app(bob)

    said = run(" Alice@Example.org ")

    assert list(Authenticator.objects.values_list("user__email", flat=True)) == [bob.email]
    assert said.count("Removed:") == 3


def test_the_account_is_signed_out_everywhere_and_no_other_is(alice: User) -> None:
    bob = staff.account("bob@example.org")
    here, there, of_bob = staff.signed_in(alice), staff.signed_in(alice), staff.signed_in(bob)

    said = run(ALICE)

    assert "Sessions ended: 2" in said
    answers = [client.get(reverse("account_email")).status_code for client in (here, there, of_bob)]
    assert answers == [302, 302, 200]


def test_the_person_is_told_by_mail(alice: User) -> None:
    run(ALICE)

    (letter,) = mail.outbox
    assert letter.to == [ALICE]
    assert letter.subject == "Two-step sign-in was taken off your account"
    assert reverse("mfa_index") in letter.body


def test_the_audit_log_says_so(alice: User) -> None:
    run(ALICE)

    event = AuditEvent.objects.get(event="mfa.reset_by_operator")
    assert (event.actor, event.subject, event.result) == (None, alice.pk, "ok")


def test_an_account_without_second_factor_is_said_so(alice: User) -> None:
    run(ALICE)

    assert "There was no second factor to remove." in run(ALICE)


def test_an_unknown_address_changes_nothing(alice: User) -> None:
    with pytest.raises(CommandError, match="Nothing was changed"):
        run("nobody@example.org")

    assert Authenticator.objects.count() == 3
    assert not AuditEvent.objects.exists()


# --- Their secrets at rest ----------------------------------------------------------------------------------------


def test_the_secret_of_an_app_does_not_stand_in_the_database(alice: User) -> None:
    bob = staff.account("bob@example.org")

    secret = staff.add_app(bob)

    stored = Authenticator.objects.get(user=bob)
    assert secret not in str(stored.data)
    assert stored.wrap().validate_code(staff.code(secret))


def test_a_secret_that_is_not_sealed_opens_nothing(alice: User) -> None:
    factor = Authenticator.objects.get(user=alice, type="totp")
    factor.data["secret"] = "JBSWY3DPEHPK3PXP"

    with pytest.raises(CannotUnseal, match="no sealed text"):
        factor.wrap().validate_code("123456")

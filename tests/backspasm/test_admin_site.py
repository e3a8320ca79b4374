"""The door of the admin: a second factor on https, an offer of one on http, and no model of another's making."""

import re
from typing import Any, Final

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.contrib import admin
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from backspasm.models import User
from tests.backspasm.staff import (
    PASSWORD,
    account,
    add_app,
    add_key,
    administrator,
    code,
    sign_in,
    signed_in,
    use_https,
)
from tests.backspasm.test_open_addresses import CLOSED, example

pytestmark = pytest.mark.django_db

INDEX: Final = "/admin/"
LIST: Final = "/admin/education/edition/"
ADMIN_ROUTES: Final = [route for route in CLOSED if route.startswith("admin/")]


@pytest.fixture(autouse=True)
def quick(settings: Settings) -> None:
    """Slow hashing is not what is tested here, and a test may begin in the last moment of a code."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.MFA_TOTP_TOLERANCE = 1


@pytest.fixture
def https(settings: Settings) -> Client:
    return use_https(settings)


@pytest.fixture
def boss() -> User:
    return administrator()


def give_code(client: Client, page: str, secret: str) -> Any:
    """Fill in the form of ``page`` as a browser does: with its hidden fields."""
    html = client.get(page).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(next)" value="([^"]*)"', html))
    return client.post(page.partition("?")[0], {**hidden, "code": code(secret)})


# --- https: no page without a second factor ---------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("route", ADMIN_ROUTES)
def test_on_https_no_address_answers_an_administrator_without_a_second_factor(
    https: Client, boss: User, route: str, method: str
) -> None:
    https.force_login(boss)

    response = https.generic(method, example(route))

    assert response.status_code == 302
    expected = INDEX if route == "admin/logout/" else reverse("admin:login")
    assert response.headers["Location"].split("?")[0] == expected


def test_the_walk_sees_the_pages_of_models_and_of_the_site() -> None:
    assert {"admin/", "admin/jsi18n/", "admin/education/feedback/", "admin/logout/"} <= set(ADMIN_ROUTES)


def test_on_https_nothing_is_saved_without_a_second_factor(https: Client, boss: User) -> None:
    account("alice@example.org")
    https.force_login(boss)

    https.post(reverse("admin:backspasm_staffmember_add"), {"email": "alice@example.org"})

    assert not User.objects.get(email="alice@example.org").is_staff


def test_on_https_a_password_given_twice_is_not_enough(https: Client, boss: User) -> None:
    sign_in(https, boss)
    https.post(reverse("account_reauthenticate"), {"password": PASSWORD})

    assert https.get(INDEX).status_code == 302


def test_on_https_a_patient_is_refused_and_not_asked_for_a_second_factor(https: Client) -> None:
    https.force_login(account("alice@example.org"))

    assert https.get(INDEX, follow=True).status_code == 403


# --- https: the way in ------------------------------------------------------------------------------------------


def test_staff_without_a_second_factor_are_sent_to_set_one_up_and_told_why(https: Client, boss: User) -> None:
    sign_in(https, boss)

    response: Any = https.get(LIST, follow=True)

    assert response.redirect_chain[-1] == (reverse("mfa_index"), 302)
    assert "The editors&#x27; pages need two-step sign-in." in response.content.decode()


def test_recovery_codes_alone_are_no_second_factor(https: Client, boss: User) -> None:
    RecoveryCodes.activate(boss)
    sign_in(https, boss)

    response: Any = https.get(LIST, follow=True)

    assert response.redirect_chain[-1] == (reverse("mfa_index"), 302)


def test_staff_who_did_not_use_their_app_are_asked_for_it_and_go_on_where_they_wanted(
    https: Client, boss: User
) -> None:
    secret = add_app(boss)
    https.force_login(boss)

    page = https.get(LIST, follow=True).redirect_chain[-1][0]
    response = give_code(https, page, secret)

    assert page == reverse("mfa_reauthenticate", query={"next": LIST})
    assert response.headers["Location"] == LIST
    assert https.get(LIST).status_code == 200


@pytest.mark.usefixtures("key_without_material")
def test_staff_who_have_a_key_alone_are_asked_for_the_key(https: Client, boss: User) -> None:
    add_key(boss)
    RecoveryCodes.activate(boss)
    https.force_login(boss)

    response: Any = https.get(LIST, follow=True)

    assert response.redirect_chain[-1][0] == reverse("mfa_reauthenticate_webauthn", query={"next": LIST})
    assert "need your second step too" in response.content.decode()


def test_a_password_and_a_code_open_the_admin(https: Client, boss: User) -> None:
    secret = add_app(boss)
    sign_in(https, boss)

    https.post(reverse("mfa_authenticate"), {"code": code(secret)})

    assert https.get(INDEX).status_code == 200


@pytest.fixture
def key_without_material(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("allauth.mfa.webauthn.internal.auth.get_credentials", lambda _user: [])


def test_a_passkey_opens_the_admin(https: Client, boss: User, monkeypatch: pytest.MonkeyPatch) -> None:
    key = add_key(boss)
    form = "allauth.mfa.webauthn.forms.LoginWebAuthnForm.clean_credential"
    monkeypatch.setattr(form, lambda _form: key)

    https.post(reverse("mfa_login_webauthn"), {"credential": '{"id": "a"}'})

    assert https.get(INDEX).status_code == 200


def test_a_recovery_code_opens_the_admin(https: Client, boss: User) -> None:
    add_app(boss)
    recovery_code = RecoveryCodes.activate(boss).get_unused_codes()[0]
    sign_in(https, boss)

    https.post(reverse("mfa_authenticate"), {"code": recovery_code})

    assert https.get(INDEX).status_code == 200


def test_a_second_factor_that_was_removed_counts_no_more_though_another_is_left(https: Client, boss: User) -> None:
    secret = add_app(boss)
    add_key(boss)
    sign_in(https, boss)
    https.post(reverse("mfa_authenticate"), {"code": code(secret)})

    Authenticator.objects.filter(type="totp").delete()

    assert https.get(INDEX).status_code == 302


def test_the_first_administrator_sets_up_an_app_and_goes_in(https: Client, boss: User) -> None:
    sign_in(https, boss)
    https.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    page = https.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    https.post(reverse("mfa_activate_totp"), {"code": code(secret)})

    response = give_code(https, reverse("mfa_reauthenticate", query={"next": INDEX}), secret)

    assert response.headers["Location"] == INDEX
    assert https.get(INDEX).status_code == 200


# --- http: an offer ---------------------------------------------------------------------------------------------


def test_on_http_staff_without_a_second_factor_are_let_in_and_offered_one(boss: User) -> None:
    response = signed_in(boss).get(INDEX)

    assert response.status_code == 200
    assert response.context["offers_second_factor"]


@pytest.mark.parametrize("add", [add_app, add_key])
def test_nothing_is_offered_to_staff_who_have_a_second_factor(boss: User, add: Any) -> None:
    add(boss)

    assert not signed_in(boss).get(INDEX).context["offers_second_factor"]


def test_a_closed_offer_comes_back_with_the_next_sign_in(boss: User) -> None:
    client = signed_in(boss)

    response = client.post(reverse("admin:close_second_factor_hint"))

    assert response.headers["Location"] == INDEX
    assert not client.get(INDEX).context["offers_second_factor"]
    assert signed_in(boss).get(INDEX).context["offers_second_factor"]


def test_the_offer_is_not_closed_by_looking(boss: User) -> None:
    assert signed_in(boss).get(reverse("admin:close_second_factor_hint")).status_code == 405


def test_the_hint_links_to_the_set_up_and_can_be_closed() -> None:
    hint = render_to_string("admin/second_factor_hint.html", {"offers_second_factor": True, "csrf_token": "abc"})

    assert f'<a class="button" href="{reverse("mfa_index")}">Add a second factor</a>' in hint
    assert f'<form method="post" action="{reverse("admin:close_second_factor_hint")}">' in hint
    assert 'name="csrfmiddlewaretoken" value="abc"' in hint


def test_there_is_no_hint_where_nothing_is_offered() -> None:
    assert not render_to_string("admin/second_factor_hint.html", {"offers_second_factor": False}).strip()


# --- What can be reached ----------------------------------------------------------------------------------------


def test_the_admin_knows_no_model_of_a_library() -> None:
    labels = {model._meta.app_label for model in admin.site._registry}

    assert labels <= {"backspasm", "education", "tracker"}

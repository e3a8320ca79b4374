"""Accounts as a person meets them: pages, mail, and what a stranger cannot find out."""

import re
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import html5lib
import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django import forms
from django.contrib.messages import get_messages
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import Settings

from backspasm import checks, environment
from backspasm.accounts import AccountAdapter
from backspasm.models import User

pytestmark = pytest.mark.django_db

ALICE = "alice@example.org"
STRANGER = "stranger@example.org"
PASSWORD = "four calm words here"
INACTIVE_SCRIPT = re.compile(r'<script[^>]*type="application/json"[^>]*>.*?</script>', re.DOTALL)
HEALTH_WORDS = re.compile(r"\b(back|pain|spasms?|spine|diary|ache|health|medicines?|episodes?)\b", re.IGNORECASE)


@pytest.fixture(autouse=True)
def quick(settings: Settings) -> None:
    """Slow hashing is not what is tested here."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def alice() -> User:
    user = User.objects.create_user(ALICE, PASSWORD)
    EmailAddress.objects.create(user=user, email=ALICE, verified=True, primary=True)
    return user


def sign_up(client: Client, email: str) -> Any:
    return client.post(reverse("account_signup"), {"email": email, "password1": PASSWORD}, follow=True)


def sign_in(client: Client, email: str = ALICE, password: str = PASSWORD) -> Any:
    return client.post(reverse("account_login"), {"login": email, "password": password})


def sign_in_twice(client: Client) -> None:
    """Sign in, and give the password once more, as pages that weaken an account ask for it."""
    sign_in(client)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})


def code_in_mail() -> str:
    found = re.search(r"^[A-Z]{4}-[A-Z]{4}$", str(mail.outbox[-1].body), re.MULTILINE)
    assert found
    return found[0]


def without_secrets(response: Any, *addresses: str) -> str:
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", response.content.decode())
    for address in addresses:
        text = text.replace(address, "ADDRESS")
    return text


# --- Signing up and in ----------------------------------------------------------------------------------------


def test_signing_up_ends_signed_in_with_a_confirmed_address(client: Client) -> None:
    sign_up(client, ALICE)

    client.post(reverse("account_email_verification_sent"), {"code": code_in_mail()})

    assert EmailAddress.objects.get(email=ALICE).verified
    assert client.session["_auth_user_id"] == str(User.objects.get().pk)


def test_a_short_password_is_refused_beside_its_field(client: Client) -> None:
    response = client.post(reverse("account_signup"), {"email": ALICE, "password1": "short"})

    page = response.content.decode()
    assert 'href="#id_password1"' in page
    assert 'aria-describedby="id_password1_helptext id_password1_error"' in page


def test_a_confirmed_person_signs_in_with_a_password(client: Client, alice: User) -> None:
    sign_in(client)

    assert client.session["_auth_user_id"] == str(alice.pk)


def test_a_person_signs_in_with_a_code(client: Client, alice: User) -> None:
    client.post(reverse("account_request_login_code"), {"email": ALICE})

    client.post(reverse("account_confirm_login_code"), {"code": code_in_mail()})

    assert client.session["_auth_user_id"] == str(alice.pk)


def test_a_forgotten_password_is_replaced_with_a_code(client: Client, alice: User) -> None:
    client.post(reverse("account_reset_password"), {"email": ALICE})
    client.post(reverse("account_confirm_password_reset_code"), {"code": code_in_mail()})

    client.post(reverse("account_complete_password_reset"), {"password1": "another four calm words"})

    alice.refresh_from_db()
    assert alice.check_password("another four calm words")


def test_signing_out_says_so(client: Client, alice: User) -> None:
    client.force_login(alice)

    response = client.post(reverse("account_logout"), follow=True)

    assert [str(message) for message in get_messages(response.wsgi_request)] == ["You are signed out."]
    assert "_auth_user_id" not in client.session


def test_an_address_is_changed_only_after_its_code(client: Client, alice: User) -> None:
    sign_in_twice(client)
    client.post(reverse("account_email"), {"email": "new@example.org", "action_add": ""})
    before = User.objects.get().email

    client.post(reverse("account_email_verification_sent"), {"code": code_in_mail()})

    assert (before, User.objects.get().email) == (ALICE, "new@example.org")


# --- What a stranger cannot find out ----------------------------------------------------------------------------


def test_sign_up_answers_known_and_unknown_addresses_alike(alice: User) -> None:
    known = sign_up(Client(), ALICE)
    unknown = sign_up(Client(), STRANGER)

    assert known.redirect_chain == unknown.redirect_chain
    assert without_secrets(known, ALICE) == without_secrets(unknown, STRANGER)


@pytest.mark.parametrize("name", ["account_reset_password", "account_request_login_code"])
def test_asking_for_a_code_answers_known_and_unknown_addresses_alike(alice: User, name: str) -> None:
    known = Client().post(reverse(name), {"email": ALICE}, follow=True)
    unknown = Client().post(reverse(name), {"email": STRANGER}, follow=True)

    assert known.redirect_chain == unknown.redirect_chain
    assert without_secrets(known, ALICE) == without_secrets(unknown, STRANGER)


def test_a_wrong_password_and_an_unknown_address_get_the_same_page(alice: User) -> None:
    known = sign_in(Client(), ALICE, "not the right password")
    unknown = sign_in(Client(), STRANGER, "not the right password")

    assert known.status_code == unknown.status_code == 200
    assert without_secrets(known, ALICE) == without_secrets(unknown, STRANGER)


def test_many_wrong_passwords_are_stopped_whatever_port_the_host_header_names(alice: User) -> None:
    client = Client()
    data = {"login": ALICE, "password": "not the right password"}

    answers = [client.post(reverse("account_login"), data, HTTP_HOST=f"testserver:{port}") for port in range(1, 9)]

    assert b"Too many" in answers[-1].content


# --- Pages --------------------------------------------------------------------------------------------------------

OPEN_PAGES = ["account_login", "account_signup", "account_reset_password", "account_request_login_code"]
OPEN_PAGES += ["account_inactive", "account_password_reset_completed"]
OWN_PAGES = ["account_email", "account_change_password", "account_logout", "account_reauthenticate"]
OWN_PAGES += ["mfa_index", "mfa_activate_totp", "mfa_list_webauthn", "mfa_add_webauthn"]
GUARDED_PAGES = ["mfa_index", "mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes"]
GUARDED_PAGES += ["mfa_list_webauthn", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"]


def assert_good_page(response: Any) -> str:
    """A page of ours: strict HTML, one heading, nothing inline, a name, not for search engines."""
    assert response.status_code == 200
    page: str = response.content.decode()
    html5lib.HTMLParser(strict=True).parse(page)
    assert page.count("<h1") == 1
    assert '<a class="skip"' in page
    assert '<meta name="robots" content="noindex">' in page
    assert " style=" not in page
    assert "<style" not in page
    assert not re.search(r"<script(?![^>]*\ssrc=)", INACTIVE_SCRIPT.sub("", page))
    assert not re.search(r"user ?name", page, re.IGNORECASE)
    assert re.search(r"<title>[A-Z][^|<]+ \| Backspasm</title>", page)
    return page


@pytest.mark.parametrize("name", OPEN_PAGES)
def test_open_account_pages_are_ours(client: Client, name: str) -> None:
    assert_good_page(client.get(reverse(name)))


@pytest.mark.parametrize("name", ["account_login", "account_signup", "account_reset_password"])
def test_pages_with_errors_are_ours(client: Client, name: str) -> None:
    page = assert_good_page(client.post(reverse(name), {}))

    assert 'role="alert"' in page


@pytest.mark.parametrize("name", OWN_PAGES)
def test_own_account_pages_are_ours(client: Client, alice: User, name: str) -> None:
    sign_in_twice(client)

    assert_good_page(client.get(reverse(name)))


def add_second_steps(user: User) -> Authenticator:
    TOTP.activate(user, generate_totp_secret())
    RecoveryCodes.activate(user)
    return Authenticator.objects.create(user=user, type="webauthn", data={"name": "My <phone>", "credential": {}})


@pytest.fixture
def known_second_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key with no key material: asking a browser for it is another test's business."""
    monkeypatch.setattr("allauth.mfa.webauthn.internal.auth.get_credentials", lambda _user: [])


@pytest.mark.usefixtures("known_second_steps")
@pytest.mark.parametrize("name", GUARDED_PAGES)
def test_pages_of_two_step_sign_in_are_ours(client: Client, alice: User, name: str) -> None:
    sign_in_twice(client)
    add_second_steps(alice)

    assert_good_page(client.get(reverse(name)))


@pytest.mark.usefixtures("known_second_steps")
@pytest.mark.parametrize("name", ["mfa_edit_webauthn", "mfa_remove_webauthn"])
def test_pages_of_one_key_are_ours(client: Client, alice: User, name: str) -> None:
    sign_in_twice(client)
    key = add_second_steps(alice)

    assert_good_page(client.get(reverse(name, args=[key.pk])))


@pytest.mark.usefixtures("known_second_steps")
def test_the_second_step_of_signing_in_is_ours(client: Client, alice: User) -> None:
    add_second_steps(alice)

    sign_in(client)

    assert "_auth_user_id" not in client.session
    assert_good_page(client.get(reverse("mfa_authenticate")))


def to_email_code(client: Client) -> Any:
    return sign_up(client, STRANGER)


def to_login_code(client: Client) -> Any:
    return client.post(reverse("account_request_login_code"), {"email": ALICE}, follow=True)


def to_reset_code(client: Client) -> Any:
    return client.post(reverse("account_reset_password"), {"email": ALICE}, follow=True)


def to_new_password(client: Client) -> Any:
    to_reset_code(client)
    return client.post(reverse("account_confirm_password_reset_code"), {"code": code_in_mail()}, follow=True)


def to_first_password(client: Client) -> Any:
    user = User.objects.create_user(STRANGER)
    EmailAddress.objects.create(user=user, email=STRANGER, verified=True, primary=True)
    client.force_login(user)
    return client.get(reverse("account_set_password"))


@pytest.mark.parametrize("way", [to_email_code, to_login_code, to_reset_code, to_new_password, to_first_password])
def test_pages_inside_a_way_are_ours(client: Client, alice: User, way: Callable[[Client], Any]) -> None:
    assert_good_page(way(client))


@pytest.mark.parametrize(
    ("name", "field", "expected"),
    [
        ("account_login", "login", "email"),
        ("account_login", "password", "current-password"),
        ("account_signup", "email", "email"),
        ("account_signup", "password1", "new-password"),
        ("account_request_login_code", "email", "email"),
    ],
)
def test_browsers_know_what_a_field_is_for(client: Client, name: str, field: str, expected: str) -> None:
    page = client.get(reverse(name)).content.decode()

    control = re.search(rf'<input[^>]*name="{field}"[^>]*>', page)
    assert control
    assert f'autocomplete="{expected}"' in control[0]


def test_codes_are_offered_from_mail(client: Client, alice: User) -> None:
    assert 'autocomplete="one-time-code"' in to_login_code(client).content.decode()


def test_an_account_page_names_the_operator_and_not_the_host(client: Client, settings: Settings) -> None:
    settings.OPERATOR_NAME = "Example Clinic"

    page = client.get(reverse("account_login")).content.decode()

    assert "Example Clinic" in page
    assert "testserver" not in page


# --- Mail ---------------------------------------------------------------------------------------------------------


def all_account_mail(alice: User) -> list[Any]:
    client = Client()
    sign_up(Client(), ALICE)
    sign_up(Client(), STRANGER)
    to_login_code(Client())
    Client().post(reverse("account_reset_password"), {"email": "nobody@example.org"})
    to_new_password(client)
    client.post(reverse("account_complete_password_reset"), {"password1": "another four calm words"})
    return mail.outbox


def test_account_mail_says_nothing_of_health_and_names_our_own_address(alice: User, settings: Settings) -> None:
    letters = all_account_mail(alice)

    assert len({letter.subject for letter in letters}) == 6
    for letter in letters:
        text = letter.body.replace(str(settings.SITE_URL), "")
        assert not HEALTH_WORDS.search(letter.subject + text)
        assert "://" not in text
        assert str(settings.SITE_URL) in letter.body


def test_no_code_stands_in_a_subject(alice: User) -> None:
    to_login_code(Client())

    assert code_in_mail() not in mail.outbox[-1].subject


# --- Admin --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/admin/", "/admin/login/?next=/admin/", "/admin/login/?next=//evil.example/"])
def test_a_stranger_at_the_admin_is_sent_to_the_sign_in_page(client: Client, path: str) -> None:
    response: Any = client.get(path, follow=True)

    assert response.redirect_chain[-1] == (f"{reverse('account_login')}?next=/admin/", 302)


def test_a_patient_at_the_admin_is_refused(client: Client, alice: User) -> None:
    client.force_login(alice)

    assert client.get("/admin/", follow=True).status_code == 403


def test_an_administrator_from_the_command_signs_in_and_sees_the_admin(client: Client) -> None:
    out = StringIO()
    call_command("create_admin", email="Editor@Example.org", stdout=out)
    password = out.getvalue().split()[-1]

    sign_in(client, "editor@example.org", password)

    assert client.get("/admin/").status_code == 200


def test_the_command_refuses_an_address_that_has_an_account(alice: User) -> None:
    with pytest.raises(CommandError, match="already has an account"):
        call_command("create_admin", email=ALICE.upper())

    assert not User.objects.get().is_staff


@pytest.mark.parametrize("email", ["", "no address", "a@b"])
def test_the_command_refuses_what_is_no_address(email: str) -> None:
    with pytest.raises(CommandError):
        call_command("create_admin", email=email)


# --- Local mail, checks, forms ------------------------------------------------------------------------------------


def latest_mail() -> str:
    out = StringIO()
    call_command("latest_mail", stdout=out)
    return out.getvalue()


def test_the_latest_local_mail_is_printed_decoded(settings: Settings, tmp_path: Path) -> None:
    settings.EMAIL_HOST, settings.EMAIL_FILE_PATH = "", tmp_path
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    mail.send_mail("First", "older", None, [ALICE])

    mail.send_mail("Zweite: ü", "Text with ü and a long line " + "x" * 200, None, [ALICE])

    assert "Subject: Zweite: ü\n\nText with ü and a long line xxx" in latest_mail()


def test_no_local_mail_is_said_so(settings: Settings, tmp_path: Path) -> None:
    settings.EMAIL_HOST, settings.EMAIL_FILE_PATH = "", tmp_path / "mail"

    assert latest_mail() == "No mail has been written yet.\n"


def test_an_https_site_without_operator_and_mail_server_is_warned(settings: Settings) -> None:
    settings.SITE_URL = environment.site_url("https://back.example.org")
    settings.OPERATOR_NAME = settings.OPERATOR_CONTACT = settings.OPERATOR_COUNTRY = settings.EMAIL_HOST = ""

    found = [message.id for message in checks.operator_is_named() + checks.mail_is_sent()]

    assert found == ["backspasm.W001", "backspasm.W002", "backspasm.W003", "backspasm.W004"]


def test_a_laptop_is_not_warned(settings: Settings) -> None:
    settings.OPERATOR_NAME = settings.EMAIL_HOST = ""

    assert checks.operator_is_named() + checks.mail_is_sent() == []


def test_a_request_past_the_trusted_proxies_is_refused(settings: Settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2
    request = RequestFactory().get("/", HTTP_X_FORWARDED_FOR="192.0.2.1")

    with pytest.raises(PermissionDenied):
        AccountAdapter(request).get_client_ip(request)


class Sample(forms.Form):
    """One of each control."""

    side = forms.ChoiceField(label="Side", widget=forms.RadioSelect, choices=[("l", "Left"), ("r", "Right")])
    when = forms.DateField(label="Day", help_text="For example 2026-11-21")
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea(attrs={"placeholder": "Note"}))
    sure = forms.BooleanField(label="I am sure")


def rendered(form: forms.Form, how: str) -> str:
    return Template("{% load crispy_forms_tags %}" + how).render(Context({"form": form, "csrf_token": "x"}))


@pytest.mark.parametrize("how", ["{{ form|crispy }}", "{% crispy form %}"])
def test_the_form_pack_ties_labels_hints_and_errors_to_their_controls(how: str) -> None:
    page = rendered(Sample({}), how)

    html5lib.HTMLParser(strict=True).parseFragment(page)
    assert page.index('role="alert"') < page.index("<fieldset") < page.index("<legend>Side")
    assert page.index('id="id_when_helptext"') < page.index('id="id_when_error"') < page.index('<input type="text"')
    assert "placeholder" not in page
    for link in re.findall(r'href="#([^"]+)"', page):
        assert f'id="{link}"' in page


# --- One place for one thing --------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/admin/password_change/", "/admin/password_change/done/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_staff_change_their_password_where_everybody_does(client: Client, path: str, method: str) -> None:
    client.force_login(User.objects.create_user("editor@example.org", PASSWORD, is_staff=True, is_superuser=True))

    answer = getattr(client, method)(path, {"new_password1": "another four calm words"})

    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("account_change_password"))
    assert User.objects.get().check_password(PASSWORD)


def test_sign_up_says_what_happens_next(client: Client) -> None:
    page = client.get(reverse("account_signup")).content.decode()

    assert "Then we ask a few short questions" in page
    assert "not open yet" not in page

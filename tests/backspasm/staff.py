"""Staff for tests of the admin: accounts, a site under https, and codes of an authenticator app."""

from typing import Any, Final

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from backspasm import environment
from backspasm.models import User

PASSWORD: Final = "four calm words here"


def account(email: str, *, verified: bool = True, **fields: Any) -> User:
    """An account as sign-up makes it; ``is_staff`` and others by keyword."""
    user = User.objects.create_user(email, PASSWORD, **fields)
    EmailAddress.objects.create(user=user, email=email, verified=verified, primary=True)
    return user


def administrator(email: str = "admin@example.org") -> User:
    return account(email, is_staff=True, is_superuser=True)


def groups(*names: str) -> list[int]:
    return [Group.objects.get(name=name).pk for name in names]


def change(person: User) -> str:
    return reverse("admin:backspasm_staffmember_change", args=[person.pk])


def editor(email: str = "bob@example.org", *names: str) -> User:
    person = account(email, is_staff=True)
    person.groups.set(groups(*names))
    return person


def signed_in(user: User) -> Client:
    """A client whose session saw no password and no second factor."""
    client = Client()
    client.force_login(user)
    return client


def use_https(settings: Settings) -> Client:
    """The same site under an https address, and a client that comes through its proxy."""
    settings.SITE_URL = environment.site_url("https://back.example.org")
    settings.ALLOWED_HOSTS = ["back.example.org"]
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_SSL_HOST = "back.example.org"
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    return Client(headers={"host": "back.example.org", "x-forwarded-proto": "https", "x-forwarded-for": "192.0.2.1"})


def sign_in(client: Client, user: User, next_path: str = "/admin/") -> Any:
    """Give address and password on the sign-in page."""
    data = {"login": user.email, "password": PASSWORD, "next": next_path}
    return client.post(reverse("account_login"), data)


def add_app(user: User) -> str:
    """Set up an authenticator app; return its secret."""
    secret: str = totp.generate_totp_secret()
    totp.TOTP.activate(user, secret)
    return secret


def add_key(user: User) -> Authenticator:
    """Set up a key without key material: asking a browser for it is another test's business."""
    return Authenticator.objects.create(user=user, type="webauthn", data={"name": "Key", "credential": {}})


def code(secret: str) -> str:
    """The code the app shows now."""
    counter = next(iter(totp.yield_hotp_counters_from_time()))
    return str(totp.format_hotp_value(totp.hotp_value(secret, counter)))

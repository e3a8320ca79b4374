"""Closed by default: the list of addresses that are open without signing in is pinned here, and nowhere else."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

import pytest
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, path, reverse
from pytest_django import Settings

OPEN_TO_ALL: Final = {
    # reading
    "",
    "<slug:slug>/",
    "exercises/<slug:slug>/",
    "search/",
    "search/suggest/",
    "leaflets/<slug:slug>.pdf",
    "diary.pdf",
    "pictures/<slug:digest>.webp",
    "feedback/",
    "feedback/thanks/",
    "preview/<str:token>/",
    "visit/<str:token>/",
    "m/<str:token>/",
    "u/<str:token>/",
    "cal/<str:token>.ics",
    # machines
    "api/pages/",
    "api/pages/<slug:slug>/",
    "changes.atom",
    "schemas/diary-export/v1",
    "sitemap.xml",
    "robots.txt",
    "sw.js",
    "favicon.ico",
    ".well-known/security.txt",
    ".well-known/change-password",
    "healthz",
    "readyz",
    # signing in, signing up, and the ways back to an account
    "accounts/login/",
    "accounts/login/code/",
    "accounts/login/code/confirm/",
    "accounts/logout/",
    "accounts/inactive/",
    "accounts/signup/",
    "accounts/confirm-email/",
    "accounts/password/reset/",
    "accounts/password/reset/done/",
    "accounts/password/reset/confirm/",
    "accounts/password/reset/complete/",
    "accounts/2fa/authenticate/",
    "accounts/2fa/webauthn/login/",
    "admin/login/",
}
_UUID: Final = "00000000-0000-4000-8000-000000000000"
_CONVERTER: Final = re.compile(r"<(?:(?P<kind>\w+):)?\w+>")


class Address(NamedTuple):
    """One pattern of the URLconf."""

    route: str
    is_open: bool

    def __str__(self) -> str:
        return self.route


def addresses(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[Address]:
    for pattern in patterns:
        route = f"{before}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, route)
        else:
            yield Address(route, not getattr(pattern.callback, "login_required", True))


def example(route: str) -> str:
    """Return a path that a route matches: every converter of ours but that of an id takes '1'."""
    filled = _CONVERTER.sub(lambda found: _UUID if found["kind"] == "uuid" else "1", route)
    filled = re.sub(r"\(\?P<\w+>\w+(\|\w+)*\)", "education", filled)
    filled = re.sub(r"\(\?P<\w+>[^)]*\)", "1", filled)
    return "/" + filled.replace("^", "").replace("$", "")


ALL: Final = tuple(addresses(get_resolver().url_patterns))
CLOSED: Final = tuple(sorted({address.route for address in ALL if not address.is_open}))


def test_these_addresses_and_no_others_are_open_to_all() -> None:
    assert {address.route for address in ALL if address.is_open} == OPEN_TO_ALL


def test_the_walk_sees_the_private_half() -> None:
    assert {"tracker/", "admin/", "accounts/email/", "accounts/2fa/", "accounts/sessions/"} <= set(CLOSED)


@pytest.mark.parametrize("route", CLOSED)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_stranger_at_a_closed_address_is_sent_to_sign_in(site_client: Client, route: str, method: str) -> None:
    response = site_client.generic(method, example(route))

    assert response.status_code == 302
    assert response.headers["Location"].startswith((reverse("account_login"), reverse("admin:login")))


@pytest.mark.parametrize("address", [address for address in ALL if address.is_open], ids=str)
def test_an_open_address_sends_nobody_to_sign_in_but_the_staff(site_client: Client, address: Address) -> None:
    response = site_client.get(example(address.route), follow=False)

    if address.route == "admin/login/":
        assert response.headers["Location"].startswith(reverse("account_login"))
    else:
        assert response.status_code < 500
        assert "next=" not in response.headers.get("Location", "")


def unsaid(request: HttpRequest) -> HttpResponse:
    return HttpResponse("private")


@login_not_required
def said(request: HttpRequest) -> HttpResponse:
    return HttpResponse("public")


urlpatterns = [path("unsaid/", unsaid), path("said/", said)]


def test_a_view_that_says_nothing_is_closed(settings: Settings, client: Client) -> None:
    settings.ROOT_URLCONF = "tests.backspasm.test_open_addresses"
    settings.LOGIN_URL = "/accounts/login/"

    assert client.get("/unsaid/").status_code == 302
    assert client.get("/said/").content == b"public"

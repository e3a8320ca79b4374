"""The exact headers of every kind of answer, as Django gives it and as the page layer gives it again."""

import http.client
from collections.abc import Callable, Iterable
from typing import Any, Final, cast

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.test import Client, RequestFactory
from pytest_django import Settings

from backspasm import environment, security
from backspasm.models import User
from backspasm.page_layer import PUBLIC
from education.edition import LiveEdition
from tests.public_addresses import ARTICLES
from tests.site_process import SiteProcess

CSP: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "object-src 'none'"
)
SECURITY: Final = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "accelerometer=(), autoplay=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), "
        "microphone=(), midi=(), payment=(), usb=(), xr-spatial-tracking=(), browsing-topics=(), "
        "screen-wake-lock=(self)"
    ),
}
ONLY_HTTPS: Final = {
    "Content-Security-Policy": f"{CSP}; upgrade-insecure-requests",
    "Strict-Transport-Security": "max-age=31536000",
}
PUBLIC_ADDRESSES: Final = (
    *ARTICLES,
    "/exercises/knee-rolls/",
    "/search/",
    "/leaflets/treatment.pdf",
    "/diary.pdf",
    "/api/pages/",
    "/api/pages/treatment/",
    "/changes.atom",
    "/sitemap.xml",
    "/robots.txt",
    "/feedback/thanks/",
)
ERRORS: Final = {
    ("GET", "/no-such-page/"): 404,
    ("GET", "/%FF/"): 404,
    ("POST", "/treatment/"): 405,
    ("POST", "/feedback/"): 403,
    ("GET", "/feedback/"): 405,
    ("POST", "/accounts/login/"): 403,
}
PRIVATE: Final = (
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/logout/",
    "/tracker/",
    "/admin/",
    "/accounts/2fa/",
)


def security_of(headers: Any) -> dict[str, str]:
    return {name: headers.get(name) for name in (*SECURITY, "Strict-Transport-Security") if headers.get(name)}


def with_account_policy(headers: dict[str, str]) -> dict[str, str]:
    """The accounts library draws a code as a data: picture."""
    policy = headers["Content-Security-Policy"].replace("img-src 'self'", "img-src 'self' data:")
    return {**headers, "Content-Security-Policy": policy}


@pytest.fixture
def https_client(settings: Settings, db: None) -> Client:
    """The same site under an https address; every request comes through the proxy."""
    settings.SITE_URL = environment.site_url("https://back.example.org")
    settings.ALLOWED_HOSTS = ["back.example.org"]
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_SSL_HOST = "back.example.org"
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SECURE_HSTS_SECONDS = 31_536_000
    return Client(headers={"host": "back.example.org", "x-forwarded-proto": "https"})


# --- Every answer -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PUBLIC_ADDRESSES)
def test_public_answers_have_exactly_these_headers(site_client: Client, path: str) -> None:
    response = site_client.get(path)

    assert response.status_code == 200
    assert security_of(response.headers) == SECURITY
    assert response.headers["Cache-Control"] == PUBLIC
    assert "Set-Cookie" not in response.headers
    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")


@pytest.mark.parametrize(("method", "path"), ERRORS)
def test_error_pages_have_the_same_headers_and_are_kept_by_nobody(site_client: Client, method: str, path: str) -> None:
    strict = Client(enforce_csrf_checks=True, headers={"host": settings.SITE_URL.netloc})

    response = strict.generic(method, path)

    expected = with_account_policy(SECURITY) if path.startswith("/accounts/") else SECURITY
    assert response.status_code == ERRORS[method, path]
    assert security_of(response.headers) == expected
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_a_foreign_host_gets_the_same_headers(client: Client) -> None:
    response = client.get("/", headers={"host": "evil.example"})

    assert response.status_code == 400
    assert security_of(response.headers) == SECURITY
    assert "evil.example" not in response.content.decode()


@pytest.mark.parametrize("path", PRIVATE)
def test_private_answers_are_kept_by_nobody(site_client: Client, path: str) -> None:
    response = site_client.get(path)

    assert "no-store" in response.headers["Cache-Control"]
    assert "public" not in response.headers["Cache-Control"]
    expected = with_account_policy(SECURITY) if path.startswith("/accounts/") else SECURITY
    assert security_of(response.headers) == expected


def test_pages_of_a_signed_in_person_are_kept_by_nobody(site_client: Client) -> None:
    site_client.force_login(User.objects.create_user("alice@example.org"))

    response = site_client.get("/tracker/setup/")

    assert response.status_code == 200
    assert "no-store" in response.headers["Cache-Control"]


def test_a_search_with_words_in_it_is_kept_by_nobody(site_client: Client) -> None:
    assert site_client.get("/search/?q=ice").headers["Cache-Control"] == "no-store"
    assert site_client.get("/search/suggest/?q=ice").headers["Cache-Control"] == "no-store"


def test_a_public_page_is_the_same_for_a_signed_in_person_and_sets_no_cookie(site_client: Client) -> None:
    stranger = site_client.get("/treatment/")
    site_client.force_login(User.objects.create_user("alice@example.org"))
    site_client.cookies["csrftoken"] = "x" * 32

    known = site_client.get("/treatment/")

    assert known.content == stranger.content
    assert not known.cookies


# --- https ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/treatment/", "/diary.pdf", "/no-such-page/"])
def test_over_https_the_policy_upgrades_and_the_host_is_remembered(https_client: Client, path: str) -> None:
    response = https_client.get(path)

    assert security_of(response.headers) == {**SECURITY, **ONLY_HTTPS}


def test_over_https_account_pages_differ_in_one_directive(https_client: Client) -> None:
    response = https_client.get("/accounts/login/")

    assert security_of(response.headers) == with_account_policy({**SECURITY, **ONLY_HTTPS})


@pytest.mark.parametrize("host", ["back.example.org", "evil.example"])
def test_a_plain_request_is_sent_to_our_own_https_address(https_client: Client, host: str) -> None:
    response = https_client.get("/treatment/?a=b", headers={"host": host, "x-forwarded-proto": "http"})

    assert response.status_code == 301
    assert response.headers["Location"] == "https://back.example.org/treatment/?a=b"
    assert response.headers["Content-Security-Policy"] == ONLY_HTTPS["Content-Security-Policy"]
    assert response.headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_load_balancer_may_ask_without_https(https_client: Client, path: str) -> None:
    assert https_client.get(path, headers={"x-forwarded-proto": "http"}).status_code == 200


# --- Frames -----------------------------------------------------------------------------------------------------


def with_own_frames(headers: dict[str, str]) -> dict[str, str]:
    """The editing screens show the preview in a frame."""
    return {**headers, "Content-Security-Policy": f"{headers['Content-Security-Policy']}; frame-src 'self'"}


@pytest.mark.parametrize("path", ["/admin/education/article/", "/admin/education/no-such-page/"])
def test_editing_screens_may_show_own_frames_and_differ_in_nothing_else(site_client: Client, path: str) -> None:
    site_client.force_login(User.objects.create_superuser("alice@example.org"))

    response = site_client.get(path)

    assert security_of(response.headers) == with_own_frames(SECURITY)


@pytest.mark.parametrize("path", ["/admin/", "/admin/backspasm/user/", "/treatment/", "/adminx/"])
def test_no_other_page_may_show_a_frame(site_client: Client, path: str) -> None:
    site_client.force_login(User.objects.create_superuser("alice@example.org"))

    assert "frame-src" not in site_client.get(path).headers["Content-Security-Policy"]


def answered(path: str, *, in_frame: bool) -> dict[str, str]:
    """Return the security headers of an answer that may stand in a frame of the site, or may not."""

    def view(request: HttpRequest) -> HttpResponse:
        response = HttpResponse()
        if in_frame:
            security.allow_own_frame(response)
        return response

    inner = cast("Callable[[HttpRequest], HttpResponse]", XFrameOptionsMiddleware(view))
    headers = security.SecurityHeaders(inner)(RequestFactory().get(path)).headers
    return {name: headers[name] for name in ("Content-Security-Policy", "X-Frame-Options")}


@pytest.mark.parametrize("path", ["/preview/", "/admin/education/article/1/preview/"])
def test_only_an_answer_that_asks_for_it_may_stand_in_a_frame_of_this_site(path: str) -> None:
    framed, plain = answered(path, in_frame=True), answered(path, in_frame=False)

    policy = plain["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert plain["X-Frame-Options"] == "DENY"
    assert framed["Content-Security-Policy"] == policy.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
    assert framed["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.parametrize("path", ["/admin/education/article/", "/treatment/"])
def test_no_page_needs_a_hash_or_an_inline_script(site_client: Client, path: str) -> None:
    policy = site_client.get(path).headers["Content-Security-Policy"]

    assert [word for word in ("sha256-", "nonce-", "unsafe-", "https:", "*") if word in policy] == []


# --- The real site ----------------------------------------------------------------------------------------------


def comparable(headers: http.client.HTTPMessage | Any, *, without: Iterable[str]) -> dict[str, str]:
    ignored = {name.lower() for name in without}
    return {name.lower(): value for name, value in headers.items() if name.lower() not in ignored}


@pytest.mark.parametrize("path", PUBLIC_ADDRESSES)
def test_the_page_layer_says_what_django_says(site: SiteProcess, path: str) -> None:
    """A query string passes by the layer, so the same address is asked with and without one."""
    by_django = site.get(f"{path}?by-django")
    site.get(path)

    kept = site.get(path)

    theirs = ("Date", "Server", "Connection", "ETag", "Vary", "Content-Length", "Transfer-Encoding")
    assert comparable(kept[1], without=theirs) == comparable(by_django[1], without=theirs)
    assert kept[1]["ETag"]
    assert kept[1]["Vary"] == "Accept-Encoding"
    assert kept[1].get_all("Set-Cookie") is None


def test_the_page_layer_gives_the_bytes_that_django_gives(site: SiteProcess) -> None:
    by_django = site.get("/treatment/?by-django")[2]

    assert site.get("/treatment/")[2] == site.get("/treatment/")[2] == by_django


def stylesheet(site: SiteProcess) -> str:
    page = site.get("/")[2].decode()
    return page.split('rel="stylesheet" href="', 1)[1].split('"', 1)[0]


def test_static_files_have_the_same_headers_and_last_a_year(site: SiteProcess) -> None:
    status, headers, _ = site.get(stylesheet(site), {"Accept-Encoding": "br"})

    assert status == 200
    assert security_of(headers) == SECURITY
    assert headers["Cache-Control"] == "max-age=31536000, public, immutable"
    assert headers["Content-Encoding"] == "br"
    assert headers["Access-Control-Allow-Origin"] is None
    assert headers["Set-Cookie"] is None


def test_head_has_the_headers_of_get(site: SiteProcess) -> None:
    _, get, _ = site.get("/treatment/", {"Accept-Encoding": "br"})

    status, head, body = site.request("HEAD", "/treatment/", headers={"Accept-Encoding": "br"})

    assert (status, body) == (200, b"")
    assert comparable(head, without=["Date"]) == comparable(get, without=["Date"])


def test_a_reader_who_holds_the_page_gets_304(site: SiteProcess) -> None:
    tag = site.get("/treatment/", {"Accept-Encoding": "br"})[1]["ETag"]

    status, _, body = site.get("/treatment/", {"Accept-Encoding": "br", "If-None-Match": tag})

    assert (status, body) == (304, b"")


def test_no_answer_names_another_host(site_client: Client, live: LiveEdition) -> None:
    """The canonical address comes from the settings, never from the request."""
    response = site_client.get("/treatment/", headers={"host": "127.0.0.1:4444"})

    assert f"{settings.SITE_URL}/treatment/" in response.content.decode()
    assert "4444" not in response.content.decode()

"""Whatever is sent, the answer is a page of the site: never a 500, never a trace of the program."""

import socket
from collections.abc import Callable
from typing import Any, Final

import pytest
from django.conf import settings
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseGone, HttpResponseNotAllowed
from django.template import loader
from django.test import Client, RequestFactory
from pytest_django import DjangoAssertNumQueries, Settings

from backspasm import errors
from backspasm.shared_cache import CounterUnavailable
from tests.public_addresses import ARTICLES
from tests.site_process import SiteProcess

IN_OUR_LOOK: Final = ('class="skip" href="#main"', 'rel="stylesheet"', "/get-help/", "</html>")
PROGRAM: Final = ("Traceback", 'File "', "django.", "gunicorn", "DoesNotExist", "Exception", "DEBUG")
TEMPLATES: Final = (400, 403, 404, 405, 410, 429, 500, 503)
# One address of each kind of public view.
ROUTES: Final = (
    "/",
    "/treatment/",
    "/exercises/knee-rolls/",
    "/search/",
    "/search/suggest/",
    "/leaflets/treatment.pdf",
    "/diary.pdf",
    "/feedback/",
    "/feedback/thanks/",
    "/api/pages/",
    "/api/pages/treatment/",
    "/changes.atom",
    "/sitemap.xml",
    "/robots.txt",
    "/favicon.ico",
    "/.well-known/security.txt",
    "/.well-known/change-password",
    "/healthz",
    "/readyz",
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/password/reset/",
    "/tracker/",
    "/admin/",
    "/static/css/public.css",
)


def is_in_our_look(page: str) -> bool:
    return all(part in page for part in IN_OUR_LOOK)


def shows_the_program(page: str) -> bool:
    return any(part in page for part in PROGRAM)


# --- The pages --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", TEMPLATES)
def test_every_error_page_is_in_our_look_and_leads_to_help(status: int) -> None:
    page = loader.render_to_string(f"{status}.html", request=RequestFactory().get("/"))

    assert is_in_our_look(page)
    assert "emergency number" in page
    assert '<meta name="robots" content="noindex">' in page


def raiser(error: Exception) -> Callable[[HttpRequest], HttpResponse]:
    def view(request: HttpRequest) -> HttpResponse:
        raise error

    return view


FAULTS: Final[list[tuple[Callable[[HttpRequest], HttpResponse], int]]] = [
    (raiser(BadRequest("secret")), 400),
    (raiser(SuspiciousOperation("secret")), 400),
    (raiser(PermissionDenied("secret")), 403),
    (raiser(Http404("secret")), 404),
    (lambda _: HttpResponseNotAllowed(["GET"]), 405),
    (lambda _: HttpResponseGone(), 410),
    (lambda _: HttpResponse(status=429), 429),
    (raiser(RuntimeError("secret")), 500),
    (raiser(OperationalError("secret")), 503),
    (raiser(InterfaceError("secret")), 503),
    (raiser(CounterUnavailable("secret")), 503),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("view", "status"), FAULTS, ids=[str(status) for _, status in FAULTS])
def test_every_fault_of_a_view_gets_its_page_without_the_database(
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: DjangoAssertNumQueries,
    view: Callable[[HttpRequest], HttpResponse],
    status: int,
) -> None:
    view.login_required = False  # type: ignore[attr-defined]
    monkeypatch.setattr("tests.backspasm.test_errors.faulty", view)
    client = Client(raise_request_exception=False, headers={"host": settings.SITE_URL.netloc})

    with django_assert_num_queries(0):
        response = client.get("/healthz", headers={"x-faulty": "1"})

    page = response.content.decode()
    assert response.status_code == status
    assert is_in_our_look(page)
    assert not shows_the_program(page)
    assert "secret" not in page


def faulty(request: HttpRequest) -> HttpResponse:
    raise NotImplementedError


class Faults:
    """Middleware of these tests: puts a faulty view in the place of another."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        return None


@pytest.fixture(autouse=True)
def _faulty_views(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing by default; a test that needs a faulty view sets it."""


def test_a_middleware_that_meets_a_dead_database_gets_the_503_page(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, db: None
) -> None:
    monkeypatch.setattr(
        "django.contrib.sessions.backends.db.SessionStore.load", raiser_of(OperationalError("no connection"))
    )
    client = Client(raise_request_exception=False, headers={"host": settings.SITE_URL.netloc})
    client.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32

    response = client.get("/tracker/")

    assert response.status_code == 503
    assert is_in_our_look(response.content.decode())


def raiser_of(error: Exception) -> Callable[..., Any]:
    def fail(*args: Any, **kwargs: Any) -> Any:
        raise error

    return fail

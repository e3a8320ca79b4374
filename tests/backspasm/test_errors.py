"""Whatever is sent, the answer is a page of the site: never a 500, never a trace of the program."""

import logging
from typing import Any, Final

import pytest
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.sessions.exceptions import SessionInterrupted
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.db import DataError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseGone, HttpResponseNotAllowed
from django.template import loader
from django.test import Client, RequestFactory
from django.urls import path
from pytest_django import DjangoAssertNumQueries, Settings

from backspasm import errors, urls
from backspasm.shared_cache import CounterUnavailable
from tests.backspasm.look import is_in_our_look, shows_the_program

TEMPLATES: Final = (400, 403, 404, 405, 410, 429, 500, 503)


# --- The pages --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", TEMPLATES)
def test_every_error_page_is_in_our_look_and_leads_to_help(status: int) -> None:
    page = loader.render_to_string(f"{status}.html", request=RequestFactory().get("/"))

    assert is_in_our_look(page)
    assert "emergency number" in page
    assert '<meta name="robots" content="noindex">' in page


def test_a_page_says_that_nothing_was_lost_only_to_those_who_wrote() -> None:
    words = "nothing was lost"

    assert words in loader.render_to_string("503.html", {"was_writing": True})
    assert words not in loader.render_to_string("503.html", {"was_writing": False})


FAULTS: Final[dict[str, tuple[Exception | HttpResponse, int]]] = {
    "bad-request": (BadRequest("secret"), 400),
    "suspicious": (SuspiciousOperation("secret"), 400),
    "denied": (PermissionDenied("secret"), 403),
    "nothing": (Http404("secret"), 404),
    "method": (HttpResponseNotAllowed(["GET", "HEAD"]), 405),
    "gone": (HttpResponseGone(), 410),
    "flood": (HttpResponse(status=429), 429),
    "bug": (RuntimeError("secret"), 500),
    "unicode": (UnicodeDecodeError("utf-8", b"secret", 0, 1, "secret"), 500),
    "database": (OperationalError("secret"), 503),
    "connection": (InterfaceError("secret"), 503),
    "data": (DataError("secret"), 400),
    "counter": (CounterUnavailable("secret"), 503),
}


@login_not_required
def faulty(request: HttpRequest, name: str) -> HttpResponse:
    fault = FAULTS[name][0]
    if isinstance(fault, Exception):
        raise fault
    return fault


urlpatterns = [path("faults/<slug:name>/", faulty), *urls.urlpatterns]
handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500


@pytest.fixture
def faulty_client(settings: Settings, db: None) -> Client:
    """Somebody who calls a site in which one view is broken in every way."""
    settings.ROOT_URLCONF = "tests.backspasm.test_errors"
    return Client(raise_request_exception=False, headers={"host": settings.SITE_URL.netloc})


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_gets_its_page_without_the_database(
    faulty_client: Client, django_assert_num_queries: DjangoAssertNumQueries, name: str
) -> None:
    with django_assert_num_queries(0):
        response = faulty_client.get(f"/faults/{name}/")

    page = response.content.decode()
    assert response.status_code == FAULTS[name][1]
    assert is_in_our_look(page)
    assert not shows_the_program(page)
    assert "secret" not in page


def test_a_wrong_method_is_told_which_are_right(faulty_client: Client) -> None:
    assert faulty_client.get("/faults/method/").headers["Allow"] == "GET, HEAD"


def test_an_unknown_address_needs_no_database(
    site_client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    site_client.get("/")  # which edition is live is known from here on

    with django_assert_num_queries(0):
        response = site_client.get("/no/such/page/")

    assert response.status_code == 404


def test_a_fault_of_the_database_is_logged_by_its_kind_alone(
    faulty_client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        faulty_client.get("/faults/database/")

    assert "OperationalError" in caplog.text
    assert "secret" not in caplog.text


def test_a_middleware_that_meets_a_dead_database_gets_the_503_page(
    site_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any) -> None:
        raise OperationalError("no connection")

    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", fail)
    site_client.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32
    site_client.raise_request_exception = False

    response = site_client.get("/tracker/")

    assert response.status_code == 503
    assert is_in_our_look(response.content.decode())


def test_a_public_page_does_not_ask_who_calls(site_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any) -> None:
        raise OperationalError("no connection")

    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", fail)
    site_client.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32

    assert site_client.get("/treatment/").status_code == 200


def test_a_session_that_ended_on_the_way_leads_to_sign_in(rf: RequestFactory) -> None:
    response = errors.bad_request(rf.post("/tracker/"), SessionInterrupted())

    assert (response.status_code, response.headers["Location"]) == (303, "/accounts/login/")

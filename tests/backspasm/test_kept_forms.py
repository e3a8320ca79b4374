"""A form sent after sign-out is saved after sign-in: once, by its own person, and unread by anybody else."""

import re
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.test import Client
from django.urls import path, reverse
from pytest_django import Settings

from backspasm import kept_forms, urls
from backspasm.form_ids import new_form_id, read_form_id
from backspasm.models import User
from tests.backspasm.test_accounts import assert_good_page

ALICE: Final = "alice@example.org"
BOB: Final = "bob@example.org"
PASSWORD: Final = "four calm words here"
MARKER: Final = "marker-of-something-typed"
PATH: Final = "/tracker/stand-in/"
START: Final = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)

_saved: list[tuple[str, str, list[str]]] = []


def stand_in(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return HttpResponse("<form>")
    if request.POST["note"] == "wrong":
        return HttpResponse(f"mend it at {request.path}", status=400)
    _saved.append((str(request.user), request.POST["note"], request.POST.getlist("places")))
    return HttpResponseRedirect("/tracker/done/", status=303)


urlpatterns = [path("tracker/stand-in/", stand_in), path("tracker/other/", stand_in), *urls.urlpatterns]
handler404 = urls.handler404


@pytest.fixture(autouse=True)
def stage(settings: Settings, db: None) -> Iterator[None]:
    """A tracker page of our own, and quick hashing."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.ROOT_URLCONF = "tests.backspasm.test_kept_forms"
    _saved.clear()
    with time_machine.travel(START, tick=False):
        yield


def account(email: str) -> User:
    user = User.objects.create_user(email, PASSWORD)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


@pytest.fixture
def alice() -> User:
    return account(ALICE)


@pytest.fixture
def browser() -> Client:
    """A browser that, unlike a plain test client, is asked for its CSRF token."""
    return Client(enforce_csrf_checks=True)


def token(client: Client, page: str = "") -> str:
    page = page or reverse("account_login")
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', client.get(page).content.decode())
    assert found
    return found[1]


def sign_in(client: Client, email: str = ALICE, next_path: str = "") -> Any:
    data = {"login": email, "password": PASSWORD, "csrfmiddlewaretoken": token(client), "next": next_path}
    return client.post(reverse("account_login"), data)


def a_form(user: User, **fields: Any) -> dict[str, Any]:
    return {"note": MARKER, "places": ["left", "right"], "form_id": new_form_id(user), **fields}


def send_signed_out(client: Client, form: dict[str, Any], where: str = PATH) -> Any:
    return client.post(where, {**form, "csrfmiddlewaretoken": token(client)})


def kept_page(client: Client) -> str:
    return assert_good_page(client.get(reverse("kept_form")))


def press_save(client: Client, where: str = PATH) -> Any:
    return client.post(where, {"send_kept_form": "1", "csrfmiddlewaretoken": token(client, reverse("account_logout"))})


# --- The way ----------------------------------------------------------------------------------------------------


def test_a_form_sent_when_the_session_is_over_is_saved_with_one_button_after_sign_in(
    browser: Client, alice: User
) -> None:
    sign_in(browser)
    page_token = token(browser, reverse("account_logout"))
    form = {**a_form(alice), "csrfmiddlewaretoken": page_token}

    with time_machine.travel(START + timedelta(hours=1), tick=False):
        refused = browser.post(PATH, form)
        entered = sign_in(browser, next_path=reverse("kept_form"))
        page = kept_page(browser)
        answer = press_save(browser)

    assert refused.headers["Location"] == f"{reverse('account_login')}?next=/tracker/kept/"
    assert entered.headers["Location"] == "/tracker/kept/"
    assert f'action="{PATH}"' in page
    assert (answer.status_code, answer.headers["Location"]) == (303, "/tracker/done/")
    assert _saved == [(ALICE, MARKER, ["left", "right"])]


def test_the_form_is_sent_once_however_often_the_button_is_pressed(browser: Client, alice: User) -> None:
    send_signed_out(browser, a_form(alice))
    sign_in(browser)

    answers = [press_save(browser) for _ in range(3)]

    assert len(_saved) == 1
    assert [answer.headers["Location"] for answer in answers] == ["/tracker/done/", "/tracker/", "/tracker/"]


def test_sign_in_leads_to_the_kept_form_also_where_the_way_to_it_was_lost(browser: Client, alice: User) -> None:
    send_signed_out(browser, a_form(alice))

    assert sign_in(browser).headers["Location"] == reverse("kept_form")


def test_a_form_that_needs_mending_is_shown_at_its_own_address(browser: Client, alice: User) -> None:
    send_signed_out(browser, a_form(alice, note="wrong"))
    sign_in(browser)

    assert press_save(browser).content == b"mend it at /tracker/stand-in/"


def test_a_kept_form_is_thrown_away_on_request(browser: Client, alice: User) -> None:
    send_signed_out(browser, a_form(alice))
    sign_in(browser)

    answer = browser.post(reverse("kept_form"), {"csrfmiddlewaretoken": token(browser, reverse("account_logout"))})
    press_save(browser)

    assert answer.status_code == 303
    assert _saved == []


# --- What nobody sees -------------------------------------------------------------------------------------------


def test_what_was_typed_is_never_shown_and_is_sealed_in_the_session(browser: Client, alice: User) -> None:
    refused = send_signed_out(browser, a_form(alice))
    stored = [str(session.get_decoded()) for session in Session.objects.all()]
    sign_in(browser)

    assert MARKER not in kept_page(browser)
    assert MARKER not in refused.headers["Location"]
    assert stored
    assert not [text for text in stored if MARKER in text or "note" in text]


def test_another_person_who_signs_in_gets_nothing_and_the_form_is_gone(browser: Client, alice: User) -> None:
    bob = account(BOB)
    send_signed_out(browser, a_form(alice))
    sign_in(browser, bob.email)

    page = browser.get(reverse("kept_form"))
    answer = press_save(browser)

    assert (page.status_code, page.headers["Location"]) == (303, "/tracker/")
    assert answer.headers["Location"] == "/tracker/"
    assert "kept_form" not in browser.session
    assert _saved == []


def test_a_form_without_a_csrf_token_is_not_kept(browser: Client, alice: User) -> None:
    answer = browser.post(PATH, a_form(alice))

    assert answer.status_code == 403
    assert not Session.objects.exists()


def test_the_button_needs_its_csrf_token_too(browser: Client, alice: User) -> None:
    send_signed_out(browser, a_form(alice))
    sign_in(browser)

    answer = browser.post(PATH, {"send_kept_form": "1"})

    assert answer.status_code == 403
    assert _saved == []


def test_a_form_is_sent_to_no_other_address_than_its_own(browser: Client, alice: User) -> None:
    send_signed_out(browser, a_form(alice))
    sign_in(browser)

    press_save(browser, "/tracker/other/")

    assert _saved == []


@pytest.mark.parametrize("passed", [timedelta(minutes=30), timedelta(minutes=50)])
def test_a_form_is_kept_for_thirty_minutes(browser: Client, alice: User, passed: timedelta) -> None:
    send_signed_out(browser, a_form(alice))
    with time_machine.travel(START + timedelta(minutes=29), tick=False):
        sign_in(browser)
        in_time = browser.get(reverse("kept_form")).status_code

    with time_machine.travel(START + passed, tick=False):
        too_late = browser.get(reverse("kept_form")).status_code

    assert (in_time, too_late) == (200, 303)


@pytest.mark.parametrize(
    "fields",
    [
        {"note": "x" * (kept_forms.BYTES_AT_MOST + 1)},
        {"form_id": None},
    ],
    ids=["too much", "no form id"],
)
def test_a_form_that_cannot_be_kept_leads_to_sign_in_as_ever(
    browser: Client, alice: User, fields: dict[str, Any]
) -> None:
    form = {name: value for name, value in a_form(alice, **fields).items() if value is not None}

    answer = send_signed_out(browser, form)

    assert answer.headers["Location"] == f"{reverse('account_login')}?next={PATH}"
    assert not Session.objects.exists()


def test_a_stranger_cannot_fill_the_session_table(browser: Client, alice: User) -> None:
    for _ in range(kept_forms.FROM_ONE_ADDRESS + 5):
        Client().post(PATH, a_form(alice))

    assert Session.objects.count() == kept_forms.FROM_ONE_ADDRESS


def test_a_form_outside_the_tracker_is_not_kept(browser: Client, alice: User) -> None:
    answer = send_signed_out(browser, a_form(alice), reverse("account_change_password"))

    assert "kept" not in answer.headers["Location"]
    assert not Session.objects.exists()


# --- The id of a form -------------------------------------------------------------------------------------------


def test_the_id_of_a_form_is_read_by_its_own_person_alone(alice: User) -> None:
    bob = account(BOB)

    value = new_form_id(alice)

    assert read_form_id(value, alice) == uuid.UUID(value.split(".")[0])
    assert read_form_id(value, bob) is None


def test_two_forms_have_two_ids(alice: User) -> None:
    assert new_form_id(alice) != new_form_id(alice)


@pytest.mark.parametrize("change", ["", ".", "x", "%s.", ".%s", "%sx", "1%s", "%s.x"])
def test_a_changed_id_of_a_form_is_none(alice: User, change: str) -> None:
    value = change.replace("%s", new_form_id(alice))

    assert read_form_id(value, alice) is None

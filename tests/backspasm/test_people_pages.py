"""The pages about editors: what administrators see, and that nobody else does, patients' addresses least of all."""

from typing import Any, Final

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from backspasm.models import User
from education import roles
from tests.backspasm.staff import account, add_app, add_key, administrator, change, editor, groups, signed_in

pytestmark = pytest.mark.django_db

ALICE: Final = "alice@example.org"
BOB: Final = "bob@example.org"
PEOPLE: Final = "/admin/backspasm/staffmember/"
ADD: Final = f"{PEOPLE}add/"


@pytest.fixture(autouse=True)
def quick(settings: Settings) -> None:
    """Slow hashing is not what is tested here."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def boss() -> User:
    return administrator()


@pytest.fixture
def client_of_boss(boss: User) -> Client:
    return signed_in(boss)


def names_of(person: User) -> list[str]:
    return sorted(person.groups.values_list("name", flat=True))


def test_the_list_shows_editors_with_roles_and_second_factor(client_of_boss: Client) -> None:
    add_app(editor("with-app@example.org", "Author", "Publisher"))
    add_key(editor("with-key@example.org"))
    editor("with-none@example.org")

    rows = client_of_boss.get(PEOPLE).context["cl"].queryset

    assert {person.email: person.has_second_factor for person in rows} == {
        "admin@example.org": False,
        "with-app@example.org": True,
        "with-key@example.org": True,
        "with-none@example.org": False,
    }


def test_the_list_names_the_roles(client_of_boss: Client) -> None:
    editor(BOB, "Publisher", "Author")

    assert "Author, Publisher" in client_of_boss.get(PEOPLE).content.decode()


def test_the_list_asks_the_database_as_often_for_many_as_for_one(client_of_boss: Client) -> None:
    client_of_boss.get(PEOPLE)  # the first visit is stamped
    with CaptureQueriesContext(connection) as few:
        client_of_boss.get(PEOPLE)
    for number in range(5):
        editor(f"editor{number}@example.org", "Author")

    with CaptureQueriesContext(connection) as many:
        client_of_boss.get(PEOPLE)

    assert len(many) == len(few)


def test_a_page_shows_no_password(client_of_boss: Client) -> None:
    bob = editor()

    page = client_of_boss.get(change(bob)).content.decode()

    assert bob.email in page
    assert bob.password not in page
    assert "password" not in page.partition('<div id="content-main">')[2].lower()


def test_a_patients_account_cannot_be_opened(client_of_boss: Client) -> None:
    alice = account(ALICE)

    page = client_of_boss.get(change(alice))
    answer = client_of_boss.post(change(alice), {"is_staff": "on", "is_active": "on"})

    alice.refresh_from_db()
    assert (page.status_code, answer.status_code) == (302, 302)
    assert not alice.is_staff


@pytest.mark.parametrize("role", list(roles.ROLES))
@pytest.mark.parametrize("path", [PEOPLE, ADD])
def test_an_editor_of_any_role_cannot_name_editors(path: str, role: str) -> None:
    bob = editor(BOB, role)

    assert signed_in(bob).get(path).status_code == 403


def test_an_editor_cannot_give_themselves_a_role(boss: User) -> None:
    bob = editor(BOB, "Author")

    response = signed_in(bob).post(change(bob), {"groups": groups("Publisher"), "is_staff": "on", "is_active": "on"})

    assert response.status_code == 403
    assert names_of(bob) == ["Author"]


def some_page(model: Any, client: Client) -> list[str]:
    base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    first = model._default_manager.order_by("pk").first()
    pages = [reverse(f"{base}_changelist"), reverse(f"{base}_add")]
    return [*pages, reverse(f"{base}_change", args=[first.pk])] if first else pages


@pytest.mark.parametrize("model", list(admin.site._registry), ids=lambda model: model._meta.label)
def test_no_page_of_the_admin_shows_a_patients_address(client_of_boss: Client, model: Any) -> None:
    """A menu of users, for example who changed an article, would list everybody who has an account."""
    account(ALICE)

    shown = [client_of_boss.get(path, follow=True).content.decode() for path in some_page(model, client_of_boss)]

    assert not [page for page in shown if ALICE in page]

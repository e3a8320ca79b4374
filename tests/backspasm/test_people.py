"""Editors: who can be named, what is taken away, what the log keeps, and that nobody is locked out."""

from typing import Any, Final

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from backspasm.models import StaffMember, User
from education import roles
from tests.backspasm.staff import account, administrator, change, editor, groups, signed_in

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


def errors(response: Any) -> str:
    form = response.context["adminform"].form
    return " ".join(str(error) for found in form.errors.values() for error in found)


# --- Naming an editor -------------------------------------------------------------------------------------------


def test_an_account_becomes_an_editor_with_its_roles_and_keeps_its_password(client_of_boss: Client) -> None:
    alice = account(ALICE)
    password = alice.password

    response = client_of_boss.post(ADD, {"email": " Alice@Example.org", "groups": groups("Author", "Publisher")})

    alice.refresh_from_db()
    assert response.headers["Location"] == PEOPLE
    assert (alice.is_staff, alice.is_superuser, alice.password) == (True, False, password)
    assert names_of(alice) == ["Author", "Publisher"]


def test_an_editor_has_the_permissions_of_the_roles(client_of_boss: Client) -> None:
    account(ALICE)

    client_of_boss.post(ADD, {"email": ALICE, "groups": groups("Publisher")})

    alice = User.objects.get(email=ALICE)
    assert alice.has_perm(roles.MAY_PUBLISH)
    assert not alice.has_perm(roles.MAY_APPROVE)


def test_no_account_is_made_for_an_address_that_has_none(client_of_boss: Client) -> None:
    before = User.objects.count()

    response = client_of_boss.post(ADD, {"email": ALICE, "groups": groups("Author")})

    assert errors(response) == "No account has this address. Ask the person to make one first."
    assert User.objects.count() == before


def test_an_address_that_is_not_confirmed_is_refused(client_of_boss: Client) -> None:
    alice = account(ALICE, verified=False)

    response = client_of_boss.post(ADD, {"email": ALICE, "groups": groups("Author")})

    alice.refresh_from_db()
    assert errors(response).startswith("This address is not confirmed yet.")
    assert not alice.is_staff


def test_an_editor_is_not_named_twice(client_of_boss: Client) -> None:
    bob = editor(BOB, "Author")

    response = client_of_boss.post(ADD, {"email": BOB, "groups": groups("Publisher")})

    assert errors(response) == "This person is an editor already."
    assert names_of(bob) == ["Author"]


# --- Changing and taking away -----------------------------------------------------------------------------------


def test_roles_are_changed(client_of_boss: Client) -> None:
    bob = editor(BOB, "Author")
    data = {"groups": groups("Clinical reviewer"), "is_staff": "on", "is_active": "on"}

    client_of_boss.post(change(bob), data)

    bob.refresh_from_db()
    assert names_of(bob) == ["Clinical reviewer"]
    assert bob.is_staff
    assert bob.is_active


def test_whoever_is_no_longer_an_editor_keeps_the_account_and_no_right(client_of_boss: Client) -> None:
    other = administrator("other@example.org")
    other.groups.set(groups("Author"))
    other.user_permissions.add(Permission.objects.get(codename="publish_publication"))

    client_of_boss.post(change(other), {"groups": groups("Author"), "is_active": "on"})

    other = User.objects.get(pk=other.pk)
    assert (other.is_active, other.is_staff, other.is_superuser) == (True, False, False)
    assert not other.get_all_permissions()


def test_whoever_is_switched_off_is_signed_out_at_once(client_of_boss: Client) -> None:
    bob = editor(BOB, "Author")
    client_of_bob = signed_in(bob)

    client_of_boss.post(change(bob), {"groups": groups("Author"), "is_staff": "on"})

    assert client_of_bob.get("/admin/").status_code == 302
    assert names_of(bob) == ["Author"]


def test_a_change_of_roles_does_not_write_back_an_old_password(
    client_of_boss: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    bob = editor(BOB)
    model_admin = admin.site._registry[StaffMember]
    save = model_admin.save_model

    def save_late(request: Any, obj: Any, form: Any, is_change: bool) -> None:
        User.objects.filter(pk=bob.pk).update(password="changed meanwhile")
        save(request, obj, form, is_change)

    monkeypatch.setattr(model_admin, "save_model", save_late)
    client_of_boss.post(change(bob), {"groups": [], "is_staff": "on", "is_active": "on"})

    bob.refresh_from_db()
    assert bob.password == "changed meanwhile"


@pytest.mark.parametrize("kept", [{"is_staff": "on"}, {"is_active": "on"}, {}])
def test_nobody_takes_away_their_own_access(client_of_boss: Client, boss: User, kept: dict[str, str]) -> None:
    administrator("other@example.org")

    response = client_of_boss.post(change(boss), kept)

    boss.refresh_from_db()
    assert errors(response) == "You cannot take away your own access. Ask another administrator."
    assert boss.is_staff
    assert boss.is_active


def test_an_administrator_can_be_switched_off_by_another(client_of_boss: Client) -> None:
    other = administrator("other@example.org")

    client_of_boss.post(change(other), {"is_staff": "on"})

    other.refresh_from_db()
    assert not other.is_active


def test_the_last_administrator_stays_when_two_switch_each_other_off(
    client_of_boss: Client, boss: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other's request is first: it is done after ours was let in and before ours is checked."""
    other = administrator("other@example.org")
    model_admin = admin.site._registry[StaffMember]
    get_form = model_admin.get_form

    def get_form_late(*args: Any, **kwargs: Any) -> Any:
        User.objects.filter(pk=boss.pk).update(is_active=False)
        return get_form(*args, **kwargs)

    monkeypatch.setattr(model_admin, "get_form", get_form_late)
    response = client_of_boss.post(change(other), {"is_staff": "on"})

    other.refresh_from_db()
    assert errors(response) == "This is the last administrator who can sign in."
    assert other.is_active


def test_an_account_cannot_be_deleted_here(client_of_boss: Client) -> None:
    bob = editor()

    response = client_of_boss.post(reverse("admin:backspasm_staffmember_delete", args=[bob.pk]), {"post": "yes"})

    assert response.status_code == 403
    assert User.objects.filter(pk=bob.pk).exists()


# --- The log ----------------------------------------------------------------------------------------------------


def test_the_log_keeps_every_change_of_access(client_of_boss: Client, boss: User) -> None:
    account(ALICE)
    client_of_boss.post(ADD, {"email": ALICE, "groups": groups("Publisher", "Author")})
    alice = User.objects.get(email=ALICE)
    client_of_boss.post(change(alice), {"groups": groups("Author"), "is_staff": "on"})
    client_of_boss.post(change(alice), {"groups": [], "is_staff": "on", "is_active": "on"})
    client_of_boss.post(change(alice), {"groups": groups("Author"), "is_active": "on"})

    log = LogEntry.objects.filter(user=boss, object_id=str(alice.pk)).order_by("pk")

    assert [entry.get_change_message() for entry in log] == [
        "Roles: Author, Publisher.",
        "Roles: Author. Switched off.",
        "Roles: none.",
        "No longer an editor.",
    ]

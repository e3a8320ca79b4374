"""The roles of editors: what the migration makes on an empty database, and who may do what."""

import importlib
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.management import create_contenttypes
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from backspasm.models import User
from education import roles

MIGRATION: Any = importlib.import_module("education.migrations.0003_roles")

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def past() -> Any:
    """The models as they stood at this migration."""
    return MigrationLoader(None).project_state(("education", "0003_roles")).apps


def forwards(past: Any) -> None:
    MIGRATION.add_roles(past, SimpleNamespace(connection=connection))


def backwards(past: Any) -> None:
    MIGRATION.remove_roles(past, SimpleNamespace(connection=connection))


def forget_everything() -> None:
    """As on a database where no migration has been followed by Django's own rows yet."""
    Group.objects.all().delete()
    Permission.objects.all().delete()
    ContentType.objects.filter(app_label="education").delete()
    ContentType.objects.clear_cache()


def permissions_of(group: Group) -> set[str]:
    return set(group.permissions.values_list("codename", flat=True))


def names_by_codename() -> dict[str, str]:
    rows = Permission.objects.filter(content_type__app_label="education")
    return dict(rows.values_list("codename", "name"))


# --- The migration ----------------------------------------------------------------------------------------------


def test_the_migration_makes_the_roles_of_today() -> None:
    """Fails when a role is changed: the change needs a migration of its own, and this test its copy."""
    assert {name: set(codenames) for name, codenames in MIGRATION.ROLES.items()} == roles.ROLES


def test_a_new_database_has_the_roles() -> None:
    assert {group.name: permissions_of(group) for group in Group.objects.all()} == roles.ROLES


def test_the_roles_are_made_before_django_has_made_any_permission(past: Any) -> None:
    forget_everything()

    forwards(past)

    assert {group.name: permissions_of(group) for group in Group.objects.all()} == roles.ROLES


def test_django_finds_the_permissions_and_makes_none_twice(past: Any) -> None:
    forget_everything()
    forwards(past)
    made = set(Permission.objects.values_list("pk", flat=True))

    config = apps.get_app_config("education")
    create_contenttypes(config, verbosity=0)
    create_permissions(config, verbosity=0)

    codenames = list(Permission.objects.values_list("codename", flat=True))
    assert made <= set(Permission.objects.values_list("pk", flat=True))
    assert len(codenames) == len(set(codenames))


def test_the_permissions_have_the_names_that_django_gives(past: Any) -> None:
    django_names = names_by_codename()
    forget_everything()
    forwards(past)

    names = names_by_codename()

    assert names.items() <= django_names.items()


def test_making_the_roles_twice_is_harmless(past: Any) -> None:
    forwards(past)

    assert {group.name: permissions_of(group) for group in Group.objects.all()} == roles.ROLES


def test_going_back_removes_roles_that_nobody_has_and_no_others(past: Any) -> None:
    person = User.objects.create_user("editor@example.org")
    person.groups.add(Group.objects.get(name=roles.AUTHOR))
    Group.objects.create(name="Somebody else's")

    backwards(past)

    assert set(Group.objects.values_list("name", flat=True)) == {roles.AUTHOR, "Somebody else's"}
    assert person.groups.exists()


def test_going_back_twice_is_harmless(past: Any) -> None:
    backwards(past)
    backwards(past)

    assert not Group.objects.exists()


# --- What the roles mean ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("permission", "holders"),
    [
        (roles.MAY_PUBLISH, {roles.PUBLISHER}),
        (roles.MAY_APPROVE, {roles.CLINICAL_REVIEWER}),
        (roles.MAY_REVIEW, {roles.CLINICAL_REVIEWER}),
        ("education.change_article", {roles.AUTHOR}),
        ("education.delete_feedback", {roles.PUBLISHER}),
        ("education.view_article", set(roles.ROLES)),
    ],
)
def test_a_permission_belongs_to_these_roles(permission: str, holders: set[str]) -> None:
    people = {name: User.objects.create_user(f"{number}@example.org") for number, name in enumerate(roles.ROLES)}
    for name, person in people.items():
        person.groups.add(Group.objects.get(name=name))

    assert {name for name, person in people.items() if person.has_perm(permission)} == holders


def test_nobody_deletes_content_or_changes_what_was_published() -> None:
    frozen = ("publication", "edition", "revision", "draft")
    granted = set().union(*roles.ROLES.values())

    assert {codename for codename in granted if codename.startswith("delete_")} == {"delete_feedback"}
    assert not {f"{action}_{model}" for action in ("add", "change") for model in frozen} & granted

"""Fills a database with reminders faster than the ORM could: one row of each table is made, then copied in SQL."""

import hashlib
import sqlite3
import uuid
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from itertools import product
from typing import Any, Final

from django.apps import apps
from django.db import connection, models, transaction

from backspasm.models import User
from tracker.models import AgeBand, Consent, Delivery, Patient, Recurrence, Reminder, ReminderSettings

REMINDERS_OF_ONE: Final = 10
JUST_BEFORE: Final = timedelta(seconds=1)
TWO_HOURS: Final = timedelta(hours=2)
FILLED: Final = (Delivery, Reminder, ReminderSettings, Patient, Consent, User)


def empty() -> None:
    """Forget every patient."""
    patients = list(apps.get_app_config("tracker").get_models())
    copied = User.objects.filter(email__startswith="patient")
    if connection.vendor == "postgresql":
        tables = ", ".join(f'"{model._meta.db_table}"' for model in patients)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {tables}")
            cursor.execute("SET LOCAL session_replication_role = replica")  # nothing refers to them any more
            copied._raw_delete(connection.alias)
        return
    with connection.constraint_checks_disabled():
        for model in patients:
            model._base_manager.all()._raw_delete(connection.alias)
        copied._raw_delete(connection.alias)


def id_of(name: str, number: int) -> str:
    """Return the id of the copy ``number``: scattered like every id here, and the same in both databases."""
    return hashlib.md5(f"{name}{number}".encode(), usedforsecurity=False).hexdigest()


def fill(
    *,
    count: int,
    due: int,
    now: datetime,
    kinds: tuple[str, ...] = ("own", "walk", "ice", "position"),
    channels: tuple[str, ...] = ("email",),
) -> None:
    """Store ``count`` reminders, ``due`` of which fell due just before ``now``, each of another patient.

    Half of them count minutes, half are times of day; kinds and channels are evenly mixed; the labels are empty.
    Nobody has quiet hours.
    """
    patients = max(count // REMINDERS_OF_ONE, due)
    mixed = product(kinds, (True, False), channels)
    templates = [template(kind, channel, now, is_every=is_every) for kind, is_every, channel in mixed]
    user = templates[0].user
    with transaction.atomic(), connection.cursor() as cursor:
        if isinstance(connection.connection, sqlite3.Connection):
            connection.connection.create_function("id_of", 2, id_of, deterministic=True)
        people = {"id": "{user}", "email": "'patient' || i || '@example.org'"}
        cursor.execute(copies(user, people, patients))
        for model in (Consent, Patient, ReminderSettings):
            columns = {"id": f"{{{model.__name__.lower()}}}", "user_id": "{user}"}
            if model is Patient:
                columns["consent_id"] = "{consent}"
            cursor.execute(copies(model.objects.get(user=user), columns, patients))
        for place, row in enumerate(templates):
            mine = {"id": "{reminder}", "user_id": "{user}", "next_due_at": moment(now, due)}
            cursor.execute(copies(row, mine, count, step=len(templates), first=place, patients=patients))
        for row in templates:
            row.delete()
        if connection.vendor == "postgresql":
            for filled_model in FILLED:
                cursor.execute(f'ANALYZE "{filled_model._meta.db_table}"')  # as autovacuum would, a little later


def due_again(*, due: int, now: datetime) -> None:
    """Let the first ``due`` reminders fall due just before ``now``, at one moment each, and forget every Delivery."""
    Delivery.objects.all()._raw_delete(connection.alias)
    keys = [uuid.UUID(id_of("reminder", number)) for number in range(due)]
    due_at = now - JUST_BEFORE
    for first in range(0, due, 500):
        rows = Reminder.objects.filter(pk__in=keys[first : first + 500])
        rows.filter(recurrence=Recurrence.EVERY).update(next_due_at=due_at, counts_from_at=due_at - TWO_HOURS)
        rows.exclude(recurrence=Recurrence.EVERY).update(next_due_at=due_at)


def template(kind: str, channel: str, now: datetime, *, is_every: bool) -> Reminder:
    """Return a reminder to copy; the first one comes with its patient."""
    user, is_new = User.objects.get_or_create(email="patient@example.org", defaults={"password": "!"})
    if is_new:
        consent = Consent.objects.create(user=user, version="1", given_at=now - timedelta(days=30))
        circumstances = "is_pregnant has_reduced_feeling avoids_exercise avoids_anti_inflammatories has_weak_bones"
        answers: Mapping[str, Any] = dict.fromkeys(circumstances.split(), False)
        set_up = {"time_zone": "Europe/Paris", "age_band": AgeBand.FROM_18, "set_up_at": consent.given_at}
        Patient.objects.create(user=user, consent=consent, **set_up, **answers)
        ReminderSettings.objects.create(user=user, quiet_from=time(0), quiet_to=time(0))
    row: Reminder = Reminder.objects.create(
        user=user,
        kind=kind,
        step_key={"walk": "gentle_walk", "ice": "ice_on_back"}.get(kind, ""),
        edition=1,
        recurrence=Recurrence.EVERY if is_every else Recurrence.AT_TIMES,
        every_minutes=120 if is_every else None,
        counts_from_at=now - JUST_BEFORE - TWO_HOURS if is_every else None,
        times=[] if is_every else ["09:00", "18:00"],
        time_zone="Europe/Paris",
        channels=[channel],
        next_due_at=now + timedelta(days=1),
        created_at=now - timedelta(days=2),
        changed_at=now - timedelta(days=2),
    )
    return row


def moment(now: datetime, due: int) -> str:
    """Return the SQL of a reminder's next moment: just past for the first ``due``, then later and later."""
    return f"CASE WHEN i < {due} THEN {literal(now - JUST_BEFORE)} ELSE {literal(now + timedelta(days=1))} END"


def literal(at: datetime) -> str:
    """Return a moment in SQL."""
    return f"'{at:%Y-%m-%d %H:%M:%S.%f}{'+00' if connection.vendor == 'postgresql' else ''}'" + (
        "::timestamptz" if connection.vendor == "postgresql" else ""
    )


def copies(
    row: models.Model, columns: Mapping[str, str], count: int, *, step: int = 1, first: int = 0, patients: int = 0
) -> str:
    """Return the statement that copies ``row`` as the numbers ``first``, ``first + step`` ... below ``count``.

    ``columns`` has the SQL of those that differ; in it ``{user}`` is the id of the copy's patient.
    """
    is_postgres = connection.vendor == "postgresql"
    table = row._meta.db_table
    names = [str(field.column) for field in row._meta.concrete_fields]
    values = ", ".join(filled(columns[name], patients) if name in columns else f't."{name}"' for name in names)
    series = (
        f"generate_series({first}, {count - 1}, {step}) AS s(i)"
        if is_postgres
        else f"(WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL SELECT i + {step} FROM n WHERE i + {step} < {count})"
        " SELECT i FROM n) AS s"
    )
    key = str(row.pk) if is_postgres else uuid.UUID(str(row.pk)).hex
    listed = ", ".join(f'"{name}"' for name in names)
    return f'INSERT INTO "{table}" ({listed}) SELECT {values} FROM "{table}" AS t, {series} WHERE t.id = \'{key}\''


def filled(sql: str, patients: int) -> str:
    """Return SQL with the ids put in."""
    make = "md5('{0}' || ({1}))::uuid" if connection.vendor == "postgresql" else "id_of('{0}', {1})"
    for name in ("user", "consent", "patient", "remindersettings", "reminder"):
        made = make.format(name, f"i % {patients}" if patients and name == "user" else "i")
        sql = sql.replace(f"{{{name}}}", made)
    return sql

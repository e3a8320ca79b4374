"""Brings a person's own file into their empty diary: all of it, or nothing."""

import secrets
import uuid
from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from backspasm import audit
from backspasm.models import User
from tracker.models import Delivery, DeliveryStatus, Patient, Reminder, ReminderSettings, VisitLink
from tracker.reports.json_reading import Refused, Row, Tables
from tracker.reports.tables import DIARY, TABLES, parents

AT_ONCE: Final = 500
# Why a delivery that still waited in the file is not sent from here.
IMPORTED: Final = "imported"
_SETTINGS: Final = "reminder_settings"
# What the set-up asks. An answer given here is newer than any in a file, and stays.
ANSWERS: Final = (
    "is_pregnant",
    "has_reduced_feeling",
    "avoids_exercise",
    "avoids_anti_inflammatories",
    "has_weak_bones",
)


class NotEmpty(Exception):
    """There is a diary already; two are never mixed."""


def is_empty(user: User) -> bool:
    """Whether the person has logged nothing yet. Quiet hours and the like are no entries."""
    models: list[Any] = [TABLES[name] for name in DIARY if name != _SETTINGS]
    return not any(model.objects.of(user).exists() for model in models)


def bring_in(*, patient: Patient, tables: Tables, now: datetime) -> int:
    """Store the rows of a file that ``json_reading.read`` has accepted; return how many. ``now`` is aware UTC.

    A row keeps its id unless the site has a row with that id already: then it gets a new one, and what refers to it
    follows. No other row is touched, whosever it is. Consents and choices for reminders stay the account's own. Nothing
    is sent by this: reminders come back switched off. Raises NotEmpty, and Refused where the database has a rule that
    the file breaks.
    """
    try:
        with transaction.atomic():
            # Two files sent at once: the second waits here, and then finds the diary of the first.
            held = Patient.objects.of(patient.user).select_for_update().get()
            if held.consent_id is None:
                raise Refused(_("You have withdrawn your consent, so nothing may be kept."))
            if not is_empty(patient.user):
                raise NotEmpty
            ids = _ids(tables)
            has_settings = ReminderSettings.objects.of(patient.user).exists()
            wanted = [name for name in DIARY if name != _SETTINGS or not has_settings]
            stored = sum(_store(name, tables[name], ids, patient.user) for name in wanted)
            _fill_in_answers(held, tables["patient"])
            audit.record(event="data.imported", now=now, actor=patient.user.pk, subject=patient.user.pk)
    except IntegrityError as error:
        raise Refused(_("The rows of this file do not go together.")) from error
    return stored


def _ids(tables: Tables) -> dict[tuple[str, uuid.UUID], uuid.UUID]:
    """Return the id that each row of the file gets here."""
    ids: dict[tuple[str, uuid.UUID], uuid.UUID] = {}
    for name in DIARY:
        wanted = [row["id"] for row in tables[name]]
        taken = set()
        for first in range(0, len(wanted), AT_ONCE):
            model: Any = TABLES[name]
            taken |= set(model.objects.filter(pk__in=wanted[first : first + AT_ONCE]).values_list("pk", flat=True))
        ids |= {(name, old): uuid.uuid4() if old in taken else old for old in wanted}
    return ids


def _store(name: str, rows: list[Row], ids: dict[tuple[str, uuid.UUID], uuid.UUID], user: User) -> int:
    model: Any = TABLES[name]
    references = dict(parents(name))
    made = []
    for row in rows:
        values = {key: value for key, value in row.items() if key not in references}
        values |= {
            f"{key}_id": None if row[key] is None else ids[parent, row[key]] for key, parent in references.items()
        }
        values["id"] = ids[name, row["id"]]
        if model is VisitLink:
            # Nobody knows the token of this one: a link that a file tells of opens nothing.
            values["token_hash"] = secrets.token_hex(32)
        _keep_quiet(model, values)
        made.append(model(user=user, **values))
    model.objects.bulk_create(made, batch_size=AT_ONCE)
    return len(made)


def _keep_quiet(model: Any, values: Row) -> None:
    """Switch off what would send: its owner is asked, here, before anything goes out from here."""
    if model is Reminder and values["is_active"]:
        values |= {"is_active": False, "next_due_at": None}
    if model is Delivery and values["status"] == DeliveryStatus.PENDING:
        values |= {"status": DeliveryStatus.SKIPPED, "reason": IMPORTED}


def _fill_in_answers(patient: Patient, rows: list[Row]) -> None:
    """Take from the file what this account has not been asked yet."""
    if not rows or patient.set_up_at is not None:
        return
    row = rows[0]
    patient.age_band = patient.age_band or row["age_band"]
    for name in ANSWERS:
        if getattr(patient, name) is None:
            setattr(patient, name, row[name])
    patient.save()

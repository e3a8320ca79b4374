"""The tables of a patient's own file, parents first: their names there, their columns, and the codes they hold."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db import models

from tracker import models as rows
from tracker.models import Place, Trigger

if TYPE_CHECKING:
    Column = models.Field[Any, Any]
else:
    Column = models.Field

FORMAT_PATH: Final = "/schemas/diary-export/v1"

TABLES: Final[Mapping[str, type[models.Model]]] = {
    "consents": rows.Consent,
    "patient": rows.Patient,
    "episodes": rows.Episode,
    "activities": rows.Activity,
    "check_ins": rows.CheckIn,
    "activity_ratings": rows.ActivityRating,
    "check_in_revisions": rows.CheckInRevision,
    "step_logs": rows.StepLog,
    "prevention_plans": rows.PreventionPlan,
    "weekly_check_ins": rows.WeeklyCheckIn,
    "medicines": rows.Medicine,
    "medicine_revisions": rows.MedicineRevision,
    "doses": rows.Dose,
    "emergency_checks": rows.EmergencyCheck,
    "holds": rows.Hold,
    "clinician_checks": rows.ClinicianCheck,
    "visit_questions": rows.VisitQuestion,
    "visit_links": rows.VisitLink,
    "visit_openings": rows.VisitOpening,
    "reminder_settings": rows.ReminderSettings,
    "reminders": rows.Reminder,
    "deliveries": rows.Delivery,
}
# A file from before there were reminders has none of these, and is brought in all the same.
ADDED_LATER: Final = frozenset({"reminder_settings", "reminders", "deliveries"})
# What opens or reaches something: addresses, keys and hashes of links. No file holds them; they are made anew.
SECRETS: Final[frozenset[type[models.Model]]] = frozenset(
    {rows.PushDevice, rows.MessageLink, rows.StopLink, rows.CalendarFeed}
)
# The answers of the set-up and the consents are the account's own: a file cannot agree to anything.
OF_THE_ACCOUNT: Final = ("consents", "patient")
DIARY: Final = tuple(name for name in TABLES if name not in OF_THE_ACCOUNT)

# The account itself is whoever signs in; a hash that opens a link is a secret, and no part of a diary.
# Which sender holds a delivery right now is nothing about the person.
LEFT_OUT: Final = frozenset(
    {(model, "user") for model in TABLES.values()}
    | {(rows.VisitLink, "token_hash")}
    | {(rows.Delivery, name) for name in ("lease", "leased_until", "dispatched_until")}
)

OLD_VALUES_AT_MOST: Final = 10_000
LIST_AT_MOST: Final = 60
_PLACES: Final = frozenset(Place.values)
_TRIGGERS: Final = frozenset(Trigger.values)
_SIGN: Final = r"^[EC][1-9][0-9]?$"
_KEY: Final = r"^[-a-zA-Z0-9_]+$"
_CLOCK: Final = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
_CHANNELS: Final = frozenset({"app", "email", "webpush"})


@dataclass(frozen=True)
class Codes:
    """A list of codes: one of ``allowed``, or of the form of ``pattern``."""

    allowed: frozenset[str] = frozenset()
    pattern: str = ""


@dataclass(frozen=True)
class Numbers:
    """A list of whole numbers from 0 to ``most``."""

    most: int


@dataclass(frozen=True)
class Answers:
    """An object from the code of a sign to 'yes', 'no' or 'not_sure'."""

    pattern: str = _SIGN
    allowed: frozenset[str] = frozenset({"yes", "no", "not_sure"})


STRUCTURES: Final[Mapping[tuple[str, str], Codes | Numbers | Answers]] = {
    ("episodes", "places"): Codes(_PLACES),
    ("episodes", "triggers"): Codes(_TRIGGERS),
    ("weekly_check_ins", "yesterday"): Codes(_TRIGGERS),
    ("prevention_plans", "exercises"): Codes(pattern=_KEY),
    ("emergency_checks", "codes"): Codes(pattern=_SIGN),
    ("emergency_checks", "answers"): Answers(),
    ("holds", "codes"): Codes(pattern=_SIGN),
    ("clinician_checks", "answers"): Answers(),
    ("reminders", "also_step_keys"): Codes(pattern=_KEY),
    ("reminders", "times"): Codes(pattern=_CLOCK),
    ("reminders", "weekdays"): Numbers(6),
    ("reminders", "channels"): Codes(_CHANNELS),
    ("deliveries", "reached"): Codes(pattern=_KEY),
}
# Old values are texts that the tracker itself wrote; what else stands in a sealed column is as long as its form allows.
OLD_VALUES: Final = "old_values"


def columns(name: str) -> Sequence[Column]:
    """Return the columns of a table in the file, in the model's order."""
    model = TABLES[name]
    return [field for field in model._meta.concrete_fields if (model, field.name) not in LEFT_OUT]  # noqa: SLF001


def key_of(field: Column) -> str:
    """Return a column's key in the file: a reference is called after what it refers to."""
    return str(field.name)


def parents(name: str) -> Iterator[tuple[str, str]]:
    """Yield each column of a table that refers to another table of the file, and that table's name."""
    names = {model: other for other, model in TABLES.items()}
    for field in columns(name):
        if field.remote_field is not None:
            yield key_of(field), names[field.remote_field.model]

"""What the rules need of patients themselves: zone, quiet hours, a pause, consent, a hold, circumstances."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, Final, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q

from tracker import patients
from tracker.circumstances import Circumstances
from tracker.limits import QUIET_FROM, QUIET_TO
from tracker.models import Hold, Patient, ReminderSettings
from tracker.reminders.among import among
from tracker.schedule import Quiet

CIRCUMSTANCES: Final = (
    "is_pregnant",
    "has_reduced_feeling",
    "avoids_exercise",
    "avoids_anti_inflammatories",
    "has_weak_bones",
    "age_band",
)
CHOICES: Final = ("quiet_from", "quiet_to", "paused_until_at")
NOTHING_CHOSEN: Final = (QUIET_FROM, QUIET_TO, None)
_HAS_CONSENT: Final = ExpressionWrapper(Q(consent__isnull=False), output_field=BooleanField())


@dataclass(frozen=True, slots=True)
class Person:
    """One patient, as their own rows say."""

    zone: ZoneInfo
    quiet: Quiet
    has_consent: bool
    is_held: bool = False
    paused_until_at: datetime | None = None
    circumstances: Circumstances = Circumstances()  # noqa: RUF009 - frozen


_UTC: Final = ZoneInfo("UTC")
NOBODY: Final = Person(zone=_UTC, quiet=Quiet(QUIET_FROM, QUIET_TO, _UTC), has_consent=False)


def load(users: Collection[UUID]) -> Mapping[UUID, Person]:
    """Return the patients among ``users``, by account. Two queries. Raises KeyError for a zone that is none."""
    chosen = ReminderSettings.objects.filter(among("user", users)).values_list("user_id", *CHOICES)
    choices = {user: rest for user, *rest in chosen}
    held = Hold.objects.filter(user=OuterRef("user"), lifted_at=None)
    rows = Patient.objects.filter(among("user", users)).annotate(has_consent=_HAS_CONSENT, is_held=Exists(held))
    asked = rows.values_list("user_id", "time_zone", "has_consent", "is_held", *CIRCUMSTANCES)
    return {
        user: person(time_zone, has_consent, is_held, answers, choices.get(user, NOTHING_CHOSEN))
        for user, time_zone, has_consent, is_held, *answers in asked
    }


def person(time_zone: str, has_consent: Any, is_held: Any, answers: Sequence[Any], choices: Sequence[Any]) -> Person:
    """Return a patient from columns. ``answers``: of CIRCUMSTANCES; ``choices``: of CHOICES."""
    quiet_from, quiet_to, paused_until_at = choices
    quiet = _quiet(quiet_from, quiet_to, time_zone)
    return Person(quiet.zone, quiet, bool(has_consent), bool(is_held), paused_until_at, _circumstances(*answers))


# Most patients share their hours, and their answers.
@lru_cache(maxsize=1024)
def _quiet(quiet_from: time, quiet_to: time, time_zone: str) -> Quiet:
    return Quiet(quiet_from, quiet_to, ZoneInfo(time_zone))


@lru_cache(maxsize=256)
def _circumstances(*answers: Any) -> Circumstances:
    answered = SimpleNamespace(**dict(zip(CIRCUMSTANCES, answers, strict=True)))
    return patients.circumstances(cast(Patient, answered))

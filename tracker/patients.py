"""The patient: age first, then consent, then what changes the plan; and how all of it ends."""

from datetime import datetime
from typing import Final

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.models import ProtectedError

from backspasm import audit, own_sessions
from backspasm.models import User
from tracker.circumstances import Circumstances, signs_to_show_first
from tracker.consent_words import CONSENT_VERSION
from tracker.local_time import ZONES
from tracker.models import (
    AgeBand,
    CalendarFeed,
    Consent,
    Delivery,
    DeliveryStatus,
    MessageLink,
    Patient,
    PushDevice,
    Reminder,
    VisitLink,
)

__all__ = [
    "CONSENT_VERSION",
    "UNDER_16",
    "answer_age",
    "answer_set_up",
    "circumstances",
    "delete_account",
    "first_signs",
    "give_consent",
    "has_withdrawn",
    "is_old_enough",
    "of",
    "set_time_zone",
    "withdraw_consent",
]

UNDER_16: Final = "under_16"
_SET_UP: Final = (
    "is_pregnant",
    "has_reduced_feeling",
    "avoids_exercise",
    "avoids_anti_inflammatories",
    "has_weak_bones",
)


class AgeNotAnswered(ValueError):
    """Consent was given before the age was asked."""


def of(user: User) -> Patient | None:
    """Return the patient row of an account, or None where the age has not been answered."""
    patient: Patient | None = Patient.objects.of(user).first()
    return patient


def is_old_enough(band: str) -> bool:
    """Say whether an age band may use the tracker on this site."""
    return band in AgeBand.values and (band != AgeBand.FROM_16 or settings.TRACKER_FROM_16)


def circumstances(patient: Patient) -> Circumstances:
    """Return what of a patient changes the care plan. An item not answered yet changes nothing."""
    return Circumstances(
        is_pregnant=bool(patient.is_pregnant),
        has_reduced_feeling=bool(patient.has_reduced_feeling),
        avoids_exercise=bool(patient.avoids_exercise),
        avoids_anti_inflammatories=bool(patient.avoids_anti_inflammatories),
        is_fragile=bool(patient.has_weak_bones) or patient.age_band == AgeBand.OVER_70,
        is_young=patient.age_band == AgeBand.FROM_16,
    )


def first_signs(patient: Patient) -> tuple[str, ...]:
    """Return the codes of the see-somebody signs that stand first for this patient (C8, C10)."""
    return signs_to_show_first(circumstances(patient))


def has_withdrawn(user: User) -> bool:
    """Say whether this person once agreed and has taken it back."""
    consents = Consent.objects.of(user)
    return consents.exists() and not consents.filter(withdrawn_at=None).exists()


@transaction.atomic
def answer_age(*, user: User, band: str, now: datetime) -> Patient | None:
    """Keep the age band. None: too young for the tracker, and the account is deleted.

    Raises ValueError for a band that is none.
    """
    if band not in {UNDER_16, *AgeBand.values}:
        raise ValueError("That is not an age band.")
    if not is_old_enough(band):
        delete_account(user=user, now=now)
        return None
    patient, _is_new = Patient.objects.update_or_create(user=user, defaults={"age_band": band})
    return patient


@transaction.atomic
def give_consent(*, user: User, now: datetime) -> Consent:
    """Keep a 'yes' to today's words; one that stands already is returned. Raises AgeNotAnswered."""
    patient: Patient | None = Patient.objects.lock(user)
    if patient is None or not patient.age_band:
        raise AgeNotAnswered("The age comes first.")
    standing: Consent | None = Consent.objects.of(user).filter(withdrawn_at=None).first()
    if standing is not None:
        return standing
    consent = Consent.objects.create(user=user, version=CONSENT_VERSION, given_at=now)
    patient.consent = consent
    patient.save(update_fields=["consent"])
    audit.record(
        event="consent.given", now=now, actor=user.pk, subject=user.pk, kind="consent", object_id=str(consent.pk)
    )
    return consent


@transaction.atomic
def withdraw_consent(*, user: User, now: datetime) -> None:
    """End the consent: the tracker hides, links stop to open, no reminder leaves. The entries stay until deleted."""
    Patient.objects.lock(user)
    standing: Consent | None = Consent.objects.of(user).filter(withdrawn_at=None).first()
    Patient.objects.of(user).update(consent=None)
    VisitLink.objects.of(user).filter(revoked_at=None).update(revoked_at=now)
    _end_reminders(user, now)
    if standing is None:
        return
    standing.withdrawn_at = max(now, standing.given_at)
    standing.save(update_fields=["withdrawn_at"])
    audit.record(
        event="consent.withdrawn", now=now, actor=user.pk, subject=user.pk, kind="consent", object_id=str(standing.pk)
    )


def _end_reminders(user: User, now: datetime) -> None:
    """Let nothing more leave: what waits, to which device, for which calendar, and the links in what has left.

    Reminders are switched off: who agrees again later says anew what to be reminded of.

    What was handed over already is in the air; the sender writes what became of it, and asks for consent itself.
    """
    waiting = Delivery.objects.of(user).pending().filter(handed_over_at=None)
    waiting.update(
        status=DeliveryStatus.SKIPPED, reason="no_consent", lease=None, leased_until=None, dispatched_until=None
    )
    Reminder.objects.of(user).filter(is_active=True).update(is_active=False, next_due_at=None)
    PushDevice.objects.of(user).delete()
    CalendarFeed.objects.of(user).filter(revoked_at=None).update(revoked_at=now)
    MessageLink.objects.of(user).delete()


@transaction.atomic
def answer_set_up(
    *,
    patient: Patient,
    is_pregnant: bool,
    has_reduced_feeling: bool,
    avoids_exercise: bool,
    avoids_anti_inflammatories: bool,
    has_weak_bones: bool,
    time_zone: str,
    now: datetime,
    age_band: str = "",
) -> Patient:
    """Keep the answers of the set-up, the first time or later; an empty ``age_band`` leaves the age as it is.

    Raises ValueError for an unknown zone, or an age at which this site has no tracker.
    """
    _check_zone(time_zone)
    if age_band and not is_old_enough(age_band):
        raise ValueError("No tracker at that age.")
    patient.is_pregnant = is_pregnant
    patient.has_reduced_feeling = has_reduced_feeling
    patient.avoids_exercise = avoids_exercise
    patient.avoids_anti_inflammatories = avoids_anti_inflammatories
    patient.has_weak_bones = has_weak_bones
    patient.time_zone = time_zone
    patient.age_band = age_band or patient.age_band
    event = "settings.changed" if patient.set_up_at else "settings.set_up"
    patient.set_up_at = patient.set_up_at or now
    # Never the consent: another phone may have withdrawn it since the row was read.
    patient.save(update_fields=[*_SET_UP, "time_zone", "age_band", "set_up_at"])
    _record(event, patient, now)
    return patient


@transaction.atomic
def plan_seen(*, patient: Patient, protocol_number: int) -> None:
    """Keep that the patient was told of the care plan as it is in this publication."""
    patient.protocol_number = protocol_number
    patient.save(update_fields=["protocol_number"])


def set_time_zone(*, patient: Patient, time_zone: str, now: datetime) -> Patient:
    """Move a patient to another time zone. Raises ValueError for an unknown one."""
    _check_zone(time_zone)
    patient.time_zone = time_zone
    patient.save(update_fields=["time_zone"])
    _record("settings.changed", patient, now)
    return patient


@transaction.atomic
def delete_account(*, user: User, now: datetime) -> None:
    """Delete the account with all it holds, and end its sessions. One audit row stays, which knows an id only.

    Nothing happens where another phone was quicker.

    An editor's account keeps its place in the history of the pages, without an address and without a way to sign in.
    """
    user_id = user.pk
    # In the order in which a form locks them: it is saved and goes with the rest, or it finds nobody.
    Patient.objects.lock(user)
    if User.objects.select_for_update().filter(pk=user_id).first() is None:
        return
    own_sessions.end_all(user)
    try:
        with transaction.atomic():
            User.objects.get(pk=user_id).delete()
    except ProtectedError:
        _empty(user)
    audit.record(event="account.deleted", now=now, actor=user_id, subject=user_id)


def _empty(user: User) -> None:
    """Take everything from an account that published pages still name as their author or reviewer."""
    for model in apps.get_app_config("tracker").get_models():
        if any(field.name == "user" for field in model._meta.fields):  # noqa: SLF001 - Django's public API
            model._default_manager.filter(user=user).delete()  # noqa: SLF001
    EmailAddress.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    user.groups.clear()
    user.user_permissions.clear()
    user.email = f"{user.pk}@deleted.invalid"
    user.is_active = user.is_staff = user.is_superuser = False
    user.set_unusable_password()
    user.save()


def _check_zone(time_zone: str) -> None:
    if time_zone not in ZONES:
        raise ValueError("That is not a time zone.")


def _record(event: str, patient: Patient, now: datetime) -> None:
    user_id = patient.user_id
    audit.record(event=event, now=now, actor=user_id, subject=user_id, kind="patient", object_id=str(patient.pk))

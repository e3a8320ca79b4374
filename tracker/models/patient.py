"""The patient: what the tracker must know to show the right things, and the consent to keep it."""

from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backspasm.models import User
from tracker.models.rows import PatientRow, PatientRowQuerySet


class AgeBand(models.TextChoices):
    """Asked in place of a birth date. Under 16 is never stored: there the account ends."""

    FROM_16 = "16_17", _("16 or 17")
    FROM_18 = "18_54", _("18 to 54")
    FROM_55 = "55_70", _("55 to 70")
    OVER_70 = "over_70", _("Over 70")


class Consent(PatientRow):
    """A 'yes' to keeping health data, to one version of its words, and its end."""

    version = models.CharField(_("version"), max_length=20)
    given_at = models.DateTimeField(_("given"))
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=["user"], condition=Q(withdrawn_at=None), name="consent_one_at_a_time"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=models.F("given_at")),
                name="consent_withdrawn_after_given",
            ),
        ]


class PatientQuerySet(PatientRowQuerySet):
    """The patients, each of whom stands for all their rows when two phones must take turns."""

    def lock(self, user: User) -> "Patient | None":
        """Lock the patient's row until the transaction ends, and return it; None for who was never set up."""
        patient: Patient | None = self.of(user).select_for_update().first()
        return patient

    def agreeing(self) -> "PatientQuerySet":
        """Patients whose consent stands."""
        return self.filter(consent__isnull=False, consent__withdrawn_at=None)


class Patient(PatientRow):
    """One for each account that uses the tracker. The answers of the set-up are None until given."""

    time_zone = models.CharField(_("time zone"), max_length=60, default="UTC")
    age_band = models.CharField(_("age"), max_length=10, choices=AgeBand, blank=True)
    is_pregnant = models.BooleanField(_("pregnant"), null=True)
    has_reduced_feeling = models.BooleanField(_("reduced feeling or poor circulation"), null=True)
    avoids_exercise = models.BooleanField(_("told to avoid exercise"), null=True)
    avoids_anti_inflammatories = models.BooleanField(_("told to avoid anti-inflammatory medicines"), null=True)
    has_weak_bones = models.BooleanField(_("weak bones, or long use of steroids"), null=True)
    consent = models.ForeignKey(Consent, on_delete=models.SET_NULL, null=True, related_name="+")
    set_up_at = models.DateTimeField(_("set up"), null=True)
    # The publication of the care protocol whose changes the patient has been told of.
    protocol_number = models.PositiveIntegerField(null=True)

    objects: ClassVar[Any] = PatientQuerySet.as_manager()

    class Meta:
        verbose_name = _("patient")
        verbose_name_plural = _("patients")
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=["user"], name="patient_one_per_account"),
            models.CheckConstraint(
                condition=Q(set_up_at=None) | ~Q(age_band=""), name="patient_age_asked_before_anything_else"
            ),
        ]

    @property
    def zone(self) -> ZoneInfo:
        """The patient's time zone."""
        return ZoneInfo(self.time_zone)

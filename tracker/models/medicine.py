"""The patient's own medicines with the numbers of their own label, and the doses they logged. The site adds none."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backspasm.sealed_fields import SealedTextField
from tracker.models.episode import Episode
from tracker.models.rows import OncePerForm, PatientRow


class AntiInflammatory(models.TextChoices):
    """'Is it an anti-inflammatory?', as the patient knows it."""

    YES = "yes", _("Yes")
    NO = "no", _("No")
    NOT_SURE = "not_sure", _("Not sure")


class Medicine(OncePerForm, PatientRow):
    """One product as its owner's label describes it."""

    name = SealedTextField(_("name"), max_length=100)
    ingredient = SealedTextField(_("ingredient"), blank=True, max_length=100)
    gap_minutes = models.PositiveIntegerField(_("minimum gap"), null=True)
    most_in_24_hours = models.PositiveSmallIntegerField(_("most in 24 hours"), null=True)
    is_anti_inflammatory = models.CharField(_("anti-inflammatory"), max_length=10, choices=AntiInflammatory)
    created_at = models.DateTimeField()
    put_away_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("medicine")
        verbose_name_plural = _("medicines")
        ordering: ClassVar[Any] = ["created_at"]
        constraints: ClassVar[Any] = [
            *OncePerForm.Meta.constraints,
            models.CheckConstraint(
                condition=Q(gap_minutes=None) | Q(gap_minutes__gte=1, gap_minutes__lte=10080),
                name="medicine_gap_up_to_a_week",
            ),
            models.CheckConstraint(
                condition=Q(most_in_24_hours=None) | Q(most_in_24_hours__gte=1, most_in_24_hours__lte=48),
                name="medicine_most_1_to_48",
            ),
        ]


class MedicineRevision(PatientRow):
    """What a medicine's label said before the patient changed it: sealed JSON."""

    medicine = models.ForeignKey(Medicine, on_delete=models.CASCADE, related_name="revisions")
    changed_at = models.DateTimeField(_("changed"))
    old_values = SealedTextField(_("old values"))

    class Meta:
        verbose_name = _("old label of a medicine")
        verbose_name_plural = _("old labels of medicines")


class Dose(OncePerForm, PatientRow):
    """One dose, as often as the patient's label means by 'a dose'; never an amount."""

    medicine = models.ForeignKey(Medicine, on_delete=models.CASCADE, related_name="doses")
    episode = models.ForeignKey(Episode, on_delete=models.SET_NULL, null=True, related_name="doses")
    taken_at = models.DateTimeField(_("taken"))
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("dose")
        verbose_name_plural = _("doses")
        constraints: ClassVar[Any] = [*OncePerForm.Meta.constraints]
        indexes: ClassVar[Any] = [
            # Serves the guard: all doses of the last days.
            models.Index(fields=["user", "-taken_at"], name="doses_newest"),
        ]

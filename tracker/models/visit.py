"""What goes along to a clinician: the patient's questions, and read-only links to the visit sheet."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from backspasm.sealed_fields import SealedTextField
from tracker.models.rows import OncePerForm, PatientRow

QUESTIONS = 3


class VisitQuestion(PatientRow):
    """One of three questions the patient wants to ask."""

    position = models.PositiveSmallIntegerField()
    text = SealedTextField(_("question"), max_length=200)
    written_at = models.DateTimeField()

    class Meta:
        verbose_name = _("question for a visit")
        verbose_name_plural = _("questions for a visit")
        ordering: ClassVar[Any] = ["position"]
        constraints: ClassVar[Any] = [
            models.CheckConstraint(
                condition=Q(position__gte=1, position__lte=QUESTIONS), name="question_at_most_three"
            ),
            models.UniqueConstraint(fields=["user", "position"], name="question_one_at_each_position"),
        ]


class VisitLink(OncePerForm, PatientRow):
    """Opens the visit sheet to whoever holds it, until it expires or is revoked. Only the token's hash is kept."""

    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(_("made"))
    expires_at = models.DateTimeField(_("works until"))
    revoked_at = models.DateTimeField(_("revoked"), null=True)

    class Meta:
        verbose_name = _("visit link")
        verbose_name_plural = _("visit links")
        constraints: ClassVar[Any] = [
            *OncePerForm.Meta.constraints,
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="visit_link_ends_after_it_began"),
        ]


class VisitOpening(PatientRow):
    """One time that a visit link was opened."""

    link = models.ForeignKey(VisitLink, on_delete=models.CASCADE, related_name="openings")
    opened_at = models.DateTimeField(_("opened"))

    class Meta:
        verbose_name = _("opening of a visit link")
        verbose_name_plural = _("openings of visit links")
        ordering: ClassVar[Any] = ["-opened_at"]

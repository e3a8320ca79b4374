"""Answers to the emergency questions and to the 'see someone' signs, and the hold that an answer sets."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tracker.models.episode import Episode
from tracker.models.rows import OncePerForm, PatientRow


class AskedBecause(models.TextChoices):
    """Why the emergency questions were asked."""

    START = "start", _("at the start of an episode")
    DUE = "due", _("as the care plan says")
    WORSE = "worse", _("it got worse")
    WORDS = "words", _("a word in a note")
    MEDICINE = "medicine", _("a medicine was logged")
    PATIENT = "patient", _("the patient asked for them")


class EmergencyCheck(OncePerForm, PatientRow):
    """One round of the emergency questions. ``answers`` maps codes (E1-E11) to yes, no or not_sure."""

    episode = models.ForeignKey(Episode, on_delete=models.CASCADE, null=True, related_name="emergency_checks")
    because = models.CharField(_("asked because"), max_length=10, choices=AskedBecause)
    codes = models.JSONField(default=list)  # the codes that were asked
    answers = models.JSONField(default=dict)
    rest_is_no = models.BooleanField(_("'No to all the others' was used"), default=False)
    edition = models.PositiveIntegerField()  # of the emergency card that was shown
    asked_at = models.DateTimeField(_("asked"))
    answered_at = models.DateTimeField(_("answered"), null=True)  # when no code was left unanswered

    class Meta:
        verbose_name = _("emergency questions")
        verbose_name_plural = _("emergency questions")
        constraints: ClassVar[Any] = [*OncePerForm.Meta.constraints]
        indexes: ClassVar[Any] = [
            # Serves 'when were they last answered?'.
            models.Index(fields=["user", "-asked_at"], name="emergency_checks_newest"),
        ]


class Lifted(models.TextChoices):
    """The patient's own words for why a hold ended."""

    SEEN = "seen", _("I have been seen")
    MISTAKE = "mistake", _("The answer was a mistake")


class Hold(PatientRow):
    """Reminders and exercises stop while one is open: an emergency sign was answered 'yes' or 'not sure'."""

    check_made = models.ForeignKey(EmergencyCheck, on_delete=models.CASCADE, related_name="holds")
    codes = models.JSONField(default=list)
    set_at = models.DateTimeField(_("set"))
    lifted_at = models.DateTimeField(_("lifted"), null=True)
    lifted_because = models.CharField(_("because"), max_length=10, choices=Lifted, blank=True)

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=["user"], condition=Q(lifted_at=None), name="hold_one_open_at_a_time"),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_because="") | (Q(lifted_at__isnull=False) & ~Q(lifted_because="")),
                name="hold_lifted_with_a_reason",
            ),
        ]


class ClinicianCheck(OncePerForm, PatientRow):
    """One round of the 'see someone' signs of an episode. ``answers`` maps codes (C1-C16) to yes, no or not_sure."""

    episode = models.ForeignKey(Episode, on_delete=models.CASCADE, related_name="clinician_checks")
    answers = models.JSONField(default=dict)
    edition = models.PositiveIntegerField()
    answered_at = models.DateTimeField(_("answered"))
    # 'I have been seen': exercises that a sign had paused go on.
    seen_at = models.DateTimeField(_("seen"), null=True)

    class Meta:
        verbose_name = _("signs to see someone about")
        verbose_name_plural = _("signs to see someone about")
        constraints: ClassVar[Any] = [*OncePerForm.Meta.constraints]

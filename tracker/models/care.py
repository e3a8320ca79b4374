"""What the patient did: steps of the care protocol, named by their stable key and the edition that was live."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backspasm.sealed_fields import SealedTextField
from tracker.models.episode import Episode
from tracker.models.rows import OncePerForm, PatientRow

THERMAL_MINUTES_AT_MOST = 20
DAY_MINUTES = 1440


class StepLog(OncePerForm, PatientRow):
    """A step done, or being done: a timed one runs until ``started_at`` and its minutes have passed."""

    episode = models.ForeignKey(Episode, on_delete=models.CASCADE, null=True, related_name="step_logs")
    step_key = models.SlugField(max_length=60)
    kind = models.CharField(max_length=20)
    edition = models.PositiveIntegerField()
    started_at = models.DateTimeField(_("began"))
    duration_minutes = models.PositiveSmallIntegerField(_("minutes"))
    is_timed = models.BooleanField(default=False)  # begun with the timer of the site
    was_shortened = models.BooleanField(default=False)  # typed longer than the step may last
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("step done")
        verbose_name_plural = _("steps done")
        constraints: ClassVar[Any] = [
            *OncePerForm.Meta.constraints,
            models.CheckConstraint(
                condition=Q(duration_minutes__gte=1, duration_minutes__lte=DAY_MINUTES), name="step_minutes_of_a_day"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["ice", "heat"]) | Q(duration_minutes__lte=THERMAL_MINUTES_AT_MOST),
                name="step_ice_and_heat_20_minutes_at_most",
            ),
        ]
        indexes: ClassVar[Any] = [
            # Serves 'what was done today?' and the running timer.
            models.Index(fields=["user", "-started_at"], name="step_logs_newest"),
        ]


class PreventionPlan(OncePerForm, PatientRow):
    """The exercises a patient chose to keep up. ``exercises`` holds keys of published exercises."""

    level = models.PositiveSmallIntegerField(_("level"), default=1)
    exercises = models.JSONField(default=list)
    walking_minutes = models.PositiveSmallIntegerField(_("minutes of walking"), default=10)
    edition = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("exercise plan")
        verbose_name_plural = _("exercise plans")
        constraints: ClassVar[Any] = [
            *OncePerForm.Meta.constraints,
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=3), name="plan_level_1_to_3"),
            models.CheckConstraint(
                condition=Q(walking_minutes__gte=1, walking_minutes__lte=180), name="plan_walking_1_to_180_minutes"
            ),
            models.UniqueConstraint(fields=["user"], condition=Q(replaced_at=None), name="plan_one_at_a_time"),
        ]


class WeeklyCheckIn(OncePerForm, PatientRow):
    """Once a week when the back is calm: what was kept up, and what the last days held."""

    class Kept(models.TextChoices):
        """'Did you keep it up?'; none of the answers is wrong."""

        YES = "yes", _("Yes")
        SOME = "some", _("Some of it")
        NOT_THIS_WEEK = "not_this_week", _("Not this week")

    at = models.DateTimeField(_("when"))
    kept = models.CharField(_("kept up"), max_length=15, choices=Kept)
    walking_minutes = models.PositiveSmallIntegerField(_("minutes of walking a day"), null=True)
    yesterday = models.JSONField(_("what yesterday held"), default=list)  # codes of Trigger, to compare with flares
    note = SealedTextField(_("note"), blank=True, max_length=2000)

    class Meta:
        verbose_name = _("weekly check-in")
        verbose_name_plural = _("weekly check-ins")
        constraints: ClassVar[Any] = [
            *OncePerForm.Meta.constraints,
            models.CheckConstraint(
                condition=Q(walking_minutes=None) | Q(walking_minutes__lte=DAY_MINUTES),
                name="weekly_walking_within_a_day",
            ),
        ]
        indexes: ClassVar[Any] = [models.Index(fields=["user", "-at"], name="weekly_check_ins_newest")]

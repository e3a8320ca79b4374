"""One moment in an episode: function first, then pain, then the rest. Old values stay in the history."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backspasm.sealed_fields import SealedTextField
from tracker.models.episode import Activity, Episode
from tracker.models.rows import OncePerForm, PatientRow


class PainSpan(models.TextChoices):
    """What a pain score speaks of; the two are never joined in one line of a chart."""

    NOW = "now", _("right now")
    AVERAGE_24H = "average_24h", _("average of the last 24 hours")


class OverallChange(models.IntegerChoices):
    """Patient Global Impression of Change, content brief 5.4: lower is better."""

    VERY_MUCH_IMPROVED = 1, _("Very much improved")
    MUCH_IMPROVED = 2, _("Much improved")
    MINIMALLY_IMPROVED = 3, _("Minimally improved")
    NO_CHANGE = 4, _("No change")
    MINIMALLY_WORSE = 5, _("Minimally worse")
    MUCH_WORSE = 6, _("Much worse")
    VERY_MUCH_WORSE = 7, _("Very much worse")


class CheckIn(OncePerForm, PatientRow):
    """How it is at ``at``. Any answer may be missing; ``is_complete`` says that the patient was done with it."""

    episode = models.ForeignKey(Episode, on_delete=models.CASCADE, related_name="check_ins")
    at = models.DateTimeField(_("when"))
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True)
    pain = models.PositiveSmallIntegerField(_("pain"), null=True)
    pain_span = models.CharField(max_length=12, choices=PainSpan, default=PainSpan.AVERAGE_24H)
    overall_change = models.PositiveSmallIntegerField(_("overall change"), choices=OverallChange, null=True)
    note = SealedTextField(_("note"), blank=True, max_length=2000)
    is_complete = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("check-in")
        verbose_name_plural = _("check-ins")
        constraints: ClassVar[Any] = [
            *OncePerForm.Meta.constraints,
            models.CheckConstraint(condition=Q(pain=None) | Q(pain__lte=10), name="check_in_pain_0_to_10"),
            models.CheckConstraint(
                condition=Q(overall_change=None) | Q(overall_change__gte=1, overall_change__lte=7),
                name="check_in_change_1_to_7",
            ),
        ]
        indexes: ClassVar[Any] = [
            # Serves the course of one episode and its latest check-in.
            models.Index(fields=["episode", "-at"], name="check_ins_of_an_episode"),
        ]


class ActivityRating(PatientRow):
    """How well one own activity goes: 0 cannot do it, 10 as before the pain. Higher is better."""

    check_in = models.ForeignKey(CheckIn, on_delete=models.CASCADE, related_name="ratings")
    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="ratings")
    score = models.PositiveSmallIntegerField(_("0 to 10"))

    class Meta:
        verbose_name = _("rating of an activity")
        verbose_name_plural = _("ratings of activities")
        constraints: ClassVar[Any] = [
            models.CheckConstraint(condition=Q(score__lte=10), name="rating_0_to_10"),
            models.UniqueConstraint(fields=["check_in", "activity"], name="rating_once_per_check_in"),
        ]


class CheckInRevision(PatientRow):
    """What a check-in said before it was changed: sealed JSON of its old values."""

    check_in = models.ForeignKey(CheckIn, on_delete=models.CASCADE, related_name="revisions")
    changed_at = models.DateTimeField(_("changed"))
    old_values = SealedTextField(_("old values"))

    class Meta:
        verbose_name = _("old values of a check-in")
        verbose_name_plural = _("old values of check-ins")
        ordering: ClassVar[Any] = ["-changed_at"]

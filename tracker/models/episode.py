"""One bout, from onset to recovery, and the patient's own activities that it makes hard."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from backspasm.sealed_fields import SealedTextField
from tracker.models.rows import OncePerForm, PatientRow

OWN_ACTIVITIES = 3
DAYS_LOST_AT_MOST = 366


class Place(models.TextChoices):
    """Regions of the back map; left and right are the patient's own."""

    NECK = "neck", _("Neck")
    SHOULDER_LEFT = "shoulder_left", _("Left shoulder blade")
    SHOULDER_RIGHT = "shoulder_right", _("Right shoulder blade")
    LOW_BACK_LEFT = "low_back_left", _("Lower back, left")
    LOW_BACK_CENTRE = "low_back_centre", _("Lower back, middle")
    LOW_BACK_RIGHT = "low_back_right", _("Lower back, right")
    BUTTOCK_LEFT = "buttock_left", _("Left buttock")
    BUTTOCK_RIGHT = "buttock_right", _("Right buttock")
    THIGH_LEFT = "thigh_left", _("Back of left thigh")
    THIGH_RIGHT = "thigh_right", _("Back of right thigh")
    CALF_LEFT = "calf_left", _("Left calf")
    CALF_RIGHT = "calf_right", _("Right calf")


class Trigger(models.TextChoices):
    """What the patient was doing, or had done, when it began; the same list is asked on calm days."""

    LIFTING = "lifting", _("Lifting")
    BENDING = "bending", _("Bending")
    TWISTING = "twisting", _("Twisting")
    AWKWARD_POSITION = "awkward_position", _("Awkward position")
    LONG_SITTING = "long_sitting", _("Long sitting")
    LONG_DRIVE = "long_drive", _("Long drive")
    SPORT = "sport", _("Sport")
    SNEEZE_OR_COUGH = "sneeze_or_cough", _("Sneeze or cough")
    TIRED = "tired_or_slept_badly", _("Tired, or slept badly")
    STRESS = "stress", _("Stress")
    WOKE_WITH_IT = "woke_with_it", _("Woke with it")
    NOTHING_SPECIAL = "nothing_special", _("Nothing special")


class Episode(OncePerForm, PatientRow):
    """One bout. Open while ``ended_at`` is None; a patient has at most one open episode."""

    began_at = models.DateTimeField(_("began"))
    ended_at = models.DateTimeField(_("over since"), null=True)
    created_at = models.DateTimeField(_("logged"))
    places = models.JSONField(_("where"), default=list)  # codes of Place
    triggers = models.JSONField(_("what set it off"), default=list)  # codes of Trigger
    trigger_words = SealedTextField(_("what set it off, in own words"), blank=True, max_length=300)
    note = SealedTextField(_("note"), blank=True, max_length=2000)
    days_lost = models.PositiveSmallIntegerField(_("days lost"), null=True)  # asked when it is closed
    # The patient's own answer 'I move on to heat', heard from hour 48 on.
    moved_on_at = models.DateTimeField(null=True)
    # The patient's own answer 'I feel recovered'; the episode may stay open after it.
    recovered_at = models.DateTimeField(_("felt recovered"), null=True)
    close_offered_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("episode")
        verbose_name_plural = _("episodes")
        constraints: ClassVar[Any] = [
            *OncePerForm.Meta.constraints,
            models.UniqueConstraint(fields=["user"], condition=Q(ended_at=None), name="episode_one_open_at_a_time"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("began_at")), name="episode_ends_after_it_began"
            ),
            models.CheckConstraint(
                condition=Q(days_lost=None) | Q(days_lost__lte=DAYS_LOST_AT_MOST),
                name="episode_days_lost_within_a_year",
            ),
            models.CheckConstraint(
                condition=Q(moved_on_at=None) | Q(moved_on_at__gte=F("began_at")),
                name="episode_moves_on_after_it_began",
            ),
            models.CheckConstraint(
                condition=Q(recovered_at=None) | Q(recovered_at__gte=F("began_at")),
                name="episode_recovers_after_it_began",
            ),
        ]
        indexes: ClassVar[Any] = [
            # Serves the list of episodes, newest first.
            models.Index(fields=["user", "-began_at"], name="episodes_newest_first"),
        ]

    @property
    def is_open(self) -> bool:
        """Whether it goes on."""
        return self.ended_at is None


class Activity(PatientRow):
    """One of up to three things the episode makes hard, in the patient's own words.

    A replaced one is retired and keeps its ratings; its successor begins a new line of the chart.
    """

    episode = models.ForeignKey(Episode, on_delete=models.CASCADE, related_name="activities")
    position = models.PositiveSmallIntegerField()
    name = SealedTextField(_("activity"), max_length=100)
    named_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        ordering: ClassVar[Any] = ["position", "named_at"]
        constraints: ClassVar[Any] = [
            models.CheckConstraint(
                condition=Q(position__gte=1, position__lte=OWN_ACTIVITIES), name="activity_at_most_three"
            ),
            models.UniqueConstraint(
                fields=["episode", "position"], condition=Q(retired_at=None), name="activity_one_at_each_position"
            ),
        ]

"""Working copies of what keeps people safe: care cards and the care protocol."""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from education.checks import ICE_MINUTES_AT_MOST
from education.models.library import Source
from education.models.publishable import EVIDENCE_CHOICES, Publishable, evidence_constraint, one_of
from education.structure import STEP_KINDS, URGENCIES


class CareCard(Publishable):
    """An urgency card: the one source of each of its signs."""

    URGENCY_CHOICES: ClassVar = [
        ("emergency", _("Emergency: call now")),
        ("urgent", _("Urgent: today or tomorrow")),
        ("soon", _("Soon")),
    ]

    urgency = models.CharField(_("urgency"), max_length=20, choices=URGENCY_CHOICES, unique=True)
    title = models.CharField(_("title"), max_length=120)
    lead = models.TextField(_("lead"), blank=True)
    after = models.TextField(_("below the signs"), blank=True, help_text=_("One paragraph a line."))
    carers = models.TextField(_("for carers"), blank=True)
    emergency_number = models.CharField(_("emergency number"), max_length=20, blank=True)
    crisis_line = models.CharField(_("crisis line"), max_length=40, blank=True)
    words = models.TextField(_("words people search for"), blank=True, help_text=_("One a line."))

    class Meta(Publishable.Meta):
        verbose_name = _("care card")
        verbose_name_plural = _("care cards")
        constraints: ClassVar[Any] = [
            one_of("urgency", URGENCIES, "care_card_urgency_is_known"),
            models.CheckConstraint(
                condition=Q(urgency="emergency") | Q(emergency_number="", crisis_line=""),
                name="care_card_numbers_on_emergency_only",
            ),
        ]

    def __str__(self) -> str:
        return self.get_urgency_display()


class Sign(models.Model):
    """One sign; its code stands on exactly one card."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    card = models.ForeignKey(CareCard, related_name="signs", on_delete=models.CASCADE)
    position = models.PositiveSmallIntegerField(_("position"))
    code = models.CharField(_("code"), max_length=4, unique=True)
    text = models.CharField(_("sign"), max_length=300)
    when = models.CharField(_("when to act"), max_length=80, blank=True)
    why = models.CharField(_("why"), max_length=200, blank=True)
    words = models.TextField(_("words people search for"), blank=True, help_text=_("One a line."))
    sources = models.ManyToManyField(Source, verbose_name=_("sources"), blank=True)

    class Meta:
        verbose_name = _("sign")
        verbose_name_plural = _("signs")
        ordering: ClassVar[Any] = ["position"]

    def __str__(self) -> str:
        return self.code


class Protocol(Publishable):
    """The care protocol: all its steps are published as one."""

    class Meta(Publishable.Meta):
        verbose_name = _("care protocol")
        verbose_name_plural = _("care protocol")

    def __str__(self) -> str:
        return str(self._meta.verbose_name)


class CareStep(models.Model):
    """One row of the protocol. Minutes are whole; an interval counts from start to start."""

    KIND_CHOICES: ClassVar = [(kind, kind.replace("_", " ")) for kind in STEP_KINDS]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    protocol = models.ForeignKey(Protocol, related_name="steps", on_delete=models.CASCADE)
    position = models.PositiveSmallIntegerField(_("position"))
    key = models.SlugField(_("key"), max_length=60, unique=True, help_text=_("Stable for ever: reminders name it."))
    row = models.CharField(_("row"), max_length=4, unique=True)
    in_first_72h = models.BooleanField(_("first 72 hours"), default=False)
    in_after_72h = models.BooleanField(_("after 72 hours"), default=False)
    in_recovered = models.BooleanField(_("recovered"), default=False)
    kind = models.CharField(_("kind"), max_length=20, choices=KIND_CHOICES)
    title = models.CharField(_("title"), max_length=120)
    instruction = models.TextField(_("instruction"))
    duration_minutes = models.PositiveSmallIntegerField(_("minutes"))
    duration_from_minutes = models.PositiveSmallIntegerField(_("minutes, low end"), null=True, blank=True)
    interval_minutes = models.PositiveIntegerField(_("every ... minutes"), null=True, blank=True)
    interval_to_minutes = models.PositiveIntegerField(_("every ... minutes, high end"), null=True, blank=True)
    limit_per_day = models.PositiveSmallIntegerField(_("at most a day"), null=True, blank=True)
    days_per_week = models.PositiveSmallIntegerField(_("days a week"), null=True, blank=True)
    timing = models.CharField(_("timing in words"), max_length=200, blank=True)
    cautions = models.TextField(_("cautions"), blank=True, help_text=_("One a line."))
    evidence = models.CharField(_("evidence"), max_length=10, choices=EVIDENCE_CHOICES, blank=True)
    nuance = models.CharField(_("after the evidence label"), max_length=300, blank=True)
    claims = models.CharField(_("claims"), max_length=80, blank=True, help_text=_("Codes with spaces between."))
    sources = models.ManyToManyField(Source, verbose_name=_("sources"), blank=True)
    numbers_from = models.CharField(_("where the numbers come from"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("care step")
        verbose_name_plural = _("care steps")
        ordering: ClassVar[Any] = ["position"]
        constraints: ClassVar[Any] = [
            one_of("kind", STEP_KINDS, "care_step_kind_is_known"),
            evidence_constraint("care_step_evidence_is_known"),
            models.CheckConstraint(
                condition=~Q(kind="ice") | Q(duration_minutes__lte=ICE_MINUTES_AT_MOST),
                name="care_step_ice_at_most_20_minutes",
            ),
            models.CheckConstraint(
                condition=Q(in_first_72h=True) | Q(in_after_72h=True) | Q(in_recovered=True),
                name="care_step_has_a_phase",
            ),
        ]

    def __str__(self) -> str:
        return self.key

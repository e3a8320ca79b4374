"""Working copies of library items: sources, terms, exercises."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from education.models.publishable import PHASE_CHOICES, Publishable, one_of
from education.models.rich_text import WebAddressField
from education.structure import PHASES, PURPOSES, SOURCE_READINGS


class Source(Publishable):
    """One reference and how it was read."""

    READING_CHOICES: ClassVar = [
        ("confirmed", _("read in the source or its abstract")),
        ("reproduction", _("read in a reproduction")),
        ("memory", _("well known, not read again")),
    ]

    organisation = models.CharField(_("authors or organisation"), max_length=200)
    title = models.CharField(_("title"), max_length=300)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    publication = models.CharField(_("journal or series"), max_length=200, blank=True)
    doi = models.CharField(_("DOI"), max_length=120, blank=True)
    url = WebAddressField(_("address"), max_length=300, blank=True)
    reading = models.CharField(_("how it was read"), max_length=20, choices=READING_CHOICES)
    confirmed_on = models.DateField(_("confirmed on"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta(Publishable.Meta):
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        constraints: ClassVar[Any] = [one_of("reading", SOURCE_READINGS, "source_reading_is_known")]

    def __str__(self) -> str:
        return f"{self.key} {self.title}"


class Term(Publishable):
    """One glossary entry."""

    name = models.CharField(_("name"), max_length=80)
    meaning = models.TextField(_("meaning"), max_length=400)
    forms = models.TextField(_("forms linked in the text"), blank=True, help_text=_("One a line."))
    also = models.TextField(_("lay words for the search"), blank=True, help_text=_("One a line."))

    class Meta(Publishable.Meta):
        verbose_name = _("term")
        verbose_name_plural = _("terms")

    def __str__(self) -> str:
        return self.name


class Exercise(Publishable):
    """One exercise with its drawing and its cautions."""

    PURPOSE_CHOICES: ClassVar = [
        ("stretch", _("stretch")),
        ("strength_back", _("strength: back")),
        ("strength_abdomen", _("strength: abdomen")),
    ]

    code = models.CharField(_("code"), max_length=4, unique=True)
    name = models.CharField(_("name"), max_length=80)
    summary = models.CharField(_("why do it"), max_length=300)
    purpose = models.CharField(_("purpose"), max_length=20, choices=PURPOSE_CHOICES)
    phase = models.CharField(_("from phase"), max_length=20, choices=PHASE_CHOICES)
    phase_note = models.CharField(_("note on the phase"), max_length=200, blank=True)
    position = models.CharField(_("position"), max_length=200)
    steps = models.TextField(_("steps"), help_text=_("One a line."))
    hold = models.CharField(_("hold"), max_length=80)
    repetitions = models.CharField(_("repetitions"), max_length=120)
    days_per_week = models.CharField(_("days a week"), max_length=40)
    stop_when = models.CharField(_("stop when"), max_length=300)
    not_if = models.CharField(_("do not do it if"), max_length=300)
    drawing = models.SlugField(_("drawing"), max_length=60)
    alt = models.CharField(_("what the drawing shows"), max_length=300)
    sources = models.ManyToManyField(Source, verbose_name=_("sources"), blank=True)

    class Meta(Publishable.Meta):
        verbose_name = _("exercise")
        verbose_name_plural = _("exercises")
        constraints: ClassVar[Any] = [
            one_of("purpose", PURPOSES, "exercise_purpose_is_known"),
            one_of("phase", PHASES, "exercise_phase_is_known"),
        ]

    def __str__(self) -> str:
        return self.name

"""Working copies of the pages: articles, their sections, their statements."""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from education.models.care import CareCard
from education.models.library import Exercise, Source
from education.models.picture import Picture
from education.models.publishable import (
    EVIDENCE_CHOICES,
    PHASE_CHOICES,
    Publishable,
    evidence_constraint,
    one_of,
)
from education.models.rich_text import RichTextField
from education.structure import GROUPS, SECTION_KINDS


class Article(Publishable):
    """One page's working copy."""

    GROUP_CHOICES: ClassVar = [
        ("home", _("home page")),
        ("article", _("the article")),
        ("living", _("living with it")),
        ("library", _("library")),
        ("site", _("about the site")),
    ]

    position = models.PositiveSmallIntegerField(_("position"), default=0)
    title = models.CharField(_("title"), max_length=120)
    nav_title = models.CharField(_("short title"), max_length=40, blank=True)
    summary = models.TextField(_("summary"), max_length=500)
    description = models.CharField(_("for search engines"), max_length=160)
    group = models.CharField(_("group"), max_length=10, choices=GROUP_CHOICES)
    is_safety = models.BooleanField(_("safety content"), default=False)
    has_leaflet = models.BooleanField(_("has a leaflet"), default=False)
    related = models.ManyToManyField("self", verbose_name=_("related pages"), symmetrical=False, blank=True)
    written_on = models.DateField(_("written on"), null=True, blank=True)
    review_due_on = models.DateField(_("next review due on"), null=True, blank=True)
    reviewed_on = models.DateField(_("last reviewed on"), null=True, blank=True, editable=False)
    reviewer = models.CharField(_("reviewer"), max_length=120, blank=True, editable=False)
    reviewer_role = models.CharField(_("reviewer's role"), max_length=120, blank=True, editable=False)

    class Meta(Publishable.Meta):
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        ordering: ClassVar[Any] = ["position", "key"]
        permissions: ClassVar[Any] = [("review_article", "Can record a review of a whole page")]
        constraints: ClassVar[Any] = [
            one_of("group", GROUPS, "article_group_is_known"),
            models.CheckConstraint(
                condition=Q(reviewed_on=None, reviewer="") | (Q(reviewed_on__isnull=False) & ~Q(reviewer="")),
                name="article_review_names_its_reviewer",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Section(models.Model):
    """A heading and what stands under it; which fields count follows from its kind."""

    KIND_CHOICES: ClassVar = [(kind, kind) for kind in SECTION_KINDS]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    article = models.ForeignKey(Article, related_name="sections", on_delete=models.CASCADE)
    position = models.PositiveSmallIntegerField(_("position"))
    kind = models.CharField(_("kind"), max_length=12, choices=KIND_CHOICES)
    anchor = models.SlugField(_("anchor"), max_length=40)
    heading = models.CharField(_("heading"), max_length=120)
    intro = RichTextField(_("text"), blank=True)
    card = models.ForeignKey(CareCard, null=True, blank=True, on_delete=models.PROTECT)
    phase = models.CharField(_("phase"), max_length=20, choices=PHASE_CHOICES, blank=True)
    exercises = models.ManyToManyField(Exercise, blank=True)
    is_plan = models.BooleanField(_("is a plan"), default=False)
    drawing = models.SlugField(_("drawing"), max_length=60, blank=True)
    picture = models.ForeignKey(Picture, verbose_name=_("picture"), null=True, blank=True, on_delete=models.PROTECT)
    is_decorative = models.BooleanField(
        _("only decoration"), default=False, help_text=_("It shows nothing that the words do not say.")
    )
    alt = models.CharField(_("what the drawing shows"), max_length=300, blank=True)
    caption = models.CharField(_("caption"), max_length=200, blank=True)
    labels = models.TextField(_("key of the drawing"), blank=True, help_text=_("One a line."))

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        ordering: ClassVar[Any] = ["position"]
        constraints: ClassVar[Any] = [
            one_of("kind", SECTION_KINDS, "section_kind_is_known"),
            models.UniqueConstraint(fields=["article", "anchor"], name="section_anchor_once_a_page"),
            models.CheckConstraint(
                condition=~Q(kind="card") | Q(card__isnull=False), name="section_of_kind_card_has_a_card"
            ),
            models.CheckConstraint(
                condition=~Q(kind="figure") | ~Q(alt="") | Q(is_decorative=True),
                name="section_of_kind_figure_has_alternative_text",
            ),
        ]

    def __str__(self) -> str:
        return self.heading


class Statement(models.Model):
    """One thing the site says that needs support."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    section = models.ForeignKey(Section, related_name="statements", on_delete=models.CASCADE)
    position = models.PositiveSmallIntegerField(_("position"))
    key = models.SlugField(max_length=12, blank=True)
    lead = models.CharField(_("question or action"), max_length=160, blank=True)
    body = RichTextField(_("text"))
    evidence = models.CharField(_("evidence"), max_length=10, choices=EVIDENCE_CHOICES, blank=True)
    claims = models.CharField(_("claims"), max_length=80, blank=True, help_text=_("Codes with spaces between."))
    sources = models.ManyToManyField(Source, verbose_name=_("sources"), blank=True)

    class Meta:
        verbose_name = _("statement")
        verbose_name_plural = _("statements")
        ordering: ClassVar[Any] = ["position"]
        constraints: ClassVar[Any] = [
            evidence_constraint("statement_evidence_is_known"),
            models.UniqueConstraint(
                fields=["section", "key"], condition=~Q(key=""), name="statement_key_once_a_section"
            ),
        ]

    def __str__(self) -> str:
        return self.lead or self.body[:60]

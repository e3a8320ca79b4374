"""What every working copy has: a stable key and the moment of its last change. Readers never see a working copy."""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from education.structure import EVIDENCES


class Kind(models.TextChoices):
    """The six publishables. Stored; never renamed."""

    ARTICLE = "article", _("article")
    CARE_CARD = "care_card", _("care card")
    PROTOCOL = "protocol", _("protocol")
    EXERCISE = "exercise", _("exercise")
    TERM = "term", _("term")
    SOURCE = "source", _("source")


class Publishable(models.Model):
    """Base of the working copies."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.SlugField(_("key"), max_length=60, unique=True, help_text=_("Stable for ever; part of the address."))
    changed_at = models.DateTimeField(_("changed"), auto_now=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("changed by"), null=True, blank=True, on_delete=models.PROTECT
    )

    class Meta:
        abstract = True
        ordering: ClassVar[Any] = ["key"]

    def __str__(self) -> str:
        return self.key


EVIDENCE_CHOICES = [
    ("", _("no label")),
    ("good", _("Good evidence")),
    ("some", _("Some evidence")),
    ("little", _("Little evidence, low risk")),
    ("against", _("Evidence is against this")),
    ("general", _("General knowledge, no study cited")),
]
PHASE_CHOICES = [
    ("first_72h", _("first 72 hours")),
    ("after_72h", _("after 72 hours")),
    ("recovered", _("recovered")),
]


def one_of(field: str, allowed: tuple[str, ...], name: str) -> models.CheckConstraint:
    """Return the constraint that ``field`` holds one of ``allowed``."""
    return models.CheckConstraint(condition=models.Q(**{f"{field}__in": allowed}), name=name)


def evidence_constraint(name: str) -> models.CheckConstraint:
    """Return the constraint that an evidence label is one of the house words or empty."""
    return one_of("evidence", ("", *EVIDENCES), name)

"""Which editor has had the mail of which week."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class WeeklyDigest(models.Model):
    """One mail about what waits, to one person. ``week`` is that of ISO 8601, such as 2026-W47, in UTC."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("editor"), related_name="+", on_delete=models.CASCADE
    )
    week = models.CharField(_("week"), max_length=8)
    sent_at = models.DateTimeField(_("sent"))

    class Meta:
        verbose_name = _("weekly mail to an editor")
        verbose_name_plural = _("weekly mails to editors")
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=["user", "week"], name="digest_once_a_week"),
        ]

    def __str__(self) -> str:
        return self.week

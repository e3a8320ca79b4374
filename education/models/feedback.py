"""What readers answered to 'Did this help?'. Holds nothing about the reader."""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

COMMENT_CHARACTERS = 300


class Feedback(models.Model):
    """One answer about one page as it stood at one edition. Its text is deleted after 12 months."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    page = models.SlugField(_("page"), max_length=60)
    edition = models.PositiveIntegerField(_("edition"))
    helped = models.BooleanField(_("did it help?"))
    comment = models.CharField(_("comment"), max_length=COMMENT_CHARACTERS, blank=True)
    given_at = models.DateTimeField(_("given"))

    class Meta:
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")
        ordering: ClassVar[Any] = ["-given_at"]
        indexes: ClassVar[Any] = [
            # Serves the daily deletion of old texts and the list in the admin.
            models.Index(fields=["given_at"], name="feedback_given_at"),
        ]

    def __str__(self) -> str:
        return f"{self.page}: {self.helped}"

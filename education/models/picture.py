"""Pictures of the library: small WebP files under their own SHA-256, which pages name and nobody changes."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from education.picture_files import BYTES_OUT_AT_MOST


class Picture(models.Model):
    """One picture as it is served. ``digest`` is the SHA-256 of ``data`` in hexadecimal; sizes are pixels."""

    digest = models.CharField(primary_key=True, max_length=64, editable=False)
    name = models.CharField(_("name"), max_length=120, help_text=_("For editors; readers do not see it."))
    data = models.BinaryField()
    width = models.PositiveSmallIntegerField(_("width"))
    height = models.PositiveSmallIntegerField(_("height"))
    byte_count = models.PositiveIntegerField(_("bytes"))
    added_at = models.DateTimeField(_("added"))
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("added by"), null=True, blank=True, on_delete=models.PROTECT
    )

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        ordering: ClassVar[Any] = ["-added_at"]
        constraints: ClassVar[Any] = [
            models.CheckConstraint(condition=Q(byte_count__lte=BYTES_OUT_AT_MOST), name="picture_is_small"),
        ]

    def __str__(self) -> str:
        return self.name

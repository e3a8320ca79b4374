"""What every row of a patient has: an id that an address may carry, and whose it is."""

import uuid
from typing import Any, ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from backspasm.models import User


class PatientRowQuerySet(models.QuerySet[Any]):
    """Rows of patients; every private query begins with ``of``."""

    def of(self, user: User) -> Self:
        """Rows of one person."""
        return self.filter(user=user)


class PatientRow(models.Model):
    """Base of all rows of a patient. ``user`` never changes: sealed texts are bound to it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", verbose_name=_("patient"))

    objects: ClassVar[Any] = PatientRowQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.pk)


class OncePerForm(models.Model):
    """A row that a form makes: the same form sent twice makes one row."""

    form_id = models.UUIDField(null=True, editable=False)

    class Meta:
        abstract = True
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=["user", "form_id"], name="%(class)s_once_per_form"),
        ]

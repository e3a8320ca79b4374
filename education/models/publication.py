"""What readers see: immutable publications, and editions that say which of them are live."""

import uuid
from typing import Any, ClassVar, NoReturn, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from education.models.publishable import Kind
from education.models.rich_text import ContentField

_Row = TypeVar("_Row", bound=models.Model)


def _name(model: type[models.Model]) -> str:
    return str(model._meta.verbose_name)  # noqa: SLF001  # public, whatever its name


class WrittenOnce(models.QuerySet[_Row]):
    """Rows that can be read and added. Whatever would change or remove any raises TypeError."""

    def update(self, **kwargs: Any) -> NoReturn:
        """Refuse: raises TypeError."""
        raise TypeError(f"A {_name(self.model)} is never changed.")

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse: raises TypeError."""
        raise TypeError(f"A {_name(self.model)} is never changed.")

    def bulk_create(self, *args: Any, **kwargs: Any) -> list[_Row]:
        """Insert rows. Raises TypeError where rows that exist already would be changed."""
        if kwargs.get("update_conflicts") or any(args[3:]):
            raise TypeError(f"A {_name(self.model)} is never changed.")
        return super().bulk_create(*args, **kwargs)

    def delete(self) -> NoReturn:
        """Refuse: raises TypeError."""
        raise TypeError(f"A {_name(self.model)} is never deleted.")


class Immutable(models.Model):
    """Base of rows that are written once and never changed or deleted, one by one or many together."""

    objects = models.Manager.from_queryset(WrittenOnce)()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert the row. Raises TypeError for a row that exists already."""
        if not self._state.adding:
            raise TypeError(f"A {self._meta.verbose_name} is never changed.")
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse: raises TypeError."""
        raise TypeError(f"A {self._meta.verbose_name} is never deleted.")


class Publication(Immutable):
    """A numbered snapshot of one publishable: its content, where it came from, who stands for it."""

    class Origin(models.TextChoices):
        """Where the words came from."""

        FILES = "files", _("content files")
        EDITED = "edited", _("edited in the admin")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    key = models.SlugField(max_length=60)
    number = models.PositiveIntegerField()
    content = ContentField()
    content_hash = models.CharField(max_length=64)
    origin = models.CharField(max_length=10, choices=Origin.choices)
    is_safety = models.BooleanField()
    changes = models.CharField(_("what changed"), max_length=300)
    published_at = models.DateTimeField()
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, related_name="+", on_delete=models.PROTECT
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, related_name="+", on_delete=models.PROTECT
    )
    approved_hash = models.CharField(max_length=64, blank=True)
    alone_reason = models.TextField(_("why one person published alone"), blank=True)

    class Meta:
        verbose_name = _("publication")
        verbose_name_plural = _("publications")
        permissions: ClassVar[Any] = [
            ("publish_publication", "Can publish, schedule, retire and restore"),
            ("approve_publication", "Can approve safety content"),
        ]
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=["kind", "key", "number"], name="publication_number_once"),
            models.CheckConstraint(
                condition=Q(is_safety=True)
                | ~(Q(kind__in=["care_card", "protocol"]) | Q(kind="article", key__in=["get-help", "medicines"])),
                name="publication_safety_is_marked",
            ),
            models.CheckConstraint(
                condition=Q(origin="files")
                | Q(is_safety=False)
                | (
                    Q(submitted_by__isnull=False, approved_by__isnull=False)
                    & ~Q(approved_by=F("submitted_by"))
                    & Q(approved_hash=F("content_hash"))
                )
                | ~Q(alone_reason=""),
                name="publication_safety_needs_second_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} {self.number}"


class Edition(Immutable):
    """The whole site at one moment. Its number grows by one with every publish, retirement or restore."""

    number = models.PositiveIntegerField(primary_key=True)
    published_at = models.DateTimeField()
    summary = models.CharField(max_length=300)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, related_name="+", on_delete=models.PROTECT
    )

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        ordering: ClassVar[Any] = ["-number"]

    def __str__(self) -> str:
        return str(self.number)


class EditionEntry(Immutable):
    """What one edition changed: from ``live_from`` on, this publication is the live one of its publishable.

    Or, with ``is_retirement``, no publication is; readers are then sent to the page ``points_to``. Of two entries
    with the same moment the one of the later edition holds.
    """

    edition = models.ForeignKey(Edition, related_name="entries", on_delete=models.PROTECT)
    publication = models.ForeignKey(Publication, related_name="entries", on_delete=models.PROTECT)
    live_from = models.DateTimeField()
    is_retirement = models.BooleanField(default=False)
    points_to = models.SlugField(max_length=60, blank=True)

    class Meta:
        verbose_name = _("edition entry")
        verbose_name_plural = _("edition entries")
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=["edition", "publication", "live_from"], name="edition_entry_once_a_moment"),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id}: {self.publication}"


class Leaflet(Immutable):
    """A PDF made when an edition was published, for the moment from which it holds.

    Of two with the same key and moment the one of the later edition holds.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.SlugField(max_length=60)
    edition = models.ForeignKey(Edition, related_name="leaflets", on_delete=models.PROTECT)
    live_from = models.DateTimeField()
    pdf = models.BinaryField()

    class Meta:
        verbose_name = _("leaflet")
        verbose_name_plural = _("leaflets")
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=["key", "edition", "live_from"], name="leaflet_once_a_moment"),
        ]

    def __str__(self) -> str:
        return f"{self.key}, edition {self.edition_id}"


class Draft(models.Model):
    """New wording from a release, waiting for an editor: a changed content file never touches the working copy."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    key = models.SlugField(max_length=60)
    content = ContentField()
    content_hash = models.CharField(max_length=64)
    loaded_at = models.DateTimeField()
    dismissed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("draft from a release")
        verbose_name_plural = _("drafts from a release")
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=["kind", "key", "content_hash"], name="draft_once_a_wording"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

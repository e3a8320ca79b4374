"""How wording comes to be published: every save, what was handed in, approved and said about it.

Rows name a content by kind, key and hash: the same words give the same hash, any edit gives another.
"""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from education.models.publication import Immutable
from education.models.publishable import Kind
from education.models.rich_text import ContentField

COMMENT_CHARACTERS_AT_MOST = 2000


class OfContent(models.Model):
    """Base of rows about one wording of one publishable."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    key = models.SlugField(_("key"), max_length=60)
    content_hash = models.CharField(max_length=64)

    class Meta:
        abstract = True


def _person(verbose_name: Any, **options: Any) -> Any:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=verbose_name, related_name="+", on_delete=models.PROTECT, **options
    )


class Revision(OfContent, Immutable):
    """One save of a working copy: the whole content, who, when and why. Never changed, never deleted."""

    number = models.PositiveIntegerField(_("number"))
    content = ContentField()
    saved_at = models.DateTimeField(_("saved"))
    saved_by = _person(_("saved by"))
    why = models.CharField(_("why"), max_length=300, blank=True)
    # The last publication there was: whoever saved since then may not approve the next.
    after_publication = models.PositiveIntegerField(default=0)
    # Recording a review changes no word, so it bars nobody from approving.
    is_review = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering: ClassVar[Any] = ["-saved_at"]
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=["kind", "key", "number"], name="revision_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}, save {self.number}"


class Submission(OfContent):
    """One wording handed in to be approved or published, with the sentence that readers will see as 'what changed'."""

    changes = models.CharField(_("what changed"), max_length=300)
    submitted_by = _person(_("handed in by"))
    submitted_at = models.DateTimeField(_("handed in"))
    returned_by = _person(_("sent back by"), null=True, blank=True)
    returned_at = models.DateTimeField(_("sent back"), null=True, blank=True)

    class Meta:
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")
        ordering: ClassVar[Any] = ["-submitted_at"]
        constraints: ClassVar[Any] = [
            models.CheckConstraint(
                condition=Q(returned_at=None, returned_by=None)
                | Q(returned_at__isnull=False, returned_by__isnull=False),
                name="submission_return_names_its_reviewer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Approval(OfContent, Immutable):
    """A clinical reviewer stands for one wording."""

    approved_by = _person(_("approved by"))
    approved_at = models.DateTimeField(_("approved"))

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Comment(OfContent, Immutable):
    """A remark about one wording. Without an author the name is what somebody typed: shown as unverified."""

    name = models.CharField(_("name"), max_length=80)
    author = _person(_("author"), null=True, blank=True)
    text = models.TextField(_("comment"), max_length=COMMENT_CHARACTERS_AT_MOST)
    made_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering: ClassVar[Any] = ["made_at"]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class PreviewLink(OfContent):
    """A link to one wording for somebody without an account. Only the hash of its token is kept."""

    token_hash = models.CharField(max_length=64, unique=True)
    made_by = _person(_("made by"))
    made_at = models.DateTimeField(_("made"))
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    class Meta:
        verbose_name = _("preview link")
        verbose_name_plural = _("preview links")
        ordering: ClassVar[Any] = ["-made_at"]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

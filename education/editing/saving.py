"""Saving a working copy: never visible to readers, never the last word over somebody else's, never lost."""

from dataclasses import dataclass
from datetime import datetime

import msgspec
from django.db import transaction
from django.db.models import Max

from backspasm.models import User
from education import contents, structure, working_copy
from education.content_files import tidy
from education.editing.working_copies import rows_of
from education.models import Edition, Publication, Publishable, Revision

REVIEW_FIELDS = ("reviewed_on", "reviewer", "reviewer_role")


@dataclass
class ChangedMeanwhile(Exception):  # it says what happened
    """Somebody saved other words since these were begun; ``theirs`` is what they saved."""

    theirs: structure.Publishable


def save(
    content: structure.Publishable,
    *,
    base_hash: str,
    by: User,
    why: str,
    now: datetime,
    is_review: bool = False,
) -> Revision | None:
    """Make the working copy say this, and keep the save. Returns None where it says so already.

    ``base_hash`` is that of the words the editor began with, empty for a new one. What a page says of its last review
    stays as it is, save where ``is_review``. Raises ChangedMeanwhile where the working copy is no longer what the
    editor began with; ObjectDoesNotExist for a key that names nothing.
    """
    content = tidy(content)
    kind = contents.kind_of(content)
    with transaction.atomic():
        row = _locked(kind, content)
        if row is None:
            _wait_for_other_new_ones()
            row = _locked(kind, content)
        current = working_copy.content_of(row) if row else None
        if current is not None and contents.content_hash(current) != base_hash:
            raise ChangedMeanwhile(current)
        if not is_review:
            content = _with_review_of(current, content)
        if current is not None and content == current:
            return None
        # Read back: some lists have one order of their own, whatever the order in which they were typed.
        content = working_copy.content_of(_written(content, by))
        if current is not None and content == current:
            return None
        return _keep(content, by, why, now, is_review)


def _locked(kind: str, content: structure.Publishable) -> Publishable | None:
    """Return the working copy; nobody else changes it until the transaction ends."""
    related = content.related if isinstance(content, structure.Article) else ()
    # Related pages too, all in one order: of two pages saved at once that name each other, the second waits here.
    # Not their keys: any other row may name them meanwhile.
    rows = rows_of(kind).select_for_update(no_key=True).filter(key__in={content.key, *related}).order_by("key")
    return next((row for row in list(rows) if row.key == content.key), None)


def _wait_for_other_new_ones() -> None:
    """Let nobody else make a working copy, or an edition, until the transaction ends."""
    # What is not there cannot be locked. This row is always there, and publishing waits at it too.
    Edition.objects.select_for_update(no_key=True).order_by("number").first()


def _with_review_of(current: structure.Publishable | None, content: structure.Publishable) -> structure.Publishable:
    if not isinstance(content, structure.Article):
        return content
    if isinstance(current, structure.Article):
        fields = {name: getattr(current, name) for name in REVIEW_FIELDS}
    else:
        fields = {"reviewed_on": None, "reviewer": "", "reviewer_role": ""}
    return msgspec.structs.replace(content, **fields)


def _written(content: structure.Publishable, by: User) -> Publishable:
    row = working_copy.write(content)
    if isinstance(content, structure.Article):
        working_copy.relate(content)
    row.changed_by = by
    row.save(update_fields=["changed_by", "changed_at"])
    return type(row)._default_manager.get(pk=row.pk)  # noqa: SLF001  # public, whatever its name


def _keep(content: structure.Publishable, by: User, why: str, now: datetime, is_review: bool) -> Revision:
    name = {"kind": contents.kind_of(content), "key": content.key}
    last_save = Revision.objects.filter(**name).aggregate(last=Max("number"))["last"] or 0
    last_publication = Publication.objects.filter(**name).aggregate(last=Max("number"))["last"] or 0
    revision = Revision(
        **name,
        number=last_save + 1,
        content=contents.to_stored(content),
        content_hash=contents.content_hash(content),
        saved_at=now,
        saved_by=by,
        why=why,
        after_publication=last_publication,
        is_review=is_review,
    )
    revision.save()
    return revision

"""Handing words in, approving them, sending them back. All three name the words by their hash."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from backspasm.models import User
from education import roles
from education.editing.refused import Refused
from education.editing.standing import Standing, standing_of
from education.editing.working_copies import rows_of
from education.models import Approval, Comment, Submission


def hand_in(kind: str, key: str, content_hash: str, *, changes: str, by: User, now: datetime) -> Submission:
    """Hand the working copy in, with the sentence that readers will see as 'what changed'.

    Handed in again, the newest sentence and person count. Raises Refused where the sentence is missing, the words
    changed meanwhile, or are those that are published already.
    """
    with transaction.atomic():
        standing = looked_at(kind, key, content_hash, now)
        if not changes.strip():
            raise Refused(_("Say in a sentence what changed."))
        if not standing.is_changed:
            raise Refused(_("These words are published already."))
        return Submission.objects.create(
            kind=kind,
            key=key,
            content_hash=content_hash,
            changes=changes.strip(),
            submitted_by=by,
            submitted_at=standing.not_before(now),
        )


def approve(kind: str, key: str, content_hash: str, *, by: User, now: datetime) -> Approval:
    """Stand for just these words, as a clinical reviewer; it counts for as long as ``by`` is one.

    Raises Refused for whoever is no active clinical reviewer, a superuser too, and for whoever changed these words
    since they were last published, ever handed them in since, or approved them already; also where they changed
    meanwhile or were not handed in.
    """
    with transaction.atomic():
        standing = looked_at(kind, key, content_hash, now)
        if refusal := why_not_approved_by(standing, by):
            raise Refused(refusal)
        approval = Approval(
            kind=kind, key=key, content_hash=content_hash, approved_by=by, approved_at=standing.not_before(now)
        )
        approval.save()
        return approval


def why_not_approved_by(standing: Standing, by: User) -> str:
    """Return why this person may not approve these words, in a sentence; empty where they may."""
    if not standing.is_handed_in:
        return _("These words have not been handed in.")
    if by.pk in standing.changers:
        return _("You changed these words since they were last published, so somebody else must approve them.")
    if not standing.may_be_approved_by(by.pk):
        return _("You handed these words in, so somebody else must approve them.")
    if any(approval.approved_by_id == by.pk for approval in standing.approvals):
        return _("You have approved these words already.")
    if not is_clinical_reviewer(by):
        return _("Only a clinical reviewer approves, and your account does not have that role.")
    return ""


def is_clinical_reviewer(by: User) -> bool:
    """Return whether this person has the role, and an active account. A superuser has it only if it was given."""
    return User.objects.filter(pk=by.pk, is_active=True, groups__name=roles.CLINICAL_REVIEWER).exists()


def send_back(kind: str, key: str, content_hash: str, *, remark: str, by: User, now: datetime) -> None:
    """Give the words back to their author with a remark; approvals of them count no more.

    Raises Refused where the remark is missing, the words changed meanwhile or were not handed in.
    """
    with transaction.atomic():
        standing = looked_at(kind, key, content_hash, now)
        if not remark.strip():
            raise Refused(_("Say in a sentence why you send it back."))
        if not standing.is_handed_in:
            raise Refused(_("These words have not been handed in."))
        at = standing.not_before(now)
        Submission.objects.filter(kind=kind, key=key, content_hash=content_hash, returned_at=None).update(
            returned_by=by, returned_at=at
        )
        Comment(
            kind=kind,
            key=key,
            content_hash=content_hash,
            name=by.get_username(),
            author=by,
            text=remark.strip(),
            made_at=at,
        ).save()


def looked_at(kind: str, key: str, content_hash: str, now: datetime) -> Standing:
    """Return the standing of words that somebody looked at; nobody can change them until the transaction ends.

    Raises Refused where they changed meanwhile.
    """
    # A save waits for this lock, and then counts as one after what is done here: its author is known as a changer.
    # Not of the key: a page that names this one can be saved at the same time.
    rows_of(kind).select_for_update(no_key=True).filter(key=key).first()
    standing = standing_of(kind, key, now)
    if standing is None:
        raise Refused(_("There is no such working copy."))
    if standing.content_hash != content_hash:
        message = _("Somebody changed “%(title)s” meanwhile. Look at it again first.")
        raise Refused(message % {"title": standing.title})
    return standing

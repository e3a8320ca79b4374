"""A clinician's review of a whole page: the only way by which 'last reviewed' is ever set."""

from datetime import date, datetime, timedelta

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _

from backspasm.models import User
from education import contents, structure
from education.editing.approving import is_clinical_reviewer, looked_at
from education.editing.refused import Refused
from education.editing.saving import save
from education.editing.standing import Standing
from education.models import Approval, Kind, Revision, Submission

NAME_CHARACTERS_AT_MOST = 120


def record_review(
    key: str,
    content_hash: str,
    *,
    by: User,
    name: str,
    role: str,
    next_due_on: date,
    now: datetime,
) -> Revision | None:
    """Record in the working copy that ``by`` has reviewed the whole page today; readers see it once it is published.

    A review changes no word, so it approves what it reviewed, and what was handed in stays handed in. Words that were
    sent back are approved by it too: the reviewer has read all of them, later than whoever sent them back; what was
    handed in or approved before that counts no more. Returns None where the working copy says just this already.
    Raises Refused for whoever is no active clinical reviewer, a superuser too, where the words changed meanwhile, where
    the reviewer changed them since they were last published, without a name and a role, or where the next review is
    not ahead, or more than a year ahead.
    """
    with transaction.atomic():
        standing = looked_at(Kind.ARTICLE, key, content_hash, now)
        if refusal := why_not_reviewed_by(standing, by):
            raise Refused(refusal)
        reviewed = _reviewed(standing.content, name.strip(), role.strip(), next_due_on, now.date())
        revision = save(
            reviewed, base_hash=content_hash, by=by, why=_("Reviewed the whole page."), now=now, is_review=True
        )
        if revision:
            _carry_over(standing, revision, by, now)
        return revision


def why_not_reviewed_by(standing: Standing, by: User) -> str:
    """Return why this person may not review the page, in a sentence; empty where they may."""
    if by.pk in standing.changers:
        return _("You changed this page since it was last published, so somebody else must review it.")
    if not is_clinical_reviewer(by):
        return _("Only a clinical reviewer reviews a page, and your account does not have that role.")
    return ""


def a_year_after(day: date) -> date:
    """Return the same day of the next year; 28 February for a leap day."""
    return date(day.year + 1, day.month, min(day.day, 28) if day.month == 2 else day.day)  # noqa: PLR2004  # February


def last_named(by: User) -> tuple[str, str]:
    """Return the name and the role that this person gave at their last review; empty before the first."""
    row = Revision.objects.filter(kind=Kind.ARTICLE, saved_by=by, is_review=True).order_by("-saved_at").first()
    content = contents.from_stored(row.kind, row.content) if row else None
    return (content.reviewer, content.reviewer_role) if isinstance(content, structure.Article) else ("", "")


def _reviewed(
    content: structure.Publishable, name: str, role: str, next_due_on: date, today: date
) -> structure.Publishable:
    if not name or not role:
        raise Refused(_("Readers see who reviewed the page: give your name and your role."))
    if max(len(name), len(role)) > NAME_CHARACTERS_AT_MOST:
        raise Refused(_("Name and role have 120 characters at most."))
    if next_due_on <= today:
        raise Refused(_("The next review must lie ahead."))
    if next_due_on > a_year_after(today):
        raise Refused(_("The next review is due within a year."))
    return msgspec.structs.replace(
        content, reviewed_on=today, reviewer=name, reviewer_role=role, review_due_on=next_due_on
    )


def _carry_over(standing: Standing, revision: Revision, by: User, now: datetime) -> None:
    """Let what was handed in, and the reviewer's word for it, hold for the words with the review in them."""
    words = {"kind": revision.kind, "key": revision.key, "content_hash": revision.content_hash}
    at = standing.not_before(now)
    if standing.submission:
        last = standing.submission
        # All who handed it in: none of them may approve it. The last of them stays the last.
        for person in standing.submitters - {last.submitted_by_id}:
            Submission.objects.create(**words, changes=last.changes, submitted_by_id=person, submitted_at=at)
        at += timedelta(microseconds=1)
        Submission.objects.create(**words, changes=last.changes, submitted_by=last.submitted_by, submitted_at=at)
    Approval(**words, approved_by=by, approved_at=at).save()

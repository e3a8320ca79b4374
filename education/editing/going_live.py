"""Publishing working copies: what stands behind each, and why it may not be."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from backspasm.models import User
from education import publishing
from education.editing.approving import looked_at
from education.editing.refused import Refused
from education.editing.standing import Standing
from education.edition import LiveEdition
from education.models import Draft
from education.plans import Name


def publish_working_copies(
    wanted: Mapping[Name, str],
    *,
    by: User,
    now: datetime,
    changes: str,
    live_from: datetime | None = None,
    retire_on: datetime | None = None,
    alone_reason: str = "",
) -> LiveEdition:
    """Publish working copies as one edition, at once or from ``live_from`` on (aware UTC).

    ``wanted`` gives the hash of the words that were looked at, by kind and key. ``changes`` is what readers see as
    'what changed' where nothing was said when the words were handed in. ``alone_reason`` counts only on a site run
    by one person.
    Raises Refused where nothing is wanted or said, words changed meanwhile, are published already, or have no second
    person though they are safety content; NotPublishable and NotAllowed as ``publishing.publish``.
    """
    if not wanted:
        raise Refused(_("Tick what is to be published."))
    if not changes.strip():
        raise Refused(_("Say in a sentence what changed."))
    with transaction.atomic():
        # In one order, so that two who publish at once wait for each other only in turn.
        standings = [looked_at(*name, wanted[name], now) for name in sorted(wanted)]
        proposals = [_proposal(standing, by, changes.strip(), alone_reason.strip()) for standing in standings]
        live_edition = publishing.publish(
            proposals, now=now, summary=changes.strip(), published_by=by, live_from=live_from, retire_on=retire_on
        )
        for standing in standings:
            Draft.objects.filter(kind=standing.kind, key=standing.key, content_hash=standing.content_hash).delete()
    return live_edition


def _proposal(standing: Standing, by: User, changes: str, alone_reason: str) -> publishing.Proposal:
    if not standing.is_changed:
        raise Refused(_("“%(title)s” is published already with these words.") % {"title": standing.title})
    submission = standing.submission
    proposal = publishing.Proposal(
        content=standing.content,
        changes=submission.changes if submission else changes,
        submitted_by=submission.submitted_by if submission else by,
    )
    if not standing.is_safety:
        return proposal
    others = [approval for approval in standing.approvals if approval.approved_by != proposal.submitted_by]
    if others:
        return replace(proposal, approved_by=others[0].approved_by, approved_hash=others[0].content_hash)
    if settings.SOLE_EDITOR and alone_reason:
        return replace(proposal, alone_reason=alone_reason)
    raise Refused(_why_not_alone(standing) % {"title": standing.title})


def _why_not_alone(standing: Standing) -> str:
    if settings.SOLE_EDITOR:
        return _("“%(title)s” is safety content: write down why one person publishes it alone.")
    if standing.approvals:
        return _("“%(title)s” is safety content and you approved it yourself, so somebody else must publish it.")
    return _("“%(title)s” is safety content: a clinical reviewer who did not change it must approve it.")

"""What somebody wants to publish, and the Publication that is made of it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backspasm.models import User
from education import contents, structure
from education.models import Publication
from education.plans import Plan


@dataclass(frozen=True)
class Proposal:
    """One content to be published, and who stands for it.

    Safety content needs ``approved_by`` other than ``submitted_by``, with the hash that was approved, unless it
    comes from the content files, or the site is run by one person and ``alone_reason`` says why.
    """

    content: structure.Publishable
    changes: str
    origin: Publication.Origin = Publication.Origin.EDITED
    submitted_by: User | None = None
    approved_by: User | None = None
    approved_hash: str = ""
    alone_reason: str = ""


def safety_among(publications: Collection[UUID]) -> frozenset[UUID]:
    """Return those of the publications whose words are safety content."""
    # The column says so also of words that ceased to be safety content with this publication.
    rows = Publication.objects.filter(pk__in=publications, is_safety=True)
    return frozenset(row.pk for row in rows if contents.is_safety(contents.from_stored(row.kind, row.content)))


def publication_of(proposal: Proposal, plan: Plan, now: datetime) -> Publication:
    """Return the publication, not saved yet. ``plan`` is that of its publishable, as it stands before."""
    content = proposal.content
    kind = contents.kind_of(content)
    last = Publication.objects.filter(kind=kind, key=content.key).order_by("-number").first()
    return Publication(
        kind=kind,
        key=content.key,
        number=last.number + 1 if last else 1,
        content=contents.to_stored(content),
        content_hash=contents.content_hash(content),
        origin=proposal.origin,
        # Words that readers know as safety content cannot be declared harmless by one person.
        is_safety=contents.is_safety(content) or bool(safety_among(plan.relied_on(now))),
        changes=proposal.changes,
        published_at=now,
        submitted_by=proposal.submitted_by,
        approved_by=proposal.approved_by,
        approved_hash=proposal.approved_hash,
        alone_reason=proposal.alone_reason,
    )

"""What waits for an editor: pages whose review falls due, and words that only another reviewer may approve."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from backspasm.models import User
from education.editing.approving import is_clinical_reviewer
from education.editing.standing import Standing
from education.models import Article, Publishable


def reviews_due(rows: Iterable[Publishable], *, now: datetime, ahead: timedelta) -> list[Article]:
    """Return the pages of ``rows`` whose review is due at most ``ahead`` from ``now`` (aware UTC), first due first."""
    last = now.date() + ahead
    pages = [row for row in rows if isinstance(row, Article) and row.review_due_on and row.review_due_on <= last]
    return sorted(pages, key=lambda row: (row.review_due_on, row.position))


def for_approval(every: Iterable[Standing], user: User) -> Iterator[Standing]:
    """Yield what waits for this person's approval: nothing for who is no clinical reviewer."""
    if is_clinical_reviewer(user):
        yield from (item for item in every if item.needs_approval and item.may_be_approved_by(user.pk))

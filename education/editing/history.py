"""Every wording there was of one publishable: saves and publications, newest first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from backspasm.models import User
from education import contents, structure
from education.models import Draft, Publication, Revision


@dataclass(frozen=True)
class Past:
    """One past wording: what it was, when (aware UTC), by whom, why."""

    sort: Literal["save", "publication"]
    number: int
    at: datetime
    by: User | None
    approved_by: User | None
    why: str
    content_hash: str


def past_contents(kind: str, key: str) -> list[Past]:
    """Return every save and publication, newest first."""
    saves = Revision.objects.filter(kind=kind, key=key).select_related("saved_by").defer("content")
    published = Publication.objects.filter(kind=kind, key=key).select_related("submitted_by", "approved_by")
    found = [
        *(Past("save", row.number, row.saved_at, row.saved_by, None, row.why, row.content_hash) for row in saves),
        *(_published(row) for row in published.defer("content")),
    ]
    # A publication comes after the save it publishes, also where both stand at one moment.
    return sorted(found, key=lambda item: (item.at, item.sort == "publication", item.number), reverse=True)


def _published(row: Publication) -> Past:
    return Past(
        "publication",
        row.number,
        row.published_at,
        row.submitted_by,
        row.approved_by,
        row.changes,
        row.content_hash,
    )


def content_at(kind: str, key: str, content_hash: str) -> structure.Publishable | None:
    """Return the words with this hash, if they were ever saved, published or offered by a release."""
    tables: Iterable[type[Revision | Publication | Draft]] = (Revision, Publication, Draft)
    for table in tables:
        row = table.objects.filter(kind=kind, key=key, content_hash=content_hash).first()
        if row is not None:
            return contents.from_stored(kind, row.content)
    return None

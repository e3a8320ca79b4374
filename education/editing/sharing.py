"""Preview links for people without an account, and what is said about a wording. Keeps no token: only its hash."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import OuterRef, Subquery

from backspasm.models import User
from education import contents, structure
from education.editing.history import content_at
from education.editing.refused import Refused
from education.editing.working_copies import SHELVES
from education.edition import LiveEdition
from education.models import Comment, PreviewLink, Revision

DAYS: Final = (1, 7, 30)
_TOKEN_BYTES: Final = 32


@dataclass(frozen=True)
class Remark:
    """One comment. A name without a role is what somebody typed: nobody has verified it."""

    name: str
    roles: str  # 'Author, Publisher': the groups of a member of staff; empty for anybody else
    is_of_staff: bool
    text: str
    made_at: datetime
    content_hash: str


def make_link(kind: str, key: str, content_hash: str, *, days: int, by: User, now: datetime) -> str:
    """Make a link to one wording that works for ``days``, and return its token: it cannot be found out again.

    Raises Refused for words that were never kept.
    """
    if content_at(kind, key, content_hash) is None:
        raise Refused("These words were never saved. Save them first.")
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    PreviewLink.objects.create(
        kind=kind,
        key=key,
        content_hash=content_hash,
        token_hash=_hash(token),
        made_by=by,
        made_at=now,
        expires_at=now + timedelta(days=days),
    )
    return token


def working_link(token: str, now: datetime) -> PreviewLink | None:
    """Return the link with this token, or None where there is none, it has expired or was revoked."""
    return PreviewLink.objects.filter(token_hash=_hash(token), revoked_at=None, expires_at__gt=now).first()


def revoke(kind: str, key: str, link: UUID, *, now: datetime) -> bool:
    """Make a link of one content stop working. Returns False where it did not work any more."""
    found = PreviewLink.objects.filter(pk=link, kind=kind, key=key, revoked_at=None, expires_at__gt=now)
    return bool(found.update(revoked_at=now))


def links_to(kind: str, key: str) -> list[PreviewLink]:
    """Return every link to any wording of a content, newest first."""
    return list(PreviewLink.objects.filter(kind=kind, key=key).select_related("made_by").order_by("-made_at"))


def comment(link: PreviewLink, *, name: str, text: str, now: datetime) -> None:
    """Keep what somebody with a link says about its words, under the name they typed."""
    Comment(kind=link.kind, key=link.key, content_hash=link.content_hash, name=name, text=text, made_at=now).save()


def guests_remarks(link: PreviewLink) -> list[Remark]:
    """Return what people with a link said about its words, oldest first: nothing that staff say among themselves."""
    return [remark for remark in remarks(link.kind, link.key, link.content_hash) if not remark.is_of_staff]


def not_live_at_making(link: PreviewLink, live: LiveEdition) -> list[structure.Publishable]:
    """Return what is not live, in the words that were saved last when the link was made; nothing saved since."""
    newest = Revision.objects.filter(kind=OuterRef("kind"), key=OuterRef("key"), saved_at__lte=link.made_at)
    rows = Revision.objects.filter(number=Subquery(newest.order_by("-number").values("number")[:1]))
    names = rows.order_by().values_list("pk", "kind", "key")
    wanted = [pk for pk, kind, key in names if key not in getattr(live, SHELVES[kind])]
    return [contents.from_stored(row.kind, row.content) for row in Revision.objects.in_bulk(wanted).values()]


def remarks(kind: str, key: str, content_hash: str = "") -> list[Remark]:
    """Return what was said about one wording, or about every wording of a content, oldest first."""
    rows = Comment.objects.filter(kind=kind, key=key).order_by("made_at")
    if content_hash:
        rows = rows.filter(content_hash=content_hash)
    return [_remark(row) for row in rows.select_related("author").prefetch_related("author__groups")]


def _remark(row: Comment) -> Remark:
    groups: Iterable[str] = (group.name for group in row.author.groups.all()) if row.author else ()
    return Remark(
        name=row.name,
        roles=", ".join(sorted(groups)),
        is_of_staff=row.author is not None,
        text=row.text,
        made_at=row.made_at,
        content_hash=row.content_hash,
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

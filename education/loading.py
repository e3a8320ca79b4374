"""Loads the content files: publishes what has never been published, keeps the rest as drafts. Never touches an edit."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from education import checks, contents, publishing, structure, working_copy
from education.models import Draft, Picture, Publication


@dataclass(frozen=True)
class Loaded:
    """How many contents were published, kept as drafts, or were as before."""

    published: int
    drafts: int
    unchanged: int


def load(library: checks.Library, *, now: datetime) -> Loaded:
    """Load checked contents. Run twice, it changes nothing the second time.

    A content of a kind and key that was never published is written to its working copy and published, all in one
    edition. A content that differs from every publication of its key becomes the one draft of that key, in place of
    an older draft. A content that says again what was published needs no draft. All or nothing.
    """
    with transaction.atomic():
        published, waiting = _hashes(Publication), _hashes(Draft)
        new: list[structure.Publishable] = []
        drafts = unchanged = 0
        for content in library.everything():
            name, content_hash = (contents.kind_of(content), content.key), contents.content_hash(content)
            if name not in published:
                new.append(content)
                continue
            wanted = {content_hash} - published[name]
            if waiting[name] != wanted:
                Draft.objects.filter(kind=name[0], key=name[1]).delete()
            if wanted <= waiting[name]:
                unchanged += 1
            else:
                _keep_draft(content, now)
                drafts += 1
        _keep_pictures(library, now)
        if new:
            _publish(new, now)
    return Loaded(published=len(new), drafts=drafts, unchanged=unchanged)


def _keep_pictures(library: checks.Library, now: datetime) -> None:
    """Put the pictures of the files into the library of pictures, under a name that an editor may change."""
    for digest, picture in library.pictures.items():
        values = {
            "name": f"From the content files, {digest[:8]}",
            "data": picture.data,
            "width": picture.width,
            "height": picture.height,
            "byte_count": len(picture.data),
            "added_at": now,
        }
        Picture.objects.get_or_create(digest=digest, defaults=values)


def _hashes(model: type[Publication | Draft]) -> Mapping[tuple[str, str], set[str]]:
    """Return the hashes of all rows by kind and key."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for kind, key, content_hash in model.objects.values_list("kind", "key", "content_hash"):
        found[kind, key].add(content_hash)
    return found


def _publish(new: Sequence[structure.Publishable], now: datetime) -> None:
    for content in new:
        working_copy.write(content)
    for content in new:
        if isinstance(content, structure.Article):
            working_copy.relate(content)
    proposals = [
        publishing.Proposal(content, changes="First published.", origin=Publication.Origin.FILES) for content in new
    ]
    publishing.publish(proposals, now=now, summary=f"From the content files: {publishing.summaries(new)}.")


def _keep_draft(content: structure.Publishable, now: datetime) -> None:
    Draft.objects.create(
        kind=contents.kind_of(content),
        key=content.key,
        content=contents.to_stored(content),
        content_hash=contents.content_hash(content),
        loaded_at=now,
    )

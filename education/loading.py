"""Loads the content files: publishes what has never been published, keeps the rest as drafts. Never touches an edit."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec
from django.db import transaction

from education import checks, publishing, structure, working_copy
from education.models import Draft, Publication


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
            name, content_hash = (checks.KINDS[type(content)], content.key), publishing.content_hash(content)
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
        if new:
            _publish(new, now)
    return Loaded(published=len(new), drafts=drafts, unchanged=unchanged)


def _hashes(model: type[Publication | Draft]) -> Mapping[tuple[str, str], set[str]]:
    """Return the hashes of all rows by kind and key."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for kind, key, content_hash in model.objects.values_list("kind", "key", "content_hash"):
        found[kind, key].add(content_hash)
    return found


def _publish(contents: Iterable[structure.Publishable], now: datetime) -> None:
    contents = list(contents)
    for content in contents:
        working_copy.write(content)
    for content in contents:
        if isinstance(content, structure.Article):
            working_copy.relate(content)
    proposals = [
        publishing.Proposal(content, changes="First published.", origin=Publication.Origin.FILES)
        for content in contents
    ]
    publishing.publish(proposals, now=now, summary=f"From the content files: {publishing.summaries(contents)}.")


def _keep_draft(content: structure.Publishable, now: datetime) -> None:
    Draft.objects.create(
        kind=checks.KINDS[type(content)],
        key=content.key,
        content=msgspec.to_builtins(content),
        content_hash=publishing.content_hash(content),
        loaded_at=now,
    )

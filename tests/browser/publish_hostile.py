"""Run as a program, in a process of its own: publishes every attack string on the site that the environment names.

No check is asked. The page ``/rich/`` is written by the ORM as it is; ``/raw/`` holds what nobody ever cleaned.
"""

import json
from collections.abc import Iterable
from typing import Final

import django
from django.db import connection, transaction
from django.utils import timezone

django.setup()

from education import contents, publishing, structure  # noqa: E402  # apps must be loaded first
from education.models import Edition, EditionEntry, Publication  # noqa: E402
from tests.education import hostile  # noqa: E402

RICH: Final = "rich"
RAW: Final = "raw"


def publish(new: Iterable[structure.Publishable]) -> None:
    """Make an edition of contents that no check would pass."""
    now = timezone.now()
    edition = Edition(number=publishing.read_edition(now).number + 1, published_at=now, summary="Hostile.")
    edition.save()
    for content in new:
        kind = contents.kind_of(content)
        row = Publication(
            kind=kind,
            key=content.key,
            number=Publication.objects.filter(kind=kind, key=content.key).count() + 1,
            content=contents.to_stored(content),
            content_hash=contents.content_hash(content),
            origin=Publication.Origin.FILES,
            is_safety=contents.is_safety(content),
            changes=hostile.WORDS[0],
            published_at=now,
        )
        row.save()
        EditionEntry(edition=edition, publication=row, live_from=now).save()


def store_raw(content: structure.Publishable) -> None:
    """Put a content into the database as it is, past the ORM."""
    with connection.cursor() as cursor:
        values = [json.dumps(contents.to_stored(content)), content.key]
        cursor.execute("UPDATE education_publication SET content = %s WHERE key = %s", values)


def main() -> None:
    """Publish everything. Raises AssertionError if the raw page was cleaned on its way."""
    rich, raw = (hostile.with_bodies(hostile.article(key), hostile.WORDS) for key in (RICH, RAW))
    with transaction.atomic():
        publish([*hostile.of_every_kind(hostile.WORDS), rich, raw])
        store_raw(raw)
    stored = Publication.objects.get(key=RAW).content
    assert list(hostile.rich_texts(stored)) == list(hostile.rich_texts(contents.to_stored(raw)))


if __name__ == "__main__":
    main()

"""The only writer of publications and editions, and the only way to read what is live.

Reading uses no transaction, so public pages survive a database that cannot be written. What was read is kept in the
process (edition_memory.py) until the edition changes, and in the data folder (edition_copy.py) for a process that
starts while the database is away.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import msgspec
from django.conf import settings
from django.db import Error as AnyDatabaseError
from django.db import close_old_connections, transaction
from django.db.models import Max
from django.utils import timezone

from backspasm.models import User
from education import checks, edition_copy, leaflets, structure
from education.edition import Change, LiveEdition, Published
from education.edition_memory import EditionMemory
from education.models import Edition, EditionEntry, Kind, Leaflet, Publication

HISTORY_LENGTH: Final = 5

TYPES: Final[Mapping[str, type[structure.Publishable]]] = {
    Kind.ARTICLE: structure.Article,
    Kind.CARE_CARD: structure.CareCard,
    Kind.PROTOCOL: structure.Protocol,
    Kind.EXERCISE: structure.Exercise,
    Kind.TERM: structure.Term,
    Kind.SOURCE: structure.Source,
}


class NothingPublished(Exception):
    """No edition exists yet, or none can be read."""


class NotPublishable(ValueError):
    """What would be live has errors; ``problems`` holds each of them."""

    def __init__(self, problems: Sequence[checks.Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{item.kind} {item.key} {item.place}: {item.message}" for item in problems))


@dataclass(frozen=True)
class Proposal:
    """One content to be published, and who stands for it.

    Safety content needs ``approved_by`` other than ``submitted_by``, with the hash that was approved, unless it
    comes from the content files or ``alone_reason`` says why one person published alone.
    """

    content: structure.Publishable
    changes: str
    origin: Publication.Origin = Publication.Origin.EDITED
    submitted_by: User | None = None
    approved_by: User | None = None
    approved_hash: str = ""
    alone_reason: str = ""


def content_hash(content: structure.Publishable) -> str:
    """Return the SHA-256 of a content, the same for the same words whatever the order of the keys."""
    return hashlib.sha256(msgspec.json.encode(content, order="deterministic")).hexdigest()


def is_safety(content: structure.Publishable) -> bool:
    """Return whether a second person must approve this content."""
    return isinstance(content, structure.CareCard | structure.Protocol) or (
        isinstance(content, structure.Article) and content.is_safety
    )


def publish(
    proposals: Sequence[Proposal], *, now: datetime, summary: str, published_by: User | None = None
) -> LiveEdition:
    """Publish all proposals as one new edition, PDFs included, or nothing at all. Returns the new edition.

    Raises ValueError for an empty list, NotPublishable where the whole edition would have errors, and IntegrityError
    where the two-person rule is not met.
    """
    if not proposals:
        raise ValueError("There is nothing to publish.")
    with transaction.atomic():
        # Two publishes at once: the second waits here, at a row that stays the same, and then reads the last number.
        Edition.objects.select_for_update().order_by("number").first()
        last = Edition.objects.aggregate(number=Max("number"), published_at=Max("published_at"))
        # A clock that went back must not put this edition before the last one: older words would come back later.
        now = max(now, last["published_at"] or now)
        edition = Edition(
            number=(last["number"] or 0) + 1, published_at=now, summary=summary, published_by=published_by
        )
        edition.save()
        for proposal in proposals:
            publication = _publication(proposal, now)
            publication.save()
            EditionEntry(edition=edition, publication=publication, live_from=now).save()
        live_edition = _read(now)
        if problems := checks.errors(checks.library_of(live_edition)):
            raise NotPublishable(problems)
        _render_leaflets(edition, live_edition)
    return live_edition


def _publication(proposal: Proposal, now: datetime) -> Publication:
    content = proposal.content
    kind = checks.KINDS[type(content)]
    numbers = Publication.objects.filter(kind=kind, key=content.key).aggregate(last=Max("number"))
    return Publication(
        kind=kind,
        key=content.key,
        number=(numbers["last"] or 0) + 1,
        content=msgspec.to_builtins(content),
        content_hash=content_hash(content),
        origin=proposal.origin,
        is_safety=is_safety(content),
        changes=proposal.changes,
        published_at=now,
        submitted_by=proposal.submitted_by,
        approved_by=proposal.approved_by,
        approved_hash=proposal.approved_hash,
        alone_reason=proposal.alone_reason,
    )


def _render_leaflets(edition: Edition, live_edition: LiveEdition) -> None:
    last = {
        leaflet.key: bytes(leaflet.pdf)
        for leaflet in Leaflet.objects.filter(pk__in=_latest_leaflets(edition.number).values())
    }
    for key, pdf in leaflets.render_all(live_edition):
        if last.get(key) != pdf:
            Leaflet(key=key, edition=edition, pdf=pdf).save()


def _latest_leaflets(edition_number: int) -> dict[str, Any]:
    # By edition_id: "edition" would sort as editions sort by themselves, newest first.
    rows = Leaflet.objects.filter(edition__lte=edition_number).order_by("edition_id").values_list("key", "pk")
    return dict(rows)


def leaflet(key: str, edition_number: int) -> bytes | None:
    """Return the PDF of ``key`` as it is at an edition, or None if there is none."""
    row = Leaflet.objects.filter(key=key, edition__lte=edition_number).order_by("-edition_id").first()
    return bytes(row.pdf) if row else None


# --- Reading ------------------------------------------------------------------------------------------------


def read_edition(now: datetime) -> LiveEdition:
    """Return what is live at ``now``, read from the database. Raises NothingPublished."""
    return _read(now)


def _read(now: datetime) -> LiveEdition:
    entries = list(
        EditionEntry.objects.order_by("live_from", "edition_id").values_list(
            "edition_id",
            "live_from",
            "is_retirement",
            "publication_id",
            "publication__kind",
            "publication__key",
            "publication__number",
            "publication__published_at",
            "publication__changes",
        )
    )
    current: dict[tuple[str, str], Any] = {}
    histories: dict[tuple[str, str], list[Change]] = defaultdict(list)
    coming: list[datetime] = []
    number = 0
    for edition_number, live_from, is_retirement, publication, kind, key, version, published_at, changes in entries:
        if live_from > now:
            coming.append(live_from)
            continue
        number = max(number, edition_number)
        current[kind, key] = None if is_retirement else publication
        histories[kind, key].insert(0, Change(version, published_at, changes))
    if not number:
        raise NothingPublished("No edition has been published yet: run load_content.")
    publications = Publication.objects.in_bulk([pk for pk in current.values() if pk])
    shelves: dict[str, dict[str, Published[Any]]] = {kind: {} for kind in TYPES}
    for (kind, key), pk in sorted(current.items()):
        if pk:
            shelves[kind][key] = _published(publications[pk], tuple(histories[kind, key][:HISTORY_LENGTH]))
    return _edition(number, shelves, coming, now)


def _published(row: Publication, history: tuple[Change, ...]) -> Published[Any]:
    return Published(
        content=msgspec.convert(row.content, TYPES[row.kind]),
        number=row.number,
        published_at=row.published_at,
        origin="files" if row.origin == Publication.Origin.FILES else "edited",
        published_alone=bool(row.alone_reason),
        history=history,
    )


def _edition(
    number: int, shelves: Mapping[str, Mapping[str, Published[Any]]], coming: list[datetime], now: datetime
) -> LiveEdition:
    articles = dict(sorted(shelves[Kind.ARTICLE].items(), key=lambda item: item[1].content.position))
    due = (_start_of(page.content.review_due_on) for page in articles.values() if page.content.review_due_on)
    return LiveEdition(
        number=number,
        published_at=max(page.published_at for shelf in shelves.values() for page in shelf.values()),
        until=min([moment for moment in [*coming, *due] if moment > now], default=None),
        articles=articles,
        cards=shelves[Kind.CARE_CARD],
        protocols=shelves[Kind.PROTOCOL],
        exercises=shelves[Kind.EXERCISE],
        terms=shelves[Kind.TERM],
        sources=shelves[Kind.SOURCE],
    )


def _start_of(day: date) -> datetime:
    """Return the first moment at which a review due on ``day`` is overdue: the end of that day in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)


def _last_number(now: datetime) -> int | None:
    number: int | None = EditionEntry.objects.filter(live_from__lte=now).aggregate(last=Max("edition_id"))["last"]
    return number


def _read_and_keep(now: datetime) -> LiveEdition:
    live_edition = _read(now)
    edition_copy.keep(live_edition, settings.DATA_DIR)
    return live_edition


def _recall() -> LiveEdition | None:
    return edition_copy.recall(settings.DATA_DIR)


_memory = EditionMemory(_read_and_keep, _last_number, _recall)


def live(now: datetime) -> LiveEdition:
    """Return what readers see at ``now`` (aware UTC), at most one second old.

    Raises NothingPublished before the first edition, a database error if none was ever read here.
    """
    return _memory.live(now)


def edition(now: datetime) -> tuple[int, datetime | None]:
    """Return the number of the live edition and the next moment at which something changes by itself."""
    current = live(now)
    return current.number, current.until


def generation() -> int:
    """Return a number that changes whenever this process begins to serve other content; reads the clock.

    For the page layer: pages kept under another number are dropped. While nothing can be read it stays as it is.
    """
    # Asked outside Django's request: a connection that broke would otherwise never be opened again.
    close_old_connections()
    try:
        _memory.live(timezone.now())
    except (NothingPublished, AnyDatabaseError):
        return _memory.generation
    finally:
        close_old_connections()
    return _memory.generation


def forget() -> None:
    """Drop what this process remembers, for tests and after a restored database."""
    _memory.forget()


def summaries(contents: Iterable[structure.Publishable]) -> str:
    """Return one line that names what a set of contents holds, for the log of an edition."""
    counted: dict[str, int] = defaultdict(int)
    for content in contents:
        counted[checks.KINDS[type(content)]] += 1
    return ", ".join(f"{count} {kind}" for kind, count in sorted(counted.items()))

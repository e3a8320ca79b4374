"""The only writer of publications and editions, and the only way to read what is live.

Reading uses no transaction, so public pages survive a database that cannot be written. What was read is kept in the
process (edition_memory.py) until the edition changes, and in the data folder (edition_copy.py) for a process that
starts while the database is away.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import Error as AnyDatabaseError
from django.db import close_old_connections
from django.utils import timezone
from django.utils.translation import gettext as _

from backspasm.models import User
from education import checks, contents, edition_copy, edition_reading, edition_writing, structure, usage
from education.edition import LiveEdition
from education.edition_memory import EditionMemory
from education.edition_reading import NothingPublished
from education.edition_writing import NotPublishable
from education.models import Edition, EditionEntry, Kind, Leaflet
from education.plans import Decision, Plan, plans
from education.proposals import Proposal, publication_of, safety_among

__all__ = [
    "NotAllowed",
    "NotPublishable",
    "NothingPublished",
    "Proposal",
    "edition",
    "generation",
    "live",
    "publish",
    "read_edition",
    "restore",
    "retire",
    "unschedule",
    "why_it_stays",
]

# The frame of every page leads to these, or people rely on them for their safety.
NEVER_RETIRED: Final = frozenset(
    "home get-help treatment medicines privacy accessibility about exercises glossary sources review-status".split()
) | frozenset(checks.CLAIMS_OF)


class NotAllowed(ValueError):
    """A rule of the house forbids it, whoever asks; the message says which."""


def publish(
    proposals: Sequence[Proposal],
    *,
    now: datetime,
    summary: str,
    published_by: User | None = None,
    live_from: datetime | None = None,
    retire_on: datetime | None = None,
) -> LiveEdition:
    """Publish all proposals as one new edition, PDFs included, or nothing at all. Returns what is live at ``now``.

    Moments are aware UTC. With ``live_from`` ahead readers see the words from then on; words that were set for
    later give way to these. From ``retire_on`` on they are retired again.
    Raises ValueError for an empty list, NotPublishable where the whole edition would have errors now or at any moment
    that is set, NotAllowed for one person on a site of several, and IntegrityError where the two-person rule is not
    met.
    """
    if not proposals:
        raise ValueError("There is nothing to publish.")
    if not settings.SOLE_EDITOR and any(proposal.alone_reason for proposal in proposals):
        raise NotAllowed(_("This site is run by more than one person: a second person approves safety content."))

    def make(new: Edition) -> Iterator[EditionEntry]:
        begins_at = _not_before(live_from, new)
        if retire_on is not None and retire_on <= begins_at:
            raise NotAllowed(_("It would be retired before anybody could read it."))
        every = plans(edition_reading.entries())
        for proposal in proposals:
            name = contents.kind_of(proposal.content), proposal.content.key
            plan = every.get(name, Plan())
            publication = publication_of(proposal, plan, new.published_at)
            if retire_on is not None:
                _refuse_retirement(*name, retire_on, is_safety=contents.is_safety(proposal.content))
            publication.save()
            yield from _entries(new, plan.with_words(publication.pk, begins_at, retire_on))

    return edition_writing.new_edition(make, now=now, summary=summary, published_by=published_by)


def retire(
    kind: str,
    key: str,
    *,
    points_to: str = "",
    now: datetime,
    summary: str,
    published_by: User | None = None,
    live_from: datetime | None = None,
) -> LiveEdition:
    """Take a publishable from readers, at once or from ``live_from`` on; its address then leads to ``points_to``.

    What was set for later than that is given up. Raises NotAllowed for what must stay or is not live then,
    NotPublishable where other pages still name it.
    """

    def make(new: Edition) -> Iterator[EditionEntry]:
        begins_at = _not_before(live_from, new)
        if refusal := why_it_stays(kind, key, begins_at):
            raise NotAllowed(refusal)
        if points_to and (
            points_to not in read_edition(begins_at).articles or (kind, key) == (Kind.ARTICLE, points_to)
        ):
            raise NotAllowed(_("The page that stands in for it must be another one that is live."))
        yield from _entries(new, edition_reading.plan_of((kind, key)).retired(begins_at, points_to))

    return edition_writing.new_edition(make, now=now, summary=summary, published_by=published_by)


def restore(kind: str, key: str, *, now: datetime, summary: str, published_by: User | None = None) -> LiveEdition:
    """Undo a retirement: the words readers saw last are live again. Raises NotAllowed where nothing is retired."""

    def make(new: Edition) -> Iterator[EditionEntry]:
        decisions = list(edition_reading.plan_of((kind, key)).restored(new.published_at))
        if not decisions:
            raise NotAllowed(_("It is not retired."))
        yield from _entries(new, decisions)

    return edition_writing.new_edition(make, now=now, summary=summary, published_by=published_by)


def unschedule(kind: str, key: str, *, now: datetime, summary: str, published_by: User | None = None) -> LiveEdition:
    """Take back everything that is set to happen later to a publishable. Raises NotAllowed where nothing is."""

    def make(new: Edition) -> Iterator[EditionEntry]:
        decisions = list(edition_reading.plan_of((kind, key)).taken_back(new.published_at))
        if not decisions:
            raise NotAllowed(_("Nothing is set for later."))
        yield from _entries(new, decisions)

    return edition_writing.new_edition(make, now=now, summary=summary, published_by=published_by)


def why_it_stays(kind: str, key: str, moment: datetime) -> str:
    """Return why a publishable cannot be retired at a moment (aware UTC), in a sentence; empty where it can be."""
    shown = edition_reading.plan_of((kind, key)).shown(moment)
    if shown is None:
        return _("Readers do not see it then, so it cannot be retired.")
    try:
        _refuse_retirement(kind, key, moment, is_safety=bool(safety_among([shown.publication])))
    except NotAllowed as refusal:
        return str(refusal)
    return ""


def _refuse_retirement(kind: str, key: str, moment: datetime, *, is_safety: bool) -> None:
    """Raise NotAllowed for cards, the protocol, safety pages, the pages that must stay, and pages that a card names."""
    if kind in {Kind.CARE_CARD, Kind.PROTOCOL}:
        raise NotAllowed(_("Care cards and the care protocol are never retired."))
    if is_safety:
        raise NotAllowed(_("This page is never retired: people rely on it for their safety."))
    if kind == Kind.ARTICLE and key in NEVER_RETIRED:
        raise NotAllowed(_("This page is never retired: every page leads to it, or the site stands on what it says."))
    if kind == Kind.ARTICLE and key in usage.linked_from_cards(checks.library_of(read_edition(moment))):
        raise NotAllowed(_("A care card names this page, so it cannot be retired."))


def _not_before(moment: datetime | None, new: Edition) -> datetime:
    return max(moment or new.published_at, new.published_at)


def _entries(new: Edition, decisions: Iterable[Decision]) -> Iterator[EditionEntry]:
    for decision in decisions:
        yield EditionEntry(
            edition=new,
            publication_id=decision.publication,
            live_from=decision.live_from,
            is_retirement=decision.is_retirement,
            points_to=decision.points_to,
        )


# --- Reading ------------------------------------------------------------------------------------------------


def leaflet(key: str, now: datetime) -> bytes | None:
    """Return the PDF of ``key`` as it is at a moment (aware UTC), or None if there is none."""
    rows = Leaflet.objects.filter(key=key, live_from__lte=now).order_by("-live_from", "-edition_id")
    row = rows.first()
    return bytes(row.pdf) if row else None


def read_edition(now: datetime, *, up_to: int | None = None) -> LiveEdition:
    """Return what is live at ``now``, read from the database, as far as edition ``up_to`` knew.

    Raises NothingPublished.
    """
    return edition_reading.read(now, up_to=up_to)


def _read_and_keep(now: datetime) -> LiveEdition:
    live_edition = edition_reading.read(now)
    edition_copy.keep(live_edition, settings.DATA_DIR)
    return live_edition


def _recall() -> LiveEdition | None:
    return edition_copy.recall(settings.DATA_DIR)


_memory = EditionMemory(_read_and_keep, edition_reading.last_number, _recall)


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


def summaries(every: Iterable[structure.Publishable]) -> str:
    """Return one line that names what a set of contents holds, for the log of an edition."""
    counted = Counter(contents.kind_of(content) for content in every)
    return ", ".join(f"{count} {kind}" for kind, count in sorted(counted.items()))

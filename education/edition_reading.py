"""Reads an edition from its entries: what is live at a moment, and what is set to change later."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, cast

from django.db.models import Max

from education import contents
from education.edition import PROTOCOL_KEY, Change, LiveEdition, Published, Retired
from education.models import Edition, EditionEntry, Kind, Publication
from education.plans import Entry, Name, Plan, plans
from education.step_changes import step_changes
from education.structure import Protocol

HISTORY_LENGTH: Final = 5


class NothingPublished(Exception):
    """No edition exists yet, or none can be read."""


def entries(up_to: int | None = None, name: Name | None = None) -> list[Entry]:
    """Return every decision, or those about one publishable, as far as edition ``up_to`` knew."""
    rows = EditionEntry.objects.order_by("live_from", "edition_id")
    if up_to is not None:
        rows = rows.filter(edition__lte=up_to)
    if name is not None:
        rows = rows.filter(publication__kind=name[0], publication__key=name[1])
    names = ("edition_id", "live_from", "is_retirement", "points_to", "publication_id")
    of_publication = ("publication__kind", "publication__key", "publication__number", "publication__changes")
    return [Entry(*row) for row in rows.values_list(*names, *of_publication)]


def plan_of(name: Name) -> Plan:
    """Return what readers see of one publishable from when on; an empty plan where it was never published."""
    return plans(entries(name=name)).get(name, Plan())


def coming(now: datetime) -> list[Entry]:
    """Return what readers will see change after ``now``, soonest first."""
    changes = (entry for plan in plans(entries()).values() for entry in plan.changes())
    return sorted((entry for entry in changes if entry.live_from > now), key=lambda entry: entry.live_from)


def moments_after(now: datetime) -> list[datetime]:
    """Return every moment after ``now`` for which anything was ever decided, also where it was taken back since."""
    moments = EditionEntry.objects.filter(live_from__gt=now).values_list("live_from", flat=True)
    return sorted(set(moments))


def last_number(now: datetime) -> int | None:
    """Return the number of the last edition made until ``now``, or None."""
    number: int | None = Edition.objects.filter(published_at__lte=now).aggregate(last=Max("number"))["last"]
    return number


def read(now: datetime, *, up_to: int | None = None) -> LiveEdition:
    """Return what is live at ``now``, as far as edition ``up_to`` knew. Raises NothingPublished."""
    every = plans(entries(up_to))
    number = last_number(now) if up_to is None else up_to
    current, histories = _folded(every, now)
    if not current or not number:
        raise NothingPublished("No edition has been published yet: run load_content.")
    protocols = _seen(every.get((Kind.PROTOCOL, PROTOCOL_KEY), Plan()), now)
    publications = Publication.objects.in_bulk([entry.publication for entry in [*current.values(), *protocols]])
    shelves: dict[str, dict[str, Published[Any]]] = {kind: {} for kind in contents.TYPES}
    retired: dict[str, dict[str, Retired]] = {kind: {} for kind in contents.TYPES}
    for (kind, key), entry in sorted(current.items()):
        row = publications[entry.publication]
        if entry.is_retirement:
            title = row.content.get("title") or row.content.get("name") or key
            retired[kind][key] = Retired(title, entry.live_from, entry.points_to)
        else:
            shelves[kind][key] = _published(row, tuple(histories[kind, key]))
    until = [entry.live_from for plan in every.values() for entry in plan.changes()]
    steps = step_changes(
        (_change(entry), cast(Protocol, contents.from_stored(entry.kind, publications[entry.publication].content)))
        for entry in protocols
    )
    return replace(_edition(number, shelves, retired, until, now), step_changes=steps)


def _seen(plan: Plan, now: datetime) -> list[Entry]:
    """Return the publications of one publishable that readers saw until ``now``, oldest first."""
    return [entry for entry in plan.changes() if entry.live_from <= now and not entry.is_retirement]


def _change(entry: Entry) -> Change:
    return Change(entry.number, entry.live_from, entry.changes)


def _folded(every: Mapping[Name, Plan], now: datetime) -> tuple[dict[Name, Entry], dict[Name, list[Change]]]:
    """Return the last decision about each publishable, and its publications by the moment each first went live.

    What was set for later and taken back before anybody read it is left out.
    """
    current: dict[Name, Entry] = {}
    histories: dict[Name, list[Change]] = defaultdict(list)
    for name, plan in every.items():
        for entry in plan.changes():
            if entry.live_from > now:
                break
            current[name] = entry
            if not entry.is_retirement and all(change.number != entry.number for change in histories[name]):
                histories[name].insert(0, _change(entry))
    return current, histories


def _published(row: Publication, history: tuple[Change, ...]) -> Published[Any]:
    return Published(
        content=contents.from_stored(row.kind, row.content),
        number=row.number,
        published_at=next(change.published_at for change in history if change.number == row.number),
        origin="files" if row.origin == Publication.Origin.FILES else "edited",
        published_alone=bool(row.alone_reason),
        history=history[:HISTORY_LENGTH],
    )


def _edition(
    number: int,
    shelves: Mapping[str, Mapping[str, Published[Any]]],
    retired: Mapping[str, Mapping[str, Retired]],
    changes: Iterable[datetime],
    now: datetime,
) -> LiveEdition:
    articles = dict(sorted(shelves[Kind.ARTICLE].items(), key=lambda item: item[1].content.position))
    due = (_start_of(page.content.review_due_on) for page in articles.values() if page.content.review_due_on)
    return LiveEdition(
        number=number,
        published_at=max(page.published_at for shelf in shelves.values() for page in shelf.values()),
        until=min([moment for moment in [*changes, *due] if moment > now], default=None),
        articles=articles,
        cards=shelves[Kind.CARE_CARD],
        protocols=shelves[Kind.PROTOCOL],
        exercises=shelves[Kind.EXERCISE],
        terms=shelves[Kind.TERM],
        sources=shelves[Kind.SOURCE],
        retired_articles=retired[Kind.ARTICLE],
        retired_exercises=retired[Kind.EXERCISE],
    )


def _start_of(day: date) -> datetime:
    """Return the first moment at which a review due on ``day`` is overdue: the end of that day in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)

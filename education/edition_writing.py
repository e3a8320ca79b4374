"""Makes editions: one transaction for publications, entries, checks at every moment that is set, and PDFs."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from backspasm.models import User
from education import checks, edition_reading, leaflets, usage
from education.edition import LiveEdition
from education.models import Edition, EditionEntry, Kind, Leaflet
from education.plans import plans
from education.proposals import safety_among

MakeEntries = Callable[[Edition], Iterable[EditionEntry]]


class NotPublishable(ValueError):
    """What would be live has errors: ``problems`` at the moment ``at`` (aware UTC), which is None for at once."""

    def __init__(self, problems: Sequence[checks.Problem], at: datetime | None = None) -> None:
        self.problems = tuple(problems)
        self.at = at
        super().__init__("; ".join(f"{item.kind} {item.key} {item.place}: {item.message}" for item in problems))


def new_edition(make_entries: MakeEntries, *, now: datetime, summary: str, published_by: User | None) -> LiveEdition:
    """Make the next edition with these entries, or nothing at all. Returns what is live at its moment.

    Raises NotPublishable where anything is wrong at that moment or at any later one that is set.
    """
    with transaction.atomic():
        # Two publishes at once: the second waits here, at a row that stays the same, and then reads the last number.
        Edition.objects.select_for_update().order_by("number").first()
        last = Edition.objects.aggregate(number=Max("number"), published_at=Max("published_at"))
        # A clock that went back must not put this edition before the last one: older words would come back later.
        now = max(now, last["published_at"] or now)
        new = Edition(number=(last["number"] or 0) + 1, published_at=now, summary=summary, published_by=published_by)
        new.save()
        for entry in list(make_entries(new)):
            entry.save()
        # Also the moments of what was taken back: a leaflet kept for one must give way to that of these words.
        editions = {moment: edition_reading.read(moment) for moment in (now, *edition_reading.moments_after(now))}
        for moment, at_moment in editions.items():
            if problems := _problems(new, at_moment, moment):
                raise NotPublishable(problems, None if moment == now else moment)
    return editions[now]


def _problems(new: Edition, at_moment: LiveEdition, moment: datetime) -> list[checks.Problem]:
    """Return what is wrong at a moment; keep the PDFs where nothing is."""
    library = checks.library_of(at_moment)
    found = [
        *checks.errors(library),
        *_dead_addresses_on_cards(library, at_moment),
        *_retired_safety_pages(at_moment, moment),
    ]
    if not found:
        try:
            _render_leaflets(new, at_moment, moment)
        except leaflets.CannotRender as error:
            found = [checks.Problem(Kind.ARTICLE, error.key, "leaflet", str(error))]
    return found


def _dead_addresses_on_cards(library: checks.Library, at_moment: LiveEdition) -> Iterator[checks.Problem]:
    for key in at_moment.retired_articles:
        for use in usage.uses(library, Kind.ARTICLE, key):
            if use.kind == Kind.CARE_CARD:
                yield checks.Problem(use.kind, use.key, use.place, f"it names the page {key}, which is retired")


def _retired_safety_pages(at_moment: LiveEdition, moment: datetime) -> Iterator[checks.Problem]:
    """Yield the retired pages whose last words people rely on: a retirement set earlier does not know of new words."""
    if not at_moment.retired_articles:
        return
    every = plans(edition_reading.entries())
    last = {key: every[Kind.ARTICLE, key].seen_last(moment) for key in at_moment.retired_articles}
    safety = safety_among({entry.publication for entry in last.values() if entry})
    for key, entry in last.items():
        if entry and entry.publication in safety:
            message = (
                "it would be retired, but people rely on it for their safety: take back what is set for later first"
            )
            yield checks.Problem(Kind.ARTICLE, key, "", message)


def _render_leaflets(new: Edition, at_moment: LiveEdition, moment: datetime) -> None:
    """Keep every leaflet that will differ from the one kept for this moment so far. Raises CannotRender."""
    rows = Leaflet.objects.filter(live_from__lte=moment).order_by("live_from", "edition_id").values_list("key", "pk")
    kept = {row.key: bytes(row.pdf) for row in Leaflet.objects.filter(pk__in=dict(rows).values())}
    for key, pdf in leaflets.render_all(at_moment):
        if kept.get(key) != pdf:
            Leaflet(key=key, edition=new, live_from=moment, pdf=pdf).save()

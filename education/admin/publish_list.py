"""What stands on the publishing screen: every changed working copy, what the checks say of those ticked."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from education import advice, checks, publishing, usage
from education.admin import moments
from education.admin.screen import address_of
from education.editing import Standing, live_with, standings, working_copies
from education.editing.needs import needed_with
from education.edition import LiveEdition
from education.models import Kind
from education.plans import Entry, Name

_PARTS: Final = 3  # of the value of a tick


@dataclass(frozen=True)
class Row:
    """One changed working copy. ``needs`` are the titles of what it names and readers do not know yet."""

    standing: Standing
    url: str
    compare_url: str
    needs: tuple[str, ...]
    is_ticked: bool

    @property
    def value(self) -> str:
        """What a tick sends: which words were looked at."""
        return f"{self.standing.kind}:{self.standing.key}:{self.standing.content_hash}"

    @property
    def kind(self) -> str:
        """Its kind, in words."""
        return str(Kind(self.standing.kind).label)

    @property
    def lacks_second_person(self) -> bool:
        """Whether it is safety content that nobody else has approved."""
        return self.standing.is_safety and not self.standing.approvals


@dataclass(frozen=True)
class Finding:
    """Something the checks say, and where to mend it."""

    title: str
    url: str
    place: str
    message: str


@dataclass(frozen=True)
class Coming:
    """Something that is set for later: to which content, what, and when in words."""

    title: str
    url: str
    what: str
    said: str
    take_back_url: str


def ticked(values: Iterable[str]) -> dict[Name, str]:
    """Return the hashes that were ticked, by kind and key; what no screen of ours sends is left out."""
    parts = (value.split(":") for value in values)
    return {(one[0], one[1]): one[2] for one in parts if len(one) == _PARTS and one[0] in working_copies.WORKING_COPIES}


def rows(ticks: Mapping[Name, str], asked: Collection[Name], live: LiveEdition, now: datetime) -> list[Row]:
    """Return every changed working copy. Ticked are ``ticks`` whose words are still the same, and what is ``asked`` for
    together with what it needs."""
    changed = [standing for standing in standings(now) if standing.is_changed]
    titles = {(item.kind, item.key): item.title for item in changed}
    wanted = needed_with([name for name in asked if name in titles], changed, live)
    found = []
    for item in changed:
        name = item.kind, item.key
        needed = needed_with([name], changed, live) - {name}
        found.append(
            Row(
                standing=item,
                url=address_of(*name),
                compare_url=address_of(*name, "compare"),
                needs=tuple(sorted(titles[other] for other in needed)),
                is_ticked=name in wanted or ticks.get(name) == item.content_hash,
            )
        )
    return found


def findings(chosen: Sequence[Row], at: datetime, today: datetime) -> tuple[list[Finding], list[Finding]]:
    """Return the errors of what would be live at a moment (aware UTC) with these, and the advice on these."""
    contents = [row.standing.content for row in chosen]
    library = live_with(publishing.read_edition(at), contents)
    errors = problems(checks.errors(library))
    advised = [item for content in contents for item in advice.advice(library, content, today.date())]
    titles = {(row.standing.kind, row.standing.key): (row.standing.title, row.url) for row in chosen}
    return errors, [Finding(*titles[item.kind, item.key], item.place, item.message) for item in advised]


def problems(errors: Iterable[checks.Problem]) -> list[Finding]:
    """Return errors with the addresses of the screens where they can be mended."""
    return [
        Finding(_title(error.kind, error.key), address_of(error.kind, error.key), error.place, error.message)
        for error in errors
    ]


def used_by(uses: Iterable[usage.Use]) -> list[Finding]:
    """Return the places where a thing is used, with the addresses of their screens."""
    return [Finding(_title(use.kind, use.key), address_of(use.kind, use.key), use.place, use.how) for use in uses]


def coming(entries: Iterable[Entry], zone: str) -> list[Coming]:
    """Return what is set for later, with moments in a zone."""
    return [
        Coming(
            title=_title(entry.kind, entry.key),
            url=address_of(entry.kind, entry.key),
            what=what_comes(entry),
            said=moments.said(entry.live_from, zone),
            take_back_url=address_of(entry.kind, entry.key, "unschedule"),
        )
        for entry in entries
    ]


def what_comes(entry: Entry) -> str:
    """Return what readers will notice, in words."""
    return _("taken from readers") if entry.is_retirement else _("new words: %(changes)s") % {"changes": entry.changes}


def _title(kind: str, key: str) -> str:
    row = working_copies.row_of(kind, key)
    return str(getattr(row, "name", "") or getattr(row, "title", "") or key)

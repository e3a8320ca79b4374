"""What readers see of one publishable from when on, and what becomes of that plan when something is decided. Pure.

Decisions are never taken out again: a later edition decides anew for the same moment. Moments are aware UTC.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

Name = tuple[str, str]  # kind and key


@dataclass(frozen=True)
class Entry:
    """One decision about one publishable: from ``live_from`` (aware UTC) on, this publication, or none."""

    edition: int
    live_from: datetime
    is_retirement: bool
    points_to: str
    publication: UUID
    kind: str
    key: str
    number: int
    changes: str


@dataclass(frozen=True)
class Decision:
    """What an edition is to say: from ``live_from`` on this publication, or none and the page ``points_to`` instead."""

    publication: UUID
    live_from: datetime
    is_retirement: bool = False
    points_to: str = ""


@dataclass(frozen=True)
class Plan:
    """The decisions about one publishable that hold, in the order of their moments, no two for the same moment."""

    entries: Sequence[Entry] = ()

    def shown(self, moment: datetime) -> Entry | None:
        """Return what readers see at a moment, or None where they see nothing."""
        until = [entry for entry in self.entries if entry.live_from <= moment]
        return None if not until or until[-1].is_retirement else until[-1]

    def seen_last(self, moment: datetime | None = None) -> Entry | None:
        """Return the words that readers see last, a retirement apart, up to a moment or for ever."""
        words = (entry for entry in reversed(self.entries) if not entry.is_retirement)
        return next((entry for entry in words if moment is None or entry.live_from <= moment), None)

    def after(self, moment: datetime) -> list[Entry]:
        """Return what was decided for later than a moment."""
        return [entry for entry in self.entries if entry.live_from > moment]

    def changes(self) -> Iterator[Entry]:
        """Yield the decisions that readers notice: not those that say again what holds already."""
        state: tuple[UUID | None, str] | None = None
        for entry in self.entries:
            if entry.is_retirement and state is None:
                continue  # nothing was ever shown
            told = None if entry.is_retirement else entry.publication, entry.points_to
            if told != state:
                yield entry
            state = told

    def relied_on(self, now: datetime) -> frozenset[UUID]:
        """Return the publications that readers see, saw last, or are going to see."""
        words = (self.seen_last(now), *(entry for entry in self.after(now) if not entry.is_retirement))
        return frozenset(entry.publication for entry in words if entry)

    # --- Decisions: each returns what the new edition must say ------------------------------------------------

    def with_words(
        self, publication: UUID, begins_at: datetime, retire_on: datetime | None = None
    ) -> Iterator[Decision]:
        """Show a publication from ``begins_at`` on. Words set for later give way to it.

        A retirement set for later stays, save where ``retire_on`` sets another.
        """
        yield Decision(publication, begins_at)
        is_gone = self.shown(begins_at) is None
        for entry in self.after(begins_at):
            # While nothing is shown, a retirement only says so again, and ends with these words.
            is_gone = is_gone and entry.is_retirement
            if retire_on is not None and entry.live_from > retire_on:
                yield Decision(publication, entry.live_from, is_retirement=True, points_to=entry.points_to)
            elif entry.live_from != retire_on and (not entry.is_retirement or is_gone or retire_on is not None):
                yield Decision(publication, entry.live_from)
        if retire_on is not None:
            yield Decision(publication, retire_on, is_retirement=True)

    def retired(self, begins_at: datetime, points_to: str) -> Iterator[Decision]:
        """Show nothing from ``begins_at`` on, whatever was set for later. Nothing where nothing is shown then."""
        shown = self.shown(begins_at)
        if shown is not None:
            for moment in (begins_at, *(entry.live_from for entry in self.after(begins_at))):
                yield Decision(shown.publication, moment, is_retirement=True, points_to=points_to)

    def restored(self, now: datetime) -> Iterator[Decision]:
        """Show again what readers saw last. Nothing where something is shown, or nothing ever was."""
        last = self.seen_last(now)
        if last is None or self.shown(now) is not None:
            return
        yield Decision(last.publication, now)
        for entry in self.after(now):
            if not entry.is_retirement:
                return
            yield Decision(last.publication, entry.live_from)

    def taken_back(self, now: datetime) -> Iterator[Decision]:
        """Let everything stay as it is now, whatever was set for later. Nothing where nothing is set."""
        if not any(entry.live_from > now for entry in self.changes()):
            return
        holds = next((entry for entry in reversed(self.entries) if entry.live_from <= now), None)
        for entry in self.after(now):
            # What was never shown goes as if it had been retired.
            yield Decision(
                holds.publication if holds else entry.publication,
                entry.live_from,
                is_retirement=holds is None or holds.is_retirement,
                points_to=holds.points_to if holds else "",
            )


def plans(entries: Iterable[Entry]) -> Mapping[Name, Plan]:
    """Return the plan of every publishable. Of two decisions for the same moment that of the later edition holds."""
    held: dict[Name, dict[datetime, Entry]] = {}
    for entry in sorted(entries, key=lambda entry: (entry.live_from, entry.edition)):
        held.setdefault((entry.kind, entry.key), {})[entry.live_from] = entry
    return {name: Plan(tuple(of_one.values())) for name, of_one in held.items()}

"""The whole site at one moment, as readers see it. Pure: a plain value, no database and no clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, Literal, TypeVar

from education import structure

T_co = TypeVar("T_co", bound=structure.Content, covariant=True)

Origin = Literal["files", "edited"]


@dataclass(frozen=True)
class Change:
    """One past publication of a publishable: its number, its moment (aware UTC) and what changed, in a sentence."""

    number: int
    published_at: datetime
    changes: str


@dataclass(frozen=True)
class Published(Generic[T_co]):
    """The live publication of one publishable. ``history`` is newest first and begins with this one."""

    content: T_co
    number: int
    published_at: datetime
    origin: Origin
    published_alone: bool
    history: tuple[Change, ...]


@dataclass(frozen=True)
class Retired:
    """What readers no longer see: its title, since when (aware UTC), and the page that stands in for it, if any."""

    title: str
    retired_at: datetime
    points_to: str


@dataclass(frozen=True)
class LiveEdition:
    """Everything readers see, keyed by each publishable's stable key.

    ``until`` is the next moment at which something changes by itself, or None. ``retired_articles`` and
    ``retired_exercises`` once had an address. ``step_changes`` has what made each step of the protocol what it is.
    """

    number: int
    published_at: datetime
    until: datetime | None
    articles: Mapping[str, Published[structure.Article]]
    cards: Mapping[str, Published[structure.CareCard]]
    protocols: Mapping[str, Published[structure.Protocol]]
    exercises: Mapping[str, Published[structure.Exercise]]
    terms: Mapping[str, Published[structure.Term]]
    sources: Mapping[str, Published[structure.Source]]
    retired_articles: Mapping[str, Retired] = field(default_factory=dict)
    retired_exercises: Mapping[str, Retired] = field(default_factory=dict)
    step_changes: Mapping[str, Change] = field(default_factory=dict)

    @property
    def protocol(self) -> structure.Protocol:
        """The care protocol; the site has exactly one."""
        return self.protocols[PROTOCOL_KEY].content

    @property
    def emergency_card(self) -> structure.CareCard:
        """The card of the signs that mean 'call now'."""
        return self.cards[EMERGENCY_CARD_KEY].content

    def card_order(self) -> tuple[structure.CareCard, ...]:
        """All care cards, most urgent first."""
        cards = (published.content for published in self.cards.values())
        return tuple(sorted(cards, key=lambda card: structure.URGENCIES.index(card.urgency)))


PROTOCOL_KEY = "care-protocol"
EMERGENCY_CARD_KEY = "emergency"

"""What an editing form may name. Filled by the views, so that forms ask no database."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Choices:
    """The keys that exist, each with its label.

    ``pictures`` has label, width and height (CSS pixels) of each picture. ``reserved_slugs`` are the first parts of
    addresses that no page may take. ``taken`` holds what must be unique beyond one content, as other contents hold
    it, by kind and field: "exercise.code", "sign.code", "step.key", "step.row", "care_card.urgency", "term.key",
    "protocol.key".
    """

    sources: Mapping[str, str]
    cards: Mapping[str, str]
    exercises: Mapping[str, str]
    articles: Mapping[str, str]
    pictures: Mapping[str, tuple[str, int, int]]
    drawings: Mapping[str, str]
    reserved_slugs: frozenset[str]
    taken: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def is_taken(self, name: str, value: str) -> bool:
        """Whether another content holds ``value`` in the field ``name``, "sign.code"."""
        return value in self.taken.get(name, frozenset())

    def has_key(self, kind: str, key: str) -> bool:
        """Whether there is a content of this kind with this key."""
        shelves = {
            "article": self.articles,
            "care_card": self.cards,
            "exercise": self.exercises,
            "source": self.sources,
        }
        return key in shelves[kind] if kind in shelves else self.is_taken(f"{kind}.key", key)

"""What holds for any content, whatever its kind: its type, its hash, its stored form, whether it is safety content."""

import hashlib
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from education import structure
from education.checks import KINDS

__all__ = ["KINDS", "SAFETY_PAGES", "TYPES", "content_hash", "from_stored", "is_safety", "kind_of", "to_stored"]

TYPES: Final[Mapping[str, type[structure.Publishable]]] = {kind: type_ for type_, kind in KINDS.items()}
# Safety content whatever an editor ticks; a constraint of the publications says so too.
SAFETY_PAGES: Final = frozenset({"get-help", "medicines"})


def kind_of(content: structure.Publishable) -> str:
    """Return the stored word for the kind of a content: 'article', 'care_card' ..."""
    return KINDS[type(content)]


def content_hash(content: structure.Publishable) -> str:
    """Return the SHA-256 of a content, the same for the same words whatever the order of the keys."""
    return hashlib.sha256(msgspec.json.encode(content, order="deterministic")).hexdigest()


def to_stored(content: structure.Publishable) -> Any:
    """Return a content as plain values for a JSON column."""
    return msgspec.to_builtins(content)


def from_stored(kind: str, value: Any) -> structure.Publishable:
    """Return the content that was stored. Raises msgspec.ValidationError for what no release ever wrote."""
    return msgspec.convert(value, TYPES[kind])


def is_safety(content: structure.Publishable) -> bool:
    """Return whether a second person must approve this content."""
    return isinstance(content, structure.CareCard | structure.Protocol) or (
        isinstance(content, structure.Article) and (content.is_safety or content.key in SAFETY_PAGES)
    )

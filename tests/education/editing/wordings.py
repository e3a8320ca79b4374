"""Working copies that say something new, and short ways through the house, for tests."""

from datetime import datetime
from typing import Any, Final

import msgspec
from django.utils import timezone

from backspasm.models import User
from education import contents, editing, structure, working_copy
from education.editing.standing import Standing
from education.edition import LiveEdition
from education.models import Kind

Name = tuple[str, str]

CARD: Final[Name] = (Kind.CARE_CARD, "emergency")
PROTOCOL: Final[Name] = (Kind.PROTOCOL, "care-protocol")
TERM: Final[Name] = (Kind.TERM, "disc")
PAGE: Final[Name] = (Kind.ARTICLE, "recovery")  # no safety content
MEDICINES: Final[Name] = (Kind.ARTICLE, "medicines")  # safety content by its address


def current(name: Name) -> structure.Publishable:
    """Return what the working copy says."""
    row = editing.row_of(*name)
    assert row is not None
    return working_copy.content_of(row)


def page(name: Name = PAGE) -> structure.Article:
    """Return what the working copy of a page says."""
    content = current(name)
    assert isinstance(content, structure.Article)
    return content


def standing(name: Name, now: datetime | None = None) -> Standing:
    """Return how far it is."""
    found = editing.standing_of(*name, now)
    assert found is not None
    return found


def say(name: Name, by: User, *, now: datetime | None = None, **fields: Any) -> str:
    """Save the working copy with other words in these fields, and return the hash of it all."""
    before = current(name)
    content = msgspec.structs.replace(before, **fields)
    editing.save(content, base_hash=contents.content_hash(before), by=by, why="", now=now or timezone.now())
    return contents.content_hash(current(name))


def hand_in(name: Name, content_hash: str, by: User, changes: str = "Said otherwise.") -> None:
    """Hand words in."""
    editing.hand_in(*name, content_hash, changes=changes, by=by, now=timezone.now())


def approve(name: Name, content_hash: str, by: User) -> None:
    """Approve words."""
    editing.approve(*name, content_hash, by=by, now=timezone.now())


def approved(name: Name, author: User, reviewer: User, **fields: Any) -> str:
    """Save, hand in and approve other words, and return their hash."""
    content_hash = say(name, author, **fields)
    hand_in(name, content_hash, author)
    approve(name, content_hash, reviewer)
    return content_hash


def publish(name: Name, content_hash: str, by: User, now: datetime | None = None, **options: Any) -> LiveEdition:
    """Publish one working copy."""
    return editing.publish_working_copies(
        {name: content_hash}, by=by, now=now or timezone.now(), changes="Said otherwise.", **options
    )

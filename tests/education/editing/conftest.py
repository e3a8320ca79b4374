"""People who edit; a term that Ann saved in words readers do not see, and a link to it."""

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from backspasm.models import User
from education import contents, publishing, structure
from education.editing import sharing
from education.edition import LiveEdition
from tests.education.editing.people import person
from tests.education.editing.preview_links import NOW, TITLE, save


@pytest.fixture
def author(live: LiveEdition) -> User:
    return person("ann", "Author")


@pytest.fixture
def reviewer(live: LiveEdition) -> User:
    return person("rea", "Clinical reviewer")


@pytest.fixture
def publisher(live: LiveEdition) -> User:
    return person("pat", "Publisher")


@pytest.fixture
def clock(live: LiveEdition) -> Iterator[time_machine.Traveller]:
    """It is NOW, until a test moves on."""
    with time_machine.travel(NOW, tick=False) as traveller:
        publishing.forget()
        yield traveller
        publishing.forget()


@pytest.fixture
def ann(clock: time_machine.Traveller) -> User:
    """An author."""
    return person("ann", "Author")


@pytest.fixture
def words(ann: User) -> structure.Publishable:
    """A term as Ann saved it: readers see other words."""
    return save(ann, TITLE)


@pytest.fixture
def token(words: structure.Publishable, ann: User) -> str:
    """The token of a link to her words, which works for seven days."""
    return sharing.make_link("term", "acute", contents.content_hash(words), days=7, by=ann, now=NOW)


@pytest.fixture
def guest(token: str, settings: Settings) -> Client:
    """Somebody without an account who has the link. CSRF checks are on, as in real life."""
    return Client(enforce_csrf_checks=True, headers={"host": settings.SITE_URL.netloc})

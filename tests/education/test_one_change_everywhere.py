"""The protocol and the cards are edited once: a published change shows wherever they are read, within a second."""

from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
import pytest
from django.utils import timezone

from backspasm.models import User
from education import structure
from education.edition import LiveEdition
from tests.education.editing.people import person
from tests.education.editing.wordings import CARD, PROTOCOL, Name, approved
from tests.education.editing.wordings import publish as publish_working_copy
from tests.education.readers import Readers
from tests.public_addresses import CONTENT

pytestmark = pytest.mark.django_db

SECOND: Final = timedelta(seconds=1)
SIGN: Final = "You cannot feel the saddle of a bicycle."
# What each reader of the care protocol is told of the ice, before and after.
ICE: Final = {
    "page": ("/treatment/", "every 2 hours while awake", "every 4 hours while awake"),
    "leaflet": ("/leaflets/treatment.pdf", "every 2 hours while awake", "every 4 hours while awake"),
    "API": ("/api/pages/treatment/", '"value": "every 2 hours while awake"', '"value": "every 4 hours while awake"'),
    "search": ("/search/?q=ice+minutes+hours+awake", "every 2 <mark>hours</mark>", "every 4 <mark>hours</mark>"),
    "timer": ("/treatment/", 'data-key="ice_on_back" data-minutes="20"', 'data-key="ice_on_back" data-minutes="15"'),
}


@pytest.fixture
def people(live: LiveEdition) -> tuple[User, User, User]:
    """An author, a clinical reviewer and a publisher."""
    return person("ann", "Author"), person("rea", "Clinical reviewer"), person("pat", "Publisher")


def publish_by_two(name: Name, people: tuple[User, User, User], **fields: Any) -> datetime:
    """Publish other words as editors do; return when every reader sees them."""
    author, reviewer, publisher = people
    now = timezone.now()
    publish_working_copy(name, approved(name, author, reviewer, **fields), publisher, now)
    return now + SECOND


def less_ice(step: structure.CareStep) -> structure.CareStep:
    """The ice of the first days, for a shorter time and less often."""
    if step.kind != "ice":
        return step
    instruction = "Lie on your back with your knees bent, the ice pack under the sore part. 15 minutes every 4 hours."
    return msgspec.structs.replace(step, interval_minutes=240, duration_minutes=15, instruction=instruction)


@pytest.mark.parametrize("consumer", ICE)
def test_a_change_of_the_ice_shows_wherever_the_protocol_is_read(
    live: LiveEdition, people: tuple[User, User, User], readers: Readers, consumer: str
) -> None:
    path, old, new = ICE[consumer]
    before = readers.read(path, timezone.now())

    then = publish_by_two(PROTOCOL, people, steps=tuple(less_ice(step) for step in live.protocol.steps))

    after = readers.read(path, then)
    assert (old in before, new in before) == (True, False)
    assert (old in after, new in after) == (False, True)


def with_sign(card: structure.CareCard, code: str) -> tuple[structure.Sign, ...]:
    return tuple(msgspec.structs.replace(sign, text=SIGN) if sign.code == code else sign for sign in card.signs)


def test_a_changed_emergency_sign_shows_on_every_page_that_shows_the_card(
    live: LiveEdition, people: tuple[User, User, User], readers: Readers
) -> None:
    leaflets = [f"/leaflets/{key}.pdf" for key, page in live.articles.items() if page.content.has_leaflet]
    api = [f"/api/pages/{key}/" for key in live.articles]
    paths = [*CONTENT, *leaflets, *api, "/diary.pdf", "/search/?q=numb+bottom"]
    old = live.emergency_card.signs[0]
    showing = [path for path in paths if old.text in readers.read(path, timezone.now())]

    then = publish_by_two(CARD, people, signs=with_sign(live.emergency_card, old.code))

    texts = {path: readers.read(path, then) for path in showing}
    assert {"/get-help/", "/disc-disorders/", "/diary.pdf", "/search/?q=numb+bottom", *leaflets, *api} <= set(showing)
    assert [path for path, text in texts.items() if SIGN not in text or old.text in text] == []


def test_a_changed_emergency_number_shows_on_the_card_and_in_the_machine_readable_pages(
    live: LiveEdition, people: tuple[User, User, User], readers: Readers
) -> None:
    then = publish_by_two(CARD, people, emergency_number="112")

    assert 'href="tel:112"' in readers.read("/get-help/", then)
    assert '"emergency_number": "112"' in readers.read("/api/pages/treatment/", then)
    assert "112" in readers.read("/leaflets/treatment.pdf", then)

"""When each step of the care protocol became what it is."""

from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec
from django.utils import timezone

from education import content_files, publishing
from education.edition import PROTOCOL_KEY, Change, LiveEdition
from education.models import Publication
from education.step_changes import step_changes
from education.structure import Protocol

FIRST: Final = datetime(2030, 1, 1, tzinfo=UTC)
PROTOCOL: Final = content_files.read().protocols[PROTOCOL_KEY]
ICE, WALK = "ice_on_back", "gentle_walk"


def change(number: int) -> Change:
    return Change(number, FIRST + timedelta(days=number), f"Change {number}")


def with_step(protocol: Protocol, key: str, **fields: object) -> Protocol:
    steps = tuple(msgspec.structs.replace(step, **fields) if step.key == key else step for step in protocol.steps)
    return msgspec.structs.replace(protocol, steps=steps)


def without(protocol: Protocol, key: str) -> Protocol:
    return msgspec.structs.replace(protocol, steps=tuple(step for step in protocol.steps if step.key != key))


def test_a_step_became_what_it_is_with_the_last_change_of_its_own() -> None:
    second = with_step(PROTOCOL, ICE, title="Ice")
    third = with_step(second, WALK, title="Walk")

    found = step_changes([(change(1), PROTOCOL), (change(2), second), (change(3), third)])

    assert (found[ICE].number, found[WALK].number) == (2, 3)
    assert {found[step.key].number for step in PROTOCOL.steps if step.key not in {ICE, WALK}} == {1}


def test_a_step_that_is_gone_is_not_named_and_one_that_came_back_is_new() -> None:
    gone = without(PROTOCOL, ICE)

    assert ICE not in step_changes([(change(1), PROTOCOL), (change(2), gone)])
    assert step_changes([(change(1), PROTOCOL), (change(2), gone), (change(3), PROTOCOL)])[ICE] == change(3)


def test_a_step_that_was_given_its_old_words_back_has_changed() -> None:
    other = with_step(PROTOCOL, ICE, title="Ice")

    assert step_changes([(change(1), PROTOCOL), (change(2), other), (change(1), PROTOCOL)])[ICE] == change(1)


def test_nothing_was_ever_published() -> None:
    assert step_changes([]) == {}


def wrapped(live: LiveEdition) -> publishing.Proposal:
    changed = with_step(live.protocol, ICE, title="Ice, wrapped in a cloth")
    return publishing.Proposal(changed, "Ice is wrapped.", origin=Publication.Origin.FILES)


def test_the_edition_tells_it(live: LiveEdition) -> None:
    now = timezone.now()

    after = publishing.publish([wrapped(live)], now=now, summary="Ice")

    assert set(after.step_changes) == {step.key for step in after.protocol.steps}
    assert after.step_changes[ICE] == after.protocols[PROTOCOL_KEY].history[0]
    assert after.step_changes[WALK].number == live.protocols[PROTOCOL_KEY].number


def test_what_is_set_for_later_is_no_change_yet(live: LiveEdition) -> None:
    now = timezone.now()
    later = now + timedelta(days=1)

    until_then = publishing.publish([wrapped(live)], now=now, summary="Ice", live_from=later)

    assert until_then.step_changes == live.step_changes
    assert publishing.live(later).step_changes[ICE].changes == "Ice is wrapped."

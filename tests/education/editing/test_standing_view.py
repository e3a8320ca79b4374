"""How far a working copy is, in words, and the buttons that the person who looks may use now."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.contrib import admin
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import timezone
from pytest_django import Settings

from backspasm.models import User
from education import editing, publishing
from education.admin import standing_view
from education.admin.screen import Screen, address_of
from education.edition import LiveEdition
from education.models import Kind
from tests.education.editing.people import person
from tests.education.editing.wordings import (
    CARD,
    MEDICINES,
    TERM,
    Name,
    approve,
    approved,
    hand_in,
    publish,
    say,
    standing,
)
from tests.education.readers import new_page
from tests.education.readers import publish as publish_content

pytestmark = pytest.mark.django_db


def panel(user: User, name: Name, zone: str = "") -> str:
    """Return the panel as it stands on the form."""
    request = RequestFactory().get("/")
    request.user, request.session = user, {"zone": zone}  # type: ignore[assignment]
    row = editing.row_of(*name)
    assert row is not None
    context = standing_view.context(request, Screen(row, admin.site))
    return unescape(render_to_string("admin/education/standing.html", context, request))


def lines(user: User, name: Name, zone: str = "") -> list[str]:
    return [line.strip() for line in re.findall(r"<li>(.+?)</li>", panel(user, name, zone))]


def buttons(user: User, name: Name) -> list[str]:
    return [label for _, label in re.findall(r'class="button"( href="[^"]+")?>([^<]+)<', panel(user, name))]


def test_live_words_offer_each_role_what_it_may_do(author: User, reviewer: User, publisher: User) -> None:
    assert lines(author, MEDICINES) == ["Readers see this wording."]
    assert [buttons(user, MEDICINES) for user in (author, reviewer, publisher)] == [
        [],
        ["Review the whole page"],
        [],
    ]
    assert buttons(publisher, TERM) == ["Retire"]


def test_saved_words_wait_to_be_handed_in(author: User, reviewer: User, publisher: User) -> None:
    say(CARD, author, lead="Call now.")

    assert lines(author, CARD) == ["Readers see an earlier wording.", "Saved, not handed in."]
    assert [buttons(user, CARD) for user in (author, reviewer, publisher)] == [["Hand in"], [], ["Publish"]]


def test_handed_in_words_wait_for_a_reviewer(author: User, reviewer: User) -> None:
    hand_in(CARD, say(CARD, author, lead="Call now."), author)

    day = f"{timezone.now():%d %B %Y}".lstrip("0")
    assert lines(reviewer, CARD)[1] == f"Handed in by ann@example.org on {day}, waiting for a clinical reviewer."
    assert buttons(reviewer, CARD) == ["Approve or send back"]
    assert buttons(author, CARD) == ["Hand in again"]


def test_words_of_no_danger_wait_for_a_publisher_alone(author: User) -> None:
    hand_in(TERM, say(TERM, author, meaning="A new meaning."), author)

    assert "waiting" not in lines(author, TERM)[1]


def test_whoever_may_not_approve_gets_no_button(author: User) -> None:
    both = person("bo", "Author", "Clinical reviewer")
    words = say(CARD, both, lead="Call now.")
    hand_in(CARD, words, author)

    assert "Approve or send back" not in buttons(both, CARD)


def test_approved_words_say_by_whom(author: User, reviewer: User) -> None:
    approved(CARD, author, reviewer, lead="Call now.")

    assert lines(author, CARD)[-1].startswith("Approved by rea@example.org on ")
    assert "Approve or send back" not in buttons(reviewer, CARD)


def test_words_sent_back_say_by_whom(author: User, reviewer: User) -> None:
    words = say(CARD, author, lead="Call now.")
    hand_in(CARD, words, author)
    editing.send_back(*CARD, words, remark="Say whom.", by=reviewer, now=timezone.now())

    assert lines(author, CARD)[1].startswith("Sent back by rea@example.org on ")


def test_words_set_for_later_say_when_in_the_editors_zone(author: User, publisher: User) -> None:
    friday = timezone.now().replace(microsecond=0) + timedelta(days=5)
    publish(TERM, say(TERM, author, meaning="A new meaning."), publisher, live_from=friday)

    assert lines(publisher, TERM, "Asia/Tokyo")[1].startswith("Set for ")
    assert re.search(r" Asia/Tokyo \(.*UTC\): new words: Said otherwise\.$", lines(publisher, TERM, "Asia/Tokyo")[1])
    assert buttons(publisher, TERM) == ["Retire", "Take back what is set for later"]
    assert buttons(author, TERM) == []


def test_a_retired_page_says_so_and_can_be_restored(author: User, publisher: User, live: LiveEdition) -> None:
    extra = new_page(live)
    editing.save(extra, base_hash="", by=author, why="", now=timezone.now())
    name = (Kind.ARTICLE, extra.key)
    assert lines(publisher, name) == ["Readers do not know it yet.", "Saved, not handed in."]
    publish_content(publishing.Proposal(extra, "New."))
    publishing.retire(*name, points_to="myths", now=timezone.now(), summary="x")

    line = lines(publisher, name)[0]
    assert (line.startswith("Retired on "), "Readers are sent to “" in line) == (True, True)
    assert buttons(publisher, name) == ["Restore for readers"]


def test_words_that_one_person_published_say_so(live: LiveEdition, settings: Settings) -> None:
    settings.SOLE_EDITOR = True
    alone = person("sol", "Author", "Publisher")
    publish(CARD, say(CARD, alone, lead="Call now."), alone, alone_reason="Nobody else works here.")

    assert lines(alone, CARD)[1] == "One person published it alone: Nobody else works here."


def test_an_approval_that_no_longer_counts_is_not_shown(author: User, reviewer: User) -> None:
    words = say(CARD, author, lead="Call now.")
    hand_in(CARD, words, author)
    approve(CARD, words, reviewer)
    say(CARD, author, lead="Call soon.")

    assert standing(CARD).approvals == ()
    assert not [line for line in lines(author, CARD) if "Approved" in line]


def test_the_publish_button_leads_to_the_screen_with_this_ticked(author: User, publisher: User) -> None:
    say(CARD, author, lead="Call now.")

    assert "?kind=care_card&key=emergency" in panel(publisher, CARD)
    assert address_of(*CARD, "hand_in") in panel(author, CARD)

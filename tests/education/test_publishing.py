"""Publishing: one new edition, or nothing."""

from datetime import timedelta

import msgspec
import pytest
from django.db import IntegrityError
from django.utils import timezone

from education import publishing, structure
from education.edition import LiveEdition
from education.models import Edition, Publication

pytestmark = pytest.mark.django_db


def changed_term(live: LiveEdition, meaning: str = "A new meaning.") -> structure.Term:
    return msgspec.structs.replace(live.terms["disc"].content, meaning=meaning)


def test_publishing_makes_the_next_edition_with_the_new_words(live: LiveEdition) -> None:
    now = timezone.now()

    made = publishing.publish([publishing.Proposal(changed_term(live), "Plainer.")], now=now, summary="A term")

    assert made.number == live.number + 1
    assert made.terms["disc"].content.meaning == "A new meaning."


def test_readers_see_a_publish_within_one_second(live: LiveEdition) -> None:
    now = timezone.now()
    publishing.live(now)

    publishing.publish([publishing.Proposal(changed_term(live), "Plainer.")], now=now, summary="A term")

    assert publishing.live(now + timedelta(seconds=1)).number == live.number + 1


def test_what_was_not_published_stays_as_it_was(live: LiveEdition) -> None:
    made = publishing.publish([publishing.Proposal(changed_term(live), "Plainer.")], now=timezone.now(), summary="x")

    assert made.articles["treatment"] == live.articles["treatment"]


def test_safety_content_by_one_person_alone_is_refused_by_the_database(live: LiveEdition) -> None:
    card = msgspec.structs.replace(live.emergency_card, emergency_number="112")

    with pytest.raises(IntegrityError, match="publication_safety_needs_second_person"):
        publishing.publish([publishing.Proposal(card, "A number.")], now=timezone.now(), summary="x")


def test_a_publication_is_never_changed(live: LiveEdition) -> None:
    publication = Publication.objects.first()
    assert publication

    with pytest.raises(TypeError):
        publication.save()


def test_nothing_to_publish_is_an_error() -> None:
    with pytest.raises(ValueError, match="nothing to publish"):
        publishing.publish([], now=timezone.now(), summary="x")


def test_an_overdue_review_is_a_moment_at_which_the_edition_changes_by_itself(live: LiveEdition) -> None:
    due_on = live.articles["treatment"].content.review_due_on

    assert live.until is not None
    assert due_on is not None
    assert live.until.date() == due_on + timedelta(days=1)


def test_loading_the_files_published_one_edition() -> None:
    assert list(Edition.objects.values_list("number", flat=True)) == [1]

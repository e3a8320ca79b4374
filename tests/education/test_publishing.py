"""Publishing: one new edition, or nothing."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any, Final

import msgspec
import pytest
from django.db import IntegrityError
from django.db.models import Manager
from django.utils import timezone
from pypdf import PdfReader
from pytest_django.fixtures import Settings

from backspasm.models import User
from education import contents, histories, pages, publishing, structure
from education.edition import LiveEdition
from education.models import Approval, Comment, Edition, EditionEntry, Leaflet, Publication, Revision

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


def test_after_a_clock_went_back_older_words_do_not_come_back(live: LiveEdition) -> None:
    ahead = timezone.now() + timedelta(minutes=10)
    publishing.publish([publishing.Proposal(changed_term(live, "Older."), "x")], now=ahead, summary="x")

    publishing.publish([publishing.Proposal(changed_term(live, "Newer."), "x")], now=timezone.now(), summary="x")

    later = publishing.read_edition(ahead + timedelta(seconds=1))
    assert later.terms["disc"].content.meaning == "Newer."


def test_what_was_not_published_stays_as_it_was(live: LiveEdition) -> None:
    made = publishing.publish([publishing.Proposal(changed_term(live), "Plainer.")], now=timezone.now(), summary="x")

    assert made.articles["treatment"] == live.articles["treatment"]


@pytest.fixture
def people(live: LiveEdition) -> dict[str, User]:
    return {name: User.objects.create_user(f"{name}@example.org") for name in ("alice", "bob")}


def card_proposal(live: LiveEdition, people: Mapping[str, User], approval: Mapping[str, str]) -> publishing.Proposal:
    """Propose a changed emergency card; ``approval`` names people, and may name the hash and a reason."""
    card = msgspec.structs.replace(live.emergency_card, emergency_number="112")
    return publishing.Proposal(
        card,
        "A number.",
        submitted_by=people.get(approval.get("by", "")),
        approved_by=people.get(approval.get("approved", "")),
        approved_hash=approval.get("hash", contents.content_hash(card)),
        alone_reason=approval.get("alone", ""),
    )


def leaflet_text(moment: datetime) -> str:
    """Return the words of a leaflet as it is at a moment."""
    pdf = publishing.leaflet("causes", moment)
    return " ".join(page.extract_text() for page in PdfReader(BytesIO(pdf or b"")).pages)


def test_the_leaflet_is_that_of_the_moment_asked_for(live: LiveEdition) -> None:
    article = live.articles["causes"].content
    moments = [timezone.now() + timedelta(hours=hours) for hours in range(3)]

    for moment, summary in zip(moments[1:], ("Otherwise said.", article.summary), strict=True):
        proposal = publishing.Proposal(msgspec.structs.replace(article, summary=summary), "Said otherwise.")
        publishing.publish([proposal], now=moment, summary="A page")

    assert ["Otherwise said." in leaflet_text(moment) for moment in moments] == [False, True, False]


def test_of_two_editions_of_one_moment_the_later_number_is_live(live: LiveEdition) -> None:
    now = timezone.now()

    for meaning in ("One.", "Two.", "Three."):
        publishing.publish([publishing.Proposal(changed_term(live, meaning), "x")], now=now, summary="x")

    assert publishing.read_edition(now).terms["disc"].content.meaning == "Three."


@pytest.mark.parametrize(
    "approval",
    [
        {},
        {"by": "alice"},
        {"approved": "bob"},
        {"by": "alice", "approved": "alice"},
        {"by": "alice", "approved": "bob", "hash": "0" * 64},
        {"by": "alice", "approved": "bob", "hash": ""},
    ],
)
def test_safety_content_without_a_second_person_is_refused_by_the_database(
    live: LiveEdition, people: dict[str, User], approval: dict[str, str]
) -> None:
    proposal = card_proposal(live, people, approval)

    with pytest.raises(IntegrityError, match="publication_safety_needs_second_person"):
        publishing.publish([proposal], now=timezone.now(), summary="x")


@pytest.mark.parametrize(
    ("approval", "is_alone"),
    [({"by": "alice", "approved": "bob"}, False), ({"by": "alice", "alone": "Nobody else is on duty."}, True)],
)
def test_safety_content_is_published_by_two_or_by_one_who_says_why(
    live: LiveEdition, people: dict[str, User], approval: dict[str, str], is_alone: bool, settings: Settings
) -> None:
    settings.SOLE_EDITOR = is_alone
    proposal = card_proposal(live, people, approval)

    made = publishing.publish([proposal], now=timezone.now(), summary="x")

    assert made.emergency_card.emergency_number == "112"
    assert made.cards["emergency"].published_alone is is_alone


def test_a_publication_is_never_changed(live: LiveEdition) -> None:
    publication = Publication.objects.first()
    assert publication

    with pytest.raises(TypeError):
        publication.save()


IMMUTABLE: Final = [
    Approval.objects,
    Comment.objects,
    Edition.objects,
    EditionEntry.objects,
    Leaflet.objects,
    Publication.objects,
    Revision.objects,
]


@pytest.mark.parametrize("rows", IMMUTABLE, ids=lambda rows: rows.model.__name__)
def test_rows_that_are_written_once_are_not_changed_or_deleted_many_together(rows: Manager[Any]) -> None:
    before = list(rows.values_list("pk"))
    name = rows.model._meta.pk.name

    for change in (
        lambda: rows.update(**{name: None}),
        lambda: rows.filter(pk=None).update(**{name: None}),
        lambda: rows.bulk_update([], [name]),
        lambda: rows.bulk_create([], update_conflicts=True, unique_fields=[name], update_fields=[name]),
        lambda: rows.all().delete(),
    ):
        with pytest.raises(TypeError, match="is never"):
            change()

    assert list(rows.values_list("pk")) == before


def test_what_an_edition_changed_is_not_changed_through_the_edition() -> None:
    edition = Edition.objects.get()

    with pytest.raises(TypeError, match="is never changed"):
        edition.entries.update(is_retirement=True)


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


def test_an_edition_with_errors_is_not_published(live: LiveEdition) -> None:
    page = live.articles["causes"].content
    broken = msgspec.structs.replace(page, related=("no-such-page",))

    with pytest.raises(publishing.NotPublishable, match="no-such-page"):
        publishing.publish([publishing.Proposal(broken, "Broken.")], now=timezone.now(), summary="x")

    assert publishing.read_edition(timezone.now()).number == live.number


def test_a_page_has_changed_when_the_protocol_it_prints_has(live: LiveEdition, settings: Settings) -> None:
    settings.SOLE_EDITOR = True
    steps = tuple(
        msgspec.structs.replace(step, interval_minutes=180) if step.kind == "ice" else step
        for step in live.protocol.steps
    )
    protocol = msgspec.structs.replace(live.protocol, steps=steps)
    proposal = publishing.Proposal(protocol, "Ice every three hours.", alone_reason="A test.")

    made = publishing.publish([proposal], now=timezone.now(), summary="x")

    assert histories.of_page(made, "treatment")[0].changes == "Ice every three hours."
    assert histories.of_page(made, "causes") == live.articles["causes"].history
    page = pages.page(made, "treatment", timezone.now().date())
    facts = [view.facts for section in page.sections for view in section.steps if view.step.kind == "ice"]
    assert facts[0][1][1] == "every 3 hours while awake"

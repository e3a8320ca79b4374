"""Taking something from readers: what they find in its place, what must stay, and the way back."""

from datetime import datetime, timedelta

import msgspec
import pytest
from django.utils import timezone
from pytest_django import Settings

from education import publishing, structure
from education.checks import CLAIMS_OF
from education.edition import LiveEdition
from education.models import Edition, EditionEntry, Kind, Publication
from tests.education.readers import Readers, new_page, publish

pytestmark = pytest.mark.django_db

NAME = (Kind.ARTICLE, "more-myths")
SECOND = timedelta(seconds=1)  # by then every process has noticed


@pytest.fixture
def now() -> datetime:
    """A moment after the page went live."""
    return timezone.now() + timedelta(minutes=1)


@pytest.fixture
def page(live: LiveEdition) -> structure.Article:
    """A live page that no other names."""
    page = new_page(live)
    publish(publishing.Proposal(page, "New."))
    return page


def retire(now: datetime, name: tuple[str, str] = NAME, **options: object) -> LiveEdition:
    return publishing.retire(*name, now=now, summary="x", **options)  # type: ignore[arg-type]


def test_a_retired_page_answers_410_and_names_the_page_in_its_place(
    page: structure.Article, now: datetime, readers: Readers
) -> None:
    retire(now, points_to="myths")

    status, text = readers.get("/more-myths/", now)

    assert status == 410
    assert "More myths" in text
    assert 'href="/myths/"' in text


def test_a_page_retired_without_one_in_its_place_says_so_too(
    page: structure.Article, now: datetime, readers: Readers
) -> None:
    retire(now)

    status, text = readers.get("/more-myths/", now)

    assert (status, "Read this page in its place" in text) == (410, False)


def test_a_retired_page_is_restored_as_readers_saw_it_last(
    page: structure.Article, now: datetime, readers: Readers
) -> None:
    shown = publishing.read_edition(now).articles["more-myths"]
    retire(now)

    made = publishing.restore(*NAME, now=now + timedelta(minutes=1), summary="x")

    assert made.articles["more-myths"] == shown
    assert made.retired_articles == {}
    assert readers.get("/more-myths/", now + timedelta(minutes=1))[0] == 200


def test_words_that_were_set_for_later_and_never_seen_are_not_restored(page: structure.Article, now: datetime) -> None:
    newer = msgspec.structs.replace(page, summary="Never seen.")
    publish(publishing.Proposal(newer, "Newer."), now=now, live_from=now + timedelta(days=1))
    publishing.unschedule(*NAME, now=now, summary="x")
    retire(now + timedelta(minutes=1))

    made = publishing.restore(*NAME, now=now + timedelta(minutes=2), summary="x")

    assert made.articles["more-myths"].content == page


def test_a_retired_page_may_be_published_anew(page: structure.Article, now: datetime) -> None:
    retire(now)

    made = publish(publishing.Proposal(page, "Back."), now=now + timedelta(minutes=1))

    assert made.articles["more-myths"].number == 2


def test_nothing_is_restored_that_is_not_retired(page: structure.Article, now: datetime) -> None:
    for name in (NAME, (Kind.ARTICLE, "no-such-page")):
        with pytest.raises(publishing.NotAllowed, match="It is not retired"):
            publishing.restore(*name, now=now, summary="x")


def test_nothing_is_retired_that_readers_do_not_see(page: structure.Article, now: datetime) -> None:
    retire(now)

    for name in (NAME, (Kind.ARTICLE, "no-such-page")):
        with pytest.raises(publishing.NotAllowed, match="Readers do not see it"):
            retire(now + timedelta(minutes=1), name)


@pytest.mark.parametrize("points_to", ["more-myths", "no-such-page"])
def test_the_page_in_its_place_is_another_one_that_is_live(
    page: structure.Article, now: datetime, points_to: str
) -> None:
    with pytest.raises(publishing.NotAllowed, match="must be another one that is live"):
        retire(now, points_to=points_to)


# --- What stays ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "key",
    [
        *("home", "get-help", "treatment", "medicines", "privacy", "accessibility"),
        *("about", "exercises", "glossary", "sources", "review-status", *CLAIMS_OF),
    ],
)
def test_some_pages_are_never_retired(live: LiveEdition, now: datetime, key: str) -> None:
    with pytest.raises(publishing.NotAllowed, match="This page is never retired"):
        retire(now, (Kind.ARTICLE, key))


@pytest.mark.parametrize("name", [(Kind.CARE_CARD, "emergency"), (Kind.PROTOCOL, "care-protocol")])
def test_cards_and_the_protocol_are_never_retired(live: LiveEdition, now: datetime, name: tuple[str, str]) -> None:
    with pytest.raises(publishing.NotAllowed, match="are never retired"):
        retire(now, name)


def test_a_safety_page_is_never_retired_also_not_when_it_is_published(
    live: LiveEdition, now: datetime, settings: Settings
) -> None:
    settings.SOLE_EDITOR = True
    page = publishing.Proposal(new_page(live, is_safety=True), "New.", alone_reason="A test.")

    with pytest.raises(publishing.NotAllowed, match="rely on it for their safety"):
        publish(page, retire_on=now)

    publish(page)
    with pytest.raises(publishing.NotAllowed, match="rely on it for their safety"):
        retire(now)


def test_a_page_that_becomes_a_safety_page_is_not_retired_by_what_was_set_before(
    page: structure.Article, now: datetime, settings: Settings
) -> None:
    settings.SOLE_EDITOR = True
    later = now + timedelta(days=1)
    retire(now, live_from=later)
    safety = publishing.Proposal(msgspec.structs.replace(page, is_safety=True), "x", alone_reason="A test.")

    with pytest.raises(publishing.NotPublishable, match="people rely on it for their safety") as refusal:
        publish(safety, now=now)

    assert (refusal.value.at, refusal.value.problems[0].key) == (later, "more-myths")
    publishing.unschedule(*NAME, now=now, summary="x")
    assert publish(safety, now=now).articles["more-myths"].content.is_safety
    assert "more-myths" in publishing.read_edition(later).articles


def test_a_page_that_is_no_safety_page_any_more_by_then_is_retired(
    page: structure.Article, now: datetime, settings: Settings
) -> None:
    settings.SOLE_EDITOR = True
    publish(publishing.Proposal(msgspec.structs.replace(page, is_safety=True), "x", alone_reason="A test."), now=now)
    publish(publishing.Proposal(page, "x", alone_reason="A test."), now=now, live_from=now + timedelta(days=1))

    retire(now, live_from=now + timedelta(days=2))

    assert "more-myths" in publishing.read_edition(now + timedelta(days=2)).retired_articles


def name_on_a_card(live: LiveEdition, **options: object) -> None:
    card = msgspec.structs.replace(live.emergency_card, carers="Read /more-myths/ too.")
    publish(publishing.Proposal(card, "x", alone_reason="A test."), **options)


def test_a_page_that_a_card_names_is_not_retired(
    page: structure.Article, live: LiveEdition, now: datetime, settings: Settings
) -> None:
    settings.SOLE_EDITOR = True
    name_on_a_card(live)

    with pytest.raises(publishing.NotAllowed, match="A care card names this page"):
        retire(now)


def test_a_page_that_a_card_will_name_is_not_retired(
    page: structure.Article, live: LiveEdition, now: datetime, settings: Settings
) -> None:
    settings.SOLE_EDITOR = True
    later = now + timedelta(days=1)
    name_on_a_card(live, live_from=later)

    with pytest.raises(publishing.NotPublishable, match="it names the page more-myths") as refusal:
        retire(now)

    assert (refusal.value.at, refusal.value.problems[0].kind) == (later, "care_card")


def test_no_card_is_published_that_names_a_page_retired_by_then(
    page: structure.Article, live: LiveEdition, now: datetime, settings: Settings
) -> None:
    settings.SOLE_EDITOR = True
    later = now + timedelta(days=1)
    retire(now, live_from=later)

    with pytest.raises(publishing.NotPublishable, match="it names the page more-myths") as refusal:
        name_on_a_card(live, now=now)

    assert refusal.value.at == later


def test_why_a_page_stays_is_told_before_anybody_asks(page: structure.Article, now: datetime) -> None:
    assert publishing.why_it_stays(*NAME, now) == ""
    assert "never retired" in publishing.why_it_stays(Kind.ARTICLE, "home", now)


# --- What names it ------------------------------------------------------------------------------------------


def test_a_page_that_others_name_is_not_retired_and_they_are_told(live: LiveEdition, now: datetime) -> None:
    with pytest.raises(publishing.NotPublishable) as refusal:
        retire(now, (Kind.ARTICLE, "recovery"))

    assert {"disc-disorders", "exercises", "home", "overview"} <= {item.key for item in refusal.value.problems}
    assert Edition.objects.count() == live.number


def test_an_exercise_that_a_page_shows_is_not_retired_and_the_page_is_told(live: LiveEdition, now: datetime) -> None:
    with pytest.raises(publishing.NotPublishable, match="exercise 'bridge' does not exist") as refusal:
        retire(now, (Kind.EXERCISE, "bridge"))

    assert all(item.kind == "article" for item in refusal.value.problems)


def test_a_retired_exercise_answers_410_and_is_found_no_more(
    live: LiveEdition, now: datetime, readers: Readers
) -> None:
    known = live.exercises["bridge"].content
    publish(publishing.Proposal(msgspec.structs.replace(known, key="new-move", code="X99", name="New move"), "New."))
    assert "/exercises/new-move/" in readers.read("/search/?q=new+move", now)

    retire(now, (Kind.EXERCISE, "new-move"), points_to="exercises")

    status, text = readers.get("/exercises/new-move/", now + SECOND)
    assert (status, 'href="/exercises/"' in text) == (410, True)
    assert "/exercises/new-move/" not in readers.read("/search/?q=new+move", now + SECOND)


def test_a_source_that_something_rests_on_is_not_retired(live: LiveEdition, now: datetime) -> None:
    with pytest.raises(publishing.NotPublishable, match="source R6 does not exist"):
        retire(now, (Kind.SOURCE, "R6"))


def test_a_retired_source_is_listed_no_more(live: LiveEdition, now: datetime, readers: Readers) -> None:
    source = structure.Source(key="R99", organisation="A body", title="A study of marmalade", reading="memory")
    publish(publishing.Proposal(source, "New."))
    assert "A study of marmalade" in readers.read("/sources/", now)

    retire(now, (Kind.SOURCE, "R99"))

    assert "A study of marmalade" not in readers.read("/sources/", now + SECOND)


def test_a_retired_term_is_explained_no_more(live: LiveEdition, now: datetime, readers: Readers) -> None:
    assert 'id="disc"' in readers.read("/glossary/", now)

    retire(now, (Kind.TERM, "disc"))

    assert 'id="disc"' not in readers.read("/glossary/", now + SECOND)
    assert "term-disc" not in readers.read("/disc-disorders/", now + SECOND)


def test_a_term_comes_back_when_it_is_restored(live: LiveEdition, now: datetime) -> None:
    retire(now, (Kind.TERM, "disc"))

    made = publishing.restore(Kind.TERM, "disc", now=now + timedelta(minutes=1), summary="x")

    assert made.terms["disc"] == live.terms["disc"]


def test_a_refused_retirement_leaves_no_row(live: LiveEdition, now: datetime) -> None:
    before = EditionEntry.objects.count(), Publication.objects.count()

    with pytest.raises(publishing.NotPublishable):
        retire(now, (Kind.ARTICLE, "recovery"))

    assert (EditionEntry.objects.count(), Publication.objects.count()) == before

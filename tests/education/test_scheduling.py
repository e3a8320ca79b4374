"""Words and retirements that are set for later: decided by the moment, for every reader, without a timer."""

from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec
import pytest
from django.db import transaction
from django.utils import timezone

from education import edition_reading, publishing, structure
from education.edition import LiveEdition
from education.models import Edition, EditionEntry, Kind, Leaflet, Publication
from tests.education.failing_statements import Cut, power_cut_at
from tests.education.readers import CONSUMERS, PAGE, WORD, Readers, new_page, publish, with_word

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
PAGE_NAME = (Kind.ARTICLE, PAGE)


@pytest.fixture
def friday() -> datetime:
    """A moment some days ahead."""
    return timezone.now().replace(microsecond=0) + timedelta(days=4)


@pytest.fixture
def wednesday(friday: datetime) -> datetime:
    return friday - timedelta(days=2)


def term(live: LiveEdition, meaning: str) -> publishing.Proposal:
    return publishing.Proposal(msgspec.structs.replace(live.terms["disc"].content, meaning=meaning), meaning)


def meaning(at: datetime) -> str:
    return publishing.read_edition(at).terms["disc"].content.meaning


# --- Every reader, at the moment ----------------------------------------------------------------------------


@pytest.mark.parametrize("consumer", CONSUMERS)
def test_words_set_for_later_reach_every_reader_at_their_moment(
    live: LiveEdition, readers: Readers, friday: datetime, consumer: str
) -> None:
    path = CONSUMERS[consumer].format(key=PAGE, word=WORD)
    publish(with_word(live), live_from=friday)
    mark = {"sitemap": f"{friday:%Y-%m-%d}", "feed": f"tells of {WORD}"}.get(consumer, "spasm may taste of")

    before, after = readers.read(path, friday - SECOND), readers.read(path, friday)

    assert (mark in before, mark in after) == (False, True)


@pytest.mark.parametrize("consumer", CONSUMERS)
def test_a_retirement_set_for_later_reaches_every_reader_at_its_moment(
    live: LiveEdition, readers: Readers, friday: datetime, consumer: str
) -> None:
    page = new_page(live, summary=f"It tells of {WORD}.", has_leaflet=True)
    publish(publishing.Proposal(page, f"A page of {WORD}."))
    publishing.retire(Kind.ARTICLE, page.key, points_to="myths", now=timezone.now(), summary="x", live_from=friday)
    path = CONSUMERS[consumer].format(key=page.key, word=WORD)
    mark = f"/{page.key}/" if consumer in {"sitemap", "list of the API", "search"} else f"of {WORD}"

    before, (status, after) = readers.read(path, friday - SECOND), readers.get(path, friday)

    assert (mark in before, mark in after) == (True, False)
    assert status == {"page": 410, "leaflet": 410, "API": 410}.get(consumer, 200)


@pytest.mark.parametrize("consumer", CONSUMERS)
def test_what_is_taken_back_reaches_no_reader(
    live: LiveEdition, readers: Readers, friday: datetime, consumer: str
) -> None:
    publish(with_word(live), live_from=friday)
    publishing.unschedule(*PAGE_NAME, now=timezone.now(), summary="x")

    text = readers.read(CONSUMERS[consumer].format(key=PAGE, word="spasm"), friday + SECOND)

    assert f"of {WORD}" not in text


def test_the_edition_says_when_it_changes_by_itself(live: LiveEdition, friday: datetime) -> None:
    publish(with_word(live), live_from=friday)

    assert publishing.edition(timezone.now() + SECOND) == (live.number + 1, friday)
    until = publishing.edition(friday)[1]
    assert until is None or until > friday


def test_the_day_of_a_change_is_the_day_on_which_readers_saw_it(live: LiveEdition, friday: datetime) -> None:
    publish(with_word(live), live_from=friday)

    page = publishing.read_edition(friday).articles[PAGE]

    assert page.published_at == page.history[0].published_at == friday


def test_a_moment_that_has_passed_is_at_once(live: LiveEdition) -> None:
    made = publish(term(live, "Now."), live_from=timezone.now() - timedelta(days=1))

    assert made.terms["disc"].content.meaning == "Now."


# --- Leaflets -----------------------------------------------------------------------------------------------


def test_the_leaflet_of_a_moment_is_made_when_it_is_set(live: LiveEdition, friday: datetime) -> None:
    publish(with_word(live), live_from=friday)

    made = Leaflet.objects.filter(key=PAGE, live_from=friday)

    assert [bytes(row.pdf) for row in made] == [publishing.leaflet(PAGE, friday)]
    assert publishing.leaflet(PAGE, friday - SECOND) != publishing.leaflet(PAGE, friday)


def test_a_card_changed_now_is_on_the_leaflet_of_later_too(
    live: LiveEdition, readers: Readers, friday: datetime, settings: object
) -> None:
    settings.SOLE_EDITOR = True  # type: ignore[attr-defined]
    publish(with_word(live), live_from=friday)
    card = msgspec.structs.replace(live.emergency_card, emergency_number="112")
    publish(publishing.Proposal(card, "A number.", alone_reason="A test."))

    for moment in (timezone.now() + SECOND, friday):
        assert "112" in readers.read(f"/leaflets/{PAGE}.pdf", moment)


# --- Several ------------------------------------------------------------------------------------------------


def test_of_two_set_for_later_each_is_read_from_its_moment_on(
    live: LiveEdition, wednesday: datetime, friday: datetime
) -> None:
    publish(term(live, "From Wednesday."), live_from=wednesday)
    publish(term(live, "From Friday."), live_from=friday)

    assert [meaning(moment) for moment in (wednesday - SECOND, wednesday, friday)] == [
        live.terms["disc"].content.meaning,
        "From Wednesday.",
        "From Friday.",
    ]
    assert [entry.live_from for entry in edition_reading.coming(timezone.now())] == [wednesday, friday]


def test_a_publish_before_the_moment_takes_the_place_of_what_was_set(live: LiveEdition, friday: datetime) -> None:
    publish(term(live, "From Friday."), live_from=friday)

    publish(term(live, "At once."))

    assert (meaning(timezone.now()), meaning(friday)) == ("At once.", "At once.")
    assert [entry.changes for entry in edition_reading.coming(timezone.now())] == []


def test_other_words_for_an_earlier_moment_take_the_place_of_what_was_set(
    live: LiveEdition, wednesday: datetime, friday: datetime
) -> None:
    publish(term(live, "From Friday."), live_from=friday)

    publish(term(live, "From Wednesday."), live_from=wednesday)

    assert (meaning(wednesday), meaning(friday)) == ("From Wednesday.", "From Wednesday.")


def test_a_publish_of_something_else_leaves_what_was_set(live: LiveEdition, friday: datetime) -> None:
    publish(term(live, "From Friday."), live_from=friday)

    publish(with_word(live))

    assert meaning(friday) == "From Friday."


def test_words_with_an_end_are_retired_at_it_and_come_back_when_restored(
    live: LiveEdition, wednesday: datetime, friday: datetime
) -> None:
    page = new_page(live)

    publish(publishing.Proposal(page, "New."), live_from=wednesday, retire_on=friday)

    assert [page.key in publishing.read_edition(at).articles for at in (wednesday - SECOND, wednesday, friday)] == [
        False,
        True,
        False,
    ]
    made = publishing.restore(Kind.ARTICLE, page.key, now=friday + SECOND, summary="x")
    assert page.key in made.articles


def test_words_are_not_retired_before_anybody_could_read_them(live: LiveEdition, friday: datetime) -> None:
    with pytest.raises(publishing.NotAllowed, match="before anybody could read it"):
        publish(publishing.Proposal(new_page(live), "New."), live_from=friday, retire_on=friday)


# --- Taking back --------------------------------------------------------------------------------------------


def test_what_is_taken_back_never_happens(live: LiveEdition, friday: datetime) -> None:
    publish(with_word(live), live_from=friday)

    publishing.unschedule(*PAGE_NAME, now=timezone.now(), summary="x")

    assert publishing.read_edition(friday).articles[PAGE] == live.articles[PAGE]
    assert publishing.leaflet(PAGE, friday) == publishing.leaflet(PAGE, timezone.now())
    assert edition_reading.coming(timezone.now()) == []


def test_a_new_page_that_is_taken_back_never_had_an_address(
    live: LiveEdition, readers: Readers, friday: datetime
) -> None:
    publish(publishing.Proposal(new_page(live), "New."), live_from=friday)

    publishing.unschedule(Kind.ARTICLE, "more-myths", now=timezone.now(), summary="x")

    assert readers.get("/more-myths/", friday + SECOND)[0] == 404


def test_a_retirement_that_is_taken_back_never_happens(live: LiveEdition, friday: datetime) -> None:
    publish(publishing.Proposal(new_page(live), "New."))
    publishing.retire(Kind.ARTICLE, "more-myths", now=timezone.now(), summary="x", live_from=friday)

    publishing.unschedule(Kind.ARTICLE, "more-myths", now=timezone.now(), summary="x")

    assert "more-myths" in publishing.read_edition(friday).articles


def test_nothing_is_taken_back_where_nothing_is_set(live: LiveEdition, friday: datetime) -> None:
    publish(with_word(live), live_from=friday)
    publishing.unschedule(*PAGE_NAME, now=timezone.now(), summary="x")

    for name in (PAGE_NAME, (Kind.TERM, "disc")):
        with pytest.raises(publishing.NotAllowed, match="Nothing is set for later"):
            publishing.unschedule(*name, now=timezone.now(), summary="x")


def test_what_has_happened_is_not_taken_back(live: LiveEdition, friday: datetime) -> None:
    publish(with_word(live), live_from=friday)

    with pytest.raises(publishing.NotAllowed, match="Nothing is set for later"):
        publishing.unschedule(*PAGE_NAME, now=friday, summary="x")


# --- Errors at a later moment -------------------------------------------------------------------------------


def source() -> structure.Source:
    return structure.Source(key="R99", organisation="A body", title="A study", reading="memory")


def page_naming_the_source(live: LiveEdition) -> publishing.Proposal:
    statement = structure.Statement(body="<p>New.</p>", evidence="some", sources=("R99",))
    section = structure.StatementsSection(anchor="new", heading="New", statements=(statement,))
    page = live.articles[PAGE].content
    return publishing.Proposal(msgspec.structs.replace(page, sections=(*page.sections, section)), "New.")


def test_words_that_would_be_wrong_at_their_moment_are_refused_now(
    live: LiveEdition, wednesday: datetime, friday: datetime
) -> None:
    publish(publishing.Proposal(source(), "New."), live_from=friday)

    with pytest.raises(publishing.NotPublishable, match="source R99 does not exist") as refusal:
        publish(page_naming_the_source(live), live_from=wednesday)

    assert refusal.value.at == wednesday
    assert Edition.objects.count() == live.number + 1


def test_words_that_are_right_at_their_moment_are_set(live: LiveEdition, friday: datetime) -> None:
    publish(publishing.Proposal(source(), "New."), live_from=friday)

    publish(page_naming_the_source(live), live_from=friday)

    assert "R99" in publishing.read_edition(friday).sources


def take_back_the_source() -> None:
    publishing.unschedule(Kind.SOURCE, "R99", now=timezone.now(), summary="x")


def retire_the_source() -> None:
    publish(publishing.Proposal(source(), "New."))
    publishing.retire(Kind.SOURCE, "R99", now=timezone.now(), summary="x")


@pytest.mark.parametrize("step", [take_back_the_source, retire_the_source])
def test_what_would_make_words_wrong_that_are_set_for_later_is_refused_now(
    live: LiveEdition, wednesday: datetime, friday: datetime, step: Callable[[], None]
) -> None:
    publish(publishing.Proposal(source(), "New."), live_from=wednesday)
    publish(page_naming_the_source(live), live_from=friday)

    with pytest.raises(publishing.NotPublishable, match="source R99 does not exist") as refusal:
        step()

    assert refusal.value.at == friday


# --- A power cut --------------------------------------------------------------------------------------------


def rows() -> list[int]:
    return [model.objects.count() for model in (Edition, EditionEntry, Publication, Leaflet)]


def test_a_scheduled_publish_broken_at_any_statement_changes_nothing_now_or_later(
    live: LiveEdition, friday: datetime
) -> None:
    now = timezone.now()
    with transaction.atomic():
        with power_cut_at(0) as statements:
            publish(with_word(live), term(live, "Later."), now=now, live_from=friday)
        transaction.set_rollback(True)
    before, later, leaflet = rows(), publishing.read_edition(friday), publishing.leaflet(PAGE, friday)

    for number in range(1, statements.count + 1):
        with pytest.raises(Cut), power_cut_at(number):
            publish(with_word(live), term(live, "Later."), now=now, live_from=friday)
        assert (publishing.read_edition(now), publishing.read_edition(friday)) == (live, later), number
        assert (rows(), publishing.leaflet(PAGE, friday)) == (before, leaflet), number

    assert statements.count > 10

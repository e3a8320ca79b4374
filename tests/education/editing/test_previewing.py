"""The page as it would be: the same as the published one, whole or half-finished, and nothing of it is kept."""

import dataclasses
from collections.abc import Iterator
from typing import Any, Final

import msgspec
import pytest
import time_machine
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from education import pages, previewing, publishing, structure
from education.editing import working_copies
from education.edition import LiveEdition, Retired
from education.pages import Missing
from tests.education import arbitrary_contents, editions
from tests.education.editing.preview_links import NOW
from tests.education.editing.previews import bar_of, changed, main_of, shown

TODAY: Final = NOW.date()
EMERGENCY: Final = "emergency"
FILES: Final = editions.edition_from_files()


@pytest.fixture
def monday() -> Iterator[None]:
    """It is NOW."""
    with time_machine.travel(NOW, tick=False):
        publishing.forget()
        yield
        publishing.forget()


# --- The same page as the published one -------------------------------------------------------------------------


def edited(live: LiveEdition) -> dict[str, structure.Publishable]:
    """Return a changed content of each kind that one person may publish."""
    return {
        "/overview/": changed(live.articles["overview"].content, title="What a spasm is, in new words"),
        "/": changed(live.articles["home"].content, summary="New words at the top."),
        "/exercises/bridge/": changed(live.exercises["bridge"].content, position="Lie down in a new way."),
        "/glossary/": changed(live.terms["acute"].content, meaning="A new meaning."),
        "/sources/": changed(live.sources["R1"].content, title="A new title"),
    }


@pytest.mark.parametrize("address", ["/overview/", "/", "/exercises/bridge/", "/glossary/", "/sources/"])
def test_a_preview_shows_the_very_page_that_is_published_then(
    live: LiveEdition, site_client: Client, monday: None, address: str
) -> None:
    content = edited(live)[address]
    before = shown(publishing.live(NOW), content)

    publishing.publish([publishing.Proposal(content, "Not published yet.")], now=NOW, summary="Words.")
    publishing.forget()
    after = site_client.get(address).content.decode()

    assert main_of(before) == main_of(after)
    assert "ew " in main_of(after)


def test_readers_see_no_trace_of_previews(site_client: Client) -> None:
    page = site_client.get("/treatment/").content.decode()

    assert "Preview" not in page
    assert 'name="robots"' not in page
    assert "fb noprint" in page


def test_a_preview_says_so_is_for_no_search_engine_and_asks_nobody_whether_it_helped(live: LiveEdition) -> None:
    page = shown(live, changed(live.articles["treatment"].content, title="Other words"))

    assert "Preview. Not what readers see." in bar_of(page)
    assert '<meta name="robots" content="noindex">' in page
    assert "fb noprint" not in page
    assert "canonical" not in page


def test_words_that_readers_see_already_are_not_called_unpublished(live: LiveEdition) -> None:
    page = shown(live, live.articles["treatment"].content)

    assert "Readers see these words now." in bar_of(page)
    assert "Not published yet." not in page


def test_a_changed_card_is_on_every_page_that_shows_it(live: LiveEdition) -> None:
    card = changed(live.cards[EMERGENCY].content, lead="A new lead.")

    edition = previewing.edition_with(live, [card], now=NOW)

    view = pages.page(edition, "disc-disorders", TODAY)
    leads = {section.card.card.lead for section in view.sections if section.card}
    assert "A new lead." in leads
    assert view.history[0].changes == "Not published yet."


def test_an_edition_keeps_all_that_is_not_new(live: LiveEdition) -> None:
    last = live.articles["overview"]

    edition = previewing.edition_with(live, [changed(last.content, title="New")], now=NOW)

    new = edition.articles["overview"]
    assert (new.number, new.origin, new.history[1:]) == (last.number + 1, "edited", last.history)
    assert {key: item for key, item in edition.articles.items() if item is not live.articles[key]} == {"overview": new}
    assert (edition.cards, edition.number, edition.until) == (live.cards, live.number, live.until)


def test_a_new_page_stands_in_its_place_in_the_lists(live: LiveEdition) -> None:
    content = changed(live.articles["faq"].content, key="new-page", position=-1)

    edition = previewing.edition_with(live, [content], now=NOW)

    assert next(iter(edition.articles)) == "new-page"
    assert edition.articles["new-page"].number == 1


def test_what_was_retired_is_live_again(live: LiveEdition) -> None:
    content = live.articles["faq"].content
    others = {key: item for key, item in live.articles.items() if key != "faq"}
    without = dataclasses.replace(live, articles=others, retired_articles={"faq": Retired(content.title, NOW, "")})

    edition = previewing.edition_with(without, [content])

    assert edition.articles["faq"].content == content
    assert edition.retired_articles == {}


# --- What a content needs that is not live either ---------------------------------------------------------------


def statement(**fields: Any) -> structure.Statement:
    return structure.Statement(body="<p>Zorple your back.</p>", **fields)


def article(live: LiveEdition, *sections: structure.Section, key: str = "overview") -> structure.Article:
    return msgspec.structs.replace(live.articles[key].content, sections=sections)


def source(key: str) -> structure.Source:
    return structure.Source(key=key, organisation="A body", title=f"Title of {key}", reading="confirmed")


def test_a_new_source_exercise_and_term_come_with_the_page_that_names_them(live: LiveEdition) -> None:
    section = structure.StatementsSection(anchor="a", heading="A", statements=(statement(sources=("R901",)),))
    plan = structure.ExercisesSection(anchor="b", heading="B", exercises=("new-move",))
    move = changed(live.exercises["bridge"].content, key="new-move", name="The new move", sources=("R902",))
    term = structure.Term(key="zorple", name="Zorple", meaning="To rest.", forms=("zorple",))
    others = [source("R901"), source("R902"), source("R903"), move, term]

    page = shown(live, article(live, section, plan), *others)

    assert "Title of R901" in page
    assert "The new move" in page
    assert 'href="/glossary/#zorple"' in page
    assert "Left out" not in page
    needed = previewing.needed(article(live, section, plan), others, live)
    assert {other.key for other in needed} == {"R901", "R902", "new-move", "zorple"}


def test_what_is_live_is_never_taken_from_a_working_copy(live: LiveEdition) -> None:
    section = structure.CardSection(anchor="a", heading="A", card=EMERGENCY)
    card = changed(live.cards[EMERGENCY].content, lead="Somebody is still writing this.")

    assert "still writing" not in shown(live, article(live, section), card)


# --- Half-finished ----------------------------------------------------------------------------------------------


def test_what_does_not_exist_is_left_out_and_said(live: LiveEdition) -> None:
    sections = (
        structure.CardSection(anchor="a", heading="The missing card", intro="<p>Its intro.</p>", card="no-card"),
        structure.CardSection(anchor="b", heading="The card to choose", card=""),
        structure.ProtocolSection(anchor="c", heading="C", phase="later"),  # type: ignore[arg-type]
        structure.ExercisesSection(anchor="d", heading="D", exercises=("bridge", "no-exercise")),
        structure.StatementsSection(anchor="e", heading="E", statements=(statement(sources=("R999",)),)),
    )

    page = shown(live, changed(article(live, *sections), related=("no-page", "treatment")))

    assert '<h2 id="a">The missing card</h2>' in main_of(page)
    assert "Its intro." in main_of(page)
    assert 'href="/exercises/bridge/"' in main_of(page)
    for name in ("care card “no-card”", "phase “later”", "“no-exercise”", "source “R999”", "page “no-page”"):
        assert name in bar_of(page)
    assert "the care card that has not been chosen" in bar_of(page)


def test_a_published_page_misses_nothing(live: LiveEdition) -> None:
    missing = {key: pages.page(live, key, TODAY).missing for key in live.articles}

    assert missing == dict.fromkeys(live.articles, ())


def test_the_exercise_that_names_an_unknown_source_says_so(live: LiveEdition) -> None:
    page = shown(live, changed(live.exercises["bridge"].content, sources=("R1", "R999")))

    assert previewing.sentence(Missing("source", "R999")) in bar_of(page)


@pytest.mark.parametrize(
    ("kind", "key", "fields"),
    [
        ("article", "get-help", {"sections": ()}),
        ("article", "overview", {"key": "", "title": "", "summary": "", "has_leaflet": True}),
        ("article", "overview", {"key": "two words"}),
        ("care_card", EMERGENCY, {"signs": (), "title": ""}),
        ("protocol", "care-protocol", {"steps": ()}),
        ("exercise", "bridge", {"key": "", "code": "", "steps": ()}),
        ("term", "acute", {"key": "", "name": "", "forms": ("", "a")}),
        ("source", "R1", {"key": "", "organisation": "", "title": ""}),
    ],
)
def test_a_half_finished_content_is_shown(live: LiveEdition, kind: str, key: str, fields: dict[str, Any]) -> None:
    shelf = getattr(live, working_copies.SHELVES[kind])

    page = shown(live, changed(shelf[key].content, **fields))

    assert "</html>" in page
    assert "Preview. Not what readers see." in page


def without_pictures(content: structure.Publishable) -> structure.Publishable:
    """No form takes a picture that is not in the library."""
    if not isinstance(content, structure.Article):
        return content
    sections = tuple(
        changed(section, picture="") if isinstance(section, structure.FigureSection) else section
        for section in content.sections
    )
    return msgspec.structs.replace(content, sections=sections)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(list(arbitrary_contents.SHELVES)).flatmap(arbitrary_contents.of).map(without_pictures))
def test_no_content_at_all_breaks_its_preview(content: structure.Publishable) -> None:
    assert "</html>" in shown(FILES, content)


# --- Which page shows it ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "key", "page"),
    [
        ("article", "treatment", ("article", "treatment")),
        ("exercise", "bridge", ("exercise", "bridge")),
        ("care_card", EMERGENCY, ("article", "get-help")),
        ("protocol", "care-protocol", ("article", "treatment")),
        ("term", "acute", ("article", "glossary")),
        ("source", "R1", ("article", "sources")),
    ],
)
def test_each_content_is_shown_where_readers_find_it(
    live: LiveEdition, kind: str, key: str, page: tuple[str, str]
) -> None:
    assert previewing.page_showing(kind, key, live) == page


def test_a_card_that_help_does_not_show_is_shown_where_it_stands(live: LiveEdition) -> None:
    card = changed(live.cards[EMERGENCY].content, key="new-card", title="A new card")
    section = structure.CardSection(anchor="a", heading="A", card="new-card")
    edition = previewing.edition_with(live, [article(live, section, key="sleep-and-lifting"), card])

    assert previewing.page_showing("care_card", "new-card", edition) == ("article", "sleep-and-lifting")


def test_a_card_that_no_page_shows_stands_at_the_end_of_one(live: LiveEdition) -> None:
    card = changed(live.cards[EMERGENCY].content, key="new-card", title="A new card")

    page = shown(live, card)

    assert 'id="card-new-card"' in main_of(page)
    assert "No page shows this card yet." in bar_of(page)


def test_where_the_usual_page_was_retired_another_stands_in_and_says_so(live: LiveEdition) -> None:
    kept = {key: item for key, item in live.articles.items() if key not in {"glossary", "exercises"}}
    edition = dataclasses.replace(live, articles=kept)

    assert "No page shows this yet." in bar_of(shown(edition, edition.terms["acute"].content))
    assert "</html>" in shown(edition, edition.exercises["bridge"].content)

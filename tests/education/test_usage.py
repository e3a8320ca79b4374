"""Where each thing is used, so that nobody changes or retires it in the dark."""

from dataclasses import replace

import pytest
from msgspec.structs import replace as changed

from education import checks, content_files, structure
from education.usage import Use, linked_from_cards, uses


@pytest.fixture(scope="module")
def first_edition() -> checks.Library:
    return content_files.read()


def library_of(*sections: structure.Section, related: tuple[str, ...] = ()) -> checks.Library:
    """Return a library of one page."""
    article = structure.Article(
        key="page", title="A", summary="x", description="x", group="living", sections=sections, related=related
    )
    return checks.Library(articles={"page": article})


def text(html: str) -> checks.Library:
    return library_of(structure.TextSection(anchor="top", heading="Top", intro=html))


def with_card_text(library: checks.Library, words: str) -> checks.Library:
    card = changed(library.cards["soon"], carers=words)
    return replace(library, cards={**library.cards, "soon": card})


def test_a_card_is_used_by_the_pages_that_show_it(first_edition: checks.Library) -> None:
    found = uses(first_edition, "care_card", "urgent")

    assert found == (Use("article", "get-help", "urgent", "shows the card"),)


@pytest.mark.parametrize(
    ("html", "is_used"),
    [
        ("<p>A Disc.</p>", True),
        ("<p>Two <em>discs</em></p>", True),
        ("<p>A discus.</p>", False),
        ("<p>A herniated disc.</p>", False),
        ("<p>A disc bulge.</p>", False),
        ("<p>A herniated disc is a disc.</p>", True),
    ],
)
def test_a_term_is_used_where_one_of_its_forms_stands_as_a_whole(html: str, *, is_used: bool) -> None:
    disc = structure.Term(key="disc", name="Disc", meaning="x", forms=("disc", "discs"))
    herniated = structure.Term(key="herniated-disc", name="x", meaning="x", forms=("herniated disc", "disc bulge"))
    library = replace(text(html), terms={term.key: term for term in (disc, herniated)})

    assert uses(library, "term", "disc") == (Use("article", "page", "top", "uses the word"),) * is_used


def test_a_term_without_forms_is_used_nowhere() -> None:
    term = structure.Term(key="disc", name="Disc", meaning="x")

    assert uses(replace(text("<p>A disc.</p>"), terms={"disc": term}), "term", "disc") == ()


def test_a_source_is_used_by_statements_signs_steps_and_exercises(first_edition: checks.Library) -> None:
    kinds = {use.kind for key in first_edition.sources for use in uses(first_edition, "source", key)}
    found = uses(first_edition, "source", "R50")

    assert kinds == {"article", "care_card", "protocol", "exercise"}
    assert Use("care_card", "emergency", "E9", "names the source") in found


def test_a_picture_is_used_by_the_figures_that_show_it() -> None:
    figure = structure.FigureSection(anchor="fig", heading="A figure", picture="a" * 64, alt="x")
    library = library_of(figure, changed(figure, anchor="other", picture="b" * 64))

    assert uses(library, "picture", "a" * 64) == (Use("article", "page", "fig", "shows the picture"),)


def test_a_figure_without_a_picture_uses_none() -> None:
    drawn = library_of(structure.FigureSection(anchor="fig", heading="A figure", drawing="spine", alt="x"))

    assert uses(drawn, "picture", "") == ()


def test_a_step_is_used_by_the_pages_that_show_its_phases_or_link_to_it(first_edition: checks.Library) -> None:
    assert uses(first_edition, "step", "ice_on_back") == (
        Use("article", "treatment", "first-72-hours", "shows the step"),
        Use("article", "home", "first.2", "links to it"),
    )


def test_the_protocol_is_used_by_every_phase_that_a_page_shows(first_edition: checks.Library) -> None:
    places = [use.place for use in uses(first_edition, "protocol", "care-protocol")]

    assert places == ["first-72-hours", "after-72-hours", "once-it-is-over"]


def test_an_exercise_is_used_by_the_sections_that_show_it_and_the_links_to_it() -> None:
    plan = structure.ExercisesSection(
        anchor="plan",
        heading="Plan",
        intro='<p><a href="/exercises/bridge/#top">The bridge</a></p>',
        exercises=("bridge",),
    )

    assert uses(library_of(plan), "exercise", "bridge") == (
        Use("article", "page", "plan", "shows the exercise"),
        Use("article", "page", "plan", "links to it"),
    )


def test_a_page_is_used_by_pages_that_relate_or_link_to_it_and_by_cards(first_edition: checks.Library) -> None:
    html = '<p><a href="/rest/#top">Rest</a>, <a href="/leaflets/rest.pdf">a leaflet</a>, <a href="/resting/">x</a></p>'
    section = structure.TextSection(anchor="top", heading="Top", intro=html)
    library = replace(library_of(section, related=("rest",)), cards=first_edition.cards)

    found = uses(with_card_text(library, "Read /rest/."), "article", "rest")

    assert found == (
        Use("article", "page", "", "names it as a related page"),
        Use("article", "page", "top", "links to it"),
        Use("care_card", "soon", "", "names its address"),
    )


@pytest.mark.parametrize("words", ["https://example.org/treatment/", "/x/treatment/", "/treatment/more", "a /b"])
def test_a_card_that_names_another_address_names_no_page(first_edition: checks.Library, words: str) -> None:
    assert linked_from_cards(with_card_text(first_edition, words)) == set()


@pytest.mark.parametrize("words", ["See /treatment/.", "/treatment/", "(/treatment/#medicine)"])
def test_a_card_names_a_page_by_its_path(first_edition: checks.Library, words: str) -> None:
    assert linked_from_cards(with_card_text(first_edition, words)) == {"treatment"}


def test_what_is_of_no_kind_is_an_error(first_edition: checks.Library) -> None:
    with pytest.raises(ValueError, match="'card'"):
        uses(first_edition, "card", "emergency")

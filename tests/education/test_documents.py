"""Leaflets and the paper diary as PDF files, read back with pypdf; built from the content files themselves."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any, TypeVar, cast

import msgspec
import pytest
from pypdf import PdfReader

from education import content_files, pages, structure
from education.documents import (
    Cell,
    Document,
    DocumentError,
    DocumentTooLong,
    Field,
    Fields,
    FillIn,
    FillRow,
    Heading,
    Paragraph,
    Run,
    SiteFacts,
    Table,
    diary,
    leaflet,
    page_count,
    render,
)
from education.edition import Change, LiveEdition, Published

T = TypeVar("T", bound=structure.Content)

PUBLISHED_AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
SITE = SiteFacts("https://backspasm.example", "Example Health")
LEAFLETS = ("overview", "causes", "disc-disorders", "treatment", "prevention", "get-help")


def _published(contents: Mapping[str, T]) -> dict[str, Published[T]]:
    history = (Change(1, PUBLISHED_AT, "First edition."),)
    return {key: Published(content, 1, PUBLISHED_AT, "files", False, history) for key, content in contents.items()}


@pytest.fixture(scope="module")
def live() -> LiveEdition:
    library = content_files.read()
    return LiveEdition(
        number=1,
        published_at=PUBLISHED_AT,
        until=None,
        articles=_published(library.articles),
        cards=_published(library.cards),
        protocols=_published(library.protocols),
        exercises=_published(library.exercises),
        terms=_published(library.terms),
        sources=_published(library.sources),
    )


def _leaflet(live: LiveEdition, key: str) -> Document:
    page = pages.page(live, key, date(2026, 11, 22))
    return leaflet(page, emergency=pages.emergency_card(live), site=SITE, made_at=PUBLISHED_AT)


def _diary(live: LiveEdition) -> Document:
    return diary(emergency=live.emergency_card, protocol=live.protocol, site=SITE, made_at=PUBLISHED_AT)


def _document(*body: Any, **fields: Any) -> Document:
    return Document(title="A title", header="", footer=(), opening=body, made_at=PUBLISHED_AT, **fields)


def _paragraph(text: str) -> Paragraph:
    return Paragraph((Run(text),))


def _words(pdf: bytes) -> str:
    """The text of all pages with single spaces, so that a line end inside a sentence does not matter."""
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages))


@pytest.mark.parametrize("key", LEAFLETS)
def test_a_leaflet_is_tagged_titled_and_says_its_language(live: LiveEdition, key: str) -> None:
    reader = PdfReader(BytesIO(render(_leaflet(live, key))))

    root = cast(dict[str, Any], reader.root_object)

    assert root["/MarkInfo"]["/Marked"].value is True
    assert "/StructTreeRoot" in root
    assert (root["/Lang"], reader.metadata and reader.metadata.title) == ("en-GB", live.articles[key].content.title)


@pytest.mark.parametrize("key", LEAFLETS)
def test_every_emergency_sign_stands_before_the_page_itself(live: LiveEdition, key: str) -> None:
    words = _words(render(_leaflet(live, key)))

    signs = [words.index(sign.text) for sign in live.emergency_card.signs]
    assert max(signs) < words.index(live.articles[key].content.summary)


@pytest.mark.parametrize("key", LEAFLETS)
def test_a_leaflet_is_dated_and_carries_the_disclaimer_and_page_numbers(live: LiveEdition, key: str) -> None:
    pdf = render(_leaflet(live, key))

    words = _words(pdf)

    assert "Not yet reviewed by a clinician. Next review due 22 November 2027." in words
    assert "It is not medical advice" in words
    assert f"Page 1 of {page_count(pdf)}" in words


@pytest.mark.parametrize("key", ["treatment", "get-help"])
def test_treatment_and_get_help_are_at_most_two_a4_sides(live: LiveEdition, key: str) -> None:
    sides = PdfReader(BytesIO(render(_leaflet(live, key)))).pages

    assert len(sides) <= 2
    assert all((round(side.mediabox.width), round(side.mediabox.height)) == (595, 842) for side in sides)


def test_the_get_help_leaflet_holds_every_sign_and_when_to_act(live: LiveEdition) -> None:
    words = _words(render(_leaflet(live, "get-help")))

    signs = [sign for card in live.card_order() for sign in card.signs]
    assert [sign.code for sign in signs if f"{sign.code} {sign.text} {sign.when}".strip() not in words] == []


def test_evidence_and_numbers_of_sources_follow_each_statement(live: LiveEdition) -> None:
    page = pages.page(live, "causes", date(2026, 11, 22))
    numbers = {reference.source.key: reference.number for reference in page.references}

    words = _words(render(_leaflet(live, "causes")))

    for section in page.article.sections:
        for statement in getattr(section, "statements", ()):
            marks = ", ".join(map(str, sorted(numbers[key] for key in statement.sources)))
            label = str(pages.EVIDENCE_LABELS[statement.evidence])
            assert (f"{label} [{marks}]" if marks else label) in words


def test_every_number_in_the_text_is_a_numbered_source(live: LiveEdition) -> None:
    words, sources = _words(render(_leaflet(live, "treatment"))).split("Medicine ", 1)[1].rsplit("Sources 1", 1)

    cited = {int(number) for marks in re.findall(r"\[([\d, ]+)\]", words) for number in marks.split(",")}
    assert all(re.search(rf"(?:^|\s){number}\s", f"1{sources}") for number in cited)


def test_every_care_step_is_named_and_its_cautions_are_there(live: LiveEdition) -> None:
    words = _words(render(_leaflet(live, "treatment")))

    steps = [step for step in live.protocol.steps if step.kind != "gate"]
    kept = [step for step in steps if step.phases != ("recovered",)]
    assert [step.title for step in steps if step.title not in words] == []
    assert [caution for step in kept for caution in step.cautions if caution not in words] == []


def test_a_reviewed_page_says_by_whom_and_when(live: LiveEdition) -> None:
    page = pages.page(live, "causes", date(2026, 11, 22))
    review = pages.ReviewStatus(date(2026, 5, 3), "A. Reviewer", "physiotherapist", None, False, False)
    reviewed = pages.PageView(**{**vars(page), "review": review})

    document = leaflet(reviewed, emergency=pages.emergency_card(live), site=SITE, made_at=PUBLISHED_AT)

    assert "Last reviewed 3 May 2026 by A. Reviewer, physiotherapist" in _words(render(document))


def test_an_emergency_number_is_printed_once_published(live: LiveEdition) -> None:
    card = msgspec.structs.replace(live.emergency_card, emergency_number="112", crisis_line="0800 000")
    page = pages.page(live, "causes", date(2026, 11, 22))

    words = _words(render(leaflet(page, emergency=pages.CardView(card, ()), site=SITE, made_at=PUBLISHED_AT)))

    assert "Call 112." in words
    assert "Crisis line: 0800 000." in words


def test_the_diary_is_two_sides_with_the_signs_first(live: LiveEdition) -> None:
    pdf = render(_diary(live))

    words = _words(pdf)

    assert page_count(pdf) <= 2
    assert max(words.index(sign.text) for sign in live.emergency_card.signs) < words.index("This episode")
    assert "Nobody sees this diary unless you show it." in words


def test_the_diary_asks_for_function_before_pain(live: LiveEdition) -> None:
    words = _words(render(_diary(live)))

    asked = ["Began on", "Where it hurts", "What set it off", "Hard to do (3)", "Activity 1", "Pain right now"]
    asked += [
        "Average pain",
        "Overall change",
        "Medicine and time",
        "anti-inflammatory?",
        "Questions for the clinician",
    ]
    places = [words.index(text) for text in asked]
    assert places == sorted(places)


def test_a_day_in_the_diary_has_the_boxes_the_protocol_allows(live: LiveEdition) -> None:
    tables = [element for element in _diary(live).opening if isinstance(element, FillIn)]

    ice, heat, legs, walk, *_free = tables[1].rows[0].cells

    assert [cell.boxes for cell in (ice, heat, legs, walk)] == [8, 6, 8, 4]


def test_a_protocol_without_a_step_gives_no_boxes_for_it(live: LiveEdition) -> None:
    document = diary(
        emergency=live.emergency_card,
        protocol=structure.Protocol(key="care-protocol", steps=()),
        site=SITE,
        made_at=PUBLISHED_AT,
    )

    assert "Ice" not in _words(render(document))


def test_the_same_document_gives_the_same_bytes(live: LiveEdition) -> None:
    document = _leaflet(live, "overview")

    assert render(document) == render(document)


def test_the_file_is_dated_by_the_document_and_not_by_the_clock() -> None:
    metadata = PdfReader(BytesIO(render(_document(_paragraph("Text."))))).metadata

    assert metadata is not None
    assert metadata.creation_date == PUBLISHED_AT


def test_a_skipped_heading_level_is_refused() -> None:
    with pytest.raises(DocumentError, match="A title"):
        render(_document(Heading("Two"), Heading("Four", level=4)))


def test_too_many_sides_are_refused_with_their_number() -> None:
    long = _document(*(_paragraph("word " * 200) for _line in range(40)), max_pages=2)

    with pytest.raises(DocumentTooLong) as refusal:
        render(long)

    assert (refusal.value.pages > 2, refusal.value.allowed) == (True, 2)


def test_the_largest_type_that_fits_is_taken() -> None:
    text = _document(*(_paragraph("word " * 200) for _line in range(6)), max_pages=1)

    fitted = msgspec.structs.replace(text, font_sizes_pt=(14, 9, 6))

    assert render(fitted) == render(msgspec.structs.replace(text, font_sizes_pt=(9,)))


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        render(msgspec.structs.replace(_document(), made_at=datetime(2026, 1, 1)))  # noqa: DTZ001


def test_text_is_never_read_as_markup() -> None:
    text = '#panic() *bold* $x$ <b> @key // \\ [brackets] "quotes"'

    assert text in _words(render(_document(_paragraph(text), Heading(text))))


def test_without_the_typeface_the_built_in_fonts_stand_in() -> None:
    pdf = render(_document(_paragraph("Still readable.")), font_paths=())

    assert "Still readable." in _words(pdf)
    assert b"LibertinusSerif" in pdf


def test_tables_and_lines_to_fill_in_can_be_read_back() -> None:
    document = _document(
        Table(("Day", "Pain"), (("Monday", "3"), ("Tuesday", "2")), (1, 1)),
        FillIn(("Day", "Ice"), (FillRow("1", (Cell(boxes=3),)), FillRow("2", (Cell(is_asked=False),))), (1, 2)),
        Fields((Field("Taken", choices=("yes", "no")),)),
    )

    words = _words(render(document))

    assert "Day Pain Monday 3 Tuesday 2 Day Ice 1 2 Taken yes no" in words

"""The editing screens: valid, labelled, usable without script, and safe with whatever was typed."""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from xml.etree.ElementTree import Element

import html5lib
import pytest

from education import structure
from education.admin.checking import Finding
from education.editing_forms import EDITORS
from tests.education.editor_screen import choices_of, form_of, library, screen, sent, tree

CHOICES = choices_of(library())
CAUSES = library().articles["causes"]
FAQ = library().articles["faq"]
SHOWN: list[structure.Publishable] = [
    CAUSES,
    FAQ,
    library().cards["emergency"],
    library().protocols["care-protocol"],
    library().exercises["bridge"],
    library().terms["acute"],
    library().sources["R1"],
]
MISTAKES: dict[str, str | None] = {"title": "", "sections-0-heading": "", "sections-1-statements-0-claims": "x"}


def outside_templates(element: Element) -> Iterator[Element]:
    """Yield every element that is part of the page and not kept for later."""
    yield element
    if element.tag != "template":
        for child in element:
            yield from outside_templates(child)


@cache
def screens() -> list[str]:
    """Return a screen of each kind, and one with mistakes."""
    shown = [screen(form_of(content, CHOICES)) for content in SHOWN]
    tampered = {**MISTAKES, "sections-1-anchor": "two words"}
    return [*shown, screen(sent(FAQ, tampered).with_added("sections", "figure"))]


@cache
def trees() -> list[list[Element]]:
    """Return the elements of these screens."""
    return [list(outside_templates(tree(html))) for html in screens()]


def test_every_screen_is_valid_html() -> None:
    parsers = []

    for html in screens():
        parsers.append(html5lib.HTMLParser())
        parsers[-1].parse(html)

    assert [parser.errors for parser in parsers] == [[]] * len(parsers)


def test_every_id_and_every_field_name_stands_once() -> None:
    pages = trees()

    ids = [Counter(element.get("id") for element in each if element.get("id")) for each in pages]
    names = [
        Counter(each.get("name") for each in some if each.tag in {"input", "textarea", "select"}) for some in pages
    ]

    assert [id_ for count in ids for id_, number in count.items() if number > 1 or len(str(id_).split()) != 1] == []
    assert [name for count in names for name, number in count.items() if name and number > 1] == []


@pytest.mark.parametrize("attribute", ["for", "aria-describedby", "aria-labelledby"])
def test_every_reference_leads_to_an_element(attribute: str) -> None:
    lost = []

    for elements in trees():
        ids = {element.get("id") for element in elements}
        wanted = [word for element in elements for word in (element.get(attribute) or "").split()]
        lost += [word for word in wanted if word not in ids]

    assert lost == []


def test_every_visible_field_has_a_label() -> None:
    fields, labels = set(), set()

    for number, elements in enumerate(trees()):
        for element in elements:
            labels |= {(number, element.get("for"))} if element.tag == "label" else set()
            if element.tag in {"input", "textarea", "select"} and element.get("type") != "hidden":
                fields.add((number, element.get("id")))

    assert fields - labels == set()


def test_every_mistake_is_listed_above_with_a_link_to_its_field() -> None:
    form = sent(FAQ, MISTAKES)

    elements = list(outside_templates(tree(screen(form))))

    summary = next(element for element in elements if element.get("id") == "editor-errors")
    targets = [str(link.get("href"))[1:] for link in summary.iter("a")]
    assert targets == ["id_title", "id_sections-0-heading", "id_sections-1-statements-0-claims"]
    assert set(targets) <= {element.get("id") for element in elements}


def test_sections_are_folded_but_for_those_with_a_mistake_and_new_ones() -> None:
    form = sent(FAQ, MISTAKES).with_added("sections", "text")

    details = [each for each in outside_templates(tree(screen(form))) if each.tag == "details"]

    is_open = [each.get("open") is not None for each in details]
    assert is_open == [True, True, *[False] * (len(FAQ.sections) - 2), True]


def test_rows_stand_in_the_order_that_was_asked_for() -> None:
    form = sent(FAQ, {"sections-0-ORDER": "9", "title": ""})

    elements = list(outside_templates(tree(screen(form))))

    rows = [str(each.get("id")) for each in elements if str(each.get("id")).startswith("row-sections-")]
    sections = [row for row in rows if "statements" not in row]
    assert sections == [*(f"row-sections-{number}" for number in range(1, len(FAQ.sections))), "row-sections-0"]


def test_what_was_typed_is_never_markup() -> None:
    hostile = '"><script>alert(1)</script>'
    changes: dict[str, str | None] = dict.fromkeys(
        ("title", "sections-0-heading", "sections-0-anchor", "sections-0-intro", "sections-0-kind", "related"), hostile
    )

    html = screen(sent(FAQ, changes), status=hostile)

    assert "<script>alert" not in html


def test_a_problem_of_a_statement_links_to_it() -> None:
    problem = Finding("a statement has no source", f"#place-{FAQ.sections[1].anchor}.2")

    elements = list(outside_templates(tree(screen(form_of(FAQ, CHOICES), problems=[problem]))))

    link = next(each for each in elements if each.tag == "a" and each.text == problem.message)
    assert str(link.get("href"))[1:] in {element.get("id") for element in elements}


def test_the_enter_key_saves() -> None:
    form = next(tree(screen(form_of(FAQ, CHOICES))).iter("form"))

    first = next(button for button in form.iter("button") if button.get("type", "submit") == "submit")

    assert first.get("name") == "_save"


def test_what_was_never_saved_has_no_preview_and_no_live_checks() -> None:
    new, saved = EDITORS["article"](None, CHOICES), form_of(FAQ, CHOICES)

    pages = [screen(new), screen(saved, preview_url="/one/preview/", checks_url="/one/checks/")]

    parts = ("data-preview", "data-checks-url", "preview_panel", "live_checks")
    assert [[part in html for part in parts] for html in pages] == [[False] * 4, [True] * 4]


def test_the_scripts_know_what_the_page_shows() -> None:
    pages = [screen(form_of(FAQ, CHOICES)), screen(form_of(FAQ, CHOICES), is_saved=True), screen(sent(FAQ, {}))]

    said = [("data-saved" in html, "data-sent" in html) for html in pages]

    assert said == [(False, False), (True, False), (False, True)]


def test_rich_text_is_written_in_its_editor_and_keys_are_picked_from_a_list_that_is_there() -> None:
    document = tree(screens()[0])

    lists = {element.get("id") for element in document.iter("datalist")}
    names = {area.get("name") for editor in document.iter("rich-text") for area in editor.iter("textarea")}
    pickers = {f"list-{element.get('data-list')}" for element in document.iter("key-picker")}

    assert {"sections-0-intro", "sections-1-statements-0-body"} <= names
    assert {"list-sources", "list-articles", "list-exercises"} == pickers <= lists

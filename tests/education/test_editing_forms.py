"""The editing forms: they show a content, and what is posted is a content again.

No test here may use the database: pytest-django would refuse the query.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from django.http import QueryDict

from education import structure
from education.contents import TYPES
from education.editing_forms import EDITORS, ContentForm, wanted_row
from education.editing_forms.sections import LABELS
from tests.education import editor_screen
from tests.education.editor_screen import PICTURE, choices_of, form_of, library, posted, screen, sent

CHOICES = choices_of(library())
CAUSES = library().articles["causes"]
FAQ = library().articles["faq"]
TREATMENT = library().articles["treatment"]
EMERGENCY = library().cards["emergency"]
PROTOCOL = library().protocols["care-protocol"]
FIGURE = "sections-5"  # of the page on causes


def page(form: ContentForm) -> structure.Article:
    """Return the page that a form says."""
    assert form.is_valid(), form.errors
    content = form.content()
    assert isinstance(content, structure.Article)
    return content


def section(form: ContentForm, number: int) -> Any:
    """Return a section of the page that a form says."""
    return page(form).sections[number]


def count_of(article: structure.Article, number: int) -> int:
    """Return how many statements a section has."""
    statements = getattr(article.sections[number], "statements", ())
    return len(statements)


def pressed(form: ContentForm) -> ContentForm:
    """Return the form that the pressed 'Add' button asks for."""
    wanted = wanted_row(data_of(form))
    assert wanted is not None
    return form.with_added(*wanted)


def data_of(form: ContentForm) -> QueryDict:
    """Return what was posted."""
    assert form.data is not None
    return form.data


@pytest.mark.parametrize("kind", TYPES)
def test_what_is_shown_and_posted_unchanged_is_the_same_content(kind: str) -> None:
    contents = [content for content in library().everything() if isinstance(content, TYPES[kind])]

    forms = [form_of(content, CHOICES, posted(screen(form_of(content, CHOICES)))) for content in contents]

    assert [form.errors for form in forms] == [[] for _content in contents]
    assert [form.content() for form in forms] == contents


def test_a_form_that_says_something_new_has_changed() -> None:
    forms = [form_of(FAQ, CHOICES), sent(FAQ, {}), sent(FAQ, {"title": "Other"}), sent(FAQ, {"title": ""})]

    changed = [form.has_changed() for form in forms]

    assert changed == [False, False, True, True]


def test_words_are_tidied() -> None:
    form = sent(TREATMENT, {"summary": "  One\r\n two\t three\x07 "})

    assert form.is_valid()

    assert page(form).summary == "One two three"


def test_rich_text_is_cleaned() -> None:
    form = sent(CAUSES, {"sections-0-intro": "<div>Text<script>alert(1)</script> <b onclick=x>bold</b></div>"})

    assert section(form, 0).intro == "<p>Text <strong>bold</strong></p>"


def test_the_review_of_a_page_is_carried_over_and_cannot_be_posted() -> None:
    reviewed = msgspec.structs.replace(FAQ, reviewer="Name", reviewed_on=FAQ.written_on)
    data = posted(screen(form_of(reviewed, CHOICES)))
    data["reviewer"] = "Somebody else"
    form = form_of(reviewed, CHOICES, data)

    assert form.is_valid()

    assert form.content() == reviewed


def test_the_key_of_a_content_cannot_be_changed_later() -> None:
    form = sent(FAQ, {})
    data_of(form)["key"] = "other"

    assert form.is_valid()

    assert form.content().key == "faq"


def test_a_new_page_is_made_from_nothing() -> None:
    data = posted(screen(EDITORS["article"](None, CHOICES)))
    data.update({"key": "neck-pain", "title": "Neck", "summary": "S", "description": "D", "group": "living"})
    form = EDITORS["article"](None, CHOICES, data)

    assert form.is_valid(), form.errors

    expected = structure.Article(
        key="neck-pain", title="Neck", summary="S", description="D", group="living", sections=()
    )
    assert form.content() == expected


@pytest.mark.parametrize("key", ["medicines", "get-help"])
def test_two_pages_are_safety_content_whatever_is_posted(key: str) -> None:
    form = sent(library().articles[key], {})

    assert form.is_valid()

    assert "is_safety" not in data_of(form)
    assert page(form).is_safety


# --- rows ---------------------------------------------------------------------------------------------------


def test_order_decides_over_the_place_in_the_page() -> None:
    form = sent(FAQ, {"sections-0-ORDER": "2", "sections-1-ORDER": "1", "sections-2-ORDER": ""})

    assert form.is_valid()

    anchors = [each.anchor for each in FAQ.sections]
    expected = [anchors[1], anchors[0], *anchors[3:], anchors[2]]
    assert [each.anchor for each in page(form).sections] == expected


def test_a_removed_row_is_gone_and_not_checked() -> None:
    form = sent(
        FAQ, {"sections-1-DELETE": "on", "sections-1-heading": "", "sections-1-statements-0-claims": "nonsense"}
    )

    assert form.is_valid()

    assert page(form).sections == (FAQ.sections[0], *FAQ.sections[2:])


def test_a_row_added_and_left_empty_is_not_there() -> None:
    form = sent(FAQ, {}).with_added("sections", "faq").with_added("sections-1-statements")
    data_of(form)[f"sections-{len(FAQ.sections)}-ORDER"] = "7"  # the script numbers every row

    same = page(form_of(FAQ, CHOICES, form.data))

    assert same == FAQ


def test_an_empty_row_that_came_with_the_page_is_a_mistake() -> None:
    form = sent(FAQ, {"sections-1-statements-0-lead": "", "sections-1-statements-0-body": "<p> </p>"})

    assert not form.is_valid()

    targets = {error.target for error in form.errors}
    assert targets == {"id_sections-1-statements-0-lead", "id_sections-1-statements-0-body"}


def test_without_script_a_button_adds_a_statement() -> None:
    form = sent(FAQ, {"_add-sections-1-statements": ""})
    count = count_of(FAQ, 1)

    more = pressed(form)

    assert f"sections-1-statements-{count}-body" in posted(screen(more))


@pytest.mark.parametrize("kind", LABELS)
def test_without_script_a_button_adds_a_section_of_a_kind(kind: str) -> None:
    form = sent(FAQ, {"_add-sections": "", "_kind-sections": kind})

    more = pressed(form)

    shown = posted(screen(more))
    assert shown[f"sections-{len(FAQ.sections)}-kind"] == kind
    assert page(form_of(FAQ, CHOICES, shown)) == FAQ


@pytest.mark.parametrize(("prefix", "kind"), [("sections-9-statements", ""), ("sections", "nonsense"), ("", "")])
def test_a_button_that_the_form_does_not_have_adds_nothing(prefix: str, kind: str) -> None:
    form = sent(FAQ, {})

    assert form.with_added(prefix, kind) is form


VALUES_OF_A_KIND = {
    "text": {"intro": "<p>a</p>"},
    "statements": {},
    "steps": {},
    "faq": {},
    "card": {"card": "emergency"},
    "protocol": {"phase": "recovered"},
    "exercises": {"exercises": "bridge", "is_plan": "on"},
    "figure": {"drawing": "spine", "alt": "a", "labels": "one\r\n two "},
}


@pytest.mark.parametrize("kind", LABELS)
def test_a_section_that_the_script_added_is_a_section_of_the_page(kind: str) -> None:
    index = len(FAQ.sections)
    row = editor_screen.added_by_script(screen(form_of(FAQ, CHOICES)), "sections", kind, index)
    values = {f"sections-{index}-{name}": value for name, value in VALUES_OF_A_KIND[kind].items()}
    new = {**row.dict(), **values, f"sections-{index}-heading": "New words", "sections-TOTAL_FORMS": str(index + 1)}

    added = section(sent(FAQ, new), index)

    assert (structure.kind_of(added), added.anchor, added.heading) == (kind, "new-words", "New words")


def test_a_new_statement_gets_a_key_of_its_own() -> None:
    form = sent(FAQ, {}).with_added("sections-1-statements").with_added("sections-1-statements")
    first = count_of(FAQ, 1)
    for number in (first, first + 1):
        data_of(form)[f"sections-1-statements-{number}-lead"] = "Why?"
        data_of(form)[f"sections-1-statements-{number}-body"] = "<p>So.</p>"

    statements = section(form_of(FAQ, CHOICES, form.data), 1).statements

    keys = [statement.key for statement in statements]
    assert len(set(keys)) == len(keys) == first + 2
    assert [len(key) for key in keys[-2:]] == [6, 6]


def test_an_anchor_stays_when_the_heading_changes() -> None:
    form = sent(FAQ, {"sections-0-heading": "Quite another"})

    changed = section(form, 0)

    assert (changed.heading, changed.anchor) == ("Quite another", FAQ.sections[0].anchor)


def with_new_sections(headings: Sequence[str]) -> list[str]:
    """Return the anchors that new text sections with these headings get."""
    form = sent(FAQ, {"sections-0-DELETE": "on"})
    for index, heading in enumerate(headings, start=len(FAQ.sections)):
        form = form.with_added("sections", "text")
        data_of(form)[f"sections-{index}-heading"] = heading
    return [each.anchor for each in page(form_of(FAQ, CHOICES, form.data)).sections[-len(headings) :]]


def test_a_new_anchor_is_like_no_other_of_the_page_nor_one_that_was_removed() -> None:
    removed = FAQ.sections[0].anchor

    anchors = list(with_new_sections([removed.replace("-", " "), "Same", "Same", "References", "\u4e2d", "word " * 20]))

    expected = [f"{removed}-2", "same", "same-2", "references-2", "section", "word-word-word-word-word-word-word-word"]
    assert anchors == expected


def test_a_picture_brings_its_size() -> None:
    words = {
        f"{FIGURE}-drawing": "",
        f"{FIGURE}-picture": PICTURE,
        f"{FIGURE}-is_decorative": "on",
        f"{FIGURE}-alt": "",
    }

    figure = section(sent(CAUSES, words), 5)

    assert (figure.picture, figure.picture_width, figure.picture_height) == (PICTURE, 800, 600)
    assert (figure.is_decorative, figure.drawing, figure.alt) == (True, "", "")


def test_the_codes_of_signs_and_steps_are_hidden_once_saved_and_typed_when_new() -> None:
    card, protocol = sent(EMERGENCY, {}).with_added("signs"), sent(PROTOCOL, {}).with_added("steps")
    rows = [row for form in (card, protocol) if form.rows for row in (form.rows.forms[0], form.rows.forms[-1])]

    typed = [{field.name for field in row.visible_fields()} & {"code", "key", "row"} for row in rows]

    assert typed == [set(), {"code"}, set(), {"key", "row"}]

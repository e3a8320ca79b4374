"""What the editing forms refuse, each with a message at its field; nothing that is posted may break them."""

from typing import Any, Final
from unittest.mock import create_autospec

import pytest

from education import richtext, structure
from education.editing_forms import EDITORS
from education.editing_forms.rows import NO_MORE_ROWS, ROWS_IN_ALL_AT_MOST, TOO_MANY_ROWS
from education.editing_forms.statements import StatementForm
from tests.education.editor_screen import PICTURE, choices_of, library, posted, screen, sent, tree

CHOICES: Final = choices_of(library())
CAUSES: Final = library().articles["causes"]
FAQ: Final = library().articles["faq"]
EMERGENCY: Final = library().cards["emergency"]
SOON: Final = library().cards["soon"]
PROTOCOL: Final = library().protocols["care-protocol"]
BRIDGE: Final = library().exercises["bridge"]
TERM: Final = library().terms["acute"]
SOURCE: Final = library().sources["R1"]
CARD_PAGE: Final = library().articles["get-help"]
MUCH: Final = "a" * richtext.MAX_CHARACTERS
MANY: Final = " ".join(f"S{number}" for number in range(100, 120))
# Short enough as typed, too long once every link is written out.
GROWS: Final = "<a href='/\u00e9\u00e9\u00e9\u00e9'>a</a> b " * (richtext.MAX_CHARACTERS // 27)

# The content, what is posted, where the message stands, and a part of it.
REFUSED: Final[list[tuple[structure.Publishable, dict[str, str | None], str, str]]] = [
    (FAQ, {"title": ""}, "id_title", "required"),
    (FAQ, {"title": "a" * 121}, "id_title", "at most 120 characters"),
    (FAQ, {"title": "a\x00b"}, "id_title", "Null characters"),
    (FAQ, {"related": "faq"}, "id_related", "related to itself"),
    (FAQ, {"related": "overview nowhere"}, "id_related", "nowhere is not known"),
    (FAQ, {"related": "overview\x00"}, "id_related", "Null characters"),
    (FAQ, {"position": "99999999999"}, "id_position", "less than or equal to 32767"),
    (FAQ, {"position": "9" * 5000}, "id_position", "whole number"),
    (FAQ, {"group": "nonsense"}, "id_group", "not one of the available choices"),
    (FAQ, {"written_on": "31/31/2025"}, "id_written_on", "valid date"),
    (FAQ, {"sections-0-intro": MUCH + "a"}, "id_sections-0-intro", "too long"),
    (FAQ, {"sections-0-intro": MUCH}, "id_sections-0-intro", "too long"),
    (FAQ, {"sections-0-intro": GROWS}, "id_sections-0-intro", "too long"),
    (FAQ, {"sections-1-statements-1-body": MUCH}, "id_sections-1-statements-1-body", "too long"),
    (FAQ, {"sections-1-statements-1-sources": "R1 R999"}, "id_sections-1-statements-1-sources", "R999 is not known"),
    (FAQ, {"sections-1-statements-1-claims": "S1 X2"}, "id_sections-1-statements-1-claims", "X2 is not written"),
    (FAQ, {"sections-1-statements-1-claims": MANY}, "id_sections-1-statements-1-claims", "too long"),
    (FAQ, {"sections-1-statements-1-evidence": "x"}, "id_sections-1-statements-1-evidence", "available choices"),
    (FAQ, {"sections-0-ORDER": "first"}, "id_sections-0-ORDER", "whole number"),
    (CARD_PAGE, {"sections-1-card": ""}, "id_sections-1-card", "required"),
    (CARD_PAGE, {"sections-1-card": "nobody"}, "id_sections-1-card", "nobody is not known"),
    (CAUSES, {"sections-5-drawing": ""}, "id_sections-5-drawing", "one drawing or one picture"),
    (CAUSES, {"sections-5-picture": PICTURE}, "id_sections-5-drawing", "one drawing or one picture"),
    (CAUSES, {"sections-5-drawing": "nothing"}, "id_sections-5-drawing", "nothing is not known"),
    (CAUSES, {"sections-5-alt": ""}, "id_sections-5-alt", "cannot see it"),
    (CAUSES, {"sections-5-is_decorative": "on"}, "id_sections-5-alt", "not described"),
    (SOON, {"emergency_number": "112"}, "id_emergency_number", "Only the emergency card"),
    (EMERGENCY, {"signs-0-text": "a" * 301}, "id_signs-0-text", "at most 300"),
    (EMERGENCY, {"signs-0-words": "a\x00"}, "id_signs-0-words", "Null characters"),
    (PROTOCOL, {"steps-1-duration_minutes": "21"}, "id_steps-1-duration_minutes", "20 minutes at most"),
    (PROTOCOL, {"steps-1-in_first_72h": None}, "id_steps-1-in_first_72h", "at least one phase"),
    (PROTOCOL, {"steps-2-duration_from_minutes": "30"}, "id_steps-2-duration_from_minutes", "low end"),
    (PROTOCOL, {"steps-2-interval_to_minutes": "5"}, "id_steps-2-interval_minutes", "low end"),
    (PROTOCOL, {"steps-2-days_per_week": "8"}, "id_steps-2-days_per_week", "less than or equal to 7"),
    (PROTOCOL, {"steps-2-limit_per_day": "-1"}, "id_steps-2-limit_per_day", "greater than or equal to 0"),
    (BRIDGE, {"steps": " \r\n "}, "id_steps", "required"),
    (BRIDGE, {"code": "7"}, "id_code", "like X7"),
    (TERM, {"meaning": "a" * 401}, "id_meaning", "at most 400"),
    (SOURCE, {"url": "javascript:alert(1)"}, "id_url", "valid URL"),
    (SOURCE, {"year": "40000"}, "id_year", "less than or equal to 32767"),
]


@pytest.mark.parametrize(("content", "changes", "target", "words"), REFUSED, ids=lambda value: str(value)[:40])
def test_a_mistake_is_named_at_its_field(
    content: structure.Publishable, changes: dict[str, str | None], target: str, words: str
) -> None:
    form = sent(content, changes)

    assert not form.is_valid()

    assert [error.target for error in form.errors] == [target]
    assert words in form.errors[0].message


# What no editor's browser sends: keys, kinds and counts that were tampered with, or a form that did not arrive whole.
BROKEN: Final[list[tuple[structure.Publishable, dict[str, str | None], str, str]]] = [
    (FAQ, {"sections-0-kind": "nonsense"}, "row-sections-0", "did not arrive whole"),
    (FAQ, {"sections-0-kind": None}, "row-sections-0", "did not arrive whole"),
    (FAQ, {"sections-0-anchor": "two words"}, "row-sections-0", "slug"),
    (FAQ, {"sections-0-anchor": "a" * 41}, "row-sections-0", "at most 40"),
    (FAQ, {"sections-0-anchor": FAQ.sections[1].anchor}, "row-sections-0", "stands twice"),
    (FAQ, {"sections-1-statements-0-key": "2"}, "row-sections-1-statements-0", "2 stands twice"),
    (FAQ, {"sections-1-statements-0-key": "<b>"}, "row-sections-1-statements-0", "slug"),
    (FAQ, {"sections-TOTAL_FORMS": "100000000"}, "list-sections", "too many rows"),
    (FAQ, {"sections-TOTAL_FORMS": "2"}, "list-sections", "did not arrive whole"),
    (FAQ, {"sections-TOTAL_FORMS": "-1"}, "list-sections", "did not arrive whole"),
    (FAQ, {"sections-TOTAL_FORMS": "many"}, "list-sections", "did not arrive whole"),
    (FAQ, {"sections-TOTAL_FORMS": None}, "list-sections", "did not arrive whole"),
    (FAQ, {"sections-INITIAL_FORMS": "99999999999999999999"}, "list-sections", "did not arrive whole"),
    (FAQ, {"sections-1-statements-TOTAL_FORMS": None}, "list-sections-1-statements", "did not arrive whole"),
    (FAQ, {"sections-1-statements-TOTAL_FORMS": "500"}, "list-sections-1-statements", "too many rows"),
    (EMERGENCY, {"signs-0-code": "E2"}, "row-signs-0", "E2 stands twice"),
    (EMERGENCY, {"signs-0-code": "zzz"}, "row-signs-0", "like C7"),
    (EMERGENCY, {"signs-0-code": ""}, "row-signs-0", "required"),
    (PROTOCOL, {"steps-0-key": "ice_on_back"}, "row-steps-0", "ice_on_back stands twice"),
    (PROTOCOL, {"steps-0-row": "P1"}, "row-steps-0", "P1 stands twice"),
]


@pytest.mark.parametrize(("content", "changes", "target", "words"), BROKEN, ids=lambda value: str(value)[:40])
def test_what_no_browser_sends_is_refused_with_a_message_that_the_screen_shows(
    content: structure.Publishable, changes: dict[str, str | None], target: str, words: str
) -> None:
    form = sent(content, changes)

    html = screen(form)

    assert (target, True) in {(error.target, words in error.message) for error in form.errors}
    assert target in {element.get("id") for element in tree(html).iter()}


def test_a_page_with_nothing_in_it_is_refused() -> None:
    form = sent(FAQ, dict.fromkeys(posted(screen(EDITORS["article"](FAQ, CHOICES)))))

    assert not form.is_valid()

    assert {"list-sections", "id_title"} <= {error.target for error in form.errors}


def crowded(sections: int, statements: int, count: str = "{}") -> dict[str, str | None]:
    """Return counts for a page that has this many sections, each with this many statements, and nothing in them."""
    data: dict[str, str | None] = {"sections-TOTAL_FORMS": count.format(sections)}
    for section in range(sections):
        prefix = f"sections-{section}"
        counts = {"TOTAL_FORMS": count.format(statements), "INITIAL_FORMS": "0"}
        data |= {f"{prefix}-statements-{name}": value for name, value in counts.items()}
        data[f"{prefix}-kind"] = "statements"
    return data


@pytest.mark.parametrize("count", ["{}", " {} ", "{}.0"])
def test_more_rows_than_a_page_may_have_are_refused_before_any_is_built(
    monkeypatch: pytest.MonkeyPatch, count: str
) -> None:
    make = create_autospec(StatementForm.make_fields, side_effect=StatementForm.make_fields)
    monkeypatch.setattr(StatementForm, "make_fields", make)

    form = sent(FAQ, crowded(60, 60, count))

    assert not form.is_valid()
    assert [(error.target, str(error.message)) for error in form.errors] == [("list-sections", str(TOO_MANY_ROWS))]
    assert str(TOO_MANY_ROWS) in screen(form)
    assert make.call_count < 100  # those of the page itself, and the empty ones to copy


def test_a_page_may_have_two_hundred_rows_and_no_more() -> None:
    crowd = crowded(10, 19)

    assert str(TOO_MANY_ROWS) not in {error.message for error in sent(FAQ, crowd).errors}
    crowd["sections-9-statements-TOTAL_FORMS"] = "20"
    assert str(TOO_MANY_ROWS) in {error.message for error in sent(FAQ, crowd).errors}


def test_a_full_page_takes_no_row_more_and_keeps_what_was_typed() -> None:
    form = sent(FAQ, {**crowded(10, 19), "sections-9-heading": "Typed"}).with_added("sections", "text")

    assert str(NO_MORE_ROWS) in {error.message for error in form.errors}
    assert 'value="Typed"' in screen(form)
    assert form.rows is not None
    assert form.rows.total_form_count() == 10


def test_every_page_of_the_first_edition_fits_three_times() -> None:
    def rows(page: structure.Article) -> int:
        return sum(1 + len(getattr(section, "statements", ())) for section in page.sections)

    assert max(map(rows, library().articles.values())) * 3 <= ROWS_IN_ALL_AT_MOST


TAKEN: Final[list[tuple[structure.Publishable, dict[str, str | None], str, str]]] = [
    (SOON, {"urgency": "urgent"}, "care_card.urgency urgent", "id_urgency"),
    (BRIDGE, {"code": "X1"}, "exercise.code X1", "id_code"),
    (EMERGENCY, {"signs-0-code": "C1"}, "sign.code C1", "row-signs-0"),
    (PROTOCOL, {"steps-0-row": "P30"}, "step.row P30", "row-steps-0"),
    (PROTOCOL, {"steps-0-key": "other"}, "step.key other", "row-steps-0"),
]


@pytest.mark.parametrize(("content", "changes", "taken", "target"), TAKEN, ids=lambda value: str(value)[:40])
def test_what_another_content_holds_is_refused(
    content: structure.Publishable, changes: dict[str, str | None], taken: str, target: str
) -> None:
    name, value = taken.split()
    form = sent(content, changes, taken={name: frozenset({value})})

    assert not form.is_valid()

    assert [error.target for error in form.errors] == [target]


NEW_KEYS: Final = [
    ("article", "faq", "in use"),
    ("article", "search", "another address"),
    ("article", "Neck_Pain", "small letters"),
    ("care_card", "emergency", "in use"),
    ("exercise", "bridge", "in use"),
    ("source", "R1", "in use"),
    ("source", "first", "like R12b"),
    ("term", "acute", "in use"),
    ("protocol", "a\x00", ""),
]


@pytest.mark.parametrize(("kind", "key", "words"), NEW_KEYS)
def test_a_new_content_needs_a_key_of_its_own(kind: str, key: str, words: str) -> None:
    choices = choices_of(library(), taken={"term.key": frozenset(library().terms)})
    empty = EDITORS[kind](None, choices)
    data = posted(screen(empty))
    data["key"] = key

    errors: Any = EDITORS[kind](None, choices, data).errors

    assert words in next(error.message for error in errors if error.target == "id_key")


def test_a_key_that_is_gone_is_shown_and_refused_not_replaced() -> None:
    choices = choices_of(library(), cards={"soon": "See somebody"})
    shown = posted(screen(EDITORS["article"](CARD_PAGE, choices)))

    form = EDITORS["article"](CARD_PAGE, choices, shown)

    assert shown["sections-1-card"] == getattr(CARD_PAGE.sections[1], "card")  # noqa: B009 (of one kind of section only)
    assert "id_sections-1-card" in {error.target for error in form.errors}

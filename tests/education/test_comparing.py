"""What changed between two contents, told to an editor: the words, the numbers, and what must not be overlooked."""

import random
import time
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from education import content_files, structure
from education.comparing import WORDS, FieldChange, Part, compare
from education.place_labels import labels
from education.structure import Article, CareCard, Protocol
from education.tokens import words_of
from tests.education import arbitrary_contents

LIBRARY = content_files.read()
TREATMENT = LIBRARY.articles["treatment"]
MEDICINES = LIBRARY.articles["medicines"]
CARD = LIBRARY.cards["emergency"]
PROTOCOL = LIBRARY.protocols["care-protocol"]
KINDS = [kind for kind in arbitrary_contents.SHELVES if kind is not Article]
some = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def with_section(article: Article, anchor: str, **values: Any) -> Article:
    sections = tuple(replace(each, **values) if each.anchor == anchor else each for each in article.sections)
    return replace(article, sections=sections)


def section(article: Article, anchor: str) -> Any:
    return next(each for each in article.sections if each.anchor == anchor)


def with_statement(article: Article, anchor: str, key: str, **values: Any) -> Article:
    changed = tuple(
        replace(each, **values) if each.key == key else each for each in section(article, anchor).statements
    )
    return with_section(article, anchor, statements=changed)


def reworded(old: str, new: str, *, article: Article = TREATMENT) -> FieldChange:
    """Return the one change when these words replace others in the statement that holds them."""
    for each in article.sections:
        for statement in getattr(each, "statements", ()):
            if old in statement.body:
                body = statement.body.replace(old, new, 1)
                [change] = compare(article, with_statement(article, each.anchor, statement.key, body=body))
                return change
    raise AssertionError(f"{old!r} is not in {article.key}")


def with_step(key: str, **values: Any) -> Protocol:
    return replace(PROTOCOL, steps=tuple(replace(s, **values) if s.key == key else s for s in PROTOCOL.steps))


def with_sign(code: str, **values: Any) -> CareCard:
    return replace(CARD, signs=tuple(replace(s, **values) if s.code == code else s for s in CARD.signs))


def changed(change: FieldChange) -> list[tuple[str, str, bool]]:
    return [(part.op, part.text, part.is_number) for part in change.parts if part.op != "same"]


# --- Numbers and words --------------------------------------------------------------------------------------


def test_equal_contents_differ_in_nothing() -> None:
    assert [compare(each, each) for each in LIBRARY.everything() if compare(each, each)] == []


def test_the_minutes_of_the_ice_are_told_as_a_number() -> None:
    changes = compare(PROTOCOL, with_step("ice_on_back", duration_minutes=15))

    assert changes == (
        FieldChange(
            path="steps[ice_on_back].duration_minutes",
            label='Step "Ice pack, on your back", minutes',
            old="20",
            new="15",
            parts=(Part("removed", "20", is_number=True), Part("added", "15", is_number=True)),
            alerts=("number",),
        ),
    )


@pytest.mark.parametrize(
    "values",
    [{"interval_minutes": 90}, {"limit_per_day": None}, {"days_per_week": 5}, {"duration_from_minutes": 10}],
    ids=str,
)
def test_every_whole_number_of_a_step_is_a_number(values: dict[str, int | None]) -> None:
    [change] = compare(PROTOCOL, with_step("ice_on_back", **values))

    assert change.alerts == ("number",)


def test_an_amount_in_a_text_changes_with_its_unit_and_alone() -> None:
    change = reworded("20 minutes at most", "15 minutes at most")

    assert change.label == 'Section "Ice or heat", statement 2, text'
    assert changed(change) == [("removed", "20 minutes", True), ("added", "15 minutes", True)]
    assert change.alerts == ("number",)


@pytest.mark.parametrize(
    ("old", "new"),
    [("every two hours", "every three hours"), ("20 minutes at most", "20 hours at most"), ("60 people", "600 people")],
)
def test_numbers_in_words_and_units_count_as_numbers(old: str, new: str) -> None:
    assert reworded(old, new).alerts == ("number",)


def test_other_words_alert_nobody() -> None:
    change = reworded("the traditional choice", "the usual choice")

    assert changed(change) == [("removed", "traditional", False), ("added", "usual", False)]
    assert change.alerts == ()


def test_the_parts_make_both_texts() -> None:
    change = reworded("Choose a soft pack", "Take a soft pack")

    assert "".join(part.text for part in change.parts if part.op != "added") == change.old
    assert "".join(part.text for part in change.parts if part.op != "removed") == change.new


@pytest.mark.parametrize(
    "text",
    [
        "20",
        "1.5",
        "1,000",
        "10-20 minutes",
        "10–20",
        "20mg",
        "81 mg",
        "2 tablets",
        "half",
        "0800 123 456",
        "+44 20 7946",
    ],
)
def test_an_amount_or_a_phone_number_is_one_token(text: str) -> None:
    tokens = words_of(f"({text}).")

    assert [token.text for token in tokens if token.is_number] == [text]


def test_words_that_only_begin_like_a_number_are_words() -> None:
    assert not any(token.is_number for token in words_of("oneself tenderness someone twofold minutes mg"))


# --- Alerts -------------------------------------------------------------------------------------------------


def test_a_dose_is_told_before_its_number() -> None:
    change = reworded("81 mg low-dose", "100 mg low-dose", article=MEDICINES)

    assert change.alerts == ("dose", "number")


@pytest.mark.parametrize("words", ["40 mcg of it", "40µg", "2 tablets", "some tablets"])
def test_a_dose_that_comes_in_is_told(words: str) -> None:
    assert "dose" in reworded("A heating pad is ideal.", f"A heating pad is ideal. Take {words}.").alerts


@pytest.mark.parametrize(("old", "new"), [("never wake up", "wake up"), ("Never put ice", "Put ice"), ("not a", "a")])
def test_a_not_or_never_that_goes_is_told(old: str, new: str) -> None:
    assert reworded(old, new).alerts == ("negation",)


@pytest.mark.parametrize("values", [{"when": "Now"}, {"why": "x"}, {"text": "x"}, {"words": ("x",)}], ids=str)
def test_every_field_of_a_sign_is_a_red_flag(values: dict[str, Any]) -> None:
    [change] = compare(CARD, with_sign("E4", **values))

    assert (change.path, change.label.split(",")[0]) == (f"signs[E4].{next(iter(values))}", "Sign E4")
    assert change.alerts[0] == "red flag"


def test_the_emergency_number_and_the_crisis_line_are_red_flags() -> None:
    changes = compare(CARD, replace(CARD, emergency_number="112", crisis_line="0800 123 456"))

    assert [(each.path, changed(each), each.alerts) for each in changes] == [
        ("emergency_number", [("added", "112", True)], ("red flag", "number")),
        ("crisis_line", [("added", "0800 123 456", True)], ("red flag", "number")),
    ]


def test_a_sign_that_goes_is_a_red_flag() -> None:
    [change] = compare(CARD, replace(CARD, signs=CARD.signs[:3] + CARD.signs[4:]))

    assert (change.path, change.label, change.new) == ("signs[E4]", "Sign E4", "")
    assert change.old.startswith(CARD.signs[3].text)
    assert (change.alerts[0], change.alerts[-1]) == ("red flag", "removed sign")


def test_the_order_of_signs_is_a_red_flag_because_other_texts_count_them() -> None:
    [change] = compare(CARD, replace(CARD, signs=(CARD.signs[3], *CARD.signs[:3], *CARD.signs[4:])))

    assert (change.path, change.new, change.alerts) == ("signs[E4]", "first", ("red flag", "moved"))


def test_a_page_that_loses_a_care_card_is_a_red_flag() -> None:
    page = next(each for each in LIBRARY.articles.values() if any(_is_card(s) for s in each.sections))

    changes = compare(page, replace(page, sections=tuple(each for each in page.sections if not _is_card(each))))

    assert all(change.alerts[0] == "red flag" and "removed section" in change.alerts for change in changes)
    assert changes


def _is_card(each: structure.Section) -> bool:
    return isinstance(each, structure.CardSection)


def test_an_evidence_label_is_told_in_its_own_words() -> None:
    [change] = compare(TREATMENT, with_statement(TREATMENT, "ice-or-heat", "2", evidence="general"))

    assert (change.old, change.new) == ("Little evidence, low risk", "General knowledge, no study cited")
    assert change.alerts == ("evidence",)


def test_codes_of_sources_and_the_place_of_a_page_are_no_numbers() -> None:
    new = replace(with_statement(TREATMENT, "ice-or-heat", "2", sources=("R5", "R6")), position=9)

    changes = compare(TREATMENT, new)

    assert [(each.path, each.alerts) for each in changes] == [
        ("position", ()),
        ("sections[ice-or-heat].statements[2].sources", ()),
    ]


# --- Rows ---------------------------------------------------------------------------------------------------


def test_a_moved_section_is_told_once_with_both_places() -> None:
    first, second, third, *rest = TREATMENT.sections

    [change] = compare(TREATMENT, replace(TREATMENT, sections=(first, third, second, *rest)))

    assert change.label in {'Section "Ice or heat", place', 'Section "After 72 hours", place'}
    assert change.alerts == ("moved",)


def test_a_section_moved_to_the_front_names_what_it_followed() -> None:
    *rest, last = TREATMENT.sections

    [change] = compare(TREATMENT, replace(TREATMENT, sections=(last, *rest)))

    assert (change.path, change.label) == ("sections[once-it-is-over]", 'Section "Once it is over", place')
    assert (change.old, change.new) == (f'after "{rest[-1].heading}"', "first")


def test_a_moved_section_tells_its_new_words_too() -> None:
    *rest, last = TREATMENT.sections

    changes = compare(TREATMENT, replace(TREATMENT, sections=(replace(last, heading="Afterwards"), *rest)))

    assert [each.path for each in changes] == ["sections[once-it-is-over]", "sections[once-it-is-over].heading"]


def test_a_removed_statement_is_told_as_a_whole_and_the_others_are_not() -> None:
    statements = section(TREATMENT, "ice-or-heat").statements

    [change] = compare(TREATMENT, with_section(TREATMENT, "ice-or-heat", statements=statements[1:]))

    assert change.label == 'Section "Ice or heat", statement 1'
    assert change.old.endswith("\nEvidence: Little evidence, low risk\nClaims: S29\nSources: R5, R6, R7")
    assert "removed statement" in change.alerts


def test_a_statement_put_in_first_does_not_make_the_others_look_changed_where_keys_are_places() -> None:
    statements = section(TREATMENT, "ice-or-heat").statements
    more = (
        structure.Statement(body="<p>New.</p>"),
        *statements[:2],
        replace(statements[2], lead="So"),
        *statements[3:],
    )
    renumbered = tuple(replace(each, key=str(place)) for place, each in enumerate(more, start=1))

    changes = compare(TREATMENT, with_section(TREATMENT, "ice-or-heat", statements=renumbered))

    assert [(each.label, each.new) for each in changes] == [
        ('Section "Ice or heat", statement 1', "New."),
        ('Section "Ice or heat", statement 4, lead', "So"),
    ]


def test_a_statement_that_stayed_as_it_was_is_not_taken_for_a_similar_one() -> None:
    ice, heat = (
        structure.Statement(key=key, body=f"<p>Use {word} for the pain.</p>")
        for key, word in (("1", "ice"), ("2", "heat"))
    )
    moved_on = replace(ice, key="2"), replace(heat, key="3")
    old = with_section(TREATMENT, "medicine", statements=(ice, heat))
    new = with_section(TREATMENT, "medicine", statements=(structure.Statement(key="1", body="<p>New.</p>"), *moved_on))

    [change] = compare(old, new)

    assert (change.new, change.alerts) == ("New.", ("added statement",))


def test_a_rewritten_statement_is_known_by_its_key() -> None:
    [change] = compare(TREATMENT, with_statement(TREATMENT, "ice-or-heat", "2", body="<p>Other words entirely.</p>"))

    assert change.path == "sections[ice-or-heat].statements[2].body"
    assert [op for op, *_ in changed(change)].count("added") == 1


def test_a_section_of_another_kind_tells_its_kind_and_what_it_no_longer_has() -> None:
    old = section(TREATMENT, "medicine")
    new = structure.TextSection(anchor=old.anchor, heading=old.heading, intro=old.intro)
    sections = tuple(new if each is old else each for each in TREATMENT.sections)

    changes = compare(TREATMENT, replace(TREATMENT, sections=sections))

    assert (changes[0].path, changes[0].old, changes[0].new) == ("sections[medicine].kind", "statements", "text")
    assert {each.path for each in changes[1:]} == {f"sections[medicine].statements[{s.key}]" for s in old.statements}


def test_a_content_that_was_not_there_is_all_added() -> None:
    changes = compare(None, TREATMENT)

    assert {part.op for each in changes for part in each.parts} == {"added"}
    assert {each.path for each in changes} >= {"title", "sections[ice-or-heat]", "sections[medicine]"}
    assert "nav_title" not in {each.path for each in compare(None, replace(TREATMENT, nav_title=""))}


def test_a_content_that_goes_is_all_removed() -> None:
    changes = compare(CARD, None)

    assert {part.op for each in changes for part in each.parts} == {"removed"}
    assert [each.label for each in changes if "red flag" in each.alerts][:2] == ["Urgency", "Sign E1"]


def test_nothing_at_all_differs_in_nothing() -> None:
    assert compare(None, None) == ()


def test_contents_of_two_kinds_are_refused() -> None:
    with pytest.raises(TypeError):
        compare(CARD, PROTOCOL)


# --- Rich text ----------------------------------------------------------------------------------------------


def rich(old: str, new: str) -> list[tuple[str, str, bool]]:
    [change] = compare(with_section(TREATMENT, "medicine", intro=old), with_section(TREATMENT, "medicine", intro=new))
    return changed(change)


@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        ("<p>One day.</p>", "<p>One day.</p><p>Then.</p>", [("added", "\n¶ Then.", False)]),
        ("<p>Lie. Sit.</p>", "<p>Lie.</p><p>Sit.</p>", [("removed", " ", False), ("added", "\n¶ ", False)]),
        ("<p>Lie.</p>", "<ul><li>Lie.</li></ul>", [("added", "• ", False)]),
        ("<ul><li>Lie.</li></ul>", "<ol><li>Lie.</li></ol>", [("removed", "• ", False), ("added", "#. ", False)]),
        ("<p>Lie down.</p>", "<p>Lie <strong>down</strong>.</p>", [("added", "**", False), ("added", "**", False)]),
        (
            '<p>See <a href="/a/">this</a>.</p>',
            '<p>See <a href="/b/">this</a>.</p>',
            [("removed", " [→ /a/]", False), ("added", " [→ /b/]", False)],
        ),
        (
            '<p>Call <a href="tel:111">us</a>.</p>',
            '<p>Call <a href="tel:112">us</a>.</p>',
            [("removed", " [→ tel:111]", True), ("added", " [→ tel:112]", True)],
        ),
    ],
)
def test_a_change_without_words_is_seen_by_its_mark(old: str, new: str, parts: list[tuple[str, str, bool]]) -> None:
    assert rich(old, new) == parts


def test_a_paragraph_put_between_leaves_the_others_as_they_are() -> None:
    assert rich("<p>Use ice.</p><p>Use heat.</p>", "<p>Use ice.</p><p>Use a bath.</p><p>Use heat.</p>") == [
        ("added", "¶ Use a bath.\n", False)
    ]


def test_lines_with_hardly_a_word_in_common_are_taken_out_and_put_in_whole() -> None:
    found = rich("<p>Keep the ice on for the pain.</p>", "<p>Walk a little each day around the house or garden.</p>")

    assert [op for op, *_ in found] == ["removed", "added"]


def test_neighbouring_words_change_together() -> None:
    old, new = "<p>Put it on a sore, tense part of you.</p>", "<p>Put it on a warm, tight area of you.</p>"

    assert rich(old, new) == [("removed", "sore, tense part", False), ("added", "warm, tight area", False)]


def test_two_quite_different_long_lines_are_not_compared_word_by_word_which_would_take_half_a_minute() -> None:
    dice = random.Random(1)
    old, new = ("<p>" + " ".join(dice.choices([f"w{n}" for n in range(60)], k=9000)) + "</p>" for _ in "ab")

    began = time.process_time()
    found = rich(old, new)

    assert time.process_time() - began < 8
    assert {op for op, *_ in found} == {"removed", "added"}


# --- Words and any contents ---------------------------------------------------------------------------------


def test_labels_are_made_of_the_words_given() -> None:
    words = {**WORDS, "row.section": "Abschnitt „{name}“", "row.statement": "Aussage {name}", "field.evidence": "Beleg"}

    [change] = compare(TREATMENT, with_statement(TREATMENT, "ice-or-heat", "2", evidence="some"), words)

    assert change.label == "Abschnitt „Ice or heat“, Aussage 2, Beleg"


def test_every_place_has_a_label_by_its_path() -> None:
    found = labels(TREATMENT)

    assert found["title"] == "Title"
    assert found["sections"] == "Order of the sections"
    assert found["sections[ice-or-heat]"] == 'Section "Ice or heat"'
    assert found["sections[ice-or-heat].statements"] == 'Section "Ice or heat", order of the statements'
    assert found["sections[ice-or-heat].statements[2].body"] == 'Section "Ice or heat", statement 2, text'
    assert labels(CARD)["signs[E4].when"] == "Sign E4, when to act"


def test_every_field_and_every_alert_has_its_words() -> None:
    structures = [*arbitrary_contents.SHELVES, structure.Statement, structure.Sign, structure.CareStep]
    structures += get_args(structure.Section)
    fields = {name for each in structures for name in each.__struct_fields__}

    assert {name for name in fields if f"field.{name}" not in WORDS} == set()
    assert {f"alert.{op} {noun}" for op in ("added", "removed") for noun in ("section", "sign")} <= set(WORDS)


@some
@given(st.data())
def test_the_parts_of_any_change_make_both_texts(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(KINDS))
    old, new = (data.draw(st.none() | arbitrary_contents.of(kind)) for _ in "ab")

    changes = compare(old, new)

    for each in changes:
        assert "".join(part.text for part in each.parts if part.op != "added") == each.old
        assert "".join(part.text for part in each.parts if part.op != "removed") == each.new
        assert changed(each) or each.alerts  # a row that says nothing came or went


@some
@given(st.data())
def test_whatever_differs_in_an_exercise_is_told(data: st.DataObject) -> None:
    old = LIBRARY.exercises["bird-dog"]
    name = data.draw(st.sampled_from(old.__struct_fields__))
    other = data.draw(arbitrary_contents.of(structure.Exercise, full=True))
    new = replace(old, **{name: getattr(other, name)})

    changes = compare(old, new)

    assert [each.path for each in changes] == [name] * (msgspec.to_builtins(old) != msgspec.to_builtins(new))

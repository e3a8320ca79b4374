"""Two editors at once: what both did stands in the result, and where that cannot be, both texts are shown."""

import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from education import content_files, structure
from education.editor_words import WORDS
from education.merging import Conflict, Merged, merge, take, without
from education.place_labels import labels
from education.rows import fields, inner, named, row_list, rows, together, value
from education.structure import Article, Protocol, Statement, StatementsSection, TextSection
from education.tokens import field_tokens, row_tokens, text_of
from tests.education import arbitrary_contents

LIBRARY = content_files.read()
TREATMENT = LIBRARY.articles["treatment"]
CARD = LIBRARY.cards["emergency"]
PROTOCOL = LIBRARY.protocols["care-protocol"]
ICE = "sections[ice-or-heat]"
KINDS = list(arbitrary_contents.SHELVES)
some = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))


# --- Real contents ------------------------------------------------------------------------------------------


def page(*sections: structure.Section, **values: Any) -> Article:
    return replace(TREATMENT, sections=sections, **values)


def text(anchor: str, intro: str = "", heading: str = "") -> TextSection:
    return TextSection(anchor=anchor, heading=heading or anchor.title(), intro=intro and f"<p>{intro}</p>")


def supported(*statements: Statement, anchor: str = "s") -> StatementsSection:
    return StatementsSection(anchor=anchor, heading="Supported", statements=statements)


def said(key: str, words: str, **values: Any) -> Statement:
    return Statement(key=key, body=f"<p>{words}</p>", **values)


def in_section(article: Article, anchor: str, change: Callable[[structure.Section], structure.Section]) -> Article:
    found = tuple(change(each) if each.anchor == anchor else each for each in article.sections)
    return replace(article, sections=found)


def with_statement(article: Article, anchor: str, key: str, **values: Any) -> Article:
    def change(section: Any) -> structure.Section:
        changed = tuple(replace(each, **values) if each.key == key else each for each in section.statements)
        return StatementsSection(**{**msgspec.structs.asdict(section), "statements": changed})

    return in_section(article, anchor, change)


def anchors(content: structure.Publishable) -> list[str]:
    assert isinstance(content, Article)
    return [section.anchor for section in content.sections]


def paths(merged: Merged) -> list[str]:
    return [conflict.path for conflict in merged.conflicts]


def test_changes_in_different_places_go_together() -> None:
    mine = with_statement(TREATMENT, "ice-or-heat", "2", body="<p>Mine.</p>")
    theirs = with_statement(replace(TREATMENT, title="Theirs"), "ice-or-heat", "2", evidence="some")

    merged = merge(TREATMENT, mine, theirs)

    assert merged == Merged(with_statement(theirs, "ice-or-heat", "2", body="<p>Mine.</p>"), ())


def test_the_same_change_on_both_sides_is_no_conflict() -> None:
    changed = with_statement(TREATMENT, "ice-or-heat", "2", body="<p>The same.</p>")

    merged = merge(TREATMENT, changed, changed)

    assert merged == Merged(changed, ())


def test_one_field_changed_in_two_ways_is_a_conflict_and_mine_stands() -> None:
    mine = with_statement(TREATMENT, "position-and-rest", "1", evidence="little", body="<p>Rest <em>a bit</em>.</p>")
    theirs = with_statement(TREATMENT, "position-and-rest", "1", body="<p>Rest.</p><p>Then move.</p>")

    merged = merge(TREATMENT, mine, theirs)

    assert merged.content == mine
    assert paths(merged) == ["sections[position-and-rest].statements[1].body"]
    assert (merged.conflicts[0].mine, merged.conflicts[0].theirs) == ("Rest _a bit_.", "Rest.\n¶ Then move.")


def test_a_list_of_plain_texts_is_one_field_shown_a_text_a_line() -> None:
    base = LIBRARY.exercises["bird-dog"]
    mine, theirs = replace(base, steps=("Kneel.", "Reach.")), replace(base, steps=("Kneel.", "Hold."))

    merged = merge(base, mine, theirs)

    assert merged.conflicts == (Conflict("steps", "\n".join(base.steps), "Kneel.\nReach.", "Kneel.\nHold."),)


def test_values_are_shown_in_the_words_given() -> None:
    mine, theirs = replace(TREATMENT, has_leaflet=False), replace(TREATMENT, group="living")

    found = merge(None, mine, theirs, {**WORDS, "value.yes": "ja", "group.living": "damit leben"}).conflicts

    assert [(each.mine, each.theirs) for each in found] == [("the article", "damit leben"), ("no", "ja")]


def test_a_row_added_on_their_side_stands_after_the_row_it_followed_there() -> None:
    base = page(text("a"), text("b"), text("c"))
    mine = page(text("c"), text("a"), text("mine"), text("b"))
    theirs = page(text("a"), text("b"), text("new"), text("newer"), text("c"))

    merged = merge(base, mine, theirs)

    assert (anchors(merged.content), merged.conflicts) == (["c", "a", "mine", "b", "new", "newer"], ())


def test_a_row_added_first_stands_first() -> None:
    base = page(text("a"))

    merged = merge(base, page(text("a", "mine")), page(text("new"), text("a")))

    assert merged == Merged(page(text("new"), text("a", "mine")), ())


@pytest.mark.parametrize("who", ["mine", "theirs"])
def test_a_row_removed_on_one_side_and_untouched_on_the_other_goes(who: str) -> None:
    whole, less = page(text("a"), text("b", "unchanged")), page(text("a"))

    merged = merge(whole, *((less, whole) if who == "mine" else (whole, less)))

    assert merged == Merged(less, ())


def test_a_row_they_removed_and_i_changed_is_a_conflict_and_stays() -> None:
    base, mine, theirs = page(text("a"), text("b", "old")), page(text("a"), text("b", "new")), page(text("a"))

    merged = merge(base, mine, theirs)

    assert merged.content == mine
    assert merged.conflicts == (Conflict("sections[b]", "B\nold", "B\nnew", "", theirs_removed=True),)
    assert take(mine, theirs, ["sections[b]"]) == theirs


def test_a_row_i_removed_and_they_changed_is_a_conflict_and_stays() -> None:
    base, mine, theirs = page(text("a"), text("b", "old")), page(text("a")), page(text("a"), text("b", "new"))

    merged = merge(base, mine, theirs)

    assert merged.content == theirs
    assert merged.conflicts == (Conflict("sections[b]", "B\nold", "", "B\nnew", mine_removed=True),)


def test_a_row_can_be_left_out_after_all() -> None:
    content = page(text("a"), supported(said("1", "One."), said("2", "Two.")), text("b"))

    left = without(content, ["sections[b]", "sections[s].statements[1]"])

    assert left == page(text("a"), supported(said("2", "Two.")))


@pytest.mark.parametrize("path", ["sections[c]", "sections", "sections[a].heading"])
def test_what_is_no_row_cannot_be_left_out(path: str) -> None:
    with pytest.raises(ValueError, match="no such row"):
        without(page(text("a")), ["sections[a]", path])


def test_a_row_added_on_both_sides_under_one_key_is_compared_field_by_field() -> None:
    base = page(supported())
    mine, theirs = page(supported(said("1", "Mine.", lead="Why?"))), page(supported(said("1", "Theirs.", lead="Why?")))

    merged = merge(base, mine, theirs)

    assert (merged.content, paths(merged)) == (mine, ["sections[s].statements[1].body"])


def test_in_a_section_added_on_both_sides_the_statements_of_both_stand() -> None:
    mine, theirs = supported(said("1", "Mine.")), supported(said("2", "Theirs."))

    merged = merge(page(), page(mine), page(theirs))

    assert merged == Merged(page(supported(said("2", "Theirs."), said("1", "Mine."))), ())


def test_an_order_changed_on_one_side_holds_while_the_other_changes_words() -> None:
    base = page(text("a"), text("b"), text("c"))
    mine, theirs = page(text("a", "mine"), text("b"), text("c")), page(text("c"), text("b"), text("a"))

    merged = merge(base, mine, theirs)

    assert merged == Merged(page(text("c"), text("b"), text("a", "mine")), ())


def test_two_new_orders_are_a_conflict_and_mine_stands() -> None:
    base = page(text("a"), text("b"), text("c"))
    mine, theirs = page(text("b"), text("a"), text("c")), page(text("a"), text("c"), text("b"))

    merged = merge(base, mine, theirs)

    assert merged == Merged(mine, (Conflict("sections", "A\nB\nC", "B\nA\nC", "A\nC\nB"),))
    assert take(mine, theirs, ["sections"]) == theirs


def test_an_order_is_taken_without_the_words() -> None:
    mine, theirs = page(text("b", "mine"), text("own"), text("a")), page(text("a"), text("b", "theirs"))

    taken = take(mine, theirs, ["sections"])

    assert taken == page(text("a"), text("b", "mine"), text("own"))


def test_a_section_whose_kind_changed_is_one_conflict_as_a_whole() -> None:
    base = page(supported(said("1", "Ice.")))
    mine = page(supported(said("1", "Ice eases.", evidence="little", sources=("R5", "R6"))))
    theirs = page(text("s", "Ice."))

    merged = merge(base, mine, theirs)

    assert (merged.content, paths(merged)) == (mine, ["sections[s]"])
    assert merged.conflicts[0].mine == ("Supported\nIce eases.\nEvidence: Little evidence, low risk\nSources: R5, R6")
    assert take(mine, theirs, ["sections[s]"]) == theirs


def test_a_kind_changed_on_one_side_only_is_taken() -> None:
    base, changed = page(supported(said("1", "Ice.")), text("b")), page(text("s", "Ice."), text("b"))

    assert merge(base, base, changed) == merge(base, changed, base) == Merged(changed, ())


def test_a_kind_changed_alike_on_both_sides_is_compared_with_what_the_old_kind_had() -> None:
    one, two, three = said("1", "One."), said("2", "Two."), said("3", "Three.")
    base = page(supported(one, two))
    mine = page(structure.FaqSection(anchor="s", heading="Asked", statements=(one, two, three)))
    theirs = page(structure.FaqSection(anchor="s", heading="Supported", statements=(said("1", "Theirs."),)))

    merged = merge(base, mine, theirs)

    expected = structure.FaqSection(anchor="s", heading="Asked", statements=(said("1", "Theirs."), three))
    assert merged == Merged(page(expected), ())


def test_signs_and_steps_are_rows_too() -> None:
    signs = (replace(CARD.signs[0], when="Now"), *CARD.signs[1:])
    steps = tuple(replace(step, duration_minutes=15) if step.key == "ice_on_back" else step for step in PROTOCOL.steps)
    other_steps = tuple(replace(step, limit_per_day=4) for step in reversed(PROTOCOL.steps))

    card = merge(CARD, replace(CARD, signs=signs), replace(CARD, signs=CARD.signs[1:]))
    protocol = merge(PROTOCOL, replace(PROTOCOL, steps=steps), replace(PROTOCOL, steps=other_steps))

    assert paths(card) == ["signs[E1]"]
    assert isinstance(protocol.content, Protocol)
    ice = next(step for step in protocol.content.steps if step.key == "ice_on_back")
    assert (ice.duration_minutes, ice.limit_per_day, protocol.content.steps[0].key) == (15, 4, other_steps[0].key)


def test_statements_without_keys_match_those_keyed_later_by_their_place() -> None:
    base = page(supported(said("", "One."), said("", "Two.")))
    mine = page(supported(said("1", "One."), said("2", "Mine.")))
    theirs = page(supported(said("1", "Theirs."), said("2", "Two.")))

    merged = merge(base, mine, theirs)

    assert merged == Merged(page(supported(said("1", "Theirs."), said("2", "Mine."))), ())


def test_a_picture_comes_with_its_own_size() -> None:
    base = structure.FigureSection(anchor="f", heading="F", picture="a", picture_width=800, picture_height=600)
    mine = replace(base, picture="b", picture_width=400, picture_height=300)
    theirs = replace(base, picture="c", picture_width=400, picture_height=500)

    merged = merge(page(base), page(mine), page(theirs))

    assert (merged.content, paths(merged)) == (page(mine), ["sections[f].picture"])
    assert take(page(mine), page(theirs), paths(merged)) == merge(page(base), page(base), page(theirs)).content
    assert take(page(mine), page(theirs), paths(merged)) == page(theirs)


def test_a_field_is_taken_and_nothing_else() -> None:
    mine = with_statement(replace(TREATMENT, title="Mine"), "ice-or-heat", "2", body="<p>Mine.</p>", evidence="good")
    theirs = with_statement(replace(TREATMENT, title="Theirs"), "ice-or-heat", "2", body="<p>Theirs.</p>")

    taken = take(mine, theirs, {f"{ICE}.statements[2].body"})

    assert taken == with_statement(mine, "ice-or-heat", "2", body="<p>Theirs.</p>")


@pytest.mark.parametrize(
    "path", ["", "titel", f"{ICE}.statements[99].body", f"{ICE}.card", "sections[nowhere]", ICE + "."]
)
def test_a_place_that_is_not_there_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="no such place"):
        take(TREATMENT, TREATMENT, ["title", path])


def test_contents_of_two_kinds_are_refused() -> None:
    with pytest.raises(TypeError):
        merge(None, TREATMENT, CARD)
    with pytest.raises(TypeError):
        take(CARD, TREATMENT, [])


# --- Any contents -------------------------------------------------------------------------------------------


class Editor:
    """Somebody who changes fields, moves, removes and adds rows and changes kinds, as the dice fall."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice

    def edited(self, content: Any, other: Any) -> Any:
        """Return ``content`` with some fields and rows of ``other``, which is of the same type."""
        found = row_list(content)
        changes: dict[str, Any] = {}
        for name in fields(content):
            if found and name == found.field:
                changes[name] = self.edited_rows(rows(content), rows(other))
            elif name not in {"anchor", "code", "key"} and self.dice.random() < 0.4:
                changes |= {each: value(other, each) for each in together(name)}
        return replace(content, **changes)

    def edited_rows(self, own: Sequence[Any], more: Sequence[Any]) -> tuple[Any, ...]:
        kept = [self.edited_row(row, more) for row in own if self.dice.random() < 0.8]
        if self.dice.random() < 0.5:
            self.dice.shuffle(kept)
        for row in more:
            if self.dice.random() < 0.3:
                kept.insert(self.dice.randint(0, len(kept)), self.edited_row(row, own))
        return tuple(kept)

    def edited_row(self, row: Any, more: Sequence[Any]) -> Any:
        alike = [each for each in more if type(each) is type(row)]
        if alike and self.dice.random() < 0.5:
            row = self.edited(row, self.dice.choice(alike))
        if isinstance(row, StatementsSection) and self.dice.random() < 0.3:
            return structure.FaqSection(**msgspec.structs.asdict(row))
        return row


def few_rows(content: Any, start: int) -> Any:
    found = row_list(content)
    some_rows = tuple(few_rows(row, start) for row in rows(content)[start : start + 4])
    return replace(content, **{found.field: some_rows}) if found else content


@st.composite
def contents(draw: st.DrawFn, kind: type[structure.Publishable]) -> Any:
    """Draw a part of a real content, or any content with few rows that the structures allow."""
    if kind is not Article and draw(st.booleans()):
        return draw(arbitrary_contents.of(kind))
    real = [each for each in LIBRARY.everything() if isinstance(each, kind)]
    return few_rows(draw(st.sampled_from(real)), draw(st.integers(0, 2)))


@st.composite
def triples(draw: st.DrawFn, *, unique: bool = False) -> tuple[Any, Any, Any]:
    """Draw a content and what two editors made of it; with ``unique`` no key stands twice, and none is empty."""
    kind = draw(st.sampled_from([Article, Article, *KINDS]))
    base, mine, theirs = (draw(contents(kind)) for _ in range(3))
    dice = random.Random(draw(st.integers(0, 2**32)))
    three = base, Editor(dice).edited(base, mine), Editor(dice).edited(base, theirs)
    return tuple(once(each) for each in three) if unique else three


def once(content: Any) -> Any:
    """Return the content without rows whose key stands before them or is empty."""
    found = row_list(content)
    if not found:
        return content
    kept = {str(value(row, found.key)): once(row) for row in reversed(rows(content)) if value(row, found.key)}
    return replace(content, **{found.field: tuple(reversed(kept.values()))})


def places(content: Any, path: str = "") -> Iterator[tuple[str, object]]:
    """Yield the path and value of every field that holds no rows."""
    found = row_list(content)
    for name in fields(content):
        if not found or name != found.field:
            yield inner(path, name), [value(content, each) for each in together(name)]
    if found:
        for name, row in named(found, rows(content)).items():
            yield from places(row, f"{inner(path, found.field)}[{name}]")


def texts(content: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield the path and text of every field and row, as an editor reads it."""
    found = row_list(content)
    for name in fields(content):
        if not found or name != found.field:
            yield inner(path, name), text_of(field_tokens(name, value(content, name)))
    if found:
        for name, row in named(found, rows(content)).items():
            place = f"{inner(path, found.field)}[{name}]"
            yield place, text_of(row_tokens(row))
            yield from texts(row, place)


def is_shown(path: str, conflicts: Sequence[Conflict]) -> bool:
    return any(path == each.path or path.startswith(f"{each.path}.") for each in conflicts)


@some
@given(triples())
def test_if_they_changed_nothing_mine_is_the_result(three: tuple[Any, Any, Any]) -> None:
    base, mine, _ = three

    assert merge(base, mine, base) == Merged(mine, ())


@some
@given(triples())
def test_if_i_changed_nothing_theirs_is_the_result(three: tuple[Any, Any, Any]) -> None:
    base, _, theirs = three

    assert merge(base, base, theirs) == Merged(theirs, ())


@some
@given(triples())
def test_if_both_made_the_same_it_is_the_result(three: tuple[Any, Any, Any]) -> None:
    base, mine, _ = three

    assert merge(base, mine, mine) == merge(None, mine, mine) == Merged(mine, ())


@some
@given(triples(unique=True))
def test_nothing_that_i_typed_is_lost(three: tuple[Any, Any, Any]) -> None:
    base, mine, theirs = three

    content = merge(base, mine, theirs).content

    before, after = dict(places(base)), dict(places(content))
    changed = {path: found for path, found in places(mine) if path not in before or before[path] != found}
    assert {path: after.get(path) for path in changed} == changed


@some
@given(triples(unique=True))
def test_all_that_they_typed_is_in_the_result_or_shown(three: tuple[Any, Any, Any]) -> None:
    base, mine, theirs = three

    merged = merge(base, mine, theirs)

    before, after = dict(places(base)), dict(places(merged.content))
    changed = {path: found for path, found in places(theirs) if path not in before or before[path] != found}
    lost = [path for path, found in changed.items() if after.get(path) != found]
    assert [path for path in lost if not is_shown(path, merged.conflicts)] == []


@some
@given(triples(unique=True))
def test_my_text_of_every_conflict_stands_in_the_result(three: tuple[Any, Any, Any]) -> None:
    base, mine, theirs = three

    merged = merge(base, mine, theirs)

    stands = dict(texts(merged.content))
    shown = {each.path: each.mine for each in merged.conflicts if each.path in stands and not each.mine_removed}
    assert {path: stands[path] for path in shown} == shown


@some
@given(triples(unique=True))
def test_taking_theirs_at_a_conflict_leaves_none_there(three: tuple[Any, Any, Any]) -> None:
    base, mine, theirs = three
    merged = merge(base, mine, theirs)

    taken = take(merged.content, theirs, paths(merged))

    assert set(paths(merge(None, taken, theirs))).isdisjoint(paths(merged))
    assert set(paths(merged)) <= set(labels(merged.content))


@some
@given(triples())
def test_without_a_base_mine_stands_and_taking_all_conflicts_gives_theirs(three: tuple[Any, Any, Any]) -> None:
    _, mine, theirs = three

    merged = merge(None, mine, theirs)

    assert merged.content == mine
    assert take(mine, theirs, paths(merged)) == theirs


@some
@given(triples())
def test_a_result_is_a_content_that_can_be_stored(three: tuple[Any, Any, Any]) -> None:
    content = merge(*three).content

    assert msgspec.convert(msgspec.to_builtins(content), type(content)) == content

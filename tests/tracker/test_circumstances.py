"""Each row of the brief's 'users to whom the protocol is not shown as it stands', for each kind of step."""

import pytest

from education import content_files
from education.structure import CareStep, StepKind
from tracker.circumstances import Circumstances, Note, applies, exercise_notes, signs_to_show_first

LIBRARY = content_files.read()
STEPS = LIBRARY.protocols["care-protocol"].steps
CODES = sorted(exercise.code for exercise in LIBRARY.exercises.values())
PREGNANT = Circumstances(is_pregnant=True)
REDUCED_FEELING = Circumstances(has_reduced_feeling=True)
NO_EXERCISE = Circumstances(avoids_exercise=True)
NO_ANTI_INFLAMMATORIES = Circumstances(avoids_anti_inflammatories=True)
FRAGILE = Circumstances(is_fragile=True)
FLOOR: tuple[Note, ...] = ("ask_before_exercise", "not_flat_long", "no_face_down")


def step(kind: StepKind) -> CareStep:
    return next(step for step in STEPS if step.kind == kind)


@pytest.mark.parametrize(
    ("circumstances", "kind", "notes"),
    [
        (PREGNANT, "gate", ()),
        (PREGNANT, "ice", ("ask_before_ice_or_heat", "not_flat_long")),
        (PREGNANT, "heat", ("no_hot_bath",)),
        (PREGNANT, "positioning", ("not_flat_long",)),
        (PREGNANT, "gentle_movement", ()),
        (PREGNANT, "medicine_talk", ("ask_maternity_team",)),
        (PREGNANT, "stretch", FLOOR),
        (PREGNANT, "strength", FLOOR),
        (PREGNANT, "aerobic", ()),
        (REDUCED_FEELING, "gate", ()),
        (REDUCED_FEELING, "ice", ("ask_before_ice_or_heat",)),
        (REDUCED_FEELING, "heat", ("ask_before_ice_or_heat",)),
        (REDUCED_FEELING, "positioning", ()),
        (REDUCED_FEELING, "gentle_movement", ()),
        (REDUCED_FEELING, "medicine_talk", ()),
        (REDUCED_FEELING, "stretch", ()),
        (REDUCED_FEELING, "strength", ()),
        (REDUCED_FEELING, "aerobic", ()),
        (NO_EXERCISE, "ice", ()),
        (NO_EXERCISE, "heat", ()),
        (NO_EXERCISE, "positioning", ()),
        (NO_EXERCISE, "gentle_movement", ()),
        (NO_EXERCISE, "medicine_talk", ()),
        (NO_EXERCISE, "stretch", ("ask_before_exercise",)),
        (NO_EXERCISE, "strength", ("ask_before_exercise",)),
        (NO_EXERCISE, "aerobic", ("ask_before_exercise",)),
        (NO_ANTI_INFLAMMATORIES, "medicine_talk", ("ask_before_medicine",)),
        (NO_ANTI_INFLAMMATORIES, "ice", ()),
        (NO_ANTI_INFLAMMATORIES, "strength", ()),
        (FRAGILE, "ice", ()),
        (FRAGILE, "heat", ()),
        (FRAGILE, "medicine_talk", ()),
        (FRAGILE, "stretch", ("no_rounding_under_load",)),
        (FRAGILE, "strength", ("no_rounding_under_load", "advice_first")),
        (FRAGILE, "aerobic", ()),
    ],
)
def test_each_row_says_its_own_about_each_kind_of_step(
    circumstances: Circumstances, kind: StepKind, notes: tuple[Note, ...]
) -> None:
    assert applies(step(kind), circumstances).notes == notes


@pytest.mark.parametrize(
    ("circumstances", "hidden"),
    [
        (PREGNANT, {"medicine_talk"}),
        (REDUCED_FEELING, {"ice", "heat"}),
        (NO_EXERCISE, set()),
        (NO_ANTI_INFLAMMATORIES, set()),
        (FRAGILE, set()),
        (Circumstances(is_young=True), set()),
    ],
)
def test_only_some_rows_hide_steps(circumstances: Circumstances, hidden: set[StepKind]) -> None:
    assert {step.kind for step in STEPS if applies(step, circumstances).is_hidden} == hidden


def test_a_hidden_step_always_says_why() -> None:
    everything = Circumstances(*[True] * 6)
    hidden = [shown for shown in (applies(step, everything) for step in STEPS) if shown.is_hidden]

    assert hidden
    assert all(shown.notes for shown in hidden)


@pytest.mark.parametrize("circumstances", [Circumstances(), Circumstances(is_young=True)])
def test_nothing_is_said_to_others(circumstances: Circumstances) -> None:
    assert {applies(step, circumstances).notes for step in STEPS} == {()}
    assert {exercise_notes(code, circumstances).notes for code in CODES} == {()}
    assert signs_to_show_first(circumstances) == ()


def test_a_note_that_two_rows_give_stands_once() -> None:
    both = Circumstances(is_pregnant=True, has_reduced_feeling=True, avoids_exercise=True)

    assert applies(step("ice"), both).notes == ("ask_before_ice_or_heat", "not_flat_long")
    assert applies(step("stretch"), both).notes == FLOOR


def test_classes_are_work_on_the_floor_though_their_kind_is_aerobic() -> None:
    classes = next(step for step in STEPS if step.key == "optional_class_gym_sport")

    assert applies(classes, PREGNANT).notes == FLOOR
    assert applies(classes, FRAGILE).notes == ("no_rounding_under_load", "advice_first")


def test_the_sign_that_matters_most_stands_first() -> None:
    assert signs_to_show_first(PREGNANT) == ("C10",)
    assert signs_to_show_first(FRAGILE) == ("C8",)
    assert signs_to_show_first(Circumstances(is_pregnant=True, is_fragile=True)) == ("C8", "C10")


@pytest.mark.parametrize(
    ("circumstances", "note", "codes"),
    [
        (PREGNANT, "not_flat_long", {"X1", "X2", "X5", "X6", "X7", "X10", "X11"}),
        (PREGNANT, "no_face_down", {"X9"}),
        (PREGNANT, "ask_before_exercise", set(CODES)),
        (FRAGILE, "no_rounding_under_load", {"X3", "X4"}),
        (FRAGILE, "advice_first", {"X8", "X9"}),
        (FRAGILE, "ask_before_exercise", set()),
        (NO_EXERCISE, "ask_before_exercise", set(CODES)),
        (REDUCED_FEELING, "ask_before_ice_or_heat", set()),
    ],
)
def test_exercises_are_noted_by_their_position(circumstances: Circumstances, note: Note, codes: set[str]) -> None:
    assert {code for code in CODES if note in exercise_notes(code, circumstances).notes} == codes


def test_the_exercises_on_the_back_are_those_of_the_edition() -> None:
    on_the_back = {one.code for one in LIBRARY.exercises.values() if "on your back" in one.position.lower()}

    assert {code for code in CODES if "not_flat_long" in exercise_notes(code, PREGNANT).notes} == on_the_back


@pytest.mark.parametrize(
    ("circumstances", "hidden"),
    [(PREGNANT, {"X9"}), (FRAGILE, {"X3", "X4"}), (NO_EXERCISE, set()), (REDUCED_FEELING, set())],
)
def test_some_exercises_are_kept_from_some_patients(circumstances: Circumstances, hidden: set[str]) -> None:
    assert {code for code in CODES if exercise_notes(code, circumstances).is_hidden} == hidden

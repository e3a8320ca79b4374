"""Patients to whom the protocol is not shown as it stands: what is hidden, and what is said instead. Pure.

The rows are those of the content brief (7C), with its 'ask first if you are pregnant' for ice (P1) and exercise.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from education.structure import CareStep, StepKind

Note = Literal[
    "ask_maternity_team",
    "no_hot_bath",
    "not_flat_long",
    "no_face_down",
    "ask_before_ice_or_heat",
    "ask_before_exercise",
    "ask_before_medicine",
    "no_rounding_under_load",
    "advice_first",
]

THERMAL: Final[frozenset[StepKind]] = frozenset({"ice", "heat"})
LYING: Final[frozenset[StepKind]] = frozenset({"ice", "positioning"})
FLOOR_EXERCISE: Final[frozenset[StepKind]] = frozenset({"stretch", "strength"})
EXERCISE: Final[frozenset[StepKind]] = FLOOR_EXERCISE | {"aerobic"}
# Pilates, yoga, gym: an aerobic step by kind, but with stretches and strength work.
CLASSES: Final = "optional_class_gym_sport"

ON_THE_BACK: Final = frozenset({"X1", "X2", "X5", "X6", "X7", "X10", "X11"})
FACE_DOWN: Final = frozenset({"X9"})
ROUNDING: Final = frozenset({"X3", "X4"})
AFTER_ADVICE: Final = frozenset({"X8", "X9"})


@dataclass(frozen=True)
class Circumstances:
    """What a patient said at set-up.

    ``is_fragile``: over 70, osteoporosis, or steroid tablets for a long time. ``has_reduced_feeling``: reduced feeling
    in the skin or poor circulation. ``avoids_...``: told so by a clinician. ``is_young``: 16 or 17; whether a site
    lets them track is its own setting, no step changes for them.
    """

    is_pregnant: bool = False
    has_reduced_feeling: bool = False
    avoids_exercise: bool = False
    avoids_anti_inflammatories: bool = False
    is_fragile: bool = False
    is_young: bool = False


@dataclass(frozen=True)
class Shown:
    """How a care step is shown. A hidden one shows its notes in place of its own words and buttons."""

    step: CareStep
    is_hidden: bool
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class ShownExercise:
    """How an exercise is shown. A hidden one is not offered; its notes say why."""

    code: str
    is_hidden: bool
    notes: tuple[Note, ...]


def is_floor_exercise(step: CareStep) -> bool:
    """Say whether a step is stretching or strength work, classes included."""
    return step.kind in FLOOR_EXERCISE or step.key == CLASSES


def signs_to_show_first(circumstances: Circumstances) -> tuple[str, ...]:
    """Return the see-somebody signs that stand first on their screen for this patient (C8, C10)."""
    signs = (("C8", circumstances.is_fragile), ("C10", circumstances.is_pregnant))
    return tuple(code for code, is_first in signs if is_first)


def applies(step: CareStep, circumstances: Circumstances) -> Shown:
    """Return how a step is shown to a patient in these circumstances."""
    return Shown(step, is_hidden(step, circumstances), tuple(dict.fromkeys(_step_notes(step, circumstances))))


def is_hidden(step: CareStep, circumstances: Circumstances) -> bool:
    """Say whether a step is not offered to a patient in these circumstances."""
    if circumstances.is_pregnant and step.kind == "medicine_talk":
        return True
    return circumstances.has_reduced_feeling and step.kind in THERMAL


def _step_notes(step: CareStep, circumstances: Circumstances) -> Iterable[Note]:
    if circumstances.is_pregnant:
        yield from _pregnancy_notes(step)
    if circumstances.has_reduced_feeling and step.kind in THERMAL:
        yield "ask_before_ice_or_heat"
    if circumstances.avoids_exercise and step.kind in EXERCISE:
        yield "ask_before_exercise"
    if circumstances.avoids_anti_inflammatories and step.kind == "medicine_talk":
        yield "ask_before_medicine"
    if circumstances.is_fragile and is_floor_exercise(step):
        yield "no_rounding_under_load"
        if step.kind != "stretch":
            yield "advice_first"


def _pregnancy_notes(step: CareStep) -> Iterable[Note]:
    if step.kind == "medicine_talk":
        yield "ask_maternity_team"
    if step.kind == "ice":
        yield "ask_before_ice_or_heat"
    if step.kind == "heat":
        yield "no_hot_bath"
    if is_floor_exercise(step):
        yield "ask_before_exercise"
    if step.kind in LYING or is_floor_exercise(step):
        yield "not_flat_long"
    if is_floor_exercise(step):
        yield "no_face_down"


def exercise_notes(exercise_code: str, circumstances: Circumstances) -> ShownExercise:
    """Return how an exercise (X1-X12) is shown to a patient in these circumstances."""
    is_pregnant, is_fragile = circumstances.is_pregnant, circumstances.is_fragile
    rows: tuple[tuple[bool, Note], ...] = (
        (is_pregnant or circumstances.avoids_exercise, "ask_before_exercise"),
        (is_pregnant and exercise_code in ON_THE_BACK, "not_flat_long"),
        (is_pregnant and exercise_code in FACE_DOWN, "no_face_down"),
        (is_fragile and exercise_code in ROUNDING, "no_rounding_under_load"),
        (is_fragile and exercise_code in AFTER_ADVICE, "advice_first"),
    )
    notes = tuple(note for holds, note in rows if holds)
    return ShownExercise(exercise_code, "no_face_down" in notes or "no_rounding_under_load" in notes, notes)

"""Exercise plans: three levels, back and abdomen together, walking that grows slowly. Pure.

A level changes only when the patient says so: nothing here moves anybody on.
"""

from collections.abc import Sequence
from typing import Final, Literal

from education.structure import Exercise

Level = Literal[1, 2, 3]
PlanError = Literal["nothing_chosen", "back_without_abdomen", "abdomen_without_back", "too_much_for_level"]

# 1: gentle start (stretches and the pelvic tilt). 2: build up (one for the back and one for the abdomen as well).
# 3: keep it up (more of each).
LEVELS: Final[tuple[Level, ...]] = (1, 2, 3)
PELVIC_TILT: Final = "X10"
LONGEST_WALK_MINUTES: Final = 30


def plan_errors(chosen: Sequence[Exercise], *, level: Level) -> tuple[PlanError, ...]:
    """Return why a choice of exercises is no plan of this level; empty if it is one.

    Strength for the back never goes without strength for the abdomen, nor the other way round. The pelvic tilt counts
    for the abdomen, but alone, or with stretches, it is a gentle start and needs no partner.
    """
    if not chosen:
        return ("nothing_chosen",)
    backs = {exercise.code for exercise in chosen if exercise.purpose == "strength_back"}
    abdomens = {exercise.code for exercise in chosen if exercise.purpose == "strength_abdomen"}
    heavier = abdomens - {PELVIC_TILT}
    most = {1: 0, 2: 1}.get(level)
    errors: tuple[tuple[bool, PlanError], ...] = (
        (bool(backs) and not abdomens, "back_without_abdomen"),
        (bool(heavier) and not backs, "abdomen_without_back"),
        (most is not None and max(len(backs), len(heavier)) > most, "too_much_for_level"),
    )
    return tuple(error for holds, error in errors if holds)


def next_level(level: Level) -> Level | None:
    """Return the level that a patient may ask for after this one, or None after the last."""
    return None if level == LEVELS[-1] else LEVELS[LEVELS.index(level) + 1]


def walking_minutes_next(current_minutes: int) -> int:
    """Return the minutes of a walk in the next week: a tenth more in whole minutes, at least one, 30 at most.

    Rounded down, so that it is never more than about 10%. Who walks for longer already keeps what they do.
    """
    grown = max(current_minutes, 0) + max(1, current_minutes // 10)
    return max(current_minutes, min(grown, LONGEST_WALK_MINUTES))

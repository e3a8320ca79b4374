"""Writes the exercise plan a patient chose and the weekly check-in; says what stops exercises for now."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal, cast

from django.db import transaction

from backspasm.models import User
from education.edition import LiveEdition
from education.structure import Exercise
from tracker import emergencies, patients, training
from tracker.circumstances import Circumstances, ShownExercise, exercise_notes
from tracker.models import ClinicianCheck, Episode, Hold, Patient, PreventionPlan, WeeklyCheckIn
from tracker.training import Level, PlanError

WEEK: Final = timedelta(days=7)

Refusal = PlanError | Literal["not_for_you", "level_not_asked_for"]


class NotAPlan(Exception):
    """A choice that is not stored; ``codes`` say why: those of training, not_for_you, level_not_asked_for."""

    def __init__(self, codes: Sequence[Refusal]) -> None:
        super().__init__(", ".join(codes))
        self.codes = tuple(codes)


class Stopped(Exception):
    """An emergency answer or a see-somebody sign stops exercises for now; nothing was saved."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What stands in the way of exercises now: a ``hold``, a ``pause`` by a sign, an ``episode`` that goes on."""

    hold: Hold | None = None
    pause: ClinicianCheck | None = None
    episode: Episode | None = None

    @property
    def is_stopped(self) -> bool:
        """Whether exercises are not to be shown or chosen."""
        return self.hold is not None or self.pause is not None

    @property
    def is_for_later(self) -> bool:
        """Whether prevention waits for the end of an episode; 'I feel recovered' counts as its end."""
        return self.episode is not None and self.episode.is_open and self.episode.recovered_at is None


def standing(user: User) -> Standing:
    """Return what stands in the way of exercises. A sign of the newest episode pauses them even after it was closed."""
    newest: Episode | None = Episode.objects.of(user).order_by("-began_at").first()
    if newest is not None and not newest.is_open:
        newest = Episode.objects.of(user).filter(ended_at=None).first() or newest
    return Standing(
        hold=emergencies.open_hold(user),
        pause=emergencies.exercise_pause(newest) if newest is not None else None,
        episode=newest,
    )


def current_plan(user: User) -> PreventionPlan | None:
    """Return the plan that stands, or None."""
    found: PreventionPlan | None = PreventionPlan.objects.of(user).filter(replaced_at=None).first()
    return found


@dataclass(frozen=True)
class Chosen:
    """A plan's exercises as the live edition and the patient's circumstances have them now.

    ``hidden`` were chosen before a circumstance spoke against them; ``gone`` counts those no longer published.
    ``errors``: why what is left is no plan any more.
    """

    exercises: tuple[tuple[Exercise, ShownExercise], ...]
    hidden: tuple[tuple[Exercise, ShownExercise], ...]
    gone: int
    errors: tuple[PlanError, ...]


def chosen(plan: PreventionPlan, live: LiveEdition, circumstances: Circumstances) -> Chosen:
    """Return the exercises of a plan, in the order of their codes."""
    known = [live.exercises[key].content for key in plan.exercises if key in live.exercises]
    shown = [(exercise, exercise_notes(exercise.code, circumstances)) for exercise in in_order(known)]
    kept = tuple(pair for pair in shown if not pair[1].is_hidden)
    return Chosen(
        exercises=kept,
        hidden=tuple(pair for pair in shown if pair[1].is_hidden),
        gone=len(plan.exercises) - len(known),
        errors=training.plan_errors([exercise for exercise, _ in kept], level=cast(Level, plan.level)),
    )


def in_order(exercises: Iterable[Exercise]) -> list[Exercise]:
    """Return exercises by the number in their code: X2 before X10."""
    return sorted(exercises, key=lambda exercise: (len(exercise.code), exercise.code))


@transaction.atomic
def choose(
    *,
    patient: Patient,
    level: int,
    exercises: Sequence[Exercise],
    walking_minutes: int,
    edition: int,
    form_id: uuid.UUID,
    now: datetime,
) -> PreventionPlan:
    """Keep a plan in place of the one before; the same form sent twice gives the same one.

    ``exercises`` are published ones, ``walking_minutes`` 1 to 180 for one walk. A first plan may have any level, a
    later one none above that of the plan before: that is what ``go_up`` is for. Raises NotAPlan or Stopped.
    """
    made, before = _locked(patient, form_id)
    keys = [exercise.key for exercise in in_order(exercises)]
    values = {"level": level, "exercises": keys, "walking_minutes": walking_minutes, "edition": edition}
    if made is not None:
        # The page sent again with another choice makes a plan of its own; with the same choice it makes none.
        for known in filter(None, (made, before)):
            if (known.level, known.exercises, known.walking_minutes) == (level, keys, walking_minutes):
                return known
        form_id = uuid.uuid4()
    _refuse_if_stopped(patient)
    circumstances = patients.circumstances(patient)
    codes: list[Refusal] = list(training.plan_errors(exercises, level=cast(Level, level)))
    if any(exercise_notes(exercise.code, circumstances).is_hidden for exercise in exercises):
        codes.append("not_for_you")
    if level not in levels(before):
        codes.append("level_not_asked_for")
    if codes:
        raise NotAPlan(codes)
    return _replace(patient, before, values, form_id, now)


def levels(before: PreventionPlan | None) -> tuple[Level, ...]:
    """Return the levels a plan may be chosen for: all at first, later those up to the level of the plan before."""
    return training.LEVELS if before is None else tuple(level for level in training.LEVELS if level <= before.level)


@transaction.atomic
def go_up(*, patient: Patient, form_id: uuid.UUID, now: datetime) -> PreventionPlan | None:
    """Move the plan to the next level because the patient says so; its exercises stay. None without a plan.

    The highest level stays. Raises Stopped.
    """
    made, before = _locked(patient, form_id)
    if made is not None or before is None:
        return made
    _refuse_if_stopped(patient)
    level = training.next_level(cast(Level, before.level))
    return before if level is None else _replace(patient, before, {"level": level}, form_id, now)


@transaction.atomic
def walk_more(*, patient: Patient, form_id: uuid.UUID, now: datetime) -> PreventionPlan | None:
    """Add about a tenth to the minutes of a walk because the patient says so. None without a plan. Raises Stopped."""
    made, before = _locked(patient, form_id)
    if made is not None or before is None:
        return made
    _refuse_if_stopped(patient)
    minutes = training.walking_minutes_next(before.walking_minutes)
    if minutes == before.walking_minutes:
        return before
    return _replace(patient, before, {"walking_minutes": minutes}, form_id, now)


def _refuse_if_stopped(patient: Patient) -> None:
    if standing(patient.user).is_stopped:
        raise Stopped


def _locked(patient: Patient, form_id: uuid.UUID) -> tuple[PreventionPlan | None, PreventionPlan | None]:
    """Make two phones wait for each other; return the plan this form made and the plan that stands."""
    Patient.objects.lock(patient.user)
    made: PreventionPlan | None = PreventionPlan.objects.of(patient.user).filter(form_id=form_id).first()
    return made, current_plan(patient.user)


def _replace(
    patient: Patient, before: PreventionPlan | None, values: dict[str, Any], form_id: uuid.UUID, now: datetime
) -> PreventionPlan:
    if before is not None:
        PreventionPlan.objects.of(patient.user).filter(pk=before.pk).update(replaced_at=now)
        names = ("level", "exercises", "walking_minutes", "edition")
        values = {**{name: getattr(before, name) for name in names}, **values}
    made: PreventionPlan = PreventionPlan.objects.create(user=patient.user, form_id=form_id, started_at=now, **values)
    return made


def record_week(
    *,
    patient: Patient,
    kept: str,
    walking_minutes: int | None,
    yesterday: Iterable[str],
    note: str,
    form_id: uuid.UUID,
    now: datetime,
) -> WeeklyCheckIn:
    """Keep a weekly check-in; the same form sent twice makes one row, with other answers it changes that row.

    ``kept``: a value of WeeklyCheckIn.Kept. ``walking_minutes``: of one day. ``yesterday``: codes of Trigger, empty
    for a day that held none of them.
    """
    said = {"kept": kept, "walking_minutes": walking_minutes, "yesterday": list(yesterday), "note": note}
    with transaction.atomic():
        row: WeeklyCheckIn
        row, is_new = WeeklyCheckIn.objects.select_for_update().get_or_create(
            user=patient.user, form_id=form_id, defaults={"at": now, **said}
        )
        if not is_new:
            for name, value in said.items():
                setattr(row, name, value)
            row.save(update_fields=list(said))
    return row


def last_week(user: User) -> WeeklyCheckIn | None:
    """Return the newest weekly check-in, or None."""
    found: WeeklyCheckIn | None = WeeklyCheckIn.objects.of(user).order_by("-at").first()
    return found


def may_answer(last: WeeklyCheckIn | None, now: datetime) -> bool:
    """Say whether the weekly questions may be shown: not within a week of the last answer."""
    return last is None or now - last.at >= WEEK


def is_week_due(user: User, now: datetime) -> bool:
    """Say whether the app itself asks for the weekly check-in: a plan of a week or more, no answer for a week.

    Silent while an episode goes on, while an emergency answer is open, and for who has no plan.
    """
    plan = current_plan(user)
    if plan is None:
        return False
    first: datetime = PreventionPlan.objects.of(user).earliest("started_at").started_at
    if now - first < WEEK or not may_answer(last_week(user), now):
        return False
    goes_on: bool = Episode.objects.of(user).filter(ended_at=None, recovered_at=None).exists()
    return not goes_on and not emergencies.is_held(user)

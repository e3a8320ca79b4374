"""Reads what the prevention screens show: the steps to keep up, and which exercises are offered to this patient."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from education import step_facts
from education.edition import LiveEdition
from education.pages import EVIDENCE_LABELS
from education.structure import Exercise
from tracker import patients, plan, step_logs
from tracker.circumstances import Circumstances, Note, ShownExercise, exercise_notes
from tracker.models import Patient
from tracker.plan import PlannedStep
from tracker.prevention import in_order


@dataclass(frozen=True, kw_only=True)
class StepToKeepUp:
    """One step for who has recovered, with its numbers in words."""

    planned: PlannedStep
    evidence: str
    facts: tuple[tuple[str, str], ...]

    @property
    def can_log(self) -> bool:
        """Whether 'I did it' is offered now."""
        return not self.planned.is_hidden and self.planned.refusal is None


def steps(*, patient: Patient, live: LiveEdition, now: datetime) -> tuple[StepToKeepUp, ...]:
    """Return the steps for who has recovered, in the order of the care plan. Ask only while nothing stops exercises."""
    logs = step_logs.recent(patient.user, now - step_logs.LOOKS_BACK)
    planned = plan.steps_now(
        live.protocol,
        phase="recovered",
        circumstances=patients.circumstances(patient),
        done=[step_logs.done_of(log) for log in logs],
        is_held=False,
        is_paused_by_signs=False,
        zone=patient.zone,
        now=now,
    )
    order = {step.key: place for place, step in enumerate(live.protocol.steps)}
    return tuple(
        StepToKeepUp(
            planned=one,
            evidence=str(EVIDENCE_LABELS[one.step.evidence]) if one.step.evidence else "",
            facts=step_facts.facts(one.step),
        )
        for one in sorted(planned, key=lambda one: order[one.step.key])
    )


@dataclass(frozen=True, kw_only=True)
class Offered:
    """The published exercises as this patient sees them. ``for_all``: notes that every one of them has."""

    shown: tuple[tuple[Exercise, ShownExercise], ...]
    hidden: tuple[tuple[Exercise, ShownExercise], ...]
    for_all: tuple[Note, ...]


def offered(exercises: Iterable[Exercise], circumstances: Circumstances) -> Offered:
    """Return exercises by their codes: those offered, and those hidden with the reason."""
    pairs = [(exercise, exercise_notes(exercise.code, circumstances)) for exercise in in_order(exercises)]
    shown = tuple(pair for pair in pairs if not pair[1].is_hidden)
    common = set.intersection(*(set(one.notes) for _exercise, one in shown)) if shown else set()
    return Offered(
        shown=shown, hidden=tuple(pair for pair in pairs if pair[1].is_hidden), for_all=tuple(sorted(common))
    )

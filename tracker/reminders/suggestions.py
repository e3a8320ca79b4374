"""What the care plan suggests to be reminded of, by phase. Every number of care comes from the live protocol.

Only the times of day are ours; the patient may change them before saying yes.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import Final

from django.utils.dates import WEEKDAYS
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from education import step_facts
from education.edition import LiveEdition
from education.pages import EVIDENCE_LABELS
from education.structure import CareStep, Phase
from tracker import emergencies, patients, plan
from tracker.circumstances import FLOOR_EXERCISE, THERMAL, Circumstances, Note, applies, is_hidden
from tracker.models import Episode, Patient, Recurrence, ReminderKind, StepLog
from tracker.reminders import wishes
from tracker.reminders.wishes import Wish

EVERY_DAY: Final = 7
FOLDED: Final = ("legs_raised", "gentle_walk")
CHECK_IN_AT: Final = time(18)
STRETCH_AT: Final = time(10)
STRENGTH_AT: Final = time(17)
WALK_AT: Final = time(12)
SUNDAY: Final = 6
CHECK_IN: Final = "check_in"


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """One reminder of the suggested plan; ``key`` is that of its step, or CHECK_IN.

    ``also``: steps folded into the same message. ``at`` is the time of day that the patient may change, None for one
    that comes every few hours. ``is_optional``: not ticked at first.
    """

    key: str
    title: str
    wish: Wish
    step: CareStep | None = None
    also: tuple[CareStep, ...] = ()
    notes: tuple[Note, ...] = ()
    at: time | None = None
    is_optional: bool = False
    evidence: str = ""
    how_often: str = ""
    facts: tuple[tuple[str, str], ...] = field(default_factory=tuple)

    def wish_at(self, at: time | None, channels: tuple[str, ...]) -> Wish:
        """Return the wish with the patient's own time of day and channels."""
        times = self.wish.times if at is None or self.at is None else (at,)
        return replace(self.wish, times=times, channels=channels)


def suggest(*, patient: Patient, episode: Episode | None, live: LiveEdition, now: datetime) -> tuple[Suggestion, ...]:
    """Return what the care plan suggests at ``now``, without what stands already; nothing while a hold is open.

    ``episode`` is the open one; without it the steps of 'recovered' are suggested.
    """
    if emergencies.is_held(patient.user):
        return ()
    said = patients.circumstances(patient)
    phase = phase_of(episode, now)
    steps = tuple(step for step in live.protocol.steps if phase in step.phases and not is_hidden(step, said))
    if _is_paused(patient, episode):
        steps = tuple(step for step in steps if step.kind not in FLOOR_EXERCISE)
    tied = episode if phase != "recovered" else None
    found = _OF_PHASE[phase](steps, tied, patient)
    standing = _Standing.of(patient)
    return tuple(_dressed(one, said) for one in found if not standing.has(one))


def phase_of(episode: Episode | None, now: datetime) -> Phase:
    """Return the phase to suggest for: of the open episode, or 'recovered' where there is none."""
    if episode is None:
        return "recovered"
    return plan.phase(
        began_at=episode.began_at, moved_on_at=episode.moved_on_at, recovered_at=episode.recovered_at, now=now
    )


@dataclass(frozen=True)
class _Standing:
    """What the patient is reminded of already."""

    step_keys: frozenset[str]
    has_check_in: bool

    @staticmethod
    def of(patient: Patient) -> "_Standing":
        rows = list(wishes.standing(patient.user).filter(is_active=True).values_list("kind", "step_key"))
        has_check_in = any(kind == ReminderKind.CHECK_IN for kind, _key in rows)
        return _Standing(frozenset(key for _kind, key in rows if key), has_check_in)

    def has(self, suggestion: Suggestion) -> bool:
        if suggestion.key == CHECK_IN:
            return self.has_check_in
        return suggestion.step is not None and suggestion.step.key in self.step_keys


def _first_72h(steps: tuple[CareStep, ...], episode: Episode | None, patient: Patient) -> Iterable[Suggestion]:
    """Ice or heat with positions and walks in the same message, until hour 72; and a check-in a day."""
    kind = "heat" if _last_thermal(patient, episode) == "heat" else "ice"
    main = _first(steps, kind) or next((step for step in steps if step.kind in THERMAL), None)
    folded = tuple(step for step in steps if step.key in FOLDED)
    if main is None and folded:
        main, folded = folded[0], folded[1:]
    if main is not None and main.interval_minutes and episode is not None:
        yield _every(main, episode, also=folded, until_at=episode.began_at + plan.FIRST_PHASE)
    yield _check_in(episode, EVERY_DAY)


def _after_72h(steps: tuple[CareStep, ...], episode: Episode | None, patient: Patient) -> Iterable[Suggestion]:
    """Walks, stretches once a day, a check-in when one is due; heat for those who like it."""
    walk = _first(steps, "aerobic") or _first(steps, "gentle_movement")
    if walk is not None and walk.interval_minutes:
        yield _every(walk, episode)
    stretch = _first(steps, "stretch")
    if stretch is not None:
        yield _daily(stretch, episode, STRETCH_AT)
    yield _check_in(episode, EVERY_DAY)
    heat = _first(steps, "heat")
    if heat is not None and heat.interval_minutes:
        yield replace(_every(heat, episode), is_optional=True)


def _recovered(steps: tuple[CareStep, ...], episode: Episode | None, patient: Patient) -> Iterable[Suggestion]:
    """Strength with a day of rest between, walking, and a check-in a week."""
    strength = _first(steps, "strength")
    if strength is not None:
        yield _daily(strength, episode, STRENGTH_AT)
    walk = _first(steps, "aerobic")
    if walk is not None:
        yield _daily(walk, episode, WALK_AT)
    yield _check_in(episode, 1)


_OF_PHASE: Final = {"first_72h": _first_72h, "after_72h": _after_72h, "recovered": _recovered}


def _every(
    step: CareStep,
    episode: Episode | None,
    *,
    also: tuple[CareStep, ...] = (),
    until_at: datetime | None = None,
) -> Suggestion:
    day_minutes = timedelta(days=1) // timedelta(minutes=1)
    wish = Wish(
        kind=wishes.KIND_OF_STEP[step.kind],
        step_key=step.key,
        also_step_keys=tuple(other.key for other in also),
        episode=episode,
        recurrence=Recurrence.EVERY,
        every_minutes=min(step.interval_minutes or day_minutes, day_minutes),
        until_at=until_at,
    )
    return Suggestion(key=step.key, title=step.title, wish=wish, step=step, also=also)


def _daily(step: CareStep, episode: Episode | None, at: time) -> Suggestion:
    wish = Wish(
        kind=wishes.KIND_OF_STEP[step.kind],
        step_key=step.key,
        episode=episode,
        recurrence=Recurrence.AT_TIMES,
        times=(at,),
        weekdays=wishes.DAYS_OF_A_WEEK.get(step.days_per_week or EVERY_DAY, frozenset()),
    )
    return Suggestion(key=step.key, title=step.title, wish=wish, step=step, at=at)


def _check_in(episode: Episode | None, days_per_week: int) -> Suggestion:
    wish = Wish(
        kind=ReminderKind.CHECK_IN,
        episode=episode,
        recurrence=Recurrence.AT_TIMES,
        times=(CHECK_IN_AT,),
        weekdays=frozenset() if days_per_week == EVERY_DAY else frozenset({SUNDAY}),
    )
    return Suggestion(key=CHECK_IN, title=_("Check-in"), wish=wish, at=CHECK_IN_AT)


def _dressed(suggestion: Suggestion, said: Circumstances) -> Suggestion:
    """Add what the page prints of the step: its notes for this patient, its evidence label, its numbers."""
    step = suggestion.step
    if step is None:
        return replace(suggestion, how_often=_days(suggestion.wish))
    notes = dict.fromkeys(note for one in (step, *suggestion.also) for note in applies(one, said).notes)
    evidence = str(EVIDENCE_LABELS[step.evidence]) if step.evidence else ""
    is_every = suggestion.wish.recurrence == Recurrence.EVERY
    return replace(
        suggestion,
        notes=tuple(notes),
        evidence=evidence,
        facts=step_facts.facts(step),
        how_often=step_facts.how_often(step) if is_every else _days(suggestion.wish),
    )


def _days(wish: Wish) -> str:
    """Return "Every day", or the days of the week."""
    if not wish.weekdays:
        return _("Every day")
    return get_text_list([str(WEEKDAYS[day]) for day in sorted(wish.weekdays)], _("and"))


def _first(steps: tuple[CareStep, ...], kind: str) -> CareStep | None:
    return next((step for step in steps if step.kind == kind), None)


def _last_thermal(patient: Patient, episode: Episode | None) -> str:
    """Return the kind of ice or heat that was logged last in the episode, or nothing."""
    logs = StepLog.objects.of(patient.user).filter(episode=episode, kind__in=THERMAL)
    return str(logs.order_by("-started_at").values_list("kind", flat=True).first() or "")


def _is_paused(patient: Patient, episode: Episode | None) -> bool:
    concerned = episode or Episode.objects.of(patient.user).order_by("-began_at").first()
    return concerned is not None and emergencies.exercise_pause(concerned) is not None

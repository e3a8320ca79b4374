"""One reminder as a patient asks for it, before anything is saved.

Moments are aware UTC; times of day are wall time in the reminder's own zone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from education.structure import StepKind
from tracker.models import Episode, Medicine, Patient, Recurrence, Reminder, ReminderKind, StepLog

KIND_OF_STEP: Final[Mapping[StepKind, ReminderKind]] = {
    "ice": ReminderKind.ICE,
    "heat": ReminderKind.HEAT,
    "positioning": ReminderKind.POSITION,
    "gentle_movement": ReminderKind.WALK,
    "aerobic": ReminderKind.WALK,
    "stretch": ReminderKind.STRETCH,
    "strength": ReminderKind.STRENGTH,
    "medicine_talk": ReminderKind.TALK,
    "gate": ReminderKind.CHECK_IN,
}
# Days a week to weekdays (0 is Monday); up to three of them leave a day of rest between. Seven: every day.
DAYS_OF_A_WEEK: Final[Mapping[int, frozenset[int]]] = {
    1: frozenset({2}),
    2: frozenset({1, 4}),
    3: frozenset({0, 2, 4}),
    4: frozenset({0, 2, 4, 6}),
    5: frozenset({0, 1, 2, 3, 4}),
    6: frozenset({0, 1, 2, 3, 4, 5}),
}


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A reminder as the patient asked for it; the fields mean what they mean in ``Reminder``."""

    kind: str
    recurrence: str
    label: str = ""
    step_key: str = ""
    also_step_keys: tuple[str, ...] = ()
    episode: Episode | None = None
    medicine: Medicine | None = None
    every_minutes: int | None = None
    times: tuple[time, ...] = ()
    weekdays: frozenset[int] = field(default_factory=frozenset)
    on: date | None = None
    from_on: date | None = None
    until_on: date | None = None
    until_at: datetime | None = None
    is_held_till_morning: bool = False
    channels: tuple[str, ...] = ("app",)
    is_in_calendar: bool = True

    def values(self) -> dict[str, Any]:
        """Return the columns of ``Reminder`` that say the same; what the recurrence does not use is empty."""
        is_every = self.recurrence == Recurrence.EVERY
        is_once = self.recurrence == Recurrence.ONCE
        return {
            "kind": self.kind,
            "label": self.label,
            "step_key": self.step_key,
            "also_step_keys": list(self.also_step_keys),
            "episode": self.episode,
            "medicine": self.medicine,
            "recurrence": self.recurrence,
            "every_minutes": self.every_minutes if is_every else None,
            "times": [] if is_every else [f"{at:%H:%M}" for at in sorted(set(self.times))],
            "weekdays": sorted(self.weekdays) if self.recurrence == Recurrence.AT_TIMES else [],
            "on": self.on if is_once else None,
            "from_on": None if is_once else self.from_on,
            "until_on": None if is_once else self.until_on,
            "until_at": self.until_at,
            "is_held_till_morning": self.is_held_till_morning,
            "channels": list(self.channels),
            "is_in_calendar": self.is_in_calendar,
        }


def draft(*, patient: Patient, wish: Wish, now: datetime, instead_of: Reminder | None = None) -> Reminder:
    """Return the reminder that ``wish`` would make, or would make of ``instead_of``; nothing is saved."""
    values = wish.values()
    zone = patient.time_zone if instead_of is None else instead_of.time_zone
    made = Reminder(user=patient.user, time_zone=zone, edition=0, created_at=now, changed_at=now, **values)
    made.not_before_at = None if instead_of is None else instead_of.not_before_at
    if made.recurrence == Recurrence.EVERY:
        is_counted_on = (
            instead_of is not None
            and instead_of.counts_from_at is not None
            and (instead_of.every_minutes, instead_of.step_key) == (made.every_minutes, made.step_key)
        )
        made.counts_from_at = (
            instead_of.counts_from_at if instead_of is not None and is_counted_on else counts_from(made, now)
        )
    return made


def counts_from(reminder: Reminder, now: datetime) -> datetime:
    """Return when the step was last begun, if less than one interval ago; else ``now``."""
    if not reminder.step_key or reminder.every_minutes is None:
        return now
    since = now - timedelta(minutes=reminder.every_minutes)
    done = StepLog.objects.of(reminder.user).filter(
        step_key=reminder.step_key, started_at__gt=since, started_at__lte=now
    )
    last: datetime | None = done.order_by("-started_at").values_list("started_at", flat=True).first()
    return last or now

"""What only some kinds of reminder need, by patient. A query that no reminder of the batch needs is not made."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Final, cast
from uuid import UUID

from django.db.models import Max, Q

from education.structure import StepKind
from tracker import safety
from tracker.circumstances import CLASSES, FLOOR_EXERCISE, THERMAL
from tracker.limits import Done
from tracker.medicine_guard import Label, Taken
from tracker.models import (
    ClinicianCheck,
    Delivery,
    DeliveryStatus,
    Dose,
    Medicine,
    ReminderKind,
    StepLog,
    WeeklyCheckIn,
)
from tracker.reminder_facts import ThermalMessage
from tracker.reminders.among import among
from tracker.reminders.due_rows import AnyReminder

# The first phase is 72 hours long, and the last ice or heat in it counts.
SESSIONS_OF: Final = timedelta(days=3)
# A gap on a label may be a week long.
DOSES_OF: Final = timedelta(days=8)
# An hour between two messages, and half an hour for which one that waits is of use.
THERMAL_MESSAGES_OF: Final = timedelta(hours=2)


class Batch:
    """Which patients and which kinds of reminder are asked about."""

    def __init__(self, reminders: Sequence[AnyReminder], now: datetime) -> None:
        self.now = now
        self.ids = [reminder.pk for reminder in reminders]
        self.users = {reminder.user_id for reminder in reminders}
        self.episodes = {reminder.episode_id for reminder in reminders} - {None}
        self.kinds = {reminder.kind for reminder in reminders}
        self.step_keys = {reminder.step_key for reminder in reminders} - {""}
        self.step_users = {one.user_id for one in reminders if one.step_key or one.kind in THERMAL}
        self._reminders = reminders

    def of(self, kinds: Set[str]) -> set[UUID]:
        """Return the patients who have a reminder of one of these kinds."""
        if self.kinds.isdisjoint(kinds):
            return set()
        return {reminder.user_id for reminder in self._reminders if reminder.kind in kinds}


@dataclass(frozen=True)
class Parts:
    """What only some kinds need, by patient."""

    done: Mapping[UUID, list[Done]]
    thermal_messages: Mapping[UUID, list[ThermalMessage]]
    paused: frozenset[UUID]
    labels: Mapping[UUID, dict[UUID, Label]]
    put_away: frozenset[UUID]
    taken: Mapping[UUID, list[Taken]]
    weekly: Mapping[UUID, datetime]

    @cached_property
    def users(self) -> frozenset[UUID]:
        """The patients of whom anything is known here."""
        mine = self.done, self.thermal_messages, self.paused, self.labels, self.taken, self.weekly
        return frozenset().union(*mine)

    @staticmethod
    def of(batch: Batch) -> "Parts":
        exercising = batch.users if CLASSES in batch.step_keys else batch.of(FLOOR_EXERCISE)
        medicated = batch.of({ReminderKind.MEDICINE})
        labels, put_away = _labels(medicated)
        return Parts(
            done=_sessions(batch),
            thermal_messages=_thermal_messages(batch.of(THERMAL), batch.now),
            paused=_paused(exercising),
            labels=labels,
            put_away=put_away,
            taken=_doses(medicated, batch.now),
            weekly=_weekly(batch.of({ReminderKind.CHECK_IN})),
        )


def _sessions(batch: Batch) -> dict[UUID, list[Done]]:
    """Return the sessions that some rule looks at: those of the steps of the batch, of ice and heat, of strength."""
    found: dict[UUID, list[Done]] = defaultdict(list)
    if not batch.step_users:
        return found
    kinds = [*THERMAL, "strength"]
    rows = (
        StepLog.objects.filter(among("user", batch.step_users), started_at__gt=batch.now - SESSIONS_OF)
        .filter(Q(step_key__in=batch.step_keys) | Q(kind__in=kinds))
        .order_by("started_at")
        .values_list("user_id", "step_key", "kind", "started_at", "duration_minutes")
    )
    for user, key, kind, started_at, minutes in rows:
        found[user].append(Done(key, cast(StepKind, kind), started_at, minutes))
    return found


def _thermal_messages(users: Collection[UUID], now: datetime) -> dict[UUID, list[ThermalMessage]]:
    found: dict[UUID, list[ThermalMessage]] = defaultdict(list)
    if not users:
        return found
    rows = Delivery.objects.filter(
        among("user", users),
        kind__in=THERMAL,
        due_at__gt=now - THERMAL_MESSAGES_OF,
        status__in=[DeliveryStatus.PENDING, DeliveryStatus.SENT],
    ).values_list("user_id", "reminder_id", "due_at", "sent_at", "snoozed_at")
    for user, reminder, due_at, sent_at, snoozed_at in rows:
        found[user].append(ThermalMessage(reminder, due_at, sent_at, snoozed_at is not None))
    return found


def _paused(users: Collection[UUID]) -> frozenset[UUID]:
    """Return the patients whose exercises a sign pauses until they were seen, whichever episode it came with."""
    if not users:
        return frozenset()
    rows = ClinicianCheck.objects.filter(among("user", users), seen_at=None).values_list("user_id", "answers")
    return frozenset(user for user, answers in rows if safety.exercise_pausing_signs(answers))


def _labels(users: Collection[UUID]) -> tuple[dict[UUID, dict[UUID, Label]], frozenset[UUID]]:
    """Return the labels of patients, and which of the medicines are off their list: those still count."""
    found: dict[UUID, dict[UUID, Label]] = defaultdict(dict)
    put_away: set[UUID] = set()
    if not users:
        return found, frozenset()
    rows: Any = Medicine.objects.filter(among("user", users)).defer("name").order_by()
    for row in rows:
        found[row.user_id][row.pk] = Label(
            row.pk, row.ingredient, row.gap_minutes, row.most_in_24_hours, row.is_anti_inflammatory
        )
        if row.put_away_at is not None:
            put_away.add(row.pk)
    return found, frozenset(put_away)


def _doses(users: Collection[UUID], now: datetime) -> dict[UUID, list[Taken]]:
    found: dict[UUID, list[Taken]] = defaultdict(list)
    if not users:
        return found
    rows = Dose.objects.filter(among("user", users), taken_at__gt=now - DOSES_OF)
    for user, medicine, taken_at in rows.values_list("user_id", "medicine_id", "taken_at"):
        found[user].append(Taken(medicine, taken_at))
    return found


def _weekly(users: Collection[UUID]) -> dict[UUID, datetime]:
    if not users:
        return {}
    return dict(
        WeeklyCheckIn.objects.filter(among("user", users)).order_by().values_list("user_id").annotate(at=Max("at"))
    )

"""Reads what the rules need, for many reminders at once: as many queries for one as for a thousand.

A query that no reminder of the batch needs is not made, and what a patient typed is opened only for medicines.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Max, Q
from msgspec import structs

from education import publishing
from education.structure import CareStep
from tracker.models import CheckIn, Delivery, Episode, ReminderKind
from tracker.reminder_rules import EpisodeFacts, Facts, PatientFacts
from tracker.reminders import people, timing
from tracker.reminders.among import among
from tracker.reminders.due_rows import AnyReminder
from tracker.reminders.fact_parts import Batch, Parts
from tracker.reminders.people import Person

ANSWERS_OF: Final = timedelta(days=2)
# What is done without a step of the care plan: only the answer to the message says so.
ANSWERED: Final = frozenset({ReminderKind.OWN, ReminderKind.TALK, ReminderKind.MEDICINE, ReminderKind.CHECK_IN})
UNREADABLE: Final = (ValueError, TypeError, KeyError, OverflowError)


def load(
    reminders: Sequence[AnyReminder],
    *,
    now: datetime,
    persons: Mapping[UUID, Person] | None = None,
) -> dict[UUID, Facts]:
    """Return what the rules need of each reminder at ``now`` (aware UTC), by its id.

    ``persons``: the patients, where they have been read already. One from which no time or zone can be read is left
    out. Raises NothingPublished.
    """
    if not reminders:
        return {}
    batch = Batch(reminders, now)
    steps = {step.key: step for step in publishing.live(now).protocol.steps} if batch.step_keys else {}
    episodes = _Episodes.of(batch)
    answers = _answers(batch)
    parts = Parts.of(batch)
    if persons is None:
        persons = people.load(batch.users)
    known = {user: _patient(user, persons.get(user, people.NOBODY), parts) for user in batch.users}
    loaded = {}
    for reminder in reminders:
        patient = known[reminder.user_id]
        with suppress(*UNREADABLE):
            loaded[reminder.pk] = _facts(reminder, patient, episodes, answers, steps, parts.put_away)
    return loaded


@dataclass(frozen=True)
class _Episodes:
    """Episodes that reminders are tied to, by id; and the open ones, by patient."""

    by_id: Mapping[UUID, EpisodeFacts] = field(default_factory=dict)
    open_of: Mapping[UUID, EpisodeFacts] = field(default_factory=dict)

    @staticmethod
    def of(batch: Batch) -> "_Episodes":
        with_check_ins = batch.of({ReminderKind.CHECK_IN})
        if not (batch.episodes or batch.step_users or with_check_ins):
            return _Episodes()
        rows = Episode.objects.filter(
            Q(among("user", batch.users), ended_at=None) | Q(pk__in=batch.episodes)
        ).values_list("pk", "user_id", "began_at", "moved_on_at", "recovered_at", "ended_at")
        found = list(rows)
        checked_in = _checked_in([row[0] for row in found if row[1] in with_check_ins]) if with_check_ins else {}
        by_id, open_of = {}, {}
        for pk, user, began_at, moved_on_at, recovered_at, ended_at in found:
            by_id[pk] = EpisodeFacts(began_at, moved_on_at, recovered_at, ended_at is None, checked_in.get(pk))
            if ended_at is None:
                open_of[user] = by_id[pk]
        return _Episodes(by_id, open_of)


def _checked_in(episodes: Collection[UUID]) -> dict[UUID, datetime]:
    latest = (
        CheckIn.objects.filter(among("episode", episodes)).order_by().values_list("episode_id").annotate(at=Max("at"))
    )
    return dict(latest)


def _facts(
    reminder: AnyReminder,
    patient: PatientFacts,
    episodes: _Episodes,
    answers: Mapping[UUID, list[datetime]],
    steps: Mapping[str, CareStep],
    put_away: Collection[UUID],
) -> Facts:
    tied_to = reminder.episode_id
    episode = episodes.open_of.get(reminder.user_id) if tied_to is None else episodes.by_id.get(tied_to)
    return Facts(
        reminder_id=reminder.pk,
        kind=reminder.kind,
        patient=patient,
        schedule=timing.with_quiet(reminder, patient.quiet),
        is_active=reminder.is_active,
        # An active one has not ended: the sender, who reads active ones only, leaves the column out.
        is_ended=not reminder.is_active and reminder.ended_at is not None,
        not_before_at=reminder.not_before_at,
        has_step=bool(reminder.step_key),
        step=steps.get(reminder.step_key),
        is_tied=tied_to is not None,
        episode=episode,
        medicine_id=reminder.medicine_id,
        is_put_away=reminder.medicine_id in put_away,
        done_at=_done_at(reminder, patient, episode, answers),
    )


def _done_at(
    reminder: AnyReminder, patient: PatientFacts, episode: EpisodeFacts | None, answers: Mapping[UUID, list[datetime]]
) -> tuple[datetime, ...]:
    """Return when what a reminder is about was done: logged, or answered with 'Done'."""
    done = [session.started_at for session in patient.done if session.step_key == reminder.step_key]
    done += answers.get(reminder.pk, ())
    if reminder.medicine_id is not None:
        done += [dose.taken_at for dose in patient.taken if dose.medicine_id == reminder.medicine_id]
    if reminder.kind == ReminderKind.CHECK_IN and episode is not None and episode.checked_in_at is not None:
        done.append(episode.checked_in_at)
    return tuple(sorted(done))


def _answers(batch: Batch) -> dict[UUID, list[datetime]]:
    """Return when messages were answered with 'Done'. One moment that went out on two channels counts once."""
    answered: dict[UUID, list[datetime]] = defaultdict(list)
    if batch.kinds.isdisjoint(ANSWERED):
        return answered
    rows = (
        Delivery.objects.filter(among("reminder", batch.ids), done_at__isnull=False, due_at__gt=batch.now - ANSWERS_OF)
        .order_by("done_at")
        .values_list("reminder_id", "due_at", "done_at")
    )
    seen = set()
    for reminder, due_at, done_at in rows:
        if (reminder, due_at) not in seen:
            seen.add((reminder, due_at))
            answered[reminder].append(done_at)
    return answered


def _patient(user: UUID, person: Person, parts: Parts) -> PatientFacts:
    known = PatientFacts(
        zone=person.zone,
        quiet=person.quiet,
        has_consent=person.has_consent,
        is_held=person.is_held,
        paused_until_at=person.paused_until_at,
        circumstances=person.circumstances,
    )
    if user not in parts.users:
        return known
    return structs.replace(
        known,
        is_paused_by_signs=user in parts.paused,
        done=tuple(parts.done.get(user, ())),
        thermal_messages=tuple(parts.thermal_messages.get(user, ())),
        labels=parts.labels.get(user, {}),
        taken=tuple(parts.taken.get(user, ())),
        weekly_check_in_at=parts.weekly.get(user),
    )

"""Writes the care steps a patient did: the timer, 'I've just done it', undo; refuses what the limits forbid."""

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Final, cast

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from backspasm.models import User
from education.structure import CareStep, StepKind
from tracker import emergencies, patients, plan
from tracker.circumstances import FLOOR_EXERCISE, THERMAL
from tracker.limits import is_night
from tracker.local_time import local_day
from tracker.models import Episode, Medicine, Patient, StepLog

UNDO: Final = timedelta(minutes=15)
# What the plan looks back on: a week, and the day before it.
LOOKS_BACK: Final = timedelta(days=8)
OLDEST: Final = timedelta(days=2)
LONGEST_TIMER: Final = timedelta(hours=2)
# For so long after its end the screen still says 'Take the pack off now'.
SAYS_SO: Final = timedelta(minutes=10)
ASK_ABOUT_MEDICINE: Final = "ask_about_medicine"


class Refused(Exception):
    """A session that is not stored; ``code`` says why.

    limit, too_soon_after_heat_or_ice, night, held, paused, hidden, no_step (a question is nothing to do), running
    (another timer runs), future, too_old, too_late (to undo).
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def start_timer(
    *, patient: Patient, episode: Episode | None, step: CareStep, edition: int, form_id: uuid.UUID, now: datetime
) -> StepLog:
    """Start the timer of a step at ``now``; the same form sent twice gives the same row.

    One timer runs at a time. Raises Refused, also for what the plan does not offer now: at night, or within an hour of
    other ice or heat. While a hold is open no timer starts, whatever the step.
    """
    made = _locked(patient, form_id)
    if made is not None:
        return made
    if emergencies.is_held(patient.user):
        raise Refused("held")
    if running(patient.user, now) is not None:
        raise Refused("running")
    refuse(patient=patient, episode=episode, step=step, at=now, is_timed=True)
    minutes = (plan.timer_ends_at(step, now) - now) // timedelta(minutes=1)
    return _made(patient, episode, step, edition, form_id, started_at=now, minutes=minutes, is_timed=True, now=now)


@transaction.atomic
def log(
    *,
    patient: Patient,
    episode: Episode | None,
    step: CareStep,
    edition: int,
    minutes: int | None = None,
    started_at: datetime | None = None,
    form_id: uuid.UUID,
    now: datetime,
) -> StepLog:
    """Keep a session that was done; the same form sent twice gives the same row. Raises Refused.

    ``minutes`` (1 or more; None: as long as the step lasts) are cut to what the step may last, which the row then says.
    ``started_at`` None: it has just ended.
    """
    made = _locked(patient, form_id)
    if made is not None:
        return made
    typed = step.duration_minutes if minutes is None else minutes
    kept = plan.kept_minutes(step, typed)
    begins_at = started_at or now - timedelta(minutes=kept)
    if begins_at > now:
        raise Refused("future")
    if now - begins_at > OLDEST:
        raise Refused("too_old")
    refuse(patient=patient, episode=episode, step=step, at=begins_at, is_timed=False)
    is_cut = typed > kept
    return _made(
        patient, episode, step, edition, form_id, started_at=begins_at, minutes=kept, was_shortened=is_cut, now=now
    )


def _locked(patient: Patient, form_id: uuid.UUID) -> StepLog | None:
    """Make two phones of one patient wait for each other, so that no limit is passed; return what the form made."""
    Patient.objects.lock(patient.user)
    made: StepLog | None = StepLog.objects.of(patient.user).filter(form_id=form_id).first()
    return made


def refuse(*, patient: Patient, episode: Episode | None, step: CareStep, at: datetime, is_timed: bool) -> None:
    """Raise Refused where a session that starts at ``at`` is not to be stored."""
    if step.kind == "gate":
        raise Refused("no_step")
    if plan.applies(step, patients.circumstances(patient)).is_hidden:
        raise Refused("hidden")
    day = local_day(at, patient.zone)
    around = recent(patient.user, at - timedelta(days=2))
    done = [done_of(row) for row in around if local_day(row.started_at, patient.zone) == day]
    is_paused = step.kind in FLOOR_EXERCISE and _is_paused(patient, episode)
    code = plan.refusal_to_log(
        step, done, is_held=emergencies.is_held(patient.user), is_paused=is_paused, zone=patient.zone, at=at
    )
    if code is not None:
        raise Refused(code)
    if is_timed:
        _refuse_the_timer(step, around, patient, at)


def _is_paused(patient: Patient, episode: Episode | None) -> bool:
    """Say whether a sign pauses exercises; one of the newest episode does so after it was closed too."""
    concerned = episode or Episode.objects.of(patient.user).order_by("-began_at").first()
    return concerned is not None and emergencies.exercise_pause(concerned) is not None


def _refuse_the_timer(step: CareStep, around: Iterable[StepLog], patient: Patient, now: datetime) -> None:
    thermal = [row for row in around if row.kind in THERMAL and row.started_at <= now]
    if step.kind in THERMAL and any(now - row.started_at < plan.BETWEEN_THERMAL for row in thermal):
        raise Refused("too_soon_after_heat_or_ice")
    if step.kind == "ice" and is_night(now, zone=patient.zone):
        raise Refused("night")


def _made(
    patient: Patient,
    episode: Episode | None,
    step: CareStep,
    edition: int,
    form_id: uuid.UUID,
    *,
    started_at: datetime,
    minutes: int,
    now: datetime,
    is_timed: bool = False,
    was_shortened: bool = False,
) -> StepLog:
    made: StepLog = StepLog.objects.create(
        user=patient.user,
        form_id=form_id,
        episode=episode,
        step_key=step.key,
        kind=step.kind,
        edition=edition,
        started_at=started_at,
        duration_minutes=minutes,
        is_timed=is_timed,
        was_shortened=was_shortened,
        created_at=now,
    )
    return made


def ends_at(log: StepLog) -> datetime:
    """Return when a session is over: for ice and heat 20 minutes and 0 seconds after its start at the latest."""
    return log.started_at.astimezone(UTC) + timedelta(minutes=log.duration_minutes)


def is_running(log: StepLog, now: datetime) -> bool:
    """Say whether the timer of a session runs."""
    return log.is_timed and log.started_at <= now < ends_at(log)


def has_just_ended(log: StepLog, now: datetime) -> bool:
    """Say whether the timer of a session rang within the last ten minutes."""
    return log.is_timed and timedelta() <= now - ends_at(log) < SAYS_SO


def running(user: User, now: datetime) -> StepLog | None:
    """Return the session whose timer runs, or None."""
    timed = StepLog.objects.of(user).filter(is_timed=True, started_at__gt=now - LONGEST_TIMER)
    return next((row for row in timed.order_by("-started_at") if is_running(row, now)), None)


def stop(*, log: StepLog, now: datetime) -> None:
    """Stop a timer early: the minutes until now are kept, rounded up. One that is over, or has no timer, stays.

    From then on it is like a session without a timer: nothing is left to run to its end.
    """
    if not is_running(log, now):
        return
    log.is_timed = False
    log.duration_minutes = max(1, ceil((now - log.started_at) / timedelta(minutes=1)))
    log.save(update_fields=["duration_minutes", "is_timed"])


def can_undo(log: StepLog, now: datetime) -> bool:
    """Say whether a session can still be undone: 15 minutes from when it was logged, or from its end."""
    return now - max(log.created_at, ends_at(log)) <= UNDO


def undo(*, log: StepLog, now: datetime) -> None:
    """Delete a session logged by mistake. Raises Refused after 15 minutes."""
    if not can_undo(log, now):
        raise Refused("too_late")
    log.delete()


def recent(user: User, since: datetime) -> list[StepLog]:
    """Return the sessions that started since a moment, oldest first."""
    return list(StepLog.objects.of(user).filter(started_at__gte=since).order_by("started_at"))


def done_of(log: StepLog) -> plan.Done:
    """Return what the plan needs to know of a session."""
    return plan.Done(
        step_key=log.step_key,
        kind=cast(StepKind, log.kind),
        started_at=log.started_at,
        duration_minutes=log.duration_minutes,
    )


def for_plan(*, patient: Patient, episode: Episode, now: datetime) -> list[StepLog]:
    """Return the sessions that count for the plan of an episode, oldest first, in one query.

    Those of the episode: the last eight days and every talk about medicine. Of any other: today's, for the limits of
    the day count whatever they were for. A talk before the newest medicine carries ``is_before_a_medicine``.
    """
    newer = Medicine.objects.of(patient.user).filter(created_at__gte=OuterRef("created_at"))
    of_the_plan = Q(started_at__gte=now - LOOKS_BACK) | Q(episode=episode, kind="medicine_talk")
    today = local_day(now, patient.zone)
    rows = (
        StepLog.objects.of(patient.user)
        .filter(of_the_plan)
        .annotate(is_before_a_medicine=Q(step_key=ASK_ABOUT_MEDICINE) & Exists(newer))
    )
    return [
        row
        for row in rows.order_by("started_at")
        if row.episode_id == episode.pk or local_day(row.started_at, patient.zone) == today
    ]


def done_in_plan(logs: Iterable[StepLog]) -> list[plan.Done]:
    """Return what the plan needs to know of the sessions of ``for_plan``.

    A talk about medicine does not count once a new medicine is on the list: that one is to be asked about too.
    """
    return [done_of(row) for row in logs if not getattr(row, "is_before_a_medicine", False)]

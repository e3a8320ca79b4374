"""Writes episodes: begin, describe, move on, end, reopen, delete. A patient has at most one open episode."""

import uuid
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import IntegrityError, transaction

from backspasm.models import User
from tracker import emergencies, plan, step_logs
from tracker.descriptions import (
    Description,
    Impossible,
    OwnActivity,
    Stale,
    describe,
    has_check_in,
    names,
    previous,
    same_as_last_time,
    say_where,
    version,
)
from tracker.models import AskedBecause, EmergencyCheck, Episode, Patient

__all__ = [
    "AlreadyOpen",
    "Description",
    "Impossible",
    "NotReady",
    "OwnActivity",
    "Stale",
    "close",
    "delete",
    "describe",
    "feel_recovered",
    "has_check_in",
    "move_on",
    "names",
    "open_episode",
    "previous",
    "reopen",
    "same_as_last_time",
    "say_where",
    "start",
    "take_back",
    "version",
]

# How long a tap on 'I feel recovered' or 'move on' can be taken back.
UNDO: Final = timedelta(minutes=15)


class NotReady(Exception):
    """The emergency questions must be answered first, or one of their answers still holds."""


class AlreadyOpen(Exception):
    """An episode is open already: ``episode``."""

    def __init__(self, episode: Episode) -> None:
        super().__init__("An episode is open already.")
        self.episode = episode


def open_episode(user: User) -> Episode | None:
    """Return the episode that goes on, or None."""
    found: Episode | None = Episode.objects.of(user).filter(ended_at=None).first()
    return found


@transaction.atomic
def start(
    *,
    patient: Patient,
    form_id: uuid.UUID,
    now: datetime,
    began_at: datetime | None = None,
    protocol_number: int | None = None,
) -> Episode:
    """Begin an episode; the same form sent twice gives the same one.

    ``protocol_number``: the publication of the care plan that the patient sees from now on, if it is their first.
    Raises AlreadyOpen, also where another phone was quicker, NotReady without answered emergency questions or with an
    open hold, and Impossible for a beginning that lies ahead.
    """
    user = patient.user
    # Another phone that is about to start one is waited for, and its episode is found.
    Patient.objects.lock(user)
    made = _of_form(user, form_id)
    if made is not None:
        return made
    _refuse_a_second(user)
    if not emergencies.is_ready_to_start(user, now):
        raise NotReady
    begins_at = began_at or now
    if begins_at > now:
        raise Impossible("begins_in_future")
    try:
        with transaction.atomic():
            episode: Episode = Episode.objects.create(user=user, form_id=form_id, began_at=begins_at, created_at=now)
            _take_checks(episode, now)
            if protocol_number is not None:
                Patient.objects.of(user).filter(protocol_number=None).update(protocol_number=protocol_number)
    except IntegrityError:
        # Another phone was quicker: with the same form, or with one of its own.
        if (made := _of_form(user, form_id)) is not None:
            return made
        _refuse_a_second(user)
        raise
    return episode


def _of_form(user: User, form_id: uuid.UUID) -> Episode | None:
    made: Episode | None = Episode.objects.of(user).filter(form_id=form_id).first()
    return made


def _refuse_a_second(user: User) -> None:
    running = open_episode(user)
    if running is not None:
        raise AlreadyOpen(running)


def _take_checks(episode: Episode, now: datetime) -> None:
    """Make the questions answered for the start part of the episode."""
    answered = EmergencyCheck.objects.of(episode.user).filter(episode=None, because=AskedBecause.START)
    answered.filter(answered_at__gt=now - timedelta(hours=1), answered_at__lte=now).update(episode=episode)


def move_on(*, episode: Episode, now: datetime) -> None:
    """Keep the patient's choice to move on to heat. Raises Impossible before hour 48; said twice, the first counts."""
    if episode.moved_on_at is not None or now - episode.began_at >= plan.FIRST_PHASE:
        return
    if not plan.may_move_on(began_at=episode.began_at, now=now):
        raise Impossible("too_early")
    episode.moved_on_at = now
    episode.save(update_fields=["moved_on_at"])


def feel_recovered(*, episode: Episode, now: datetime) -> None:
    """Keep the patient's answer 'I feel recovered'. Raises Impossible before hour 72 unless they moved on to heat."""
    if episode.recovered_at is not None:
        return
    phase = plan.phase(began_at=episode.began_at, moved_on_at=episode.moved_on_at, recovered_at=None, now=now)
    if phase == "first_72h":
        raise Impossible("too_early")
    episode.recovered_at = now
    episode.save(update_fields=["recovered_at"])


def take_back(*, episode: Episode, field: str, now: datetime) -> None:
    """Undo ``moved_on_at`` or ``recovered_at``, said by mistake. Raises Impossible after 15 minutes."""
    said_at: datetime | None = getattr(episode, field)
    if said_at is None:
        return
    if now - said_at > UNDO:
        raise Impossible("too_late")
    setattr(episode, field, None)
    episode.save(update_fields=[field])


@transaction.atomic
def close(*, episode: Episode, ended_at: datetime, days_lost: int | None, now: datetime) -> None:
    """End an episode, or change its end and its days lost (0-366). Raises Impossible for an end that cannot be."""
    if ended_at > now:
        raise Impossible("ends_in_future")
    if ended_at < episode.began_at:
        raise Impossible("ends_before_begin")
    later = Episode.objects.of(episode.user).filter(began_at__gt=episode.began_at, began_at__lt=ended_at)
    if later.exclude(pk=episode.pk).exists():
        raise Impossible("ends_after_next_began")
    running = step_logs.running(episode.user, now)
    if running is not None and running.episode_id == episode.pk:
        step_logs.stop(log=running, now=now)
    episode.ended_at = ended_at
    episode.days_lost = days_lost
    if episode.recovered_at is not None and episode.recovered_at > ended_at:
        episode.recovered_at = ended_at
    episode.save(update_fields=["ended_at", "days_lost", "recovered_at"])


def reopen(*, episode: Episode) -> None:
    """Let a closed episode go on. Raises AlreadyOpen, or Impossible where it is not the newest."""
    if episode.is_open:
        return
    _refuse_a_second(episode.user)
    if Episode.objects.of(episode.user).filter(began_at__gt=episode.began_at).exclude(pk=episode.pk).exists():
        raise Impossible("not_newest")
    episode.ended_at = None
    try:
        with transaction.atomic():
            episode.save(update_fields=["ended_at"])
    except IntegrityError:
        _refuse_a_second(episode.user)
        raise


@transaction.atomic
def delete(*, episode: Episode) -> None:
    """Delete an episode and everything of it. An emergency answer that still holds stays: only the patient lifts it."""
    held: Any = episode.emergency_checks.filter(holds__isnull=False, holds__lifted_at=None)
    EmergencyCheck.objects.of(episode.user).filter(pk__in=list(held.values_list("pk", flat=True))).update(episode=None)
    episode.delete()

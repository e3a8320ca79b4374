"""Writes what a patient tells of an episode: where it is, when it began, what set it off, what is hard."""

import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.crypto import salted_hmac

from tracker import check_ins, plan
from tracker.models import Activity, CheckIn, Episode, PainSpan, Patient

_VERSION_SALT: Final = "tracker.descriptions.version"


class Stale(Exception):
    """The details were changed after the page was made; nothing was saved."""


class Impossible(ValueError):
    """What cannot be; ``code`` says why.

    begins_in_future, begins_after_end, begins_after_recovery, begins_before_last_ended, ends_in_future,
    ends_before_begin, ends_after_next_began, too_early, too_late, not_newest.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, kw_only=True)
class OwnActivity:
    """One thing that is hard, in the patient's words; ``score`` 0 (cannot do it) to 10 (as before), None unrated."""

    name: str
    score: int | None = None


@dataclass(frozen=True, kw_only=True)
class Description:
    """What a patient may add to an episode. ``began_at`` None leaves it; ``pain`` is 'right now', 0-10.

    ``activities`` stand at positions 1 to 3; an empty name takes the one at that position away.
    """

    began_at: datetime | None = None
    triggers: Sequence[str] = ()
    trigger_words: str = ""
    note: str = ""
    activities: Sequence[OwnActivity] = ()
    pain: int | None = None


def previous(episode: Episode) -> Episode | None:
    """Return the episode before this one, or None."""
    earlier = Episode.objects.of(episode.user).filter(began_at__lte=episode.began_at).exclude(pk=episode.pk)
    found: Episode | None = earlier.order_by("-began_at").first()
    return found


def say_where(*, episode: Episode, places: Iterable[str]) -> None:
    """Keep the places (codes of Place)."""
    episode.places = list(places)
    episode.save(update_fields=["places"])


@transaction.atomic
def describe(
    *,
    patient: Patient,
    episode: Episode,
    description: Description,
    form_id: uuid.UUID,
    now: datetime,
    page_version: str | None = None,
) -> CheckIn | None:
    """Keep what the patient tells of an episode; return the check-in of the page if one was made.

    Pain right now and the ratings become a check-in: the first one, as a page asks for them only while there is none,
    or one more where another phone was quicker. Raises Impossible for a beginning that cannot be.

    ``page_version``: what the page knew (see ``version``). Raises Stale where it is not that of the row and the answers
    differ from what is stored. An empty one, of a page that knew nothing, holds only while nothing is stored. None is
    not compared: the caller has no page.
    """
    _lock_and_read(episode)
    if page_version is not None and _is_stale(episode, description, page_version):
        raise Stale
    if description.began_at is not None:
        _begin_at(episode, description.began_at, now)
    episode.triggers = list(description.triggers)
    episode.trigger_words = description.trigger_words
    episode.note = description.note
    episode.save(update_fields=["began_at", "moved_on_at", "triggers", "trigger_words", "note"])
    kept = [
        (_name_activity(episode, position, activity.name, now), activity.score)
        for position, activity in enumerate(description.activities, start=1)
    ]
    scores = {activity: score for activity, score in kept if activity is not None and score is not None}
    is_empty = description.pain is None and not scores
    if is_empty or not episode.is_open:
        return None
    return _check_in_of_the_page(patient, episode, scores, description.pain, form_id, now)


def _lock_and_read(episode: Episode) -> None:
    """Make two phones take turns, and read what the other has changed since ``episode`` was read."""
    episode.refresh_from_db(from_queryset=Episode.objects.select_for_update())


def version(episode: Episode) -> str:
    """Return what a page carries to find out whether the details were changed since: 64 characters, none of them said.

    Of the stored beginning, triggers, words, note and names of activities. Reads the activities.
    """
    said = [
        str(episode.pk),
        episode.began_at.isoformat(),
        episode.triggers,
        episode.trigger_words,
        episode.note,
        sorted(names(episode).items()),
    ]
    return salted_hmac(_VERSION_SALT, json.dumps(said), algorithm="sha256").hexdigest()


def names(episode: Episode) -> dict[int, str]:
    """Return the names of the activities that stand now, by position from 1."""
    return {one.position: one.name for one in episode.activities.filter(retired_at=None).order_by("position")}


def _is_stale(episode: Episode, description: Description, page_version: str) -> bool:
    """Say whether to keep ``description`` would replace what its page did not know. Read under the lock.

    Ratings and pain are not looked at: a check-in keeps what it said before.
    """
    is_known = page_version == version(episode) if page_version else not _is_told(episode)
    return not is_known and _differs(episode, description)


def _is_told(episode: Episode) -> bool:
    is_redated = episode.began_at != episode.created_at
    return bool(is_redated or episode.triggers or episode.trigger_words or episode.note or names(episode))


def _differs(episode: Episode, description: Description) -> bool:
    stored = names(episode)
    return (
        description.began_at not in {None, episode.began_at}
        or set(description.triggers) != set(episode.triggers)
        or description.trigger_words != episode.trigger_words
        or description.note != episode.note
        or any(
            activity.name != stored.get(position, "")
            for position, activity in enumerate(description.activities, start=1)
        )
    )


def has_check_in(episode: Episode) -> bool:
    """Say whether the episode has a check-in: a page then asks for no first one."""
    is_there: bool = CheckIn.objects.of(episode.user).filter(episode=episode).exists()
    return is_there


def _check_in_of_the_page(
    patient: Patient,
    episode: Episode,
    scores: dict[Activity, int],
    pain: int | None,
    form_id: uuid.UUID,
    now: datetime,
) -> CheckIn:
    """Make a check-in of what the page asked; the page sent again with other scores changes it, and keeps the old."""
    made: CheckIn | None = CheckIn.objects.of(patient.user).filter(episode=episode, form_id=form_id).first()
    return check_ins.record(
        patient=patient,
        episode=episode,
        ratings=scores,
        pain=pain,
        overall_change=made.overall_change if made else None,
        note=made.note if made else "",
        at=None,
        is_complete=True,
        form_id=form_id,
        now=now,
        pain_span=PainSpan.NOW,
    )


def _begin_at(episode: Episode, began_at: datetime, now: datetime) -> None:
    """Set another beginning; raise Impossible for one that cannot be."""
    if began_at > now:
        raise Impossible("begins_in_future")
    if episode.ended_at is not None and began_at > episode.ended_at:
        raise Impossible("begins_after_end")
    if episode.recovered_at is not None and began_at > episode.recovered_at:
        raise Impossible("begins_after_recovery")
    others = Episode.objects.of(episode.user).exclude(pk=episode.pk)
    if others.filter(began_at__lt=episode.began_at, ended_at__gt=began_at).exists():
        raise Impossible("begins_before_last_ended")
    episode.began_at = began_at
    if episode.moved_on_at is not None and episode.moved_on_at < began_at + plan.MAY_MOVE_ON:
        # It was said too early, as is now known: the plan would not count it.
        episode.moved_on_at = None


def _name_activity(episode: Episode, position: int, name: str, now: datetime) -> Activity | None:
    """Name the activity at a position. One that was rated is retired and keeps its line of the chart."""
    current: Activity | None = (
        Activity.objects.of(episode.user).filter(episode=episode, position=position, retired_at=None).first()
    )
    if current is not None:
        if current.name == name:
            return current
        if current.ratings.exists():
            current.retired_at = now
            current.save(update_fields=["retired_at"])
        elif name:
            current.name = name
            current.save(update_fields=["name"])
            return current
        else:
            current.delete()
    if not name:
        return None
    made: Activity = Activity.objects.create(
        user=episode.user, episode=episode, position=position, name=name, named_at=now
    )
    return made


@transaction.atomic
def same_as_last_time(*, episode: Episode, now: datetime) -> bool:
    """Copy places, triggers and names of activities of the episode before; what is filled in stays.

    Returns whether there was an episode before.
    """
    _lock_and_read(episode)
    last = previous(episode)
    if last is None:
        return False
    episode.places = episode.places or last.places
    episode.triggers = episode.triggers or last.triggers
    episode.save(update_fields=["places", "triggers"])
    taken = set(episode.activities.filter(retired_at=None).values_list("position", flat=True))
    for activity in last.activities.filter(retired_at=None):
        if activity.position not in taken:
            _name_activity(episode, activity.position, activity.name, now)
    return True

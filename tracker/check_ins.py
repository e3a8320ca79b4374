"""Check-ins of an episode: saved, changed without losing what they said, copied, removed, and asked for in time."""

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import Avg, Max

from tracker import safety
from tracker.models import Activity, ActivityRating, CheckIn, CheckInRevision, Episode, OverallChange, PainSpan, Patient
from tracker.safety import CheckInFacts

MAY_BE_FINISHED: Final = timedelta(hours=24)
OFFER_STANDS: Final = timedelta(hours=24)


class Stale(Exception):
    """The check-in was changed after the page was made; nothing was saved."""


@dataclass(frozen=True)
class Asked:
    """What the app asks by its own rhythm; a patient may answer more."""

    function: bool
    overall_change: bool


@dataclass(frozen=True)
class OldValues:
    """What a check-in said until ``changed_at``. Scores as in the model."""

    changed_at: datetime
    at: datetime
    pain: int | None
    overall_change: str
    note: str
    ratings: tuple[tuple[Activity, int], ...]


def record(
    *,
    patient: Patient,
    episode: Episode,
    ratings: Mapping[Activity, int | None],
    pain: int | None,
    overall_change: int | None,
    note: str,
    at: datetime | None,
    is_complete: bool,
    form_id: uuid.UUID,
    now: datetime,
    check_in: CheckIn | None = None,
    page_version: str | None = None,
    pain_span: PainSpan = PainSpan.AVERAGE_24H,
) -> CheckIn:
    """Save a new check-in of ``episode`` at ``at`` (aware UTC), or change ``check_in``; return it.

    Without ``at`` a new one is of ``now``, and one that is changed keeps its time. ``ratings`` are 0-10 or None;
    those of activities of another episode are not stored. The same form sent twice makes one row; sent again with
    other answers it changes that row. What a changed row said before stays in its revisions. Raises Stale if
    ``page_version`` (see ``version``) is not that of the row and the answers differ.
    """
    values = {"at": at, "pain": pain, "overall_change": overall_change, "note": note, "is_complete": is_complete}
    scores = {
        activity: score
        for activity, score in ratings.items()
        if score is not None and (activity.user_id, activity.episode_id) == (patient.user_id, episode.pk)
    }
    if check_in is None:
        own = {"episode": episode, "form_id": form_id, "created_at": now, "pain_span": pain_span}
        first = {**values, **own, "at": at or now}
        if (made := _created(patient, first, scores)) is not None:
            return made
    with transaction.atomic():
        rows = CheckIn.objects.of(patient.user).select_for_update()
        stored: CheckIn = rows.get(pk=check_in.pk) if check_in else rows.get(form_id=form_id)
        _change(stored, values, scores, page_version=page_version, now=now)
    return stored


def _created(patient: Patient, values: Mapping[str, Any], scores: Mapping[Activity, int]) -> CheckIn | None:
    """Return a new check-in, or None if this form made one before."""
    try:
        with transaction.atomic():
            check_in: CheckIn = CheckIn.objects.create(user=patient.user, **values)
            _store_ratings(check_in, scores)
            return check_in
    except IntegrityError:
        made = CheckIn.objects.of(patient.user).filter(form_id=values["form_id"]).first()
        if made is None:
            raise
        if made.episode_id == values["episode"].pk:
            return None
    # A form of another episode never changes that one.
    return _created(patient, {**values, "form_id": uuid.uuid4()}, scores)


def _change(
    check_in: CheckIn,
    values: Mapping[str, Any],
    scores: Mapping[Activity, int],
    *,
    page_version: str | None,
    now: datetime,
) -> None:
    rated = {rating.activity_id: rating.score for rating in check_in.ratings.all()}
    is_rated_alike = rated == {activity.pk: score for activity, score in scores.items()}
    wanted = {**values, "at": _kept_seconds(values["at"], check_in.at)}
    if is_rated_alike and all(getattr(check_in, name) == value for name, value in wanted.items()):
        return
    if page_version is not None and page_version != version(check_in):
        raise Stale
    CheckInRevision.objects.create(
        user_id=check_in.user_id, check_in=check_in, changed_at=now, old_values=_as_json(check_in, rated)
    )
    for name, value in wanted.items():
        setattr(check_in, name, value)
    check_in.changed_at = now
    check_in.save()
    if not is_rated_alike:
        check_in.ratings.all().delete()
        _store_ratings(check_in, scores)


def _kept_seconds(typed: datetime | None, stored: datetime) -> datetime:
    """Return the moment to store: a form knows only minutes, and one that was not touched keeps its seconds."""
    if typed is None or typed.replace(second=0, microsecond=0) == stored.replace(second=0, microsecond=0):
        return stored
    return typed


def _store_ratings(check_in: CheckIn, scores: Mapping[Activity, int]) -> None:
    ActivityRating.objects.bulk_create(
        ActivityRating(user_id=check_in.user_id, check_in=check_in, activity=activity, score=score)
        for activity, score in scores.items()
    )


def _as_json(check_in: CheckIn, rated: Mapping[uuid.UUID, int]) -> str:
    return json.dumps(
        {
            "at": check_in.at.isoformat(),
            "pain": check_in.pain,
            "pain_span": check_in.pain_span,
            "overall_change": check_in.overall_change,
            "note": check_in.note,
            "is_complete": check_in.is_complete,
            "ratings": {str(activity): score for activity, score in rated.items()},
        }
    )


def version(check_in: CheckIn) -> str:
    """Return what a form carries to find out whether the check-in was changed on another device since."""
    return (check_in.changed_at or check_in.created_at).isoformat()


def repeat(*, patient: Patient, episode: Episode, form_id: uuid.UUID, now: datetime) -> CheckIn | None:
    """Save 'same as last time': the pain and the ratings of the last complete check-in, at ``now``; None if none."""
    last = last_complete(episode)
    if last is None:
        return None
    return record(
        patient=patient,
        episode=episode,
        ratings=current_ratings(last),
        pain=last.pain,
        overall_change=None,
        note="",
        at=now,
        is_complete=True,
        form_id=form_id,
        now=now,
    )


def current_ratings(check_in: CheckIn) -> dict[Activity, int]:
    """Return the scores of a check-in, without those of activities that were replaced since."""
    rated = check_in.ratings.filter(activity__retired_at=None).select_related("activity")
    return {rating.activity: rating.score for rating in rated}


def delete(*, check_in: CheckIn) -> None:
    """Remove a check-in with its ratings and its history."""
    check_in.delete()


def last_complete(episode: Episode) -> CheckIn | None:
    """Return the latest complete check-in with a pain average of 24 hours, or None."""
    rows = _rows(episode).filter(is_complete=True, pain_span=PainSpan.AVERAGE_24H)
    return cast(CheckIn | None, rows.exclude(pain=None).first())


def half_filled(episode: Episode, now: datetime) -> CheckIn | None:
    """Return a check-in of the last 24 hours that has questions left open, or None."""
    latest_row = latest(episode)
    if latest_row is None or latest_row.is_complete or now - latest_row.at > MAY_BE_FINISHED:
        return None
    return latest_row


def latest(episode: Episode) -> CheckIn | None:
    """Return the latest check-in of an episode, or None."""
    return cast(CheckIn | None, _rows(episode).first())


def facts(episode: Episode, *, without: CheckIn | None = None) -> tuple[CheckInFacts, ...]:
    """Return what the check-ins of an episode say, oldest first, in one query. Function is the mean of the ratings."""
    rows = _rows(episode).exclude(pk=without.pk if without else None).order_by("at")
    said = rows.annotate(function=Avg("ratings__score")).values_list(
        "at", "pain", "pain_span", "overall_change", "function"
    )
    return tuple(
        CheckInFacts(at, pain, span == PainSpan.AVERAGE_24H, change, function)
        for at, pain, span, change, function in said
    )


def facts_with(known: Iterable[CheckInFacts], saved: CheckIn, scores: Iterable[int | None]) -> tuple[CheckInFacts, ...]:
    """Return the facts after ``saved`` was stored with ``scores``; ``known`` are those of the other check-ins."""
    rated = [score for score in scores if score is not None]
    function = sum(rated) / len(rated) if rated else None
    is_average = saved.pain_span == PainSpan.AVERAGE_24H
    fact = CheckInFacts(saved.at, saved.pain, is_average, saved.overall_change, function)
    return tuple(sorted([*known, fact], key=lambda check_in: check_in.at))


def next_due(episode: Episode, now: datetime) -> datetime:
    """Return when the app asks for the next check-in of an open episode: ``now`` if it is due."""
    last_at = _rows(episode).aggregate(last=Max("at"))["last"]
    return safety.check_in_due(last_at=last_at, began_at=episode.began_at, now=now)


def asked(episode: Episode, known: Iterable[CheckInFacts], at: datetime) -> Asked:
    """Return which of the questions that are not asked every time are asked at ``at``, after those check-ins."""
    before = [fact for fact in known if fact.at <= at]
    rated_at = max((fact.at for fact in before if fact.function is not None), default=None)
    changed_at = max((fact.at for fact in before if fact.overall_change is not None), default=None)
    return Asked(
        function=safety.asks_function(last_at=rated_at, began_at=episode.began_at, now=at),
        overall_change=safety.asks_overall_change(last_at=changed_at, began_at=episode.began_at, now=at),
    )


def offers_to_close(
    episode: Episode, zone: ZoneInfo, now: datetime, known: Sequence[CheckInFacts] | None = None
) -> bool:
    """Say whether the offer to close the episode stands: made by a check-in of the last 24 hours, and still calm.

    Asks the database only while an offer may stand; ``known`` spares that too.
    """
    offered_at = episode.close_offered_at
    if not episode.is_open or offered_at is None or now - offered_at > OFFER_STANDS:
        return False
    said = facts(episode) if known is None else known
    return safety.offers_to_close(said, zone=zone, offered_at=None, now=now)


def note_offer(*, episode: Episode, known: Sequence[CheckInFacts], zone: ZoneInfo, now: datetime) -> None:
    """Store that closing is offered from now on, if the check-ins of an open episode have just become calm enough."""
    if episode.is_open and safety.offers_to_close(known, zone=zone, offered_at=episode.close_offered_at, now=now):
        episode.close_offered_at = now
        episode.save(update_fields=["close_offered_at"])


def history(check_in: CheckIn) -> tuple[OldValues, ...]:
    """Return what a check-in said before each change, the newest change first."""
    revisions = list(CheckInRevision.objects.filter(user_id=check_in.user_id, check_in=check_in))
    if not revisions:
        return ()
    activities = Activity.objects.filter(user_id=check_in.user_id, episode_id=check_in.episode_id)
    by_id = {str(activity.pk): activity for activity in activities}
    return tuple(_old_values(revision.changed_at, json.loads(revision.old_values), by_id) for revision in revisions)


def _old_values(changed_at: datetime, old: Mapping[str, Any], by_id: Mapping[str, Activity]) -> OldValues:
    change = old["overall_change"]
    return OldValues(
        changed_at=changed_at,
        at=datetime.fromisoformat(old["at"]),
        pain=old["pain"],
        overall_change=str(OverallChange(change).label) if change else "",
        note=old["note"],
        ratings=tuple((by_id[key], score) for key, score in old["ratings"].items() if key in by_id),
    )


def _rows(episode: Episode) -> Any:
    return CheckIn.objects.filter(user_id=episode.user_id, episode=episode).order_by("-at", "-created_at")

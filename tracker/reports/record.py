"""Reads what the visit sheet says of one patient: counts and dates, a bounded number of queries, no words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count, F, Max

from tracker import course
from tracker.course import Reading
from tracker.models import (
    Activity,
    ActivityRating,
    CheckIn,
    ClinicianCheck,
    Dose,
    EmergencyCheck,
    Episode,
    Hold,
    Medicine,
    Patient,
    StepLog,
    VisitQuestion,
)

PainKind = course.PainKind
LOOKS_BACK: Final = timedelta(days=365)
ROUNDS_READ: Final = 400


@dataclass(frozen=True)
class RatedActivity:
    """One own activity: first and latest rating (0-10, higher is better), None where it was never rated."""

    name: str
    first: int | None
    latest: int | None
    is_retired: bool


@dataclass(frozen=True)
class StepCount:
    """How often one kind of step was done in the episode, and when last."""

    kind: str
    count: int
    last_at: datetime


@dataclass(frozen=True)
class MedicineCount:
    """One medicine as its owner typed it, and how often a dose was logged in the episode."""

    name: str
    ingredient: str
    gap_minutes: int | None
    most_in_24_hours: int | None
    count: int
    last_at: datetime | None


@dataclass(frozen=True)
class Round:
    """One round of the emergency questions that was answered, or found a sign."""

    at: datetime
    answers: Mapping[str, str]
    rest_is_no: bool
    lifted_at: datetime | None = None
    lifted_because: str = ""
    is_still_held: bool = False

    @property
    def found(self) -> tuple[tuple[str, str], ...]:
        """Code and answer of what was answered yes or not sure."""
        signs = ((code, answer) for code, answer in self.answers.items() if answer in {"yes", "not_sure"})
        return tuple(sorted(signs, key=lambda sign: (len(sign[0]), sign[0])))


@dataclass(frozen=True, kw_only=True)
class Record:
    """Everything the sheet is made of. ``episode`` is the open one, or else the latest; None before the first."""

    patient: Patient
    now: datetime
    edition: int
    episode: Episode | None
    activities: tuple[RatedActivity, ...]
    readings: tuple[Reading, ...]
    overall_change: tuple[int, datetime] | None
    steps: tuple[StepCount, ...]
    thermal_and_walks: tuple[tuple[datetime, str], ...]
    medicines: tuple[MedicineCount, ...]
    history: tuple[course.PastEpisode, ...]
    median_gap: course.Span | None
    rounds: tuple[Round, ...]
    signs: tuple[ClinicianCheck, ...]
    questions: tuple[str, ...]


def read(*, patient: Patient, edition: int, now: datetime) -> Record:
    """Return the record at ``now`` (aware UTC); ``edition`` is the number of the live one."""
    user = patient.user
    episodes = _episode_facts(patient)
    episode = Episode.objects.of(user).order_by(F("ended_at").desc(nulls_first=True), "-began_at").first()
    check_ins = list(_check_ins(episode)) if episode else []
    return Record(
        patient=patient,
        now=now,
        edition=edition,
        episode=episode,
        activities=_activities(episode) if episode else (),
        readings=_readings(check_ins, episode) if episode else (),
        overall_change=_overall_change(check_ins),
        steps=_steps(episode) if episode else (),
        thermal_and_walks=_marks(episode) if episode else (),
        medicines=_medicines(patient, episode),
        history=course.history(episodes),
        median_gap=course.median_gap(episodes),
        rounds=_rounds(patient, now),
        signs=tuple(ClinicianCheck.objects.of(user).filter(episode=episode).order_by("-answered_at")[:20])
        if episode
        else (),
        questions=tuple(question.text for question in VisitQuestion.objects.of(user) if question.text),
    )


def _episode_facts(patient: Patient) -> list[course.EpisodeFacts]:
    # Only plain columns: opening every sealed note of ten years would cost more than the rest together.
    rows = Episode.objects.of(patient.user).values("id", "began_at", "ended_at", "triggers", "days_lost")
    rows = rows.annotate(peak_pain=Max("check_ins__pain"))
    return [course.EpisodeFacts(**{**row, "triggers": frozenset(row["triggers"])}) for row in rows]


def _check_ins(episode: Episode) -> Iterable[dict[str, Any]]:
    rows = CheckIn.objects.filter(user=episode.user_id, episode=episode).order_by("at")
    found: Iterable[dict[str, Any]] = rows.values("id", "at", "pain", "pain_span", "overall_change")
    return found


def _readings(check_ins: Iterable[dict[str, Any]], episode: Episode) -> tuple[Reading, ...]:
    rated: dict[Any, dict[str, int]] = {}
    ratings = ActivityRating.objects.filter(user=episode.user_id, check_in__episode=episode)
    for check_in, activity, score in ratings.values_list("check_in_id", "activity_id", "score"):
        rated.setdefault(check_in, {})[str(activity)] = score
    return tuple(
        Reading(
            at=row["at"],
            pain=row["pain"],
            pain_kind=PainKind.NOW if row["pain_span"] == "now" else PainKind.AVERAGE,
            function=sum(scores.values()) / len(scores) if (scores := rated.get(row["id"], {})) else None,
            activities=frozenset(scores),
        )
        for row in check_ins
    )


def _overall_change(check_ins: Iterable[dict[str, Any]]) -> tuple[int, datetime] | None:
    answers = [(row["overall_change"], row["at"]) for row in check_ins if row["overall_change"] is not None]
    return answers[-1] if answers else None


def _activities(episode: Episode) -> tuple[RatedActivity, ...]:
    scores: dict[Any, list[int]] = {}
    ratings = ActivityRating.objects.filter(user=episode.user_id, activity__episode=episode).order_by("check_in__at")
    for activity, score in ratings.values_list("activity_id", "score"):
        scores.setdefault(activity, []).append(score)
    rows = Activity.objects.filter(user=episode.user_id, episode=episode).order_by("position", "-named_at")
    found = [
        RatedActivity(
            name=row.name,
            first=scores[row.pk][0] if row.pk in scores else None,
            latest=scores[row.pk][-1] if row.pk in scores else None,
            is_retired=row.retired_at is not None,
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda activity: activity.is_retired))


def _steps(episode: Episode) -> tuple[StepCount, ...]:
    rows = StepLog.objects.filter(user=episode.user_id, episode=episode).values("kind")
    counted = rows.annotate(count=Count("pk"), last_at=Max("started_at")).order_by("-count", "kind")
    return tuple(StepCount(**row) for row in counted)


def _marks(episode: Episode) -> tuple[tuple[datetime, str], ...]:
    kinds = ["ice", "heat", "gentle_movement", "aerobic"]
    rows = StepLog.objects.filter(user=episode.user_id, episode=episode, kind__in=kinds)
    return tuple(rows.order_by("-started_at").values_list("started_at", "kind")[:300])


def _medicines(patient: Patient, episode: Episode | None) -> tuple[MedicineCount, ...]:
    doses = Dose.objects.of(patient.user)
    if episode is not None:
        doses = doses.filter(taken_at__gte=episode.began_at)
        doses = doses.filter(taken_at__lte=episode.ended_at) if episode.ended_at else doses
    counted = {
        row["medicine_id"]: row for row in doses.values("medicine_id").annotate(count=Count("pk"), last=Max("taken_at"))
    }
    medicines = Medicine.objects.of(patient.user)
    # What was taken most often comes first; what was put away and not taken is left out.
    wanted = [row for row in medicines if row.pk in counted or row.put_away_at is None]
    wanted.sort(key=lambda row: -counted.get(row.pk, {"count": 0})["count"])
    return tuple(_medicine(row, counted.get(row.pk)) for row in wanted)


def _medicine(row: Medicine, doses: Mapping[str, Any] | None) -> MedicineCount:
    return MedicineCount(
        name=row.name,
        ingredient=row.ingredient,
        gap_minutes=row.gap_minutes,
        most_in_24_hours=row.most_in_24_hours,
        count=doses["count"] if doses else 0,
        last_at=doses["last"] if doses else None,
    )


def _rounds(patient: Patient, now: datetime) -> tuple[Round, ...]:
    checks = EmergencyCheck.objects.of(patient.user).filter(asked_at__gt=now - LOOKS_BACK).order_by("-asked_at")
    holds = {hold.check_made_id: hold for hold in Hold.objects.of(patient.user).filter(set_at__gt=now - LOOKS_BACK)}
    rounds = (_round(check, holds.get(check.pk)) for check in checks[:ROUNDS_READ])
    return tuple(one for one, is_answered in rounds if is_answered or one.found)


def _round(check: EmergencyCheck, hold: Hold | None) -> tuple[Round, bool]:
    one = Round(
        at=check.answered_at or check.asked_at,
        answers=check.answers,
        rest_is_no=check.rest_is_no,
        lifted_at=hold.lifted_at if hold else None,
        lifted_because=hold.lifted_because if hold else "",
        is_still_held=hold is not None and hold.lifted_at is None,
    )
    return one, check.answered_at is not None

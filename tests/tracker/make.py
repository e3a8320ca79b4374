"""Makes valid rows of a patient; a test states only what matters to it."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from backspasm.models import User
from tracker.models import (
    Activity,
    ActivityRating,
    AgeBand,
    AntiInflammatory,
    CheckIn,
    Consent,
    Dose,
    Episode,
    Medicine,
    PainSpan,
    Patient,
    StepLog,
)

# Later than the first edition, which the test run itself publishes.
NOW: Final = datetime(2030, 11, 20, 12, 0, tzinfo=UTC)  # a Wednesday, 13:00 in Paris
PASSWORD: Final = "seven quiet otters nap"
START_CODES: Final = tuple(f"E{number}" for number in range(1, 11))
NO_TO_ALL: Final = dict.fromkeys(START_CODES, "no")


def make_patient(email: str = "alice@example.org", **answers: Any) -> Patient:
    user = User.objects.create_user(email)
    consent = Consent.objects.create(user=user, version="1", given_at=NOW - timedelta(days=800))
    fields: dict[str, Any] = {
        "time_zone": "Europe/Paris",
        "age_band": AgeBand.FROM_18,
        "is_pregnant": False,
        "has_reduced_feeling": False,
        "avoids_exercise": False,
        "avoids_anti_inflammatories": False,
        "has_weak_bones": False,
        "set_up_at": NOW - timedelta(days=800),
        **answers,
    }
    return Patient.objects.create(user=user, consent=consent, **fields)


def make_episode(patient: Patient, began_at: datetime = NOW - timedelta(hours=31), **fields: Any) -> Episode:
    return Episode.objects.create(
        user=patient.user, began_at=began_at, created_at=fields.pop("created_at", began_at), **fields
    )


def make_activity(episode: Episode, name: str = "Putting on socks", position: int = 1) -> Activity:
    return Activity.objects.create(
        user=episode.user, episode=episode, position=position, name=name, named_at=episode.began_at
    )


def make_check_in(episode: Episode, at: datetime, pain: int | None = 5, **fields: Any) -> CheckIn:
    ratings: dict[Activity, int] = fields.pop("ratings", {})
    values = {"created_at": at, "pain_span": PainSpan.AVERAGE_24H, "is_complete": True, **fields}
    check_in = CheckIn.objects.create(user=episode.user, episode=episode, at=at, pain=pain, **values)
    for activity, score in ratings.items():
        ActivityRating.objects.create(user=episode.user, check_in=check_in, activity=activity, score=score)
    return check_in


def make_step_log(patient: Patient, step_key: str, started_at: datetime, **fields: Any) -> StepLog:
    values = {"kind": "ice", "edition": 1, "duration_minutes": 20, "created_at": started_at, **fields}
    return StepLog.objects.create(user=patient.user, step_key=step_key, started_at=started_at, **values)


def make_medicine(patient: Patient, name: str = "Blue tablets", **fields: Any) -> Medicine:
    values = {
        "ingredient": "",
        "gap_minutes": 240,
        "most_in_24_hours": 3,
        "is_anti_inflammatory": AntiInflammatory.NO,
        "created_at": NOW - timedelta(days=30),
        **fields,
    }
    return Medicine.objects.create(user=patient.user, name=name, **values)


def make_dose(medicine: Medicine, taken_at: datetime, **fields: Any) -> Dose:
    return Dose.objects.create(
        user=medicine.user, medicine=medicine, taken_at=taken_at, created_at=taken_at, form_id=uuid.uuid4(), **fields
    )

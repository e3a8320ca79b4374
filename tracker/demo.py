"""A patient who never was: two years, eleven episodes, the last one open at hour 31. For `manage.py demo`."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from backspasm.models import User
from tracker.consent_words import CONSENT_VERSION
from tracker.models import (
    Activity,
    ActivityRating,
    AgeBand,
    AntiInflammatory,
    CheckIn,
    ClinicianCheck,
    Consent,
    Dose,
    EmergencyCheck,
    Episode,
    Medicine,
    OverallChange,
    PainSpan,
    Patient,
    Place,
    PreventionPlan,
    StepLog,
    Trigger,
    VisitQuestion,
    WeeklyCheckIn,
)

OPEN_HOURS: Final = 31
START_CODES: Final = tuple(f"E{number}" for number in range(1, 11))
CLINICIAN_CODES: Final = tuple(f"C{number}" for number in range(1, 17))
# Days after the beginning on which the app asks: daily at first, then every third day, then weekly.
CHECK_IN_DAYS: Final = (1, 2, 3, 6, 9, 12, 19, 26, 33, 40)


@dataclass(frozen=True)
class Bout:
    """One episode of the story: days before now, length in days, pain at its start, what set it off, days lost."""

    days_ago: float
    length_days: float
    pain: int
    triggers: tuple[Trigger, ...]
    places: tuple[Place, ...]
    days_lost: int


BOUTS: Final = (
    Bout(725, 19, 8, (Trigger.LIFTING, Trigger.TWISTING), (Place.LOW_BACK_LEFT,), 3),
    Bout(655, 11, 6, (Trigger.LONG_DRIVE,), (Place.LOW_BACK_LEFT, Place.BUTTOCK_LEFT), 1),
    Bout(598, 8, 5, (Trigger.LONG_DRIVE, Trigger.TIRED), (Place.LOW_BACK_CENTRE,), 0),
    Bout(530, 23, 8, (Trigger.BENDING,), (Place.LOW_BACK_LEFT,), 4),
    Bout(461, 9, 6, (Trigger.LONG_DRIVE,), (Place.LOW_BACK_RIGHT,), 1),
    Bout(402, 14, 7, (Trigger.LIFTING, Trigger.STRESS), (Place.LOW_BACK_LEFT, Place.THIGH_LEFT), 2),
    Bout(330, 6, 5, (Trigger.LONG_SITTING, Trigger.LONG_DRIVE), (Place.LOW_BACK_CENTRE,), 0),
    Bout(262, 12, 7, (Trigger.TIRED,), (Place.LOW_BACK_LEFT,), 2),
    Bout(181, 7, 4, (Trigger.LONG_DRIVE,), (Place.LOW_BACK_LEFT,), 0),
    Bout(97, 10, 6, (Trigger.WOKE_WITH_IT,), (Place.LOW_BACK_RIGHT,), 1),
)
NOW_OPEN: Final = Bout(
    OPEN_HOURS / 24, 0, 8, (Trigger.LIFTING, Trigger.TIRED), (Place.LOW_BACK_LEFT, Place.BUTTOCK_LEFT), 0
)


@transaction.atomic
def make_patient(*, user: User, edition: int, protocol_number: int, time_zone: str, now: datetime) -> Patient:
    """Fill an empty account with two years that end at ``now`` (aware UTC). The same story each time."""
    chance = random.Random(11)  # noqa: S311 - nothing secret is made of it
    began = now - timedelta(days=730)
    consent = Consent.objects.create(user=user, version=CONSENT_VERSION, given_at=began)
    patient = Patient.objects.create(
        user=user,
        consent=consent,
        time_zone=time_zone,
        age_band=AgeBand.FROM_18,
        is_pregnant=False,
        has_reduced_feeling=False,
        avoids_exercise=False,
        avoids_anti_inflammatories=False,
        has_weak_bones=False,
        set_up_at=began,
        protocol_number=protocol_number,
    )
    medicine = Medicine.objects.create(
        user=user,
        name=_("Tablets from the pharmacist"),
        ingredient=_("as printed on the packet"),
        gap_minutes=360,
        most_in_24_hours=3,
        is_anti_inflammatory=AntiInflammatory.YES,
        created_at=began,
    )
    for bout in (*BOUTS, NOW_OPEN):
        _live_through(bout, patient, medicine, edition=edition, chance=chance, now=now)
    _calm_weeks(patient, edition=edition, chance=chance, now=now)
    for position, text in enumerate(
        (_("Should I see a physio?"), _("Which exercises suit me best?"), _("Can I drive to work?")), start=1
    ):
        VisitQuestion.objects.create(user=user, position=position, text=text, written_at=now)
    return patient


def _live_through(
    bout: Bout, patient: Patient, medicine: Medicine, *, edition: int, chance: random.Random, now: datetime
) -> None:
    began = now - timedelta(days=bout.days_ago)
    ended = began + timedelta(days=bout.length_days) if bout.length_days else None
    episode = Episode.objects.create(
        user=patient.user,
        began_at=began,
        ended_at=ended,
        recovered_at=ended,
        created_at=began,
        places=list(bout.places),
        triggers=list(bout.triggers),
        days_lost=bout.days_lost if ended else None,
    )
    _answer_signs(episode, edition=edition)
    until = ended or now
    _check_ins(bout, episode, until=until)
    _steps(episode, zone=patient.zone, edition=edition, until=until, chance=chance)
    Dose.objects.bulk_create(
        Dose(user=episode.user, medicine=medicine, episode=episode, taken_at=at, created_at=at)
        for at in _moments(began + timedelta(hours=2), timedelta(hours=9), min(until, began + timedelta(days=3)))
        if _is_awake(at, patient.zone)
    )


def _answer_signs(episode: Episode, *, edition: int) -> None:
    EmergencyCheck.objects.create(
        user=episode.user,
        episode=episode,
        because="start",
        codes=list(START_CODES),
        answers=dict.fromkeys(START_CODES, "no"),
        rest_is_no=True,
        edition=edition,
        asked_at=episode.began_at,
        answered_at=episode.began_at,
    )
    ClinicianCheck.objects.create(
        user=episode.user,
        episode=episode,
        answers=dict.fromkeys(CLINICIAN_CODES, "no"),
        edition=edition,
        answered_at=episode.began_at,
    )


def _check_ins(bout: Bout, episode: Episode, *, until: datetime) -> None:
    activities = [
        Activity.objects.create(
            user=episode.user, episode=episode, position=position, name=name, named_at=episode.began_at
        )
        for position, name in enumerate((_("Putting on socks"), _("Lifting my child")), start=1)
    ]
    days = [day for day in CHECK_IN_DAYS if episode.began_at + timedelta(days=day) <= until]
    length = max(bout.length_days, 9)
    for day in (0, *days):
        better = min(day / length, 1.0)
        at = episode.began_at + timedelta(days=day, minutes=15)
        check_in = CheckIn.objects.create(
            user=episode.user,
            episode=episode,
            at=at,
            created_at=at,
            pain=round(bout.pain * (1 - better)),
            pain_span=PainSpan.AVERAGE_24H if day else PainSpan.NOW,
            overall_change=_change(better) if day >= 6 else None,  # noqa: PLR2004 - asked weekly, from week 1
            is_complete=True,
        )
        ActivityRating.objects.bulk_create(
            ActivityRating(
                user=episode.user,
                check_in=check_in,
                activity=activity,
                score=round(2 + position + (7 - position) * better),
            )
            for position, activity in enumerate(activities)
        )


def _change(better: float) -> OverallChange:
    return (
        OverallChange.MINIMALLY_IMPROVED,
        OverallChange.MUCH_IMPROVED,
        OverallChange.VERY_MUCH_IMPROVED,
    )[min(int(better * 3), 2)]


def _steps(episode: Episode, *, zone: ZoneInfo, edition: int, until: datetime, chance: random.Random) -> None:
    waking = (
        ("ice_on_back", "ice", 20, 1, 4, 72),
        ("gentle_walk", "gentle_movement", 10, 3, 6, 72),
        ("moist_heat", "heat", 20, 73, 11, 240),
        ("first_stretches", "stretch", 10, 75, 23, 240),
    )  # key, kind, minutes, and in hours: the first after the onset, the pace, the end
    StepLog.objects.bulk_create(
        StepLog(
            user=episode.user,
            episode=episode,
            step_key=key,
            kind=kind,
            edition=edition,
            started_at=at,
            created_at=at,
            duration_minutes=minutes,
        )
        for key, kind, minutes, first, pace, last in waking
        for at in _moments(
            episode.began_at + timedelta(hours=first),
            timedelta(hours=pace),
            min(until, episode.began_at + timedelta(hours=last)),
        )
        if _is_awake(at, zone) and chance.random() > 0.2  # noqa: PLR2004 - one in five is missed, as in life
    )


def _is_awake(at: datetime, zone: ZoneInfo) -> bool:
    return 7 <= at.astimezone(zone).hour < 22  # noqa: PLR2004 - the hours in which the plan suggests steps


def _moments(first: datetime, every: timedelta, until: datetime) -> Iterator[datetime]:
    while first < until:
        yield first
        first += every


def _calm_weeks(patient: Patient, *, edition: int, chance: random.Random, now: datetime) -> None:
    """Weekly check-ins outside the episodes, with what the day before held, and one exercise plan."""
    busy = [(bout.days_ago, bout.days_ago - bout.length_days - 7) for bout in BOUTS]
    days_ago = [day for day in range(700, 2, -7) if not any(begin >= day >= end for begin, end in busy)]
    common = (
        *(Trigger.LONG_SITTING, Trigger.LONG_DRIVE, Trigger.LIFTING),
        *(Trigger.SPORT, Trigger.TIRED, Trigger.STRESS),
    )
    WeeklyCheckIn.objects.bulk_create(
        WeeklyCheckIn(
            user=patient.user,
            at=now - timedelta(days=day),
            kept=chance.choice(WeeklyCheckIn.Kept.values),
            walking_minutes=chance.choice((15, 20, 25, 30)),
            yesterday=[trigger for trigger in common if chance.random() < 0.25],  # noqa: PLR2004 - one day in four
        )
        for day in days_ago
    )
    PreventionPlan.objects.create(
        user=patient.user,
        level=2,
        exercises=["bridge", "pelvic-tilt"],
        walking_minutes=20,
        edition=edition,
        started_at=now - timedelta(days=380),
    )

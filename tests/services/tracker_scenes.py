"""What the races of the tracker begin with: a new patient for each of them, and what both phones would send."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from education import publishing
from education.structure import CareStep, Exercise
from tests.tracker import make
from tests.tracker.make import NOW
from tracker import check_ins, emergencies, episodes, medicines, prevention, step_logs
from tracker.models import AskedBecause, CheckIn, EmergencyCheck, Episode, Medicine, Patient
from tracker.reports import visit_links

ICE: Final = "ice_on_back"
WALK: Final = "gentle_walk"
CODES: Final = ["X1", "X2", "X10"]
LABEL: Final = medicines.LabelWords("Blue tablets", "", 240, 3, "no")
LATER: Final = NOW + timedelta(minutes=1)

Send = Callable[[uuid.UUID], Any]


def new_patient() -> Patient:
    """Somebody whom no other race knows."""
    return make.make_patient(f"{uuid.uuid4().hex}@example.org")


def step(key: str) -> CareStep:
    """A step of the live care plan."""
    return next(one for one in publishing.live(NOW).protocol.steps if one.key == key)


def exercises() -> list[Exercise]:
    """Published exercises that fit every patient and the first level."""
    known = {item.content.code: item.content for item in publishing.live(NOW).exercises.values()}
    return [known[code] for code in CODES]


def ready_to_start(patient: Patient, now: datetime = NOW) -> None:
    """Every emergency question was answered no a minute ago."""
    answered_at = now - timedelta(minutes=1)
    EmergencyCheck.objects.create(
        user=patient.user,
        because=AskedBecause.START,
        codes=list(make.START_CODES),
        answers=make.NO_TO_ALL,
        edition=1,
        asked_at=answered_at,
        answered_at=answered_at,
    )


def ice_of_today(patient: Patient, episode: Episode, times: int) -> None:
    """So many ice sessions on the day of NOW."""
    for number in range(times):
        make.make_step_log(patient, ICE, NOW - timedelta(hours=5, minutes=30 * number), episode=episode)


def start(patient: Patient) -> Send:
    """The last tap of a new episode."""
    return lambda form_id: episodes.start(patient=patient, form_id=form_id, now=NOW)


def start_when_ready(patient: Patient) -> Send:
    """The same, with the emergency questions answered."""
    ready_to_start(patient)
    return start(patient)


def done(patient: Patient, episode: Episode, key: str = ICE) -> Send:
    """'I've just done it'."""
    return lambda form_id: step_logs.log(
        patient=patient, episode=episode, step=step(key), edition=1, form_id=form_id, now=NOW
    )


def timer(patient: Patient, episode: Episode, key: str = WALK) -> Send:
    """'Start'."""
    return lambda form_id: step_logs.start_timer(
        patient=patient, episode=episode, step=step(key), edition=1, form_id=form_id, now=NOW
    )


def check_in(
    patient: Patient,
    episode: Episode,
    *,
    pain: int = 4,
    note: str = "",
    stored: CheckIn | None = None,
    page_version: str | None = None,
    now: datetime = NOW,
) -> Send:
    """A check-in, new or changed."""
    return lambda form_id: check_ins.record(
        patient=patient,
        episode=episode,
        ratings=dict.fromkeys(episode.activities.all(), pain),
        pain=pain,
        overall_change=None,
        note=note,
        at=None,
        is_complete=True,
        form_id=form_id,
        now=now,
        check_in=stored,
        page_version=page_version,
    )


def describe(patient: Patient, episode: Episode) -> Send:
    """Everything there is to say of an episode."""
    said = episodes.Description(
        note="Since the garden.", activities=[episodes.OwnActivity(name="Putting on socks", score=3)], pain=6
    )
    return lambda form_id: episodes.describe(
        patient=patient, episode=Episode.objects.get(pk=episode.pk), description=said, form_id=form_id, now=NOW
    )


def medicine(patient: Patient) -> Send:
    """A new medicine."""
    return lambda form_id: medicines.add(patient=patient, label=LABEL, form_id=form_id, now=NOW)


def dose(patient: Patient, taken: Medicine, *, is_confirmed: bool = False) -> Send:
    """One dose, now."""
    return lambda form_id: medicines.take(
        patient=patient, medicine=taken, taken_at=NOW, form_id=form_id, now=NOW, is_confirmed=is_confirmed
    )


def plan(patient: Patient) -> Send:
    """The exercises to keep up."""
    return lambda form_id: prevention.choose(
        patient=patient,
        level=1,
        exercises=exercises(),
        walking_minutes=10,
        edition=1,
        form_id=form_id,
        now=NOW,
    )


def week(patient: Patient) -> Send:
    """The weekly questions."""
    return lambda form_id: prevention.record_week(
        patient=patient, kept="yes", walking_minutes=15, yesterday=[], note="", form_id=form_id, now=NOW
    )


def answers(patient: Patient, said: dict[str, Any], *, rest_is_no: bool = False) -> Send:
    """Answers to the emergency questions."""
    return lambda form_id: emergencies.answer(
        user=patient.user,
        episode=None,
        because=AskedBecause.START,
        answers=said,
        rest_is_no=rest_is_no,
        form_id=form_id,
        edition=1,
        now=NOW,
    )


def signs(patient: Patient, episode: Episode) -> Send:
    """Answers to the signs to see somebody about."""
    return lambda form_id: emergencies.answer_signs(
        user=patient.user,
        episode=episode,
        answers={"C1": "no"},
        codes=["C1"],
        form_id=form_id,
        edition=1,
        now=NOW,
    )


def link(patient: Patient) -> Send:
    """A link to the visit sheet."""
    return lambda form_id: visit_links.make(patient=patient, hours=24, form_id=form_id, now=NOW)

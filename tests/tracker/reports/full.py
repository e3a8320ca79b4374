"""A diary with at least one row in every table, planted with a marker in every text."""

import json
import uuid
from datetime import date, time, timedelta
from typing import Final

from tests.tracker import make
from tracker import medicines
from tracker.models import (
    AskedBecause,
    CheckInRevision,
    ClinicianCheck,
    Delivery,
    DeliveryStatus,
    EmergencyCheck,
    Episode,
    Hold,
    Lifted,
    MedicineRevision,
    PainSpan,
    Patient,
    PreventionPlan,
    Recurrence,
    Reminder,
    ReminderKind,
    ReminderSettings,
    VisitLink,
    VisitOpening,
    VisitQuestion,
    WeeklyCheckIn,
)

MARKER: Final = "marrow-lantern"
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)


def fill(patient: Patient, marker: str = MARKER) -> Episode:
    """Give ``patient`` two episodes, the second open, and everything that goes with them; return the open one."""
    began = make.NOW - 31 * HOUR
    make.make_episode(patient, make.NOW - 90 * DAY, ended_at=make.NOW - 80 * DAY, days_lost=3, triggers=["lifting"])
    episode = make.make_episode(
        patient,
        began,
        places=["low_back_left", "buttock_left"],
        triggers=["lifting", "stress"],
        trigger_words=f"a crate {marker}",
        note=f"=SUM(A1) {marker}",
        form_id=uuid.uuid4(),
    )
    _check_ins(patient, episode, marker)
    _safety(patient, episode)
    medicine = make.make_medicine(patient, f"Blue tablets {marker}", ingredient=f"something {marker}")
    old_label = {**vars(medicines.label_of(medicine)), "name": marker}
    MedicineRevision.objects.create(
        user=patient.user, medicine=medicine, changed_at=make.NOW - HOUR, old_values=json.dumps(old_label)
    )
    make.make_dose(medicine, make.NOW - 20 * HOUR, episode=episode)
    make.make_dose(medicine, make.NOW - 10 * HOUR, episode=episode)
    _calm_weeks(patient, marker)
    _visit(patient, marker)
    _reminders(patient, episode, marker)
    return episode


def _check_ins(patient: Patient, episode: Episode, marker: str) -> None:
    socks = make.make_activity(episode, f"Putting on socks {marker}")
    stairs = make.make_activity(episode, "Climbing stairs", position=2)
    make.make_check_in(
        episode, make.NOW - 30 * HOUR, 8, pain_span=PainSpan.NOW, ratings={socks: 2, stairs: 3}, is_complete=False
    )
    last = make.make_check_in(
        episode, make.NOW - 2 * HOUR, 4, ratings={socks: 5, stairs: 7}, overall_change=2, note=f"better {marker}"
    )
    old = {"at": "2030-11-20T10:00:00.000007+00:00", "pain": 5, "pain_span": "average_24h", "overall_change": None}
    old |= {"note": marker, "is_complete": False, "ratings": {str(socks.pk): 4}}
    CheckInRevision.objects.create(
        user=patient.user, check_in=last, changed_at=make.NOW - HOUR, old_values=json.dumps(old)
    )
    make.make_step_log(patient, "ice_on_back", make.NOW - 29 * HOUR, episode=episode, is_timed=True)
    make.make_step_log(
        patient, "gentle_walk", make.NOW - 5 * HOUR, episode=episode, kind="gentle_movement", duration_minutes=10
    )


def _safety(patient: Patient, episode: Episode) -> None:
    asked = make.NOW - 31 * HOUR
    EmergencyCheck.objects.create(
        user=patient.user,
        because=AskedBecause.START,
        codes=list(make.START_CODES),
        answers=make.NO_TO_ALL,
        rest_is_no=True,
        edition=1,
        asked_at=asked,
        answered_at=asked,
    )
    worse = EmergencyCheck.objects.create(
        user=patient.user,
        episode=episode,
        because=AskedBecause.WORSE,
        codes=list(make.START_CODES),
        answers={**make.NO_TO_ALL, "E3": "not_sure"},
        edition=1,
        asked_at=make.NOW - 8 * HOUR,
        answered_at=make.NOW - 8 * HOUR,
    )
    Hold.objects.create(
        user=patient.user,
        check_made=worse,
        codes=["E3"],
        set_at=make.NOW - 8 * HOUR,
        lifted_at=make.NOW - 6 * HOUR,
        lifted_because=Lifted.SEEN,
    )
    ClinicianCheck.objects.create(
        user=patient.user,
        episode=episode,
        answers={"C1": "no", "C6": "yes"},
        edition=1,
        answered_at=make.NOW - 7 * HOUR,
    )


def _calm_weeks(patient: Patient, marker: str) -> None:
    PreventionPlan.objects.create(
        user=patient.user, exercises=["bridge"], edition=1, started_at=make.NOW - 60 * DAY, walking_minutes=20
    )
    WeeklyCheckIn.objects.create(
        user=patient.user, at=make.NOW - 50 * DAY, kept="some", yesterday=["long_sitting"], note=f"calm {marker}"
    )


def _reminders(patient: Patient, episode: Episode, marker: str) -> None:
    """Two that are over, so that a file brought back says the same again."""
    ReminderSettings.objects.create(user=patient.user, quiet_to=time(6, 30), paused_until_at=make.NOW + DAY)
    common = {"user": patient.user, "edition": 1, "time_zone": "Europe/Paris", "is_active": False}
    moments = {"created_at": make.NOW - 30 * HOUR, "changed_at": make.NOW - HOUR, "ended_at": make.NOW - HOUR}
    ice = Reminder.objects.create(
        **{**common, **moments},
        kind=ReminderKind.ICE,
        step_key="ice_on_back",
        also_step_keys=["legs_raised"],
        episode=episode,
        recurrence=Recurrence.EVERY,
        every_minutes=120,
        counts_from_at=make.NOW - 30 * HOUR,
        channels=["app", "email"],
        until_at=make.NOW + 41 * HOUR,
    )
    Reminder.objects.create(
        **{**common, **moments},
        kind=ReminderKind.OWN,
        label=f"Ring {marker}",
        recurrence=Recurrence.AT_TIMES,
        times=["08:00", "18:30"],
        weekdays=[0, 2],
        from_on=date(2030, 11, 1),
        until_on=date(2031, 2, 1),
        channels=["webpush"],
    )
    due_at = make.NOW - 4 * HOUR
    values = {"user": patient.user, "reminder": ice, "kind": "ice", "due_at": due_at, "created_at": due_at}
    values |= {"useful_until": due_at + HOUR, "next_try_at": due_at, "batch": uuid.uuid4(), "tries": 1}
    Delivery.objects.create(
        **values, channel="email", status=DeliveryStatus.SENT, sent_at=due_at, handed_over_at=due_at
    )
    Delivery.objects.create(**values, channel="app", status=DeliveryStatus.SKIPPED, reason="already_done")


def _visit(patient: Patient, marker: str) -> None:
    VisitQuestion.objects.create(
        user=patient.user, position=1, text=f"May I lift again? {marker}", written_at=make.NOW - HOUR
    )
    link = VisitLink.objects.create(
        user=patient.user,
        token_hash=uuid.uuid4().hex * 2,
        created_at=make.NOW - 3 * HOUR,
        expires_at=make.NOW + 21 * HOUR,
    )
    VisitOpening.objects.create(user=patient.user, link=link, opened_at=make.NOW - 2 * HOUR)

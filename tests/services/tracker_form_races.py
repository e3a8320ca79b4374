"""The same form sent many times at once, to every service that takes the id of a form."""

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from tests.services import tracker_scenes as scenes
from tests.services.tracker_meetings import PHONES, Found, codes, each_meeting
from tests.services.tracker_phones import at_once
from tests.services.tracker_scenes import Send
from tests.tracker import make
from tracker.models import (
    CheckIn,
    ClinicianCheck,
    Dose,
    EmergencyCheck,
    Episode,
    Medicine,
    Patient,
    PatientRow,
    PreventionPlan,
    StepLog,
    VisitLink,
    WeeklyCheckIn,
)


def _episode_of(patient: Patient) -> Episode:
    episode = make.make_episode(patient)
    make.make_activity(episode)
    return episode


FORMS: Final[dict[str, tuple[type[PatientRow], Callable[[Patient], Send]]]] = {
    "start": (Episode, scenes.start_when_ready),
    "check_in": (CheckIn, lambda patient: scenes.check_in(patient, _episode_of(patient))),
    "describe": (CheckIn, lambda patient: scenes.describe(patient, make.make_episode(patient))),
    "done": (StepLog, lambda patient: scenes.done(patient, make.make_episode(patient))),
    "timer": (StepLog, lambda patient: scenes.timer(patient, make.make_episode(patient))),
    "dose": (Dose, lambda patient: scenes.dose(patient, make.make_medicine(patient))),
    "medicine": (Medicine, scenes.medicine),
    "plan": (PreventionPlan, scenes.plan),
    "week": (WeeklyCheckIn, scenes.week),
    "emergency": (EmergencyCheck, lambda patient: scenes.answers(patient, {"E1": "yes"})),
    "signs": (ClinicianCheck, lambda patient: scenes.signs(patient, make.make_episode(patient))),
    "link": (VisitLink, scenes.link),
}


def _eight_at_once(name: str) -> Found:
    model, form = FORMS[name]
    patient = scenes.new_patient()
    task = partial(form(patient), uuid.uuid4())
    before = model.objects.of(patient.user).count()
    outcomes = at_once(*[task] * PHONES)
    made = model.objects.of(patient.user).count() - before
    return [{"made": made, "outcomes": sorted(set(codes(outcomes)))}]


def _twice_between_statements(name: str) -> Found:
    model, form = FORMS[name]

    def scene() -> Any:
        patient = scenes.new_patient()
        task = partial(form(patient), uuid.uuid4())
        rows = model.objects.of(patient.user)
        before = rows.count()
        return task, task, lambda met: {"made": rows.all().count() - before, "outcomes": sorted(set(met.outcomes))}

    return each_meeting(scene)


RACES: Final[dict[str, Callable[[], Found]]] = {
    **{f"eight_times_{name}": partial(_eight_at_once, name) for name in FORMS},
    **{f"twice_{name}": partial(_twice_between_statements, name) for name in FORMS},
}

"""Races of a form against the end of an account or of a consent; each returns one dict for each meeting."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from django.apps import apps
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from backspasm import session_policy
from backspasm.form_ids import FIELD_NAME, new_form_id
from backspasm.models import User
from tests.services import tracker_scenes as scenes
from tests.services.tracker_meetings import Found
from tests.services.tracker_phones import Outcome, Task, meetings
from tests.tracker import make
from tracker import patients
from tracker.models import Patient

Posted = tuple[str, dict[str, str]]

# What comes before the first of these is the session, and no business of the tracker.
COUNTED: Final = ("tracker_", "backspasm_user")
# A deletion asks every table; these are enough places to come in between.
OF_A_DELETION: Final = ("tracker_patient", "tracker_medicine", "tracker_visitlink", "backspasm_user")


def _check_in(patient: Patient, now: datetime) -> Posted:
    episode = make.make_episode(patient, now - timedelta(hours=5))
    return reverse("tracker:check_in", args=[episode.pk]), {"pain": "4", "note": "Better."}


def _emergency(patient: Patient, now: datetime) -> Posted:
    return reverse("tracker:emergency_answer"), {"E1": "yes"}


def _start(patient: Patient, now: datetime) -> Posted:
    scenes.ready_to_start(patient, now)
    return reverse("tracker:start"), {}


def _medicine(patient: Patient, now: datetime) -> Posted:
    return reverse("tracker:medicine_add"), {"name": "Blue tablets", "is_anti_inflammatory": "no"}


FORMS: Final[dict[str, Callable[[Patient, datetime], Posted]]] = {
    "check_in": _check_in,
    "emergency": _emergency,
    "start": _start,
    "medicine": _medicine,
}


def _sent(form: str, patient: Patient) -> Task:
    """The form on its way: a signed-in browser posts it and returns the status."""
    address, fields = FORMS[form](patient, timezone.now())
    client = Client(headers={"host": settings.SITE_URL.netloc}, raise_request_exception=False)
    client.force_login(patient.user)
    session = client.session
    session_policy.begin(session, patient.user, now=timezone.now())
    session.save()
    form_id = new_form_id(patient.user)
    return lambda: client.post(address, {**fields, FIELD_NAME: form_id}).status_code


def _deletes(patient: Patient) -> Task:
    user = User.objects.get(pk=patient.user_id)
    return partial(patients.delete_account, user=user, now=timezone.now())


def rows_of(user_id: uuid.UUID) -> int:
    """How many rows of the tracker name this person."""
    models = [one for one in apps.get_app_config("tracker").get_models() if hasattr(one, "user")]
    return sum(model._default_manager.filter(user_id=user_id).count() for model in models)


def _deletion(tasks_of: Callable[[Patient], tuple[Task, Task]], only: tuple[str, ...]) -> Found:
    """One task comes between any two statements of the other, one of which deletes the account."""
    ids: list[uuid.UUID] = []

    def scene() -> tuple[Task, Task]:
        patient = scenes.new_patient()
        ids.append(patient.user_id)
        return tasks_of(patient)

    return [
        {
            "after": met.after,
            "came_to": [_said(outcome) for outcome in (met.first, met.second)],
            "left": rows_of(ids[-1]) + User.objects.filter(pk=ids[-1]).count(),
        }
        for met in meetings(scene, only=only)
    ]


def _said(outcome: Outcome) -> int | str:
    """A status, 'deleted', or the name of what was raised."""
    return str(outcome) if outcome.error is not None else outcome.value or "deleted"


def _deleted(form: str) -> Found:
    return _deletion(lambda patient: (_sent(form, patient), _deletes(patient)), COUNTED)


def _saved_meanwhile(form: str) -> Found:
    return _deletion(lambda patient: (_deletes(patient), _sent(form, patient)), OF_A_DELETION)


def deleted_twice() -> Found:
    """Two phones delete the account."""
    return _deletion(lambda patient: (_deletes(patient), _deletes(patient)), OF_A_DELETION)


def _withdrawn(form: str) -> Found:
    """The consent is withdrawn while a form is on its way; ``late``: rows stored after the withdrawal was done."""
    ids: list[uuid.UUID] = []

    def scene() -> tuple[Task, Task]:
        patient = scenes.new_patient()
        ids.append(patient.user_id)
        posts = _sent(form, patient)

        def withdraws() -> int:
            patients.withdraw_consent(user=patient.user, now=timezone.now())
            return rows_of(patient.user_id)

        return posts, withdraws

    return [
        {
            "after": met.after,
            "came_to": _said(met.first),
            "is_withdrawn": met.second.error is None,
            "late": rows_of(ids[-1]) - (met.second.value or 0),
        }
        for met in meetings(scene, only=COUNTED)
    ]


RACES: Final[dict[str, Callable[[], Found]]] = {
    **{f"deleted_{form}": partial(_deleted, form) for form in FORMS},
    "saved_meanwhile": partial(_saved_meanwhile, "medicine"),
    **{f"withdrawn_{form}": partial(_withdrawn, form) for form in FORMS},
    "deleted_twice": deleted_twice,
}

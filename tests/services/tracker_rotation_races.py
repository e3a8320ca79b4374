"""Races of the rotation of field keys against a patient who writes; each returns one dict for each meeting."""

import json
import uuid
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from django.conf import settings

from backspasm import environment, field_rotation
from backspasm.field_encryption import Sealed, is_current
from backspasm.models import User
from tests.services import tracker_scenes as scenes
from tests.services.tracker_meetings import Found
from tests.services.tracker_phones import Meeting, Task, meetings
from tests.services.tracker_scenes import LATER
from tests.tracker import make
from tracker.models import CheckIn, CheckInRevision

# The rotation goes through all tables; what it does between those of the note is of no interest here.
COUNTED: Final = ("tracker_checkin",)
OLD: Final = "words from before the rotation"
NEW: Final = "words from meanwhile"


def _rotation(*, rotation_comes_first: bool) -> Found:
    rows: list[CheckIn] = []

    def scene() -> tuple[Task, Task]:
        User.objects.all().delete()
        patient = scenes.new_patient()
        episode = make.make_episode(patient)
        stored = make.make_check_in(episode, episode.began_at, note=OLD)
        rows.append(stored)
        _add_a_key()
        writes = partial(scenes.check_in(patient, episode, note=NEW, stored=stored, now=LATER), uuid.uuid4())
        return (field_rotation.rotate, writes) if rotation_comes_first else (writes, field_rotation.rotate)

    return [_kept(rows[-1], met) for met in meetings(scene, only=COUNTED)]


def _add_a_key() -> None:
    new = environment.field_keys(environment.new_field_key()).keys
    settings.FIELD_KEYS = environment.FieldKeys((*new, *settings.FIELD_KEYS.keys[:1]))


def _kept(stored: CheckIn, met: Meeting) -> dict[str, Any]:
    row = CheckIn.objects.get(pk=stored.pk)
    is_sealed_anew = is_current(_sealed(row, "note"))
    revisions = list(CheckInRevision.objects.filter(check_in=row))
    return {
        "note": row.note,
        "before": [json.loads(revision.old_values)["note"] for revision in revisions],
        "is_sealed_anew": is_sealed_anew,
        "outcomes": ["ok" if outcome.error is None else str(outcome) for outcome in (met.first, met.second)],
    }


def _sealed(row: CheckIn, name: str) -> Sealed:
    value = row.__dict__[name]
    assert isinstance(value, Sealed)
    return value


RACES: Final[dict[str, Callable[[], Found]]] = {
    "note_while_rotating": partial(_rotation, rotation_comes_first=True),
    "rotation_while_writing": partial(_rotation, rotation_comes_first=False),
}

"""The lossless file: every table, every column, in constant memory."""

import json
import tracemalloc
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps

from tests.tracker import make
from tests.tracker.reports import full
from tracker.models import CheckIn, Delivery, Patient, PatientRow, StepLog, VisitLink
from tracker.reports import json_export
from tracker.reports.tables import SECRETS, TABLES


def exported(patient: Patient) -> dict[str, Any]:
    found: dict[str, Any] = json.loads("".join(json_export.chunks(user=patient.user, now=make.NOW)))
    return found


def patient_models() -> list[type[PatientRow]]:
    return [model for model in apps.get_app_config("tracker").get_models() if issubclass(model, PatientRow)]


def test_every_table_of_a_patient_is_in_the_file_with_every_row_and_column(patient: Patient) -> None:
    full.fill(patient)

    document = exported(patient)

    left_out: dict[Any, set[str]] = {VisitLink: {"token_hash"}, Delivery: {"lease", "leased_until", "dispatched_until"}}
    assert set(TABLES.values()) == set(patient_models()) - SECRETS
    for name, model in TABLES.items():
        rows: Any = model
        assert len(document[name]) == rows.objects.of(patient.user).count() > 0
        names = {field.name for field in model._meta.concrete_fields} - {"user"} - left_out.get(model, set())
        assert all(row.keys() == names for row in document[name])


def test_values_are_written_without_loss_and_texts_in_the_clear(patient: Patient) -> None:
    episode = make.make_episode(
        patient, note='Été 🦆 "quoted"\n\u202eback', began_at=make.NOW - timedelta(microseconds=1)
    )

    row = exported(patient)["episodes"][0]

    assert row["id"] == str(episode.pk)
    assert row["note"] == 'Été 🦆 "quoted"\n\u202eback'
    assert row["began_at"] == f"{make.NOW:%Y-%m-%d}T11:59:59.999999Z"
    assert row["ended_at"] is None


def test_nothing_of_another_person_is_in_the_file(patient: Patient, stranger: Patient) -> None:
    full.fill(patient)
    full.fill(stranger, marker="foreign-words")

    text = json.dumps(exported(patient))

    assert full.MARKER in text
    assert "foreign-words" not in text
    assert str(stranger.user.pk) not in text


def test_an_empty_diary_makes_a_file_of_empty_tables(patient: Patient) -> None:
    document = exported(patient)

    assert document["episodes"] == []
    assert document["timezone"] == "Europe/Paris"
    assert document["generated"] == f"{make.NOW:%Y-%m-%d}T12:00:00Z"


def test_the_same_rows_give_the_same_text(patient: Patient) -> None:
    full.fill(patient)

    assert exported(patient) == exported(patient)


def _grow(patient: Patient, episode: Any, count: int) -> None:
    CheckIn.objects.bulk_create(
        CheckIn(
            user=patient.user,
            episode=episode,
            at=make.NOW - timedelta(minutes=number),
            created_at=make.NOW,
            note="word " * 40,
        )
        for number in range(count)
    )
    StepLog.objects.bulk_create(
        StepLog(
            user=patient.user,
            step_key="ice_on_back",
            kind="ice",
            edition=1,
            started_at=make.NOW,
            duration_minutes=20,
            created_at=make.NOW,
        )
        for _number in range(count * 2)
    )


def _peak_bytes(patient: Patient) -> tuple[int, int]:
    tracemalloc.start()
    size = sum(len(chunk) for chunk in json_export.chunks(user=patient.user, now=make.NOW))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return size, peak


@pytest.mark.filterwarnings("error")
def test_memory_stays_the_same_when_the_diary_is_four_times_as_long(patient: Patient, episode: Any) -> None:
    _grow(patient, episode, 500)
    _peak_bytes(patient)  # the first run fills caches
    small_size, small_peak = _peak_bytes(patient)

    _grow(patient, episode, 1500)
    large_size, large_peak = _peak_bytes(patient)

    assert large_size > 3.5 * small_size
    assert large_peak < 1.3 * small_peak

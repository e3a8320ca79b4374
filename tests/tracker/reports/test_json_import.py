"""Import: only one's own file, only into an empty diary, all or nothing."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps

from tests.tracker import make
from tests.tracker.reports import full
from tests.tracker.reports.hostile import HOSTILE_VALUES
from tracker.models import CheckIn, Delivery, Episode, Patient, PatientRow, Reminder, ReminderSettings, VisitLink
from tracker.reports import json_export, json_import, json_reading, row_rules
from tracker.reports.json_reading import Refused
from tracker.reports.tables import ADDED_LATER, DIARY, SECRETS, TABLES

Document = dict[str, Any]


def exported(patient: Patient) -> Document:
    found: Document = json.loads("".join(json_export.chunks(user=patient.user, now=make.NOW)))
    return found


def wipe(patient: Patient) -> None:
    for name in reversed(DIARY):
        model: Any = TABLES[name]
        model.objects.of(patient.user).delete()


def bring_in(patient: Patient, document: Any) -> int:
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    return json_import.bring_in(patient=patient, tables=json_reading.read(data, now=make.NOW), now=make.NOW)


def rows_of(patient: Patient) -> int:
    models: list[Any] = [TABLES[name] for name in DIARY]
    return sum(model.objects.of(patient.user).count() for model in models)


def test_a_file_brought_back_into_the_emptied_diary_gives_the_same_file_again(patient: Patient) -> None:
    full.fill(patient)
    before = "".join(json_export.chunks(user=patient.user, now=make.NOW))
    wipe(patient)

    bring_in(patient, before.encode())

    assert "".join(json_export.chunks(user=patient.user, now=make.NOW)) == before


def test_a_new_account_gets_the_same_diary_with_the_same_ids(patient: Patient, stranger: Patient) -> None:
    full.fill(patient)
    before = exported(patient)
    patient.user.delete()

    bring_in(stranger, before)

    after = exported(stranger)
    assert {name: after[name] for name in DIARY} == {name: before[name] for name in DIARY}


def test_ids_that_exist_elsewhere_are_made_anew_and_references_follow(patient: Patient, stranger: Patient) -> None:
    full.fill(patient)
    before = exported(patient)

    bring_in(stranger, before)

    after = exported(stranger)
    assert exported(patient) == before
    assert not {row["id"] for row in after["episodes"]} & {row["id"] for row in before["episodes"]}
    assert {row["episode"] for row in after["check_ins"]} <= {row["id"] for row in after["episodes"]}
    assert {row["note"] for row in after["check_ins"]} == {row["note"] for row in before["check_ins"]}
    assert CheckIn.objects.of(stranger.user).exclude(episode__user=stranger.user).count() == 0


def test_a_reference_to_another_persons_row_reaches_nothing(patient: Patient, stranger: Patient) -> None:
    episode = make.make_episode(patient)
    document = exported(stranger)
    document["check_ins"] = [_check_in(episode.pk)]

    with pytest.raises(Refused, match=r"check_ins, row 1, episode"):
        bring_in(stranger, document)

    assert rows_of(stranger) == 0
    assert episode.check_ins.count() == 0


def test_a_diary_that_is_not_empty_is_left_alone(patient: Patient, stranger: Patient) -> None:
    full.fill(patient)
    make.make_episode(stranger)
    before = exported(stranger)

    with pytest.raises(json_import.NotEmpty):
        bring_in(stranger, exported(patient))

    assert exported(stranger) == before


def test_a_link_that_a_file_tells_of_opens_nothing(patient: Patient, stranger: Patient) -> None:
    full.fill(patient)

    bring_in(stranger, exported(patient))

    link = VisitLink.objects.of(stranger.user).get()
    assert link.token_hash != VisitLink.objects.of(patient.user).get().token_hash


def test_consent_and_answers_given_here_stay(patient: Patient, stranger: Patient) -> None:
    full.fill(patient)
    document = exported(patient)
    document["patient"][0]["is_pregnant"] = True
    consent = stranger.consent_id

    bring_in(stranger, document)

    stranger.refresh_from_db()
    assert stranger.consent_id == consent
    assert stranger.is_pregnant is False


def _check_in(episode: uuid.UUID, **values: Any) -> Document:
    return {
        "id": str(uuid.uuid4()),
        "form_id": None,
        "episode": str(episode),
        "at": "2026-11-18T08:00:00Z",
        "created_at": "2026-11-18T08:00:00Z",
        "changed_at": None,
        "pain": 5,
        "pain_span": "average_24h",
        "overall_change": None,
        "note": "",
        "is_complete": True,
        **values,
    }


@pytest.mark.parametrize(("table", "key", "value"), HOSTILE_VALUES)
def test_a_wrong_value_is_refused_with_its_place_and_nothing_is_stored(
    patient: Patient, stranger: Patient, table: str, key: str, value: Any
) -> None:
    full.fill(patient)
    document = exported(patient)
    document[table][0][key] = value
    if key == "duration_minutes":
        document[table][0]["kind"] = "ice"

    with pytest.raises(Refused) as refused:
        bring_in(stranger, document)

    assert any(problem.startswith(f"{table}, row 1") for problem in refused.value.problems)
    assert rows_of(stranger) == 0


def _twice(table: str, **changes: Any) -> Callable[[Document], None]:
    return lambda document: document[table].append({**document[table][0], "id": str(uuid.uuid4()), **changes})


def _set(path: list[Any], value: Any) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        place: Any = document
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value

    return change


HOSTILE_SHAPES: dict[str, Callable[[Document], Any]] = {
    "two rows with one id": lambda document: document["episodes"].append(document["episodes"][0]),
    "two open episodes": lambda document: [row.update(ended_at=None) for row in document["episodes"]],
    "one form twice": lambda document: [row.update(form_id=str(uuid.UUID(int=1))) for row in document["episodes"]],
    "two ratings of one activity": _twice("activity_ratings"),
    "two questions at one place": _twice("visit_questions"),
    "a row of an unknown table": _set(["users"], []),
    "an unknown column": _set(["episodes", 0, "user_id"], str(uuid.UUID(int=1))),
    "the hash of a link": _set(["visit_links", 0, "token_hash"], "b" * 64),
    "a missing column": lambda document: document["episodes"][0].pop("note"),
    "a missing table": lambda document: document.pop("doses"),
    "a table that is an object": _set(["doses"], {}),
    "a row that is a list": _set(["doses", 0], []),
    "another format": _set(["format"], "https://example.org/something-else"),
    "a format that is a list": _set(["format"], ["/schemas/diary-export/v1"]),
    "no time of making": lambda document: document.pop("generated"),
}


@pytest.mark.parametrize("name", HOSTILE_SHAPES)
def test_a_file_of_another_shape_is_refused_and_nothing_is_stored(
    patient: Patient, stranger: Patient, name: str
) -> None:
    full.fill(patient)
    document = exported(patient)
    HOSTILE_SHAPES[name](document)

    with pytest.raises(Refused) as refused:
        bring_in(stranger, document)

    assert refused.value.problems
    assert rows_of(stranger) == 0


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"{",
        b"\xff\xfe",
        b"[" * 200_000,
        b'{"a":' * 100_000,
        b"NaN",
        b'{"format": NaN}',
        b'{"format": -Infinity}',
        b'{"format": 1e999}',
        b"1" * 5000,
        b'{"format": "x", "format": "y"}',
        b" " * (json_reading.BYTES_AT_MOST + 1),
    ],
    ids=lambda data: data[:12].decode(errors="replace"),
)
def test_what_is_no_file_of_ours_is_refused(data: bytes, now: object) -> None:
    with pytest.raises(Refused):
        json_reading.read(data, now=make.NOW)


def test_a_rating_of_an_activity_of_another_episode_is_refused(patient: Patient, stranger: Patient) -> None:
    full.fill(patient)
    document = exported(patient)
    for row in document["activities"]:
        row["episode"] = next(e["id"] for e in document["episodes"] if e["ended_at"])

    with pytest.raises(Refused, match="different episodes"):
        bring_in(stranger, document)

    assert rows_of(stranger) == 0


def test_a_refusal_never_repeats_what_stands_in_the_file(patient: Patient, stranger: Patient) -> None:
    full.fill(patient)
    document = exported(patient)
    document["check_ins"][0]["pain_span"] = full.MARKER

    with pytest.raises(Refused) as refused:
        bring_in(stranger, document)

    assert full.MARKER not in str(refused.value)


def test_a_rule_that_only_the_database_knows_leaves_nothing_behind(
    patient: Patient, stranger: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    full.fill(patient)
    document = exported(patient)
    document["step_logs"][0] |= {"kind": "ice", "duration_minutes": 21}
    monkeypatch.setattr(row_rules, "broken_checks", lambda *_arguments: iter(()))

    with pytest.raises(Refused):
        bring_in(stranger, document)

    assert rows_of(stranger) == 0
    assert Episode.objects.of(stranger.user).count() == 0


def test_every_model_of_a_patient_is_known_to_the_import() -> None:
    models = [model for model in apps.get_app_config("tracker").get_models() if issubclass(model, PatientRow)]

    assert set(models) == set(TABLES.values()) | SECRETS


def test_reminders_come_back_switched_off_and_what_waited_is_not_sent(patient: Patient, stranger: Patient) -> None:
    full.fill(patient)
    reminder = Reminder.objects.of(patient.user).earliest("pk")
    Reminder.objects.filter(pk=reminder.pk).update(is_active=True, ended_at=None, next_due_at=make.NOW)
    Delivery.objects.of(patient.user).filter(channel="app").update(status="pending", reason="")

    bring_in(stranger, exported(patient))

    assert not Reminder.objects.of(stranger.user).filter(is_active=True).exists()
    assert Reminder.objects.of(stranger.user).filter(ended_at=None).get().next_due_at is None
    assert Delivery.objects.of(stranger.user).get(channel="app").reason == "imported"
    assert not Delivery.objects.of(stranger.user).pending().exists()


def test_choices_for_reminders_made_here_stay(patient: Patient, stranger: Patient) -> None:
    full.fill(patient)
    ReminderSettings.objects.create(user=stranger.user, quiet_to="09:00")

    bring_in(stranger, exported(patient))

    assert ReminderSettings.objects.of(stranger.user).get().quiet_to.hour == 9


def test_a_file_from_before_there_were_reminders_is_brought_in(patient: Patient, stranger: Patient) -> None:
    full.fill(patient)
    document = exported(patient)
    for name in ADDED_LATER:
        del document[name]

    bring_in(stranger, document)

    assert Episode.objects.of(stranger.user).count() == 2
    assert not Reminder.objects.of(stranger.user).exists()


@pytest.mark.parametrize("recurrence", ["at_times", "once"])
def test_a_reminder_without_a_time_of_day_is_refused(patient: Patient, stranger: Patient, recurrence: str) -> None:
    full.fill(patient)
    document = exported(patient)
    document["reminders"][0] |= {"recurrence": recurrence, "times": [], "on": "2030-11-20"}

    with pytest.raises(Refused) as refused:
        bring_in(stranger, document)

    assert refused.value.problems[0].startswith("reminders, row 1, recurrence, times")
    assert rows_of(stranger) == 0

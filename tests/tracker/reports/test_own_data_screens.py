"""Own data: files, bringing one back, what is kept, and the end of an account."""

import json
import re
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from backspasm.models import AuditEvent, User
from tests.tracker import make
from tests.tracker.reports import browsers, full
from tracker import patients
from tracker.models import Episode, Patient, PatientRow
from tracker.reports import json_reading, stored

DELETE = "/tracker/delete-account/"
IMPORT = "/tracker/import/"
DAY = f"{make.NOW:%Y-%m-%d}"
FILES = {
    "json": ("application/json", f"back-diary-{DAY}.json"),
    "csv": ("text/csv; charset=utf-8; header=present", f"back-diary-{DAY}.csv"),
    "csv-semicolon": ("text/csv; charset=utf-8; header=present", f"back-diary-{DAY}.csv"),
    "fhir": ("application/fhir+json; fhirVersion=4.0", f"back-diary-{DAY}.fhir.json"),
}


def saved(client: Client, kind: str = "json") -> Any:
    return client.post(f"/tracker/export/{kind}/")


@pytest.mark.parametrize("kind", FILES)
def test_a_file_comes_streamed_with_the_headers_of_its_kind(patient: Patient, kind: str) -> None:
    full.fill(patient)

    answer = saved(browsers.of(patient), kind)

    content_type, name = FILES[kind]
    assert answer.streaming
    assert answer.headers["Content-Type"] == content_type
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert full.MARKER.encode() in answer.getvalue()


@pytest.mark.parametrize("kind", FILES)
def test_files_can_be_taken_after_the_consent_was_withdrawn(patient: Patient, kind: str) -> None:
    full.fill(patient)
    patients.withdraw_consent(user=patient.user, now=make.NOW)

    assert full.MARKER.encode() in saved(browsers.of(patient), kind).getvalue()


@pytest.mark.parametrize("kind", FILES)
def test_an_account_that_never_got_to_the_set_up_gets_empty_files(db: None, now: object, kind: str) -> None:
    user = User.objects.create_user("new@example.org")

    assert saved(browsers.of(Patient(user=user)), kind).getvalue()


def test_a_file_asks_who_it_is_when_the_sign_in_is_old(patient: Patient, patient_client: Client) -> None:
    answer = saved(patient_client)

    assert answer.status_code == 303
    assert "/accounts/" in answer.headers["Location"]


def test_after_the_answer_the_file_comes_without_asking_twice(patient: Patient, patient_client: Client) -> None:
    full.fill(patient)
    question = saved(patient_client).headers["Location"]
    patient_client.post(question, {"send": "1"})
    (code,) = re.findall(r"^\s*([A-Z0-9]{4}-[A-Z0-9]{4})\s*$", str(mail.outbox[-1].body), re.MULTILINE)

    answer: Any = patient_client.post(question, {"code": code})

    assert answer.headers["Content-Type"] == "application/json"
    assert full.MARKER.encode() in answer.getvalue()


def test_ten_files_an_hour_are_enough(patient: Patient) -> None:
    client = browsers.of(patient)

    statuses = [saved(client).status_code for _number in range(11)]

    assert statuses == [200] * 10 + [429]
    assert AuditEvent.objects.filter(event="data.exported", subject=patient.user.pk).count() == 10


def test_another_kind_is_not_there_and_reading_makes_no_file(patient: Patient) -> None:
    client = browsers.of(patient)

    assert saved(client, "xml").status_code == 404
    assert client.get("/tracker/export/json/").status_code == 405


def test_an_unknown_person_is_sent_to_sign_in(db: None) -> None:
    for address in ("/tracker/export/json/", IMPORT, DELETE, "/tracker/my-data/"):
        assert "/accounts/login/" in browsers.anybody().post(address).headers["Location"]


def _bring_in(client: Client, data: bytes) -> Any:
    return client.post(IMPORT, {"file": SimpleUploadedFile("diary.json", data, "application/json")})


def test_a_file_brought_in_is_the_diary_again(patient: Patient, stranger: Patient) -> None:
    full.fill(patient)
    file = saved(browsers.of(patient)).getvalue()

    answer = _bring_in(browsers.of(stranger), file)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/tracker/")
    assert Episode.objects.of(stranger.user).count() == 2
    assert AuditEvent.objects.filter(event="data.imported", subject=stranger.user.pk).count() == 1


def test_a_wrong_file_is_named_and_nothing_is_saved(patient: Patient, stranger: Patient) -> None:
    full.fill(patient)
    document = json.loads(saved(browsers.of(patient)).getvalue())
    document["check_ins"][0]["pain"] = 11

    answer = _bring_in(browsers.of(stranger), json.dumps(document).encode())

    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert b"check_ins, row 1, pain" in answer.content
    assert not Episode.objects.of(stranger.user).exists()


@pytest.mark.parametrize(
    "data", [b"", b"{", b"\x00", b" " * (json_reading.BYTES_AT_MOST + 1)], ids=["empty", "cut", "nul", "long"]
)
def test_what_is_no_file_of_ours_gets_a_sentence(patient: Patient, data: bytes) -> None:
    answer = _bring_in(browsers.of(patient), data)

    assert answer.status_code == HTTPStatus.BAD_REQUEST


def test_a_form_without_a_file_gets_a_sentence(patient: Patient) -> None:
    answer = browsers.of(patient).post(IMPORT, {"file": "text"})

    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert b"Choose a file." in answer.content


def test_a_diary_with_entries_takes_no_file(patient: Patient) -> None:
    full.fill(patient)
    client = browsers.of(patient)
    file = saved(client).getvalue()

    answer = _bring_in(client, file)

    assert b"empty diary" in answer.content
    assert Episode.objects.of(patient.user).count() == 2


def test_bringing_in_needs_consent(patient: Patient) -> None:
    patients.withdraw_consent(user=patient.user, now=make.NOW)

    answer = browsers.of(patient).get(IMPORT)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/tracker/setup/")


def test_every_table_about_a_person_is_described() -> None:
    editorial = {"education", "admin", "auth"}
    about_a_person = {
        model
        for model in apps.get_models()
        if model._meta.app_label not in editorial
        and any(field.related_model is User for field in model._meta.fields if field.remote_field)
    }
    rows = {model for model in apps.get_app_config("tracker").get_models() if issubclass(model, PatientRow)}

    assert (about_a_person | rows) - stored.DESCRIBED == set()


def test_every_event_the_code_records_has_words() -> None:
    sources = [*Path("backspasm").rglob("*.py"), *Path("tracker").rglob("*.py")]
    base = settings.BASE_DIR
    text = "".join((base / source).read_text() for source in sources)
    kinds = "account consent data email mfa password reminder_mail reminders calendar_link settings visit_link".split()
    events = set(re.findall(rf'"((?:{"|".join(kinds)})\.[a-z_]+)"', text))

    known_otherwise = {"account.sign_in"}
    assert events - stored.EVENTS.keys() - known_otherwise == set()


def test_what_is_kept_is_said_with_the_events_of_90_days(patient: Patient) -> None:
    client = browsers.of(patient)
    saved(client)

    page = client.get("/tracker/my-data/").content.decode()

    assert "You saved a file with your data." in page
    for kept in (*stored.ACCOUNT, *stored.DIARY):
        assert str(kept.name).replace("'", "&#x27;") in page


def _rows_naming(user_id: str) -> dict[str, int]:
    """Return how many rows of each table hold the id of a user, whatever the column."""
    found: dict[str, int] = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            table, columns = model._meta.db_table, [field.column for field in model._meta.concrete_fields]
            plain = user_id.replace("-", "")
            tests = " OR ".join(f'CAST("{column}" AS TEXT) LIKE %s' for column in columns)
            for wanted in (user_id, plain):
                cursor.execute(f'SELECT COUNT(*) FROM "{table}" WHERE {tests}', [f"%{wanted}%"] * len(columns))
                count = cursor.fetchone()[0]
                found[table] = found.get(table, 0) + count
    return {table: count for table, count in found.items() if count}


def test_deleting_takes_two_steps_and_leaves_only_the_log(patient: Patient, stranger: Patient) -> None:
    full.fill(patient)
    full.fill(stranger)
    client = browsers.of(patient)
    assert _rows_naming(str(patient.user.pk)).keys() > {"tracker_episode", "backspasm_user"}

    first = client.get(DELETE)
    second = client.post(DELETE, {"step": "ask"})
    assert User.objects.filter(pk=patient.user.pk).exists()
    last = client.post(DELETE, {"step": "delete"})

    assert b"/tracker/export/" in first.content
    assert b"Delete my account for good" in second.content
    assert last.status_code == 200
    assert last.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert _rows_naming(str(patient.user.pk)).keys() == {AuditEvent._meta.db_table}
    assert Episode.objects.of(stranger.user).count() == 2


def test_after_deleting_nothing_opens_any_more(patient: Patient) -> None:
    client = browsers.of(patient)
    other_phone = browsers.of(patient)

    client.post(DELETE, {"step": "delete"})

    for one in (client, other_phone):
        assert "/accounts/login/" in one.get("/tracker/my-data/").headers["Location"]
        assert "/accounts/login/" in saved(one).headers["Location"]


def test_the_mail_that_confirms_it_says_nothing_of_health(patient: Patient) -> None:
    browsers.of(patient).post(DELETE, {"step": "delete"})

    (message,) = mail.outbox
    text = f"{message.subject} {message.body}".lower()
    assert message.to == ["alice@example.org"]
    assert "deleted" in text
    assert not [word for word in ("episode", "pain", "health", "medicine", "diary", "tracker") if word in text]


def test_deleting_asks_who_it_is_when_the_sign_in_is_old(patient: Patient, patient_client: Client) -> None:
    answer = patient_client.post(DELETE, {"step": "delete"})

    assert answer.status_code == 303
    assert User.objects.filter(pk=patient.user.pk).exists()


def test_deleting_works_after_the_consent_was_withdrawn(patient: Patient) -> None:
    patients.withdraw_consent(user=patient.user, now=make.NOW)

    browsers.of(patient).post(DELETE, {"step": "delete"})

    assert not User.objects.filter(pk=patient.user.pk).exists()


def test_an_account_of_an_editor_loses_what_it_held_too(patient: Patient) -> None:
    full.fill(patient)
    LogEntry.objects.create(user=patient.user, action_flag=1, object_repr="x")

    browsers.of(patient).post(DELETE, {"step": "delete"})

    assert not Episode.objects.exists()


def test_a_flood_of_files_is_held_back(patient: Patient) -> None:
    client = browsers.of(patient)

    statuses = [_bring_in(client, b"{}").status_code for _number in range(11)]

    assert statuses == [400] * 10 + [429]

"""The visit sheet on screen, its PDF and its questions."""

import io
import re
from datetime import timedelta

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from tests.tracker import make
from tests.tracker.reports import full
from tests.tracker.test_prevention import hold
from tracker.models import CheckIn, Episode, Hold, Patient, VisitQuestion

SHEET = "/tracker/report/"
QUESTIONS = "/tracker/report/questions/"
PDF = "/tracker/report/visit-sheet.pdf"


def words(client: Client, address: str = SHEET) -> str:
    return " ".join(client.get(address).content.decode().split())


def test_the_screen_says_what_the_paper_says(patient: Patient, patient_client: Client) -> None:
    full.fill(patient)

    page = words(patient_client)

    assert "Self-reported by the patient. Not a diagnosis. Nobody monitors what is entered." in page
    assert "E3 not sure" in page
    assert f"Putting on socks {full.MARKER}" in page
    assert 'role="img" aria-label="Pain right now: 8' in page


def test_a_patient_with_nothing_logged_gets_a_sheet_without_a_chart(patient_client: Client, patient: Patient) -> None:
    page = words(patient_client)

    assert "No episode was logged." in page
    assert "<figure" not in page


def test_typed_words_cannot_become_markup(patient: Patient, patient_client: Client) -> None:
    make.make_medicine(patient, "<img src=x onerror=alert(1)>")

    page = words(patient_client)

    assert "<img src=x" not in page
    assert "&lt;img src=x" in page


def test_the_pdf_is_an_attachment_named_after_the_day_and_is_not_stored(
    patient: Patient, patient_client: Client
) -> None:
    full.fill(patient)

    answer = patient_client.get(PDF)

    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="visit-sheet-{make.NOW:%Y-%m-%d}.pdf"'
    assert answer.headers["Cache-Control"] == "no-store"
    reader = PdfReader(io.BytesIO(answer.content))
    assert "goes on: 31 hours" in " ".join(reader.pages[0].extract_text().split())


def _queries(client: Client) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(SHEET).status_code == 200
    return len(captured)


def test_a_long_history_costs_no_more_queries(patient: Patient, patient_client: Client) -> None:
    full.fill(patient)
    _queries(patient_client)  # the first one reads the edition
    few = _queries(patient_client)
    old = [
        make.make_episode(
            patient, make.NOW - timedelta(days=100 + 20 * number), ended_at=make.NOW - timedelta(days=95 + 20 * number)
        )
        for number in range(40)
    ]
    CheckIn.objects.bulk_create(
        CheckIn(user=patient.user, episode=episode, at=episode.began_at, created_at=make.NOW, pain=3)
        for episode in old
        for _number in range(5)
    )

    assert _queries(patient_client) == few
    assert Episode.objects.of(patient.user).count() == 42


def _form(client: Client) -> dict[str, str]:
    page = client.get(QUESTIONS).content.decode()
    fields = {}
    for name in ("form_id", "version"):
        (tag,) = re.findall(rf'<input type="hidden" name="{name}"[^>]*>', page)
        value = re.search(r'value="([^"]*)"', tag)
        fields[name] = value.group(1).replace("&#x2B;", "+") if value else ""
    return fields


def test_questions_are_saved_without_gaps_and_stand_on_the_sheet(patient: Patient, patient_client: Client) -> None:
    form = {**_form(patient_client), "question_1": " ", "question_2": "May I swim?", "question_3": "What about work?"}

    answer = patient_client.post(QUESTIONS, form)

    assert (answer.status_code, answer.headers["Location"]) == (303, SHEET)
    kept = VisitQuestion.objects.of(patient.user)
    assert [(question.position, question.text) for question in kept] == [(1, "May I swim?"), (2, "What about work?")]
    assert "May I swim?" in words(patient_client)


def test_a_question_with_a_watched_word_is_saved_and_leads_to_the_emergency_questions(
    patient: Patient, patient_client: Client
) -> None:
    answer = patient_client.post(QUESTIONS, {**_form(patient_client), "question_1": "Why is my foot numb?"})

    assert answer.status_code == 303
    assert answer.headers["Location"] == "/tracker/emergency/?because=words"
    assert VisitQuestion.objects.of(patient.user).count() == 1


def test_a_question_that_is_too_long_is_refused_and_kept_on_the_page(patient: Patient, patient_client: Client) -> None:
    answer = patient_client.post(QUESTIONS, {**_form(patient_client), "question_1": "long " * 50})

    assert b"long long" in answer.content
    assert VisitQuestion.objects.of(patient.user).count() == 0


def test_a_page_made_before_another_phone_saved_says_so_and_loses_nothing(
    patient: Patient, patient_client: Client
) -> None:
    old_page = _form(patient_client)
    patient_client.post(QUESTIONS, {**_form(patient_client), "question_1": "From the other phone"})

    answer = patient_client.post(QUESTIONS, {**old_page, "question_1": "From this phone"})

    assert b"changed on another page" in answer.content
    assert b"From the other phone" in answer.content
    assert b"From this phone" in answer.content
    assert [question.text for question in VisitQuestion.objects.of(patient.user)] == ["From the other phone"]


def test_a_stranger_sees_only_their_own_sheet(patient: Patient, stranger_client: Client) -> None:
    full.fill(patient)

    for address in (SHEET, QUESTIONS, PDF):
        assert full.MARKER.encode() not in stranger_client.get(address).content


def test_reading_changes_nothing(patient: Patient, patient_client: Client) -> None:
    for address in (SHEET, PDF):
        assert patient_client.post(address).status_code == 405


def test_during_a_hold_the_screen_shows_no_chart(patient: Patient, patient_client: Client) -> None:
    full.fill(patient)
    Hold.objects.of(patient.user).delete()
    assert "<figure" in words(patient_client)

    hold(patient)

    assert "<figure" not in words(patient_client)

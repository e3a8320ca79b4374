"""The visit sheet on paper, read back from the PDF: what a clinician needs, always on one side."""

import io
from datetime import timedelta
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from education import publishing
from education.documents import SiteFacts
from tests.tracker import make
from tests.tracker.reports import full
from tracker.models import Activity, ClinicianCheck, Episode, Hold, Medicine, Patient, VisitQuestion
from tracker.reports import visit_document, visit_sheet

SITE = SiteFacts("https://example.org")


def pdf_of(patient: Patient) -> PdfReader:
    live = publishing.live(make.NOW)
    record = visit_sheet.record_of(patient, live, make.NOW)
    return PdfReader(io.BytesIO(visit_document.pdf(record, visit_sheet.sign_texts(live), SITE)))


def text_of(reader: PdfReader) -> str:
    return " ".join(reader.pages[0].extract_text().split())


def test_the_sheet_is_one_tagged_a4_side_with_a_title_and_a_language(patient: Patient) -> None:
    full.fill(patient)

    reader = pdf_of(patient)

    root: Any = reader.trailer["/Root"]
    assert isinstance(root["/MarkInfo"], DictionaryObject)
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    assert b"pdfuaid" in reader.trailer["/Root"]["/Metadata"].get_data()  # type: ignore[index]
    assert len(reader.pages) == 1
    assert [round(float(side)) for side in reader.pages[0].mediabox[2:]] == [595, 842]
    assert reader.metadata is not None
    assert reader.metadata.title == "Visit sheet"


@pytest.mark.parametrize(
    "words",
    [
        "Self-reported by the patient. Not a diagnosis. Nobody monitors what is entered.",
        "Higher is better",
        f"Putting on socks {full.MARKER} 2 5",
        "Climbing stairs 3 7",
        "Mean 2.5 6",
        "goes on: 31 hours",
        "2 episodes logged since",
        "Lower back, left, Left buttock",
        "Gentle walks and movement: once; Ice: once",
        "What helped:",
        f"Blue tablets {full.MARKER}",
        "2 times",
        "at least 4 hours apart; at most 3 in 24 hours",
        "E3 not sure",
        "“I have been seen”",
        "All answered no on",
        "“No to all the others”",
        "C6 yes",
        "Overall change since it began: Much improved (2 of 7, 1 is best)",
        "No: pregnant; reduced feeling in the skin, or poor circulation",
        f"May I lift again? {full.MARKER}",
        "Edition 1.",
        "(Europe/Paris)",
    ],
)
def test_the_sheet_says(patient: Patient, words: str) -> None:
    full.fill(patient)

    text = text_of(pdf_of(patient))

    assert words in text


def test_an_emergency_answer_that_stands_says_so(patient: Patient) -> None:
    full.fill(patient)
    Hold.objects.of(patient.user).update(lifted_at=None, lifted_because="")

    assert "Not seen yet, and not taken back." in text_of(pdf_of(patient))


def test_a_sign_answered_yes_stays_on_the_sheet_after_a_later_no(patient: Patient) -> None:
    episode = full.fill(patient)
    ClinicianCheck.objects.create(
        user=patient.user, episode=episode, answers={"C6": "no"}, edition=1, answered_at=make.NOW, seen_at=None
    )

    assert "C6 yes" in text_of(pdf_of(patient))


def test_nothing_is_said_of_gaps_under_five_episodes(patient: Patient) -> None:
    full.fill(patient)

    assert "Median calm time" not in text_of(pdf_of(patient))


def test_the_median_gap_is_said_from_five_episodes_on(patient: Patient) -> None:
    for number in range(5):
        began = make.NOW - timedelta(days=100 * number + 20)
        make.make_episode(patient, began, ended_at=began + timedelta(days=2))

    assert "Median calm time between two episodes: 3 months." in text_of(pdf_of(patient))


def test_a_patient_without_an_episode_gets_a_sheet_with_lines_to_write_on(patient: Patient) -> None:
    text = text_of(pdf_of(patient))

    assert "No episode was logged." in text
    assert "My questions 1. 2. 3." in text


def test_nothing_of_another_patient_is_on_the_sheet(patient: Patient, stranger: Patient) -> None:
    full.fill(stranger, marker="foreign-words")

    assert "foreign" not in text_of(pdf_of(patient))


AWKWARD = [
    "W" * 100,
    "🦆🇫🇷👩‍👩‍👧 " * 20,
    "\u202e\u2066right to left\u202c " * 6,
    "漢字かな交じり文" * 12,
    "شكرا جزيلا " * 9,
    "a\u0301\u0336\u0489" * 25,
    "word " * 20,
    "\U0010fffd\ue000\ufeff\u00ad" * 20,
    "<script>#eval($x)</script> \\ #panic() *_`$",
]


@pytest.mark.parametrize("text", AWKWARD, ids=ascii)
def test_two_hundred_episodes_thirty_medicines_and_any_text_still_make_one_side(patient: Patient, text: str) -> None:
    text = text[:100]
    _fill_up(patient, text)

    reader = pdf_of(patient)

    assert len(reader.pages) == 1
    found = text_of(reader)
    assert "200 episodes logged since" in found
    assert "more" in found
    assert "My questions" in found


def _fill_up(patient: Patient, text: str) -> None:
    full.fill(patient)
    VisitQuestion.objects.all().delete()
    Episode.objects.bulk_create(
        Episode(
            user=patient.user,
            began_at=make.NOW - timedelta(days=100 + 10 * number),
            ended_at=make.NOW - timedelta(days=95 + 10 * number),
            created_at=make.NOW,
            triggers=["lifting", "awkward_position", "sneeze_or_cough", "tired_or_slept_badly", "nothing_special"],
            days_lost=3,
        )
        for number in range(198)
    )
    Medicine.objects.bulk_create(
        Medicine(
            user=patient.user,
            name=text,
            ingredient=text,
            gap_minutes=245,
            most_in_24_hours=7,
            is_anti_inflammatory="not_sure",
            created_at=make.NOW,
        )
        for _number in range(29)
    )
    VisitQuestion.objects.bulk_create(
        VisitQuestion(user=patient.user, position=place, text=(text * 2)[:200], written_at=make.NOW)
        for place in (1, 2, 3)
    )
    for activity in Activity.objects.of(patient.user):
        activity.name = text
        activity.save()


def test_an_emoji_becomes_a_question_mark_and_the_sheet_says_so(patient: Patient) -> None:
    make.make_medicine(patient, "Duck 🦆 drops")

    text = text_of(pdf_of(patient))

    assert "Duck ? drops" in text
    assert "A question mark may stand for a sign that cannot be printed here." in text


def test_a_sign_that_turns_the_line_around_is_left_out(patient: Patient) -> None:
    make.make_medicine(patient, "drops\u202e forged")

    text = text_of(pdf_of(patient))

    assert "drops forged" in text

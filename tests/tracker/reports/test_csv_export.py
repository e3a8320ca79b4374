"""The table for spreadsheets: one row per entry, no cell that runs."""

import csv
import io
import itertools
from typing import Any

import pytest

from tests.tracker import make
from tests.tracker.reports import full
from tracker.models import Patient
from tracker.reports import csv_export


def text_of(patient: Patient, separator: str = ",") -> str:
    return "".join(csv_export.chunks(patient=patient, separator=separator))


def rows_of(patient: Patient, separator: str = ",") -> list[dict[str, str]]:
    text = text_of(patient, separator).removeprefix("\ufeff")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=separator))


def test_it_begins_with_a_byte_order_mark_and_ends_lines_as_rfc_4180_says(patient: Patient) -> None:
    full.fill(patient)
    text = text_of(patient)

    assert text.startswith("\ufeffentry,at,until,")
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")


@pytest.mark.parametrize("separator", [",", ";"])
def test_there_is_one_row_for_each_entry(patient: Patient, separator: str) -> None:
    full.fill(patient)

    rows = rows_of(patient, separator)

    counts = {name: len(list(group)) for name, group in itertools.groupby(row["entry"] for row in rows)}
    assert counts == {
        "episode": 2,
        "activity": 2,
        "check_in": 2,
        "activity_rating": 4,
        "step": 2,
        "medicine": 1,
        "dose": 2,
        "emergency_questions": 2,
        "hold": 1,
        "signs": 1,
        "exercise_plan": 1,
        "weekly_check_in": 1,
        "question": 1,
        "reminder": 2,
        "delivery": 2,
    }


def test_times_carry_the_offset_of_the_patients_zone(patient: Patient) -> None:
    make.make_episode(patient)

    (row,) = rows_of(patient)

    assert row["at"].endswith("+01:00")


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", "|x", "\uff1d1", "\uff0b1", "\uff0d1", "\uff20x", "  =1",
     "\u00a0=1", "\ufeff=1", "\u200b=1", "\x00=1"],
    ids=ascii,
)  # fmt: skip
def test_no_text_can_run_as_a_formula(text: str) -> None:
    assert str(csv_export.safe(text)).startswith("'")
    assert "\x00" not in csv_export.safe(text)


@pytest.mark.parametrize(
    ("value", "cell"),
    [(-1.5, -1.5), (0, 0), (True, "yes"), (False, "no"), (None, ""), ("", ""), ("back = sore", "back = sore")],
)
def test_other_values_stay_as_they_are(value: Any, cell: Any) -> None:
    assert csv_export.safe(value) == cell


def test_a_note_that_looks_like_a_formula_is_stored_as_text(patient: Patient) -> None:
    make.make_episode(patient, note='=HYPERLINK("https://example.org";"a,b")\nsecond line')

    (row,) = rows_of(patient)

    assert row["note"] == '\'=HYPERLINK("https://example.org";"a,b")\nsecond line'


def test_nothing_of_another_person_is_in_it(patient: Patient, stranger: Patient) -> None:
    full.fill(stranger, marker="foreign-words")

    assert rows_of(patient) == []

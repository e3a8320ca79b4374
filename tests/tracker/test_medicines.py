"""Medicines and doses as they are kept, and what is said about them."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.tracker import make
from tracker import medicine_words, medicines
from tracker.medicine_guard import OverTheMost, StricterLabel, TheLastOne, ThisIsTheNth, TooSoon
from tracker.medicines import LabelWords
from tracker.models import AntiInflammatory, Dose, Episode, Medicine, MedicineRevision, Patient

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
PARIS = ZoneInfo("Europe/Paris")
LABEL = LabelWords("Blue tablets", "Alpha", 240, 3, "no")


def take(patient: Patient, medicine: Medicine, taken_at: datetime, **more: Any) -> Dose:
    values: dict[str, Any] = {"form_id": uuid.uuid4(), "now": make.NOW, "is_confirmed": True, **more}
    return medicines.take(patient=patient, medicine=medicine, taken_at=taken_at, **values)


def before(patient: Patient, medicine: Medicine, now: datetime) -> list[str]:
    found = medicines.findings(patient.user, medicine, now)
    names = {row.pk: row.name for row in Medicine.objects.of(patient.user)}
    return [sentence.text for sentence in medicine_words.before(found, names, zone=PARIS, now=now)]


# --- The list -----------------------------------------------------------------------------------------------


def test_a_medicine_sent_twice_is_on_the_list_once(patient: Patient, now: datetime) -> None:
    form_id = uuid.uuid4()

    medicines.add(patient=patient, label=LABEL, form_id=form_id, now=now)
    medicines.add(patient=patient, label=LABEL, form_id=form_id, now=now)

    assert medicines.label_of(Medicine.objects.get()) == LABEL


def test_a_changed_label_keeps_what_it_said_before(patient: Patient, now: datetime) -> None:
    medicine = medicines.add(patient=patient, label=LABEL, form_id=uuid.uuid4(), now=now)

    medicines.change(medicine=medicine, label=LabelWords("Blue", "Alpha", 360, 2, "yes"), now=now + HOUR)

    assert medicines.label_of(Medicine.objects.get()).gap_minutes == 360
    assert medicines.history(medicine) == ((now + HOUR, LABEL),)


def test_the_old_label_is_sealed_in_the_database(patient: Patient, now: datetime) -> None:
    medicine = medicines.add(patient=patient, label=LABEL, form_id=uuid.uuid4(), now=now)

    medicines.change(medicine=medicine, label=LabelWords("Other", "", None, None, "no"), now=now)

    raw = MedicineRevision.objects.values_list("old_values", flat=True)[0]
    assert "Blue" not in raw
    assert "Alpha" not in raw


def test_saving_a_label_that_is_the_same_makes_no_history(patient: Patient, now: datetime) -> None:
    medicine = medicines.add(patient=patient, label=LABEL, form_id=uuid.uuid4(), now=now)

    medicines.change(medicine=medicine, label=LABEL, now=now)

    assert medicines.history(medicine) == ()


def test_a_medicine_put_away_still_counts_and_can_be_taken_out(patient: Patient, now: datetime) -> None:
    old = make.make_medicine(patient, "Old packet", ingredient="alpha")
    new = make.make_medicine(patient, "New packet", ingredient="Alpha")
    make.make_dose(old, now - HOUR)
    medicines.put_away(medicine=old, now=now)

    shelf = medicines.shelf(patient.user, now)

    assert [item.medicine for item in shelf.in_use] == [new]
    assert shelf.put_away == (old,)
    assert any("same ingredient for Old packet" in text for text in before(patient, new, now))
    medicines.take_out(medicine=old)
    assert len(medicines.shelf(patient.user, now).in_use) == 2


def test_the_shelf_costs_two_queries_at_any_size(
    patient: Patient, now: datetime, django_assert_num_queries: Any
) -> None:
    for number in range(5):
        medicine = make.make_medicine(patient, f"Number {number}")
        for hours in range(6):
            make.make_dose(medicine, now - hours * 5 * HOUR)

    with django_assert_num_queries(2):
        shelf = medicines.shelf(patient.user, now)

    assert len(shelf.in_use) == 5
    assert len(shelf.doses) == 30


# --- A dose -------------------------------------------------------------------------------------------------


def test_a_dose_belongs_to_the_episode_it_was_taken_in(patient: Patient, episode: Episode, now: datetime) -> None:
    medicine = make.make_medicine(patient)

    inside = take(patient, medicine, now - HOUR)
    earlier = take(patient, medicine, episode.began_at - DAY)

    assert inside.episode == episode
    assert earlier.episode is None


def test_a_dose_sent_twice_is_one(patient: Patient, now: datetime) -> None:
    medicine = make.make_medicine(patient)
    form_id = uuid.uuid4()

    first = take(patient, medicine, now, form_id=form_id)
    second = take(patient, medicine, now, form_id=form_id, is_confirmed=False)

    assert first == second
    assert Dose.objects.count() == 1


@pytest.mark.parametrize(
    ("hours_ago", "is_asked"), [([], False), ([5], False), ([5, 10], False), ([3], True), ([5, 10, 15], True)]
)
def test_a_dose_against_the_label_is_asked_about_first(
    patient: Patient, now: datetime, hours_ago: list[int], is_asked: bool
) -> None:
    medicine = make.make_medicine(patient, gap_minutes=240, most_in_24_hours=3)
    for hours in hours_ago:
        make.make_dose(medicine, now - hours * HOUR)

    if is_asked:
        with pytest.raises(medicines.AgainstLabel):
            take(patient, medicine, now, is_confirmed=False)
    else:
        take(patient, medicine, now, is_confirmed=False)

    assert Dose.objects.count() == len(hours_ago) + (not is_asked)


def test_what_was_taken_is_stored_once_confirmed(patient: Patient, now: datetime) -> None:
    medicine = make.make_medicine(patient)
    make.make_dose(medicine, now - HOUR)

    take(patient, medicine, now, is_confirmed=True)

    assert Dose.objects.count() == 2


@pytest.mark.parametrize("kind", [AntiInflammatory.YES, AntiInflammatory.NOT_SURE])
def test_a_second_anti_inflammatory_is_asked_about_first(patient: Patient, now: datetime, kind: str) -> None:
    one = make.make_medicine(patient, "Red tablets", is_anti_inflammatory=AntiInflammatory.YES)
    other = make.make_medicine(patient, "Green tablets", is_anti_inflammatory=kind)
    make.make_dose(one, now - 10 * HOUR)

    with pytest.raises(medicines.AgainstLabel):
        take(patient, other, now, is_confirmed=False)

    (sentence,) = [text for text in before(patient, other, now) if "Never take two" in text]
    assert sentence.startswith("Never take two anti-inflammatory medicines together. Ask a pharmacist.")
    assert "Red tablets" in sentence


def test_a_stranger_counts_for_nothing(patient: Patient, stranger: Patient, now: datetime) -> None:
    theirs = make.make_medicine(stranger, ingredient="Alpha")
    make.make_dose(theirs, now - HOUR)
    own = make.make_medicine(patient, ingredient="Alpha")

    found = medicines.findings(patient.user, own, now)

    assert found == (ThisIsTheNth(1, 3),)


def test_a_dose_two_days_ago_counts_against_a_gap_of_three_days(patient: Patient, now: datetime) -> None:
    medicine = make.make_medicine(patient, gap_minutes=3 * 1440, most_in_24_hours=None)
    make.make_dose(medicine, now - 2 * DAY)

    (found,) = medicines.findings(patient.user, medicine, now)

    assert found == TooSoon(4320, 2880, now + DAY)


# --- The words ----------------------------------------------------------------------------------------------


def test_the_next_dose_is_counted_in_the_patients_own_numbers(patient: Patient, now: datetime) -> None:
    medicine = make.make_medicine(patient, gap_minutes=None, most_in_24_hours=3)
    make.make_dose(medicine, now - 5 * HOUR)

    assert before(patient, medicine, now) == ["You entered: at most 3 in 24 hours. The next one would be number 2."]


def test_the_last_one_is_named_before_it_is_taken(patient: Patient, now: datetime) -> None:
    medicine = make.make_medicine(patient, gap_minutes=None, most_in_24_hours=2)
    make.make_dose(medicine, now - 5 * HOUR)

    assert before(patient, medicine, now) == [
        "You entered: at most 2 in 24 hours. The next one would be number 2, the last."
    ]


def test_too_soon_says_when_the_gap_ends_on_the_patients_clock(patient: Patient, now: datetime) -> None:
    medicine = make.make_medicine(patient, gap_minutes=240, most_in_24_hours=None)
    make.make_dose(medicine, now - timedelta(hours=2, minutes=10))

    assert before(patient, medicine, now) == [
        (
            "You entered: at least 4 hours between doses. The last one was 2 hours and 10 minutes ago. "
            "Your label’s gap ends at 14:50."
        )
    ]


def test_no_time_is_named_when_the_most_would_be_passed_then(patient: Patient, now: datetime) -> None:
    medicine = make.make_medicine(patient, gap_minutes=240, most_in_24_hours=1)
    make.make_dose(medicine, now - HOUR)

    assert before(patient, medicine, now) == [
        "You entered: at most 1 in 24 hours. The next one would be number 2.",
        "You entered: at least 4 hours between doses. The last one was 1 hour ago.",
    ]


def test_a_gap_that_ends_on_another_day_names_the_day() -> None:
    now = datetime(2026, 11, 18, 12, tzinfo=UTC)

    assert medicine_words.clock(now + 12 * HOUR, zone=PARIS, now=now) == "Thursday 19 November, 01:00"


def test_the_stricter_of_two_labels_is_named(patient: Patient, now: datetime) -> None:
    strict = make.make_medicine(patient, "Strict", ingredient="Alpha", gap_minutes=480, most_in_24_hours=2)
    loose = make.make_medicine(patient, "Loose", ingredient="alpha", gap_minutes=240, most_in_24_hours=4)

    found = medicines.findings(patient.user, loose, now)

    assert StricterLabel(strict.pk, strict.pk) in found
    assert (
        "The gap you entered for Strict counts here, because it is longer. "
        "The number for 24 hours you entered for Strict counts here, because it is smaller."
    ) in before(patient, loose, now)


def test_without_numbers_there_is_nothing_to_compare(patient: Patient, now: datetime) -> None:
    medicine = make.make_medicine(patient, gap_minutes=None, most_in_24_hours=None)

    assert before(patient, medicine, now) == [
        "You entered no gap and no number for 24 hours, so there is nothing to compare."
    ]


def test_what_is_said_after_a_dose_is_about_that_dose() -> None:
    found = (ThisIsTheNth(1, 3), TheLastOne(3, 3), OverTheMost(4, 3), TooSoon(240, 0, None))

    assert [(sentence.text, sentence.level) for sentence in medicine_words.about(found, {})] == [
        ("You entered: at most 3 in 24 hours. This is number 1.", "info"),
        ("You entered: at most 3 in 24 hours. This is number 3, the last.", "warn"),
        ("You entered: at most 3 in 24 hours. This is number 4.", "warn"),
        ("You entered: at least 4 hours between doses. This one and another are less than a minute apart.", "warn"),
    ]


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "less than a minute"), (1, "1 minute"), (60, "1 hour"), (121, "2 hours and 1 minute"), (1440, "24 hours")],
)
def test_a_duration_is_said_in_words(minutes: int, words: str) -> None:
    assert medicine_words.duration(minutes) == words


# --- Day 10 -------------------------------------------------------------------------------------------------


def test_the_review_is_due_on_day_10_of_medicine(patient: Patient, now: datetime) -> None:
    episode = make.make_episode(patient, now - 12 * DAY)
    medicine = make.make_medicine(patient)
    make.make_dose(medicine, now - 9 * DAY, episode=episode)
    make.make_dose(medicine, now - DAY, episode=episode)

    assert medicines.is_review_due(episode, now)
    assert not medicines.is_review_due(episode, now - HOUR)


def test_the_review_is_over_once_its_step_was_logged(patient: Patient, now: datetime) -> None:
    episode = make.make_episode(patient, now - 12 * DAY)
    medicine = make.make_medicine(patient)
    make.make_dose(medicine, now - 10 * DAY, episode=episode)
    make.make_dose(medicine, now - DAY, episode=episode)

    make.make_step_log(patient, medicines.REVIEW_STEP, now, episode=episode, kind="medicine_talk")

    assert not medicines.is_review_due(episode, now)


def test_no_review_without_medicine(episode: Episode, now: datetime) -> None:
    assert not medicines.is_review_due(episode, now + 20 * DAY)

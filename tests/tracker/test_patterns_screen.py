"""Patterns on screen: counts of flares beside counts of calm days, and nothing that they cannot say."""

import re
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests.tracker import make
from tests.tracker.test_course_screens import DAY, LIST, past_episodes, queries_for
from tests.tracker.test_prevention import week
from tests.tracker.test_prevention_screens import text_of
from tracker.models import Patient

pytestmark = pytest.mark.django_db

PATTERNS = reverse("tracker:patterns")
SAYS_WHY = re.compile(r"\bcaus(e[sd]?|ing|al|ation)\b", re.IGNORECASE)


def long_drives(patient: Patient) -> None:
    """Eight flares, six of them after long drives; twenty calm days, five of them with one."""
    for place, episode in enumerate(past_episodes(patient, 8)):
        episode.triggers = ["long_drive"] if place < 6 else ["lifting"]
        episode.save()
    for place in range(20):
        week(patient, make.NOW - 300 * DAY - 7 * place * DAY, yesterday=["long_drive"] if place < 5 else [])


def test_patterns_are_told_with_their_comparison_counts(patient: Patient, patient_client: Client) -> None:
    long_drives(patient)

    words = text_of(patient_client.get(PATTERNS))

    assert "6 of 8 flares came after long drives. The same was true of 5 of 20 calm days." in words
    assert "calm days. That is too few to be sure." in words
    assert "Calm days: 20 so far. The weekly check-in asks what the day before held." in words


def test_a_day_within_an_episode_is_no_calm_day(patient: Patient, patient_client: Client) -> None:
    episodes = past_episodes(patient, 5, triggers=["sport"])
    week(patient, episodes[0].began_at + 3 * DAY, yesterday=["sport"])
    week(patient, episodes[0].began_at - 3 * DAY, yesterday=[])

    words = text_of(patient_client.get(PATTERNS))

    assert "5 of 5 flares came after sport. The same was true of 0 of 1 calm day." in words


def test_without_calm_days_there_is_nothing_to_compare(patient: Patient, patient_client: Client) -> None:
    past_episodes(patient, 5, triggers=["sport"])

    assert "There is no calm day yet to compare this with." in text_of(patient_client.get(PATTERNS))


@pytest.mark.parametrize(
    ("told", "untold", "words"),
    [(4, 0, "There are too few episodes"), (4, 3, "Too few of your episodes say what came before them")],
)
def test_under_five_answered_episodes_no_pattern_is_told(
    patient: Patient, patient_client: Client, told: int, untold: int, words: str
) -> None:
    for place, episode in enumerate(past_episodes(patient, told + untold)):
        episode.triggers = ["sport"] if place < told else []
        episode.save()

    page = text_of(patient_client.get(PATTERNS))

    assert words in page
    assert "flares came after" not in page


def test_patterns_cost_the_same_at_any_history(patient: Patient, patient_client: Client) -> None:
    past_episodes(patient, 5, triggers=["sport"])
    few = queries_for(patient_client, PATTERNS)

    long_drives(patient)

    assert queries_for(patient_client, PATTERNS) == few


def test_no_template_and_no_module_of_the_tracker_speaks_of_a_cause() -> None:
    root = Path(settings.BASE_DIR)
    files = [*(root / "templates" / "tracker").rglob("*.html"), *(root / "tracker").rglob("*.py")]

    found = [
        path.name for path in files if re.search(r"\bcaus(e[sd]?|ing|al|ation)\b", path.read_text(), re.IGNORECASE)
    ]

    assert len(files) > 50
    assert found == []


def test_only_signed_in_patients_see_the_course(db: None, now: datetime) -> None:
    client = Client(headers={"host": settings.SITE_URL.netloc})

    assert [client.get(address).status_code for address in (LIST, PATTERNS)] == [302, 302]

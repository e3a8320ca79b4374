"""Alice owns, Charlie is a stranger; the clock stands still."""

from collections.abc import Iterator
from datetime import datetime

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from tests.tracker import make
from tracker.models import Episode, Patient


@pytest.fixture
def now() -> Iterator[datetime]:
    """A Wednesday at noon UTC, 13:00 in Paris; the clock does not move."""
    with time_machine.travel(make.NOW, tick=False):
        yield make.NOW


@pytest.fixture
def patient(db: None, now: datetime) -> Patient:
    """Alice: set up, consent given, Paris, every question answered 'no'."""
    return make.make_patient()


@pytest.fixture
def stranger(db: None, now: datetime) -> Patient:
    """Charlie: another patient, who must see nothing of Alice."""
    return make.make_patient("charlie@example.org")


@pytest.fixture
def episode(patient: Patient) -> Episode:
    """Alice's open episode, in its 31st hour."""
    return make.make_episode(patient)


def _client(patient: Patient) -> Client:
    client = Client(headers={"host": settings.SITE_URL.netloc})
    client.force_login(patient.user)
    return client


@pytest.fixture
def patient_client(patient: Patient) -> Client:
    """Alice's browser, signed in."""
    return _client(patient)


@pytest.fixture
def stranger_client(stranger: Patient) -> Client:
    """Charlie's browser, signed in."""
    return _client(stranger)

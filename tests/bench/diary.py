"""Times of the tracker at two lengths of history, and the memory of an export.

Run by ``manage.py shell`` on a site made for the bench.
"""

import statistics
import tracemalloc
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from django.conf import settings
from django.test import Client
from django.utils import timezone

from backspasm.models import User
from tests.bench.inside import milliseconds
from tests.tracker import make
from tracker.models import CheckIn, Episode, PainSpan, Patient, StepLog
from tracker.reports import json_export

REPEATS: Final = 15
EPISODES: Final = {"1x": 20, "10x": 200}
CHECK_INS_OF_ONE: Final = 20
STEPS_OF_ONE: Final = 100
TARGET: Final = 1.5


def fill(patient: Patient, episodes: int, now: datetime) -> None:
    """Give a patient ten years with so many episodes, the last one open at hour 31."""
    every = timedelta(days=3650) / episodes
    rows = []
    for number in range(episodes):
        began = now - timedelta(hours=31) - number * every
        ended = None if number == 0 else began + every * 0.6
        row = {"user": patient.user, "began_at": began, "created_at": began, "ended_at": ended}
        rows.append(Episode(**row, note="A note.", places=["low_back_left"], triggers=["lifting"]))
    Episode.objects.bulk_create(rows)
    for episode in rows:
        span = (episode.ended_at or now) - episode.began_at
        moments = [episode.began_at + span * part / CHECK_INS_OF_ONE for part in range(CHECK_INS_OF_ONE)]
        CheckIn.objects.bulk_create(
            CheckIn(
                user=patient.user,
                episode=episode,
                at=at,
                created_at=at,
                pain=5,
                pain_span=PainSpan.AVERAGE_24H,
                is_complete=True,
                note="A note.",
            )
            for at in moments
        )
        StepLog.objects.bulk_create(
            StepLog(
                user=patient.user,
                episode=episode,
                step_key="ice_on_back",
                kind="ice",
                edition=1,
                started_at=episode.began_at + span * part / STEPS_OF_ONE,
                created_at=episode.began_at,
                duration_minutes=20,
            )
            for part in range(STEPS_OF_ONE)
        )


def patient_with(name: str, episodes: int, now: datetime) -> Patient:
    """Return a patient with a long history."""
    patient = make.make_patient(f"{name}@example.org", time_zone="Europe/London")
    fill(patient, episodes, now)
    return patient


def browser_of(user: User) -> Client:
    """Return a client signed in as ``user``."""
    client = Client(headers={"host": settings.SITE_URL.netloc})
    client.force_login(user)
    return client


def lines(now: datetime) -> Iterator[str]:
    """Yield the times of the first screen at 1x and 10x history, their ratio, and the memory of an export."""
    users = {name: patient_with(name, count, now).user for name, count in EPISODES.items()}
    clients = {name: browser_of(user) for name, user in users.items()}
    statuses = [client.get("/tracker/").status_code for client in clients.values()]
    yield f"the first screen answers {statuses} to a patient in the 31st hour"
    rounds = [
        {name: milliseconds(partial(client.get, "/tracker/")) for name, client in clients.items()}
        for _ in range(REPEATS)
    ]
    for name, count in EPISODES.items():
        times = statistics.median(times[name] for times in rounds)
        yield f"first screen of the tracker at {name} history ({count} episodes): {times:.1f} ms"
    ratio = statistics.median(times["10x"] / times["1x"] for times in rounds)
    yield f"10x / 1x: {ratio:.2f} (at most {TARGET:.2f}: {'met' if ratio <= TARGET else 'missed'})"
    for name, user in users.items():
        peak, size = export_peak(user, now)
        yield f"JSON export at {name} history: {size / 1e6:.1f} MB, peak memory {peak / 1e6:.1f} MB"


def export_peak(user: User, now: datetime) -> tuple[int, int]:
    """Return the most memory, in bytes, that making an export took piece by piece, and its length in bytes."""
    tracemalloc.start()
    size = sum(len(part.encode()) for part in json_export.chunks(user=user, now=now))
    _left, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak, size


def main() -> None:
    """Print one line for each time."""
    for line in lines(timezone.now()):
        print(line)

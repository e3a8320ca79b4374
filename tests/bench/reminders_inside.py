"""Run as a program on a prepared site: one measurement of reminders in a process of its own, printed as JSON.

Arguments: the name of the measurement and its numbers.
"""

import gc
import json
import re
import statistics
import sys
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import django

django.setup()

from django.db import OperationalError, connection, transaction  # noqa: E402  # apps must be loaded first
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from education import publishing  # noqa: E402
from tests.bench import reminders_end_to_end_rows, reminders_fill  # noqa: E402
from tests.bench.inside import milliseconds  # noqa: E402
from tracker.models import Delivery, Reminder  # noqa: E402
from tracker.reminders import delivering, queueing, timing  # noqa: E402

BATCH: Final = 500
ROUNDS: Final = 5


def warm() -> None:
    """Read the edition and open the connection, as a sender that runs has."""
    publishing.live(timezone.now())
    queueing.queue_due(now=timezone.now() - timedelta(days=3650))
    reverse("tracker:home")  # reads every address
    gc.collect()
    gc.freeze()


def fill(count: str, due: str) -> dict[str, Any]:
    """Store reminders."""
    began = time.perf_counter()
    reminders_fill.empty()
    reminders_fill.fill(count=int(count), due=int(due), now=timezone.now())
    return {"seconds": time.perf_counter() - began}


def due_again(due: str) -> dict[str, Any]:
    """Let so many reminders fall due."""
    reminders_fill.due_again(due=int(due), now=timezone.now())
    return {}


def claim() -> dict[str, Any]:
    """Claim until nothing is due, from the moment at which a line is read: one of several that do."""
    warm()
    print("ready", flush=True)
    sys.stdin.readline()
    claimed, locked, began, cpu = 0, 0, time.monotonic(), time.process_time()
    while True:
        try:
            batch = queueing.queue_due(now=timezone.now(), limit=BATCH).claimed
        except OperationalError:
            locked += 1
            continue
        if not batch:
            cpu = time.process_time() - cpu
            return {"claimed": claimed, "locked": locked, "began": began, "ended": time.monotonic(), "cpu": cpu}
        claimed += batch


def claimed() -> dict[str, Any]:
    """Count what the claims left."""
    waiting = Delivery.objects.pending().count()
    return {"rows": Delivery.objects.count(), "waiting": waiting, "due": Reminder.objects.due(timezone.now()).count()}


def passes(due: str) -> dict[str, Any]:
    """Return the milliseconds of a pass with nothing due, and of one with a batch due, which are put back each time."""
    warm()
    reminders_fill.due_again(due=0, now=timezone.now())
    while queueing.queue_due(now=timezone.now(), limit=BATCH).claimed:
        continue
    empty = statistics.median(milliseconds(lambda: queueing.queue_due(now=timezone.now())) for _ in range(50))
    full = []
    for _ in range(ROUNDS):
        reminders_fill.due_again(due=int(due), now=timezone.now())
        full.append(milliseconds(lambda: queueing.queue_due(now=timezone.now(), limit=int(due))))
    return {"empty_ms": empty, "ms": statistics.median(full)}


def explain() -> dict[str, Any]:
    """Return how the database finds what is due: the plan of each statement a pass reads reminders with."""
    warm()
    reminders_fill.due_again(due=5000, now=timezone.now())
    with CaptureQueriesContext(connection) as captured:
        queueing.queue_due(now=timezone.now(), limit=BATCH)
    asked = [one["sql"] for one in captured if one["sql"].startswith("SELECT") and '"next_due_at" <= ' in one["sql"]]
    plans = []
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in asked:
            cursor.execute(f"EXPLAIN {'QUERY PLAN ' if connection.vendor == 'sqlite' else ''}{statement}")
            plans.append("\n".join(str(row[-1]) for row in cursor.fetchall()))
    return {"plans": plans}


def resident_mb() -> float:
    """Return the memory of this process itself, without the pages of files that it has mapped."""
    found = re.search(r"RssAnon:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) * 1024 / 1e6 if found else 0.0


def edit() -> dict[str, Any]:
    """Return the seconds from changing one reminder until a pass has seen it, and the memory of the sender."""
    warm()
    empty = resident_mb()
    now = timezone.now()
    seconds = []
    for minutes in (180, 240, 300):
        reminder = Reminder.objects.get(pk=uuid.UUID(reminders_fill.id_of("reminder", 0)))
        began = time.perf_counter()
        reminder.every_minutes = minutes
        reminder.next_due_at = timing.next_due(reminder, settings=None, zone=reminder.zone, after=now)
        reminder.save()
        queueing.queue_due(now=now)
        seconds.append(time.perf_counter() - began)
    return {"empty_mb": empty, "mb": resident_mb(), "seconds": statistics.median(seconds)}


def deliver(channel: str, count: str) -> dict[str, Any]:
    """Return how long one process takes to send so many messages on one channel."""
    now = timezone.now()
    reminders_fill.empty()
    reminders_fill.fill(count=int(count), due=int(count), now=now, kinds=("own",), channels=(channel,))
    reminders_end_to_end_rows.add_devices()
    warm()
    while queueing.queue_due(now=timezone.now(), limit=BATCH).claimed:
        continue
    began, cpu, sent = time.perf_counter(), time.process_time(), 0
    while chunks := delivering.ready(now=timezone.now()):
        sent += sum(delivering.deliver(chunk, clock=timezone.now).sent for chunk in chunks)
    return {"sent": sent, "seconds": time.perf_counter() - began, "cpu": time.process_time() - cpu}


MEASUREMENTS: Final[dict[str, Callable[..., dict[str, Any]]]] = {
    "fill": fill,
    "due_again": due_again,
    "claim": claim,
    "claimed": claimed,
    "passes": passes,
    "explain": explain,
    "edit": edit,
    "deliver": deliver,
    "spread": reminders_end_to_end_rows.spread,
    "lateness": reminders_end_to_end_rows.lateness,
}


if __name__ == "__main__":
    print(json.dumps(MEASUREMENTS[sys.argv[1]](*sys.argv[2:])))

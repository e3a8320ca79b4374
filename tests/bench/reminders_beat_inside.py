"""Run as a program by the environment of requirements-bench.txt: django-celery-beat with many schedules.

Arguments: the database file, and the number of schedules to store; without a number those stored are measured. Prints
one JSON object. Half of the schedules count minutes, half are times of day; none falls due while it is measured.
"""

import json
import logging
import re
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.core.management import call_command

settings.configure(
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": sys.argv[1]}},
    INSTALLED_APPS=["django_celery_beat"],
    USE_TZ=True,
    TIME_ZONE="UTC",
    CELERY_TIMEZONE="UTC",
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
)
django.setup()

from celery import Celery  # noqa: E402  # settings must be there first
from django_celery_beat.models import (  # type: ignore[import-not-found]  # noqa: E402
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
)
from django_celery_beat.schedulers import DatabaseScheduler  # type: ignore[import-not-found]  # noqa: E402


def fill(count: int) -> None:
    """Store the schedules."""
    call_command("migrate", verbosity=0)
    every = IntervalSchedule.objects.create(every=240, period="minutes")
    # Times within the hours that it loads, and not the next ones.
    hour = (datetime.now(UTC) + timedelta(hours=2)).hour
    times = [CrontabSchedule.objects.create(minute=minute, hour=hour, timezone="UTC") for minute in range(60)]
    rows = [PeriodicTask(name=f"reminder {number}", task="remind", args=f"[{number}]") for number in range(count)]
    for number, row in enumerate(rows):
        if number % 2:
            row.interval = every
        else:
            row.crontab = times[number // 2 % len(times)]
    PeriodicTask.objects.bulk_create(rows, batch_size=5000)


def resident_mb() -> float:
    """Return the memory of this process itself, without the pages of files that it has mapped."""
    found = re.search(r"RssAnon:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) * 1024 / 1e6 if found else 0.0


def measure() -> dict[str, Any]:
    """Return the memory with all schedules read, and the seconds until one edit has been seen."""
    empty = resident_mb()
    began = time.perf_counter()
    scheduler = DatabaseScheduler(app=Celery("beat", broker="memory://", set_as_current=True))
    scheduler.tick()
    read, full = time.perf_counter() - began, resident_mb()
    task = PeriodicTask.objects.get(name="reminder 1")
    began = time.perf_counter()
    task.description = "Changed by the bench."
    task.save()
    scheduler.tick()
    seconds = time.perf_counter() - began
    return {"empty_mb": empty, "mb": full, "mb_after_edit": resident_mb(), "read_seconds": read, "seconds": seconds}


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    if len(sys.argv) > 2:
        fill(int(sys.argv[2]))
    else:
        print(json.dumps(measure()))

"""Beside django-celery-beat: what it costs to hold 100,000 schedules, and to change one."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, Protocol

from tests.environment import ROOT

SCHEDULES: Final = 100_000
FASTER: Final = 100
SMALLER: Final = 5
REQUIREMENTS: Final = ROOT / "requirements-bench.txt"
ENVIRONMENT: Final = ROOT / "var" / "tools" / "beat"
PROGRAM: Final = ROOT / "tests" / "bench" / "reminders_beat_inside.py"


class Place(Protocol):
    """A prepared site, as ``tests.bench.reminders`` has it."""

    def measure(self, *measurement: str, **variables: str) -> Any:
        """Return what a measurement found."""


def python() -> Path:
    """Return the Python of an environment of its own, made when it is not there or of other requirements."""
    stamp = ENVIRONMENT / "requirements.sha256"
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    found = ENVIRONMENT / "bin" / "python"
    if not stamp.exists() or stamp.read_text() != wanted:
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT)], check=True)
        install = [str(found), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
        subprocess.run([*install, "-r", str(REQUIREMENTS)], check=True)
        stamp.write_text(wanted)
    return found


def beat(folder: Path) -> Any:
    """Return what django-celery-beat takes, on SQLite as we do here."""
    command = [str(python()), str(PROGRAM), str(folder / "beat.sqlite3")]
    subprocess.run([*command, str(SCHEDULES)], check=True)
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def lines(place: Place, folder: Path) -> Iterator[str]:
    """Yield memory and the time after one edit, theirs and ours, and the ratios."""
    theirs = beat(folder)
    place.measure("fill", str(SCHEDULES), "0")
    ours = place.measure("edit")
    for name, found in (("django-celery-beat", theirs), ("our sender", ours)):
        yield (
            f"{name}: {found['mb']:.0f} MB with {SCHEDULES:,} schedules ({found['empty_mb']:.0f} MB before), "
            f"{1000 * found['seconds']:.1f} ms from one edit until it is seen"
        )
    start, after = theirs["read_seconds"], theirs["mb_after_edit"]
    yield f"django-celery-beat: {start:.1f} s to start, {after:.0f} MB after one edit"
    faster, smaller = theirs["seconds"] / ours["seconds"], theirs["mb"] / ours["mb"]
    added = (theirs["mb"] - theirs["empty_mb"]) / max(ours["mb"] - ours["empty_mb"], 0.1)
    yield f"after one edit: {faster:,.0f} times faster (at least {FASTER}: {_met(faster >= FASTER)})"
    yield f"memory of the process: {smaller:.1f} times less (at least {SMALLER}: {_met(smaller >= SMALLER)})"
    yield f"memory that the schedules add: {added:,.0f} times less"


def _met(is_met: bool) -> str:
    return "met" if is_met else "missed"

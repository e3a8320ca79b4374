"""Measures reminders: claiming from a million, beside django-celery-beat, and from end to end.

Run alone with ``python -m tests.bench reminders``; ten minutes or so.
"""

import json
import os
import secrets
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

import psycopg

from tests.bench import reminders_beat, reminders_end_to_end
from tests.environment import ROOT
from tests.site_process import SiteProcess

SIZES: Final = (10_000, 100_000, 1_000_000)
DUE: Final = 5000
A_BATCH: Final = 500
PROCESSES: Final = 4
ROUNDS: Final = 3
ROWS_A_SECOND: Final = {"SQLite": 10_000, "PostgreSQL": 20_000}
EMPTY_MS: Final = 5.0
INDEX: Final = "reminders_due"
SERVER: Final = "postgresql://postgres@127.0.0.1:5432"

Section = Callable[[str, Iterable[str]], None]


def verdict(*, is_met: bool) -> str:
    """Say whether a target is met."""
    return "met" if is_met else "missed"


class Place:
    """A prepared site of the bench, on one database."""

    def __init__(self, name: str, site: SiteProcess) -> None:
        self.name = name
        self.environment = {**site.environment, "DJANGO_SETTINGS_MODULE": "tests.bench.reminders_settings"}

    def start(self, *measurement: str, **variables: str) -> "subprocess.Popen[str]":
        """Start a measurement in a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "tests.bench.reminders_inside", *measurement],
            cwd=ROOT,
            env={**self.environment, **variables},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def measure(self, *measurement: str, **variables: str) -> Any:
        """Return what a measurement found. Raises CalledProcessError."""
        process = self.start(*measurement, **variables)
        return told(process)


def told(process: "subprocess.Popen[str]") -> Any:
    """Wait for a measurement, and return what it found."""
    said = process.communicate()[0]
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, process.args, said)
    return json.loads(said.strip().splitlines()[-1])


@contextmanager
def places(folder: Path) -> Iterator[dict[str, Place]]:
    """Prepare a site on each database that is here."""
    with ExitStack() as stack:
        urls = {"SQLite": f"sqlite:///{folder / 'sqlite' / 'backspasm.sqlite3'}"}
        try:
            urls["PostgreSQL"] = stack.enter_context(_new_database())
        except psycopg.OperationalError:
            print("no PostgreSQL answers at 127.0.0.1:5432: not measured", flush=True)
        found = {}
        for name, url in urls.items():
            site = SiteProcess(folder / name.lower(), {"DATABASE_URL": url})
            site.data_dir.mkdir(parents=True)
            site.manage("prepare")
            found[name] = Place(name, site)
        yield found


@contextmanager
def _new_database() -> Iterator[str]:
    name = f"backspasm_bench_{secrets.token_hex(4)}"
    with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
        try:
            yield f"{SERVER}/{name}"
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def claiming(place: Place) -> Iterator[str]:
    """Yield how fast four processes claim what is due among a million."""
    rounds = [_one_claiming(place) for _ in range(ROUNDS)]
    rate = statistics.median(one["rate"] for one in rounds)
    least, most = min(one["rate"] for one in rounds), max(one["rate"] for one in rounds)
    wanted = ROWS_A_SECOND[place.name]
    yield (
        f"{place.name}: {DUE:,} due of {SIZES[-1]:,}, {PROCESSES} processes: {rate:,.0f} rows/s "
        f"({least:,.0f}-{most:,.0f}; at least {wanted:,}: {verdict(is_met=rate >= wanted)})"
    )
    cpu = statistics.median(one["cpu"] for one in rounds)
    yield f"{place.name}: {1e6 * cpu / DUE:.0f} CPU microseconds a row in the processes that claim"
    doubled, locked = sum(one["doubled"] for one in rounds), sum(one["locked"] for one in rounds)
    left = sum(one["left"] for one in rounds)
    is_met = not (doubled or locked or left)
    yield f"{place.name}: claimed twice {doubled}, lock errors {locked}, left {left} (0: {verdict(is_met=is_met)})"


def _one_claiming(place: Place) -> Mapping[str, float]:
    place.measure("due_again", str(DUE))
    processes = [place.start("claim") for _ in range(PROCESSES)]
    for process in processes:
        assert process.stdout is not None
        process.stdout.readline()
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    found = [told(process) for process in processes]
    seconds = max(one["ended"] for one in found) - min(one["began"] for one in found)
    after = place.measure("claimed")
    claimed = sum(one["claimed"] for one in found)
    return {
        "rate": claimed / seconds,
        "doubled": claimed - after["rows"],
        "locked": sum(one["locked"] for one in found),
        "cpu": sum(one["cpu"] for one in found),
        "left": after["due"],
    }


def passes(place: Place, found: Mapping[int, Mapping[str, float]]) -> Iterator[str]:
    """Yield what a pass costs at each number of stored reminders."""
    empty = found[SIZES[-1]]["empty_ms"]
    met = verdict(is_met=empty <= EMPTY_MS)
    yield f"{place.name}: a pass with nothing due of {SIZES[-1]:,}: {empty:.2f} ms (at most {EMPTY_MS:.0f}: {met})"
    costs = ", ".join(f"{found[size]['ms']:.0f} ms of {size:,}" for size in SIZES)
    ratio = found[SIZES[-1]]["ms"] / found[SIZES[0]]["ms"]
    yield f"{place.name}: a pass with {A_BATCH} due: {costs}; {SIZES[-1]:,} / {SIZES[0]:,}: {ratio:.2f}"


def plan(place: Place) -> str:
    """Say whether the statements that look for what is due use the partial index."""
    plans = place.measure("explain")["plans"]
    served = sum(INDEX in one for one in plans)
    is_met = bool(plans) and served == len(plans)
    return f"{place.name}: EXPLAIN names {INDEX} in {served} of {len(plans)} statements: {verdict(is_met=is_met)}"


def of_one(place: Place) -> Iterator[str]:
    """Fill one database to each size and yield what is measured there."""
    found = {}
    for size in SIZES:
        seconds = place.measure("fill", str(size), str(DUE))["seconds"]
        yield f"{place.name}: filled with {size:,} reminders in {seconds:.0f} s"
        found[size] = place.measure("passes", str(A_BATCH))
    yield from passes(place, found)
    yield plan(place)
    yield from claiming(place)


def show(section: Section, folder: Path) -> None:
    """Print every part."""
    section("Reminders: the machine", [f"load average {os.getloadavg()[0]:.1f} when this part began"])
    with places(folder) as found:
        for place in found.values():
            section(f"Reminders: claiming on {place.name}", of_one(place))
        section("Reminders: beside django-celery-beat", reminders_beat.lines(found["SQLite"], folder))
        for place in found.values():
            section(f"Reminders: one sender on {place.name}", reminders_end_to_end.one_sender(place))
        if "PostgreSQL" in found:
            section("Reminders: from end to end", reminders_end_to_end.two_workers(found["PostgreSQL"], folder))

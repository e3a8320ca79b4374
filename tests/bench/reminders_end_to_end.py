"""From due to taken: one sender, and two Celery workers, with a real mail server and a push service on the loopback."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, Protocol, Self

import psycopg

from tests.bench.processes import children, cpu_seconds
from tests.environment import ROOT
from tests.services.reminder_faults_brokers import RedisProcess
from tests.site_process import free_port

MESSAGES: Final = 2000
A_SECOND: Final = 300
SPREAD: Final = 50_000
LATE_SECONDS: Final = 60.0
GIVE_UP_SECONDS: Final = 300
PUSH_URL: Final = "BENCH_PUSH_URL"
SENT: Final = b"SELECT count(*) FROM tracker_delivery WHERE status = 'sent'"
NAMES: Final = {"email": "mail", "webpush": "push"}


class Place(Protocol):
    """A prepared site, as ``tests.bench.reminders`` has it."""

    name: str
    environment: dict[str, str]

    def measure(self, *measurement: str, **variables: str) -> Any:
        """Return what a measurement found."""


class Remotes:
    """The mail server and the push service, in one process. Use as a context manager."""

    def __init__(self) -> None:
        self._mail, self._push = free_port(), free_port()
        mail = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(self._mail), "EMAIL_USE_TLS": "0"}
        self.variables = {**mail, PUSH_URL: f"http://127.0.0.1:{self._push}"}

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.reminders_remotes", str(self._mail), str(self._push)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self._process.stdout.readline()
        return self

    def end(self) -> dict[str, int]:
        """Stop, and return how many messages each has taken."""
        said = self._process.communicate(timeout=30)[0]
        taken: dict[str, int] = json.loads(said)
        return taken

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()


def one_sender(place: Place) -> Iterator[str]:
    """Yield how many messages a second one process sends on each channel."""
    for channel, name in NAMES.items():
        with Remotes() as remotes:
            found = place.measure("deliver", channel, str(MESSAGES), **remotes.variables)
            taken = remotes.end()[channel]
        rate = found["sent"] / found["seconds"]
        met = "met" if rate >= A_SECOND and taken == found["sent"] == MESSAGES else "missed"
        yield (
            f"{place.name}: {found['sent']:,} of {MESSAGES:,} by {name}, {taken:,} taken: {rate:,.0f} a second "
            f"(at least {A_SECOND}: {met}); {1000 * found['cpu'] / max(found['sent'], 1):.2f} CPU ms each"
        )


def two_workers(place: Place, folder: Path) -> Iterator[str]:
    """Yield how late 50,000 reminders are that fall due evenly over one minute, half mail, half push."""
    with ExitStack() as stack:
        redis, remotes = stack.enter_context(RedisProcess()), stack.enter_context(Remotes())
        environment = {**place.environment, **remotes.variables, "BACKSPASM_BROKER_URL": redis.url}
        ahead = place.measure("spread", str(SPREAD), **remotes.variables)["seconds_ahead"]
        log = stack.enter_context((folder / "workers.log").open("wb"))
        worker = ["-m", "celery", "--app", "backspasm.celery_app", "worker", "--pool", "solo", "--loglevel", "ERROR"]
        programs = [["manage.py", "send_reminders"], *([*worker, "--hostname", f"bench{number}"] for number in (1, 2))]
        running = [stack.enter_context(_process(program, environment, log)) for program in programs]
        began = time.monotonic()
        _wait_until_all_are_sent(place, running, began + ahead + GIVE_UP_SECONDS)
        used = [cpu_seconds(one.pid) + sum(cpu_seconds(child) for child in children(one.pid)) for one in running]
        seconds = time.monotonic() - began - ahead
        taken = remotes.end()
        found = place.measure("lateness")
    met = "met" if found["p95"] < LATE_SECONDS and found.get("sent") == SPREAD else "missed"
    yield f"{found.get('sent', 0):,} of {SPREAD:,} sent, {seconds:.0f} s after the first was due; {_taken(taken)} taken"
    yield (
        f"lateness: p50 {found['p50']:.1f} s, p95 {found['p95']:.1f} s, most {found['most']:.1f} s "
        f"(p95 below {LATE_SECONDS:.0f} s: {met}); second tries {found['second_tries']}"
    )
    yield "CPU seconds: sender {:.0f}, workers {:.0f} and {:.0f}".format(*used)


def _taken(taken: dict[str, int]) -> str:
    return ", ".join(f"{count:,} by {NAMES[channel]}" for channel, count in taken.items())


@contextmanager
def _process(program: list[str], environment: dict[str, str], log: IO[bytes]) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen([sys.executable, *program], cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_all_are_sent(place: Place, running: list["subprocess.Popen[bytes]"], give_up_at: float) -> None:
    with psycopg.connect(place.environment["DATABASE_URL"], autocommit=True) as connection:
        while time.monotonic() < give_up_at:
            time.sleep(2)
            row = connection.execute(SENT).fetchone()
            if row and row[0] >= SPREAD:
                return
            if any(one.poll() is not None for one in running):
                raise RuntimeError("the sender or a worker has ended by itself")

"""Servers under the site's own gunicorn settings, one for each application measured."""

import http.client
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from tests.bench.processes import children, cpu_seconds
from tests.environment import ROOT

WORKERS: Final = 2
START_SECONDS: Final = 60


class Server:
    """gunicorn with one application, on a port of the loopback. Use as a context manager."""

    def __init__(self, application: str, port: int, environment: Mapping[str, str], log: Path) -> None:
        self.port = port
        self._application = application
        self._log = log
        self._environment = {
            **environment,
            "PORT": str(port),
            "WEB_CONCURRENCY": str(WORKERS),
            # A worker replaced in the middle would take its CPU time with it.
            "GUNICORN_CMD_ARGS": "--max-requests 0",
        }
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", self._application, "--config", "backspasm/gunicorn.py"],
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=log,
            )
        give_up_at = time.monotonic() + START_SECONDS
        while not self._answers():
            if time.monotonic() > give_up_at or self._process.poll() is not None:
                self._process.kill()
                raise RuntimeError(self._log.read_text())
            time.sleep(0.1)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(timeout=30)

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=START_SECONDS)
        try:
            connection.request("GET", "/")
            connection.getresponse().read()
        except ConnectionError:
            return False
        finally:
            connection.close()
        return len(self.workers_cpu_seconds()) == WORKERS

    def workers_cpu_seconds(self) -> list[float]:
        """Return the CPU time used so far by each worker process; the arbiter is not counted."""
        if not self._process:
            return []
        return [cpu_seconds(worker) for worker in sorted(children(self._process.pid))]

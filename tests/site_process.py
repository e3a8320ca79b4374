"""Runs the real site in processes of its own: `manage.py prepare`, then gunicorn on a free port of the loopback."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self

ROOT: Final = Path(__file__).resolve().parent.parent

START_SECONDS: Final = 60


def browser_path() -> str | None:
    """Return where Chromium is, or None."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def free_port() -> int:
    """Return a port of the loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class SiteProcess:
    """A prepared site under gunicorn. ``url`` is its address."""

    def __init__(self, data_dir: Path, environment: Mapping[str, str] | None = None, workers: int = 1) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.data_dir = data_dir
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("BACKSPASM_")},
            "BACKSPASM_DATA_DIR": str(data_dir),
            "PORT": str(self.port),
            "WEB_CONCURRENCY": str(workers),
            **(environment or {}),
        }
        self._server: subprocess.Popen[bytes] | None = None

    def manage(self, *arguments: str) -> str:
        """Run a management command on this site and return what it printed. Raises CalledProcessError."""
        command = [sys.executable, str(ROOT / "manage.py"), *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, check=True, capture_output=True, text=True)
        return done.stdout

    def start(self) -> None:
        """Serve, and return once the site answers. Raises RuntimeError if it does not within a minute."""
        log = (self.data_dir / "gunicorn.log").open("ab")
        self._server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "backspasm.wsgi", "--config", "backspasm/gunicorn.py"],
            cwd=ROOT,
            env=self.environment,
            stdout=log,
            stderr=log,
        )
        log.close()
        give_up_at = time.monotonic() + START_SECONDS
        while time.monotonic() < give_up_at:
            if self._server.poll() is not None:
                break
            try:
                if self.get("/healthz")[0] == http.client.OK:
                    return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError((self.data_dir / "gunicorn.log").read_text())

    def stop(self) -> None:
        """End the server and wait for it."""
        if self._server:
            self._server.send_signal(signal.SIGTERM)
            self._server.wait(timeout=20)
            self._server = None

    def request(
        self, method: str, path: str, body: str | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        """Send one request as it is; return status, headers and body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, dict(headers or {}))
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> tuple[int, http.client.HTTPMessage, bytes]:
        """Send one GET."""
        return self.request("GET", path, None, headers)

    def __enter__(self) -> Self:
        self.data_dir.mkdir(parents=True, exist_ok=True)
        self.manage("prepare")
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

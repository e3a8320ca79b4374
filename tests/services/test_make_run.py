"""`make run` on a folder of its own: serves, keeps everything on a second run, and Ctrl-C stops every process."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.site_process import ROOT, free_port

pytestmark = [pytest.mark.services, pytest.mark.enable_socket]
START_SECONDS = 120
STOP_SECONDS = 20


@contextmanager
def make_run(data_dir: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """Run it as a terminal would, in a process group of its own, and wait until it answers."""
    environment = {**os.environ, "BACKSPASM_DATA_DIR": str(data_dir), "PORT": str(port), "WEB_CONCURRENCY": "1"}
    process = subprocess.Popen(
        ["make", "run"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        give_up_at = time.monotonic() + START_SECONDS
        while not answers(port):
            assert process.poll() is None, process.communicate()[0]
            assert time.monotonic() < give_up_at
            time.sleep(0.2)
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)


def answers(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def interrupted(process: subprocess.Popen[str]) -> str:
    """Press Ctrl-C: the signal goes to the whole group. Return what was printed."""
    os.killpg(process.pid, signal.SIGINT)
    return process.communicate(timeout=STOP_SECONDS)[0]


def group_is_empty(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


def test_make_run_serves_stops_and_keeps_everything(tmp_path: Path) -> None:
    port = free_port()

    with make_run(tmp_path, port) as process:
        first = interrupted(process)

        assert not answers(port)
        assert group_is_empty(process.pid)
    with make_run(tmp_path, port) as process:
        second = interrupted(process)

    assert re.search(r"content: \d+ published, 0 new draft\(s\), 0 unchanged", first)
    assert re.search(r"content: 0 published, 0 new draft\(s\), \d+ unchanged", second)
    assert f"http://127.0.0.1:{port}" in first
    assert "mail is written to" in first
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600  # read by its owner alone

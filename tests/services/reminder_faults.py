"""Lets tests play scenes of reminders in processes that can be killed, and reads what became of every moment."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from django.conf import settings

from tests.environment import ROOT

LEASE_SECONDS: Final = 120
MINUTE: Final = 60

Row = dict[str, Any]


@dataclass(frozen=True)
class Ended:
    """How a process ended: its status (negative: the signal that killed it) and what it found."""

    status: int
    found: Any


class Stage:
    """A program of ours on one database, from which processes are forked. Use as a context manager."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.services.reminder_faults_settings",
            "BACKSPASM_DATA_DIR": str(folder),
            **environment,
        }
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        (self.folder / "static").symlink_to(settings.STATIC_ROOT)
        with (self.folder / "errors.txt").open("wb") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.services.reminder_faults_stage"],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process is not None
        self._process.communicate(timeout=30)

    @property
    def errors(self) -> str:
        """What the processes complained of."""
        return (self.folder / "errors.txt").read_text()

    def _ask(self, command: Mapping[str, Any]) -> Any:
        assert self._process is not None
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, self.errors
        return json.loads(line)

    def begin(self, name: str, **arguments: Any) -> int:
        """Start a process; return its id."""
        return int(self._ask({"play": name, "with": arguments}))

    def end(self, pid: int) -> Ended:
        """Wait for a process."""
        return Ended(**self._ask({"end": pid}))

    def play(self, name: str, **arguments: Any) -> Any:
        """Play in a process of its own, and return what it found. Raises AssertionError where it failed."""
        ended = self.end(self.begin(name, **arguments))
        assert ended.status == 0, f"{name} ended with {ended.status}\n{self.errors}"
        return ended.found

    def manage(self, *arguments: str, **environment: str) -> "subprocess.Popen[bytes]":
        """Start a management command of the real site."""
        return self.program("manage.py", *arguments, **environment)

    def program(self, *command: str, **environment: str) -> "subprocess.Popen[bytes]":
        """Start a Python program; what it says goes to the errors of the stage."""
        with (self.folder / "errors.txt").open("ab") as errors:
            return subprocess.Popen(
                [sys.executable, *command],
                cwd=ROOT,
                env={**self.environment, **environment},
                stdout=errors,
                stderr=errors,
            )

    def rows(self, **expected: Any) -> list[Row]:
        """Every delivery, or those with the values expected, in the order of its moment."""
        found: list[Row] = self.play("rows")
        return [row for row in found if all(row[name] == value for name, value in expected.items())]

    def outcomes(self) -> "Counter[str]":
        """How many deliveries came to what: their status, and the reason if there is one."""
        return Counter(":".join(filter(None, (row["status"], row["reason"]))) for row in self.rows())

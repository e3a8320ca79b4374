"""Run as a program: plays scenes of reminders on the database that the environment names, each in a process of its own.

Every process is a fork of this one, which has loaded everything and holds no connection: it starts in milliseconds and
can be killed like any other. Reads one JSON command a line from standard input and answers with one line.
"""

import faulthandler
import json
import logging
import os
import signal
import sys
import traceback
from typing import Any, Final

import django
from django.core.management import call_command
from django.db import connections
from django.urls import reverse
from django.utils import timezone

django.setup()

from education import content_files, loading, publishing  # noqa: E402  # apps must be loaded first
from tests.services import reminder_faults_scenes, reminder_faults_senders  # noqa: E402

SECONDS_AT_MOST: Final = 60
PLAYS: Final = {**reminder_faults_scenes.PLAYS, **reminder_faults_senders.PLAYS}


def prepare() -> None:
    """Make the tables and the first edition, and read for every fork what each would read."""
    call_command("migrate", run_syncdb=True, verbosity=0)
    call_command("createcachetable", verbosity=0)
    now = timezone.now()
    loading.load(content_files.read(), now=now)
    publishing.live(timezone.now())
    reverse("tracker:home")  # reads every address
    connections.close_all()


def play(name: str, arguments: dict[str, Any], told: int) -> None:
    """Be the forked process: play, tell what was found, and end."""
    status = 1
    try:
        os.dup2(2, 1)  # standard output is for answers
        faulthandler.dump_traceback_later(SECONDS_AT_MOST, exit=True)
        found = PLAYS[name](**arguments)
        os.write(told, json.dumps(found, default=str).encode())
        status = 0
    except Exception:  # noqa: BLE001 - it is told in the log, and by the status
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def begin(name: str, arguments: dict[str, Any]) -> tuple[int, int]:
    """Fork a process that plays; return its id, and what it will tell through."""
    tells, told = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(tells)
        play(name, arguments, told)
    os.close(told)
    return pid, tells


def ended(pid: int, tells: int) -> dict[str, Any]:
    """Wait for a process; return its status (negative: the signal that killed it) and what it told."""
    with os.fdopen(tells, "rb") as pipe:
        words = pipe.read()
    _pid, status = os.waitpid(pid, 0)
    return {"status": os.waitstatus_to_exitcode(status), "found": json.loads(words) if words else None}


def main() -> None:
    """Play until there are no more commands."""
    logging.disable(logging.ERROR)
    prepare()
    running: dict[int, int] = {}
    for line in sys.stdin:
        command = json.loads(line)
        if "end" in command:
            answer: object = ended(command["end"], running.pop(command["end"]))
        else:
            pid, tells = begin(command["play"], command["with"])
            running[pid] = tells
            answer = pid
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    for pid in running:
        os.kill(pid, signal.SIGKILL)  # of a test that failed


if __name__ == "__main__":
    main()

"""Senders and workers that meet a fault: killed at a statement, out of room, or from outside. Played on the stage."""

import os
import re
import signal
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any, Final
from unittest import mock

from django.core.management import call_command
from django.db import DatabaseError, connection
from django.test import override_settings
from django.utils import timezone

from tracker.reminders.broker import BrokerAway
from tracker.reminders.channels import webpush
from tracker.reminders.sender import Sender, Stop

PUSH_TIMEOUT_SECONDS: Final = 0.5

# Where a sender may die: the statement, and when: before it, after it, or after its transaction has been committed.
POINTS: Final = {
    "claiming": (r'^INSERT INTO "tracker_delivery"', "after"),
    "claimed": (r'^INSERT INTO "tracker_delivery"', "committed"),
    "leased": (r'^UPDATE "tracker_delivery" SET .*"lease" = ', "committed"),
    "handed_over": (r'UPDATE "tracker_delivery" SET "handed_over_at" = ', "committed"),
    "recording": (r'UPDATE "tracker_delivery" SET .*"sent_at" = ', "before"),
    "recorded": (r'UPDATE "tracker_delivery" SET .*"sent_at" = ', "committed"),
}


class At:
    """Does something when a point is passed for the ``nth`` time."""

    def __init__(self, point: str, action: Callable[[], object], nth: int = 1) -> None:
        self._pattern, self._when = POINTS[point]
        self._action = action
        self._left = nth
        self._is_waiting = False

    def __call__(self, execute: Callable[..., Any], sql: str, *statement: Any) -> Any:
        is_met = re.search(self._pattern, sql, re.DOTALL) is not None
        if is_met:
            self._left -= 1
        is_met = is_met and self._left == 0
        if is_met and self._when == "before":
            self._action()
        result = execute(sql, *statement)
        if is_met and self._when != "before":
            self._passed()
        return result

    def _passed(self) -> None:
        if self._when == "committed" and connection.in_atomic_block:
            self._is_waiting = True
        else:
            self._action()

    def committed(self, commit: Callable[[], None]) -> None:
        """Commit, and act if that was waited for."""
        commit()
        if self._is_waiting:
            self._is_waiting = False
            self._action()


def watch(stack: ExitStack, at: At) -> None:
    """Let ``at`` see the statements and commits of this process."""
    stack.enter_context(connection.execute_wrapper(at))
    name = "_commit"  # beneath all of Django's ways to commit
    commit = getattr(connection, name)
    setattr(connection, name, lambda: at.committed(commit))


def die() -> None:
    """End as by kill -9."""
    os.kill(os.getpid(), signal.SIGKILL)


def sleep() -> None:
    """Stand still until somebody says SIGCONT, as on a machine that was suspended."""
    os.kill(os.getpid(), signal.SIGSTOP)


def fill_the_disk() -> None:
    """Let the database grow no more, as on a full disk; SQLite only. Only what is there may be written over."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA max_page_count = 1")  # never below what is there already


def send(
    *,
    shift: float = 0,
    passes: int = 1,
    dies: str = "",
    nth: int = 1,
    sleeps: str = "",
    is_full_at: str = "",
    broker: str = "",
    settings: dict[str, Any] | None = None,
) -> list[str]:
    """Look for what is due so many times, ``shift`` seconds from now; return what went wrong in each pass.

    Points: ``dies``, at which it is killed; ``sleeps``, at which it stands still; ``is_full_at``, after which the
    disk is full ('start': before it begins).
    """

    def clock() -> datetime:
        return timezone.now() + timedelta(seconds=shift)

    troubles = []
    with ExitStack() as stack:
        stack.enter_context(override_settings(**with_broker(broker), **(settings or {})))
        stack.enter_context(mock.patch.object(webpush, "TIMEOUT_SECONDS", PUSH_TIMEOUT_SECONDS))
        connection.ensure_connection()
        if dies:
            watch(stack, At(dies, die, nth))
        if sleeps:
            watch(stack, At(sleeps, sleep, nth))
        if is_full_at == "start":
            fill_the_disk()
        elif is_full_at:
            watch(stack, At(is_full_at, fill_the_disk, nth))
        for _ in range(passes):
            try:
                Sender(clock=clock, stop=Stop()).run_once()
            except (DatabaseError, BrokerAway) as error:
                troubles.append(type(error).__name__)
    return troubles


def with_broker(url: str) -> dict[str, Any]:
    """Return the settings of a site with this broker, or without one."""
    return {"BROKER_URL": url, "REMINDERS_HAND_OUT": "backspasm.celery_app.hand_out"} if url else {}


def run(*, broker: str = "") -> None:
    """Be ``manage.py send_reminders`` until asked to stop."""
    with override_settings(**with_broker(broker)):
        call_command("send_reminders")


def work(*, broker: str) -> None:
    """Be a Celery worker, in one process, until asked to stop."""
    with override_settings(**with_broker(broker)):
        app = import_module("backspasm.celery_app").app
        quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "ERROR"]
        app.worker_main(["worker", "--pool", "solo", *quiet])


PLAYS: Final[dict[str, Callable[..., Any]]] = {"send": send, "run": run, "work": work}

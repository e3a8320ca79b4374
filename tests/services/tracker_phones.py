"""Phones of one patient at once: threads with connections of their own, held up between statements."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

Task = Callable[[], Any]
Scene = Callable[[], tuple[Task, Task]]

# Who has not ended by then waits for a lock of the other.
BLOCKED_SECONDS: Final = 0.04
STEP_SECONDS: Final = 0.005
STUCK_SECONDS: Final = 40


@dataclass
class Outcome:
    """What became of a task: what it returned, or what it raised."""

    value: Any = None
    error: Exception | None = None

    def __str__(self) -> str:
        if self.error is None:
            return "ok"
        code = getattr(self.error, "code", "")
        return ":".join(filter(None, [type(self.error).__name__, str(code)]))


@dataclass(frozen=True)
class Meeting:
    """Two tasks of which the second began after statement ``after`` of the first.

    ``second_was_quicker``: it had ended before the first went on.
    """

    after: int
    first: Outcome
    second: Outcome
    second_was_quicker: bool

    @property
    def outcomes(self) -> list[str]:
        """What both came to."""
        return [str(self.first), str(self.second)]


class _Phone(threading.Thread):
    """Runs a task with a connection of its own, and a wrapper around each of its statements."""

    def __init__(self, task: Task, wrapper: Callable[..., Any] | None = None) -> None:
        super().__init__(daemon=True)
        self.outcome = Outcome()
        self._task = task
        self._wrapper = wrapper or (lambda execute, *statement: execute(*statement))

    def run(self) -> None:
        try:
            with connection.execute_wrapper(self._wrapper):
                self.outcome.value = self._task()
        except Exception as error:  # noqa: BLE001 - whatever comes is what the caller would get
            self.outcome.error = error
        finally:
            connection.close()

    def ended(self) -> Outcome:
        """Wait for the end. Raises TimeoutError where there is none."""
        self.join(STUCK_SECONDS)
        if self.is_alive():
            raise TimeoutError("a phone is stuck")
        return self.outcome


class _Lockstep:
    """Lets threads do their statements side by side, as far as their locks let them."""

    def __init__(self, size: int) -> None:
        self._steps = [0] * size
        self._moved = threading.Condition()

    def wrapper(self, place: int) -> Callable[..., Any]:
        def wrap(execute: Callable[..., Any], *statement: Any) -> Any:
            try:
                return execute(*statement)
            finally:
                self._step(place)

        return wrap

    def _step(self, place: int) -> None:
        with self._moved:
            self._steps[place] += 1
            self._moved.notify_all()
            self._moved.wait_for(lambda: min(self._steps) >= self._steps[place], timeout=STEP_SECONDS)


def at_once(*tasks: Task) -> list[Outcome]:
    """Run tasks side by side; return what became of each."""
    lockstep = _Lockstep(len(tasks))
    phones = [_Phone(task, lockstep.wrapper(place)) for place, task in enumerate(tasks)]
    for phone in phones:
        phone.start()
    return [phone.ended() for phone in phones]


def meetings(scene: Scene, *, only: tuple[str, ...] = ("",)) -> Iterator[Meeting]:
    """Let the second task of a scene come between each two statements of the first; a new scene for every time.

    ``only``: count the statements that speak of one of these. In the last meeting the second comes after the first.
    """
    for after in range(1, 200):
        meeting = _meet(*scene(), after=after, only=only)
        yield meeting[0]
        if not meeting[1]:
            return
    raise AssertionError("a task takes more than 199 statements")


def _meet(first: Task, second: Task, *, after: int, only: tuple[str, ...]) -> tuple[Meeting, bool]:
    is_paused, may_go_on = threading.Event(), threading.Event()
    done = 0

    def pause(execute: Callable[..., Any], sql: str, *statement: Any) -> Any:
        nonlocal done
        result = execute(sql, *statement)
        if any(name in sql for name in only):
            done += 1
            if done == after:
                is_paused.set()
                may_go_on.wait(STUCK_SECONDS)
        return result

    def until_the_end() -> Any:
        try:
            return first()
        finally:
            is_paused.set()

    earlier, later = _Phone(until_the_end, pause), _Phone(second)
    earlier.start()
    is_paused.wait(STUCK_SECONDS)
    later.start()
    later.join(BLOCKED_SECONDS)
    was_quicker = done == after and not later.is_alive()
    may_go_on.set()
    return Meeting(after, earlier.ended(), later.ended(), was_quicker), done >= after

"""What the races of the tracker share: the meetings of a scene, and what each of them found."""

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from tests.services.tracker_phones import Meeting, Outcome, Scene, Task, meetings
from tests.services.tracker_scenes import Send

Found = list[dict[str, Any]]
PHONES: Final = 8


def once(send: Send) -> Task:
    """A form of its own."""
    return partial(send, uuid.uuid4())


def codes(outcomes: list[Outcome]) -> list[str]:
    """What tasks came to, sorted."""
    return sorted(str(outcome) for outcome in outcomes)


def each_meeting(make_scene: Callable[[], tuple[Task, Task, Callable[[Meeting], dict[str, Any]]]]) -> Found:
    """Play a scene for every place in which the second task can come; ask it each time what it found."""
    look: list[Callable[[Meeting], dict[str, Any]]] = []

    def scene() -> tuple[Task, Task]:
        first, second, found = make_scene()
        look.append(found)
        return first, second

    counted: Scene = scene
    return [{"after": meeting.after, **look[-1](meeting)} for meeting in meetings(counted)]

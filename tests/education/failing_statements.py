"""Breaks a publish at a chosen statement, as a power cut would, and says what readers see afterwards."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

import msgspec
from django.db import OperationalError, connection

from education import publishing, structure
from education.edition import LiveEdition

SUMMARY: Final = "Three at once"


class Cut(OperationalError):
    """The statement at which the power went."""


class Statements:
    """Counts statements; raises Cut at number ``cut_at`` (1 is the first), never where it is 0."""

    def __init__(self, cut_at: int = 0) -> None:
        self.cut_at = cut_at
        self.count = 0

    def __call__(self, execute: Callable[..., Any], sql: str, parameters: Any, many: bool, context: Any) -> Any:
        self.count += 1
        if self.count == self.cut_at:
            raise Cut(sql)
        return execute(sql, parameters, many, context)


def publish_three(live: LiveEdition, now: datetime) -> LiveEdition:
    """Publish new words of three terms and an exercise as one edition."""
    terms = [msgspec.structs.replace(item.content, meaning="New words.") for _, item in sorted(live.terms.items())[:3]]
    exercise = next(iter(live.exercises.values())).content
    contents: list[structure.Publishable] = [*terms, msgspec.structs.replace(exercise, name=f"New {exercise.name}")]
    proposals = [publishing.Proposal(content, changes="New.") for content in contents]
    return publishing.publish(proposals, now=now, summary=SUMMARY)


@contextmanager
def power_cut_at(number: int) -> Iterator[Statements]:
    """Count the statements of a block, and break it at ``number``."""
    statements = Statements(number)
    with connection.execute_wrapper(statements):
        yield statements

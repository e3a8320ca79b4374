"""The visit sheet as values: the same parts for the screen, for print and for the PDF. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final


@dataclass(frozen=True)
class Limits:
    """How much of everything the sheet shows: numbers of rows, and letters of one text."""

    letters: int
    activities: int
    episodes: int
    course: int
    medicines: int
    rounds: int
    dates: int


# From what is read well to what fits one side whatever a patient typed.
FULL: Final = Limits(letters=200, activities=3, episodes=5, course=6, medicines=6, rounds=3, dates=8)
TIGHTER: Final = (
    FULL,
    Limits(letters=90, activities=3, episodes=5, course=5, medicines=5, rounds=3, dates=5),
    Limits(letters=60, activities=3, episodes=3, course=3, medicines=4, rounds=2, dates=3),
    Limits(letters=36, activities=3, episodes=2, course=2, medicines=3, rounds=1, dates=2),
)


@dataclass(frozen=True)
class Grid:
    """A table; the first cell of each row heads the row. ``widths`` are shares of the line."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]


@dataclass(frozen=True)
class Part:
    """One part under its heading; ``blanks`` are labelled lines to write on by hand."""

    key: str
    heading: str
    lines: tuple[str, ...] = ()
    grid: Grid | None = None
    numbered: tuple[str, ...] = ()
    blanks: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Sheet:
    """The whole sheet. ``made_at`` is aware; ``made`` says it in words, with the edition."""

    title: str
    warning: str
    made: str
    made_at: datetime
    parts: tuple[Part, ...]

"""What a printed document is made of: plain values, ready to become JSON. Knows no Django, no clock, no typst.

Each element carries its kind into the JSON, where ``document.typ`` picks the function that draws it.
"""

from datetime import datetime
from typing import Literal

import msgspec

from education.structure import Urgency


class _Value(msgspec.Struct, frozen=True):
    """An immutable part of a document."""


class _Element(_Value, frozen=True, tag_field="kind", tag=str.lower):
    """An immutable part of a document that can stand by itself in the flow."""


class Run(_Value, frozen=True):
    """A stretch of text with one look. ``is_mark`` is a reference mark: small and pale."""

    text: str
    strong: bool = False
    em: bool = False
    href: str = ""  # absolute
    is_mark: bool = False


Runs = tuple[Run, ...]


class Heading(_Element, frozen=True):
    """A heading below the title. Levels may not be skipped on the way down: the renderer refuses."""

    text: str
    level: Literal[2, 3, 4] = 2


class Paragraph(_Element, frozen=True):
    """A paragraph; ``note`` sets it small and pale, ``lead`` large."""

    runs: Runs
    look: Literal["body", "lead", "note"] = "body"


class BulletList(_Element, frozen=True):
    """A list with bullets; ``level`` 1 stands at the margin."""

    items: tuple[Runs, ...]
    level: int = 1


class NumberedList(_Element, frozen=True):
    """A list counted from ``start``; ``level`` 1 stands at the margin."""

    items: tuple[Runs, ...]
    level: int = 1
    start: int = 1


class Card(_Element, frozen=True, kw_only=True):
    """A care card: shape, word and colour say the urgency; ``lines`` are the signs, in ``columns`` columns."""

    urgency: Urgency
    heading: str
    action: str = ""
    lead: str = ""
    lines: tuple[Runs, ...]
    closing: tuple[str, ...] = ()
    sources: str = ""
    columns: int = 1


class Table(_Element, frozen=True):
    """A table of plain text; the first cell of each row heads the row. ``widths`` are shares of the line."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]


class Cell(_Value, frozen=True):
    """A place to write: blank, a row of ``boxes``, words to choose from, or shaded where nothing is asked."""

    boxes: int = 0
    choices: tuple[str, ...] = ()
    is_asked: bool = True


class FillRow(_Value, frozen=True):
    """One row of a table to fill in, headed by ``label``."""

    label: str
    cells: tuple[Cell, ...]


class FillIn(_Element, frozen=True):
    """A table to fill in by hand. ``widths`` are shares of the line, ``row_mm`` the least height of a row."""

    headers: tuple[str, ...]
    rows: tuple[FillRow, ...]
    widths: tuple[float, ...]
    row_mm: float = 8


class Field(_Value, frozen=True):
    """One labelled line to write on; ``share`` is its part of the row, ``choices`` are words with a box each."""

    label: str
    share: float = 1
    choices: tuple[str, ...] = ()


class Fields(_Element, frozen=True):
    """Labelled lines to write on, side by side."""

    fields: tuple[Field, ...]


class ReferenceLine(_Value, frozen=True):
    """One numbered source, with the address to print and follow."""

    number: int
    text: str
    href: str = ""


class References(_Element, frozen=True):
    """The numbered sources, small and run on, under their own heading."""

    heading: str
    items: tuple[ReferenceLine, ...]


class NewPage(_Element, frozen=True):
    """What follows starts on a new side."""


Element = Heading | Paragraph | BulletList | NumberedList | Card | Table | FillIn | Fields | References | NewPage


class Document(_Value, frozen=True, kw_only=True):
    """A whole document on A4. ``opening`` runs over the full width, ``body`` in ``columns`` columns below it.

    ``made_at`` (aware) is written into the file, so that the same document always gives the same bytes.
    ``font_sizes_pt`` are tried in order until the document fits ``max_pages`` sides; None means any length.
    """

    title: str
    header: str
    footer: tuple[str, ...]
    opening: tuple[Element, ...]
    body: tuple[Element, ...] = ()
    made_at: datetime
    author: str = ""
    language: Literal["en-GB"] = "en-GB"
    columns: Literal[1, 2] = 1
    is_landscape: bool = False
    font_sizes_pt: tuple[float, ...] = (10,)
    max_pages: int | None = None

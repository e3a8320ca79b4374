"""The visit sheet on paper: always one A4 side, whatever the patient has logged or typed. Pure."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from django.utils.translation import gettext as _

from education.documents import (
    BulletList,
    Document,
    DocumentError,
    DocumentTooLong,
    Element,
    Field,
    Fields,
    Heading,
    NumberedList,
    Paragraph,
    Run,
    SiteFacts,
    Table,
    render,
)
from tracker.reports.record import Record
from tracker.reports.sheet_shape import TIGHTER, Part, Sheet
from tracker.reports.visit_sheet import sheet

FONT_SIZES_PT: Final = (9.5, 9, 8.5, 8)
LONGEST_WORD: Final = 18
_LONG_WORD: Final = re.compile(rf"\S{{{LONGEST_WORD}}}(?=\S)")
_MAY_BREAK: Final = "\u200b"
# What the typefaces of our PDFs surely have: Latin, Greek, Cyrillic, and the signs our own sentences use.
_UNKNOWN: Final = re.compile("[^\\n\\x20-\\x7e\u00a0-\u024f\u0370-\u03ff\u0400-\u045f\u200b\u2013-\u2026]")
_STANDS_IN: Final = "?"


def pdf(record: Record, signs: Mapping[str, str], site: SiteFacts) -> bytes:
    """Return the sheet as PDF/UA-1. Rows and words are cut, with 'and 3 more', until it fits one side."""
    return _fitting(record, signs, site)[1]


def sheet_for_the_screen(record: Record, signs: Mapping[str, str], site: SiteFacts) -> Sheet:
    """Return the sheet cut just as on paper: it is printed from the screen too."""
    return _fitting(record, signs, site)[0]


def _fitting(record: Record, signs: Mapping[str, str], site: SiteFacts) -> tuple[Sheet, bytes]:
    for limits in TIGHTER:
        made = sheet(record, signs, limits)
        try:
            return made, _rendered(made, site)
        except DocumentTooLong:
            continue
    raise DocumentTooLong(made.title, 2, 1)


def _rendered(made: Sheet, site: SiteFacts) -> bytes:
    try:
        return render(document(made, site))
    except DocumentTooLong:
        raise
    except DocumentError:
        # A letter that no typeface here can draw, such as an emoji: the rest of the sheet must not wait for it.
        return render(document(made, site, is_plain=True))


def document(made: Sheet, site: SiteFacts, *, is_plain: bool = False) -> Document:
    """Return the sheet for the renderer; ``is_plain`` puts a question mark for what it may be unable to draw."""
    paper = _Paper(is_plain)
    return Document(
        title=made.title,
        header=_("For a clinician"),
        footer=(made.warning, f"{made.made} {site.address}"),
        opening=(
            Paragraph((Run(made.warning, strong=True),)),
            *(element for part in made.parts for element in paper.part(part)),
            *([_cannot_print()] if is_plain else []),
        ),
        made_at=made.made_at,
        author="",
        font_sizes_pt=FONT_SIZES_PT,
        max_pages=1,
    )


def _cannot_print() -> Paragraph:
    return Paragraph((Run(_("A question mark may stand for a sign that cannot be printed here.")),), look="note")


class _Paper:
    """Turns the parts of a sheet into elements."""

    def __init__(self, is_plain: bool) -> None:
        self._is_plain = is_plain

    def _text(self, text: str) -> str:
        plain = _UNKNOWN.sub(_STANDS_IN, text) if self._is_plain else text
        return _LONG_WORD.sub(lambda found: found.group() + _MAY_BREAK, plain)

    def _runs(self, text: str) -> tuple[Run, ...]:
        return (Run(self._text(text)),)

    def part(self, part: Part) -> Iterator[Element]:
        """Yield the heading of a part and what stands under it."""
        yield Heading(part.heading)
        if part.lines:
            yield BulletList(tuple(map(self._runs, part.lines)))
        if part.grid is not None:
            rows = tuple(tuple(map(self._text, row)) for row in part.grid.rows)
            yield Table(part.grid.columns, rows, part.grid.widths)
        if part.numbered:
            yield NumberedList(tuple(map(self._runs, part.numbered)))
        if part.note:
            yield Paragraph(self._runs(part.note), look="note")
        if part.blanks:
            yield Fields(tuple(map(Field, part.blanks)))

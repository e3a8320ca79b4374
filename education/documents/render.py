"""Turns a Document into a tagged PDF (PDF/UA-1) with typst. Pure but for reading fonts and the template once."""

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import msgspec
import typst

from education.documents.model import Document

TEMPLATE: Final = Path(__file__).with_name("document.typ")
PAGE_COUNT: Final = re.compile(rb"/Type\s*/Pages\b[^>]*?/Count\s+(\d+)")


class DocumentError(ValueError):
    """The document cannot be an accessible PDF, for example because a heading level is skipped."""


class DocumentTooLong(DocumentError):
    """The document needs more A4 sides than it may have."""

    def __init__(self, title: str, pages: int, allowed: int) -> None:
        super().__init__(f"{title}: {pages} A4 sides, at most {allowed} are allowed")
        self.pages = pages
        self.allowed = allowed


def package_fonts() -> tuple[Path, ...]:
    """Return the folder of the site's typeface, or nothing where its package is not installed."""
    spec = find_spec("fontpkg_atkinson_hyperlegible")
    return tuple(Path(folder) / "files" for folder in spec.submodule_search_locations or ()) if spec else ()


def render(document: Document, *, font_paths: tuple[Path, ...] | None = None) -> bytes:
    """Return ``document`` as PDF/UA-1; the same document and fonts give the same bytes.

    ``font_paths`` are folders of TTF or OTF files; None takes the site's typeface. Where a face is missing,
    typst's own stand in; the fonts of the machine are never used.
    Raises DocumentTooLong above ``document.max_pages``, DocumentError for anything typst refuses,
    ValueError where ``made_at`` has no zone.
    """
    if document.made_at.tzinfo is None:
        raise ValueError("made_at must be aware")
    fonts = _fonts(package_fonts() if font_paths is None else font_paths)
    pages = 0
    for size in document.font_sizes_pt:
        pdf = _compile(document, size, fonts)
        pages = page_count(pdf)
        if document.max_pages is None or pages <= document.max_pages:
            return pdf
    raise DocumentTooLong(document.title, pages, document.max_pages or 0)


def page_count(pdf: bytes) -> int:
    """Return the number of pages of a PDF made by ``render``."""
    return max(int(count) for count in PAGE_COUNT.findall(pdf))


def _compile(document: Document, font_size_pt: float, fonts: typst.Fonts) -> bytes:
    # One compiler may not serve two threads at once; the fonts, which cost the time, may.
    data = {"document": msgspec.json.encode(document).decode(), "size": str(font_size_pt)}
    compiler = typst.Compiler(TEMPLATE, root=TEMPLATE.parent, font_paths=fonts, sys_inputs=data)
    try:
        pdf = compiler.compile(format="pdf", pdf_standards=["ua-1"], timestamp=int(document.made_at.timestamp()))
    except typst.TypstError as error:
        raise DocumentError(f"{document.title}: {error}") from error
    if not isinstance(pdf, bytes):
        raise DocumentError(f"{document.title}: no single file came out")
    return pdf


@cache
def _fonts(folders: tuple[Path, ...]) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, font_paths=list(folders))

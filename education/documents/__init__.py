"""One PDF renderer of blocks: leaflets, the paper diary and, from the tracker, the visit sheet."""

from education.documents.diary import diary
from education.documents.leaflet import leaflet
from education.documents.model import (
    BulletList,
    Card,
    Cell,
    Document,
    Element,
    Field,
    Fields,
    FillIn,
    FillRow,
    Heading,
    NewPage,
    NumberedList,
    Paragraph,
    ReferenceLine,
    References,
    Run,
    Table,
)
from education.documents.parts import SiteFacts
from education.documents.render import DocumentError, DocumentTooLong, page_count, render

__all__ = [
    "BulletList",
    "Card",
    "Cell",
    "Document",
    "DocumentError",
    "DocumentTooLong",
    "Element",
    "Field",
    "Fields",
    "FillIn",
    "FillRow",
    "Heading",
    "NewPage",
    "NumberedList",
    "Paragraph",
    "ReferenceLine",
    "References",
    "Run",
    "SiteFacts",
    "Table",
    "diary",
    "leaflet",
    "page_count",
    "render",
]

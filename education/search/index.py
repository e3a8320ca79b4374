"""The index of one edition: built once, then only read. Pure: knows no database, no request and no clock."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import tantivy
from django.utils.safestring import SafeString
from tantivy import Occur, Query

from education.edition import LiveEdition
from education.search import snippets, words
from education.search.documents import Document, card_url, documents
from education.search.phrases import RedFlags, Synonyms, sign_phrases
from education.search.spelling import Speller
from education.search.suggestions import Suggester, Suggestion

RESULTS: Final = 20

Message = Literal["", "empty", "nothing"]

# How much a word counts in each field, and a document of each group.
_FIELDS: Final = {"title": 3.0, "page_title": 0.6, "text": 1.0, "hidden": 0.6}
_GROUPS: Final = {"article": 1.0, "living": 1.0, "library": 0.9, "home": 0.8, "site": 0.4}
_PAGE: Final = 1.2  # a page whose own title matches stands before its sections
_TOGETHER: Final = 1.0  # words that stand side by side, as in the query
_GUESSED: Final = 0.5  # a completion, a typo put right
_RED_FLAG: Final = 1000.0  # the emergency card stands before everything
_SIGN: Final = 14.0  # a sign of another card, if the phrase is the whole query
_TERM: Final = 8.0  # the entry of a term, likewise, and the place that says most of it
_WRITER_BYTES: Final = 15_000_000  # the least that tantivy accepts


@dataclass(frozen=True)
class Result:
    """One place found. ``snippet_html`` is escaped text with ``<mark>`` around the words found."""

    url: str
    page_title: str
    section_title: str
    snippet_html: SafeString


@dataclass(frozen=True)
class Answer:
    """What is shown for a query. ``query`` is fit to print; ``corrected`` is the word tried instead, if any."""

    query: str
    results: tuple[Result, ...] = ()
    is_red_flag: bool = False
    corrected: str = ""
    message: Message = ""

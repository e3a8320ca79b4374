"""The passage of a text that answers a query best, with the words found in it marked."""

import re
from collections.abc import Collection
from typing import Final

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from education.search import words

CHARACTERS: Final = 200
_WORD: Final = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")


def snippet(text: str, stems: Collection[str]) -> SafeString:
    """Return about 200 characters of plain text, escaped, each word whose stem is in ``stems`` in ``<mark>``."""
    start = _best_start(text, stems)
    end = len(text)
    if end - start > CHARACTERS:
        end = text.rfind(" ", start, start + CHARACTERS)
        end = end if end > start else start + CHARACTERS
    before = "\u2026 " if start else ""
    after = " \u2026" if end < len(text) else ""
    return mark_safe(f"{before}{_marked(text[start:end], stems)}{after}")


def _best_start(text: str, stems: Collection[str]) -> int:
    """Return where to begin: at the sentence after which most of the wanted words follow."""
    hits = [(found.start(), stem) for found in _WORD.finditer(text) for stem in _stems(found[0]) if stem in stems]
    starts = [0, *(found.end() for found in re.finditer(r"[.?!:]\s+", text))]

    def followed_by(start: int) -> int:
        return len({stem for at, stem in hits if start <= at < start + CHARACTERS - 20})

    return max(starts, key=followed_by) if len(text) > CHARACTERS else 0


def _marked(text: str, stems: Collection[str]) -> str:
    parts: list[str] = []
    end = 0
    for found in _WORD.finditer(text):
        if any(stem in stems for stem in _stems(found[0])):
            parts += [escape(text[end : found.start()]), format_html("<mark>{}</mark>", found[0])]
            end = found.end()
    return "".join([*parts, escape(text[end:])])


def _stems(word: str) -> list[str]:
    return [words.stem(token) for token in words.tokens(word)]

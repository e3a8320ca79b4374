"""How hard a page is to read: its running text, its Flesch-Kincaid grade, its hard sentences.

A grade is the school year, in the American count, in which a child can read the text: 7.0 stands for ages 12 to 13.
Every paragraph, heading and list item is scored as a sentence of its own, since bullets without full stops
would otherwise be one endless sentence.
"""

import re
from collections.abc import Iterable
from html.parser import HTMLParser
from typing import Final

import textstat

WORDS_IN_A_SENTENCE_AT_MOST: Final = 20
GRADE_OF_A_SENTENCE_AT_MOST: Final = 12.0

_INLINE: Final = frozenset({"a", "abbr", "b", "br", "em", "i", "mark", "span", "strong", "sub", "sup", "time"})
_VOID: Final = frozenset({"br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})
_NOT_TEXT: Final = frozenset({"nav", "table", "script", "style", "sup", "svg", "template"})
_NO_END: Final = re.compile(r"[^.!?]$")
_SENTENCE_END: Final = re.compile(r"(?<=[.!?])\s+")


def grade(text: str) -> float:
    """Return the Flesch-Kincaid grade of plain text: 0 for none, below 0 for very easy words. Needs 100 words."""
    return float(textstat.flesch_kincaid_grade(text)) if text.strip() else 0.0


def hard_sentences(text: str) -> tuple[str, ...]:
    """Return the sentences of more than 20 words or of a grade above 12, hardest first."""
    sentences = {sentence: grade(sentence) for sentence in _SENTENCE_END.split(text) if sentence}
    hard = (
        sentence
        for sentence, its_grade in sentences.items()
        if len(sentence.split()) > WORDS_IN_A_SENTENCE_AT_MOST
        or (its_grade > GRADE_OF_A_SENTENCE_AT_MOST and len(sentence.split()) > WORDS_IN_A_SENTENCE_AT_MOST // 2)
    )
    return tuple(sorted(hard, key=lambda sentence: sentences[sentence], reverse=True))


def text_of(html: str) -> str:
    """Return the running text of HTML, each block ended by a full stop.

    Of a whole page only its ``main`` is read. Navigation, tables and references are left out, nothing else.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return " ".join(reader.blocks)


def without_words(text: str, words: Iterable[str]) -> str:
    """Return text without ``words`` (whole words, any case): what is left when glossary words do not count."""
    wanted = sorted({word for word in words if word}, key=len, reverse=True)
    if not wanted:
        return text
    return re.sub(rf"\b(?:{'|'.join(map(re.escape, wanted))})\b", "", text, flags=re.IGNORECASE)


class _Reader(HTMLParser):
    """Collects the text of each block; everything inside a skipped element is passed over."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[str] = []
        self._pieces: list[str] = []
        self._skipping = 0  # how deep inside a skipped element
        self._is_over = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "main":
            # What stood before it is the frame of the page.
            self.blocks, self._pieces, self._skipping = [], [], 0
        if tag not in _INLINE or tag == "br":
            self._end_block()
        if tag not in _VOID and (self._skipping or _is_left_out(tag, dict(attrs))):
            self._skipping += 1

    def handle_endtag(self, tag: str) -> None:
        if tag not in _INLINE:
            self._end_block()
        if self._skipping and tag not in _VOID:
            self._skipping -= 1
        if tag == "main":
            self._is_over = True

    def handle_data(self, data: str) -> None:
        if not self._skipping and not self._is_over:
            self._pieces.append(data)

    def close(self) -> None:
        super().close()
        self._end_block()

    def _end_block(self) -> None:
        text = " ".join("".join(self._pieces).split())
        self._pieces = []
        if any(character.isalnum() for character in text):
            self.blocks.append(f"{text}." if _NO_END.search(text) else text)


def _is_left_out(tag: str, attributes: dict[str, str | None]) -> bool:
    classes = frozenset((attributes.get("class") or "").split())
    is_reference = {"gl", "srcs"} <= classes or attributes.get("aria-labelledby") == "references"
    return tag in _NOT_TEXT or is_reference

"""What an editor reads of a content, in tokens: words, numbers and marks. Pure.

An amount is one token with its unit ("20 minutes", "81 mg", "two hours"), a phone number is one token too.
Rich text is shown by marks: "¶" a further paragraph, "■" a heading, "▪" a smaller one, "•" an item, "#." a numbered
item, "**" around bold, "_" around italics, and "[→ /treatment/]" after the words of a link.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Final

from education import richtext, structure
from education.editor_words import WORDS
from education.richtext import blocks
from education.rows import Row, fields, row_list, rows, value

UNITS_OF_DOSE: Final = r"mg|mcg|[µμ]g|milligrams?|micrograms?|tablets?|capsules?|pills?"
_UNIT: Final = (
    rf"(?:{UNITS_OF_DOSE}|seconds?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?|times|k?g|grams?|ml|litres?"
    r"|c?m|metres?|%|°[CF])"
)
_NUMBER_WORD: Final = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty"
    r"|seventy|eighty|ninety|hundred|thousand|half|once|twice)(?!\w)"
)
_TOKEN: Final = re.compile(
    rf"(?P<amount>(?:\+?\d(?:[.,:/–-]?\d| (?=\d\d))*[^\W\d_]*|{_NUMBER_WORD})(?:[ -]?{_UNIT}(?!\w))?)"
    r"|\w+(?:['’]\w+)*|\s+|.",
    re.IGNORECASE | re.DOTALL,
)
_RICH: Final = frozenset({"body", "intro"})
# Codes, keys and sizes of pictures: a digit in them is no number that a reader sees.
_CODES: Final = frozenset(
    "anchor card claims code drawing exercises key picture picture_height picture_width related row sources".split()
)
_IN_ONE_LINE: Final = _CODES | {"phases", "words"}
# Fields of a row that need no name before them.
_BARE: Final = frozenset({"heading", "intro", "body", "lead", "text", "title", "instruction"})
_BLOCK_MARKS: Final = {"p": "¶ ", "h3": "■ ", "h4": "▪ "}
_TITLE_WORDS_AT_MOST: Final = 8


@dataclass(frozen=True, slots=True)
class Token:
    """A word, an amount, white space, a sign, or a mark that stands for the look of the text."""

    text: str
    is_number: bool = False
    is_mark: bool = False

    @property
    def ends_line(self) -> bool:
        """Whether the next token begins a line."""
        return self.text.endswith("\n")


Tokens = tuple[Token, ...]
_NEW_LINE: Final = Token("\n", is_mark=True)


def text_of(tokens: Iterable[Token]) -> str:
    """Return the tokens as one text."""
    return "".join(token.text for token in tokens)


def words_of(text: str) -> Tokens:
    """Return plain text in tokens; whatever holds a digit or says a number is a number."""
    return tuple(Token(found[0], bool(found["amount"]) or _has_digit(found[0])) for found in _TOKEN.finditer(text))


def _has_digit(text: str) -> bool:
    return any(letter.isnumeric() for letter in text)


# --- Rich text ----------------------------------------------------------------------------------------------


def rich_words_of(html: str) -> Tokens:
    """Return clean rich text in tokens, one block a line. Raises ValueError as ``richtext.to_blocks`` does."""
    found: list[Token] = []
    for block in richtext.to_blocks(html):
        mark = "" if block.kind == "p" and not found else _block_mark(block)
        found += [_NEW_LINE] * bool(found) + [Token(mark, is_mark=True)] * bool(mark)
        found += _inline(block)
    return tuple(found)


def _block_mark(block: richtext.Block) -> str:
    if block.kind != "li":
        return _BLOCK_MARKS[block.kind]
    return "    " * (block.level - 1) + ("#. " if block.ordered else "• ")


def _inline(block: richtext.Block) -> Iterator[Token]:
    for what, content, href in blocks.tokens(block.runs):
        if what == "text":
            yield from words_of(content)
        elif content != "a":
            yield Token("**" if content == "strong" else "_", is_mark=True)
        elif what == "close":
            yield Token(f" [→ {href}]", is_number=href.startswith("tel:"), is_mark=True)


# --- Fields and rows ----------------------------------------------------------------------------------------


def field_tokens(name: str, item: object, words: Mapping[str, str] = WORDS, between: str = "\n") -> Tokens:
    """Return the value of a field in tokens; of a list with ``between`` each two items, of None without any."""
    if isinstance(item, tuple):
        parts = [field_tokens(name, each, words) for each in item]
        return tuple(chain.from_iterable((*[Token(between, is_mark=True)] * (n > 0), *p) for n, p in enumerate(parts)))
    if item is None:
        return ()
    if name == "position" and isinstance(item, int):
        return (Token(str(item)),)  # of a page among others: no number that a reader sees
    if isinstance(item, bool):
        return (Token(words["value.yes" if item else "value.no"]),)
    return _text_tokens(name, item.isoformat() if isinstance(item, date) else str(item), words)


def _text_tokens(name: str, text: str, words: Mapping[str, str]) -> Tokens:
    if name in _RICH:
        return rich_words_of(text)
    if name in _CODES:
        return (Token(text),) if text else ()
    choice = words.get(f"{name}.{text}")
    return words_of(text) if choice is None else (Token(choice),)  # one of a few: it changes as a whole


def row_tokens(row: Row, words: Mapping[str, str] = WORDS) -> Tokens:
    """Return all that a row and the rows in it say, a field a line, in tokens."""
    own = row_list(row)
    lines = [
        _line(name, value(row, name), words)
        for name in fields(row)
        if name not in {"anchor", "key", "code", own.field if own else ""} and value(row, name) not in (None, "", (), 0)
    ]
    lines += [row_tokens(each, words) for each in rows(row)]
    return tuple(chain.from_iterable((*[_NEW_LINE] * (n > 0), *line) for n, line in enumerate(lines)))


def _line(name: str, item: object, words: Mapping[str, str]) -> Tokens:
    tokens = field_tokens(name, item, words, ", " if name in _IN_ONE_LINE else "\n")
    if name in _BARE:
        return tokens
    label = words[f"field.{name}"]
    return (Token(f"{label[:1].upper()}{label[1:]}: ", is_mark=True), *tokens)


def row_title(row: Row) -> str:
    """Return what an editor knows a row by: heading, title, code and sign, lead or first words. It may be empty."""
    match row:
        case structure.CareStep():
            return row.title
        case structure.Sign():
            return f"{row.code}: {row.text}"
        case structure.Statement():
            return row.lead or _beginning(row.body)
    return row.heading


def _beginning(html: str) -> str:
    words = " ".join(block.text for block in richtext.to_blocks(html)).split()
    return " ".join(words[:_TITLE_WORDS_AT_MOST]) + ("…" if len(words) > _TITLE_WORDS_AT_MOST else "")

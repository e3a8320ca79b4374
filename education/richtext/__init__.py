"""The one allow-list for rich text, and its four forms: HTML, Markdown, blocks and plain text. Knows no Django.

A clean document is a row of ``p``, ``h3``, ``h4``, ``ul`` and ``ol``; list items hold text and then, perhaps,
further lists; inside text stand ``a``, ``strong`` and ``em``. No attribute but ``href``. Whatever comes in is read
into blocks of runs, and the HTML is written anew from these, so one meaning has exactly one spelling:

- Elements outside the list go, their words stay; ``b`` and ``i`` become ``strong`` and ``em``; ``script`` and
  ``style`` go with their content. Text outside any block becomes a ``p``.
- ``a`` encloses ``strong``, which encloses ``em``; neighbours that are the same become one; elements without text go.
- Every run of white space, no-break spaces included, becomes one space. A space stands outside an inline element
  unless both its neighbours stand inside. Control, zero-width, direction and private-use characters go.
- A list item has one text: paragraphs and headings in it are joined by a space, words after an inner list become an
  item of their own. An item without text hands its inner list to the item before it. Neighbouring lists of one kind
  become one list. Lists deeper than ``MAX_DEPTH`` join the list at that depth.
- A link goes to ``https:``, ``http:``, ``mailto:``, ``tel:``, a path of this site or a ``#`` place; characters that
  may not stand in an address are percent-encoded. Any other link is unwrapped.
"""

from functools import lru_cache
from typing import Final

from education.richtext import markdown
from education.richtext.blocks import Block, Kind, Run, as_html
from education.richtext.reader import ELEMENTS, MAX_DEPTH, read

MAX_CHARACTERS: Final = 50_000  # reading brackets and nested lists is quadratic: two seconds at the very worst

__all__ = [
    "ELEMENTS",
    "MAX_CHARACTERS",
    "MAX_DEPTH",
    "Block",
    "Kind",
    "Run",
    "clean",
    "from_markdown",
    "plain",
    "to_blocks",
    "to_markdown",
]


def clean(html: str) -> str:
    """Return the one canonical, safe spelling of ``html``. Raises ValueError above ``MAX_CHARACTERS``."""
    return as_html(to_blocks(html))


def from_markdown(text: str) -> str:
    """Return CommonMark as clean HTML; pictures leave their alternative text. Raises ValueError as ``clean`` does.

    HTML in the text is text. So are reference definitions: they would let a short text become a huge one.
    """
    _check_length(text)
    return as_html(read(markdown.render(text)))


def to_markdown(html: str) -> str:
    """Return ``html``, cleaned, as Markdown with one block a line, such that ``from_markdown`` gives it back.

    Where CommonMark would not see an emphasis next to a letter or a sign, ``&zwj;`` stands between: it is dropped
    when read, as every zero-width character is. Raises ValueError as ``clean`` does.
    """
    return markdown.write(to_blocks(html))


@lru_cache(maxsize=2048)  # published texts are read again for every page, leaflet, answer and index
def to_blocks(html: str) -> tuple[Block, ...]:
    """Return ``html``, cleaned, as blocks in reading order. Raises ValueError above ``MAX_CHARACTERS``."""
    _check_length(html)
    return read(html)


def plain(html: str) -> str:
    """Return the words for readability scoring: one block a line, each ended as a sentence is."""
    return "\n".join(_as_sentence(block.text) for block in to_blocks(html))


def _check_length(text: str) -> None:
    if len(text) > MAX_CHARACTERS:
        raise ValueError(f"rich text of {len(text)} characters; the most is {MAX_CHARACTERS}")


def _as_sentence(text: str) -> str:
    if text.rstrip("\"')]\u2019\u201d").endswith((".", "!", "?", "\u2026")):
        return text
    return text.rstrip(":;, ") + "."

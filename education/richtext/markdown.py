"""Markdown in and out: CommonMark through markdown-it, and a writer whose output it reads back unchanged."""

import re
import unicodedata
from collections.abc import Sequence
from html import escape
from typing import Any, Final

from markdown_it import MarkdownIt

from education.richtext.blocks import Block, Run, Token, tokens
from education.richtext.reader import visible

JOINER: Final = "&zwj;"  # a sign to CommonMark, nothing to the reader
_ENTITY: Final = r"&(?=#?\w+;)"
_BLOCK_START: Final = re.compile(r"^(?:(?=[#>+-]|~~~)|\d{1,9}(?=[.)](?: |$)))")


class _Parser(MarkdownIt):
    """CommonMark that leaves every judgement on addresses to the reader, and of a picture its alternative text."""

    def __init__(self) -> None:
        super().__init__("commonmark", {"html": False, "maxNesting": 60})
        self.disable("reference")
        self.add_render_rule("image", _picture)

    def validateLink(self, url: str) -> bool:  # noqa: N802  (the library's name)
        return True

    def normalizeLink(self, url: str) -> str:  # noqa: N802
        return url


def _picture(renderer: Any, found: Any, index: int, options: Any, env: Any) -> str:
    return escape(renderer.renderInlineAsText(found[index].children, options, env))


_PARSER: Final = _Parser()


def render(text: str) -> str:
    """Return Markdown as HTML that is not clean yet."""
    return str(_PARSER.render(visible(text)))


def write(blocks: Sequence[Block]) -> str:
    """Return the blocks as Markdown: one a line, a blank line between all but the items of a list."""
    parts: list[str] = []
    markers = [""]  # of the items around the next one, outermost first
    for block in blocks:
        after_item = len(markers) > 1
        if parts and not (after_item and block.level):
            parts.append("\n")
        del markers[max(block.level, 1) :]
        marker = _marker(block)
        parts.append(" " * len("".join(markers)) + marker + _text(block) + "\n")
        if block.level:
            markers.append(marker)
    return "".join(parts)


def _marker(block: Block) -> str:
    if block.kind == "li":
        return f"{block.number}. " if block.ordered else "- "
    return "" if block.kind == "p" else "#" * int(block.kind[1]) + " "


def _text(block: Block) -> str:
    text = _BLOCK_START.sub(r"\g<0>\\", _inline(block.runs))
    # A heading may end in signs that are no part of it.
    return re.sub(r" (#+)$", r" \\\1", text) if block.kind in {"h3", "h4"} else text


def _inline(runs: Sequence[Run]) -> str:
    spelled = list(tokens(runs))
    sources = [" ", *map(_source, spelled), " "]
    parts: list[str] = []
    for place, (what, content, _) in enumerate(spelled, start=1):
        before, after = sources[place - 1][-1], sources[place + 1][0]
        if what == "open" and _needs_joiner(content, outside=before, inside=after):
            parts.append(JOINER)
        parts.append(sources[place])
        if what == "close" and _needs_joiner(content, outside=after, inside=before):
            parts.append(JOINER)
    # '![' would be a picture. Brackets of the text stand behind a backslash, so this one opens a link.
    return "".join(parts).replace("![", r"\![")


def _source(token: Token) -> str:
    what, content, href = token
    if what == "text":
        return re.sub(rf"[\\`*_\[\]<]|{_ENTITY}", r"\\\g<0>", content)
    if not href:
        return "**" if content == "strong" else "_"
    if what == "open":
        return "["
    address = re.sub(_ENTITY, r"\\&", href)
    return f"](<{address}>)" if re.search(r"[()]", address) else f"]({address})"


def _needs_joiner(element: str, *, outside: str, inside: str) -> bool:
    """Tell whether CommonMark's flanking rules might not take the sign between these two characters as emphasis.

    With a sign or a space outside, ``**`` and ``_`` always count. Beside a letter ``**`` counts if a letter or a
    digit stands inside; ``_`` never does. Strong and emphasis have signs of their own, which never run together.
    """
    if element == "a" or outside in " $+<=>^`|~" or unicodedata.category(outside).startswith("P"):
        return False
    return element == "em" or not inside.isalnum()

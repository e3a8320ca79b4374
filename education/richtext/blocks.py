"""Blocks of runs, what all forms of rich text have in common, and their one spelling in HTML."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby, takewhile
from typing import Literal

Kind = Literal["p", "h3", "h4", "li"]
Mark = tuple[str, str]  # an inline element and its href, empty but for "a"
Marks = tuple[Mark, ...]  # outermost first
Token = tuple[Literal["open", "text", "close"], str, str]  # then element and href, or the text and nothing


@dataclass(frozen=True, slots=True)
class Run:
    """Text of one look. ``href`` is empty where there is no link."""

    text: str
    strong: bool = False
    em: bool = False
    href: str = ""

    @property
    def marks(self) -> Marks:
        """The inline elements around the text, outermost first."""
        every = (("a", self.href), self.href), (("strong", ""), self.strong), (("em", ""), self.em)
        return tuple(mark for mark, is_on in every if is_on)


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a heading or a list item. ``level`` is 0 outside lists; ``number`` counts items of ordered lists."""

    kind: Kind
    runs: tuple[Run, ...]
    level: int = 0
    ordered: bool = False
    number: int | None = None

    @property
    def text(self) -> str:
        """The words without their look."""
        return "".join(run.text for run in self.runs)


def joined(pieces: Sequence[Run]) -> tuple[Run, ...]:
    """Collapse white space across pieces, move it out of the elements it begins or ends, join what looks the same."""
    words: list[tuple[str, Marks]] = []
    gap: Marks | None = None
    for piece in pieces:
        for part in re.findall(r"\s+|\S+", piece.text):
            if part.isspace():
                gap = piece.marks if gap is None else _shared(gap, piece.marks)
                continue
            if gap is not None and words:
                words.append((" ", _shared(gap, _shared(words[-1][1], piece.marks))))
            words.append((part, piece.marks))
            gap = None
    return tuple(_run("".join(text for text, _ in same), marks) for marks, same in groupby(words, lambda word: word[1]))


def _run(text: str, marks: Marks) -> Run:
    hrefs = dict(marks)
    return Run(text, "strong" in hrefs, "em" in hrefs, hrefs.get("a", ""))


def _shared(one: Marks, other: Marks) -> Marks:
    return tuple(a for a, _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def tokens(runs: Sequence[Run]) -> Iterator[Token]:
    """Yield the openings, texts and closings that spell the runs, well nested."""
    around: Marks = ()
    for run in (*runs, Run("")):
        kept = len(_shared(around, run.marks))
        yield from (("close", *mark) for mark in reversed(around[kept:]))
        yield from (("open", *mark) for mark in run.marks[kept:])
        if run.text:
            yield "text", run.text, ""
        around = run.marks


def as_html(blocks: Sequence[Block]) -> str:
    """Return the blocks as HTML without white space between elements."""
    parts: list[str] = []
    lists: list[str] = []  # the elements of the open lists, outermost first
    for block in blocks:
        element = "ol" if block.ordered else "ul"
        while len(lists) > block.level or (lists[block.level - 1 :] not in ([], [element])):
            parts.append(f"</li></{lists.pop()}>")
        if block.kind != "li":
            parts.append(f"<{block.kind}>{_inline(block.runs)}</{block.kind}>")
        elif len(lists) == block.level:
            parts.append(f"</li><li>{_inline(block.runs)}")
        else:
            lists.append(element)
            parts.append(f"<{element}><li>{_inline(block.runs)}")
    parts.extend(f"</li></{element}>" for element in reversed(lists))
    return "".join(parts)


def _inline(runs: Sequence[Run]) -> str:
    parts: list[str] = []
    for what, content, href in tokens(runs):
        if what == "text":
            parts.append(escape(content, quote=False))
        elif what == "close":
            parts.append(f"</{content}>")
        else:
            parts.append(f'<a href="{escape(href)}">' if href else f"<{content}>")
    return "".join(parts)

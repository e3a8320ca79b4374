"""Reads any HTML into clean blocks: the allow-list of elements, addresses and characters lives here."""

import re
from html.parser import HTMLParser
from typing import Final
from urllib.parse import quote

import nh3

from education.richtext.blocks import Block, Kind, Run, joined

MAX_DEPTH: Final = 4

ELEMENTS: Final = frozenset({"p", "ul", "ol", "li", "strong", "em", "a", "h3", "h4"})
# The sanitiser lets these through too, only to show where a text ends or a gap belongs; they are never written.
_SECTIONS: Final = frozenset({"article", "aside", "footer", "header", "hr", "main", "nav", "section"})
_GROUPS: Final = frozenset({"address", "blockquote", "center", "details", "div", "figure", "form", "pre", "summary"})
_PARTS: Final = frozenset({"caption", "dd", "dl", "dt", "figcaption", "h1", "h2", "h5", "h6", "table", "tr"})
_GAPS: Final = frozenset({"br", "td", "th"})
_SEEN: Final = ELEMENTS | {"b", "i"} | _SECTIONS | _GROUPS | _PARTS | _GAPS

_HEADINGS: Final[dict[str, Kind]] = {"h3": "h3", "h4": "h4"}
_PLANE_ENDS: Final = "".join(chr((plane << 16) + end) for plane in range(1, 14) for end in (0xFFFE, 0xFFFF))
_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ud800-\uf8ff\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff"
    f"{_PLANE_ENDS}\U000e0000-\U0010ffff]"
)
_ADDRESS: Final = re.compile(r"https?://[\w.%-]+(:\d+)?([/?#].*)?|mailto:.+|tel:.+|/(?!/).*|#.+", re.ASCII)


def visible(text: str) -> str:
    """Return ``text`` without control, zero-width, direction, private-use and broken characters."""
    return _INVISIBLE.sub("", text)


def read(html: str) -> tuple[Block, ...]:
    """Return the clean blocks of ``html``, however broken or hostile it is."""
    safe = nh3.clean(
        visible(html),
        tags=set(_SEEN),
        clean_content_tags={"script", "style"},
        attributes={"a": {"href"}},
        url_schemes={"https", "http", "mailto", "tel"},
        link_rel=None,
    )
    reader = _Reader()
    reader.feed(safe)
    reader.close()
    return tuple(reader.blocks)


def _address(raw: str) -> str:
    """Return the canonical address, or nothing where a link must not go there.

    Browsers drop tabs and line ends anywhere and read a backslash as a slash: '/<tab>/host' is another host.
    """
    address = re.sub(r"[\t\n\r\f]", "", visible(raw)).strip()
    if "\\" in address:
        return ""
    address = quote(address, safe="!#$%&'()*+,/:;=?@")
    address = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", address)
    address = re.sub(r"^[A-Za-z]+:", lambda scheme: scheme[0].lower(), address)
    return address if _ADDRESS.fullmatch(address) else ""


class _Reader(HTMLParser):
    """Turns sanitised HTML, whose tags are known to balance, into blocks."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self._pieces: list[Run] = []
        self._strong = self._em = 0
        self._hrefs: list[str] = []
        self._kind: Kind = "p"
        self._lists: list[bool] = []  # the open lists, outermost first: is it ordered?
        self._items: list[tuple[bool, int]] = []  # the last item at each level: ordered, and its place

    def close(self) -> None:
        super().close()
        self._flush()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._hrefs.append(_address(dict(attrs).get("href") or ""))
        elif tag in {"ul", "ol"}:
            self._flush()
            self._lists.append(tag == "ol")
        elif not self._look(tag, 1):
            self._boundary(is_item=tag == "li")
            if not self._lists:
                self._kind = _HEADINGS.get(tag, self._kind)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._hrefs.pop()
        elif tag in {"ul", "ol"}:
            self._flush()
            self._lists.pop()
        elif not self._look(tag, -1):
            if tag in _HEADINGS and not self._lists:
                self._flush()
                self._kind = "p"
            self._boundary(is_item=tag == "li")

    def handle_data(self, data: str) -> None:
        href = self._hrefs[-1] if self._hrefs else ""
        self._pieces.append(Run(visible(data), self._strong > 0, self._em > 0, href))

    def _look(self, tag: str, step: int) -> bool:
        """Note a change of look or a gap. Returns False if the tag is of another sort."""
        if tag in {"strong", "b"}:
            self._strong += step
        elif tag in {"em", "i"}:
            self._em += step
        elif tag in _GAPS:
            self.handle_data(" ")
        else:
            return False
        return True

    def _boundary(self, *, is_item: bool) -> None:
        """End the text here; within a heading or an item, which have one text, leave a gap instead."""
        if is_item or (self._kind == "p" and not self._lists):
            self._flush()
        else:
            self.handle_data(" ")

    def _flush(self) -> None:
        """Make a block of the text read so far, if there is any."""
        runs = joined(self._pieces)
        self._pieces = []
        if runs and self._lists:
            self.blocks.append(self._item(runs))
        elif runs:
            self.blocks.append(Block(self._kind, runs))
            self._items = []

    def _item(self, runs: tuple[Run, ...]) -> Block:
        level = min(len(self._lists), MAX_DEPTH, len(self._items) + 1)
        ordered = self._lists[level - 1]
        was_ordered, place = self._items[level - 1] if level <= len(self._items) else (ordered, 0)
        place = place + 1 if was_ordered == ordered else 1
        self._items[level - 1 :] = [(ordered, place)]
        return Block("li", runs, level, ordered, place if ordered else None)

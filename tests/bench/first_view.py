"""The bytes a reader waits for before a page is whole: HTML, sheets not for print, scripts; brotli 11."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urlsplit

import brotli

LIMIT_BYTES: Final = 14_336

Fetch = Callable[[str], bytes]

_LOC: Final = re.compile(r"<loc>([^<]+)</loc>")


class _Needed(HTMLParser):
    """Collects the addresses of a page's sheets and scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "script" and given.get("src"):
            self.addresses.append(given["src"] or "")
        elif tag == "link" and given.get("rel") in {"stylesheet", "modulepreload"} and given.get("media") != "print":
            self.addresses.append(given["href"] or "")


def needed(html: str) -> list[str]:
    """Return the addresses that a page names for its first view, each once."""
    parser = _Needed()
    parser.feed(html)
    return list(dict.fromkeys(parser.addresses))


def public_paths(fetch: Fetch) -> list[str]:
    """Return the path of every page in the sitemap."""
    return [urlsplit(address).path for address in _LOC.findall(fetch("/sitemap.xml").decode())]


def sizes(fetch: Fetch) -> dict[str, int]:
    """Return the bytes of each public page's first view, largest first."""
    compressed: dict[str, int] = {}

    def size(path: str, content: bytes | None = None) -> int:
        if path not in compressed:
            compressed[path] = len(brotli.compress(content or fetch(path), quality=11))
        return compressed[path]

    found = {}
    for path in public_paths(fetch):
        html = fetch(path)
        found[path] = size(path, html) + sum(size(address) for address in needed(html.decode()))
    return dict(sorted(found.items(), key=lambda item: -item[1]))

"""The first view of every public page fits into the first round trip of a slow connection."""

from collections.abc import Iterator
from pathlib import Path

import brotli
import pytest
from django.conf import settings

from tests import public_addresses
from tests.pages.conftest import Pages, Record, RenderedPage

pytestmark = pytest.mark.django_db

FIRST_VIEW_BYTES = 14_336
QUALITY = 11


def test_the_first_view_of_every_public_page_fits_the_budget(pages: Pages, record_property: Record) -> None:
    sizes = {address: first_view_bytes(pages[address]) for address in public_addresses.ALL}

    lines = [f"{address:<40}{size:>7,}" for address, size in sorted(sizes.items(), key=lambda item: -item[1])]
    table = "\n".join([f"first view, brotli {QUALITY}, at most {FIRST_VIEW_BYTES:,} bytes", *lines])
    record_property("table", table)
    assert max(sizes.values()) <= FIRST_VIEW_BYTES, table


def first_view_bytes(page: RenderedPage) -> int:
    """Return the bytes of a page with every style sheet not for print and every script."""
    return compressed(page.html.encode()) + sum(compressed(file.read_bytes()) for file in first_view_files(page))


def first_view_files(page: RenderedPage) -> Iterator[Path]:
    """Yield the files that a page loads before it is whole."""
    for element in page.elements:
        if element.tag == "link" and element.get("rel") == "stylesheet" and element.get("media") != "print":
            yield static_file(element.attrib["href"])
        elif element.tag == "script" and "src" in element.attrib:
            yield static_file(element.attrib["src"])


def static_file(address: str) -> Path:
    """Return the collected file that is served at an address. Raises ValueError for another host or folder."""
    return Path(settings.STATIC_ROOT) / Path(address).relative_to(settings.STATIC_URL)


def compressed(content: bytes) -> int:
    """Return the size in bytes after brotli."""
    return len(brotli.compress(content, quality=QUALITY))

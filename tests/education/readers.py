"""Readers at a moment: every way in which the words of the site reach somebody, with the clock moved."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from html import unescape
from io import BytesIO
from typing import Any, Final
from wsgiref.util import setup_testing_defaults

import msgspec
import time_machine
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.utils import timezone
from pypdf import PdfReader

from backspasm.page_layer import PageLayer
from education import publishing, structure
from education.edition import LiveEdition

# What an edition is made of reaches readers by these; {key} is the page, {word} a word of its own.
CONSUMERS: Final = {
    "page": "/{key}/",
    "leaflet": "/leaflets/{key}.pdf",
    "API": "/api/pages/{key}/",
    "list of the API": "/api/pages/",
    "search": "/search/?q={word}",
    "feed": "/changes.atom",
    "sitemap": "/sitemap.xml",
}
PAGE: Final = "causes"
WORD: Final = "marmalade"


class Readers:
    """Somebody behind the page layer of one web process, which lives from moment to moment."""

    def __init__(self) -> None:
        self.layer = PageLayer(WSGIHandler(), publishing.generation)

    def get(self, path: str, at: datetime) -> tuple[int, str]:
        """Return status and words of an address at a moment; of a PDF the words it prints."""
        with clock_at(at):
            status, body = self._answer(path)
        return status, _printed(body) if body.startswith(b"%PDF") else unescape(body.decode())

    def read(self, path: str, at: datetime) -> str:
        """Return the words of an address that answers."""
        status, text = self.get(path, at)
        assert status == 200, path
        return text

    def _answer(self, path: str) -> tuple[int, bytes]:
        address, _, query = path.partition("?")
        environ: dict[str, Any] = {"PATH_INFO": address, "QUERY_STRING": query}
        setup_testing_defaults(environ)
        environ["HTTP_HOST"] = settings.SITE_URL.netloc
        statuses: list[str] = []

        def start(status: str, headers: Any, *rest: Any) -> Any:
            statuses.append(status)

        body = b"".join(self.layer(environ, start))
        return int(statuses[0].split()[0]), body


@contextmanager
def clock_at(moment: datetime) -> Iterator[None]:
    """Let it be a moment."""
    with time_machine.travel(moment, tick=False):
        yield


def _printed(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages)


def with_word(live: LiveEdition, word: str = WORD) -> publishing.Proposal:
    """Propose words for the page that hold a word no other page has; the sentence on the change has it too."""
    page = msgspec.structs.replace(live.articles[PAGE].content, summary=f"A spasm may taste of {word}.")
    return publishing.Proposal(page, f"The page tells of {word}.")


def publish(*proposals: publishing.Proposal, **options: Any) -> LiveEdition:
    """Publish as one edition."""
    return publishing.publish(proposals, **{"now": timezone.now(), "summary": "x", **options})


def new_page(live: LiveEdition, **fields: Any) -> structure.Article:
    """Return a page that no other names, and that may be retired."""
    given = {"key": "more-myths", "title": "More myths", "related": ("faq",), **fields}
    return msgspec.structs.replace(live.articles["myths"].content, **given)

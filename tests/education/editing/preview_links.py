"""One preview link, and what is done with it, for tests."""

import re
from datetime import UTC, datetime
from typing import Final

import msgspec
from django.http import HttpResponse
from django.test import Client

from backspasm.models import User
from education import contents, editing, structure

NOW: Final = datetime(2027, 1, 18, 9, 0, tzinfo=UTC)  # a Monday
TITLE: Final = "Acute, in words that nobody has published"
COMMENT: Final = {"name": "Dr Example", "text": "First line.\n\nThird line."}


def save(by: User, name: str) -> structure.Publishable:
    """Save the term 'acute' under another name."""
    last = editing.library().terms["acute"]
    content = msgspec.structs.replace(last, name=name)
    base_hash = contents.content_hash(last)
    assert editing.save(content, base_hash=base_hash, by=by, why="", now=datetime.now(UTC))
    return content


def address(token: str) -> str:
    """Return the path of a preview link."""
    return f"/preview/{token}/"


def send(guest: Client, token: str, **fields: str) -> HttpResponse:
    """Open the page and send a comment, as a browser does."""
    page = guest.get(address(token)).content.decode()
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert found
    data = {**COMMENT, **fields, "csrfmiddlewaretoken": found[1]}
    return guest.post(address(token), data)  # type: ignore[return-value]

"""Previews as tests look at them."""

import re
from typing import Any, Final

import msgspec
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.test import RequestFactory

from education import previewing, structure
from education.edition import LiveEdition
from education.views import reading
from tests.education.editing.preview_links import NOW

MAIN: Final = re.compile(r"<main.*</main>", re.DOTALL)
FEEDBACK: Final = re.compile(r'<form class="fb noprint".*?</form>\s*', re.DOTALL)


def anybody() -> HttpRequest:
    """Return the request of somebody who is not signed in."""
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    return request


def shown(live: LiveEdition, content: structure.Publishable, *others: structure.Publishable) -> str:
    """Return the HTML of the preview of ``content`` where ``others`` are not live."""
    preview = previewing.preview_of(content, live, others, NOW)
    return reading.render_preview(anybody(), preview, NOW).content.decode()


def main_of(html: str) -> str:
    """Return the main part of a page without the feedback form, which a preview has not."""
    found = MAIN.search(html)
    assert found
    return FEEDBACK.sub("", found[0])


def bar_of(html: str) -> str:
    """Return what stands above a preview."""
    return html[html.index("<aside") : html.index("</aside>")]


def changed(content: structure.Content, **fields: Any) -> Any:
    """Return a content with other values in some fields."""
    return msgspec.structs.replace(content, **fields)

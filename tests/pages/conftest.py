"""Every public page, rendered once for all tests of this folder."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import pytest
from django.conf import settings
from django.test import Client

from tests import public_addresses


@dataclass(frozen=True)
class RenderedPage:
    """One page as a reader without cookies gets it."""

    address: str
    status: int
    html: str
    headers: Mapping[str, str]

    @cached_property
    def tree(self) -> Element:
        """The parsed page; tag names carry no namespace."""
        return html5lib.parse(self.html, namespaceHTMLElements=False)

    @cached_property
    def elements(self) -> tuple[Element, ...]:
        """All elements in the order of the document."""
        return tuple(self.tree.iter())

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Every id, as often as it stands on the page."""
        return tuple(element.attrib["id"] for element in self.elements if "id" in element.attrib)


Pages = Mapping[str, RenderedPage]
Record = Callable[[str, object], None]  # what record_property is


def classes(element: Element) -> frozenset[str]:
    """Return the classes of an element."""
    return frozenset(element.attrib.get("class", "").split())


@pytest.fixture(scope="session")
def pages(django_db_setup: None, django_db_blocker: Any) -> Pages:
    """All public pages by their address."""
    client = Client(headers={"host": settings.SITE_URL.netloc})
    with django_db_blocker.unblock():
        return {address: _rendered(client, address) for address in public_addresses.ALL}


def _rendered(client: Client, address: str) -> RenderedPage:
    client.cookies.clear()
    response = client.get(address)
    return RenderedPage(address, response.status_code, response.content.decode(), dict(response.headers))

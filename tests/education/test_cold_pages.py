"""What a page costs when the process has read nothing yet: few queries, no transaction; and none when it is kept."""

from io import BytesIO
from typing import Any, Final

import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backspasm.page_layer import PageLayer
from education import publishing
from tests.public_addresses import CONTENT

QUERIES_AT_MOST: Final = 6
ADDRESSES: Final = (
    *CONTENT,
    "/search/",
    "/search/?q=numb+bottom",
    "/search/suggest/?q=ice",
    "/leaflets/treatment.pdf",
    "/diary.pdf",
    "/api/pages/",
    "/api/pages/treatment/",
    "/changes.atom",
    "/sitemap.xml",
    "/no-such-page/",
)
OF_NO_EDITION: Final = ("/robots.txt", "/feedback/thanks/", "/favicon.ico")
WRITES_OR_LOCKS: Final = ("BEGIN", "SAVEPOINT", "COMMIT", "INSERT", "UPDATE", "DELETE", "FOR UPDATE")


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_cold_page_costs_at_most_six_queries_and_no_transaction(site_client: Client, address: str) -> None:
    publishing.forget()

    with CaptureQueriesContext(connection) as queries:
        site_client.get(address)

    said = [str(query["sql"]) for query in queries.captured_queries]
    assert 0 < len(said) <= QUERIES_AT_MOST
    assert [sql for sql in said if sql.upper().startswith(WRITES_OR_LOCKS) or "FOR UPDATE" in sql.upper()] == []


@pytest.mark.parametrize("address", OF_NO_EDITION)
def test_what_no_edition_changes_asks_no_database(site_client: Client, address: str) -> None:
    publishing.forget()

    with CaptureQueriesContext(connection) as queries:
        site_client.get(address)

    assert len(queries) == 0


@pytest.mark.parametrize("address", CONTENT)
def test_the_next_page_costs_no_query(site_client: Client, address: str) -> None:
    site_client.get("/api/pages/")

    with CaptureQueriesContext(connection) as queries:
        site_client.get(address)

    # If a second has passed since the last question, one query asks whether the edition still is the same.
    assert len(queries) <= 1


def test_a_kept_page_costs_no_query(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backspasm.page_layer.time.monotonic", lambda: 1000.0)
    layer = PageLayer(WSGIHandler(), publishing.generation)
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/treatment/",
        "QUERY_STRING": "",
        "SERVER_NAME": settings.SITE_URL.host,
        "SERVER_PORT": "8000",
        "HTTP_HOST": settings.SITE_URL.netloc,
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(),
    }
    statuses: list[str] = []

    def start(status: str, headers: Any, *rest: Any) -> None:
        statuses.append(status)

    cold = b"".join(layer({**environ}, start))
    with CaptureQueriesContext(connection) as queries:
        kept = b"".join(layer({**environ}, start))

    assert statuses == ["200 OK", "200 OK"]
    assert kept == cold
    assert len(queries) == 0

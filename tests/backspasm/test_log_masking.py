"""No token of a capability link ever stands in a log line."""

import io
import logging
from collections.abc import Iterator
from typing import Final

import pytest
from django.conf import settings
from django.db import IntegrityError
from django.test import Client

from backspasm.log_masking import CAPABILITY_PATHS, MaskedFormatter, masked

TOKEN: Final = "Zm9v-bar_baz0123456789abcdefghijklmnopqrstuv"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What the site's own handler writes."""
    handlers = [each for each in logging.getLogger().handlers if isinstance(each.formatter, MaskedFormatter)]
    assert len(handlers) == 1
    assert isinstance(handlers[0], logging.StreamHandler)
    written = io.StringIO()
    before = handlers[0].setStream(written)
    yield written
    handlers[0].setStream(before)


@pytest.mark.parametrize("first", CAPABILITY_PATHS)
@pytest.mark.parametrize(
    "line",
    [
        "Not Found: /{}/{}/",
        "Not Found: /{}/{}",
        "http://127.0.0.1:8000/{}/{}.ics?x=1",
        '"GET /{}/{}/ HTTP/1.1" 404',
        "b'/{}/{}/' and more",
    ],
)
def test_a_token_is_masked_wherever_its_link_stands(first: str, line: str) -> None:
    found = masked(line.format(first, TOKEN))

    assert TOKEN not in found
    assert f"/{first}/…" in found


@pytest.mark.parametrize("slash", ["//", "///", "%2F", "%2f", "%252F", "/%2F"])
@pytest.mark.parametrize("first", CAPABILITY_PATHS)
def test_a_token_is_masked_however_its_slashes_are_spelt(first: str, slash: str) -> None:
    found = masked(f'"GET {slash}{first}{slash}{TOKEN}{slash} HTTP/1.1" 404')

    assert TOKEN not in found
    assert f"{first}{slash}…" in found


def test_other_addresses_are_left_as_they_are() -> None:
    line = "Not Found: /medicines/preview-of-a-page/ /treatment/"

    assert masked(line) == line


@pytest.mark.parametrize(
    "path",
    [
        f"/preview/{TOKEN}/",
        f"/Preview/{TOKEN}/",
        f"/preview//{TOKEN}",
        f"/preview%2F%2F{TOKEN}/",
        f"/preview/{TOKEN}/more/",
        f"/m/{TOKEN}/",
    ],
)
def test_a_link_that_leads_nowhere_is_logged_without_its_token(
    site_client: Client, lines: io.StringIO, path: str
) -> None:
    site_client.get(path)

    assert "Not Found" in lines.getvalue()
    assert TOKEN not in lines.getvalue()


def test_a_refused_form_is_logged_without_the_token(db: None, lines: io.StringIO) -> None:
    Client(enforce_csrf_checks=True, headers={"host": settings.SITE_URL.netloc}).post(f"/preview/{TOKEN}/")

    assert "Forbidden" in lines.getvalue()
    assert TOKEN not in lines.getvalue()


def test_a_traceback_is_masked_too(lines: io.StringIO) -> None:
    try:
        raise ValueError(f"bad address /preview/{TOKEN}/")
    except ValueError:
        logging.getLogger("django.request").exception("Failed at %s", f"/visit/{TOKEN}/")

    assert "ValueError: bad address /preview/…/" in lines.getvalue()
    assert TOKEN not in lines.getvalue()


def test_what_a_database_says_of_a_row_is_not_logged(lines: io.StringIO) -> None:
    row = f"Failing row contains ({TOKEN}, 7)."
    try:
        try:
            raise RuntimeError(row)
        except RuntimeError as error:
            raise IntegrityError(row) from error
    except IntegrityError:
        logging.getLogger("django.request").exception("Internal Server Error: %s", "/tracker/")

    assert "in test_what_a_database_says_of_a_row_is_not_logged" in lines.getvalue()
    assert lines.getvalue().endswith("IntegrityError\n")
    assert TOKEN not in lines.getvalue()


@pytest.mark.parametrize("name", ["django.server", "gunicorn.error"])
def test_the_servers_write_through_the_same_mask(lines: io.StringIO, name: str) -> None:
    logging.getLogger(name).error('"GET %s HTTP/1.1"', f"/preview/{TOKEN}/")

    assert '"GET /preview/…/ HTTP/1.1"' in lines.getvalue()

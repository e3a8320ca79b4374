"""Pictures as readers get them: the same bytes for all, for ever, whatever else the site cannot do."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

import pytest
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from education.models import Picture
from education.picture_files import encode
from tests.education.picture_samples import photo, saved

FILE: Final = encode(saved(photo(320, 240)))
ADDRESS: Final = f"/pictures/{FILE.sha256}.webp"


@pytest.fixture(autouse=True)
def picture(db: None) -> Picture:
    """A picture of the library."""
    return Picture.objects.create(
        digest=FILE.sha256,
        name="Knee rolls",
        data=FILE.data,
        width=FILE.width,
        height=FILE.height,
        byte_count=len(FILE.data),
        added_at=datetime(2026, 11, 23, 9, 0, tzinfo=UTC),
    )


@pytest.fixture
def read_only() -> Iterator[None]:
    """A database that takes nothing."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = ON")
        yield
        cursor.execute("PRAGMA query_only = OFF")


def test_a_reader_gets_the_bytes_and_may_keep_them_for_a_year(site_client: Client) -> None:
    response = site_client.get(ADDRESS)

    assert (response.status_code, response.content) == (200, FILE.data)
    assert {name: response.headers[name] for name in ("Content-Type", "Cache-Control", "ETag", "Content-Length")} == {
        "Content-Type": "image/webp",
        "Cache-Control": "public, max-age=31536000, immutable",
        "ETag": f'"{FILE.sha256}"',
        "Content-Length": str(len(FILE.data)),
    }
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_the_answer_is_the_same_for_everybody(site_client: Client, admin_client: Client) -> None:
    site_client.cookies["sessionid"] = "a" * 32

    for client in (site_client, admin_client):
        response = client.get(ADDRESS, headers={"host": "127.0.0.1:8000"})
        assert not response.cookies
        assert "Cookie" not in response.headers.get("Vary", "")


def test_one_picture_is_one_query(site_client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        site_client.get(ADDRESS)


@pytest.mark.usefixtures("read_only")
def test_a_picture_is_shown_while_nothing_can_be_written(site_client: Client) -> None:
    assert site_client.get(ADDRESS).content == FILE.data


@pytest.mark.parametrize("held", [f'"{FILE.sha256}"', f'W/"{FILE.sha256}"', f'"other", "{FILE.sha256}"', "*"])
def test_who_holds_the_picture_is_not_sent_it_again(site_client: Client, held: str) -> None:
    response = site_client.get(ADDRESS, headers={"if-none-match": held})

    assert (response.status_code, response.content) == (304, b"")
    assert response.headers["ETag"] == f'"{FILE.sha256}"'
    assert "immutable" in response.headers["Cache-Control"]


def test_who_holds_another_picture_is_sent_this_one(site_client: Client) -> None:
    response = site_client.get(ADDRESS, headers={"if-none-match": '"other"'})

    assert (response.status_code, response.content) == (200, FILE.data)


def test_a_head_request_says_how_long_it_is(site_client: Client) -> None:
    response = site_client.head(ADDRESS)

    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["Content-Length"] == str(len(FILE.data))


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_nothing_can_be_done_to_it(site_client: Client, method: str) -> None:
    response = site_client.generic(method, ADDRESS)

    assert response.status_code == 405
    assert Picture.objects.count() == 1


@pytest.mark.parametrize("name", ["0" * 64, FILE.sha256.upper(), FILE.sha256[:-1], f"{FILE.sha256}0", "1", "x" * 5000])
def test_a_hash_that_no_picture_has_is_not_found_and_not_kept(site_client: Client, name: str) -> None:
    response = site_client.get(f"/pictures/{name}.webp", headers={"if-none-match": "*"})

    assert response.status_code == 404
    assert response.headers["Cache-Control"] == "no-store"
    assert "ETag" not in response.headers

"""Floods of answers to 'Did this help?', and moments at which none can be counted or saved."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from django.db import IntegrityError, OperationalError, connection
from django.test import Client
from pytest_django import Settings

from backspasm import shared_cache
from backspasm.shared_cache import CounterUnavailable
from education import feedback
from education.models import Feedback
from tests.education.feedback_form import ADDRESS, ANSWER, browser, failing, typed

NOON: Final = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)  # a Monday


@pytest.fixture
def reader(db: None) -> Client:
    """Somebody who answers on our own page."""
    return browser(**{"sec-fetch-site": "same-origin"})


def test_the_eleventh_answer_of_an_hour_is_asked_to_wait(reader: Client) -> None:
    statuses = [reader.post(ADDRESS, ANSWER).status_code for _ in range(11)]

    assert statuses == [303] * 10 + [429]
    assert Feedback.objects.count() == 10


def test_a_form_with_a_mistake_does_not_count(reader: Client) -> None:
    for _ in range(12):
        reader.post(ADDRESS, {**ANSWER, "helped": ""})

    assert reader.post(ADDRESS, ANSWER).status_code == 303


def test_each_address_and_each_hour_is_counted_by_itself(db: None) -> None:
    allowed = [feedback.is_within_limit("192.0.2.1", now=NOON) for _ in range(feedback.ANSWERS_PER_HOUR)]

    assert all(allowed)
    assert not feedback.is_within_limit("192.0.2.1", now=NOON + timedelta(minutes=59))
    assert feedback.is_within_limit("192.0.2.2", now=NOON)
    assert feedback.is_within_limit("192.0.2.1", now=NOON + timedelta(hours=1))


def test_one_network_of_ipv6_is_one_reader(db: None) -> None:
    allowed = [feedback.is_within_limit(f"2001:db8::{number}", now=NOON) for number in range(1, 12)]

    assert allowed == [True] * 10 + [False]
    assert feedback.is_within_limit("2001:db8:0:1::1", now=NOON)


def test_behind_a_proxy_the_reader_is_counted_and_not_the_proxy(reader: Client, settings: Settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    for number in range(12):
        headers = {"x-forwarded-for": f"made up, 192.0.2.{number}"}
        assert reader.post(ADDRESS, ANSWER, headers=headers).status_code == 303


def test_neither_an_address_nor_its_bare_hash_is_ever_stored(reader: Client) -> None:
    reader.post(ADDRESS, ANSWER, REMOTE_ADDR="192.0.2.77")

    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, value FROM shared_cache")
        kept = str(cursor.fetchall())
    assert "feedback-" in kept
    assert "192.0.2.77" not in kept
    assert "192.0.2.77" not in str(list(Feedback.objects.values()))


def test_tomorrow_the_same_address_has_another_name(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    keys: list[str] = []

    def note(key: str, **limits: int) -> bool:
        keys.append(key.rsplit("-", 1)[1])
        return True

    monkeypatch.setattr("education.feedback.shared_cache.take_place", note)
    for moment in (NOON, NOON + timedelta(hours=3), NOON + timedelta(days=1)):
        feedback.is_within_limit("192.0.2.1", now=moment)

    assert keys[0] == keys[1] != keys[2]


# --- Where nothing can be saved ---------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [OperationalError("read-only"), CounterUnavailable("feedback")])
@pytest.mark.parametrize("where", ["store", "is_within_limit"])
def test_where_nothing_can_be_saved_the_words_stay_in_the_form(
    reader: Client, monkeypatch: pytest.MonkeyPatch, error: Exception, where: str
) -> None:
    monkeypatch.setattr(f"education.views.feedback.feedback.{where}", failing(error))

    response = reader.post(ADDRESS, ANSWER)

    page = response.content.decode()
    assert response.status_code == 503
    assert "cannot save" in page
    assert "Nothing was lost" in page
    assert typed(page)


def test_a_counter_that_cannot_be_read_allows_nothing(db: None) -> None:
    def refuse(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        raise OperationalError("no connection")

    with connection.execute_wrapper(refuse), pytest.raises(CounterUnavailable):
        feedback.is_within_limit("192.0.2.1", now=NOON)


def test_a_counter_that_cannot_be_written_allows_nothing(db: None) -> None:
    """Django's cache in a table says nothing where a write is refused."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = ON")
        try:
            with pytest.raises(CounterUnavailable):
                feedback.is_within_limit("192.0.2.1", now=NOON)
        finally:
            cursor.execute("PRAGMA query_only = OFF")


def test_two_processes_that_count_the_same_moment_lose_nothing(db: None) -> None:
    """The second finds the place taken only when it adds it."""

    def late(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if sql.startswith("INSERT") and "shared_cache" in sql:
            raise IntegrityError("UNIQUE constraint failed")
        return execute(sql, *rest)

    with connection.execute_wrapper(late):
        assert not shared_cache.take_place("test", places=3, seconds=60)
    assert shared_cache.take_place("test", places=3, seconds=60)

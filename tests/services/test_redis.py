"""Counters in a real Redis: shared by every process, and closed when it is away."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
import redis

from tests.services.visitor import IN_OUR_LOOK, answer, keeps_the_words, sign_in, statuses
from tests.site_process import SiteProcess, free_port

pytestmark = pytest.mark.services

PUBLIC: Final = (
    "/",
    "/treatment/",
    "/get-help/",
    "/search/?q=ice",
    "/diary.pdf",
    "/feedback/thanks/",
    "/accounts/login/",
)


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("redis")


@pytest.fixture(scope="module")
def cache_url() -> Iterator[str]:
    """An empty database of the server; emptied again. Skips where no Redis answers."""
    for number in range(15, 0, -1):
        client = redis.Redis(db=number, socket_connect_timeout=2)
        try:
            is_free = client.dbsize() == 0
        except redis.ConnectionError:
            pytest.skip("no Redis answers at 127.0.0.1:6379")
        if is_free:
            yield f"redis://127.0.0.1:6379/{number}"
            client.flushdb()
            client.close()
            return
        client.close()
    pytest.skip("no database of this Redis is empty")


def test_answers_are_counted_across_processes(data_dir: Path, cache_url: str) -> None:
    with SiteProcess(data_dir, {"CACHE_URL": cache_url}) as first:
        second = SiteProcess(data_dir, {"CACHE_URL": cache_url})
        second.start()
        try:
            seen = [answer(site)[0] for _ in range(6) for site in (first, second)]
        finally:
            second.stop()

    assert seen == [303] * 10 + [429] * 2


def test_without_redis_people_read_on_and_nothing_uncounted_is_taken(data_dir: Path) -> None:
    away = f"redis://127.0.0.1:{free_port()}/0"

    with SiteProcess(data_dir, {"CACHE_URL": away}) as site:
        assert statuses(site, *PUBLIC, "/readyz") == [200] * (len(PUBLIC) + 1)
        assert keeps_the_words(*answer(site))
        status, page = sign_in(site)

    assert (status, IN_OUR_LOOK in page) == (503, True)
    assert "nothing was lost" in page

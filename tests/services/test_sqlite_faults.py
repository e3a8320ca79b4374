"""The real site on SQLite that another process holds, or that is full."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final
from urllib.parse import quote

import pytest

from tests.services.visitor import IN_OUR_LOOK, answer, keeps_the_words, sign_in, statuses
from tests.site_process import SiteProcess

PUBLIC: Final = ("/", "/treatment/", "/get-help/", "/causes/", "/search/?q=ice")
WAIT_SECONDS: Final = 2


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SiteProcess]:
    """The site, more easily tired of waiting than usual."""
    folder = tmp_path_factory.mktemp("sqlite")
    url = f"sqlite:///{file_of(folder)}?timeout={WAIT_SECONDS}"
    with SiteProcess(folder, {"DATABASE_URL": url}) as site:
        yield site


def file_of(folder: Path) -> Path:
    return folder / "backspasm.sqlite3"


def restarted(site: SiteProcess, url: str) -> SiteProcess:
    """The same site in a process that has read nothing yet."""
    site.stop()
    site.environment["DATABASE_URL"] = url
    site.start()
    return site


def test_while_another_process_writes_people_read_on_even_from_a_cold_start(served: SiteProcess) -> None:
    with closing(sqlite3.connect(file_of(served.data_dir), isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        restarted(served, served.environment["DATABASE_URL"])

        assert statuses(served, *PUBLIC, "/diary.pdf", "/readyz") == [200] * 7
        assert keeps_the_words(*answer(served))
        status, page = sign_in(served)
        assert (status, IN_OUR_LOOK in page) == (503, True)

    assert answer(served)[0] == 303


def test_while_another_process_lets_nobody_read_kept_pages_are_served_at_once(served: SiteProcess) -> None:
    restarted(served, served.environment["DATABASE_URL"])  # no connection is left from a fault before
    statuses(served, *PUBLIC)
    time.sleep(1.1)  # what was read is asked for again

    with closing(sqlite3.connect(file_of(served.data_dir), isolation_level=None, timeout=0)) as holder:
        shut_out(holder)
        began_at = time.monotonic()

        assert statuses(served, *PUBLIC, "/myths/", "/healthz") == [200] * 7
        # One reader asks in vain, once a second; nobody else waits.
        assert time.monotonic() - began_at < 7 * WAIT_SECONDS
        assert statuses(served, "/readyz") == [503]
        assert keeps_the_words(*answer(served))

    assert statuses(served, *PUBLIC, "/readyz") == [200] * 6
    assert answer(served)[0] == 303


def test_with_a_full_disk_people_read_on(served: SiteProcess) -> None:
    file = file_of(served.data_dir)
    fill(file)
    limit = quote("PRAGMA journal_mode=WAL; PRAGMA max_page_count=1;")  # never below what is there already

    restarted(served, f"sqlite:///{file}?timeout={WAIT_SECONDS}&init_command={limit}")

    assert statuses(served, *PUBLIC, "/diary.pdf", "/readyz") == [200] * 7
    assert keeps_the_words(*answer(served))


def shut_out(holder: sqlite3.Connection) -> None:
    """Take the whole file, readers too, as soon as nobody reads. Raises AssertionError after ten seconds."""
    holder.execute("PRAGMA locking_mode = EXCLUSIVE")
    for _ in range(100):
        try:
            holder.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("somebody reads all the time")


FILLING: Final = "INSERT INTO shared_cache VALUES (hex(randomblob(20)), hex(randomblob(?)), '2099-01-01')"


def fill(file: Path) -> None:
    """Use up every free place in the pages that counters are written to."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA max_page_count = 1")  # never below what is there already
        for size in (3000, 400, 40):
            full = 0
            while full < 200:
                try:
                    connection.execute(FILLING, [size])
                    full = 0
                except sqlite3.OperationalError:
                    full += 1

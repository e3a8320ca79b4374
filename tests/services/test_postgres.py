"""The real site on a real PostgreSQL: whole, read-only, stopped, and back again."""

import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import psycopg
import pytest

from education import edition_copy
from tests.environment import ROOT
from tests.services.visitor import IN_OUR_LOOK, answer, keeps_the_words, sign_in, statuses
from tests.site_process import SiteProcess

pytestmark = pytest.mark.services

SERVER: Final = "postgresql://postgres@127.0.0.1:5432"
READ_BEFORE: Final = ("/", "/treatment/", "/get-help/")


class Database:
    """One database made for these tests, and what an administrator can do to it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.url = f"{SERVER}/{name}"

    def administer(self, *statements: str) -> None:
        """Run statements from outside the database."""
        with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def disconnect(self) -> None:
        """End every connection to it."""
        self.administer(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{self.name}'")

    @contextmanager
    def read_only(self) -> Iterator[None]:
        """Let nobody write, as on a standby."""
        self.administer(f"ALTER DATABASE {self.name} SET default_transaction_read_only = on")
        self.disconnect()
        try:
            yield
        finally:
            self.administer(f"ALTER DATABASE {self.name} RESET default_transaction_read_only")
            self.disconnect()

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Let nobody in."""
        self.administer(f"ALTER DATABASE {self.name} ALLOW_CONNECTIONS false")
        self.disconnect()
        try:
            yield
        finally:
            self.administer(f"ALTER DATABASE {self.name} ALLOW_CONNECTIONS true")

    def ask(self, query: str) -> list[tuple[object, ...]]:
        """Return the rows of a query."""
        with psycopg.connect(self.url) as connection:
            return connection.execute(query.encode()).fetchall()


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    """A new, empty database; dropped afterwards. Skips where no PostgreSQL answers."""
    made = Database(f"backspasm_test_{secrets.token_hex(4)}")
    try:
        made.administer(f"CREATE DATABASE {made.name}")
    except psycopg.OperationalError:
        pytest.skip("no PostgreSQL answers at 127.0.0.1:5432")
    yield made
    made.administer(f"DROP DATABASE {made.name} WITH (FORCE)")


@pytest.fixture(scope="module")
def served(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SiteProcess]:
    """The site on that database."""
    with SiteProcess(tmp_path_factory.mktemp("postgres"), {"DATABASE_URL": database.url}) as site:
        yield site


def elsewhere(site: SiteProcess, *task: str) -> "subprocess.Popen[str]":
    """Begin a task on the site's database in another process."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.services.publish_elsewhere", *task],
        cwd=ROOT,
        env={**site.environment, "DJANGO_SETTINGS_MODULE": "backspasm.settings"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def done(process: "subprocess.Popen[str]") -> str:
    said = process.communicate(timeout=120)[0]
    assert process.returncode == 0, said
    return said


def within(seconds: float, claim: Callable[[], bool]) -> bool:
    """Return whether a claim becomes true in time."""
    give_up_at = time.monotonic() + seconds
    while time.monotonic() < give_up_at:
        if claim():
            return True
        time.sleep(0.1)
    return False


def test_the_site_works_whole(database: Database, served: SiteProcess) -> None:
    assert statuses(served, *READ_BEFORE, "/diary.pdf", "/search/?q=ice", "/readyz", "/healthz") == [200] * 7
    assert answer(served)[0] == 303
    assert database.ask("SELECT page, helped FROM education_feedback") == [("treatment", True)]
    assert sign_in(served)[0] == 200


def test_a_session_cookie_that_postgres_cannot_hold_is_a_bad_request(served: SiteProcess) -> None:
    status, _, page = served.get("/tracker/", {"Cookie": 'sessionid="\\000aaaaaaaaaaaaaaaa"'})

    assert (status, IN_OUR_LOOK in page.decode()) == (400, True)


def test_a_publish_elsewhere_is_read_within_a_second_or_so(served: SiteProcess) -> None:
    served.get("/glossary/")

    done(elsewhere(served, "word", "A cushion that postgres has seen."))
    time.sleep(1.0)

    assert "postgres has seen" in served.get("/glossary/")[2].decode()


def test_two_who_publish_at_once_take_turns(database: Database, served: SiteProcess) -> None:
    before = database.ask("SELECT max(number) FROM education_edition")[0][0]

    for process in [elsewhere(served, "many", "5") for _ in range(3)]:
        done(process)

    numbers = [row[0] for row in database.ask("SELECT number FROM education_edition ORDER BY number")]
    assert numbers == list(range(1, len(numbers) + 1))
    assert numbers[-1] == int(str(before)) + 15


def test_a_publish_broken_at_any_statement_leaves_the_old_edition(served: SiteProcess) -> None:
    assert int(done(elsewhere(served, "broken"))) > 8


def test_where_nothing_can_be_written_people_read_on(database: Database, served: SiteProcess) -> None:
    with database.read_only():
        served.stop()
        served.start()  # a process that has read nothing yet

        assert statuses(served, *READ_BEFORE, "/causes/", "/diary.pdf", "/search/?q=ice", "/readyz") == [200] * 7
        assert keeps_the_words(*answer(served))
        status, page = sign_in(served)
        assert (status, IN_OUR_LOOK in page) == (503, True)

    assert within(5, lambda: answer(served)[0] == 303)


def test_while_the_database_is_away_people_read_on(database: Database, served: SiteProcess) -> None:
    statuses(served, *READ_BEFORE)

    with database.stopped():
        time.sleep(1.1)  # what was read is asked for again

        assert statuses(served, *READ_BEFORE, "/myths/", "/search/?q=ice", "/healthz") == [200] * 6
        assert statuses(served, "/readyz", "/tracker/") == [503, 302]
        assert keeps_the_words(*answer(served))
        status, _, page = served.get("/tracker/", {"Cookie": f"sessionid={'a' * 32}"})
        assert (status, IN_OUR_LOOK in page.decode()) == (503, True)

    assert within(5, lambda: statuses(served, "/readyz") == [200])
    assert answer(served)[0] == 303


def test_after_the_database_came_back_readers_of_kept_pages_see_what_is_published(
    database: Database, served: SiteProcess
) -> None:
    """A kept page never reaches Django, so nothing but the page layer's own question opens the connection again."""
    site = SiteProcess(served.data_dir, {"DATABASE_URL": database.url, "GUNICORN_CMD_ARGS": "--threads 1"})
    site.start()
    try:
        for _ in range(3):
            site.get("/glossary/")
            time.sleep(1.1)  # the layer asks once a second, with a connection of its own thread
        with database.stopped():
            site.get("/glossary/")

        done(elsewhere(site, "word", "Back again."))

        assert within(3, lambda: b"Back again." in site.get("/glossary/")[2])
    finally:
        site.stop()


def test_a_process_that_starts_while_the_database_is_away_shows_the_copy_it_kept(
    database: Database, served: SiteProcess
) -> None:
    served.get("/get-help/")

    with database.stopped():
        served.stop()
        served.start()
        status, _, page = served.get("/get-help/")

    assert status == 200
    assert IN_OUR_LOOK in page.decode()
    assert within(5, lambda: statuses(served, *READ_BEFORE) == [200] * 3)


def test_a_process_that_has_no_copy_either_says_so_and_recovers(database: Database, served: SiteProcess) -> None:
    with database.stopped():
        served.stop()
        (served.data_dir / edition_copy.NAME).unlink()
        served.start()
        status, headers, page = served.get("/treatment/")

    assert (status, headers["Cache-Control"]) == (503, "no-store")
    assert IN_OUR_LOOK in page.decode()
    assert "emergency number" in page.decode()
    assert within(5, lambda: statuses(served, *READ_BEFORE) == [200] * 3)


def test_migrations_that_wait_are_no_readiness(database: Database, served: SiteProcess) -> None:
    last = "(SELECT max(id) FROM django_migrations WHERE app = 'education')"
    with psycopg.connect(database.url, autocommit=True) as connection:
        connection.execute(f"UPDATE django_migrations SET app = 'elsewhere' WHERE id = {last}".encode())
        try:
            status, _, page = served.get("/readyz")
        finally:
            connection.execute(b"UPDATE django_migrations SET app = 'education' WHERE app = 'elsewhere'")

    assert (status, b"migrations are waiting" in page) == (503, True)
    assert served.get("/readyz")[0] == 200

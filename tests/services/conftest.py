"""The databases, the mail server and the push service that faults of reminders are played with."""

import secrets
from collections.abc import Iterator

import psycopg
import pytest

from tests.services.reminder_faults import Stage
from tests.services.reminder_faults_remotes import MailServer, PushService
from tests.services.test_postgres import Database


@pytest.fixture(scope="session")
def mail_server() -> Iterator[MailServer]:
    """A mail server of the session."""
    with MailServer() as server:
        yield server


@pytest.fixture(scope="session")
def push_service() -> Iterator[PushService]:
    """A push service of the session."""
    with PushService() as service:
        yield service


@pytest.fixture
def mail(mail_server: MailServer) -> MailServer:
    """The mail server, which has seen nothing and behaves well."""
    mail_server.forget()
    return mail_server


@pytest.fixture
def push(push_service: PushService) -> PushService:
    """The push service, which has seen nothing and behaves well."""
    push_service.forget()
    return push_service


@pytest.fixture(scope="session")
def reminder_database() -> Iterator[Database]:
    """A new, empty database; dropped afterwards. Skips where no PostgreSQL answers."""
    made = Database(f"backspasm_test_{secrets.token_hex(4)}")
    try:
        made.administer(f"CREATE DATABASE {made.name}")
    except psycopg.OperationalError:
        pytest.skip("no PostgreSQL answers at 127.0.0.1:5432")
    yield made
    made.administer(f"DROP DATABASE {made.name} WITH (FORCE)")


@pytest.fixture(scope="session", params=["postgresql", "sqlite"])
def _stage(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, mail_server: MailServer
) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("reminders")
    url = f"sqlite:///{folder / 'backspasm.sqlite3'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("reminder_database").url
    mail_address = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(mail_server.port), "EMAIL_USE_TLS": "0"}
    with Stage(folder, {"DATABASE_URL": url, **mail_address}) as stage:
        yield stage


@pytest.fixture
def stage(_stage: Stage) -> Stage:
    """Each of both databases, without patients."""
    _stage.play("clean")
    return _stage

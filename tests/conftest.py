"""Fixtures that every test may use."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from backspasm import fonts
from education import content_files, loading, publishing
from education.edition import LiveEdition
from tests.environment import DATA_DIR, IS_WORKER
from tests.site_process import SiteProcess, browser_path

REQUIRE_ALL = os.environ.get("REQUIRE_ALL") == "1"


def pytest_sessionstart(session: pytest.Session) -> None:
    """Collect static files once, before the workers start: every template asks the manifest for its names."""
    if not IS_WORKER:
        fonts.make(settings.FONTS_DIR)
        call_command("collectstatic", verbosity=0, interactive=False)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep all browser tests in one worker, with one browser and one server; skip them where there is no browser."""
    missing = pytest.mark.skip(reason="no Chromium on this machine")
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.xdist_group("browser"))
            if browser_path() is None:
                item.add_marker(missing)
        elif item.get_closest_marker("services"):
            item.add_marker(pytest.mark.xdist_group("services"))


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: Any, exitstatus: int, config: pytest.Config) -> None:
    """Print the tables that tests have measured, and say plainly what did not run."""
    reports = [report for group in terminalreporter.stats.values() for report in group]
    for name, table in (
        item for report in reports if getattr(report, "when", "") == "call" for item in report.user_properties
    ):
        if name == "table":
            terminalreporter.write_line(f"\n{table}")
    skipped = terminalreporter.stats.get("skipped", [])
    if skipped:
        terminalreporter.write_line(f"{len(skipped)} test(s) DID NOT RUN on this machine; the reasons stand above.")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """With REQUIRE_ALL=1 a skipped test is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if REQUIRE_ALL and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing behind."""
    if not IS_WORKER:
        shutil.rmtree(DATA_DIR, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Publish the first edition once; every test begins with it and rolls its own changes back."""
    with django_db_blocker.unblock():
        loading.load(content_files.read(), now=timezone.now())


@pytest.fixture(autouse=True)
def _forget_the_edition() -> Iterator[None]:
    """A test that published must not leave its edition in the memory of the process."""
    yield
    remembered = publishing._memory._edition
    if remembered is None or remembered.number != 1:
        publishing.forget()


@pytest.fixture(scope="session")
def first_edition_pages() -> dict[str, str]:
    """The HTML of pages of the first edition, by path, once rendered; no test changes them."""
    return {}


@pytest.fixture
def live(db: None) -> LiveEdition:
    """The first edition."""
    return publishing.live(timezone.now())


@pytest.fixture
def site_client(db: None) -> Client:
    """A reader who calls the site by its own address."""
    return Client(headers={"host": settings.SITE_URL.netloc})


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SiteProcess]:
    """The real site: prepared from scratch in a folder of its own and served by gunicorn."""
    with SiteProcess(Path(tmp_path_factory.mktemp("site"))) as process:
        yield process

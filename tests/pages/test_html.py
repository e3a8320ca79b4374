"""All HTML is valid: the Nu checker reads every page in one run."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.template.loader import render_to_string

from tests.environment import ROOT
from tests.pages.conftest import Pages

pytestmark = pytest.mark.django_db

JAR = ROOT / "var/tools/node_modules/vnu-jar/build/dist/vnu.jar"
ERROR_PAGES = ("400", "403", "404", "405", "410", "429", "500", "503")
# A message is ignored only with its reason: a part of its text, and why.
IGNORED: dict[str, str] = {}


@pytest.mark.skipif(not shutil.which("java"), reason="no java on this machine, so no HTML checker")
def test_every_page_is_valid_html(pages: Pages, tmp_path: Path) -> None:
    for number, page in enumerate(pages.values()):
        (tmp_path / f"{number:03}.html").write_text(f"{page.html}<!-- {page.address} -->")
    for status in ERROR_PAGES:
        (tmp_path / f"error-{status}.html").write_text(render_to_string(f"{status}.html"))

    messages = checked(tmp_path)

    assert [described(message) for message in messages] == []


@pytest.mark.skipif(not shutil.which("java"), reason="no java on this machine, so no HTML checker")
def test_the_checker_finds_a_fault(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<!doctype html><title>Page</title><p id=a><p id=a>")

    messages = checked(tmp_path)

    assert "Duplicate ID" in described(messages[0])


def checked(folder: Path) -> list[dict[str, Any]]:
    """Return what the checker says of all pages in a folder."""
    assert JAR.exists(), "the HTML checker is missing: `make test` installs it"
    command = ["java", "-jar", str(JAR), "--format", "json", "--exit-zero-always", "--skip-non-html", str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=300)
    messages: list[dict[str, Any]] = json.loads(done.stderr or done.stdout)["messages"]
    return [message for message in messages if not any(part in message["message"] for part in IGNORED)]


def described(message: dict[str, Any]) -> str:
    """Return a message with its page."""
    page = Path(message["url"].removeprefix("file:"))
    address = page.read_text().rpartition("<!-- ")[2].removesuffix(" -->") if page.stem.isdigit() else page.name
    return f"{address} line {message.get('lastLine')}: {message['message']} {message.get('extract', '')}"

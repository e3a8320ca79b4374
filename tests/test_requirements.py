"""The locked requirements can be installed on every Python and system we name."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.environment import ROOT

LOCKS = ["requirements.txt", "requirements-scale.txt"]
# Published as source alone. It is plain Python, so it needs no compiler; pywebpush seals messages with it.
SOURCE_ONLY = "http-ece"


@pytest.mark.parametrize("lock", [*LOCKS, "requirements-dev.txt"])
def test_every_locked_package_has_hashes(lock: str) -> None:
    packages = (ROOT / lock).read_text().replace("\\\n", " ").splitlines()

    assert [line for line in packages if "==" in line and "--hash=sha256:" not in line] == []


@pytest.mark.parametrize("python", ["3.11", "3.13"])
@pytest.mark.parametrize("system", ["x86_64-unknown-linux-gnu", "aarch64-apple-darwin"])
def test_the_lock_resolves_to_wheels(tmp_path: Path, python: str, system: str) -> None:
    command = [sys.executable, "-m", "uv", "pip", "compile", "requirements.txt", "--quiet", "--no-deps"]
    only = ["--only-binary", ":all:", "--no-binary", SOURCE_ONLY]
    options = [*only, "--python-version", python, "--python-platform", system]

    done = subprocess.run(
        [*command, *options, "--output-file", str(tmp_path / "lock")],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stderr


def test_every_direct_requirement_says_why_it_is_here() -> None:
    lines = [
        line for name in ("requirements.in", "requirements-dev.in") for line in (ROOT / name).read_text().split("\n")
    ]

    unexplained = [line for line in lines if line and not line.startswith(("#", "-c")) and "#" not in line]

    assert unexplained == []

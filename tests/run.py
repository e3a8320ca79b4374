"""Runs all tests: `make test`. Installs the browser where it may, says what it cannot run."""

import os
import shutil
import subprocess
import sys

from tests.site_process import ROOT, browser_path

INSTALL_BROWSER = "apt-get install -y chromium"
VNU_PACKAGE = "vnu-jar@26.9.27"
TOOLS_DIR = ROOT / "var" / "tools"


def may_install() -> bool:
    """Return whether this run may install system packages: as root, where everything is required."""
    return os.geteuid() == 0 and (os.environ.get("CI") == "true" or os.environ.get("REQUIRE_ALL") == "1")


def ensure_browser() -> None:
    """Install Chromium where that is allowed, or say how it is installed."""
    if browser_path():
        return
    if may_install() and shutil.which("apt-get"):
        print("installing Chromium for the browser tests ...", flush=True)
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        subprocess.run(["apt-get", "install", "-y", "-qq", "chromium"], check=True, stdout=subprocess.DEVNULL)
        return
    print(f"There is no Chromium here, so the browser tests will not run. It comes with: sudo {INSTALL_BROWSER}")


def ensure_html_checker() -> None:
    """Fetch the Nu HTML checker where Java can run it."""
    if (
        shutil.which("java")
        and shutil.which("npm")
        and not list(TOOLS_DIR.glob("node_modules/vnu-jar/build/dist/*.jar"))
    ):
        print("installing the HTML checker ...", flush=True)
        TOOLS_DIR.mkdir(parents=True, exist_ok=True)
        command = ["npm", "install", "--silent", "--no-save", "--no-audit", "--no-fund", "--prefix", str(TOOLS_DIR)]
        if subprocess.run([*command, VNU_PACKAGE], check=False).returncode:
            print("The HTML checker could not be fetched, so its tests will fail.")


def main() -> int:
    """Prepare and run; return pytest's exit code."""
    ensure_browser()
    ensure_html_checker()
    command = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadgroup", *sys.argv[1:]]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())

"""A patient's phone: one page of 390 px, with or without scripts, and everything that went wrong on it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.sync_api import Error, Locator, Page, expect

from tests.browser.conftest import NewContext, Witness
from tests.site_process import SiteProcess

# The browser counts as failed: an address that becomes a download, and the page after an answer that a script sent and
# left unread (whether it arrived is asked of the database). It also says what it has forgotten when it was told to.
_NO_FAILURE: Final = re.compile(
    r"failed: .*(/tracker/export/|/accounts/reauthenticate/|\.pdf$|/tracker/emergency/(answer|hold)/)"
    r"|console info: Clear-Site-Data"
)
_ON_ITS_WAY: Final = "Execution context was destroyed"
_SIDEWAYS: Final = "() => document.documentElement.scrollWidth > innerWidth"


@dataclass
class Phone:
    """A page on a phone, and its witness."""

    page: Page
    witness: Witness
    has_scripts: bool
    taps: int = 0

    def tap(self, target: Locator) -> None:
        """Tap, and count."""
        self.taps += 1
        if self.has_scripts:
            self.page.wait_for_load_state()  # its scripts listen from then on
        target.click()

    def button(self, name: str) -> Locator:
        """Return the button with this name."""
        return self.page.get_by_role("button", name=name, exact=True)

    def press(self, name: str) -> None:
        """Tap the button with this name."""
        self.tap(self.button(name))

    def follow(self, name: str) -> None:
        """Tap the first link with this name."""
        self.tap(self.page.get_by_role("link", name=name, exact=True).first)

    def open(self, address: str) -> None:
        """Go to an address."""
        self.page.goto(address)

    def says(self, words: str) -> None:
        """Wait until the page says this."""
        expect(self.page.locator("main")).to_contain_text(words)

    def is_at(self, address: str) -> None:
        """Wait until the page with this address is there; ``*`` stands for anything."""
        self.page.wait_for_url(re.compile(re.escape(address).replace(r"\*", ".*") + "$"))

    def choose(self, name: str, value: str) -> None:
        """Choose a key, a chip or a checkbox by tapping on its label."""
        self.tap(self.page.locator(f"label:has(input[name='{name}'][value='{value}'])").last)

    def soon(self, is_so: Callable[[], bool]) -> None:
        """Ask until it is so, for ten seconds at most; also while one page gives way to another."""
        for _ in range(100):
            try:
                if is_so():
                    return
            except Error as error:
                if _ON_ITS_WAY not in error.message:
                    raise
            self.page.wait_for_timeout(100)
        raise AssertionError("it never came")

    def faults(self) -> list[str]:
        """Return what went wrong so far, and whether the page can be moved sideways."""
        seen = [line for line in self.witness.seen if not _NO_FAILURE.match(line)]
        violations = self.page.evaluate("window.violations") if self.has_scripts else []
        return [*seen, *violations, *(["wider than the phone"] if self.page.evaluate(_SIDEWAYS) else [])]


def open_phone(
    new_context: NewContext,
    site: SiteProcess,
    cookie: dict[str, Any] | None = None,
    *,
    has_scripts: bool = True,
    **options: Any,
) -> Phone:
    """Open a phone; with a cookie it is signed in."""
    context = new_context(java_script_enabled=has_scripts, **options)
    if cookie:
        context.add_cookies([{"url": site.url, "name": cookie["name"], "value": cookie["value"]}])
    page = context.new_page()
    return Phone(page, Witness(page, urlsplit(site.url).netloc), has_scripts)

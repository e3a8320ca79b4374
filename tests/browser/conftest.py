"""One Chromium for all browser tests, a fresh context for each, and a witness of everything that goes wrong."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright

from tests.browser.journey_shell import SiteShell
from tests.site_process import SiteProcess, browser_path

PHONE: Final[ViewportSize] = {"width": 390, "height": 844}
DESK: Final[ViewportSize] = {"width": 1280, "height": 900}
PATIENCE_MS: Final = 15_000  # for a busy machine; what is there is not waited for
# Parts of the browser's own window that are pages themselves: made anew for each context, they take half the time.
# The last list given counts, so it repeats what Playwright's own keeps away from pages and from the network.
_WINDOW: Final = (
    "WebUIOmniboxPopup WebUIOmniboxAimPopup PreloadTopChromeWebUI WebUIReloadButton InitialWebUI WebUIToolbar"
)
_PLAYWRIGHTS: Final = (
    "AvoidUnnecessaryBeforeUnloadCheckSync DestroyProfileOnBrowserClose HttpsUpgrades HttpsFirstBalancedModeAutoEnable"
    " LensOverlay MediaRouter PaintHolding ThirdPartyStoragePartitioning AvoidCorsURLLoaderRestartOnRedirect"
    " OptimizationHints NetworkTimeServiceQuerying AimEnabled PreconnectToSearch"
)
ARGUMENTS: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    f"--disable-features={','.join([*_WINDOW.split(), *_PLAYWRIGHTS.split()])}",
)
_NOTE_VIOLATIONS: Final = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  violations.push(`${event.violatedDirective}: ${event.blockedURI}`));
"""

NewContext = Callable[..., BrowserContext]


@dataclass
class Witness:
    """What a page did that it should not: console messages, errors, requests to other hosts."""

    page: Page
    host: str
    seen: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda message: self.seen.append(f"console {message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.seen.append(f"error: {error}"))
        self.page.on("requestfailed", lambda request: self.seen.append(f"failed: {request.url}"))
        self.page.on("request", lambda request: self._look_at(request.url))

    def _look_at(self, address: str) -> None:
        if urlsplit(address).netloc != self.host:
            self.seen.append(f"request: {address}")

    def report(self) -> list[str]:
        """Return everything seen so far, with the violations of the content security policy."""
        violations: list[str] = self.page.evaluate("window.violations")
        return [*self.seen, *violations]


# For the package, not the session: Playwright leaves an event loop running in this thread as long as it lives,
# and Django refuses its database to tests that come later in the same process.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """The one Chromium."""
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser_path(), args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def new_context(browser: Browser, site: SiteProcess) -> Iterator[NewContext]:
    """Make a fresh context: nothing stored, nothing cached, addresses relative to the site, no motion."""
    with ExitStack() as stack:

        def make(**options: Any) -> BrowserContext:
            options = {"viewport": PHONE, "reduced_motion": "reduce", "base_url": site.url, **options}
            context = browser.new_context(**options)
            stack.callback(context.close)
            context.set_default_timeout(PATIENCE_MS)
            context.add_init_script(_NOTE_VIOLATIONS)
            return context

        yield make


@pytest.fixture(scope="package")
def shell(site: SiteProcess) -> Iterator[SiteShell]:
    """A shell beside the site, for tests that look at rows and change them."""
    with SiteShell(site) as opened:
        yield opened


@pytest.fixture
def page(new_context: NewContext) -> Page:
    """A page on a phone."""
    return new_context().new_page()


@pytest.fixture
def witness(page: Page, site: SiteProcess) -> Witness:
    """The witness of ``page``."""
    return Witness(page, urlsplit(site.url).netloc)

"""Attack strings on real pages without the content security policy: nothing of them runs, loads or asks elsewhere."""

import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any, Final
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Browser, Dialog, Page, Route

from education import richtext
from tests.browser.conftest import DESK
from tests.browser.editors import make_people, open_form, sign_in
from tests.browser.publish_hostile import RAW, RICH
from tests.education import hostile
from tests.site_process import ROOT, SiteProcess

pytestmark = pytest.mark.browser

AUTHOR: Final = "author"
PAGES: Final = (
    f"/{RICH}/",
    f"/{RAW}/",
    f"/{hostile.ARTICLE}/",
    "/page-0/",
    "/exercises/",
    "/exercises/move-0/",
    "/treatment/",
    "/glossary/",
    "/sources/",
    "/review-status/",
    "/search/?q=alert",
    "/search/?q=" + quote(hostile.WORDS[0]),
)
# A statement of which nothing is left is refused.
BODIES: Final = tuple(word for word in hostile.WORDS if richtext.clean(word))
# What pages fetch besides documents.
_FETCHED: Final = ("/static/", "/search/suggest/", "/admin/jsi18n/")
# Whatever calls one of these has run.
_CANARY: Final = """
for (const name of ["alert", "confirm", "prompt"]) window[name] = () => ranHere(name);
"""
# Opens what is closed, and lets everything happen to every element that can happen to it without a click.
_TOUCH: Final = """
() => {
  const events = ["mouseover", "mouseenter", "mousemove", "pointerover", "pointerenter", "pointerdown", "touchstart",
    "wheel", "focus", "focusin", "blur", "input", "beforeinput", "change", "toggle", "beforetoggle", "load", "error",
    "animationstart", "animationend", "transitionend", "scroll", "begin", "end", "repeat", "auxclick", "contextmenu",
    "click"]; // an Event, not a MouseEvent: handlers hear it, links and forms do not follow it
  document.querySelectorAll("details").forEach((each) => (each.open = true));
  document.querySelectorAll("[popover]").forEach((each) => each.showPopover?.());
  const all = [...document.querySelectorAll("*")];
  for (const element of all) {
    const heard = element.closest("care-timer") ? [] : events; // a hundred timers at once make a noise
    for (const name of heard) element.dispatchEvent(new Event(name));
  }
  // Real focus shakes the layout each time.
  all.filter((each) => each.matches("a, [tabindex], input, button")).slice(0, 300).forEach((each) => each.focus());
  return all.length;
}
"""
# What may not stand in the document that the browser made of the page.
_UNSAFE: Final = """
() => [...document.querySelectorAll("*")].flatMap((element) => {
  const names = Element.prototype.getAttributeNames.call(element); // a form may hide its own
  const found = names.filter((name) => /^on|^(style|srcdoc|formaction|ping|is)$/i.test(name));
  const address = element.href?.baseVal ?? element.href ?? element.src ?? "";
  const isOurs = element.matches("script")
    ? element.type === "application/ld+json" || element.src.startsWith(`${location.origin}/static/`)
    : !element.matches("iframe, frame, object, embed, base, style, math, meta[http-equiv], marquee, foreignObject");
  const isSafe = /^(https?:|mailto:|tel:|#|\\/|$)/.test(address);
  return isOurs && isSafe && !found.length ? [] : [element.outerHTML.slice(0, 200)];
})
"""


@pytest.fixture(scope="module")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SiteProcess]:
    """A site of its own on which every attack string is published."""
    with SiteProcess(tmp_path_factory.mktemp("hostile")) as site:
        environment = {**site.environment, "DJANGO_SETTINGS_MODULE": "backspasm.settings"}
        command = [sys.executable, "-m", "tests.browser.publish_hostile"]
        subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
        make_people(site, {AUTHOR: "Author"})
        yield site


class Watched:
    """A page without its policy, and everything that happened on it which should not."""

    def __init__(self, page: Page, site: SiteProcess) -> None:
        self.page, self.host = page, urlsplit(site.url).netloc
        self.seen: list[str] = []
        self.ran_in: set[str] = set()  # the names of the frames in which a script ran
        page.expose_binding("ranHere", self._ran)
        page.add_init_script(_CANARY)
        page.on("console", lambda message: self.seen.append(f"console {message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.seen.append(f"error: {error}"))
        page.on("popup", lambda popup: self.seen.append(f"window: {popup.url}"))
        page.on("dialog", self._answer_dialog)
        page.route("**/*", self._answer)

    def _ran(self, source: Mapping[str, Any], name: str) -> None:
        self.seen.append(f"ran: {name}")
        self.ran_in.add(source["frame"].name)

    def _answer_dialog(self, dialog: Dialog) -> None:
        self.seen.append(f"dialog {dialog.type}")
        dialog.accept()

    def _answer(self, route: Route) -> None:
        request = route.request
        address = urlsplit(request.url)
        if address.netloc != self.host and address.scheme in {"http", "https"}:
            self.seen.append(f"request: {request.url}")
            route.abort()
        elif request.resource_type == "document":
            answer = route.fetch()
            dropped = {"content-security-policy", "content-encoding", "content-length"}
            headers = {name: value for name, value in answer.headers.items() if name not in dropped}
            route.fulfill(response=answer, headers=headers)
        else:
            if not address.path.startswith(_FETCHED):
                self.seen.append(f"request: {request.url}")
            route.continue_()

    def touch(self) -> int:
        """Touch every element of the page, wait for what comes of it, and return how many there are."""
        count: int = self.page.evaluate(_TOUCH)
        self.page.wait_for_timeout(500)
        return count

    def report(self) -> list[str]:
        """Return everything seen so far, and every unsafe element of the page."""
        unsafe: list[str] = self.page.evaluate(_UNSAFE)
        return [*self.seen, *unsafe]


@pytest.fixture
def bare_page(browser: Browser, hostile_site: SiteProcess) -> Iterator[Page]:
    """A page of the hostile site, not watched yet."""
    context = browser.new_context(viewport=DESK, reduced_motion="reduce", base_url=hostile_site.url)
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def watched(bare_page: Page, hostile_site: SiteProcess) -> Watched:
    """A reader's page."""
    return Watched(bare_page, hostile_site)


@pytest.fixture
def editing(bare_page: Page, hostile_site: SiteProcess) -> Watched:
    """The form of a page, opened by an author."""
    sign_in(bare_page, AUTHOR)  # before anything is watched: a watched page is never led on to another
    open_form(bare_page, "article", "About this site")
    return Watched(bare_page, hostile_site)


def test_the_watch_sees_an_attack(watched: Watched) -> None:
    frames = "".join(
        f'<iframe name="{number}" srcdoc="{escape(text)}"></iframe>' for number, text in enumerate(hostile.WORDS)
    )
    watched.page.route("**/control/", lambda route: route.fulfill(body=frames, content_type="text/html"))

    watched.page.goto("/control/")
    for frame in watched.page.frames[1:]:
        frame.evaluate(_TOUCH)
    watched.page.wait_for_timeout(1000)

    assert len(watched.ran_in) > 60
    assert any(seen.startswith("request: http://evil.example/") for seen in watched.seen)


@pytest.mark.parametrize("address", PAGES)
def test_nothing_of_an_attack_runs(watched: Watched, address: str) -> None:
    answer = watched.page.goto(address)
    assert answer
    assert watched.seen == []  # while the page loads, and before any of it is touched

    count = watched.touch()

    assert (answer.status, "content-security-policy" in answer.headers) == (200, False)
    assert count > 100
    assert "alert(1)" in watched.page.inner_text("main")
    assert watched.report() == []


def test_nothing_of_an_attack_runs_while_somebody_types_a_search(watched: Watched) -> None:
    watched.page.goto("/search/")

    for words in ("script alert", "<img src=x onerror", "W001"):
        with watched.page.expect_response("**/search/suggest/**"):
            watched.page.fill("#q", words)
        watched.page.wait_for_function("document.querySelectorAll('#suggestions option').length")
        watched.touch()

    assert "<" in watched.page.eval_on_selector("#suggestions", "(list) => list.options[0].value")
    assert watched.report() == []


# --- The editing screen -----------------------------------------------------------------------------------------

# Types into the form what no editor of the page would let through, and sends it as the browser does.
_SEND: Final = """
([fields, action]) => {
  const form = document.getElementById("editor");
  for (const [name, value] of Object.entries(fields)) {
    const field = form.elements[name] ?? form.appendChild(document.createElement("textarea"));
    Object.assign(field, { name, value });
  }
  Object.assign(form, { action, target: "_self" });
  HTMLFormElement.prototype.submit.call(form);
}
"""


def send_hostile(editing: Watched, bodies: Sequence[str], action: str, **others: str) -> None:
    """Type attack strings into the form, raw, and send it to an address below the screen's."""
    editing.page.reload()  # from here on without its policy
    first = int(editing.page.input_value("[name=sections-TOTAL_FORMS]"))
    with editing.page.expect_navigation():
        editing.page.evaluate(_SEND, [{**hostile.new_sections(bodies, first), **others}, action])


def test_nothing_of_an_attack_runs_in_a_preview(editing: Watched) -> None:
    send_hostile(editing, BODIES, "../preview/", title=hostile.WORDS[0])
    editing.touch()

    assert "Not what readers see" in editing.page.inner_text("body")
    assert editing.page.locator("main .st").count() == len(BODIES)
    assert editing.report() == []


def test_nothing_of_an_attack_runs_in_the_form_that_shows_it_again(editing: Watched) -> None:
    own = editing.report()
    some = BODIES[::3]  # an editor takes its time to open

    send_hostile(editing, some, "", title="", _show="1")
    texts = editing.page.locator("rich-text textarea").evaluate_all("(areas) => areas.map((area) => area.value)")
    editing.page.evaluate("document.querySelectorAll('rich-text').forEach((each) => each.open())")
    editing.touch()

    assert set(some) <= set(texts)
    assert [seen for seen in editing.report() if seen not in own] == []

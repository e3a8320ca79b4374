"""The screens of the admin that we add or colour: axe finds nothing, a phone scrolls nothing sideways, all is quiet."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, expect

from tests.browser.conftest import PHONE, NewContext, Witness
from tests.browser.editors import make_people, open_form, sign_in
from tests.browser.test_accessibility import AXE, LOOKS, described
from tests.site_process import SiteProcess

pytestmark = pytest.mark.browser

# Where a list is long, a search: its other rows look the same.
LISTS: Final = (
    "/admin/",
    "/admin/backspasm/staffmember/",
    "/admin/education/article/",
    "/admin/education/carecard/",
    "/admin/education/protocol/",
    "/admin/education/exercise/?purpose=stretch",
    "/admin/education/term/?q=nerve",
    "/admin/education/source/?q=NICE",
    "/admin/education/picture/",
    "/admin/education/edition/",
    "/admin/education/publication/?kind=care_card",
    "/admin/education/feedback/",
)
FORMS: Final = {
    "article": "Moving while it hurts",
    "carecard": "Soon",
    "protocol": "care protocol",
    "exercise": "Bridge",
    "term": "Acute",
    "source": "R6",
}
NEW: Final = ("article", "exercise", "term", "source", "picture")
AROUND: Final = ("history", "compare", "links", "used", "hand-in", "approve", "review", "retire")
PAGE: Final = "What to expect as you recover"

# Words handed in, with a changed number; others saved twice; a link with a comment.
_EDIT: Final = """
from django.utils import timezone
from backspasm.models import User
from education.editing import sharing
from tests.education.editing.wordings import PAGE, TERM, hand_in, say
author, now = User.objects.get(email="author@example.org"), timezone.now()
words = say(PAGE, author, summary="Most people are much better within 3 weeks.")
hand_in(PAGE, words, author)
say(TERM, author, meaning="A soft cushion between two bones.")
say(TERM, author, meaning="A soft cushion between two bones of the spine.")
token = sharing.make_link(*PAGE, words, days=7, by=author, now=now)
sharing.comment(sharing.working_link(token, now), name="A reader", text="What is 'much better'?", now=now)
User.objects.filter(email="root@example.org").update(is_superuser=True)
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SiteProcess]:
    """A site where something was edited, and with an administrator who may see every screen."""
    with SiteProcess(Path(tmp_path_factory.mktemp("admin"))) as process:
        make_people(process, {"root": "", "author": "Author"})
        process.manage("shell", "-v", "0", "-c", _EDIT)
        yield process


@pytest.fixture(scope="module")
def signed_in(browser: Browser, site: SiteProcess) -> StorageState:
    """What the browser of the administrator remembers: one sign-in for all tests."""
    context = browser.new_context(base_url=site.url)
    sign_in(context.new_page(), "root")
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def admin(new_context: NewContext, signed_in: StorageState) -> BrowserContext:
    """The administrator's browser, on a phone."""
    return new_context(storage_state=signed_in)


def faults(page: Page, part: str = "html") -> Iterator[str]:
    """Yield what is wrong with a page, or with a part of it, in each of its looks."""
    page.evaluate(AXE)
    for viewport, scheme, rules in LOOKS:
        page.set_viewport_size(viewport)
        page.emulate_media(color_scheme=scheme)
        if viewport is PHONE and page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            yield f"{scheme}: scrolls sideways"
        # Else axe puts imported style sheets into the page as inline style, which the policy refuses.
        results = page.evaluate("([part, rules]) => axe.run(part, rules)", [part, {**rules, "preload": False}])
        yield from described(results, f"{viewport['width']} px {scheme}")


def faults_at(addresses: Iterator[str], admin: BrowserContext, site: SiteProcess) -> dict[str, list[str]]:
    """Open each address, and return everything that is wrong, by address."""
    found = {}
    for address in addresses:
        with closing(admin.new_page()) as page:
            page.set_viewport_size(PHONE)
            witness = Witness(page, urlsplit(site.url).netloc)
            answer = page.goto(address)
            page.evaluate("document.querySelectorAll('#content details').forEach((more) => more.open = true)")
            status = [] if answer and answer.ok else ["not answered"]
            found[address] = [*status, *faults(page), *witness.report()]
    return {address: wrong for address, wrong in found.items() if wrong}


def test_lists_and_the_first_page(admin: BrowserContext, site: SiteProcess) -> None:
    assert faults_at(iter(LISTS), admin, site) == {}


def test_publishing_and_an_edition(admin: BrowserContext, site: SiteProcess) -> None:
    page = admin.new_page()
    page.goto("/admin/education/edition/")
    edition = page.locator("#result_list tbody a").first.get_attribute("href") or ""

    assert faults_at(iter([edition, "/admin/education/edition/publish/"]), admin, site) == {}


def test_forms_of_every_kind(admin: BrowserContext, site: SiteProcess) -> None:
    page = admin.new_page()
    addresses = [f"/admin/education/{model}/add/" for model in NEW]
    for model, title in FORMS.items():
        open_form(page, model, title)
        addresses.append(page.url)

    assert faults_at(iter(addresses), admin, site) == {}


def test_the_screens_around_a_changed_page(admin: BrowserContext, site: SiteProcess) -> None:
    page = admin.new_page()
    open_form(page, "article", PAGE)
    addresses = [page.url, *(page.url.replace("/change/", f"/{name}/") for name in AROUND)]
    open_form(page, "term", "Disc")
    addresses += [page.url.replace("/change/", f"/{name}/") for name in ("history", "retire")]

    assert faults_at(iter(addresses), admin, site) == {}


def test_a_form_with_mistakes(admin: BrowserContext) -> None:
    page = admin.new_page()
    open_form(page, "article", PAGE)
    page.get_by_label("Summary").fill("")
    page.locator("button[name=_save]").first.click()
    expect(page.locator("#editor-errors")).to_be_visible()

    found = list(faults(page))

    assert page.locator("#editor [aria-invalid=true]").count() > 0
    assert found == []


def test_a_form_whose_words_somebody_else_changed(admin: BrowserContext) -> None:
    mine, theirs = admin.new_page(), admin.new_page()
    for page, words in ((mine, "Acute: it began of late."), (theirs, "Acute: it began this week.")):
        open_form(page, "term", "Acute")
        page.get_by_label("Meaning").fill(words)
    theirs.locator("button[name=_save]").first.click()
    theirs.wait_for_url("**/change/?saved")
    mine.locator("button[name=_save]").first.click()
    expect(mine.locator(".conflict")).to_be_visible()

    found = [*faults(theirs), *faults(mine)]

    assert found == []


def test_the_preview_over_a_form(admin: BrowserContext) -> None:
    page = admin.new_page()
    open_form(page, "article", PAGE)
    page.locator("[data-preview]").click()
    expect(page.frame_locator("iframe[name=preview]").locator("h1")).to_be_visible()

    found = list(faults(page, ".preview-tools"))

    assert found == []

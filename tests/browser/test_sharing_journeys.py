"""What a patient takes along on a phone: the visit sheet, its link, all data as files, and the way out."""

import csv
import json
import re
from pathlib import Path
from typing import Final

import pypdf
import pytest
from playwright.sync_api import expect

from tests.browser import journey_rows as rows
from tests.browser.conftest import NewContext
from tests.browser.journey_phone import Phone, open_phone
from tests.browser.journey_shell import SiteShell
from tests.site_process import SiteProcess

pytestmark = pytest.mark.browser

SCRIPTS: Final = pytest.mark.parametrize("has_scripts", [True, False], ids=["scripts", "plain"])
QUESTION: Final = "May I swim with this zebrafinch?"
SOCKS: Final = "Putting on socks"
MARKER: Final = "quokkamarker"


def show_who_it_is(phone: Phone) -> None:
    """Type the password where the site asks once more."""
    expect(phone.page.locator("h1")).to_have_text("Is it you?")
    phone.page.locator("input[name=password]").fill(rows.PASSWORD)
    phone.press("Go on")


def read_pdf(path: Path) -> str:
    found = pypdf.PdfReader(path)
    assert len(found.pages) == 1
    return found.pages[0].extract_text()


@SCRIPTS
def test_the_visit_sheet_is_one_page_and_asks_what_the_patient_asks(
    new_context: NewContext, site: SiteProcess, shell: SiteShell, tmp_path: Path, has_scripts: bool
) -> None:
    email = f"sheet-{has_scripts}@example.org".lower()
    phone = open_phone(new_context, site, shell.ask(rows.make_demo, email), has_scripts=has_scripts)
    phone.open("/tracker/report/")
    phone.follow("Write my questions")
    phone.page.get_by_label("Question 1").fill(QUESTION)
    phone.press("Save")
    phone.is_at("/tracker/report/")
    expect(phone.page.locator(".sheet .qs li").first).to_have_text(QUESTION)

    with phone.page.expect_download() as download:
        phone.follow("Save as PDF")
    download.value.save_as(tmp_path / "sheet.pdf")

    text = " ".join(read_pdf(tmp_path / "sheet.pdf").split())
    assert QUESTION in text
    assert text.index("Function") < text.index(SOCKS) < text.index("Episodes") < text.index("Pain")
    assert re.fullmatch(r"visit-sheet-\d{4}-\d\d-\d\d\.pdf", download.value.suggested_filename)
    assert phone.faults() == []


@SCRIPTS
def test_a_link_is_made_opened_listed_and_ended(
    new_context: NewContext, site: SiteProcess, shell: SiteShell, has_scripts: bool
) -> None:
    email = f"link-{has_scripts}@example.org".lower()
    cookie = shell.ask(rows.make_patient, email, password=rows.PASSWORD)
    shell.ask(rows.name_activity, email, SOCKS, 5)
    phone = open_phone(new_context, site, cookie, has_scripts=has_scripts)
    phone.open("/tracker/report/links/")
    phone.press("Make a link")
    show_who_it_is(phone)
    address = phone.page.locator("#new-link").input_value()
    assert address.startswith(f"{site.url}/visit/")

    # Somebody else opens it: nothing is shown before the tap.
    reader = open_phone(new_context, site, has_scripts=has_scripts)
    reader.open(address)
    assert SOCKS not in reader.page.content()
    assert reader.page.context.cookies() == []
    reader.press("Open the visit sheet")
    expect(reader.page.locator(".sheet")).to_contain_text(SOCKS)
    assert reader.faults() == []

    # The patient sees that it was opened, and ends it.
    phone.open("/tracker/report/links/")
    phone.says("Opened once")
    assert address not in phone.page.content()
    phone.press("End this link")
    phone.says("This link opens nothing any more.")
    reader.open(address)
    expect(reader.page.locator("h1")).to_have_text("This link does not open anything")
    assert shell.ask(rows.link_facts, email) == [[1, True]]
    assert phone.faults() == []


def save_file(phone: Phone, button: str, path: Path, *, asks_first: bool = False) -> str:
    """Save one file and return its text."""
    if asks_first:
        phone.press(button)
        expect(phone.page.locator("h1")).to_have_text("Is it you?")
        phone.page.locator("input[name=password]").fill(rows.PASSWORD)
        button = "Go on"
    with phone.page.expect_download() as download:
        phone.press(button)
    download.value.save_as(path)
    return path.read_text(encoding="utf-8-sig")


@SCRIPTS
def test_everything_is_taken_along_as_files(
    new_context: NewContext, site: SiteProcess, shell: SiteShell, tmp_path: Path, has_scripts: bool
) -> None:
    email = f"files-{has_scripts}@example.org".lower()
    cookie = shell.ask(rows.make_patient, email, password=rows.PASSWORD)
    shell.ask(rows.name_activity, email, MARKER, 5)
    phone = open_phone(new_context, site, cookie, has_scripts=has_scripts)
    phone.open("/tracker/more/")
    phone.follow("My data")
    phone.page.locator("main a[href='/tracker/export/']").first.click()
    phone.is_at("/tracker/export/")

    whole = save_file(phone, "Save as JSON", tmp_path / "all.json", asks_first=True)
    phone.open("/tracker/export/")
    table = save_file(phone, "Save as CSV", tmp_path / "all.csv")
    clinic = save_file(phone, "Save as FHIR", tmp_path / "all.fhir.json")

    assert MARKER in whole
    assert isinstance(json.loads(whole), dict)
    assert len({len(row) for row in csv.reader(table.splitlines())}) == 1
    assert MARKER in table
    assert json.loads(clinic)["resourceType"] == "Bundle"
    assert phone.faults() == []


def test_the_file_is_brought_into_an_empty_account(
    new_context: NewContext, site: SiteProcess, shell: SiteShell, tmp_path: Path
) -> None:
    old, new = "old-phone@example.org", "new-phone@example.org"
    cookie = shell.ask(rows.make_patient, old, password=rows.PASSWORD)
    shell.ask(rows.name_activity, old, SOCKS, 5)
    phone = open_phone(new_context, site, cookie)
    phone.open("/tracker/export/")
    save_file(phone, "Save as JSON", tmp_path / "all.json", asks_first=True)
    other = open_phone(new_context, site, shell.ask(rows.make_patient, new, None))
    other.open("/tracker/import/")

    other.page.locator("input[type=file]").set_input_files(tmp_path / "all.json")
    other.press("Bring it in")

    other.is_at("/tracker/")
    expect(other.page.locator("h1")).to_have_text("Hour 31 of 72")
    assert shell.ask(rows.check_ins, new) == shell.ask(rows.check_ins, old) == [[6, [4], True]]
    assert other.faults() == []


def holds_word(site: SiteProcess, word: str) -> list[str]:
    """Return the files of the database that hold this word, also in what was deleted."""
    return [file.name for file in site.data_dir.rglob("*.sqlite3*") if word.encode() in file.read_bytes()]


@SCRIPTS
def test_the_account_is_deleted_in_two_steps(
    new_context: NewContext, site: SiteProcess, shell: SiteShell, has_scripts: bool
) -> None:
    email = f"leaves-{has_scripts}@example.org".lower()
    cookie = shell.ask(rows.make_patient, email, password=rows.PASSWORD)
    shell.ask(rows.name_activity, email, MARKER, 5)
    shell.ask(rows.make_medicine, email, MARKER)
    assert list(site.data_dir.rglob("*.sqlite3"))
    phone = open_phone(new_context, site, cookie, has_scripts=has_scripts)
    phone.open("/tracker/settings/")
    phone.follow("Delete my account")
    expect(phone.page.get_by_role("link", name="Save my data")).to_be_visible()
    phone.press("Go on to step 2")
    if phone.page.locator("h1").inner_text() == "Is it you?":
        show_who_it_is(phone)
    assert shell.ask(rows.people, email) == 1
    phone.press("Delete my account for good")
    expect(phone.page.locator("h1")).to_have_text("Your account is deleted")

    assert shell.ask(rows.people, email) == 0
    phone.open("/tracker/")
    phone.is_at("/accounts/login/*")
    phone.page.fill("input[name=login]", email)
    phone.page.fill("input[name=password]", rows.PASSWORD)
    phone.press("Sign in")
    expect(phone.page.locator(".errsum, .err").first).to_be_visible()
    phone.is_at("/accounts/login/*")
    assert holds_word(site, MARKER) == []
    assert phone.faults() == []

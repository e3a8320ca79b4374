"""Content travels: an edition that was exported and loaded on an empty installation shows the same pages there."""

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from django.apps import apps
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from backspasm.models import User
from education import content_files, contents, loading, picture_files, publishing, structure
from education.edition import LiveEdition
from education.models import Edition, Picture
from tests import public_addresses
from tests.education.picture_samples import photo, saved

MAIN = re.compile(r"<main\b.*</main>", re.DOTALL)
# What a publish adds to a page, and the words of the content do not: edition number, dates and list of publications.
OF_THE_PUBLISH = re.compile(
    r'<input type="hidden" name="edition"[^>]*>|<details class="more"><summary>What changed</summary>.*?</details>'
    r'|<p class="meta">Version .*?</p>',
    re.DOTALL,
)


def chair() -> structure.FigureSection:
    """Put a picture into the library and return a section that shows it."""
    picture = picture_files.encode(saved(photo(80, 60), "JPEG"))
    Picture.objects.create(
        digest=picture.sha256,
        name="A chair",
        data=picture.data,
        width=picture.width,
        height=picture.height,
        byte_count=len(picture.data),
        added_at=timezone.now(),
    )
    return structure.FigureSection(
        anchor="chair",
        heading="A chair",
        picture=picture.sha256,
        picture_width=picture.width,
        picture_height=picture.height,
        alt="A chair with a high back.",
    )


@pytest.fixture
def edited(live: LiveEdition) -> LiveEdition:
    """An edition that editors have changed, with what the files of the first one never held."""
    overview = live.articles["overview"].content
    sections = tuple(
        msgspec.structs.replace(section, alt='The "slipped" disc; healthy', intro="<h3>Look</h3><p>{a: b}</p>")
        if isinstance(section, structure.FigureSection)
        else section
        for section in overview.sections
    )
    page = msgspec.structs.replace(
        overview,
        sections=(*sections, chair()),
        reviewed_on=overview.written_on,
        reviewer="Name: of a reviewer",
        reviewer_role="# Role",
    )
    card = msgspec.structs.replace(live.emergency_card, emergency_number="112", crisis_line="- 0800: {free}")
    author, reviewer = (User.objects.create(email=f"{name}@example.org") for name in ("author", "reviewer"))
    proposals = [
        publishing.Proposal(
            content,
            "Changed.",
            submitted_by=author,
            approved_by=reviewer,
            approved_hash=contents.content_hash(content),
        )
        for content in (page, card)
    ]
    return publishing.publish(proposals, now=timezone.now(), summary="Edited.")


@pytest.fixture
def _fresh_memory() -> Iterator[None]:
    yield
    publishing.forget()


def mains(client: Client) -> dict[str, str]:
    """Return <main> of every public page, without what the publish itself adds."""
    publishing.forget()
    found = {}
    for address in public_addresses.PUBLIC:
        main = MAIN.search(client.get(address).content.decode())
        assert main, address
        found[address] = OF_THE_PUBLISH.sub("", main[0])
    return found


def empty_the_installation() -> None:
    """Take every row of content away, which only a test may; the test's transaction brings them back."""
    for model in apps.get_app_config("education").get_models(include_auto_created=True):
        rows = model._base_manager.all()
        rows._raw_delete(rows.db)
    assert not Edition.objects.exists()


@pytest.mark.usefixtures("_fresh_memory")
def test_another_installation_shows_the_same_pages(edited: LiveEdition, site_client: Client, tmp_path: Path) -> None:
    before = mains(site_client)
    call_command("export_content", str(tmp_path))
    empty_the_installation()

    call_command("load_content", folder=tmp_path)

    assert publishing.read_edition(timezone.now()).number == 1 < edited.number
    assert mains(site_client) == before


@pytest.mark.usefixtures("_fresh_memory")
def test_an_export_loaded_where_it_came_from_changes_nothing(edited: LiveEdition, tmp_path: Path) -> None:
    call_command("export_content", str(tmp_path))

    loaded = loading.load(content_files.read(tmp_path), now=timezone.now())

    assert (loaded.published, loaded.drafts) == (0, 0)


@pytest.mark.usefixtures("_fresh_memory")
def test_pictures_travel_with_the_pages_that_show_them(
    edited: LiveEdition, site_client: Client, tmp_path: Path
) -> None:
    picture = Picture.objects.get()
    address = f"/pictures/{picture.digest}.webp"
    before = site_client.get(address).content
    call_command("export_content", str(tmp_path))
    empty_the_installation()

    call_command("load_content", folder=tmp_path)
    publishing.forget()

    assert address in site_client.get("/overview/").content.decode()
    assert site_client.get(address).content == before


def test_a_picture_that_is_missing_from_the_files_is_a_mistake(edited: LiveEdition, tmp_path: Path) -> None:
    call_command("export_content", str(tmp_path))
    next((tmp_path / "pictures").iterdir()).unlink()

    with pytest.raises(content_files.ContentError, match=r"overview\.md:\d+: the picture [0-9a-f]{64} is not in"):
        content_files.read(tmp_path)


def test_the_pages_compared_hold_what_editors_changed(edited: LiveEdition, site_client: Client) -> None:
    pages = mains(site_client)

    assert "Name: of a reviewer" in pages["/overview/"]
    assert "- 0800: {free}" in pages["/get-help/"]

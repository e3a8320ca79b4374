"""The content files that an edition is written to: read back they are the same, and a diff of them can be read."""

import re
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import msgspec
import pytest
import yaml
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from education import checks, content_export, content_files, richtext, structure
from tests.education.arbitrary_contents import SHELVES, of, with_content
from tests.education.editions import edition_of

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


@cache
def first_edition() -> checks.Library:
    return content_files.read()


@pytest.fixture
def library() -> checks.Library:
    return first_edition()


@pytest.fixture
def files(library: checks.Library) -> Mapping[str, str]:
    return content_export.files(edition_of(library))


def there_and_back(library: checks.Library, *, checked: bool) -> checks.Library:
    """Export and read again; arbitrary words break the rules of content, so these are read unchecked."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        content_export.write(edition_of(library), Path(folder))
        if not checked:
            patch.setattr(checks, "errors", lambda _: [])
            patch.setattr(content_files, "_missing_pictures", lambda _: [])
        return content_files.read(Path(folder))


def article(*sections: structure.Section) -> structure.Article:
    return structure.Article(key="page", title="Page", summary="x", description="x", group="site", sections=sections)


def library_of(*sections: structure.Section) -> checks.Library:
    protocol = structure.Protocol(key="care-protocol", steps=())
    return checks.Library(articles={"page": content_files.tidy(article(*sections))}, protocols={protocol.key: protocol})


def steps(*statements: structure.Statement, intro: str = "") -> checks.Library:
    return library_of(structure.StepsSection(anchor="a", heading="H", intro=intro, statements=statements))


def figure(alt: str, caption: str = "", intro: str = "") -> checks.Library:
    labels = ("1. One", "", "{alt: x}")
    section = structure.FigureSection(
        anchor="a", heading="{#b text}", intro=intro, drawing="spine", alt=alt, caption=caption, labels=labels
    )
    return library_of(section)


# --- The same again -----------------------------------------------------------------------------------------


def test_the_first_edition_comes_back_the_same(library: checks.Library) -> None:
    assert there_and_back(library, checked=True) == library


@pytest.mark.parametrize("type_", SHELVES)
@settings(max_examples=5, deadline=None, suppress_health_check=SLOW, phases=[Phase.generate])
@given(data=st.data())
def test_every_field_of_every_structure_comes_back(type_: type[structure.Publishable], data: st.DataObject) -> None:
    library = with_content(steps(), data.draw(of(type_, full=True)))

    assert there_and_back(library, checked=False) == library


@settings(max_examples=150, deadline=None, suppress_health_check=SLOW)
@given(st.sampled_from(list(SHELVES)).flatmap(of).map(lambda content: with_content(steps(), content)))
@example(steps(structure.Statement(lead="Lie", body="<h3>How</h3><p>{claims: S1}</p>", evidence="some")))
@example(steps(structure.Statement(lead="Lie", body=""), structure.Statement(body="<p>No lead</p>"), intro="<p>A</p>"))
@example(steps(structure.Statement(body="<p>No lead</p>"), intro="<h3>A</h3>"))
@example(steps(intro="<p>Nothing to do</p>"))
@example(figure('A "slipped" disc; a healthy one: "whole"', '"Quoted"'))
@example(figure("\\", ";", "<ol><li>No label</li></ol>"))
def test_any_content_comes_back_the_same(library: checks.Library) -> None:
    assert there_and_back(library, checked=False) == library


@settings(max_examples=8, deadline=None, suppress_health_check=SLOW)
@given(st.sampled_from(list(SHELVES)).flatmap(of))
def test_a_changed_first_edition_comes_back_the_same(content: structure.Publishable) -> None:
    changed = with_content(first_edition(), content)

    assert there_and_back(changed, checked=False) == changed


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ("{#a card}\n\nWords.\n\n{ends: intro}\n\n{card: emergency}", "unknown field 'ends'"),
        ("{#a steps}\n\n### One\n\n### Two\n\nWords.\n\n{evidence: some}", "no line in braces"),
        ("{#a steps}\n\n### One\n\nWords.\n\n{lead: Two; evidence: some}", "unknown field 'lead'"),
        ('{#a figure}\n\n{drawing: spine; alt: "A disc"; a healthy one}', "unknown field 'a healthy one'"),
    ],
)
def test_what_would_be_lost_on_reading_is_a_mistake(tmp_path: Path, section: str, message: str) -> None:
    content_export.write(edition_of(library_of()), tmp_path)
    with (tmp_path / "articles" / "page.md").open("a") as page:
        page.write(f"\n## Heading {section}\n")

    with pytest.raises(content_files.ContentError, match=message):
        content_files.read(tmp_path)


def test_an_edition_read_from_an_export_is_exported_the_same(files: Mapping[str, str], library: checks.Library) -> None:
    again = there_and_back(library, checked=True)

    assert content_export.files(edition_of(again)) == files


def test_white_space_an_editor_typed_is_folded_as_it_is_on_reading() -> None:
    typed = figure("First line.\n\n## Second\u00a0line.", "a  b")

    read = there_and_back(typed, checked=False)

    assert read == content_export.library(edition_of(typed))
    assert "First line. ## Second line." in str(read.articles["page"])


@pytest.mark.parametrize(
    "library",
    [
        checks.Library(),
        steps(structure.Statement(body="<p>x</p>", sources=("R 1",))),
        steps(structure.Statement(body="<p>x</p>", claims=("",))),
        msgspec.structs.replace(article(), key="../page"),
    ],
    ids=["no protocol", "space in a key", "empty code", "address of another folder"],
)
def test_what_the_files_cannot_say_is_refused(library: checks.Library | structure.Article, tmp_path: Path) -> None:
    if isinstance(library, structure.Article):
        library = checks.Library(articles={library.key: library}, protocols=steps().protocols)

    with pytest.raises(content_export.CannotExport):
        content_export.write(edition_of(library), tmp_path / "out")

    assert not (tmp_path / "out").exists()


# --- Readable in a diff -------------------------------------------------------------------------------------


def test_yaml_has_one_line_for_each_value_and_no_references(files: Mapping[str, str]) -> None:
    text = "".join(text for name, text in files.items() if name.endswith(".yaml"))

    assert all(re.match(r" *(- )?([a-z_]+:($| )|\S)", line) for line in text.splitlines())
    assert not re.search(r": [&*\[{]|- [&*\[{]|: [>|]|\\[ux]", text)


def test_keys_stand_in_the_order_of_the_structures(files: Mapping[str, str]) -> None:
    found = [list(source) for source in yaml.safe_load(files["sources.yaml"])["sources"]]

    order = list(structure.Source.__struct_fields__)
    assert all(names == [name for name in order if name in names] for names in found)


def test_sources_stand_in_the_order_of_their_numbers(files: Mapping[str, str]) -> None:
    keys = re.findall(r"- key: (\w+)", files["sources.yaml"])

    assert keys.index("R2") < keys.index("R2b") < keys.index("R10")


def test_an_article_is_written_as_an_editor_would(files: Mapping[str, str]) -> None:
    text = files["articles/treatment.md"]

    assert "written_on: 2026-" in text
    assert "has_leaflet: true\nrelated:\n  - get-help\n" in text
    assert "\n\n## The first 72 hours {#first-72-hours protocol}\n\n" in text
    assert "reviewer" not in text


# --- The command --------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_command_says_what_it_wrote(
    tmp_path: Path, files: Mapping[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("export_content", str(tmp_path / "new" / "folder"))

    written = {path.relative_to(tmp_path / "new" / "folder").as_posix() for path in tmp_path.rglob("*.*")}
    assert written == set(files)
    assert f"{sum(name.endswith('.md') for name in files)} articles, 0 pictures, cards.yaml" in capsys.readouterr().out


@pytest.mark.django_db
def test_a_folder_that_is_not_empty_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "cards.yaml").write_text("mine")

    with pytest.raises(CommandError, match="not empty"):
        call_command("export_content", str(tmp_path))

    assert [path.read_text() for path in tmp_path.iterdir()] == ["mine"]


@pytest.mark.django_db
def test_force_writes_over_an_export_and_leaves_no_page_that_is_gone(tmp_path: Path, library: checks.Library) -> None:
    call_command("export_content", str(tmp_path))
    (tmp_path / "articles" / "gone.md").write_text("An old page.")

    call_command("export_content", str(tmp_path), force=True)

    assert content_files.read(tmp_path) == library


@pytest.mark.django_db
def test_a_file_in_place_of_the_folder_is_a_plain_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")

    with pytest.raises(CommandError, match="was not exported"):
        call_command("export_content", str(tmp_path / "file"))


@pytest.mark.django_db
def test_words_that_are_lost_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(richtext, "to_markdown", lambda _: "Something else.\n")

    with pytest.raises(CommandError, match=r"do not say all of: .*article treatment"):
        call_command("export_content", str(tmp_path))

"""The loader: everything is checked first, each mistake has its file and line, nothing is half-loaded."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from education import checks, content_files, contents, loading, working_copy
from education.content_sections import Mistake
from education.models import Article, Draft, Edition, Publication, Term

Edit = Callable[[str, str, str], int]


@pytest.fixture(scope="session")
def library() -> checks.Library:
    return content_files.read()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(content_files.CONTENT_DIR, tmp_path / "content"))


@pytest.fixture
def edit(folder: Path) -> Edit:
    """Replace the first ``old`` in a file; return the line it stood on."""

    def replace(name: str, old: str, new: str) -> int:
        path = folder / name
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))
        return text[: text.index(old)].count("\n") + 1

    return replace


def mistakes(folder: Path) -> tuple[Mistake, ...]:
    with pytest.raises(content_files.ContentError) as error:
        content_files.read(folder)
    return error.value.mistakes


def test_the_first_edition_has_no_mistakes(library: checks.Library) -> None:
    assert checks.errors(library) == []


MISTAKES = [
    ("terms.yaml", "    meaning:", "    meening:", "unknown field `meening`"),
    ("exercises.yaml", "purpose: stretch", "purpose: streching", "Invalid enum value 'streching'"),
    ("protocol.yaml", "duration_minutes: 20", "duration_minutes: 25", "ice lasts 20 minutes at most"),
    ("protocol.yaml", "duration_minutes: 20", "duration_minutes: twenty", "Expected `int`"),
    ("articles/treatment.md", "; evidence: little;", "; evidence: maybe;", "Invalid enum value 'maybe'"),
    ("articles/treatment.md", "; evidence: little;", "; evidenze: little;", "unknown field 'evidenze'"),
    ("articles/overview.md", "claims: S1 ", "claims: S2 ", "claim S1 is missing"),
    ("articles/overview.md", "sources: R20}", "sources: R999}", "source R999 does not exist"),
    ("articles/overview.md", " statements}", " essays}", "a section heading reads"),
    ("articles/overview.md", "(/causes/)", "(/cases/)", "there is no such page"),
    ("articles/overview.md", "(/causes/)", "(/causes/#nowhere)", "there is no such place on the page"),
    ("articles/overview.md", "title: ", "titel: ", "unknown field `titel`"),
    ("articles/disc-disorders.md", "{card: emergency}", "{card: emergencies}", "does not exist"),
]


@pytest.mark.parametrize(("name", "old", "new", "message"), MISTAKES)
def test_a_mistake_is_told_with_its_file(folder: Path, edit: Edit, name: str, old: str, new: str, message: str) -> None:
    edit(name, old, new)

    assert any(message in mistake.message and mistake.file == name for mistake in mistakes(folder))


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("terms.yaml", "meaning: ", "meaning: Take 200 mg. "),
        ("articles/treatment.md", "the traditional choice is ice", "the choice is 400 mg"),
        ("articles/medicines.md", "81 mg low-dose aspirin", "81 mg ibuprofen"),
        ("protocol.yaml", "title: Gentle walk", "title: 5 milligrams"),
    ],
)
def test_a_milligram_dose_is_refused(folder: Path, edit: Edit, name: str, old: str, new: str) -> None:
    edit(name, old, new)

    assert any("a dose in milligrams" in mistake.message for mistake in mistakes(folder))


def test_a_yaml_mistake_has_its_line(folder: Path, edit: Edit) -> None:
    line = edit("exercises.yaml", "purpose: strength_abdomen", "purpose: strong")

    assert [mistake.line for mistake in mistakes(folder)] == [line]


def test_a_mistake_in_an_article_has_its_line(folder: Path, edit: Edit) -> None:
    line = edit("articles/overview.md", "sources: R20}", "sources: R999}")

    assert [mistake.line for mistake in mistakes(folder)] == [line]


def test_a_figure_without_alternative_text_is_refused(folder: Path, edit: Edit) -> None:
    text = (folder / "articles/overview.md").read_text()
    alt = text[text.index("; alt:") : text.index("; caption")]
    edit("articles/overview.md", alt, "; alt: ")

    assert any("alternative text" in mistake.message for mistake in mistakes(folder))


def test_a_statement_without_its_line_in_braces_is_refused(folder: Path, edit: Edit) -> None:
    edit("articles/overview.md", "{claims: S1 ", "claims: S1 ")

    assert mistakes(folder)


def test_every_mistake_is_told_not_only_the_first(folder: Path, edit: Edit) -> None:
    edit("terms.yaml", "    meaning:", "    meening:")
    edit("exercises.yaml", "purpose: stretch", "purpose: streching")

    assert {mistake.file for mistake in mistakes(folder)} == {"terms.yaml", "exercises.yaml"}


def test_a_back_strength_plan_without_an_abdominal_exercise_is_refused(folder: Path, edit: Edit) -> None:
    edit("articles/exercises.md", "{exercises: bridge pelvic-tilt; plan: yes}", "{exercises: bridge; plan: yes}")

    assert any("S56" in mistake.message for mistake in mistakes(folder))


@pytest.mark.django_db
def test_nothing_is_loaded_when_one_file_has_a_mistake(folder: Path, edit: Edit) -> None:
    edit("terms.yaml", "    meaning:", "    meening:")

    with pytest.raises(CommandError, match=r"terms\.yaml"):
        call_command("load_content", folder=folder)

    assert Edition.objects.count() == 1


@pytest.mark.django_db
def test_loading_twice_changes_nothing(library: checks.Library) -> None:
    before = Publication.objects.count()

    loaded = loading.load(library, now=timezone.now())

    assert (loaded.published, loaded.drafts, Publication.objects.count()) == (0, 0, before)


@pytest.mark.django_db
def test_a_changed_file_becomes_one_draft_and_never_a_publication(folder: Path, edit: Edit) -> None:
    edit("terms.yaml", "meaning: ", "meaning: Newly said. ")
    changed = content_files.read(folder)

    first = loading.load(changed, now=timezone.now())
    second = loading.load(changed, now=timezone.now())

    assert (first.published, first.drafts, second.drafts) == (0, 1, 0)
    assert Edition.objects.count() == 1


@pytest.mark.django_db
def test_a_file_that_changes_again_leaves_one_draft_and_one_that_changes_back_none(library: checks.Library) -> None:
    def load(*meanings: str) -> list[str]:
        """Load the files with one term changed, once for each meaning; return the drafts that are left."""
        for meaning in meanings:
            term = msgspec.structs.replace(library.terms["disc"], meaning=meaning)
            loading.load(replace(library, terms={**library.terms, "disc": term}), now=timezone.now())
        return [draft.content["meaning"] for draft in Draft.objects.all()]

    assert load("Second.", "Third.") == ["Third."]
    assert load("Second.") == ["Second."]
    assert load(library.terms["disc"].meaning) == []


@pytest.mark.django_db
def test_a_changed_file_never_touches_an_editors_change(folder: Path, edit: Edit) -> None:
    edit("terms.yaml", "meaning: ", "meaning: Newly said. ")
    Term.objects.update(meaning="An editor's words.")

    loading.load(content_files.read(folder), now=timezone.now())

    assert set(Term.objects.values_list("meaning", flat=True)) == {"An editor's words."}
    assert Draft.objects.count() == 1


@pytest.mark.django_db
def test_every_working_copy_says_what_was_published(library: checks.Library) -> None:
    rows = {article.key: article for article in Article.objects.all()}

    for key, article in library.articles.items():
        assert contents.content_hash(working_copy.content_of(rows[key])) == contents.content_hash(article)

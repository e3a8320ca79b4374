"""No way into the database stores unsafe markup: the form, the content files, and structures that nobody cleaned."""

import json
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import pytest
from django.conf import settings
from django.core.management import call_command
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from education import content_files, contents, editing, loading, publishing, richtext, structure
from education.admin.screen import address_of
from education.editing import working_copies
from education.editing_forms import ContentForm
from education.edition import LiveEdition
from education.library import Library
from education.models import Draft, Publication, Revision, Statement
from tests.education import hostile
from tests.education.editing.people import person
from tests.education.editor_screen import choices_of, form_of, library, posted, screen
from tests.education.hostile import (
    AT_LEAST,
    HARMLESS,
    STRINGS,
    WORDS,
    arrived,
    in_working_copy,
    rich_texts,
    stored_in,
    unsafe,
)

pytestmark = pytest.mark.django_db

# --- The form -------------------------------------------------------------------------------------------------

ANSWER: Final = structure.Statement(key="1", lead="C?", body=HARMLESS, evidence="general")
PAGE: Final = hostile.article(
    hostile.ARTICLE,
    hostile.statements("a", [HARMLESS]),
    structure.FaqSection(anchor="b", heading="B", statements=(ANSWER,)),
)
RICH: Final = ("sections-0-intro", "sections-0-statements-0-body")
PLAIN: Final = ("title", "summary", "description", "sections-0-heading", "sections-1-statements-0-lead")


@pytest.fixture(scope="module")
def opened() -> QueryDict:
    """What the form of PAGE posts if nothing is typed."""
    return posted(screen(form_of(PAGE, choices_of(library()))))


def with_typed(opened: QueryDict, names: Sequence[str], text: str) -> ContentForm:
    data = opened.copy()
    for name in names:
        data[name] = text
    return form_of(PAGE, choices_of(library()), data)


def test_the_form_takes_no_unsafe_markup(opened: QueryDict) -> None:
    stored: list[str] = []
    refused: set[str] = set()

    for text in STRINGS:
        form = with_typed(opened, RICH, text)
        if form.is_valid():
            stored += rich_texts(contents.to_stored(form.content()))
        refused |= {error.target for error in form.errors}

    assert unsafe(arrived(stored)) == []
    assert refused == {f"id_{RICH[1]}"}  # a statement of which nothing is left


def test_the_form_takes_plain_words_as_they_are_typed_or_refuses_them(opened: QueryDict) -> None:
    stored: dict[str, set[str]] = {}
    refused: set[str] = set()

    for word in (text for text in WORDS if text.isprintable()):
        form = with_typed(opened, PLAIN, word)
        if form.is_valid():
            content = form.content()
            assert isinstance(content, structure.Article)
            stored[word] = plain_words(content)
        refused |= {error.target for error in form.errors}

    assert len(stored) > AT_LEAST
    assert [word for word, words in stored.items() if words != {word}] == []
    assert refused < {f"id_{name}" for name in PLAIN}  # those that are too long


def plain_words(content: structure.Article) -> set[str]:
    answers = content.sections[1]
    assert isinstance(answers, structure.FaqSection)
    fields = (content.title, content.summary, content.description, content.sections[0].heading)
    return {*fields, answers.statements[0].lead}


@pytest.mark.parametrize("name", PLAIN)
def test_the_form_refuses_a_nul_in_plain_words(opened: QueryDict, name: str) -> None:
    form = with_typed(opened, [name], "<scr\x00ipt>alert(1)</script>")

    assert {error.target for error in form.errors} == {f"id_{name}"}


def test_an_author_can_save_no_unsafe_markup(live: LiveEdition) -> None:
    texts = [word for word in WORDS if richtext.clean(word)]  # a statement of which nothing is left is refused
    client = Client(headers={"host": settings.SITE_URL.netloc})
    client.force_login(person("author", "Author"))
    data = posted(client.get(address_of("article", "about")).content.decode())
    new = hostile.new_sections(texts, first=int(str(data["sections-TOTAL_FORMS"])))

    answer = client.post(address_of("article", "about"), {**data.dict(), **new, "_save": "1"})

    assert answer.status_code == 303
    assert Statement.objects.filter(section__article__key="about").count() == len(texts)
    assert unsafe(arrived(in_working_copy("about"))) == []
    assert unsafe(arrived(stored_in(Revision, "about"))) == []


# --- Content files --------------------------------------------------------------------------------------------

LINKS: Final = (
    "[a](javascript:alert(1))",
    "[a](<javascript:alert(1)>)",
    "[a](JaVaScRiPt&#58;alert(1))",
    "[a](data:text/html;base64,PHNjcmlwdD4=)",
    "[a](//evil.example)",
    "[a](/\\evil.example)",
    '[a](https://x.example "onmouseover=alert(1)")',
    '![a](x "onerror=alert(1)")',
    "![a](javascript:alert(1))",
    "<javascript:alert(1)>",
    '<https://x.example/"onclick=alert(1)>',
    "[![a](x)](javascript:alert(1))",
    "`<script>alert(1)</script>`",
    "    <script>alert(1)</script>",
)


def markdown_page(texts: Iterable[str]) -> str:
    front = "\n".join(f"{name}: {json.dumps(WORDS[0])}" for name in ("title", "summary", "description"))
    items = "\n\n".join(f"{text}\n{{evidence: general}}" for text in texts)
    return f"---\n{front}\ngroup: living\n---\n\n## Words {{#a statements}}\n\n{items}\n"


def test_content_files_bring_no_unsafe_markup(live: LiveEdition, tmp_path: Path) -> None:
    folder = shutil.copytree(content_files.CONTENT_DIR, tmp_path / "content")
    (folder / "articles" / f"{hostile.ARTICLE}.md").write_text(markdown_page((*WORDS, *LINKS)), "utf-8")

    call_command("load_content", folder=folder, verbosity=0)

    published = publishing.read_edition(timezone.now()).articles[hostile.ARTICLE].content
    assert published.title == WORDS[0]
    assert Statement.objects.filter(section__article__key=hostile.ARTICLE).count() == len(WORDS) + len(LINKS)
    assert unsafe(arrived(in_working_copy())) == []
    assert unsafe(arrived(stored_in(Publication))) == []


def test_a_structure_with_raw_markup_is_published_clean_or_not_at_all(live: LiveEdition) -> None:
    raw = hostile.with_bodies(PAGE, WORDS)
    with pytest.raises(publishing.NotPublishable) as refused:
        loading.load(library_with(raw), now=timezone.now())
    stored_by_the_refused = stored_in(Publication)
    bad = {problem.place for problem in refused.value.problems}
    texts = [word for number, word in enumerate(WORDS) if not {f"a.{number + 1}", f"i{number}"} & bad]

    loading.load(library_with(hostile.with_bodies(PAGE, texts)), now=timezone.now())

    assert stored_by_the_refused == []
    assert len(texts) > AT_LEAST
    assert unsafe(stored_in(Publication)) == []
    assert unsafe(arrived(in_working_copy())) == []


def library_with(content: structure.Article) -> Library:
    """Return the first edition and one page more, or one changed."""
    return working_copies.with_contents(library(), [content])


def test_a_changed_file_with_raw_markup_is_kept_as_a_clean_draft(live: LiveEdition) -> None:
    raw = hostile.with_bodies(live.articles["about"].content, WORDS)

    loading.load(library_with(raw), now=timezone.now())

    assert unsafe(arrived(stored_in(Draft, "about"))) == []


def test_saving_a_structure_with_raw_markup_stores_it_clean(live: LiveEdition) -> None:
    raw = hostile.with_bodies(PAGE, WORDS)

    editing.save(raw, base_hash="", by=person("author", "Author"), why="", now=timezone.now())

    assert unsafe(arrived(stored_in(Revision))) == []
    assert unsafe(arrived(in_working_copy())) == []

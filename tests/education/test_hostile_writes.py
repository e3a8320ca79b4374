"""No write of the ORM stores unsafe markup: one row or many, in a working copy or in a stored content."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import pytest
from django.core import serializers
from django.core.exceptions import FieldError
from django.db.models import F, Value
from django.db.models.functions import Concat, JSONObject
from django.utils import timezone

from education import contents, structure
from education.models import Article, Draft, Publication, Revision, Section, Statement
from education.models.rich_text import WebAddressField
from tests.education import hostile
from tests.education.editing.people import person
from tests.education.hostile import HARMLESS, STRINGS, arrived, in_working_copy, rich_texts, stored_in, unsafe

# --- Working copies -------------------------------------------------------------------------------------------


def a_section(kind: str = "statements", **fields: Any) -> Section:
    article = Article.objects.get(key="about")
    return Section(article=article, position=90, kind=kind, **{"anchor": "new", "heading": "New", **fields})


def a_saved_section() -> Section:
    section = a_section()
    section.save()
    return section


def save_each(section: Section) -> None:
    for text in STRINGS:
        Statement(section=section, position=1, body=text).save()


def create_each(section: Section) -> None:
    for text in STRINGS:
        Statement.objects.create(section=section, position=1, body=text)


def create_in_bulk(section: Section) -> None:
    Statement.objects.bulk_create(Statement(section=section, position=1, body=text) for text in STRINGS)


def update_each(section: Section) -> None:
    for text in STRINGS:
        row = Statement.objects.create(section=section, position=1, body=HARMLESS)
        Statement.objects.filter(pk=row.pk).update(body=text)


def update_in_bulk(section: Section) -> None:
    create_in_bulk(section)
    rows = list(section.statements.all())
    for row, text in zip(rows, STRINGS, strict=True):
        row.body = text
    Statement.objects.bulk_update(rows, ["body"])


def update_or_create_each(section: Section) -> None:
    for place, text in enumerate(STRINGS):
        Statement.objects.update_or_create(section=section, position=place, defaults={"body": text})


def load_a_fixture(section: Section) -> None:
    rows = serializers.serialize("json", [Statement(section=section, position=1, body=text) for text in STRINGS])
    for row in serializers.deserialize("json", rows):
        row.save()


WAYS: Final = (
    save_each,
    create_each,
    create_in_bulk,
    update_each,
    update_in_bulk,
    update_or_create_each,
    load_a_fixture,
)


@pytest.mark.parametrize("write", WAYS)
def test_no_write_of_the_orm_stores_unsafe_markup(db: None, write: Callable[[Section], None]) -> None:
    section = a_saved_section()

    write(section)

    assert section.statements.count() == len(STRINGS)
    assert unsafe(arrived(in_working_copy("about"))) == []


def test_the_intro_of_a_section_is_stored_clean(db: None) -> None:
    for place, text in enumerate(STRINGS):
        a_section(anchor=f"new-{place}", intro=text).save()

    texts = arrived(Section.objects.filter(position=90).values_list("intro", flat=True))
    assert len(texts) == len(STRINGS)
    assert unsafe(texts) == []


def test_a_row_in_memory_says_what_is_stored(db: None) -> None:
    section = a_section(intro="<script>alert(1)</script><p onclick=x>a</p>")

    section.save()

    assert section.intro == "<p>a</p>"


MADE_BY_THE_DATABASE: Final = (Value("<script>alert(1)</script>"), Concat(F("body"), Value("<img onerror=x>")))


@pytest.mark.parametrize("expression", MADE_BY_THE_DATABASE)
def test_an_update_may_not_let_the_database_make_rich_text(db: None, expression: Any) -> None:
    with pytest.raises((TypeError, FieldError), match=r"takes a value|mixed types"):
        Statement.objects.update(body=expression)


@pytest.mark.parametrize("expression", MADE_BY_THE_DATABASE)
def test_a_save_may_not_let_the_database_make_rich_text(db: None, expression: Any) -> None:
    statement = Statement.objects.create(section=a_saved_section(), position=1, body=HARMLESS)
    statement.body = expression

    with pytest.raises((TypeError, FieldError), match=r"takes a value|mixed types"):
        statement.save()


def test_a_rich_text_may_be_taken_from_another(db: None) -> None:
    statement = Statement.objects.create(section=a_saved_section(), position=1, body=HARMLESS)

    Statement.objects.filter(pk=statement.pk).update(body=F("body"))

    statement.refresh_from_db()
    assert statement.body == HARMLESS


# --- Stored contents ------------------------------------------------------------------------------------------

RAW: Final = contents.to_stored(hostile.with_bodies(hostile.article(hostile.ARTICLE), STRINGS))
NAMES: Final[Mapping[str, Any]] = {"kind": "article", "key": hostile.ARTICLE, "content_hash": "x", "content": RAW}


def new_publication() -> Publication:
    return Publication(**NAMES, number=1, origin="files", is_safety=False, published_at=timezone.now())


def save_publication() -> None:
    new_publication().save()


def create_publications_in_bulk() -> None:
    Publication.objects.bulk_create([new_publication()])


def update_publications() -> None:
    Publication.objects.bulk_create([new_publication()])
    Publication._base_manager.filter(key=hostile.ARTICLE).update(content=RAW)


def save_revision() -> None:
    Revision(**NAMES, number=1, saved_at=timezone.now(), saved_by=person("author", "Author")).save()


def create_draft() -> None:
    Draft.objects.create(**NAMES, loaded_at=timezone.now())


def update_drafts_in_bulk() -> None:
    row = Draft.objects.create(**{**NAMES, "content": {}}, loaded_at=timezone.now())
    row.content = RAW
    Draft.objects.bulk_update([row], ["content"])


@pytest.mark.parametrize(
    ("write", "model"),
    [
        (save_publication, Publication),
        (create_publications_in_bulk, Publication),
        (update_publications, Publication),
        (save_revision, Revision),
        (create_draft, Draft),
        (update_drafts_in_bulk, Draft),
    ],
)
def test_no_stored_content_holds_unsafe_markup(
    db: None, write: Callable[[], None], model: type[Draft | Publication | Revision]
) -> None:
    write()

    assert unsafe(arrived(stored_in(model))) == []


def test_the_database_may_not_work_out_a_content(db: None) -> None:
    with pytest.raises(TypeError, match="takes a value"):
        Draft.objects.update(content=JSONObject(body=Value("<script>alert(1)</script>")))


@pytest.mark.parametrize(
    "content", [{"body": ["<script>"]}, [{"intro": {"body": "<b onclick=x>"}}], {"a": [{"body": "<i"}]}]
)
def test_rich_text_is_clean_wherever_it_stands_in_a_content(db: None, content: Any) -> None:
    row = Draft.objects.create(**{**NAMES, "content": content}, loaded_at=timezone.now())

    row.refresh_from_db()
    assert unsafe(rich_texts(row.content)) == []


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", " javascript:alert(1)", "data:text/html,x", "//evil.example"]
)
def test_a_stored_source_leads_to_the_web_or_nowhere(db: None, address: str) -> None:
    source = structure.Source(key="R901", organisation="A", title="A", reading="memory", url=address)

    row = Draft.objects.create(**{**NAMES, "content": contents.to_stored(source)}, loaded_at=timezone.now())

    assert row.content["url"] == ""
    assert WebAddressField().get_prep_value(address) == ""


@pytest.mark.parametrize("address", ["", "https://x.example/?a=1&b", "HTTP://x.example"])
def test_an_address_on_the_web_is_stored_as_it_is(address: str) -> None:
    assert WebAddressField().get_prep_value(address) == address

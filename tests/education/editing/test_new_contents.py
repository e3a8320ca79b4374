"""Making new contents, taking never published ones away, and wording that a release brought."""

from typing import Any

import msgspec
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from backspasm.models import User
from education import contents, loading, working_copy
from education.admin.screen import address
from education.edition import LiveEdition
from education.library import Library
from education.models import Article, Draft, Revision, Term
from tests.education.editing.people import person
from tests.education.editing.test_editing_screen import signed_in
from tests.education.editor_screen import posted

pytestmark = pytest.mark.django_db


@pytest.fixture
def author(live: LiveEdition) -> User:
    return person("author", "Author")


def add(client: Client, model: str, **fields: str) -> Any:
    """Fill in the form of a new content and save it."""
    url = reverse(f"admin:education_{model}_add")
    data = posted(client.get(url).content.decode())
    for name, value in {**fields, "_save": "1"}.items():
        data[name] = value
    return client.post(url, data)


def test_a_new_term_is_a_working_copy_that_no_reader_sees(author: User, site_client: Client) -> None:
    answer = add(signed_in(author), "term", key="sacrum", name="Sacrum", meaning="The bone at the foot of the spine.")

    assert answer.status_code == 303
    assert Revision.objects.get().saved_by == author
    assert Term.objects.filter(key="sacrum").exists()
    assert b"Sacrum" not in site_client.get("/glossary/").content


@pytest.mark.parametrize(
    "key", ["search", "admin", "preview", "pictures", "accounts", "static", "causes", "Not a slug"]
)
def test_a_page_cannot_take_an_address_that_is_in_use(author: User, key: str) -> None:
    answer = add(signed_in(author), "article", key=key, title="New", summary="New.", description="New.", group="living")

    assert answer.status_code == 200
    assert 'id="id_key_error"' in answer.content.decode()
    assert not Revision.objects.exists()


def test_a_new_page_is_saved_without_sections_and_grows(author: User) -> None:
    client = signed_in(author)

    add(client, "article", key="sitting", title="Sitting", summary="How to sit.", description="Sit.", group="living")

    row = Article.objects.get(key="sitting")
    assert client.get(address(Article, str(row.pk))).status_code == 200


def test_what_no_reader_saw_can_be_deleted_and_what_was_published_cannot(author: User) -> None:
    client = signed_in(author)
    add(client, "term", key="sacrum", name="Sacrum", meaning="The bone at the foot of the spine.")
    rows = {key: Term.objects.get(key=key) for key in ("sacrum", "disc")}

    answers = {
        key: client.post(address(Term, str(row.pk), "delete"), {"post": "yes"}).status_code for key, row in rows.items()
    }

    assert answers == {"sacrum": 302, "disc": 403}
    assert not Term.objects.filter(key="sacrum").exists()


def test_wording_from_a_release_that_was_set_aside_is_not_offered_again(author: User, live: LiveEdition) -> None:
    new = msgspec.structs.replace(live.terms["disc"].content, meaning="A cushion between two bones.")
    files = Library(terms={"disc": new})
    loading.load(files, now=timezone.now())
    row = Term.objects.get(key="disc")
    before = working_copy.content_of(row)

    signed_in(author).post(address(Term, str(row.pk), "set_aside"), {"hash": Draft.objects.get().content_hash})
    loading.load(files, now=timezone.now())

    assert Draft.objects.filter(dismissed_at=None).count() == 0
    assert contents.content_hash(working_copy.content_of(Term.objects.get(key="disc"))) == contents.content_hash(before)

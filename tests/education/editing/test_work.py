"""What the first page of the admin says waits for whom."""

from datetime import timedelta

import msgspec
import pytest
from django.urls import reverse
from django.utils import timezone

from backspasm.models import User
from education import contents, editing, feedback, loading, structure, working_copy
from education.admin.work import WorkList, work_lists
from education.edition import LiveEdition
from education.library import Library
from education.models import Article, Draft, Term
from tests.education.editing.people import person
from tests.education.editing.test_editing_screen import signed_in

pytestmark = pytest.mark.django_db


def titles(user: User) -> dict[str, WorkList]:
    return {each.title: each for each in work_lists(user, timezone.now())}


def change(key: str, by: User) -> str:
    """Save another summary of a page; return the hash of the words."""
    now = working_copy.content_of(Article.objects.get(key=key))
    assert isinstance(now, structure.Article)
    new = msgspec.structs.replace(now, summary="Said in another way.")
    revision = editing.save(new, base_hash=contents.content_hash(now), by=by, why="", now=timezone.now())
    assert revision
    return revision.content_hash


def test_a_save_waits_until_it_is_handed_in_and_then_for_a_reviewer(live: LiveEdition) -> None:
    author, reviewer = person("author", "Author"), person("reviewer", "Clinical reviewer")
    content_hash = change("medicines", author)
    saved = titles(author)

    editing.hand_in("article", "medicines", content_hash, changes="Plainer.", by=author, now=timezone.now())

    assert "Saved, not handed in" in saved
    assert "Saved, not handed in" not in titles(author)
    (line,) = titles(reviewer)["Waiting for your approval"].lines
    assert (line.name, line.note) == ("Medicines safely", "Plainer.")
    assert "Waiting for your approval" not in titles(author)


def test_nobody_is_asked_to_approve_their_own_words(live: LiveEdition) -> None:
    both = person("both", "Author", "Clinical reviewer")
    content_hash = change("medicines", both)

    editing.hand_in("article", "medicines", content_hash, changes="Plainer.", by=both, now=timezone.now())

    assert "Waiting for your approval" not in titles(both)


def test_reviews_are_listed_from_sixty_days_before_they_are_due(live: LiveEdition) -> None:
    today = timezone.now().date()
    Article.objects.filter(key="causes").update(review_due_on=today - timedelta(days=1))
    Article.objects.filter(key="faq").update(review_due_on=today + timedelta(days=59))

    lines = titles(person("author", "Author"))["Reviews due"].lines

    assert [line.name for line in lines] == ["What causes a back spasm", Article.objects.get(key="faq").title]
    assert lines[0].note.startswith("overdue since")


def test_new_wording_from_a_release_is_listed_and_can_be_taken_up(live: LiveEdition) -> None:
    author = person("author", "Author")
    new = msgspec.structs.replace(live.terms["disc"].content, meaning="A cushion between two bones.")
    loading.load(Library(terms={"disc": new}), now=timezone.now())
    row = Term.objects.get(key="disc")
    (line,) = titles(author)["New wording from a release"].lines
    base = contents.content_hash(working_copy.content_of(row))
    url = reverse("admin:education_term_restore_draft", args=[row.pk])

    signed_in(author).post(url, {"hash": Draft.objects.get().content_hash, "base": base})

    row.refresh_from_db()
    assert line.name == row.name
    assert row.meaning == "A cushion between two bones."


def test_feedback_stands_by_page_with_the_edition_it_was_about(live: LiveEdition) -> None:
    for helped in (True, False, False):
        feedback.store(page="causes", edition=1, helped=helped, comment="", now=timezone.now())

    (line,) = titles(person("author", "Author"))["What readers said in the last 90 days"].lines

    assert (line.name, line.note) == ("causes", "edition 1: 1 yes, 2 no")


def test_sources_that_nobody_has_confirmed_are_listed_with_the_way_to_all_of_them(live: LiveEdition) -> None:
    client = signed_in(person("author", "Author"))

    sources = titles(person("bob", "Author"))["Sources to check again"]

    assert client.get(sources.more).status_code == 200
    assert client.get(sources.lines[0].url).status_code == 200


def test_the_first_page_of_the_admin_shows_the_lists(live: LiveEdition) -> None:
    author = person("author", "Author")
    change("causes", author)

    html = signed_in(author).get("/admin/").content.decode()

    assert "Saved, not handed in" in html
    assert "What causes a back spasm" in html

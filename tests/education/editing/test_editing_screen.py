"""The editing screen: what is typed is saved, joined or shown again, and never lost."""

from collections.abc import Mapping
from typing import Any

import pytest
from django.conf import settings
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from backspasm.models import User
from education import contents, editing, structure, working_copy
from education.admin.screen import address_of
from education.edition import LiveEdition
from education.models import Article, Exercise, Protocol, Publication, Revision, Source, Term
from tests.education.editing.people import person
from tests.education.editor_screen import posted

pytestmark = pytest.mark.django_db


@pytest.fixture
def author(live: LiveEdition) -> User:
    return person("author", "Author")


def signed_in(user: User) -> Client:
    client = Client(headers={"host": settings.SITE_URL.netloc})
    client.force_login(user)
    return client


def opened(client: Client, kind: str = "article", key: str = "causes") -> QueryDict:
    """Return what the form would post if nothing were typed."""
    return posted(client.get(address_of(kind, key)).content.decode())


def send(client: Client, data: QueryDict, changes: Mapping[str, str], button: str = "_save") -> Any:
    """Type the changes into an opened form and press a button."""
    typed = data.copy()
    for name, value in {**changes, button: "1"}.items():
        typed[name] = value
    return client.post(address_of("article", "causes"), typed)


def causes() -> structure.Article:
    content = working_copy.content_of(Article.objects.get(key="causes"))
    assert isinstance(content, structure.Article)
    return content


@pytest.mark.parametrize("kind", editing.WORKING_COPIES)
def test_every_kind_has_a_list_a_form_and_a_history(author: User, kind: str) -> None:
    client = signed_in(author)
    model = editing.WORKING_COPIES[kind]
    row = model._default_manager.first()
    assert row

    answers = [
        client.get(reverse(f"admin:education_{model._meta.model_name}_changelist")),
        *(client.get(address_of(kind, row.key, action)) for action in ("change", "history", "compare", "used")),
    ]

    assert [answer.status_code for answer in answers] == [200] * 5


def test_a_form_sent_as_it_was_opened_saves_nothing(author: User) -> None:
    client = signed_in(author)

    answer = send(client, opened(client), {})

    assert answer.status_code == 303
    assert not Revision.objects.exists()


def test_a_save_is_kept_with_who_and_why_and_readers_see_nothing_of_it(author: User, site_client: Client) -> None:
    client = signed_in(author)
    before = site_client.get("/causes/").content

    send(client, opened(client), {"title": "Why it seizes up", "why": "Plainer."})

    revision = Revision.objects.get()
    assert (revision.saved_by, revision.why, revision.content["title"]) == (author, "Plainer.", "Why it seizes up")
    assert causes().title == "Why it seizes up"
    assert site_client.get("/causes/").content == before
    assert Publication.objects.filter(kind="article", key="causes").count() == 1


def test_with_a_mistake_nothing_is_stored_and_everything_typed_is_shown_again(author: User) -> None:
    client = signed_in(author)

    answer = send(client, opened(client), {"title": "", "summary": "A new summary."})

    assert answer.status_code == 200
    assert "A new summary." in answer.content.decode()
    assert not Revision.objects.exists()


def test_the_second_of_two_editors_keeps_both_changes_where_they_differ(author: User) -> None:
    first, second = signed_in(author), signed_in(person("bob", "Author"))
    one, two = opened(first), opened(second)

    send(first, one, {"title": "First"})
    send(second, two, {"summary": "Second."})

    assert (causes().title, causes().summary) == ("First", "Second.")


def conflict(author: User) -> tuple[Client, Any]:
    """Let two editors change one title; return the second and what they are shown."""
    first, second = signed_in(author), signed_in(person("bob", "Author"))
    one, two = opened(first), opened(second)
    send(first, one, {"title": "Theirs"})
    return second, send(second, two, {"title": "Mine", "summary": "Mine too."})


def test_where_both_changed_one_place_both_texts_are_shown_and_nothing_is_stored(author: User) -> None:
    _, shown = conflict(author)

    html = shown.content.decode()
    assert "Theirs" in html
    assert "Mine too." in html
    assert posted(html)["title"] == "Mine"
    assert (causes().title, Revision.objects.count()) == ("Theirs", 1)


@pytest.mark.parametrize(("choice", "title"), [("mine", "Mine"), ("theirs", "Theirs")])
def test_the_editor_chooses_between_the_two(author: User, choice: str, title: str) -> None:
    client, shown = conflict(author)

    answer = send(client, posted(shown.content.decode()), {"choice:title": choice})

    assert answer.status_code == 303
    assert (causes().title, causes().summary) == (title, "Mine too.")


def test_without_a_choice_the_two_are_shown_again(author: User) -> None:
    client, shown = conflict(author)
    data = posted(shown.content.decode())
    data.pop("choice:title", None)

    answer = send(client, data, {})

    assert answer.status_code == 200
    assert "choice:title" in answer.content.decode()
    assert causes().title == "Theirs"


def test_a_draft_put_back_is_shown_and_not_saved(author: User) -> None:
    client = signed_in(author)

    answer = send(client, opened(client), {"title": "From yesterday"}, button="_show")

    assert posted(answer.content.decode())["title"] == "From yesterday"
    assert not Revision.objects.exists()


def test_whoever_may_only_look_gets_no_button_and_is_refused(live: LiveEdition) -> None:
    client = signed_in(person("publisher", "Publisher"))
    data = opened(client)

    answer = send(client, data, {"title": "Mine"})

    assert 'name="_save"' not in client.get(address_of("article", "causes")).content.decode()
    assert answer.status_code == 403
    assert not Revision.objects.exists()


@pytest.mark.parametrize(
    "address",
    [
        "/admin/education/article/",
        "/admin/education/edition/1/change/",
        "/admin/education/edition/1/pages/home/",
        "/admin/education/edition/publish/",
        "/admin/education/picture/",
    ],
)
def test_staff_without_a_role_are_refused(live: LiveEdition, address: str) -> None:
    assert signed_in(person("nobody")).get(address).status_code == 403


def test_staff_without_a_role_see_no_form_and_no_titles(live: LiveEdition) -> None:
    client = signed_in(person("nobody"))

    assert client.get(address_of("article", "causes")).status_code == 403
    assert "Sources to check" not in client.get("/admin/").content.decode()


def test_the_live_checks_answer_for_what_is_typed_and_store_nothing(author: User) -> None:
    client = signed_in(author)
    data = opened(client)
    data["summary"] = "Take 400 mg twice a day."

    answer = client.post(address_of("article", "causes", "checks"), data)

    assert "milligram" in answer.content.decode()
    assert not Revision.objects.exists()


def test_an_older_wording_is_taken_up_as_a_new_save(author: User) -> None:
    client = signed_in(author)
    send(client, opened(client), {"title": "Worse"})
    published = Publication.objects.get(kind="article", key="causes")
    now = Revision.objects.get()

    client.post(
        address_of("article", "causes", "restore_draft"), {"hash": published.content_hash, "base": now.content_hash}
    )

    assert causes().title == published.content["title"]
    assert [row.number for row in Revision.objects.order_by("number")] == [1, 2]


@pytest.mark.parametrize("action", ["preview", "checks", "restore_draft"])
def test_what_takes_a_form_takes_only_a_form(author: User, action: str) -> None:
    assert signed_in(author).get(address_of("article", "causes", action)).status_code == 405


def test_a_list_asks_the_same_few_questions_however_long_it_is(
    author: User, django_assert_max_num_queries: object
) -> None:
    client = signed_in(author)
    client.get(reverse("admin:education_article_changelist"))

    with django_assert_max_num_queries(22):  # type: ignore[operator]  # the plugin's fixture
        client.get(reverse("admin:education_article_changelist"))


def step_field(data: QueryDict, key: str, name: str) -> str:
    """Return the name of a field of a care step in a posted form."""
    prefix = next(
        field.removesuffix("-key") for field, value in data.items() if field.endswith("-key") and value == key
    )
    return f"{prefix}-{name}"


def test_two_saves_that_break_a_rule_together_are_not_stored_and_not_lost(author: User) -> None:
    first, second = signed_in(author), signed_in(person("bob", "Author"))
    one, two = (opened(client, "protocol", "care-protocol") for client in (first, second))
    url = address_of("protocol", "care-protocol")
    key = next(step.key for step in protocol().steps if step.kind == "heat")
    first.post(
        url,
        {
            **one.dict(),
            step_field(one, key, "kind"): "ice",
            step_field(one, key, "duration_minutes"): "15",
            "_save": "1",
        },
    )

    shown = second.post(url, {**two.dict(), step_field(two, key, "duration_minutes"): "30", "_save": "1"})

    assert shown.status_code == 200
    assert next(step for step in protocol().steps if step.key == key).duration_minutes == 15
    assert "30" in shown.content.decode()


def protocol() -> structure.Protocol:
    content = working_copy.content_of(Protocol.objects.get())
    assert isinstance(content, structure.Protocol)
    return content


def test_what_was_typed_into_something_deleted_meanwhile_is_shown_again(author: User) -> None:
    client = signed_in(author)
    row = Term.objects.create(key="sacrum", name="Sacrum", meaning="A bone.")
    url = address_of("term", "sacrum")
    data = posted(client.get(url).content.decode())
    row.delete()

    answer = client.post(url, {**data.dict(), "meaning": "The bone at the foot of the spine.", "_save": "1"})

    assert answer.status_code == 200
    assert "The bone at the foot of the spine." in answer.content.decode()


def test_an_old_wording_that_names_what_is_gone_is_refused_plainly(author: User) -> None:
    client = signed_in(author)
    source = Source.objects.create(key="R999", organisation="A", title="B", reading="memory")
    exercise = Exercise.objects.get(key="bird-dog")
    exercise.sources.add(source)
    with_it = working_copy.content_of(exercise)
    exercise.sources.remove(source)
    now = contents.content_hash(working_copy.content_of(Exercise.objects.get(key="bird-dog")))
    Revision(
        kind="exercise",
        key="bird-dog",
        number=1,
        content=contents.to_stored(with_it),
        content_hash=contents.content_hash(with_it),
        saved_at=timezone.now(),
        saved_by=author,
    ).save()
    source.delete()

    answer = client.post(
        address_of("exercise", "bird-dog", "restore_draft"),
        {"hash": contents.content_hash(with_it), "base": now},
        follow=True,
    )

    assert "name something that is gone" in answer.content.decode()

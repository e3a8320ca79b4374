"""The screens between 'saved' and 'approved': who may use them, what they show, what they refuse in plain words."""

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.utils import timezone

from backspasm.models import User
from education import editing
from education.admin.screen import address_of
from education.editing.reviewing import a_year_after
from education.models import Submission
from tests.education.editing.people import person
from tests.education.editing.wordings import CARD, MEDICINES, PAGE, TERM, Name, hand_in, page, say, standing

pytestmark = pytest.mark.django_db


@pytest.fixture
def words(author: User) -> str:
    """The hash of new words on the emergency card."""
    return say(CARD, author, lead="Call now, wherever you are.")


def show(client: Client, user: User, name: Name, action: str) -> tuple[int, str]:
    client.force_login(user)
    response = client.get(address_of(*name, action))
    return response.status_code, unescape(response.content.decode())


def send(client: Client, user: User, of: Name, action: str, **typed: Any) -> tuple[int, str]:
    client.force_login(user)
    response = client.post(address_of(*of, action), typed)
    if response.status_code != 303:
        return response.status_code, unescape(response.content.decode())
    assert response.url == address_of(*of)  # type: ignore[attr-defined]
    return 303, " ".join(str(message) for message in client.get(response.url).context["messages"])  # type: ignore[attr-defined]


def logged(user: User) -> list[str]:
    return [entry.get_change_message() for entry in LogEntry.objects.filter(user=user)]


# --- Handing in ---------------------------------------------------------------------------------------------


def test_the_author_hands_words_in_with_a_sentence(site_client: Client, author: User, words: str) -> None:
    status, said = send(site_client, author, CARD, "hand_in", content_hash=words, changes="Says where.\n Twice.")

    assert (status, said) == (303, "Handed in. A clinical reviewer must approve it now.")
    assert [row.changes for row in Submission.objects.all()] == ["Says where. Twice."]
    assert logged(author) == ["Handed the words in."]


def test_the_form_shows_what_differs_and_changes_nothing(site_client: Client, author: User, words: str) -> None:
    status, text = show(site_client, author, CARD, "hand_in")

    assert (status, "wherever you are" in text) == (200, True)
    assert not Submission.objects.exists()


@pytest.mark.parametrize(("changes", "says"), [("", "This field is required"), ("x" * 301, "at most 300")])
def test_a_sentence_that_is_missing_or_too_long_is_asked_for_again(
    site_client: Client, author: User, words: str, changes: str, says: str
) -> None:
    status, text = send(site_client, author, CARD, "hand_in", content_hash=words, changes=changes)

    assert (status, says in text, changes in text) == (200, True, True)
    assert not Submission.objects.exists()


def test_words_that_changed_meanwhile_are_not_handed_in_and_the_sentence_is_kept(
    site_client: Client, author: User, words: str
) -> None:
    newer = say(CARD, author, lead="Call now.")

    status, text = send(site_client, author, CARD, "hand_in", content_hash=words, changes="Says where.")

    assert (status, "meanwhile" in text, "Says where." in text, newer in text) == (200, True, True, True)
    assert not Submission.objects.exists()


def test_whoever_may_not_change_words_does_not_hand_them_in(site_client: Client, reviewer: User, words: str) -> None:
    assert show(site_client, reviewer, CARD, "hand_in")[0] == 403
    assert send(site_client, reviewer, CARD, "hand_in", content_hash=words, changes="x")[0] == 403


def test_where_nothing_changed_there_is_no_form(site_client: Client, author: User) -> None:
    status, text = show(site_client, author, TERM, "hand_in")

    assert (status, "published already" in text, 'name="changes"' in text) == (200, True, False)


# --- Approving ----------------------------------------------------------------------------------------------


def test_the_reviewer_sees_the_words_the_sentence_and_who_handed_them_in(
    site_client: Client, author: User, reviewer: User, words: str
) -> None:
    hand_in(CARD, words, author, changes="Says where.")

    status, text = show(site_client, reviewer, CARD, "approve")

    assert status == 200
    for said in ("wherever you are", "Says where.", "ann@example.org", address_of(*CARD, "compare"), words):
        assert said in text, said


def test_the_reviewer_approves(site_client: Client, author: User, reviewer: User, words: str) -> None:
    hand_in(CARD, words, author)

    status, said = send(site_client, reviewer, CARD, "approve", content_hash=words)

    assert (status, said) == (303, "Approved. A publisher can publish it now.")
    assert [approval.approved_by for approval in standing(CARD).approvals] == [reviewer]
    assert logged(reviewer) == ["Approved the words."]


def test_words_that_changed_while_the_reviewer_read_are_not_approved(
    site_client: Client, author: User, reviewer: User, words: str
) -> None:
    hand_in(CARD, words, author)
    hand_in(CARD, say(CARD, author, lead="Call now."), author)

    status, text = send(site_client, reviewer, CARD, "approve", content_hash=words)

    assert (status, "Somebody changed" in text) == (200, True)
    assert standing(CARD).approvals == ()


@pytest.mark.parametrize(
    ("roles", "changes", "says"),
    [
        (("Author", "Clinical reviewer"), True, "You changed these words"),
        (("Author", "Clinical reviewer"), False, "You handed these words in"),
    ],
)
def test_who_changed_or_handed_in_the_words_is_told_plainly_and_gets_no_button(
    site_client: Client, author: User, roles: tuple[str, ...], changes: bool, says: str
) -> None:
    both = person("bo", *roles)
    words = say(CARD, both if changes else author, lead="Call now.")
    hand_in(CARD, words, both)

    status, text = show(site_client, both, CARD, "approve")

    assert (status, says in text, "Approve these words" in text) == (200, True, False)
    assert says in send(site_client, both, CARD, "approve", content_hash=words)[1]
    assert standing(CARD).approvals == ()


@pytest.mark.parametrize("role", ["Author", "Publisher"])
def test_only_reviewers_approve_and_send_back(site_client: Client, words: str, role: str) -> None:
    other = person("olga", role)

    assert show(site_client, other, CARD, "approve")[0] == 403
    assert send(site_client, other, CARD, "approve", content_hash=words)[0] == 403
    assert send(site_client, other, CARD, "send_back", content_hash=words, remark="x")[0] == 403


def test_the_reviewer_sends_words_back_with_a_remark(
    site_client: Client, author: User, reviewer: User, words: str
) -> None:
    hand_in(CARD, words, author)

    status, said = send(site_client, reviewer, CARD, "send_back", content_hash=words, remark="Say whom.")

    assert (status, said) == (303, "Sent back with your remark.")
    assert not standing(CARD).is_handed_in


def test_without_a_remark_nothing_is_sent_back(site_client: Client, author: User, reviewer: User, words: str) -> None:
    hand_in(CARD, words, author)

    status, text = send(site_client, reviewer, CARD, "send_back", content_hash=words, remark="")

    assert (status, "This field is required" in text) == (200, True)
    assert standing(CARD).is_handed_in


def test_nothing_is_sent_back_by_looking(site_client: Client, reviewer: User, words: str) -> None:
    assert show(site_client, reviewer, CARD, "send_back")[0] == 405


# --- Reviewing ----------------------------------------------------------------------------------------------


def review(client: Client, user: User, of: Name = PAGE, **typed: Any) -> tuple[int, str]:
    today = timezone.now().date()
    given = {
        "content_hash": standing(of).content_hash,
        "name": "R. Example",
        "role": "Physiotherapist",
        "next_due_on": (today + timedelta(days=300)).isoformat(),
        "has_read": "on",
        **typed,
    }
    return send(client, user, of, "review", **given)


def test_the_reviewer_records_a_review_of_the_whole_page(site_client: Client, reviewer: User) -> None:
    status, said = review(site_client, reviewer)

    assert (status, said) == (303, "The review is recorded. Readers see it once the page is published.")
    assert (page().reviewer, page().reviewed_on) == ("R. Example", timezone.now().date())
    assert logged(reviewer) == ["Reviewed the whole page."]


def test_the_next_review_is_offered_in_a_year(site_client: Client, reviewer: User) -> None:
    _, text = show(site_client, reviewer, PAGE, "review")

    assert f'value="{a_year_after(timezone.now().date()).isoformat()}"' in text


def test_name_and_role_are_offered_from_the_last_review(site_client: Client, reviewer: User) -> None:
    review(site_client, reviewer)

    _, text = show(site_client, reviewer, MEDICINES, "review")

    assert ('value="R. Example"' in text, 'value="Physiotherapist"' in text) == (True, True)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"has_read": ""}, "This field is required"),
        ({"name": ""}, "This field is required"),
        ({"next_due_on": "2020-01-01"}, "The next review must lie ahead"),
        ({"next_due_on": "soon"}, "Enter a valid date"),
        ({"content_hash": "0" * 64}, "Somebody changed"),
        ({"content_hash": ""}, "Load the page again"),
    ],
)
def test_a_review_that_cannot_be_recorded_is_shown_again_with_what_was_typed(
    site_client: Client, reviewer: User, typed: dict[str, Any], says: str
) -> None:
    status, text = review(site_client, reviewer, role="Physiotherapist, Somewhere", **typed)

    assert (status, says in text, "Physiotherapist, Somewhere" in text) == (200, True, True)
    assert page().reviewed_on is None


def test_only_reviewers_review(site_client: Client, author: User) -> None:
    assert show(site_client, author, PAGE, "review")[0] == 403
    assert review(site_client, author)[0] == 403


def test_who_changed_the_page_is_told_plainly_and_gets_no_form(site_client: Client) -> None:
    both = person("bo", "Author", "Clinical reviewer")
    say(PAGE, both, summary="Shorter.")

    status, text = show(site_client, both, PAGE, "review")

    assert (status, "You changed this page" in text, "Record the review" in text) == (200, True, False)


def test_what_was_typed_is_never_markup(site_client: Client, author: User, reviewer: User) -> None:
    words = say(CARD, author, lead="<script>alert(1)</script>")
    hand_in(CARD, words, author, changes="<b>bold</b>")
    site_client.force_login(reviewer)

    text = site_client.get(address_of(*CARD, "approve")).content.decode()

    assert "<script>alert" not in text
    assert "<b>bold" not in text
    assert editing.row_of(*CARD) is not None

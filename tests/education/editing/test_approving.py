"""Two people stand for safety content: what makes an approval count, what voids it, who may not give one."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django import Settings

from backspasm.models import User
from education import contents, editing, publishing
from education.edition import LiveEdition
from education.models import Comment, Kind, Publication, Submission
from tests.education.editing.people import person
from tests.education.editing.wordings import (
    CARD,
    MEDICINES,
    PAGE,
    PROTOCOL,
    TERM,
    Name,
    approve,
    approved,
    current,
    hand_in,
    publish,
    say,
    standing,
)

pytestmark = pytest.mark.django_db

SAFETY: tuple[tuple[Name, dict[str, Any]], ...] = (
    (CARD, {"lead": "Call now."}),
    (MEDICINES, {"summary": "What to ask a pharmacist."}),
    ((Kind.ARTICLE, "get-help"), {"summary": "When to call."}),
)


def longer_rest(live: LiveEdition) -> dict[str, Any]:
    """The protocol with ice every three hours."""
    steps = live.protocol.steps
    return {"steps": tuple(msgspec.structs.replace(s, interval_minutes=180) if s.kind == "ice" else s for s in steps)}


@pytest.mark.parametrize(("name", "fields"), SAFETY)
def test_safety_content_is_not_published_without_an_approval(
    author: User, publisher: User, name: Name, fields: dict[str, Any]
) -> None:
    words = say(name, author, **fields)
    hand_in(name, words, author)

    with pytest.raises(editing.Refused, match="clinical reviewer who did not change it must approve"):
        publish(name, words, publisher)


@pytest.mark.parametrize(("name", "fields"), SAFETY)
def test_safety_content_that_a_reviewer_approved_is_published(
    author: User, reviewer: User, publisher: User, name: Name, fields: dict[str, Any]
) -> None:
    words = approved(name, author, reviewer, **fields)

    publish(name, words, publisher)

    row = Publication.objects.filter(kind=name[0], key=name[1]).order_by("-number")[0]
    assert (row.submitted_by, row.approved_by, row.approved_hash) == (author, reviewer, words)
    assert row.is_safety


def test_the_protocol_is_safety_content(live: LiveEdition, author: User, reviewer: User, publisher: User) -> None:
    words = say(PROTOCOL, author, **longer_rest(live))

    with pytest.raises(editing.Refused):
        publish(PROTOCOL, words, publisher)

    hand_in(PROTOCOL, words, author)
    approve(PROTOCOL, words, reviewer)
    assert publish(PROTOCOL, words, publisher).protocols["care-protocol"].number == 2


def test_other_content_needs_no_second_person(author: User, publisher: User) -> None:
    words = say(TERM, author, meaning="A new meaning.")

    assert publish(TERM, words, publisher).terms["disc"].content.meaning == "A new meaning."


def test_any_edit_after_the_approval_voids_it(author: User, reviewer: User, publisher: User) -> None:
    approved(CARD, author, reviewer, lead="Call now.")
    words = say(CARD, author, lead="Call now!")

    with pytest.raises(editing.Refused, match="must approve it"):
        publish(CARD, words, publisher)
    assert standing(CARD).approvals == ()


def test_the_same_words_once_more_are_still_approved(author: User, reviewer: User, publisher: User) -> None:
    words = approved(CARD, author, reviewer, lead="Call now.")
    say(CARD, author, lead="Call soon.")
    again = say(CARD, author, lead="Call now.")

    assert again == words
    assert publish(CARD, words, publisher).emergency_card.lead == "Call now."


def test_words_that_changed_after_somebody_looked_are_neither_approved_nor_published(
    author: User, reviewer: User, publisher: User
) -> None:
    words = approved(CARD, author, reviewer, lead="Call now.")
    hand_in(CARD, say(CARD, author, lead="Call soon."), author)

    with pytest.raises(editing.Refused, match=r"Somebody changed “.+” meanwhile"):
        approve(CARD, words, person("rob", "Clinical reviewer"))
    with pytest.raises(editing.Refused, match=r"Somebody changed “.+” meanwhile"):
        publish(CARD, words, publisher)


def test_whoever_changed_the_words_since_the_last_publication_cannot_approve_them(author: User) -> None:
    both = person("rea", "Author", "Clinical reviewer")
    say(CARD, both, lead="Call soon.")
    words = say(CARD, author, lead="Call now.")
    hand_in(CARD, words, author)

    with pytest.raises(editing.Refused, match="You changed these words"):
        approve(CARD, words, both)


def test_whoever_changed_only_what_was_published_before_may_approve_the_next_words(
    author: User, publisher: User
) -> None:
    both = person("rea", "Author", "Clinical reviewer")
    publish(CARD, approved(CARD, both, person("rob", "Clinical reviewer"), lead="Call soon."), publisher)

    words = approved(CARD, author, both, lead="Call now.")

    assert publish(CARD, words, publisher).emergency_card.lead == "Call now."


def test_a_reviewer_who_changes_the_words_after_approving_loses_the_approval(author: User, publisher: User) -> None:
    both = person("rea", "Author", "Clinical reviewer")
    words = approved(CARD, author, both, lead="Call now.")
    say(CARD, both, lead="Call soon.")
    assert say(CARD, author, lead="Call now.") == words

    with pytest.raises(editing.Refused, match="must approve it"):
        publish(CARD, words, publisher)


def test_whoever_handed_the_words_in_cannot_approve_them(author: User) -> None:
    both = person("rea", "Author", "Clinical reviewer")
    words = say(CARD, author, lead="Call now.")
    hand_in(CARD, words, both)

    with pytest.raises(editing.Refused, match="You handed these words in"):
        approve(CARD, words, both)


def test_a_superuser_passes_no_rule(live: LiveEdition) -> None:
    root = User.objects.create_superuser("root@example.org")
    words = say(CARD, root, lead="Call now.")
    hand_in(CARD, words, root)

    with pytest.raises(editing.Refused, match="You changed these words"):
        approve(CARD, words, root)
    with pytest.raises(editing.Refused, match="must approve it"):
        publish(CARD, words, root, alone_reason="I am in a hurry.")


def test_only_an_active_clinical_reviewer_approves_whatever_else_they_are(author: User) -> None:
    words = say(CARD, author, lead="Call now.")
    hand_in(CARD, words, author)
    inactive = person("ina", "Clinical reviewer")
    User.objects.filter(pk=inactive.pk).update(is_active=False)

    for other in (User.objects.create_superuser("root@example.org"), person("pat", "Publisher"), inactive):
        with pytest.raises(editing.Refused, match="Only a clinical reviewer approves"):
            approve(CARD, words, other)
    assert standing(CARD).approvals == ()


def test_a_superuser_who_has_the_role_approves_like_anybody(author: User, publisher: User) -> None:
    root = person("root", "Clinical reviewer")
    User.objects.filter(pk=root.pk).update(is_superuser=True)

    words = approved(CARD, author, root, lead="Call now.")

    assert publish(CARD, words, publisher).emergency_card.lead == "Call now."


@pytest.mark.parametrize("goes", ["the account", "the role"])
def test_an_approval_counts_no_more_once_whoever_gave_it_is_no_reviewer(
    author: User, reviewer: User, publisher: User, goes: str
) -> None:
    words = approved(CARD, author, reviewer, lead="Call now.")
    if goes == "the role":
        reviewer.groups.clear()
    else:
        User.objects.filter(pk=reviewer.pk).update(is_active=False)

    with pytest.raises(editing.Refused, match="must approve it"):
        publish(CARD, words, publisher)
    assert standing(CARD).needs_approval


def test_whoever_handed_the_words_in_cannot_approve_them_once_somebody_else_did_too(
    author: User, publisher: User
) -> None:
    both = person("rea", "Author", "Clinical reviewer")
    words = say(CARD, author, lead="Call now.")
    hand_in(CARD, words, both)
    hand_in(CARD, words, author)

    with pytest.raises(editing.Refused, match="You handed these words in"):
        approve(CARD, words, both)
    with pytest.raises(editing.Refused, match="must approve it"):
        publish(CARD, words, publisher)


def test_an_approval_counts_no_more_once_whoever_gave_it_hands_the_words_in(author: User) -> None:
    both = person("rea", "Author", "Clinical reviewer")
    words = approved(CARD, author, both, lead="Call now.")
    hand_in(CARD, words, both)
    hand_in(CARD, words, author)

    assert standing(CARD).approvals == ()


def test_whoever_handed_in_what_was_sent_back_may_approve_it_when_it_comes_again(author: User, reviewer: User) -> None:
    both = person("rob", "Author", "Clinical reviewer")
    words = say(CARD, author, lead="Call now.")
    hand_in(CARD, words, both)
    editing.send_back(*CARD, words, remark="Say whom.", by=reviewer, now=timezone.now())
    hand_in(CARD, words, author)

    approve(CARD, words, both)

    assert [approval.approved_by for approval in standing(CARD).approvals] == [both]


def test_what_was_not_handed_in_is_not_approved(author: User, reviewer: User) -> None:
    words = say(CARD, author, lead="Call now.")

    with pytest.raises(editing.Refused, match="have not been handed in"):
        approve(CARD, words, reviewer)


def test_published_words_are_not_handed_in(author: User) -> None:
    with pytest.raises(editing.Refused, match="published already"):
        hand_in(CARD, contents.content_hash(current(CARD)), author)


def test_nobody_hands_in_without_a_sentence(author: User) -> None:
    words = say(CARD, author, lead="Call now.")

    with pytest.raises(editing.Refused, match="Say in a sentence what changed"):
        hand_in(CARD, words, author, changes="  ")


def test_the_sentence_handed_in_is_what_readers_see(author: User, reviewer: User, publisher: User) -> None:
    words = say(CARD, author, lead="Call now.")
    hand_in(CARD, words, author, changes="Plainer first words.")
    approve(CARD, words, reviewer)

    made = publish(CARD, words, publisher)

    assert made.cards["emergency"].history[0].changes == "Plainer first words."


# --- Sending back -------------------------------------------------------------------------------------------


def test_words_sent_back_wait_for_nobody_and_the_remark_is_kept(author: User, reviewer: User) -> None:
    words = say(CARD, author, lead="Call now.")
    hand_in(CARD, words, author)

    editing.send_back(*CARD, words, remark="Say whom.", by=reviewer, now=timezone.now())

    assert not standing(CARD).is_handed_in
    assert Comment.objects.get().text == "Say whom."
    assert Submission.objects.get().returned_by == reviewer


def test_an_approval_counts_no_more_once_the_words_are_sent_back(author: User, reviewer: User, publisher: User) -> None:
    words = approved(CARD, author, reviewer, lead="Call now.")
    editing.send_back(*CARD, words, remark="Say whom.", by=person("rob", "Clinical reviewer"), now=timezone.now())

    with pytest.raises(editing.Refused, match="must approve it"):
        publish(CARD, words, publisher)

    hand_in(CARD, words, author)
    assert standing(CARD).needs_approval


def test_nothing_is_sent_back_without_a_remark(author: User, reviewer: User) -> None:
    words = say(CARD, author, lead="Call now.")
    hand_in(CARD, words, author)

    with pytest.raises(editing.Refused, match="why you send it back"):
        editing.send_back(*CARD, words, remark=" ", by=reviewer, now=timezone.now())
    assert standing(CARD).is_handed_in


# --- Old words, taken up again ------------------------------------------------------------------------------


def test_an_approval_from_before_another_publication_counts_no_more(
    author: User, reviewer: User, publisher: User
) -> None:
    first = approved(CARD, author, reviewer, lead="Call now.")
    publish(CARD, first, publisher)
    publish(CARD, approved(CARD, author, reviewer, lead="Call at once."), publisher)

    assert say(CARD, author, lead="Call now.") == first

    assert (standing(CARD).submission, standing(CARD).approvals) == (None, ())
    with pytest.raises(editing.Refused, match="must approve it"):
        publish(CARD, first, publisher)


def test_words_taken_back_before_their_moment_keep_their_approval(
    author: User, reviewer: User, publisher: User
) -> None:
    words = approved(CARD, author, reviewer, lead="Call now.")
    publish(CARD, words, publisher, live_from=timezone.now() + timedelta(days=1))
    publishing.unschedule(*CARD, now=timezone.now(), summary="x")

    assert standing(CARD).is_changed
    assert author.pk in standing(CARD).changers
    assert publish(CARD, words, publisher).emergency_card.lead == "Call now."


# --- What ceases to be safety content -----------------------------------------------------------------------


@pytest.fixture
def safe_page(author: User, reviewer: User, publisher: User) -> Name:
    """A page that is safety content because an editor ticked it."""
    publish(PAGE, approved(PAGE, author, reviewer, is_safety=True), publisher)
    return PAGE


def test_that_a_page_is_no_safety_content_any_more_needs_a_second_person(
    safe_page: Name, author: User, reviewer: User, publisher: User
) -> None:
    words = say(safe_page, author, is_safety=False)

    with pytest.raises(editing.Refused, match="must approve it"):
        publish(safe_page, words, publisher)

    hand_in(safe_page, words, author)
    approve(safe_page, words, reviewer)
    publish(safe_page, words, publisher)
    assert Publication.objects.filter(key=safe_page[1]).order_by("-number")[0].is_safety


def test_once_two_people_have_said_so_one_is_enough(
    safe_page: Name, author: User, reviewer: User, publisher: User
) -> None:
    publish(safe_page, approved(safe_page, author, reviewer, is_safety=False), publisher)

    made = publish(safe_page, say(safe_page, author, summary="Shorter."), publisher)

    assert made.articles[safe_page[1]].content.summary == "Shorter."


def test_until_readers_see_that_it_is_none_it_still_is(
    safe_page: Name, author: User, reviewer: User, publisher: User
) -> None:
    friday = timezone.now() + timedelta(days=3)
    publish(safe_page, approved(safe_page, author, reviewer, is_safety=False), publisher, live_from=friday)
    words = say(safe_page, author, summary="Shorter.")

    with pytest.raises(editing.Refused, match="must approve it"):
        publish(safe_page, words, publisher)
    assert not standing(safe_page, friday).is_safety


# --- The database holds it too ------------------------------------------------------------------------------


@pytest.mark.parametrize("stands_for_it", [{}, {"by": "ann"}, {"by": "ann", "approved": "ann"}, {"approved": "ann"}])
def test_the_database_refuses_safety_content_without_a_second_person_whatever_the_code(
    author: User, stands_for_it: dict[str, str]
) -> None:
    content = current(CARD)
    row = Publication(
        kind=CARD[0],
        key=CARD[1],
        number=2,
        content=contents.to_stored(content),
        content_hash=contents.content_hash(content),
        approved_hash=contents.content_hash(content),
        origin=Publication.Origin.EDITED,
        is_safety=True,
        changes="x",
        published_at=timezone.now(),
        submitted_by=author if "by" in stands_for_it else None,
        approved_by=author if "approved" in stands_for_it else None,
    )

    with pytest.raises(IntegrityError, match="publication_safety_needs_second_person"), transaction.atomic():
        row.save()


@pytest.mark.parametrize("name", [CARD, PROTOCOL, MEDICINES, (Kind.ARTICLE, "get-help")])
def test_the_database_knows_what_is_safety_content(author: User, name: Name) -> None:
    row = Publication(
        kind=name[0],
        key=name[1],
        number=2,
        content={},
        origin=Publication.Origin.EDITED,
        is_safety=False,
        changes="x",
        published_at=timezone.now(),
    )

    with pytest.raises(IntegrityError, match="publication_safety_is_marked"), transaction.atomic():
        row.save()


# --- A site run by one person -------------------------------------------------------------------------------


def test_one_person_publishes_alone_where_the_site_is_theirs_and_a_reason_is_written(
    live: LiveEdition, settings: Settings
) -> None:
    settings.SOLE_EDITOR = True
    alone = person("sol", "Author", "Publisher")
    words = say(MEDICINES, alone, summary="What to ask a pharmacist.")

    made = publish(MEDICINES, words, alone, alone_reason=" Nobody else works here. ")

    row = Publication.objects.filter(key="medicines").order_by("-number")[0]
    assert (row.alone_reason, row.approved_by) == ("Nobody else works here.", None)
    assert made.articles["medicines"].published_alone


def test_without_a_reason_nobody_publishes_alone(live: LiveEdition, settings: Settings) -> None:
    settings.SOLE_EDITOR = True
    alone = person("sol", "Author", "Publisher")
    words = say(MEDICINES, alone, summary="What to ask a pharmacist.")

    with pytest.raises(editing.Refused, match="write down why one person publishes it alone"):
        publish(MEDICINES, words, alone, alone_reason="  ")


def test_where_somebody_approved_the_reason_is_not_kept(
    author: User, reviewer: User, publisher: User, settings: Settings
) -> None:
    settings.SOLE_EDITOR = True
    words = approved(CARD, author, reviewer, lead="Call now.")

    made = publish(CARD, words, publisher, alone_reason="Not needed.")

    assert not made.cards["emergency"].published_alone


def test_a_site_is_run_by_more_than_one_person_unless_told_otherwise(settings: Settings) -> None:
    assert settings.SOLE_EDITOR is False


def test_on_a_site_of_several_a_reason_does_not_help(author: User, publisher: User) -> None:
    words = say(CARD, author, lead="Call now.")
    hand_in(CARD, words, author)

    with pytest.raises(editing.Refused, match="must approve it"):
        publish(CARD, words, publisher, alone_reason="Nobody is here.")

"""'Last reviewed' is set by a review of the whole page, and by nothing else."""

from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from django.utils import timezone

from backspasm.models import User
from education import contents, editing
from education.editing.reviewing import a_year_after, last_named
from education.edition import LiveEdition
from education.models import Draft, Kind
from tests.education.editing.people import person
from tests.education.editing.wordings import MEDICINES, PAGE, TERM, Name, hand_in, page, publish, say, standing

pytestmark = pytest.mark.django_db

TODAY = timezone.now().date()


def review(by: User, of: Name = PAGE, *, now: datetime | None = None, words: str = "", **options: Any) -> object:
    given = {"name": "R. Example", "role": "Physiotherapist", "next_due_on": TODAY + timedelta(days=300), **options}
    looked_at = words or standing(of).content_hash
    return editing.record_review(of[1], looked_at, by=by, now=now or timezone.now(), **given)


def reviewed(name: Name = PAGE) -> tuple[date | None, str, str]:
    return page(name).reviewed_on, page(name).reviewer, page(name).reviewer_role


def test_a_review_writes_the_day_the_name_the_role_and_the_next_review_into_the_page(reviewer: User) -> None:
    review(reviewer)

    assert reviewed() == (TODAY, "R. Example", "Physiotherapist")
    assert page().review_due_on == TODAY + timedelta(days=300)


def test_readers_see_the_review_once_the_page_is_published(reviewer: User, publisher: User, live: LiveEdition) -> None:
    review(reviewer)

    made = publish(PAGE, standing(PAGE).content_hash, publisher)

    assert live.articles[PAGE[1]].content.reviewed_on is None
    assert made.articles[PAGE[1]].content.reviewed_on == TODAY


def test_a_save_never_sets_the_last_review(author: User) -> None:
    say(PAGE, author, reviewed_on=TODAY, reviewer="Somebody", reviewer_role="Surgeon", summary="Shorter.")

    assert reviewed() == (None, "", "")
    assert page().summary == "Shorter."


def test_a_save_never_takes_the_last_review_away(author: User, reviewer: User) -> None:
    review(reviewer)

    say(PAGE, author, reviewed_on=None, reviewer="", reviewer_role="", summary="Shorter.")

    assert reviewed() == (TODAY, "R. Example", "Physiotherapist")


def test_taking_old_words_up_again_does_not_bring_their_review_back(
    author: User, reviewer: User, publisher: User
) -> None:
    review(reviewer, now=timezone.now() - timedelta(days=30))
    old = page()
    publish(PAGE, standing(PAGE).content_hash, publisher)
    review(reviewer)

    editing.save(old, base_hash=contents.content_hash(page()), by=author, why="As before.", now=timezone.now())

    assert page().reviewed_on == TODAY


def test_new_wording_from_a_release_brings_no_review_with_it(author: User) -> None:
    offered = msgspec.structs.replace(
        page(), summary="From a release.", reviewed_on=TODAY, reviewer="Somebody", reviewer_role="Surgeon"
    )
    Draft.objects.create(
        kind=PAGE[0],
        key=PAGE[1],
        content=contents.to_stored(offered),
        content_hash=contents.content_hash(offered),
        loaded_at=timezone.now(),
    )
    taken = editing.content_at(*PAGE, contents.content_hash(offered))
    assert taken is not None

    editing.save(taken, base_hash=standing(PAGE).content_hash, by=author, why="", now=timezone.now())

    assert reviewed() == (None, "", "")
    assert page().summary == "From a release."


def test_whoever_changed_the_page_cannot_review_it(author: User) -> None:
    both = person("rea", "Author", "Clinical reviewer")
    say(PAGE, both, summary="Shorter.")
    say(PAGE, author, summary="Shorter still.")

    with pytest.raises(editing.Refused, match="You changed this page"):
        review(both)
    assert reviewed() == (None, "", "")


def test_a_page_that_changed_after_it_was_read_is_not_reviewed(author: User, reviewer: User) -> None:
    read = standing(PAGE).content_hash
    say(PAGE, author, summary="Shorter.")

    with pytest.raises(editing.Refused, match="meanwhile"):
        review(reviewer, words=read)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"name": " "}, "your name and your role"),
        ({"role": ""}, "your name and your role"),
        ({"name": "x" * 121}, "120 characters"),
        ({"next_due_on": TODAY}, "must lie ahead"),
        ({"next_due_on": a_year_after(TODAY) + timedelta(days=1)}, "within a year"),
    ],
)
def test_a_review_without_name_role_or_a_next_review_within_a_year_is_refused(
    reviewer: User, given: dict[str, Any], says: str
) -> None:
    with pytest.raises(editing.Refused, match=says):
        review(reviewer, **given)
    assert reviewed() == (None, "", "")


def test_only_pages_are_reviewed(reviewer: User) -> None:
    with pytest.raises(editing.Refused, match="no such working copy"):
        review(reviewer, TERM, words="0" * 64)


# --- A review changes no word -------------------------------------------------------------------------------


def test_a_review_approves_the_safety_content_that_it_reviewed(reviewer: User, publisher: User) -> None:
    review(reviewer, MEDICINES)

    made = publish(MEDICINES, standing(MEDICINES).content_hash, publisher)

    assert made.articles["medicines"].content.reviewer == "R. Example"


def test_what_was_handed_in_is_still_handed_in_after_the_review(author: User, reviewer: User, publisher: User) -> None:
    hand_in(MEDICINES, say(MEDICINES, author, summary="What to ask."), author, changes="Shorter summary.")

    review(reviewer, MEDICINES)

    made = publish(MEDICINES, standing(MEDICINES).content_hash, publisher)
    assert made.articles["medicines"].history[0].changes == "Shorter summary."


def test_after_the_review_all_who_handed_the_words_in_still_cannot_approve_them(author: User, reviewer: User) -> None:
    both = person("bo", "Author", "Clinical reviewer")
    words = say(MEDICINES, author, summary="What to ask.")
    hand_in(MEDICINES, words, both)
    hand_in(MEDICINES, words, author, changes="Shorter summary.")

    review(reviewer, MEDICINES)

    after = standing(MEDICINES)
    assert after.submitters == {author.pk, both.pk}
    assert after.submission is not None
    assert (after.submission.submitted_by, after.submission.changes) == (author, "Shorter summary.")


def test_who_handed_the_page_in_before_somebody_else_did_gives_no_approval_by_a_review(author: User) -> None:
    both = person("bo", "Author", "Clinical reviewer")
    words = say(MEDICINES, author, summary="What to ask.")
    hand_in(MEDICINES, words, both)
    hand_in(MEDICINES, words, author)

    review(both, MEDICINES)

    assert standing(MEDICINES).approvals == ()


def test_a_review_approves_also_what_was_sent_back_before(author: User, reviewer: User, publisher: User) -> None:
    words = say(MEDICINES, author, summary="What to ask.")
    hand_in(MEDICINES, words, author)
    other = person("rob", "Clinical reviewer")
    editing.approve(*MEDICINES, words, by=other, now=timezone.now())
    editing.send_back(*MEDICINES, words, remark="Ask whom?", by=reviewer, now=timezone.now())

    review(reviewer, MEDICINES)

    after = standing(MEDICINES)
    assert (after.submission, [approval.approved_by for approval in after.approvals]) == (None, [reviewer])


def test_only_an_active_clinical_reviewer_reviews(live: LiveEdition) -> None:
    inactive = person("ina", "Clinical reviewer")
    User.objects.filter(pk=inactive.pk).update(is_active=False)

    for other in (User.objects.create_superuser("root@example.org"), inactive):
        with pytest.raises(editing.Refused, match="Only a clinical reviewer reviews"):
            review(other)
    assert reviewed() == (None, "", "")


def test_an_edit_after_the_review_needs_an_approval_of_its_own(author: User, reviewer: User, publisher: User) -> None:
    review(reviewer, MEDICINES)
    words = say(MEDICINES, author, summary="What to ask.")

    with pytest.raises(editing.Refused, match="must approve it"):
        publish(MEDICINES, words, publisher)


def test_a_review_bars_nobody_from_approving_what_is_written_afterwards(author: User, reviewer: User) -> None:
    review(reviewer, MEDICINES)
    words = say(MEDICINES, author, summary="What to ask.")
    hand_in(MEDICINES, words, author)

    editing.approve(*MEDICINES, words, by=reviewer, now=timezone.now())

    assert [approval.approved_by for approval in standing(MEDICINES).approvals] == [reviewer]


def test_who_reviewed_a_safety_page_does_not_publish_it_alone(live: LiveEdition) -> None:
    both = person("rea", "Clinical reviewer", "Publisher")
    review(both, MEDICINES)

    with pytest.raises(editing.Refused, match="you approved it yourself"):
        publish(MEDICINES, standing(MEDICINES).content_hash, both)


def test_the_same_review_twice_on_one_day_is_recorded_once(reviewer: User) -> None:
    review(reviewer, MEDICINES)

    assert review(reviewer, MEDICINES) is None
    assert len(standing(MEDICINES).approvals) == 1


# --- What the form is filled with ---------------------------------------------------------------------------


def test_name_and_role_are_those_of_this_reviewers_last_review(reviewer: User) -> None:
    assert last_named(reviewer) == ("", "")
    review(reviewer, now=timezone.now() - timedelta(days=1), name="R. Elder")
    review(person("rob", "Clinical reviewer"), (Kind.ARTICLE, "myths"), name="Somebody else")

    review(reviewer, (Kind.ARTICLE, "faq"), name="R. Example")

    assert last_named(reviewer) == ("R. Example", "Physiotherapist")


@pytest.mark.parametrize(
    ("day", "after"),
    [(date(2026, 11, 23), date(2027, 11, 23)), (date(2028, 2, 29), date(2029, 2, 28))],
)
def test_a_year_after_a_day_is_the_same_day_of_the_next_year(day: date, after: date) -> None:
    assert a_year_after(day) == after

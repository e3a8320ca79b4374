"""Publishing working copies: several at once, what they need, and what is refused with nothing changed."""

from datetime import timedelta
from typing import Final

import msgspec
import pytest
from django.utils import timezone

from backspasm.models import User
from education import contents, editing, publishing, structure
from education.editing.needs import needed_with
from education.edition import LiveEdition
from education.models import Draft, Edition, Kind, Publication
from tests.education.editing.wordings import CARD, PAGE, TERM, Name, current, hand_in, page, publish, say, standing

pytestmark = pytest.mark.django_db

SOURCE: Final[Name] = (Kind.SOURCE, "R99")


@pytest.fixture
def page_with_new_source(author: User) -> Name:
    """A page whose first statement names a source that readers do not know yet."""
    source = structure.Source(key=SOURCE[1], organisation="A body", title="A study", reading="memory")
    editing.save(source, base_hash="", by=author, why="", now=timezone.now())
    statement = structure.Statement(body="<p>New.</p>", evidence="some", sources=(SOURCE[1],))
    section = structure.StatementsSection(anchor="new", heading="New", statements=(statement,))
    say(PAGE, author, sections=(*page().sections, section))
    return PAGE


def test_several_are_published_as_one_edition(author: User, publisher: User, live: LiveEdition) -> None:
    wanted = {
        TERM: say(TERM, author, meaning="A new meaning."),
        PAGE: say(PAGE, author, summary="Shorter."),
    }

    made = editing.publish_working_copies(wanted, by=publisher, now=timezone.now(), changes="Two things.")

    assert made.number == live.number + 1
    assert made.terms["disc"].content.meaning == "A new meaning."
    assert made.articles[PAGE[1]].content.summary == "Shorter."


def test_of_several_all_are_published_or_none(author: User, publisher: User, live: LiveEdition) -> None:
    wanted = {TERM: say(TERM, author, meaning="A new meaning."), CARD: say(CARD, author, lead="Call now.")}

    with pytest.raises(editing.Refused):
        editing.publish_working_copies(wanted, by=publisher, now=timezone.now(), changes="Two things.")

    assert publishing.read_edition(timezone.now()) == live
    assert standing(TERM).is_changed


def test_what_was_not_chosen_stays_unpublished(author: User, publisher: User, live: LiveEdition) -> None:
    say(PAGE, author, summary="Shorter.")

    made = publish(TERM, say(TERM, author, meaning="A new meaning."), publisher)

    assert made.articles[PAGE[1]] == live.articles[PAGE[1]]
    assert standing(PAGE).is_changed


def test_a_page_that_names_what_readers_do_not_know_is_refused_and_says_what(
    page_with_new_source: Name, publisher: User, live: LiveEdition
) -> None:
    with pytest.raises(publishing.NotPublishable, match="source R99 does not exist") as refusal:
        publish(page_with_new_source, standing(page_with_new_source).content_hash, publisher)

    assert (refusal.value.problems[0].key, refusal.value.at) == (page_with_new_source[1], None)
    assert publishing.read_edition(timezone.now()) == live


def test_a_page_is_published_together_with_what_it_names(page_with_new_source: Name, publisher: User) -> None:
    wanted = {name: standing(name).content_hash for name in (page_with_new_source, SOURCE)}

    made = editing.publish_working_copies(wanted, by=publisher, now=timezone.now(), changes="A new source.")

    assert SOURCE[1] in made.sources


def test_what_a_page_needs_is_what_it_names_and_readers_do_not_know(
    page_with_new_source: Name, author: User, live: LiveEdition
) -> None:
    say(TERM, author, meaning="Not named by key, and known.")
    changed = [item for item in editing.standings() if item.is_changed]

    assert needed_with([page_with_new_source], changed, live) == {page_with_new_source, SOURCE}
    assert needed_with([TERM], changed, live) == {TERM}


def test_what_something_needed_names_is_needed_too(author: User, live: LiveEdition) -> None:
    source = structure.Source(key=SOURCE[1], organisation="A body", title="A study", reading="memory")
    editing.save(source, base_hash="", by=author, why="", now=timezone.now())
    known = current((Kind.EXERCISE, "bridge"))
    exercise = msgspec.structs.replace(known, key="new-move", code="X99", sources=(SOURCE[1],))
    editing.save(exercise, base_hash="", by=author, why="", now=timezone.now())
    section = structure.ExercisesSection(anchor="new", heading="New", exercises=("new-move",))
    say(PAGE, author, sections=(*page().sections, section))
    changed = [item for item in editing.standings() if item.is_changed]

    assert needed_with([PAGE], changed, live) == {PAGE, (Kind.EXERCISE, "new-move"), SOURCE}


def test_nothing_ticked_is_refused(publisher: User) -> None:
    with pytest.raises(editing.Refused, match="Tick what is to be published"):
        editing.publish_working_copies({}, by=publisher, now=timezone.now(), changes="x")


def test_a_publish_without_a_sentence_is_refused(author: User, publisher: User) -> None:
    words = say(TERM, author, meaning="A new meaning.")

    with pytest.raises(editing.Refused, match="Say in a sentence"):
        editing.publish_working_copies({TERM: words}, by=publisher, now=timezone.now(), changes="  ")


def test_what_readers_see_already_is_not_published_again(publisher: User) -> None:
    with pytest.raises(editing.Refused, match="published already"):
        publish(TERM, standing(TERM).content_hash, publisher)

    assert Publication.objects.filter(kind=TERM[0], key=TERM[1]).count() == 1


def test_what_does_not_exist_is_refused(publisher: User) -> None:
    with pytest.raises(editing.Refused, match="no such working copy"):
        publish((Kind.TERM, "no-such-term"), "0" * 64, publisher)


def test_the_publication_names_who_handed_the_words_in(author: User, publisher: User) -> None:
    words = say(TERM, author, meaning="A new meaning.")
    hand_in(TERM, words, author, changes="Plainer.")

    publish(TERM, words, publisher)

    row = Publication.objects.filter(kind=TERM[0], key=TERM[1]).order_by("-number")[0]
    assert (row.submitted_by, row.changes) == (author, "Plainer.")
    assert Edition.objects.order_by("-number")[0].published_by == publisher


def test_new_wording_from_a_release_leaves_the_list_once_it_is_published(author: User, publisher: User) -> None:
    offered = msgspec.structs.replace(current(TERM), meaning="From a release.")
    draft = {"kind": TERM[0], "key": TERM[1], "content": contents.to_stored(offered), "loaded_at": timezone.now()}
    Draft.objects.create(**draft, content_hash=contents.content_hash(offered))
    Draft.objects.create(**draft, content_hash="0" * 64)

    publish(TERM, say(TERM, author, meaning="From a release."), publisher)

    assert [row.content_hash for row in Draft.objects.all()] == ["0" * 64]


def test_after_a_publish_the_next_save_counts_as_a_change(author: User, publisher: User) -> None:
    publish(TERM, say(TERM, author, meaning="A new meaning."), publisher)
    assert not standing(TERM).is_changed

    say(TERM, author, meaning="Newer still.", now=timezone.now() + timedelta(minutes=1))

    assert standing(TERM).is_changed
    assert standing(TERM).changers == {author.pk}

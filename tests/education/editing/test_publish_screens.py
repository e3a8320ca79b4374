"""The publishing screen and what stands beside it: who may, what is asked, what is refused with everything kept."""

from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any, Final

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from backspasm.models import User
from education import editing, publishing, structure
from education.admin.screen import address_of
from education.edition import LiveEdition
from education.models import Edition, Kind, Publication
from tests.education.editing.people import person
from tests.education.editing.wordings import CARD, MEDICINES, PAGE, TERM, Name, approved, hand_in, page, say, standing
from tests.education.readers import new_page, publish

pytestmark = pytest.mark.django_db

SOURCE: Final[Name] = (Kind.SOURCE, "R99")
YEAR: Final = timezone.now().year + 1  # the first edition of the tests is made now, so all of this lies ahead
NOW: Final = datetime(YEAR, 1, 11, 9, 0, tzinfo=UTC)
SUMMER: Final = f"{YEAR}-06-25T09:00"


@pytest.fixture
def words(author: User) -> str:
    """The hash of new words for a term, handed in."""
    words = say(TERM, author, meaning="A new meaning.")
    hand_in(TERM, words, author, changes="Plainer words.")
    return words


def tick(name: Name, content_hash: str = "") -> str:
    return f"{name[0]}:{name[1]}:{content_hash or standing(name).content_hash}"


def show(client: Client, user: User, query: str = "") -> str:
    client.force_login(user)
    response = client.get(reverse("admin:education_publish") + query)
    assert response.status_code == 200
    return unescape(response.content.decode())


def send(client: Client, user: User, *ticks: str, button: str = "_publish", **typed: str) -> tuple[int, str]:
    """Send the form; return status, and the page or the message after it."""
    client.force_login(user)
    given = {"changes": "Said otherwise.", "when": "now", button: "", **typed, "ticked": ticks}
    response = client.post(reverse("admin:education_publish"), given)
    if response.status_code != 303:
        return response.status_code, unescape(response.content.decode())
    return 303, unescape(client.get(response.url).content.decode())  # type: ignore[attr-defined]


# --- Looking ------------------------------------------------------------------------------------------------


def test_whoever_may_look_sees_what_changed_and_no_button(site_client: Client, author: User, words: str) -> None:
    text = show(site_client, author)

    assert ("Plainer words." in text, "ann@example.org" in text) == (True, True)
    assert ('name="_publish"' in text, 'name="ticked"' in text) == (False, False)


@pytest.mark.parametrize("roles", [(), ("Author",), ("Clinical reviewer",)])
def test_only_a_publisher_publishes(site_client: Client, words: str, roles: tuple[str, ...]) -> None:
    assert send(site_client, person("olga", *roles), tick(TERM))[0] == 403
    assert standing(TERM).is_changed


def test_a_patient_sees_nothing_of_it(site_client: Client, live: LiveEdition) -> None:
    site_client.force_login(User.objects.create_user("patient@example.org"))

    assert site_client.get(reverse("admin:education_publish")).status_code in {302, 403}


def test_what_is_asked_for_is_ticked_with_what_it_names(site_client: Client, author: User, publisher: User) -> None:
    source = structure.Source(key=SOURCE[1], organisation="A body", title="A study", reading="memory")
    editing.save(source, base_hash="", by=author, why="", now=timezone.now())
    statement = structure.Statement(body="<p>New.</p>", evidence="some", sources=(SOURCE[1],))
    section = structure.StatementsSection(anchor="new", heading="New", statements=(statement,))
    say(PAGE, author, sections=(*page().sections, section))
    say(TERM, author, meaning="A new meaning.")

    text = show(site_client, publisher, f"?kind={PAGE[0]}&key={PAGE[1]}")

    assert f'value="{tick(PAGE)}" id="tick-article-recovery" checked' in text
    assert f'value="{tick(SOURCE)}" id="tick-source-R99" checked' in text
    assert f'value="{tick(TERM)}" id="tick-term-disc">' in text
    assert "The checks find no error in what is ticked." in text


def test_the_sentence_that_was_handed_in_is_offered(site_client: Client, publisher: User, words: str) -> None:
    text = show(site_client, publisher, f"?kind={TERM[0]}&key={TERM[1]}")

    assert "Plainer words.</textarea>" in text


def test_what_lacks_a_second_person_says_so(site_client: Client, author: User, publisher: User) -> None:
    say(CARD, author, lead="Call now.")

    assert "Missing: safety content needs the approval" in show(site_client, publisher)


def test_looking_changes_nothing(site_client: Client, publisher: User, words: str, live: LiveEdition) -> None:
    show(site_client, publisher, "?kind=term&key=disc&_publish=1&ticked=term:disc:x&changes=x")

    assert Edition.objects.count() == live.number


# --- Publishing at once -------------------------------------------------------------------------------------


def test_what_is_ticked_is_published_as_one_edition_and_noted(
    site_client: Client, author: User, publisher: User, words: str, live: LiveEdition
) -> None:
    say(PAGE, author, summary="Shorter.")

    status, text = send(site_client, publisher, tick(TERM), tick(PAGE))

    assert (status, f"Published as edition {live.number + 1}." in text) == (303, True)
    made = publishing.read_edition(timezone.now())
    assert (made.terms["disc"].content.meaning, made.articles[PAGE[1]].content.summary) == (
        "A new meaning.",
        "Shorter.",
    )
    notes = [entry.get_change_message() for entry in LogEntry.objects.filter(user=publisher)]
    assert notes == [f"Published in edition {made.number}, publication 2."] * 2


def test_words_that_changed_after_the_tick_are_not_published_and_everything_typed_is_kept(
    site_client: Client, author: User, publisher: User, words: str
) -> None:
    say(PAGE, author, summary="Shorter.")
    ticks = tick(TERM), tick(PAGE)
    say(TERM, author, meaning="Newer still.")

    status, text = send(site_client, publisher, *ticks, changes="My sentence.", zone="Asia/Tokyo")

    assert (status, "Somebody changed “Disc” meanwhile" in text, "My sentence." in text) == (200, True, True)
    assert '<option value="Asia/Tokyo" selected>' in text
    assert f'value="{tick(PAGE)}" id="tick-article-recovery" checked' in text
    assert f'value="{tick(TERM)}" id="tick-term-disc">' in text
    assert standing(PAGE).is_changed


@pytest.mark.parametrize(
    ("ticks", "typed", "says"),
    [
        ([], {}, "Tick what is to be published."),
        (["term:disc:"], {}, "meanwhile"),
        (["term:no-such-term:0"], {}, "There is no such working copy."),
        (["nonsense", "a:b:c", "::", "term"], {}, "Tick what is to be published."),
        (["term:disc:{words}"], {"changes": " "}, "This field is required."),
        (["term:disc:{words}"], {"changes": "x" * 301}, "at most 300"),
        (["term:disc:{words}"], {"when": "whenever"}, "Select a valid choice"),
        (["term:disc:{words}"], {"zone": "Middle/Earth"}, "Select a valid choice"),
        (["term:disc:{words}"], {"when": "later"}, "Give a day and a time."),
        (["term:disc:{words}"], {"when": "now", "live_from": "2030-01-01T09:00"}, "choose “From a moment on”"),
        (["term:disc:{words}"], {"when": "later", "live_from": "soon"}, "Give a day and a time, as in"),
        (["term:disc:{words}"], {"when": "later", "live_from": "2020-01-01T09:00"}, "within the next ten years"),
        (["term:disc:{words}"], {"when": "later", "live_from": "9999-12-31T23:59"}, "within the next ten years"),
        (["term:disc:{words}"], {"retire_on": "0001-01-01T00:00", "zone": "Asia/Tokyo"}, "within the next ten years"),
        (["term:disc:{words}"], {"changes": "\x00"}, "Null characters are not allowed"),
    ],
)
def test_what_cannot_be_published_is_asked_for_again(
    site_client: Client, publisher: User, words: str, ticks: list[str], typed: dict[str, Any], says: str
) -> None:
    status, text = send(site_client, publisher, *(item.format(words=words) for item in ticks), **typed)

    assert (status, says in text) == (200, True), says
    assert Publication.objects.filter(kind=TERM[0], key=TERM[1]).count() == 1


def test_errors_are_told_with_the_screen_where_they_can_be_mended(
    site_client: Client, author: User, publisher: User
) -> None:
    text_section = structure.TextSection(anchor="new", heading="New", intro='<p><a href="/nowhere/">Nowhere</a></p>')
    say(PAGE, author, sections=(*page().sections, text_section))

    for button in ("_check", "_publish"):
        status, text = send(site_client, publisher, tick(PAGE), button=button)

        assert (status, "link to /nowhere/: there is no such page" in text) == (200, True)
        assert f'<a href="{address_of(*PAGE)}">' in text
    assert standing(PAGE).is_changed


# --- From a moment on ---------------------------------------------------------------------------------------


def test_a_moment_is_read_in_the_editors_zone_and_told_in_utc_too(
    site_client: Client, publisher: User, words: str
) -> None:
    with time_machine.travel(NOW, tick=False):
        given = {"when": "later", "live_from": SUMMER, "zone": "Europe/London"}
        status, text = send(site_client, publisher, tick(TERM), **given)

    moment = datetime(YEAR, 6, 25, 8, 0, tzinfo=UTC)
    assert (status, f"Readers see it from 25 June {YEAR}, 09:00 Europe/London (08:00 UTC) on." in text) == (303, True)
    assert publishing.read_edition(moment).terms["disc"].content.meaning == "A new meaning."
    assert publishing.read_edition(moment - timedelta(seconds=1)).terms["disc"].number == 1
    # From now on the screens tell moments in the zone that was chosen.
    assert text.count(f"25 June {YEAR}, 09:00 Europe/London") == 2


def test_the_moment_can_be_looked_at_before_anything_is_published(
    site_client: Client, publisher: User, words: str, live: LiveEdition
) -> None:
    with time_machine.travel(NOW, tick=False):
        given = {"when": "later", "live_from": SUMMER, "zone": "Europe/London", "button": "_check"}
        status, text = send(site_client, publisher, tick(TERM), **given)

    assert (status, f"Readers see it from 25 June {YEAR}, 09:00 Europe/London (08:00 UTC) on." in text) == (200, True)
    assert (f'value="{SUMMER}"' in text, 'value="later" ' in text) == (True, True)
    assert Edition.objects.count() == live.number


def test_without_a_zone_a_time_is_utc(site_client: Client, publisher: User, words: str) -> None:
    with time_machine.travel(NOW, tick=False):
        text = send(site_client, publisher, tick(TERM), when="later", live_from=SUMMER)[1]

    assert f"Readers see it from 25 June {YEAR}, 09:00 UTC on." in text


def last_sunday(month: int) -> str:
    """The day in this month on which clocks in London change."""
    return next(str(date(YEAR, month, day)) for day in range(31, 24, -1) if date(YEAR, month, day).isoweekday() == 7)


@pytest.mark.parametrize(("month", "says"), [(3, "never show 01:30"), (10, "twice: they go back then")])
def test_a_time_at_which_clocks_change_is_asked_for_again(
    site_client: Client, publisher: User, words: str, month: int, says: str
) -> None:
    wall = f"{last_sunday(month)}T01:30"
    with time_machine.travel(NOW, tick=False):
        given = {"when": "later", "live_from": wall, "zone": "Europe/London"}
        status, text = send(site_client, publisher, tick(TERM), **given)

    assert (status, says in text, f'value="{wall}"' in text) == (200, True, True)
    assert standing(TERM).is_changed


def test_a_moment_that_has_passed_is_asked_for_again(site_client: Client, publisher: User, words: str) -> None:
    with time_machine.travel(NOW, tick=False):
        # In Tokyo it is evening already.
        given = {"when": "later", "live_from": f"{YEAR}-01-11T12:00", "zone": "Asia/Tokyo"}
        status, text = send(site_client, publisher, tick(TERM), **given)

    assert (status, "This moment has passed" in text) == (200, True)


def test_words_may_go_again_by_themselves(site_client: Client, author: User, publisher: User, words: str) -> None:
    with time_machine.travel(NOW, tick=False):
        text = send(site_client, publisher, tick(TERM), retire_on=SUMMER)[1]

    assert f"It is retired on 25 June {YEAR}, 09:00 UTC." in text
    assert "disc" not in publishing.read_edition(datetime(YEAR, 6, 25, 9, 0, tzinfo=UTC)).terms


def test_what_would_be_wrong_at_a_later_moment_is_told_with_that_moment(
    site_client: Client, author: User, publisher: User, live: LiveEdition
) -> None:
    source = structure.Source(key=SOURCE[1], organisation="A body", title="A study", reading="memory")
    with time_machine.travel(NOW, tick=False):
        publish(publishing.Proposal(source, "New."), retire_on=NOW + timedelta(days=2))
        statement = structure.Statement(body="<p>New.</p>", evidence="some", sources=(SOURCE[1],))
        section = structure.StatementsSection(anchor="new", heading="New", statements=(statement,))
        editing.save(source, base_hash="", by=author, why="", now=timezone.now())
        say(PAGE, author, sections=(*page().sections, section))
        status, text = send(site_client, publisher, tick(PAGE))

    assert (status, f"This would be wrong from 13 January {YEAR}, 09:00 UTC on" in text) == (200, True)
    assert "source R99 does not exist" in text


# --- Set for later ------------------------------------------------------------------------------------------


def test_what_is_set_for_later_is_listed_and_can_be_taken_back(
    site_client: Client, publisher: User, words: str
) -> None:
    with time_machine.travel(NOW, tick=False):
        send(site_client, publisher, tick(TERM), when="later", live_from=SUMMER)
        listed = show(site_client, publisher)
        response = site_client.post(address_of(*TERM, "unschedule"))
        after = show(site_client, publisher)

    assert (f"25 June {YEAR}, 09:00 UTC" in listed, address_of(*TERM, "unschedule") in listed) == (True, True)
    assert (response.status_code, "Nothing is set for later." in after) == (303, True)
    assert standing(TERM).is_changed


def test_who_may_not_publish_takes_nothing_back(site_client: Client, author: User, publisher: User, words: str) -> None:
    with time_machine.travel(NOW, tick=False):
        send(site_client, publisher, tick(TERM), when="later", live_from=SUMMER)
        listed = show(site_client, author)
        status = site_client.post(address_of(*TERM, "unschedule")).status_code

    assert (f"25 June {YEAR}" in listed, "Take back" in listed, status) == (True, False, 403)


def test_nothing_is_taken_back_or_restored_by_looking(site_client: Client, publisher: User) -> None:
    site_client.force_login(publisher)

    assert site_client.get(address_of(*TERM, "unschedule")).status_code == 405
    assert site_client.get(address_of(*TERM, "restore_live")).status_code == 405


# --- A site run by one person -------------------------------------------------------------------------------


def test_one_person_is_asked_why_and_the_log_says_that_they_were_alone(
    site_client: Client, live: LiveEdition, settings: Settings
) -> None:
    settings.SOLE_EDITOR = True
    alone = person("sol", "Author", "Publisher")
    say(MEDICINES, alone, summary="What to ask.")

    assert 'name="alone_reason"' in show(site_client, alone)
    status, text = send(site_client, alone, tick(MEDICINES))
    assert (status, "write down why one person publishes it alone" in text) == (200, True)

    assert send(site_client, alone, tick(MEDICINES), alone_reason="Nobody else works here.")[0] == 303
    assert Publication.objects.filter(alone_reason="Nobody else works here.").count() == 1
    assert [entry.get_change_message() for entry in LogEntry.objects.filter(user=alone)] == [
        f"Published in edition {live.number + 1}, publication 2. By one person, for a reason that is kept with it."
    ]


def test_readers_are_told_that_one_person_published_it(
    site_client: Client, live: LiveEdition, settings: Settings
) -> None:
    settings.SOLE_EDITOR = True
    alone = person("sol", "Author", "Publisher")
    say(MEDICINES, alone, summary="What to ask.")
    send(site_client, alone, tick(MEDICINES), alone_reason="Nobody else works here.")
    publishing.forget()

    text = Client(headers={"host": settings.SITE_URL.netloc}).get("/medicines/").content.decode()

    assert "Published by one person" in text
    assert "Nobody else works here." not in text


def test_on_a_site_of_several_nobody_is_asked_and_a_reason_does_not_help(
    site_client: Client, author: User, publisher: User
) -> None:
    say(CARD, author, lead="Call now.")

    assert 'name="alone_reason"' not in show(site_client, publisher)
    status, text = send(site_client, publisher, tick(CARD), alone_reason="In a hurry.")
    assert (status, "must approve it" in text, standing(CARD).is_changed) == (200, True, True)


def test_where_everything_is_approved_nobody_is_asked(
    site_client: Client, author: User, publisher: User, settings: Settings
) -> None:
    settings.SOLE_EDITOR = True
    approved(CARD, author, person("rea", "Clinical reviewer"), lead="Call now.")

    assert 'name="alone_reason"' not in show(site_client, publisher)


# --- Retiring and restoring ---------------------------------------------------------------------------------


@pytest.fixture
def extra(live: LiveEdition, author: User) -> Name:
    """A live page that no other names, with its working copy."""
    extra = new_page(live)
    editing.save(extra, base_hash="", by=author, why="", now=timezone.now())
    publish(publishing.Proposal(extra, "New."))
    return Kind.ARTICLE, extra.key


def retire(client: Client, user: User, of: Name, **typed: str) -> tuple[int, str]:
    client.force_login(user)
    given = {"summary": "Told elsewhere.", "when": "now", "_retire": "", **typed}
    response = client.post(address_of(*of, "retire"), given)
    return response.status_code, unescape(response.content.decode())


def test_a_page_is_retired_with_another_in_its_place_and_restored(
    site_client: Client, publisher: User, extra: Name
) -> None:
    assert retire(site_client, publisher, extra, points_to="myths")[0] == 303
    retired = publishing.read_edition(timezone.now()).retired_articles
    assert retired[extra[1]].points_to == "myths"

    assert site_client.post(address_of(*extra, "restore_live")).status_code == 303
    assert extra[1] in publishing.read_edition(timezone.now()).articles
    notes = [entry.get_change_message() for entry in LogEntry.objects.filter(user=publisher).order_by("pk")]
    assert notes == ["Retired in edition 3.", "Restored in edition 4."]


def test_a_page_is_retired_from_a_moment_on(site_client: Client, publisher: User, extra: Name) -> None:
    with time_machine.travel(NOW, tick=False):
        given = {"when": "later", "live_from": SUMMER, "zone": "Europe/London"}
        status, _ = retire(site_client, publisher, extra, **given)

    assert status == 303
    seen = [extra[1] in publishing.read_edition(datetime(YEAR, 6, 25, hour, tzinfo=UTC)).articles for hour in (7, 8)]
    assert seen == [True, False]


def test_a_page_that_stays_says_why_and_has_no_form(site_client: Client, publisher: User) -> None:
    site_client.force_login(publisher)

    text = unescape(site_client.get(address_of(*MEDICINES, "retire")).content.decode())

    assert ("This page is never retired" in text, 'name="summary"' in text) == (True, False)
    assert "This page is never retired" in retire(site_client, publisher, MEDICINES)[1]


def test_a_page_that_others_name_is_not_retired_and_they_are_listed(site_client: Client, publisher: User) -> None:
    status, text = retire(site_client, publisher, PAGE, summary="My sentence.")

    assert (status, "My sentence." in text) == (200, True)
    assert "related page recovery does not exist" in text
    assert f'<a href="{address_of(Kind.ARTICLE, "overview")}">' in text


@pytest.mark.parametrize("typed", [{"summary": ""}, {"points_to": "no-such-page"}, {"when": "later"}])
def test_a_retirement_that_lacks_something_is_asked_for_again(
    site_client: Client, publisher: User, extra: Name, typed: dict[str, str]
) -> None:
    assert retire(site_client, publisher, extra, **typed)[0] == 200
    assert extra[1] in publishing.read_edition(timezone.now()).articles


def test_only_a_publisher_retires_and_restores(site_client: Client, author: User, extra: Name) -> None:
    assert retire(site_client, author, extra)[0] == 403
    assert site_client.post(address_of(*extra, "restore_live")).status_code == 403


def test_what_is_not_retired_is_not_restored_and_the_editor_is_told(site_client: Client, publisher: User) -> None:
    site_client.force_login(publisher)

    response = site_client.post(address_of(*TERM, "restore_live"), follow=True)

    assert [str(message) for message in response.context["messages"]] == ["It is not retired."]

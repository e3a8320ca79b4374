"""Links to a preview for somebody without an account: who gets in, for how long, and who may give them out."""

import hashlib
import re
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.test import Client
from pytest_django import Settings

from backspasm.models import User
from education import contents, editing, structure
from education.editing import Refused, sharing
from education.models import Comment, PreviewLink
from tests.education.editing.people import person
from tests.education.editing.preview_links import COMMENT, NOW, TITLE, address, save, send

TOKEN: Final = re.compile(r"/preview/([\w-]+)/")


# --- Reading ----------------------------------------------------------------------------------------------------


def test_whoever_has_the_link_reads_the_unpublished_words(guest: Client, token: str) -> None:
    response = guest.get(address(token))

    assert response.status_code == 200
    assert TITLE in response.content.decode()
    assert TITLE not in guest.get("/glossary/").content.decode()


def test_the_page_is_for_no_cache_no_search_engine_and_no_other_site(guest: Client, token: str) -> None:
    headers = guest.get(address(token)).headers

    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Robots-Tag"] == "noindex"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"


def test_the_page_names_its_own_address_nowhere(guest: Client, token: str) -> None:
    assert token not in guest.get(address(token)).content.decode()


def test_reading_sets_the_cookie_of_the_form_and_no_other(guest: Client, token: str) -> None:
    guest.get(address(token))

    assert set(guest.cookies) == {"csrftoken"}


def test_reading_changes_nothing(guest: Client, token: str) -> None:
    before = list(PreviewLink.objects.values())

    guest.get(address(token))
    guest.head(address(token))

    assert list(PreviewLink.objects.values()) == before
    assert not Comment.objects.exists()


def test_the_link_shows_the_words_it_was_made_of_whatever_was_saved_since(guest: Client, token: str, ann: User) -> None:
    save(ann, "Later words")

    page = guest.get(address(token)).content.decode()

    assert TITLE in page
    assert "Later words" not in page


def new_source(by: User, title: str, now: datetime) -> structure.Source:
    """Save a source that is not live, and return it."""
    last = editing.library().sources.get("R900")
    source = msgspec.structs.replace(last or editing.library().sources["R1"], key="R900", title=title)
    base_hash = contents.content_hash(last) if last else ""
    assert editing.save(source, base_hash=base_hash, by=by, why="", now=now)
    return source


def link_to_bridge(by: User, source: str) -> str:
    """Save the exercise 'bridge' with this source, and return the address of a link to it."""
    last = editing.library().exercises["bridge"]
    content = msgspec.structs.replace(last, sources=(*last.sources, source))
    saved = editing.save(content, base_hash=contents.content_hash(last), by=by, why="", now=NOW)
    assert saved
    return address(sharing.make_link("exercise", "bridge", saved.content_hash, days=7, by=by, now=NOW))


def test_what_the_words_name_is_shown_as_it_was_when_the_link_was_made(guest: Client, ann: User) -> None:
    new_source(ann, "Oldest title", NOW - timedelta(hours=1))
    new_source(ann, "Title of then", NOW)
    link = link_to_bridge(ann, "R900")
    new_source(ann, "Title of later", NOW + timedelta(seconds=1))

    page = guest.get(link).content.decode()

    assert "Title of then" in page
    assert "Oldest title" not in page
    assert "Title of later" not in page


def test_what_was_first_saved_after_the_link_was_made_is_left_out_with_a_note(guest: Client, ann: User) -> None:
    new_source(ann, "Title of later", NOW + timedelta(seconds=1))
    link = link_to_bridge(ann, "R900")

    page = guest.get(link).content.decode()

    assert "Title of later" not in page
    assert "Left out: the source “R900”, which does not exist." in page


def test_unpublished_words_that_these_do_not_name_are_not_shown(guest: Client, token: str, ann: User) -> None:
    other = msgspec.structs.replace(editing.library().terms["acute"], key="zygapophysis", name="Zygapophysis")
    assert editing.save(other, base_hash="", by=ann, why="", now=NOW - timedelta(hours=1))

    assert "Zygapophysis" not in guest.get(address(token)).content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_unknown_expired_and_revoked_links_answer_the_same(
    guest: Client, token: str, words: structure.Publishable, ann: User, clock: time_machine.Traveller, method: str
) -> None:
    guest.handler.enforce_csrf_checks = False
    revoked = sharing.make_link("term", "acute", contents.content_hash(words), days=30, by=ann, now=NOW)
    sharing.revoke("term", "acute", sharing.links_to("term", "acute")[0].pk, now=NOW)
    PreviewLink.objects.filter(revoked_at=None).update(expires_at=NOW)

    answers = [getattr(guest, method)(address(each), COMMENT) for each in ("x" * 43, token, revoked)]

    assert [answer.status_code for answer in answers] == [404] * 3
    assert len({answer.content for answer in answers}) == 1
    assert len({str(dict(answer.headers)) for answer in answers}) == 1


def test_a_link_works_to_the_last_second_of_its_days(guest: Client, token: str, clock: time_machine.Traveller) -> None:
    clock.move_to(NOW + timedelta(days=7, seconds=-1))
    assert guest.get(address(token)).status_code == 200

    clock.move_to(NOW + timedelta(days=7))
    assert guest.get(address(token)).status_code == 404


def test_a_token_is_too_long_to_guess_and_only_its_hash_is_kept(token: str) -> None:
    link = PreviewLink.objects.get()

    assert len(token) == 43  # 256 bits
    assert link.token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert token not in str(PreviewLink.objects.values())


def test_words_that_were_never_saved_get_no_link(ann: User) -> None:
    with pytest.raises(Refused):
        sharing.make_link("term", "acute", "0" * 64, days=1, by=ann, now=NOW)


# --- The editors' screen ----------------------------------------------------------------------------------------


@pytest.fixture
def editor(ann: User, words: structure.Publishable, settings: Settings) -> Client:
    """Ann, signed in."""
    client = Client(headers={"host": settings.SITE_URL.netloc})
    client.force_login(ann)
    return client


def screen() -> str:
    row = editing.row_of("term", "acute")
    assert row is not None
    return f"/admin/education/term/{row.pk}/links/"


def make(editor: Client, days: object = 7) -> str:
    """Make a link; return the answer."""
    return editor.post(screen(), {"days": str(days)}).content.decode()


def test_the_new_link_is_shown_whole_just_once(editor: Client, settings: Settings) -> None:
    page = make(editor)
    token = TOKEN.findall(page)

    assert f"readonly autofocus>{settings.SITE_URL}/preview/{token[0]}/</textarea>" in page
    assert TOKEN.findall(editor.get(screen()).content.decode()) == []
    assert editor.get(address(token[0])).status_code == 200


@pytest.mark.parametrize("days", [1, 7, 30])
def test_a_link_works_for_the_days_that_were_chosen(editor: Client, days: int) -> None:
    make(editor, days)

    link = PreviewLink.objects.get()
    assert link.expires_at == NOW + timedelta(days=days)


@pytest.mark.parametrize("days", ["", "0", "365", "x"])
def test_no_other_time_can_be_chosen(editor: Client, days: str) -> None:
    response = editor.post(screen(), {"days": days})

    assert response.status_code == 400
    assert not PreviewLink.objects.exists()


def test_the_link_is_of_the_words_as_saved_now(editor: Client, words: structure.Publishable) -> None:
    make(editor)

    assert PreviewLink.objects.get().content_hash == contents.content_hash(words)


def test_a_revoked_link_stops_at_once(editor: Client, guest: Client, token: str) -> None:
    link = PreviewLink.objects.get()

    response = editor.post(screen(), {"revoke": str(link.pk)})

    assert (response.status_code, response.headers["Location"]) == (303, screen())
    assert guest.get(address(token)).status_code == 404
    assert "Revoked 18 January 2027" in editor.get(screen()).content.decode()


@pytest.mark.parametrize("link", ["", "x", "00000000-0000-0000-0000-000000000000"])
def test_revoking_what_is_no_link_harms_nothing(editor: Client, guest: Client, token: str, link: str) -> None:
    response = editor.post(screen(), {"revoke": link})

    assert response.status_code == 303
    assert guest.get(address(token)).status_code == 200


def test_a_link_of_another_content_is_not_revoked_here(ann: User, token: str) -> None:
    assert not sharing.revoke("term", "other", PreviewLink.objects.get().pk, now=NOW)


def test_links_and_comments_say_which_words_they_are_about(
    editor: Client, guest: Client, token: str, ann: User
) -> None:
    send(guest, token)
    assert "an older wording" not in editor.get(screen()).content.decode()
    save(ann, "Later words")

    page = editor.get(screen()).content.decode()

    assert page.count("an older wording") == 2
    assert "not verified" in page


def test_what_was_done_is_noted_without_the_token(editor: Client) -> None:
    token = TOKEN.findall(make(editor))[0]

    noted = str(list(LogEntry.objects.values()))
    assert "Made a preview link for 7 days." in noted
    assert token not in noted
    assert token not in str(dict(editor.session.items()))


def test_whoever_may_make_no_link_sees_none(words: structure.Publishable, token: str, settings: Settings) -> None:
    client = Client(headers={"host": settings.SITE_URL.netloc})
    client.force_login(person("paul", "Publisher"))

    responses: list[Any] = [client.get(screen()), client.post(screen(), {"days": "7"})]

    assert [response.status_code for response in responses] == [403, 403]
    assert PreviewLink.objects.count() == 1

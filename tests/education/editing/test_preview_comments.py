"""What somebody with a preview link may leave behind, and how it is shown."""

from datetime import timedelta

import pytest
import time_machine
from django.db import OperationalError
from django.test import Client

from backspasm.models import User
from backspasm.shared_cache import CounterUnavailable
from education import contents, structure
from education.editing import sharing
from education.models import Comment
from tests.education.editing.people import person
from tests.education.editing.preview_links import COMMENT, NOW, address, save, send
from tests.education.feedback_form import failing


def test_a_comment_is_kept_with_the_words_it_is_about(guest: Client, token: str, words: structure.Publishable) -> None:
    response = send(guest, token)

    kept = Comment.objects.get()
    assert (response.status_code, response.headers["Location"]) == (303, f"{address(token)}#comments")
    assert (kept.kind, kept.key, kept.content_hash) == ("term", "acute", contents.content_hash(words))
    assert (kept.name, kept.text, kept.author, kept.made_at) == (*COMMENT.values(), None, NOW)


def test_a_typed_name_is_shown_as_not_verified_and_lines_are_kept(guest: Client, token: str) -> None:
    send(guest, token, text="First line.\r\n\r\nThird line.")

    page = guest.get(address(token)).content.decode()

    assert "<bdi>Dr Example</bdi>, not verified" in page
    assert "First line.<br><br>Third line." in page


def test_what_staff_say_among_themselves_is_not_shown_to_a_guest(
    guest: Client, token: str, words: structure.Publishable
) -> None:
    rita = person("rita", "Clinical reviewer")
    fields = {"kind": "term", "key": "acute", "content_hash": contents.content_hash(words), "made_at": NOW}
    Comment(**fields, name=rita.email, author=rita, text="Not fit to be read.").save()
    send(guest, token)

    page = guest.get(address(token)).content.decode()

    assert "Dr Example" in page
    assert "Not fit to be read" not in page
    assert "Clinical reviewer" not in page
    assert {remark.text for remark in sharing.remarks("term", "acute")} >= {"Not fit to be read."}


def test_a_comment_about_other_words_is_not_shown_beside_these(guest: Client, token: str, ann: User) -> None:
    send(guest, token)
    later = contents.content_hash(save(ann, "Later words"))
    other = sharing.make_link("term", "acute", later, days=1, by=ann, now=NOW)

    assert "Dr Example" not in guest.get(address(other)).content.decode()
    assert "Dr Example" in guest.get(address(token)).content.decode()


def test_hostile_words_stay_words(guest: Client, token: str) -> None:
    hostile = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    send(guest, token, name="</bdi><b>x", text=hostile)

    page = guest.get(address(token)).content.decode()

    assert "<script>alert" not in page
    assert "&lt;img src=x" in page
    assert "&lt;/bdi&gt;&lt;b&gt;x" in page


@pytest.mark.parametrize(
    "fields",
    [{"name": ""}, {"name": " "}, {"name": "x" * 81}, {"text": ""}, {"text": "x" * 2001}, {"text": "a\x00b"}],
)
def test_a_comment_with_a_mistake_is_refused_and_what_was_typed_stays(
    guest: Client, token: str, fields: dict[str, str]
) -> None:
    response = send(guest, token, **fields)

    page = response.content.decode()
    typed = {**COMMENT, **fields}
    assert response.status_code == 400
    assert "There is something to fix" in page
    assert f'value="{typed["name"]}"' in page or typed["name"].strip() == ""
    assert typed["text"].replace("\n", "&#10;") in page
    assert not Comment.objects.exists()


def test_a_line_break_counts_once_as_in_the_browser(guest: Client, token: str) -> None:
    assert send(guest, token, text="\r\n".join("x" * 1000)).status_code == 303


def test_a_form_from_elsewhere_is_refused(guest: Client, token: str) -> None:
    assert guest.post(address(token), COMMENT).status_code == 403
    assert not Comment.objects.exists()


def test_the_eleventh_comment_of_an_hour_waits_and_stays_in_the_form(
    guest: Client, token: str, clock: time_machine.Traveller
) -> None:
    statuses = [send(guest, token).status_code for _ in range(10)]
    refused = send(guest, token)
    clock.move_to(NOW + timedelta(hours=1))

    assert statuses == [303] * 10
    assert refused.status_code == 429
    assert "First line.&#10;&#10;Third line." in refused.content.decode()
    assert send(guest, token).status_code == 303


@pytest.mark.parametrize("error", [OperationalError("read-only"), CounterUnavailable("feedback")])
@pytest.mark.parametrize("where", ["sharing.comment", "feedback.is_within_limit"])
def test_where_nothing_can_be_saved_the_words_stay_in_the_form(
    guest: Client, token: str, monkeypatch: pytest.MonkeyPatch, error: Exception, where: str
) -> None:
    monkeypatch.setattr(f"education.views.preview.{where}", failing(error))

    response = send(guest, token)

    page = response.content.decode()
    assert response.status_code == 503
    assert "Nothing was lost" in page
    assert "First line.&#10;&#10;Third line." in page

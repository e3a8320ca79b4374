"""'Did this help?': the only public write. Who may send it, what is kept, and what is never kept."""

import logging
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from education import feedback
from education.models import Feedback
from tests.education.feedback_form import ADDRESS, ANSWER, COMMENT, browser, failing, typed


@pytest.fixture
def reader(db: None) -> Client:
    """Somebody who answers on our own page."""
    return browser(**{"sec-fetch-site": "same-origin"})


# --- An answer --------------------------------------------------------------------------------------------------


def test_an_answer_is_stored_and_thanked_for_on_a_page_of_its_own(reader: Client) -> None:
    response = reader.post(ADDRESS, ANSWER)

    assert (response.status_code, response.headers["Location"]) == (303, "/feedback/thanks/")
    stored = Feedback.objects.get()
    assert (stored.page, stored.edition, stored.helped, stored.comment) == ("treatment", 1, True, COMMENT)
    assert reader.get(response.headers["Location"]).status_code == 200


def test_no_alone_is_an_answer(reader: Client) -> None:
    reader.post(ADDRESS, {**ANSWER, "helped": "no", "comment": ""})

    assert list(Feedback.objects.values_list("helped", "comment")) == [(False, "")]


def test_answering_needs_and_sets_no_cookie(reader: Client) -> None:
    response = reader.post(ADDRESS, ANSWER)

    assert not response.cookies
    assert not reader.cookies


def test_the_form_of_a_page_carries_its_page_and_its_edition(site_client: Client) -> None:
    page = site_client.get("/treatment/").content.decode()

    form = page.split('action="/feedback/"', 1)[1].split("</form>", 1)[0]
    assert 'name="page" value="treatment"' in form
    assert 'name="edition" value="1"' in form
    assert "csrfmiddlewaretoken" not in page
    assert "Please write nothing about your health" in form


# --- From where -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "same-origin"}, 303),
        ({"sec-fetch-site": "same-origin", "origin": "https://evil.example"}, 303),
        ({"origin": "http://127.0.0.1:8000"}, 303),
        ({}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "none"}, 403),
        ({"sec-fetch-site": ""}, 403),
        ({"sec-fetch-site": "cross-site", "origin": "http://127.0.0.1:8000"}, 403),
        ({"origin": "http://127.0.0.1"}, 403),
        ({"origin": "https://127.0.0.1:8000"}, 403),
        ({"origin": "http://127.0.0.1:8000.evil.example"}, 403),
        ({"origin": "http://127.0.0.1:8000@evil.example"}, 403),
        ({"origin": "http://["}, 403),
        ({"origin": "null"}, 403),
        ({"referer": "http://127.0.0.1:8000/treatment/"}, 403),
    ],
)
def test_only_our_own_pages_may_send_an_answer(site_client: Client, headers: dict[str, str], status: int) -> None:
    stranger = browser(**headers)

    response = stranger.post(ADDRESS, ANSWER)

    assert response.status_code == status
    assert Feedback.objects.count() == (status == 303)


@pytest.mark.parametrize("method", ["get", "head", "put", "delete", "options"])
def test_the_address_takes_a_post_alone(reader: Client, method: str) -> None:
    response = getattr(reader, method)(ADDRESS)

    assert (response.status_code, response.headers["Allow"]) == (405, "POST")


# --- Bad values -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"helped": ""}, "helped"),
        ({"helped": "maybe"}, "helped"),
        ({"page": ""}, "page"),
        ({"page": "../etc"}, "page"),
        ({"page": "x" * 61}, "page"),
        ({"page": "tre\x00atment"}, "page"),
        ({"edition": ""}, "edition"),
        ({"edition": "0"}, "edition"),
        ({"edition": "-1"}, "edition"),
        ({"edition": "one"}, "edition"),
        ({"edition": "9" * 30}, "edition"),
    ],
)
def test_a_bad_value_is_named_and_what_was_typed_stays(reader: Client, change: dict[str, str], field: str) -> None:
    response = reader.post(ADDRESS, {**ANSWER, **change})

    page = response.content.decode()
    assert response.status_code == 400
    assert field in response.context["form"].errors
    assert typed(page)
    assert 'role="alert"' in page or "error" in page
    assert not Feedback.objects.exists()


def test_a_comment_too_long_is_shown_whole_with_its_limit(reader: Client) -> None:
    comment = "word " * 61

    response = reader.post(ADDRESS, {**ANSWER, "comment": comment})

    page = response.content.decode()
    assert response.status_code == 400
    assert comment.strip() in page
    assert "300" in page
    assert not Feedback.objects.exists()


def test_what_was_typed_is_never_markup(reader: Client) -> None:
    response = reader.post(ADDRESS, {**ANSWER, "helped": "", "comment": '"><script>alert(1)</script>'})

    assert b"<script>alert" not in response.content


@pytest.mark.parametrize(
    "comment", ["caf\u00e9 \U0001f9b4 \u0623\u0644\u0645", "'; DROP TABLE education_feedback; --", "a" * 300]
)
def test_any_words_up_to_three_hundred_characters_are_kept_as_they_are(reader: Client, comment: str) -> None:
    assert reader.post(ADDRESS, {**ANSWER, "comment": comment}).status_code == 303
    assert Feedback.objects.get().comment == comment


def test_two_kilobytes_are_the_most_that_is_read(reader: Client) -> None:
    response = reader.post(ADDRESS, {**ANSWER, "comment": "a" * 2048})

    assert response.status_code == 413
    assert "too long" in response.content.decode()
    assert not Feedback.objects.exists()


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "application/x-www-form-urlencoded"),
        (b"\xff\xfe\x00%ff&&&===", "application/x-www-form-urlencoded"),
        (b"helped=yes", "application/x-www-form-urlencoded; charset=utf-7"),
        (b"a&" * 1020, "application/x-www-form-urlencoded"),
        (b"nonsense", "multipart/form-data"),
        (b"nonsense", "multipart/form-data; boundary=\xff"),
        (b'{"helped": "yes"}', "application/json"),
        (b"x", ""),
    ],
)
def test_a_body_that_is_no_form_gets_a_page_that_says_so(reader: Client, body: bytes, kind: str) -> None:
    response = reader.post(ADDRESS, body, content_type=kind)

    assert response.status_code == 400
    assert 'class="skip" href="#main"' in response.content.decode()


@pytest.mark.parametrize("length", ["abc", "-5", "", "\u00b2", "9" * 5000])
def test_a_length_that_is_no_number_is_no_fault_of_ours(reader: Client, length: str) -> None:
    response = reader.post(ADDRESS, ANSWER, CONTENT_LENGTH=length)

    assert response.status_code in {400, 413}


# --- What stays -------------------------------------------------------------------------------------------------


def test_texts_go_after_twelve_months_and_the_answers_stay(db: None) -> None:
    now = timezone.now()
    for days in (364, 366):
        feedback.store(page="treatment", edition=1, helped=True, comment=f"{days} days", now=now - timedelta(days=days))

    out = StringIO()
    call_command("forget_old", stdout=out)
    call_command("forget_old", stdout=StringIO())

    assert "1 old text(s)" in out.getvalue()
    assert set(Feedback.objects.values_list("comment", flat=True)) == {"364 days", ""}


def test_every_new_answer_takes_old_texts_with_it(reader: Client) -> None:
    old = timezone.now() - timedelta(days=366)
    feedback.store(page="treatment", edition=1, helped=True, comment="old", now=old)

    reader.post(ADDRESS, ANSWER)

    assert set(Feedback.objects.values_list("comment", flat=True)) == {COMMENT, ""}


@pytest.mark.parametrize("change", [{}, {"helped": ""}, {"comment": COMMENT * 20}, {"page": "no page"}])
def test_nothing_that_was_typed_is_logged(
    reader: Client, caplog: pytest.LogCaptureFixture, change: dict[str, str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        reader.post(ADDRESS, {**ANSWER, **change}, REMOTE_ADDR="192.0.2.77")

    said = "".join(record.getMessage() for record in caplog.records if not record.name.startswith("django.db"))
    assert "Plain words" not in said
    assert "192.0.2.77" not in said


def test_nothing_that_was_typed_is_logged_when_it_cannot_be_stored(
    reader: Client, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("education.feedback.Feedback.objects.create", failing(OperationalError(f"row: {COMMENT}")))

    with caplog.at_level(logging.INFO):
        reader.post(ADDRESS, ANSWER)

    assert COMMENT not in caplog.text

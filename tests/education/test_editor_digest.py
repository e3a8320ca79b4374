"""The weekly mail to editors: what waits for each, once a week, and silence when nothing waits."""

import smtplib
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any, Final

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command
from pytest_django import Settings

from backspasm import environment
from backspasm.models import User
from education import editing
from education.editing import digest
from education.edition import LiveEdition
from education.models import Article, WeeklyDigest
from tests.education.editing.people import person
from tests.education.editing.wordings import CARD, say

pytestmark = pytest.mark.django_db

MONDAY: Final = datetime(2030, 11, 18, 6, tzinfo=UTC)


def editor(name: str, *roles: str, is_confirmed: bool = True) -> User:
    user = person(name, *roles)
    EmailAddress.objects.create(user=user, email=user.email, verified=is_confirmed, primary=True)
    return user


@pytest.fixture
def nothing_due(live: LiveEdition) -> None:
    Article.objects.update(review_due_on=date(2040, 1, 1))


@pytest.fixture
def due(nothing_due: None) -> Article:
    """One page whose review is due on Friday, and one that was due in October."""
    first, second = Article.objects.order_by("position")[:2]
    Article.objects.filter(pk=first.pk).update(review_due_on=date(2030, 11, 22))
    Article.objects.filter(pk=second.pk).update(review_due_on=date(2030, 10, 1))
    return first


@pytest.fixture
def waiting(nothing_due: None) -> None:
    """A card that Ann handed in."""
    ann = person("ann", "Author")
    words = say(CARD, ann, lead="Said otherwise.", now=MONDAY)
    editing.hand_in(*CARD, words, changes="Plainer.", by=ann, now=MONDAY)


def to() -> list[str]:
    return [address for message in mail.outbox for address in message.to]


def test_an_author_is_told_of_reviews_due_this_week_and_overdue(due: Article) -> None:
    author = editor("author", "Author")

    assert digest.send(now=MONDAY) == 1

    (message,) = mail.outbox
    assert message.to == [author.email]
    assert message.subject == "Waiting for you this week"
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"
    assert f"- {due.title}: due on 22 November 2030" in message.body
    assert "overdue since 1 October 2030" in message.body
    assert message.body.count("\n- ") == 2
    assert "/admin/" in message.body


def test_a_reviewer_is_told_of_what_waits_for_approval_and_not_of_reviews(due: Article, waiting: None) -> None:
    editor("reviewer", "Clinical reviewer")

    assert digest.send(now=MONDAY) == 1

    body = mail.outbox[0].body
    assert "Waiting for your approval:" in body
    assert "Reviews due" not in body


def test_nobody_is_asked_to_approve_their_own_words(waiting: None) -> None:
    ann = User.objects.get(email="ann@example.org")
    EmailAddress.objects.create(user=ann, email=ann.email, verified=True, primary=True)
    ann.groups.add(*person("other", "Clinical reviewer").groups.all())

    assert digest.send(now=MONDAY) == 0


def test_it_comes_once_a_week_however_often_it_is_run(due: Article) -> None:
    editor("author", "Author")
    digest.send(now=MONDAY)

    again = [digest.send(now=MONDAY + timedelta(days=days)) for days in (0, 6, 7)]

    assert again == [0, 0, 1]
    assert sorted(WeeklyDigest.objects.values_list("week", flat=True)) == ["2030-W47", "2030-W48"]


def test_nothing_is_sent_when_nothing_waits(nothing_due: None) -> None:
    editor("author", "Author", "Clinical reviewer", "Publisher")

    assert digest.send(now=MONDAY) == 0
    assert (mail.outbox, WeeklyDigest.objects.count()) == ([], 0)


def test_only_editors_who_can_be_reached_get_it(due: Article) -> None:
    editor("unconfirmed", "Author", is_confirmed=False)
    editor("no-role")
    left = editor("left", "Author")
    User.objects.filter(pk=left.pk).update(is_active=False)
    patient = User.objects.create_user("patient@example.org")
    EmailAddress.objects.create(user=patient, email=patient.email, verified=True, primary=True)
    publisher = editor("publisher", "Publisher")

    digest.send(now=MONDAY)

    assert to() == [publisher.email]


def test_a_mail_that_was_refused_is_tried_at_the_next_pass_and_keeps_no_other_back(
    due: Article, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor("a-author", "Author"), editor("b-author", "Author")
    send = EmailBackend.send_messages

    def refuse_one(self: EmailBackend, messages: Sequence[Any]) -> int:
        if messages[0].to == ["a-author@example.org"]:
            raise smtplib.SMTPServerDisconnected("gone")
        sent: int = send(self, messages)
        return sent

    monkeypatch.setattr(EmailBackend, "send_messages", refuse_one)
    assert digest.send(now=MONDAY) == 1
    monkeypatch.undo()

    assert digest.send(now=MONDAY + timedelta(hours=1)) == 1
    assert to() == ["b-author@example.org", "a-author@example.org"]


def test_the_command_says_how_many(due: Article) -> None:
    out = StringIO()
    editor("author", "Author")

    call_command("editor_digest", once=True, stdout=out)

    assert out.getvalue().startswith("weekly mail: ")


def test_a_site_without_mail_says_so(settings: Settings) -> None:
    settings.SITE_URL = environment.site_url("https://back.example.org")
    settings.EMAIL_HOST = ""

    with pytest.raises(CommandError, match="EMAIL_HOST"):
        call_command("editor_digest", once=True)

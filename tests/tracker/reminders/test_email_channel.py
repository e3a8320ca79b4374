"""E-mail: what stands in a mail, and what every way of a mail server to fail means."""

import email
import re
from email import policy
from email.message import EmailMessage
from io import StringIO
from pathlib import Path
from typing import Final, cast

import pytest
from django.core import mail as outbox
from django.core.management import call_command
from pytest_django import Settings

from tests.site_process import free_port
from tests.tracker.reminders.mail_servers import bad_server, mail_server
from tests.tracker.reminders.sample_messages import HEALTH_WORDS, PAGE, STOP, make_message
from tracker.reminders.channels import email as module
from tracker.reminders.channels.email import EmailChannel, content_of, mail_of
from tracker.reminders.channels.message import DeliveryError, Message

ADDRESS: Final = "sam@example.com"
_LINK: Final = re.compile(r"https?://[^\s\"'<>]+")


@pytest.fixture
def over_smtp(settings: Settings) -> Settings:
    """Settings of a site with a mail server; a test names its port."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_USE_TLS = False
    settings.EMAIL_TIMEOUT = 5
    settings.DEFAULT_FROM_EMAIL = "Backspasm <noreply@example.org>"
    return settings


def read(raw: bytes) -> EmailMessage:
    """Parse a mail as a mail program does."""
    return email.message_from_bytes(raw, policy=policy.default)


def written(message: Message, address: str = ADDRESS) -> EmailMessage:
    return read(content_of(mail_of(message, address)))


def part(mail: EmailMessage, kind: str) -> str:
    found = mail.get_body((kind,))
    assert found is not None
    text: str = found.get_content()
    return text.replace("\r\n", "\n")


def trouble_of(*sends: tuple[Message, str]) -> list[tuple[str, str]]:
    """What each of several mails of one batch met: trouble and code, or two empty strings."""
    met = []
    with EmailChannel().batch() as batch:
        for message, address in sends:
            try:
                batch.send(message, address)
                met.append(("", ""))
            except DeliveryError as error:
                met.append((error.trouble, error.code))
    return met


def test_a_mail_has_the_headers_of_a_message_that_was_asked_for(over_smtp: Settings) -> None:
    mail = written(make_message(key="k" * 32))

    assert {name: str(value) for name, value in mail.items() if name not in {"Date", "Content-Type"}} == {
        "MIME-Version": "1.0",
        "Subject": "Your reminder",
        "From": "Your reminders <noreply@example.org>",
        "To": ADDRESS,
        "Message-ID": f"<{'k' * 32}@example.org>",
        "List-Id": "<reminders.example.org>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "List-Unsubscribe": f"<{STOP}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    assert mail["Date"].datetime.year >= 2026
    assert mail.defects == []


def test_the_plain_part_comes_first_and_the_html_part_last() -> None:
    parts = [part.get_content_type() for part in written(make_message()).iter_parts()]

    assert parts == ["text/plain", "text/html"]


@pytest.mark.parametrize("stop", [STOP, ""])
def test_both_parts_have_the_same_links_and_all_are_ours(stop: str) -> None:
    mail = written(make_message(stop=stop))

    links = [sorted(_LINK.findall(part(mail, kind))) for kind in ("plain", "html")]

    assert links[0] == links[1] == sorted(filter(None, [PAGE, stop]))


def test_nothing_is_loaded_from_elsewhere_and_nothing_counts_who_reads() -> None:
    html = part(written(make_message()), "html")

    assert not re.search(r"<(img|link|script|iframe)|url\(|src=", html)


def test_a_mail_without_a_stop_link_has_no_header_for_one() -> None:
    mail = written(make_message(stop=""))

    assert (mail["List-Unsubscribe"], mail["List-Unsubscribe-Post"]) == (None, None)


def test_no_word_of_health_stands_in_subject_sender_or_text(settings: Settings) -> None:
    settings.DEFAULT_FROM_EMAIL = "Backspasm <noreply@example.org>"
    mail = written(make_message())
    plain = part(mail, "plain")
    html = re.sub(r"<[^>]*>", " ", part(mail, "html"))

    seen = " ".join([mail["Subject"], mail["From"], plain, html]).lower()

    assert [word for word in HEALTH_WORDS if re.search(rf"\b{word}", seen)] == []


def test_the_same_key_makes_the_same_message_id() -> None:
    first, again, other = (written(make_message(key=key))["Message-ID"] for key in ("a" * 32, "a" * 32, "b" * 32))

    assert first == again != other


def test_a_domain_in_another_script_is_written_as_dns_knows_it() -> None:
    assert written(make_message(), "sam@bücher.example")["To"] == "sam@xn--bcher-kva.example"


@pytest.mark.parametrize(
    "address",
    [
        "sam@example.com\r\nBcc: eve@example.com",
        "sam@example.com\nX: 1",
        "säm@example.com",
        "no address",
        "@example.com",
    ],
    ids=["crlf", "newline", "other script", "none", "no name"],
)
def test_an_address_that_no_mail_can_go_to_is_refused(address: str) -> None:
    assert trouble_of((make_message(), address)) == [("refused", "mail_address")]


@pytest.mark.parametrize(
    "fields",
    [{"title": "Hi\r\nBcc: eve@example.com"}, {"key": "k\r\nBcc: eve@example.com"}, {"stop": "x>\nBcc: e@example.com"}],
    ids=["title", "key", "stop"],
)
def test_no_line_break_gets_into_a_header(fields: dict[str, str]) -> None:
    assert trouble_of((make_message(**fields), ADDRESS)) == [("later", "mail_header")]
    assert outbox.outbox == []


def test_signs_of_html_are_escaped_in_the_html_part_alone() -> None:
    mail = written(make_message(body="5 < 6 & so on"))

    assert "5 < 6 & so on" in part(mail, "plain")
    assert "5 &lt; 6 &amp; so on" in part(mail, "html")


def test_a_real_server_gets_a_batch_over_one_connection(over_smtp: Settings) -> None:
    with mail_server() as server:
        over_smtp.EMAIL_PORT = server.port
        met = trouble_of(*[(make_message(key=f"{number:032}"), ADDRESS) for number in range(5)])

    assert met == [("", "")] * 5
    assert len(server.sessions) == 1
    assert [read(raw)["Message-ID"][1:33] for raw in server.mails] == [f"{number:032}" for number in range(5)]


def test_lines_that_begin_with_a_dot_and_other_scripts_arrive_as_they_were(over_smtp: Settings) -> None:
    body = ".one\n..two\nÜber 14:00 – 見て"
    with mail_server() as server:
        over_smtp.EMAIL_PORT = server.port
        trouble_of((make_message(body=body), ADDRESS))

    assert body in part(read(server.mails[0]), "plain")


@pytest.mark.parametrize(
    ("answer", "met"),
    [
        ("550 5.1.1 No such user", ("refused", "mail_refused")),
        ("550 No such user", ("refused", "mail_refused")),
        ("552 5.2.2 Mailbox full", ("refused", "mail_refused")),
        # Said of us, not of the address: it must not stop everybody's reminders.
        ("550 5.7.1 Relaying denied", ("later", "mail_put_off")),
        ("550 relay access denied", ("later", "mail_put_off")),
        ("450 4.2.1 Try again later", ("later", "mail_put_off")),
        ("451 Greylisted", ("later", "mail_put_off")),
    ],
    ids=["no user", "no code", "full", "policy", "policy without a code", "later", "greylisted"],
)
def test_what_a_server_says_to_one_address_stops_no_other(
    over_smtp: Settings, answer: str, met: tuple[str, str]
) -> None:
    with mail_server(answers={"gone@example.com": answer}) as server:
        over_smtp.EMAIL_PORT = server.port
        every = trouble_of((make_message(), "gone@example.com"), (make_message(), ADDRESS))

    assert every == [met, ("", "")]
    assert server.recipients == [ADDRESS]


@pytest.mark.parametrize(
    ("answer", "met"),
    [
        ("554 5.6.0 Looks like spam", ("later", "mail_put_off")),
        ("550 5.1.1 No such user after all", ("refused", "mail_refused")),
        ("452 4.3.1 Disk full", ("later", "mail_put_off")),
    ],
    ids=["spam", "no user", "disk"],
)
def test_what_a_server_says_to_the_content(over_smtp: Settings, answer: str, met: tuple[str, str]) -> None:
    with mail_server(to_content=[answer]) as server:
        over_smtp.EMAIL_PORT = server.port
        every = trouble_of((make_message(), ADDRESS), (make_message(), ADDRESS))

    assert every == [met, ("", "")]


def test_a_server_that_is_away_takes_the_mails_later_and_is_asked_once(over_smtp: Settings) -> None:
    over_smtp.EMAIL_PORT = free_port()

    assert trouble_of(*[(make_message(), ADDRESS)] * 3) == [("later", "mail_server_away")] * 3


@pytest.mark.parametrize("at", ["connect", "mail", "rcpt", "data"])
def test_a_line_that_drops_before_the_content_leaves_a_mail_for_later(over_smtp: Settings, at: str) -> None:
    with bad_server(at) as server:
        over_smtp.EMAIL_PORT = server.port
        met = trouble_of((make_message(), ADDRESS))

    assert met == [("later", "mail_server_away")]
    assert server.taken == 0


def test_a_line_that_drops_after_the_content_leaves_open_what_became_of_it(over_smtp: Settings) -> None:
    with bad_server("content") as server:
        over_smtp.EMAIL_PORT = server.port
        met = trouble_of((make_message(), ADDRESS))

    assert met == [("unknown", "mail_line_broke")]


def test_after_a_dropped_line_the_next_mail_gets_a_new_one(over_smtp: Settings) -> None:
    with bad_server("content", breaks=1) as server:
        over_smtp.EMAIL_PORT = server.port
        met = trouble_of((make_message(), ADDRESS), (make_message(), ADDRESS))

    assert met == [("unknown", "mail_line_broke"), ("", "")]
    assert (server.connections, server.taken) == (2, 1)


@pytest.mark.parametrize(
    ("at", "met"),
    [
        ("connect", ("later", "mail_server_away")),
        ("rcpt", ("later", "mail_server_away")),
        ("content", ("unknown", "mail_line_broke")),
    ],
)
def test_a_server_that_hangs_holds_a_batch_once(over_smtp: Settings, at: str, met: tuple[str, str]) -> None:
    over_smtp.EMAIL_TIMEOUT = 0.3
    with bad_server(at, hangs=True) as server:
        over_smtp.EMAIL_PORT = server.port
        every = trouble_of(*[(make_message(), ADDRESS)] * 3)

    assert every == [met, ("later", "mail_server_away"), ("later", "mail_server_away")]
    assert server.connections == 1


def test_an_idle_line_that_was_closed_is_opened_again_without_a_word(over_smtp: Settings) -> None:
    with mail_server() as server, EmailChannel().batch() as batch:
        over_smtp.EMAIL_PORT = server.port
        batch = cast(module._Line, batch)
        batch._backend.port = server.port
        batch.send(make_message(key="a" * 32), ADDRESS)
        batch._backend.connection.sock.close()
        batch.send(make_message(key="b" * 32), ADDRESS)

    assert len(server.mails) == 2


def test_a_sign_in_that_is_refused_is_no_fault_of_an_address(
    over_smtp: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    over_smtp.EMAIL_HOST_USER = "site"
    over_smtp.EMAIL_HOST_PASSWORD = "wrong"
    with mail_server() as server:
        over_smtp.EMAIL_PORT = server.port
        met = trouble_of((make_message(), ADDRESS), (make_message(), ADDRESS))

    assert [trouble for trouble, _code in met] == ["later", "later"]
    assert ADDRESS not in caplog.text
    assert server.mails == []


def test_a_site_without_a_server_writes_mails_that_latest_mail_reads(settings: Settings, tmp_path: Path) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    settings.EMAIL_HOST = ""
    out = StringIO()

    assert trouble_of((make_message(), "first@example.com"), (make_message(), ADDRESS)) == [("", "")] * 2
    call_command("latest_mail", stdout=out)

    assert f"To: {ADDRESS}" in out.getvalue()
    assert PAGE in out.getvalue()

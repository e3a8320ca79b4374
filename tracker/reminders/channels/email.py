"""E-mail: one message, plain and HTML, over one connection for a whole batch. Knows a Message and no model."""

import hashlib
import io
import logging
import re
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.generator import BytesGenerator
from email.policy import Compat32
from email.utils import formataddr, parseaddr
from typing import Any, Final, cast

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.message import BadHeaderError
from django.template.loader import render_to_string
from django.utils.encoding import punycode
from django.utils.translation import gettext as _

from tracker.reminders.channels.message import Address, Batch, DeliveryError, Message

_log = logging.getLogger(__name__)

_OK: Final = 250
_FORWARDED: Final = 251
_GO_ON: Final = 354
_CLOSING: Final = 421
_PERMANENT: Final = 500
_LONGEST_HEADER: Final = 800  # a line may have 998 characters
_DOT: Final = re.compile(rb"(?m)^\.")
# RFC 3463: what a provider says of the address, and of what it thinks of us (policy, relaying, signatures).
_OF_THE_ADDRESS: Final = re.compile(rb"\A5\.[12]\.")
_OF_US: Final = re.compile(rb"\A5\.[3-7]\.|relay|polic|spam|block|denied|reputation|authenticat", re.IGNORECASE)


class EmailChannel:
    """Sends through the mail server of the settings, or into the mail folder of a local site."""

    @contextmanager
    def batch(self) -> Iterator[Batch]:
        """Stand ready: the first message opens the connection, the end of the batch closes it."""
        line = _Line()
        try:
            yield line
        finally:
            line.close()


class _Line:
    """One connection to the mail server, made when it is needed and again after it broke."""

    def __init__(self) -> None:
        self._backend: Any = get_connection()
        self._is_open = False
        self._is_down = False

    def send(self, message: Message, address: Address) -> None:
        """Send one mail. ``address`` is an e-mail address. Raises DeliveryError."""
        mail = mail_of(message, str(address))
        if self._is_down:
            # The server hung or did not answer a moment ago: the rest of the batch need not wait for it too.
            raise DeliveryError("later", "mail_server_away")
        was_open = self._is_open
        try:
            self._transmit(mail)
        except BadHeaderError as error:  # never with words of ours
            raise DeliveryError("later", "mail_header") from error
        except _Broke:
            self.close()
            if not was_open:
                self._is_down = True
                raise DeliveryError("later", "mail_server_away") from None
            # It had ended a connection that was idle; nothing of this mail had been sent.
            self.send(message, address)

    def close(self) -> None:
        """Say goodbye where somebody still listens."""
        self._is_open = False
        with suppress(OSError, smtplib.SMTPException):
            self._backend.close()

    def _transmit(self, mail: EmailMultiAlternatives) -> None:
        self._open()
        server = getattr(self._backend, "connection", None)
        if isinstance(server, smtplib.SMTP):
            self._over_smtp(server, mail)
        else:
            self._backend.send_messages([mail])

    def _open(self) -> None:
        if self._is_open:
            return
        try:
            self._backend.open()
        except smtplib.SMTPAuthenticationError as error:
            self._is_down = True
            _log.error("The mail server refuses our sign-in: %s", error.smtp_code)
            raise DeliveryError("later", "mail_sign_in") from None
        except (OSError, smtplib.SMTPException) as error:
            raise _Broke from error
        self._is_open = True

    def _over_smtp(self, server: smtplib.SMTP, mail: EmailMultiAlternatives) -> None:
        content = _DOT.sub(b"..", content_of(mail))
        try:
            self._envelope(server, parseaddr(mail.from_email)[1], mail.to[0])
            _expect(server, server.docmd("DATA"), _GO_ON, at="data")
        except smtplib.SMTPServerDisconnected as error:
            raise _Broke from error
        except OSError as error:  # a time-out: the next mail of this batch would hang too
            self._is_down = True
            raise _Broke from error
        self._content(server, content if content.endswith(b"\r\n") else content + b"\r\n")

    def _envelope(self, server: smtplib.SMTP, sender: str, recipient: str) -> None:
        server.ehlo_or_helo_if_needed()
        _expect(server, server.mail(sender), _OK, at="mail")
        _expect(server, server.rcpt(recipient), _OK, _FORWARDED, at="rcpt")

    def _content(self, server: smtplib.SMTP, content: bytes) -> None:
        """Send the mail itself. From here on a broken line leaves open whether it was taken."""
        try:
            server.send(content + b".\r\n")
            answer = server.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self._is_down = isinstance(error, TimeoutError)
            self.close()
            raise DeliveryError("unknown", "mail_line_broke") from error
        _expect(server, answer, _OK, at="content")


class _Broke(Exception):
    """The line broke before a mail was on its way."""


def _expect(server: smtplib.SMTP, answer: tuple[int, bytes], *codes: int, at: str) -> None:
    """Return where the server said one of ``codes``. Raises DeliveryError, and leaves the line ready for the next."""
    code, words = answer
    if code in codes:
        return
    if code == _CLOSING:
        raise smtplib.SMTPServerDisconnected("the server is closing")
    with suppress(OSError, smtplib.SMTPException):
        server.rset()
    is_the_address = bool(_OF_THE_ADDRESS.match(words)) or (at == "rcpt" and not _OF_US.search(words))
    if code >= _PERMANENT and at in {"rcpt", "content"} and is_the_address:
        raise DeliveryError("refused", "mail_refused")
    if code >= _PERMANENT:
        _log.warning("The mail server refuses our mail (%s at %s).", code, at)
    raise DeliveryError("later", "mail_put_off")


def mail_of(message: Message, address: str) -> EmailMultiAlternatives:
    """Return the mail of a message. Raises DeliveryError for an address that no mail can be sent to."""
    # A display name of the settings may name the site, and that says what the mail is about.
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    domain = punycode(sender.rpartition("@")[2])
    headers = {
        "Message-ID": f"<{message.key}@{domain}>",  # the same at each try: a repeated mail is shown once
        "List-Id": f"<reminders.{domain}>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    if message.stop:
        headers["List-Unsubscribe"] = f"<{message.stop}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    words = {"message": message}
    mail = EmailMultiAlternatives(
        subject=message.title,
        body=render_to_string("tracker/messages/reminder.txt", words),
        from_email=formataddr((str(_("Your reminders")), sender)),
        to=[_recipient(address)],
        headers=headers,
    )
    mail.attach_alternative(render_to_string("tracker/messages/reminder.html", words), "text/html")
    return mail


class _Unfolded(Compat32):
    """Writes headers of plain ASCII as they are: folding them is half the cost of a mail."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        """Return one header with its end of line."""
        if isinstance(value, str) and value.isascii() and len(value) < _LONGEST_HEADER and "\n" not in value:
            return f"{name}: {value}{self.linesep}".encode()
        return super().fold_binary(name, value)


def content_of(mail: EmailMultiAlternatives) -> bytes:
    """Return a mail as it goes over the line."""
    message = cast(Any, mail.message())
    # Else the library looks for a string that stands in neither part, which takes a while.
    message.set_boundary(hashlib.sha256(mail.extra_headers["Message-ID"].encode()).hexdigest())
    written = io.BytesIO()
    BytesGenerator(written, mangle_from_=False, policy=_Unfolded(linesep="\r\n")).flatten(message)
    return written.getvalue()


def _recipient(address: str) -> str:
    """Return an address in ASCII: the domain as DNS knows it."""
    local, _at, domain = address.rpartition("@")
    try:
        plain = f"{local}@{punycode(domain)}"
    except UnicodeError:
        plain = ""
    if not local or not plain.isascii() or any(sign.isspace() or not sign.isprintable() for sign in plain):
        raise DeliveryError("refused", "mail_address")
    return plain

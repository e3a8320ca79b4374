"""The other end of a reminder: a mail server and a push service that behave as badly as they are told."""

import email
import socket
import socketserver
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Final, Self

HANG_SECONDS: Final = 20


@dataclass(frozen=True)
class Mail:
    """A message that was taken whole, whatever was answered."""

    to: str
    message: Message

    @property
    def message_id(self) -> str:
        """Its Message-ID, without white space."""
        return str(self.message["Message-ID"]).strip()


class _Remote:
    """A server on a port of the loopback. ``manner``: how it behaves; ``on_taken``: called when it holds a message."""

    server: socketserver.TCPServer

    def __init__(self, server: socketserver.TCPServer) -> None:
        self.server = server
        self.port = int(server.server_address[1])
        self.manner = "accept"
        self.on_taken: Callable[[], object] = lambda: None
        self.is_over = threading.Event()
        server.remote = self  # type: ignore[attr-defined]

    def __enter__(self) -> Self:
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.is_over.set()
        self.server.shutdown()
        self.server.server_close()

    def hang(self) -> None:
        """Say nothing until the test is over."""
        self.is_over.wait(HANG_SECONDS)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    block_on_close = False
    request_queue_size = 100

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A sender that was killed hangs up in the middle: that is what the tests are for."""


class _SmtpHandler(socketserver.StreamRequestHandler):
    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self) -> None:
        remote: MailServer = self.server.remote  # type: ignore[attr-defined]
        if remote.manner == "silent":
            return remote.hang()
        self.say("220 stub")
        to = ""
        while line := self.rfile.readline().decode().strip():
            word = line[:4].upper()
            if word == "RCPT":
                to = line[line.index("<") + 1 : line.index(">")]
            if word == "DATA":
                self.say("354 go on")
                if not self.take(remote, to):
                    return None
            elif word == "QUIT":
                return self.say("221 bye")
            else:
                self.say(remote.answer(word, to))
        return None

    def take(self, remote: "MailServer", to: str) -> bool:
        """Read one message and answer it; False: the line is to be cut."""
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return False
            lines.append(line)
        remote.taken.append(Mail(to, email.message_from_bytes(b"".join(lines))))
        remote.on_taken()
        if remote.manner == "hang":
            remote.hang()
        if remote.manner in {"hang", "drop"}:
            return False
        self.say("250 taken")
        return True


class MailServer(_Remote):
    """An SMTP server.

    Manners: ``accept``; ``silent`` (no greeting); ``busy`` (451, take it later); ``drop`` (takes the message and cuts
    the line); ``hang`` (takes it and never answers). Addresses in ``refused`` are refused for good.
    """

    def __init__(self) -> None:
        super().__init__(_Server(("127.0.0.1", 0), _SmtpHandler))
        self.taken: list[Mail] = []
        self.refused: set[str] = set()

    def forget(self) -> None:
        """Begin anew, and well behaved."""
        self.taken, self.refused, self.manner, self.on_taken = [], set(), "accept", lambda: None

    def answer(self, word: str, to: str) -> str:
        """Return the reply to a command that is not DATA."""
        if word == "MAIL" and self.manner == "busy":
            return "451 come back later"
        if word == "RCPT" and to in self.refused:
            return "550 nobody here of that name"
        return "250 stub" if word == "EHLO" else "250 fine"

    def count(self) -> "Counter[str]":
        """Return how many messages each address was sent."""
        return Counter(mail.to for mail in self.taken)

    def message_ids(self) -> set[str]:
        """Return the Message-IDs seen."""
        return {mail.message_id for mail in self.taken}


class _PushHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        remote: PushService = self.server.remote  # type: ignore[attr-defined]
        if remote.manner == "silent":
            remote.hang()
            self.close_connection = True
            return
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        remote.taken.append((self.path, self.headers))
        remote.on_taken()
        if remote.manner == "hang":
            remote.hang()
        if remote.manner in {"hang", "drop"}:
            self.close_connection = True
            return
        self.send_response({"gone": 410, "busy": 503}.get(remote.manner, 201))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments: Any) -> None:
        """Print nothing."""


class _PushServer(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 100

    def handle_error(self, request: Any, client_address: Any) -> None:
        """As of the mail server."""


class PushService(_Remote):
    """A push service.

    Manners: ``accept``; ``silent`` (reads nothing); ``busy`` (503); ``gone`` (410); ``drop`` and ``hang`` as above.
    """

    def __init__(self) -> None:
        super().__init__(_PushServer(("127.0.0.1", 0), _PushHandler))
        self.taken: list[tuple[str, Message]] = []

    def forget(self) -> None:
        """Begin anew, and well behaved."""
        self.taken, self.manner, self.on_taken = [], "accept", lambda: None

    def count(self) -> "Counter[str]":
        """Return how many messages each address was sent."""
        return Counter(path for path, _headers in self.taken)


def closed_port() -> int:
    """Return a port where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

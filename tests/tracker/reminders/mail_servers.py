"""Mail servers on the loopback: a real one that keeps and refuses, and one that hangs or drops the line where told."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope, Session

from tests.site_process import free_port


@dataclass
class Keeper:
    """Keeps every mail; ``answers`` says what it says to a recipient, ``to_content`` what to the next mails."""

    answers: dict[str, str] = field(default_factory=dict)
    to_content: list[str] = field(default_factory=list)
    mails: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    sessions: set[int] = field(default_factory=set)
    port: int = 0

    async def handle_RCPT(  # noqa: N802 - the name the server calls
        self, server: Any, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take an address, or say why not."""
        answer = self.answers.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep a mail, or say why not."""
        answer = self.to_content.pop(0) if self.to_content else "250 OK"
        if answer.startswith("250"):
            self.mails.append(envelope.original_content or b"")
            self.recipients.extend(envelope.rcpt_tos)
            self.sessions.add(id(session))
        return answer


@contextmanager
def mail_server(**fields: Any) -> Iterator[Keeper]:
    """Run a real mail server while the block runs."""
    keeper = Keeper(port=free_port(), **fields)
    controller = Controller(keeper, hostname="127.0.0.1", port=keeper.port)
    controller.start()
    try:
        yield keeper
    finally:
        controller.stop()


@dataclass
class BadServer:
    """Speaks SMTP line by line until ``breaks_at`` (connect, mail, data, content), where it drops the line or hangs.

    ``breaks`` counts down: afterwards it behaves.
    """

    breaks_at: str
    hangs: bool = False
    breaks: int = 1_000
    port: int = 0
    connections: int = 0
    taken: int = 0

    def serve(self, listener: socket.socket, over: threading.Event) -> None:
        """Answer one connection after another until the listener is closed."""
        while not over.is_set():
            try:
                line, _address = listener.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            self.connections += 1
            with line, suppress(OSError):
                line.settimeout(5)
                self._talk(line, over)

    def _talk(self, line: socket.socket, over: threading.Event) -> None:
        if self._broke("connect", over):
            return
        line.sendall(b"220 ready\r\n")
        lines = line.makefile("rb")
        for command in lines:
            word = command.split()[0].upper().decode()
            if self._broke(word.lower(), over):
                return
            line.sendall({"DATA": b"354 go on\r\n", "QUIT": b"221 bye\r\n"}.get(word, b"250 OK\r\n"))
            if word == "QUIT":
                return
            if word == "DATA":
                while lines.readline() not in {b".\r\n", b""}:
                    continue
                if self._broke("content", over):
                    return
                self.taken += 1
                line.sendall(b"250 OK\r\n")

    def _broke(self, at: str, over: threading.Event) -> bool:
        if at != self.breaks_at or self.breaks == 0:
            return False
        self.breaks -= 1
        if self.hangs:
            over.wait(5)
        return True


@contextmanager
def bad_server(breaks_at: str, **fields: Any) -> Iterator[BadServer]:
    """Run a server that breaks, in a thread of its own, while the block runs."""
    server = BadServer(breaks_at, **fields)
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server.port = listener.getsockname()[1]
        listener.settimeout(0.1)
        thread = threading.Thread(target=server.serve, args=(listener, over))
        thread.start()
        try:
            yield server
        finally:
            over.set()
            thread.join()

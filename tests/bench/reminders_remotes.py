"""Run as a program: a mail server (aiosmtpd) and a push service that take everything. Arguments: their two ports.

Ends with its standard input, and then prints how many messages each has taken.
"""

import asyncio
import json
import re
import sys
from typing import Any, Final

from aiosmtpd.smtp import SMTP

TAKEN: Final = {"email": 0, "webpush": 0}
CREATED: Final = b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"
LENGTH: Final = re.compile(rb"(?i)content-length: *(\d+)")


class Mailbox:
    """Counts mails."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - its name there
        """Take one."""
        TAKEN["email"] += len(envelope.rcpt_tos)
        return "250 taken"


class Push(asyncio.Protocol):
    """Answers every POST with 201."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self.transport = transport
        self.waiting = b""

    def data_received(self, data: bytes) -> None:
        """Answer each whole request."""
        self.waiting += data
        while b"\r\n\r\n" in self.waiting:
            head, _, rest = self.waiting.partition(b"\r\n\r\n")
            found = LENGTH.search(head)
            length = int(found[1]) if found else 0
            if len(rest) < length:
                return
            self.waiting = rest[length:]
            TAKEN["webpush"] += 1
            assert isinstance(self.transport, asyncio.Transport)
            self.transport.write(CREATED)


async def serve(mail_port: int, push_port: int) -> None:
    """Serve until standard input ends."""
    loop = asyncio.get_running_loop()
    await loop.create_server(lambda: SMTP(Mailbox(), loop=loop), "127.0.0.1", mail_port)
    await loop.create_server(Push, "127.0.0.1", push_port)
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    print(json.dumps(TAKEN), flush=True)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2])))

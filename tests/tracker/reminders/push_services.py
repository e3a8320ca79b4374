"""A browser's keys, and a push service on the loopback that keeps what it is posted and answers as it is told."""

import base64
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message as Headers
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tracker.reminders.channels.message import PushAddress


def base64url(raw: bytes) -> str:
    """Write bytes as browsers do."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass
class FakeBrowser:
    """What a browser keeps of its subscription."""

    private_key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(16))

    def address(self, endpoint: str) -> PushAddress:
        """Subscribe at a push service."""
        point = self.private_key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return PushAddress(endpoint=endpoint, public_key=base64url(point), auth_secret=base64url(self.secret))

    def opened(self, sealed: bytes) -> bytes:
        """Open what was sealed for this browser."""
        opened: bytes = http_ece.decrypt(
            sealed, private_key=self.private_key, auth_secret=self.secret, version="aes128gcm"
        )
        return opened


@dataclass
class PushService:
    """Answers with the next of ``statuses`` (201 when none is left); ``hangs`` and ``drops`` come before an answer."""

    statuses: list[int] = field(default_factory=list)
    hangs: float = 0
    drops: bool = False
    port: int = 0
    paths: list[str] = field(default_factory=list)
    headers: list[Headers] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    connections: set[Any] = field(default_factory=set)

    @property
    def endpoint(self) -> str:
        """The address of a subscription."""
        return f"http://127.0.0.1:{self.port}/send/abc"


def _handler(service: PushService) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            service.paths.append(self.path)
            service.headers.append(self.headers)
            service.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            service.connections.add(self.client_address)
            time.sleep(service.hangs)
            if service.drops:
                self.close_connection = True
                return
            self.send_response(service.statuses.pop(0) if service.statuses else 201)
            self.send_header("Content-Length", "0")
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name the library gives it
            return

    return Handler


@contextmanager
def push_service(**fields: Any) -> Iterator[PushService]:
    """Run a push service in a thread of its own while the block runs."""
    service = PushService(**fields)
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(service)) as server:
        server.daemon_threads = True
        service.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield service
        finally:
            server.shutdown()
            thread.join()

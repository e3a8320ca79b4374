"""A bounded client: some kept-alive connections of the loopback, each asking again once it has its answer."""

import selectors
import socket
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Final, Self

CONNECTIONS: Final = 16
TIMEOUT_SECONDS: Final = 30
# What every request carries, cached or not.
BROWSER_HEADERS: Final[Mapping[str, str]] = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "en-GB,en;q=0.5",
    "Accept-Encoding": "gzip, deflate, br",
}
_LENGTH: Final = b"\r\ncontent-length: "


def request_bytes(port: int, path: str, extra: Mapping[str, str]) -> bytes:
    """Return one GET as it goes over the wire."""
    headers = {"Host": f"127.0.0.1:{port}", **BROWSER_HEADERS, **extra}
    lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return "\r\n".join(lines).encode()


def is_complete(answer: bytes) -> bool:
    """Return whether the bytes received are a whole answer. It must give its length, or have no body."""
    head, end, body = answer.partition(b"\r\n\r\n")
    if not end:
        return False
    _, named, rest = head.lower().partition(_LENGTH)
    return len(body) >= (int(rest.partition(b"\r\n")[0]) if named else 0)


class Client:
    """Connections to one server. Use as a context manager."""

    def __init__(self, port: int, request: bytes, status: int) -> None:
        self._address = ("127.0.0.1", port)
        self._request = request
        self._expected = f"HTTP/1.1 {status} ".encode()
        self._sockets: list[socket.socket] = []

    def __enter__(self) -> Self:
        self._sockets = [socket.create_connection(self._address, TIMEOUT_SECONDS) for _ in range(CONNECTIONS)]
        for connection in self._sockets:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for connection in self._sockets:
            connection.close()

    def ask(self, count: int) -> float:
        """Send ``count`` requests (at least one a connection) and return the seconds until all are answered.

        Raises RuntimeError for an answer of another status or a connection closed by the server.
        """
        with selectors.DefaultSelector() as selector:
            received = dict.fromkeys(self._sockets, b"")
            for connection in self._sockets:
                selector.register(connection, selectors.EVENT_READ)
            started_at = time.perf_counter()
            for connection in self._sockets:
                connection.sendall(self._request)
            to_send, to_receive = count - len(self._sockets), max(count, len(self._sockets))
            while to_receive:
                for connection in self._readable(selector):
                    received[connection] += self._read(connection)
                    if not is_complete(received[connection]):
                        continue
                    self._check(received[connection])
                    received[connection] = b""
                    to_receive -= 1
                    if to_send > 0:
                        to_send -= 1
                        connection.sendall(self._request)
            return time.perf_counter() - started_at

    def _readable(self, selector: selectors.BaseSelector) -> list[socket.socket]:
        ready = [key.fileobj for key, _ in selector.select(TIMEOUT_SECONDS)]
        if not ready:
            raise RuntimeError("The server does not answer.")
        return [connection for connection in ready if isinstance(connection, socket.socket)]

    def _read(self, connection: socket.socket) -> bytes:
        chunk = connection.recv(262_144)
        if not chunk:
            raise RuntimeError("The server closed the connection.")
        return chunk

    def _check(self, answer: bytes) -> None:
        if not answer.startswith(self._expected):
            raise RuntimeError(f"Expected {self._expected.decode()}, got {answer[:80]!r}")

"""An application that is not Django behind the page layer, and a clock that tests move."""

from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from django.conf import settings

from backspasm.page_layer import PUBLIC, Headers, PageLayer, StartResponse

HTML = "text/html; charset=utf-8"
BODY = b"<p>Ice for twenty minutes.</p>" * 40


class Chunks:
    """A body in two parts that knows whether it was closed."""

    def __init__(self, body: bytes, error: Exception | None = None) -> None:
        self.body = body
        self.error = error
        self.closed = 0

    def __iter__(self) -> Iterator[bytes]:
        yield self.body[:7]
        if self.error:
            raise self.error
        yield self.body[7:]

    def close(self) -> None:
        self.closed += 1


class FakeSite:
    """Answers everything the same way and counts how often it was asked."""

    def __init__(self) -> None:
        self.status = "200 OK"
        self.body = BODY
        self.headers: Headers = [("Content-Type", HTML), ("Cache-Control", PUBLIC), ("X-Frame-Options", "DENY")]
        self.error: Exception | None = None
        self.broken_body: Exception | None = None
        self.paths: list[str] = []
        self.chunks: list[Chunks] = []

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        self.paths.append(environ["PATH_INFO"])
        if self.error:
            raise self.error
        start_response(self.status, [*self.headers, ("Content-Length", str(len(self.body)))])
        self.chunks.append(Chunks(self.body, self.broken_body))
        return self.chunks[-1]


class Answer:
    """What came back."""

    def __init__(self, status: str, headers: Headers, body: bytes) -> None:
        self.status = status
        self.headers = dict(headers)
        self.body = body
        self.pairs = headers


class Layer:
    """A page layer around a fake site, with a clock and a generation that tests move."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.site = FakeSite()
        self.generation = 1
        self.asked = 0
        self.seconds = 1000.0
        monkeypatch.setattr("backspasm.page_layer.time.monotonic", lambda: self.seconds)
        self.application = PageLayer(self.site, self._ask)

    def _ask(self) -> int:
        self.asked += 1
        return self.generation

    def get(self, path: str = "/treatment/", method: str = "GET", **environ: str) -> Answer:
        told: list[Any] = []
        parts = self.application(
            {
                "REQUEST_METHOD": method,
                "PATH_INFO": path,
                "QUERY_STRING": "",
                "SCRIPT_NAME": "",
                "HTTP_HOST": settings.SITE_URL.netloc,
                **environ,
            },
            lambda status, headers, *_: told.extend([status, headers]),
        )
        body = b"".join(parts)
        if isinstance(parts, Chunks):
            parts.close()  # as a server does
        return Answer(told[0], told[1], body)

    def is_kept(self, path: str = "/treatment/") -> bool:
        before = len(self.site.paths)
        self.get(path)
        return len(self.site.paths) == before

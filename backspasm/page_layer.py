"""Serves public pages before Django sees the request. A WSGI callable; knows no model and no template.

Kept under their path: answers to plain GETs that say ``public`` for any cache, compressed once, with a strong ETag for
each encoding. With a query string such an answer is compressed and tagged, but not kept. Everything is dropped when the
generation changes, which is asked for at most once a second. Such an answer is the same for every reader by
construction: public views know no user.
"""

import gzip
import hashlib
import time
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

import brotli
from django.conf import settings

PUBLIC: Final = "public, max-age=0, must-revalidate"
ENTRIES_AT_MOST: Final = 500
ASK_EVERY_SECONDS: Final = 1.0
BEST_QUALITY: Final = 11  # for what is kept and sent many times
QUICK_QUALITY: Final = 4  # for what is sent once
COMPRESSIBLE: Final = ("text/", "application/json", "application/xml", "application/atom+xml", "application/ld+json")

Headers = list[tuple[str, str]]
StartResponse = Callable[..., Any]
Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]


class _Variant:
    """One encoding of one page, ready to be sent."""

    __slots__ = ("body", "etag", "headers", "not_modified_headers")

    def __init__(self, headers: Headers, body: bytes, encoding: str, digest: str) -> None:
        self.body = body
        self.etag = f'"{digest}-{encoding}"' if encoding else f'"{digest}"'
        self.not_modified_headers = [("ETag", self.etag), ("Cache-Control", PUBLIC), ("Vary", "Accept-Encoding")]
        self.headers = [*headers, ("Content-Length", str(len(body))), *self.not_modified_headers]
        if encoding:
            self.headers.append(("Content-Encoding", encoding))

    def matches(self, if_none_match: str) -> bool:
        """Return whether a reader who sent this header holds the same bytes."""
        if if_none_match == self.etag or if_none_match == "*":
            return True
        return self.etag in {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}


_REPLACED: Final = frozenset({"content-length", "etag", "cache-control", "vary", "content-encoding"})


def variants(headers: Headers, body: bytes, quality: int) -> Mapping[str, _Variant]:
    """Return the page in every encoding worth having; '' is the plain one. ``quality`` is brotli's, 0 to 11."""
    kept = [(name, value) for name, value in headers if name.lower() not in _REPLACED]
    kind = next((value for name, value in headers if name.lower() == "content-type"), "")
    digest = hashlib.sha256(body).hexdigest()[:24]
    found = {"": _Variant(kept, body, "", digest)}
    if kind.startswith(COMPRESSIBLE):
        found["br"] = _Variant(kept, brotli.compress(body, quality=quality), "br", digest)
        found["gzip"] = _Variant(kept, gzip.compress(body, min(quality, 9), mtime=0), "gzip", digest)
    return found


@lru_cache(maxsize=256)
def preferred(accept_encoding: str) -> str:
    """Return 'br', 'gzip' or '' for an Accept-Encoding header."""
    accepted = set()
    for part in accept_encoding.lower().split(","):
        name, _, quality = part.partition(";")
        if quality.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}:
            accepted.add(name.strip())
    return next((encoding for encoding in ("br", "gzip") if encoding in accepted), "")


class PageLayer:
    """The whole site behind one dictionary of finished pages."""

    def __init__(self, application: Application, generation: Callable[[], int]) -> None:
        self._application = application
        self._ask_generation = generation
        self._generation = -1
        self._ask_again_at = 0.0
        self._pages: dict[str, Mapping[str, _Variant]] = {}
        self._host = settings.SITE_URL.netloc
        self._scheme = settings.SITE_URL.scheme

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        # Links of a page made under a SCRIPT_NAME would be wrong for everybody else.
        if (method != "GET" and method != "HEAD") or environ.get("SCRIPT_NAME"):
            return self._application(environ, start_response)
        if environ.get("QUERY_STRING"):
            return self._made(environ, start_response, None)
        if time.monotonic() >= self._ask_again_at:
            self._refresh()
        page = self._pages.get(environ["PATH_INFO"])
        if page is None or environ.get("HTTP_HOST") != self._host or not self._is_own_scheme(environ):
            return self._made(environ, start_response, self._pages)
        variant = page.get(preferred(environ.get("HTTP_ACCEPT_ENCODING", ""))) or page[""]
        held = environ.get("HTTP_IF_NONE_MATCH")
        if held is not None and variant.matches(held):
            start_response("304 Not Modified", variant.not_modified_headers)
            return ()
        start_response("200 OK", variant.headers)
        return () if method == "HEAD" else (variant.body,)

    def _is_own_scheme(self, environ: dict[str, Any]) -> bool:
        # On an https site a request that came without it is Django's to redirect.
        return self._scheme == "http" or environ.get("HTTP_X_FORWARDED_PROTO") == "https"

    def _refresh(self) -> None:
        generation = self._ask_generation()
        if generation != self._generation:
            self._pages = {}
            self._generation = generation
        self._ask_again_at = time.monotonic() + ASK_EVERY_SECONDS

    def _made(
        self, environ: dict[str, Any], start_response: StartResponse, pages: dict[str, Mapping[str, _Variant]] | None
    ) -> Iterable[bytes]:
        """Let the application answer; keep the answer in ``pages``, which may be None.

        The dictionary is taken before the page is made: if the edition changes meanwhile, it is not looked at again.
        """
        answer = _Answer()
        chunks = self._application(environ, answer.start)
        is_get = environ["REQUEST_METHOD"] == "GET"
        if (
            not is_get
            or not answer.is_public
            or environ.get("HTTP_HOST") != self._host
            or not self._is_own_scheme(environ)
        ):
            start_response(answer.status, answer.headers, *answer.rest)
            return chunks
        try:
            body = b"".join(chunks)
        finally:
            if hasattr(chunks, "close"):
                chunks.close()
        found = variants(answer.headers, body, BEST_QUALITY if pages is not None else QUICK_QUALITY)
        if pages is not None and len(pages) < ENTRIES_AT_MOST:
            pages[environ["PATH_INFO"]] = found
        variant = found.get(preferred(environ.get("HTTP_ACCEPT_ENCODING", ""))) or found[""]
        held = environ.get("HTTP_IF_NONE_MATCH")
        if held is not None and variant.matches(held):
            start_response("304 Not Modified", variant.not_modified_headers)
            return ()
        start_response(answer.status, variant.headers)
        return (variant.body,)


class _Answer:
    """What the application said when it began to answer."""

    def __init__(self) -> None:
        self.status = ""
        self.headers: Headers = []
        self.rest: tuple[Any, ...] = ()

    def start(self, status: str, headers: Headers, *rest: Any) -> None:
        self.status, self.headers, self.rest = status, list(headers), rest

    @property
    def is_public(self) -> bool:
        names = {name.lower(): value for name, value in self.headers}
        return self.status.startswith("200") and names.get("cache-control") == PUBLIC and "set-cookie" not in names

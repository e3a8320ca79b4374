"""Hostile addresses, headers and methods to the real site: never a 500, never a trace of the program."""

import http.client
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Final

import pytest

from tests.backspasm.look import is_in_our_look, shows_the_program
from tests.site_process import SiteProcess

# One address of each kind of view that a stranger can reach, and three that a stranger cannot.
ROUTES: Final = (
    "/",
    "/treatment/",
    "/exercises/knee-rolls/",
    "/search/",
    "/search/suggest/",
    "/leaflets/treatment.pdf",
    "/diary.pdf",
    "/feedback/",
    "/feedback/thanks/",
    "/api/pages/",
    "/api/pages/treatment/",
    "/changes.atom",
    "/sitemap.xml",
    "/robots.txt",
    "/favicon.ico",
    "/.well-known/security.txt",
    "/.well-known/change-password",
    "/healthz",
    "/readyz",
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/password/reset/",
    "/accounts/password/reset/key/1-a/",
    "/accounts/2fa/webauthn/login/",
    "/tracker/",
    "/admin/",
    "/static/css/public.css",
)
EVIL: Final = "evil.example"

Answer = tuple[int, http.client.HTTPMessage, str]


@contextmanager
def answered(site: SiteProcess, lines: bytes, body: bytes = b"") -> Iterator[http.client.HTTPResponse]:
    """Send these lines as they are, and read the answer."""
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=30)
    connection.connect()
    connection.sock.sendall(lines + b"\r\n\r\n" + body)
    answer = http.client.HTTPResponse(connection.sock, method=lines.split(b" ", 1)[0].decode("latin-1"))
    answer.begin()
    try:
        yield answer
    finally:
        answer.close()
        connection.close()


def send(site: SiteProcess, target: str, *, method: str = "GET", host: str | None = None, extra: bytes = b"") -> Answer:
    name = f"127.0.0.1:{site.port}" if host is None else host
    lines = f"{method} {target} HTTP/1.1\r\nConnection: close\r\nHost: {name}".encode("latin-1") + extra
    with answered(site, lines) as answer:
        return answer.status, answer.headers, answer.read().decode("utf-8", "replace")


def fault_of(target: str, answer: Answer) -> str:
    """Return what is wrong with an answer to something hostile, or nothing."""
    status, headers, page = answer
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return f"{target}: {status}"
    if shows_the_program(page):
        return f"{target}: shows the program"
    if EVIL in headers.get("Location", "").split("?")[0] or "injected" in str(headers.keys()).lower():
        return f"{target}: leads to {EVIL}"
    if status >= HTTPStatus.BAD_REQUEST and page and not is_in_our_look(page):
        return f"{target}: {status} is not in our look"
    return ""


def faults(answers: Iterator[tuple[str, Answer]]) -> list[str]:
    return [fault for target, answer in answers if (fault := fault_of(target, answer))]


HOSTILE_TARGETS: Final[dict[str, Callable[[str], str]]] = {
    "a NUL byte in the path": lambda route: f"{route}%00",
    "a NUL byte at the start": lambda route: f"/%00{route[1:]}",
    "a NUL byte in the query": lambda route: f"{route}?q=%00&next=%00&a%00=1",
    "broken UTF-8 in the path": lambda route: f"{route}%ff%fe%c3/",
    "broken UTF-8 in the query": lambda route: f"{route}?q=%ff%fe%c3&next=%ff",
    "half a surrogate": lambda route: f"{route}?q=%ed%a0%80&next=%ed%a0%80",
    "a broken escape": lambda route: f"{route}%/%zz/%?q=%&%=%zz",
    "a path of 3,900 characters": lambda route: f"{route}{'a' * 3900}/",
    "a query of 3,900 characters": lambda route: f"{route}?q={'a' * 3900}",
    "1,500 query fields": lambda route: f"{route}?{'a&' * 1500}",
    "a path that names another host": lambda route: f"//{EVIL}{route}",
    "a path that names another host without its last slash": lambda route: f"//{EVIL}{route.rstrip('/')}",
    "backslashes": lambda route: f"/%5c{EVIL}{route}",
    "a whole address": lambda route: f"http://{EVIL}{route}",
    "the way up": lambda route: f"{route}..%2f..%2f..%2fetc%2fpasswd",
    "the way up with dots": lambda route: f"{route}../../../manage.py",
    "escaped slashes": lambda route: "/" + route[1:].replace("/", "%2f"),
    "a slug in another script": lambda route: f"{route}%d8%a3%d9%84%d9%85/",
    "a slug of signs": lambda route: f"{route}%f0%9f%a6%b4%e2%80%ae/",
    "a header in the path": lambda route: f"{route}%0d%0aInjected:%20yes",
    "a header in the query": lambda route: f"{route}?next=%0d%0aInjected:%20yes",
    "a template in the path": lambda route: route + "%7B%7Bsettings.SECRET_KEY%7D%7D/",
    "a script in the query": lambda route: f"{route}?q=%3Cscript%3Ealert(1)%3C/script%3E",
    "a way out in the query": lambda route: f"{route}?next=//{EVIL}/&q=http://{EVIL}",
}


@pytest.mark.parametrize("name", HOSTILE_TARGETS)
def test_no_hostile_address_breaks_a_route(site: SiteProcess, name: str) -> None:
    targets = [HOSTILE_TARGETS[name](route) for route in ROUTES]

    assert faults((target, send(site, target)) for target in targets) == []


HOSTILE_HEADERS: Final = {
    "bad If-None-Match": b'If-None-Match: \xff\xfe,,W/"\x80',
    "bad Accept-Encoding": b"Accept-Encoding: ;;q=,br;q=x;\xff, gzip;q=-1",
    "bad cookies": b'Cookie: sessionid="\\000aaaaaaaaaaa"; csrftoken=\xff; messages=\x80; =; ;;',
    "long cookies": b"Cookie: sessionid=" + b"a" * 7000,
    "bad Range": b"Range: bytes=9-1,x",
    "bad If-Modified-Since": b"If-Modified-Since: the day before",
    "bad languages": b"Accept-Language: ../../etc;q=\xff," + b"x-" * 500,
    "another host by the proxy's header": b"X-Forwarded-Host: evil.example\r\nForwarded: host=evil.example",
    "https by the proxy's header": b"X-Forwarded-Proto: https, http",
    "nonsense by the proxy's header": b"X-Forwarded-Proto: \xff\r\nX-Forwarded-For: ' OR 1=1 --, \xff",
    "another root": b"SCRIPT_NAME: /evil.example\r\nPATH_INFO: /evil.example",
    "another method": b"X-HTTP-Method-Override: DELETE",
    "a header of 8,000 bytes": b"X-Long: " + b"a" * 8000,
    "eighty headers": b"\r\n".join(b"X-%d: a" % number for number in range(80)),
    "a body where none belongs": b"Content-Type: multipart/form-data\r\nContent-Length: 0",
    "a bad Referer and Origin": b"Referer: http://[\xff\r\nOrigin: http://[",
}


@pytest.mark.parametrize("name", HOSTILE_HEADERS)
def test_no_hostile_header_breaks_a_route(site: SiteProcess, name: str) -> None:
    extra = b"\r\n" + HOSTILE_HEADERS[name]

    assert faults((route, send(site, route, extra=extra)) for route in ROUTES) == []


@pytest.mark.parametrize("name", ["another root", "another host by the proxy's header", "bad Accept-Encoding"])
def test_no_header_changes_a_page_for_the_next_reader(site: SiteProcess, name: str) -> None:
    for target in ("/causes/", "/evil.example/causes/"):
        send(site, target, extra=b"\r\n" + HOSTILE_HEADERS[name])

    page = site.get("/causes/")[2].decode()

    assert is_in_our_look(page)
    assert EVIL not in page


@pytest.mark.parametrize(
    "method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "BREW", "HEAD", "G-E-T"]
)
def test_no_method_breaks_a_route(site: SiteProcess, method: str) -> None:
    answers = [(route, send(site, route, method=method, extra=b"\r\nContent-Length: 0")) for route in ROUTES]

    assert faults(iter(answers)) == []


@pytest.mark.parametrize("route", ["/", "/treatment/", "/search/", "/diary.pdf", "/api/pages/", "/sitemap.xml"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "TRACE", "PROPFIND"])
def test_a_public_page_takes_nothing_but_reading(site: SiteProcess, route: str, method: str) -> None:
    status, headers, page = send(site, route, method=method, extra=b"\r\nContent-Length: 0")

    assert (status, headers["Allow"]) == (405, "GET, HEAD")
    assert is_in_our_look(page)


@pytest.mark.parametrize(
    "host",
    [EVIL, "", f"127.0.0.1.{EVIL}", "127.0.0.1:port", "127.0.0.1@evil.example", "[::1", "a b", "\xff", "a" * 3000],
)
def test_a_foreign_host_gets_the_400_page_on_every_route(site: SiteProcess, host: str) -> None:
    routes = [route for route in ROUTES if not route.startswith("/static/")]
    answers = [(route, send(site, route, host=host)) for route in routes]

    assert faults(iter(answers)) == []
    assert {status for _, (status, _, _) in answers} == {400}
    assert not any(EVIL in page for _, (_, _, page) in answers)


def test_a_request_without_a_host_is_answered_from_the_settings(site: SiteProcess) -> None:
    with answered(site, b"GET /treatment/ HTTP/1.0") as answer:
        page = answer.read().decode()

    assert answer.status == 200
    assert f"{site.url}/treatment/" in page


REFUSED_BEFORE_WSGI: Final = {
    "a raw NUL byte": b"GET /\x00 HTTP/1.1\r\nHost: {host}",
    "raw bytes above ASCII": b"GET /\xff\xfe/ HTTP/1.1\r\nHost: {host}",
    "a path of 9,000 characters": b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: {host}",
    "a space in the path": b"GET /search/?q=numb bottom HTTP/1.1\r\nHost: {host}",
    "two hosts": b"GET / HTTP/1.1\r\nHost: {host}\r\nHost: evil.example",
    "a method in small letters": b"get / HTTP/1.1\r\nHost: {host}",
    "a header of 9,000 bytes": b"GET / HTTP/1.1\r\nHost: {host}\r\nX-Long: " + b"a" * 9000,
    "a header over two lines": b"GET / HTTP/1.1\r\nHost: {host}\r\nX-Fold: a\r\n b",
    "a header without a name": b"GET / HTTP/1.1\r\nHost: {host}\r\n: a",
    "150 headers": b"GET / HTTP/1.1\r\nHost: {host}\r\n" + b"\r\n".join(b"X-%d: a" % number for number in range(150)),
    "a length that is no number": b"POST /feedback/ HTTP/1.1\r\nHost: {host}\r\nContent-Length: abc",
    "a length below zero": b"POST /feedback/ HTTP/1.1\r\nHost: {host}\r\nContent-Length: -1",
    "two lengths": b"POST /feedback/ HTTP/1.1\r\nHost: {host}\r\nContent-Length: 1\r\nContent-Length: 2",
    "an unknown version": b"GET / HTTP/7.0\r\nHost: {host}",
    "another protocol": b"\x16\x03\x01\x02\x00\x01",
}


@pytest.mark.parametrize("name", REFUSED_BEFORE_WSGI)
def test_what_the_server_refuses_gets_a_plain_refusal(site: SiteProcess, name: str) -> None:
    lines = REFUSED_BEFORE_WSGI[name].replace(b"{host}", b"127.0.0.1:%d" % site.port)

    with answered(site, lines) as answer:
        page = answer.read().decode("latin-1")

    assert HTTPStatus.BAD_REQUEST <= answer.status < HTTPStatus.INTERNAL_SERVER_ERROR
    assert not shows_the_program(page)
    assert site.get("/healthz")[0] == 200


def test_the_log_names_no_reader_and_none_of_their_words(site: SiteProcess) -> None:
    send(site, "/search/?q=pinched-nerve")
    send(site, "/search/?q=pinched-nerve", host=EVIL)
    send(site, "/search/?q=pinched-nerve", method="POST", extra=b"\r\nContent-Length: 0")
    with answered(site, b"GET /search/?q=pinched-nerve in my back HTTP/1.1\r\nHost: a") as answer:
        answer.read()

    log = (site.data_dir / "gunicorn.log").read_text()

    assert "pinched-nerve" not in log
    assert "in my back" not in log
    assert "ip=127.0.0.1" not in log

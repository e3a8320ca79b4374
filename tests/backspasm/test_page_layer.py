"""The page layer in front of an application that is not Django: what it keeps, for whom, and for how long."""

import gzip
from collections.abc import Iterable
from typing import Any

import brotli
import pytest

from backspasm import page_layer
from backspasm.page_layer import PUBLIC, StartResponse, preferred
from tests.backspasm.fake_site import BODY, HTML, Layer


@pytest.fixture
def layer(monkeypatch: pytest.MonkeyPatch) -> Layer:
    return Layer(monkeypatch)


# --- What is kept -----------------------------------------------------------------------------------------------


def test_a_page_is_made_once_for_all_readers(layer: Layer) -> None:
    first, second = layer.get(), layer.get()

    assert layer.site.paths == ["/treatment/"]
    assert (first.status, first.body) == (second.status, second.body) == ("200 OK", BODY)
    assert first.headers == second.headers


def test_each_path_is_a_page_of_its_own(layer: Layer) -> None:
    layer.get("/treatment/")

    assert not layer.is_kept("/causes/")
    assert not layer.is_kept("/treatment")
    assert layer.is_kept("/treatment/")


def test_what_the_site_said_is_said_again_with_length_and_tag(layer: Layer) -> None:
    layer.get()

    headers = layer.get().headers

    assert headers.pop("ETag").startswith('"')
    assert headers == {
        "Content-Type": HTML,
        "X-Frame-Options": "DENY",
        "Cache-Control": PUBLIC,
        "Vary": "Accept-Encoding",
        "Content-Length": str(len(BODY)),
    }


def test_no_header_is_said_twice(layer: Layer) -> None:
    layer.site.headers += [("Vary", "Cookie"), ("ETag", '"old"')]

    for answer in (layer.get(), layer.get()):
        names = [name.lower() for name, _ in answer.pairs]
        assert len(names) == len(set(names))
        assert answer.headers["Vary"] == "Accept-Encoding"


def test_a_query_string_passes_by_and_keeps_nothing(layer: Layer) -> None:
    layer.get(QUERY_STRING="q=ice")
    layer.get(QUERY_STRING="q=ice")

    assert len(layer.site.paths) == 2
    assert not layer.is_kept()


def test_a_public_answer_to_a_query_is_small_and_tagged_all_the_same(layer: Layer) -> None:
    answer = layer.get(QUERY_STRING="from=elsewhere", HTTP_ACCEPT_ENCODING="br")

    assert brotli.decompress(answer.body) == BODY
    assert answer.headers["ETag"].endswith('-br"')


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "get", ""])
def test_other_methods_pass_by_and_keep_nothing(layer: Layer, method: str) -> None:
    layer.get(method=method)

    assert not layer.is_kept()
    layer.get(method=method)
    assert len(layer.site.paths) == 3


@pytest.mark.parametrize("status", ["404 Not Found", "500 Internal Server Error", "301 Moved", "206 Partial"])
def test_only_a_good_answer_is_kept(layer: Layer, status: str) -> None:
    layer.site.status = status

    answer = layer.get("/nothing-here/")

    assert answer.status == status
    assert not layer.is_kept("/nothing-here/")


@pytest.mark.parametrize("cache_control", ["no-store", "private", "public, max-age=3600", ""])
def test_only_an_answer_that_says_public_is_kept(layer: Layer, cache_control: str) -> None:
    layer.site.headers = [("Content-Type", HTML), ("Cache-Control", cache_control)]

    layer.get()

    assert not layer.is_kept()


def test_an_answer_with_a_cookie_is_never_kept(layer: Layer) -> None:
    layer.site.headers.append(("set-cookie", "sessionid=abc"))

    answer = layer.get()

    assert answer.headers["set-cookie"] == "sessionid=abc"
    assert not layer.is_kept()


def test_no_more_than_five_hundred_pages_are_kept(layer: Layer) -> None:
    for number in range(520):
        assert layer.get(f"/{number}/").status == "200 OK"

    kept = sum(layer.is_kept(f"/{number}/") for number in range(520))

    assert kept == page_layer.ENTRIES_AT_MOST == 500


# --- For whom ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:8000, evil.example", ""])
def test_another_host_is_left_to_django_and_keeps_nothing(layer: Layer, host: str) -> None:
    layer.get(HTTP_HOST=host)
    assert not layer.is_kept()

    layer.get(HTTP_HOST=host)

    assert len(layer.site.paths) == 3


def test_a_request_below_another_root_is_left_to_django_and_keeps_nothing(layer: Layer) -> None:
    layer.get(SCRIPT_NAME="/evil")

    assert not layer.is_kept()


def test_on_an_https_site_a_plain_request_is_left_to_django(monkeypatch: pytest.MonkeyPatch, layer: Layer) -> None:
    monkeypatch.setattr(layer.application, "_scheme", "https")
    layer.get()
    assert len(layer.site.paths) == 1

    layer.get(HTTP_X_FORWARDED_PROTO="https")
    layer.get(HTTP_X_FORWARDED_PROTO="https")
    layer.get(HTTP_X_FORWARDED_PROTO="http")

    assert len(layer.site.paths) == 3


def test_head_gets_the_headers_of_a_kept_page_without_its_body(layer: Layer) -> None:
    full = layer.get()

    head = layer.get(method="HEAD")

    assert (head.status, head.body, head.headers) == ("200 OK", b"", full.headers)
    assert layer.site.paths == ["/treatment/"]


def test_head_of_a_page_not_kept_is_left_to_django_and_keeps_nothing(layer: Layer) -> None:
    layer.get(method="HEAD")

    assert not layer.is_kept()


# --- Encodings --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=0.1, gzip;q=1.0", "br"),
        ("gzip", "gzip"),
        ("GZIP", "gzip"),
        ("gzip;q=0.5", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br ; q=0.0 , gzip ; q = 0.000", ""),
        ("br;Q=0", ""),
        ("identity", ""),
        ("*", ""),
        ("", ""),
        ("brotli, xgzip", ""),
        (";;;,,,=q", ""),
        ("br" * 4000, ""),
        ("\xff\xfe", ""),
    ],
)
def test_the_encoding_is_one_the_reader_accepts(accepted: str, encoding: str) -> None:
    assert preferred(accepted) == encoding


def test_a_page_is_the_same_words_in_every_encoding_under_three_tags(layer: Layer) -> None:
    plain = layer.get()
    packed = layer.get(HTTP_ACCEPT_ENCODING="br")
    zipped = layer.get(HTTP_ACCEPT_ENCODING="gzip")

    assert "Content-Encoding" not in plain.headers
    assert (packed.headers["Content-Encoding"], brotli.decompress(packed.body)) == ("br", BODY)
    assert (zipped.headers["Content-Encoding"], gzip.decompress(zipped.body)) == ("gzip", BODY)
    assert len({answer.headers["ETag"] for answer in (plain, packed, zipped)}) == 3
    for answer in (plain, packed, zipped):
        assert answer.headers["Content-Length"] == str(len(answer.body))


def test_the_first_reader_gets_it_compressed_too(layer: Layer) -> None:
    first = layer.get(HTTP_ACCEPT_ENCODING="br")

    assert brotli.decompress(first.body) == BODY


def test_what_is_compressed_already_is_left_as_it_is(layer: Layer) -> None:
    layer.site.headers[0] = ("Content-Type", "application/pdf")

    answer = layer.get(HTTP_ACCEPT_ENCODING="br, gzip")

    assert "Content-Encoding" not in answer.headers
    assert answer.body == BODY


# --- 304 --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("held", ["{tag}", "W/{tag}", '"other", {tag}', '"a",W/{tag},"b"', "*", "{tag}, "])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_reader_who_holds_the_page_gets_304(layer: Layer, held: str, method: str) -> None:
    tag = layer.get(HTTP_ACCEPT_ENCODING="br").headers["ETag"]

    answer = layer.get(method=method, HTTP_ACCEPT_ENCODING="br", HTTP_IF_NONE_MATCH=held.format(tag=tag))

    assert (answer.status, answer.body) == ("304 Not Modified", b"")
    assert answer.headers == {"ETag": tag, "Cache-Control": PUBLIC, "Vary": "Accept-Encoding"}


def test_a_page_made_just_now_can_be_held_already(layer: Layer) -> None:
    tag = layer.get().headers["ETag"]
    layer.generation, layer.seconds = 2, layer.seconds + 2

    answer = layer.get(HTTP_IF_NONE_MATCH=tag)

    assert answer.status == "304 Not Modified"
    assert len(layer.site.paths) == 2


@pytest.mark.parametrize("held", ["", '"other"', "nonsense", ",,,", '"', "W/", "\xff" * 50, '"a" "b"'])
def test_a_reader_who_holds_something_else_gets_the_page(layer: Layer, held: str) -> None:
    layer.get()

    answer = layer.get(HTTP_IF_NONE_MATCH=held)

    assert (answer.status, answer.body) == ("200 OK", BODY)


def test_the_tag_of_another_encoding_does_not_count(layer: Layer) -> None:
    tag = layer.get(HTTP_ACCEPT_ENCODING="gzip").headers["ETag"]

    assert layer.get(HTTP_ACCEPT_ENCODING="br", HTTP_IF_NONE_MATCH=tag).status == "200 OK"


def test_other_words_have_another_tag(layer: Layer) -> None:
    tag = layer.get().headers["ETag"]
    layer.site.body = BODY + b"!"
    layer.generation, layer.seconds = 2, layer.seconds + 2

    assert layer.get(HTTP_IF_NONE_MATCH=tag).status == "200 OK"


# --- For how long -----------------------------------------------------------------------------------------------


def test_a_new_generation_is_seen_within_one_second(layer: Layer) -> None:
    layer.get()
    layer.generation, layer.site.body = 2, b"<p>New.</p>"

    layer.seconds += 1.0

    assert layer.get().body == b"<p>New.</p>"


def test_the_generation_is_asked_for_at_most_once_a_second(layer: Layer) -> None:
    for _ in range(50):
        layer.get()
        layer.seconds += 0.1

    assert layer.asked <= 6


def test_the_same_generation_drops_nothing(layer: Layer) -> None:
    layer.get()

    layer.seconds += 100

    assert layer.is_kept()


def test_a_page_begun_before_the_edition_changed_is_not_kept_for_the_new_one(layer: Layer) -> None:
    inner = layer.site

    def slow(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/slow/" and layer.generation == 1:
            layer.generation, layer.seconds = 2, layer.seconds + 2
            layer.get("/other/")
        return inner(environ, start_response)

    layer.application._application = slow

    layer.get("/slow/")

    assert not layer.is_kept("/slow/")
    assert layer.is_kept("/other/")


# --- Faults -----------------------------------------------------------------------------------------------------


def test_an_exception_of_the_site_is_not_swallowed(layer: Layer) -> None:
    layer.site.error = RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        layer.get()


def test_a_body_that_breaks_off_is_closed_and_not_kept(layer: Layer) -> None:
    layer.site.broken_body = OSError("gone")

    with pytest.raises(OSError, match="gone"):
        layer.get()

    assert layer.site.chunks[0].closed == 1
    layer.site.broken_body = None
    assert not layer.is_kept()


@pytest.mark.parametrize("status", ["200 OK", "404 Not Found"])
def test_every_body_is_closed_once(layer: Layer, status: str) -> None:
    layer.site.status = status

    layer.get()

    assert [chunks.closed for chunks in layer.site.chunks] == [1]

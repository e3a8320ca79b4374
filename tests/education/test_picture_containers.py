"""What is refused: other formats, more than one thing in a file, moving, damaged and far too large pictures."""

import subprocess
import sys
import zlib
from pathlib import Path
from typing import Final
from unittest.mock import Mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from education import picture_containers
from education.picture_files import PictureRefused, encode
from tests.education.picture_samples import FORMATS, noise, photo, png, png_chunk, riff, saved, with_segment
from tests.environment import ROOT

PICTURES: Final = {kind: saved(photo(48, 36), kind) for kind in FORMATS}
OTHERS: Final = {
    "nothing": b"",
    "gif": saved(photo(48, 36), "GIF"),
    "tiff": saved(photo(48, 36), "TIFF"),
    "bmp": saved(photo(48, 36), "BMP"),
    "ico": saved(photo(48, 36), "ICO"),
    "heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
    "avif": b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "html": b"<!doctype html><script>alert(1)</script>",
    "pdf": b"%PDF-1.7\n",
    "program": b"MZ\x90\0\x03",
    "elf": b"\x7fELF\x02\x01\x01",
    "zip": b"PK\x03\x04",
    "sound": b"RIFF\x24\0\0\0WAVEfmt ",
    "text before a picture": b"GIF89a/*" + PICTURES["JPEG"],
    "blank before a picture": b"\n" + PICTURES["PNG"],
}
TAILS: Final = {
    "archive": b"PK\x03\x04 and so on PK\x05\x06" + bytes(18),
    "page": b"<html><script>alert(1)</script></html>",
    "php": b"<?php system($_GET['c']); ?>",
    "script": b"*/=alert(1)/*",
    "video": b"\0\0\0\x18ftypmp42",
    "one zero": b"\0",
    "picture": PICTURES["JPEG"],
}


def refusal(data: bytes) -> str:
    """Return the code with which an upload is refused; its message tells the editor what to do."""
    with pytest.raises(PictureRefused) as refused:
        encode(data)
    assert len(str(refused.value).split()) > 10
    return refused.value.code


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_not_one_of_the_three_formats_is_refused_by_its_content(name: str) -> None:
    assert refusal(OTHERS[name]) == "not_a_picture"


@pytest.mark.parametrize("tail", TAILS)
@pytest.mark.parametrize("kind", FORMATS)
def test_a_picture_with_something_behind_it_is_refused(kind: str, tail: str) -> None:
    assert refusal(PICTURES[kind] + TAILS[tail]) == "more_than_a_picture"


def test_a_camera_file_with_two_pictures_is_refused_and_the_message_says_what_helps() -> None:
    data = saved(photo(48, 36), "MPO", save_all=True, append_images=[noise(48, 36)])

    with pytest.raises(PictureRefused, match=r"phones and cameras.*export it as a new JPEG"):
        encode(data)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_a_moving_picture_is_refused_whole_instead_of_showing_its_first_frame(kind: str) -> None:
    data = saved(photo(48, 36), kind, save_all=True, append_images=[noise(48, 36)], duration=100)

    assert refusal(data) == "animated"


@pytest.mark.parametrize("kind", FORMATS)
def test_a_file_that_is_cut_short_anywhere_is_refused(kind: str) -> None:
    data = PICTURES[kind]

    codes = {refusal(data[:length]) for length in range(16, len(data))}

    assert codes == {"damaged"}


def test_a_png_with_one_wrong_bit_is_refused() -> None:
    data = bytearray(PICTURES["PNG"])
    data[len(data) // 2] ^= 1

    assert refusal(bytes(data)) == "damaged"


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xd8\xff\xd9",
        b"\xff\xd8" + PICTURES["JPEG"],
        with_segment(PICTURES["JPEG"], 0xC0, b"\x08\0\x10\0\x10\x01\x01\x11\0"),
        PICTURES["JPEG"].replace(b"\xff\xc0", b"\xff\xc3"),
        PICTURES["JPEG"].replace(b"\xff\xda", b"\xff\xe5"),
        PICTURES["JPEG"].replace(b"\xff\xc4", b"\0\xc4"),
        PICTURES["JPEG"].replace(b"\xff\xdb\0\x43", b"\xff\xdb\0\0"),
        PICTURES["PNG"][:8] + png_chunk(b"IEND", b""),
        PICTURES["PNG"][:8] + png_chunk(b"IHDR", b"\0\0\0\1\0") + png_chunk(b"IEND", b""),
        PICTURES["PNG"][:8] + png_chunk(b"IDAT", bytes(13)) + PICTURES["PNG"][8:],
        riff(),
        b"RIFF" + len(PICTURES["WEBP"]).to_bytes(4, "little") + PICTURES["WEBP"][8:] + b"JUNK\xff\0\0\0",
        riff((b"VP8 ", PICTURES["WEBP"][20:]), (b"VP8 ", PICTURES["WEBP"][20:])),
        riff((b"VP8X", bytes(4) + b"\x30\0\0\x24\0\0"), (b"VP8 ", PICTURES["WEBP"][20:])),
    ],
)
def test_a_file_that_contradicts_itself_never_reaches_the_decoder(data: bytes) -> None:
    with pytest.raises(PictureRefused, match="damaged"):
        picture_containers.read(data)


@pytest.mark.parametrize(
    "data", [png(0, 5), png(5, 5, rows=b"\0"), png(5, 5, depth=3, rows=bytes(99)), riff((b"VP8 ", b""))]
)
def test_pixels_that_cannot_be_decoded_are_refused(data: bytes) -> None:
    assert refusal(data) == "damaged"


# --- Bombs ----------------------------------------------------------------------------------------------------------


def jpeg_of(width: int, height: int) -> bytes:
    """Return a JPEG file that states another size than it has."""
    at = PICTURES["JPEG"].index(b"\xff\xc0") + 5
    return PICTURES["JPEG"][:at] + height.to_bytes(2) + width.to_bytes(2) + PICTURES["JPEG"][at + 4 :]


BOMBS: Final = {
    "png": png(100_000, 100_000, depth=1, rows=bytes(2_000_000)),
    "png just above": png(8000, 5001, depth=1),
    "png of one row": png(40_000_000, 1, depth=1),
    "jpeg": jpeg_of(65_500, 65_500),
    "webp": riff((b"VP8L", b"\x2f" + (16_383 | 16_383 << 14).to_bytes(4, "little"))),
    "webp canvas": riff((b"VP8X", bytes(4) + b"\xff" * 6), (b"VP8L", b"\x2f\0\0\0\0")),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_by_the_size_it_states_before_the_decoder_sees_it(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoder = Mock()
    monkeypatch.setattr("education.picture_files.Image.open", decoder)

    assert refusal(BOMBS[name]) == ("damaged" if name == "webp canvas" else "too_many_pixels")
    decoder.assert_not_called()


STATUS: Final = Path("/proc/self/status")
can_measure = pytest.mark.skipif(not STATUS.exists(), reason="no /proc on this machine")


def megabytes(action: str, *arguments: str) -> int:
    """Return by how much the memory of a process of its own grows at most while it does ``action``."""
    program = f"""
import sys
from pathlib import Path
from tests.education.test_picture_containers import BOMBS, STATUS, encode, refusal
def most():
    return int(STATUS.read_text().partition("VmHWM:")[2].split()[0])
before = most()
{action}
print((most() - before) // 1024)
"""
    child = [sys.executable, "-c", program, *arguments]
    return int(subprocess.run(child, cwd=ROOT, capture_output=True, text=True, check=True).stdout)


@can_measure
def test_bombs_need_next_to_no_memory() -> None:
    assert megabytes("for bomb in BOMBS.values(): refusal(bomb)") < 10


@can_measure
def test_a_large_photo_is_never_in_memory_at_its_full_size(tmp_path: Path) -> None:
    path = tmp_path / "36-megapixels.jpg"
    path.write_bytes(saved(Image.new("RGB", (6000, 6000)), "JPEG"))

    assert megabytes("encode(Path(sys.argv[1]).read_bytes())", str(path)) < 100  # 144 for the pixels alone


def test_text_that_would_unpack_to_gigabytes_never_reaches_the_decoder() -> None:
    megabyte = png_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(1_000_000)))
    data = png(1, 1, rows=b"\0\x80", extra=megabyte * 5000)

    assert encode(data) == encode(png(1, 1, rows=b"\0\x80"))
    assert b"zTXt" not in picture_containers.read(data).data


def test_of_parts_that_stand_once_only_the_first_is_read() -> None:
    profile = png_chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(1_000_000)))

    container = picture_containers.read(png(1, 1, rows=b"\0\x80", extra=profile * 1000))

    assert container.data.count(b"iCCP") == 1


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xd8" + b"\xff\xfe\0\2" * 2_400_000,
        png(1, 1, rows=b"\0\0", extra=png_chunk(b"tEXt", b"") * 800_000),
        riff(*[(b"JUNK", b"")] * 30_000, (b"VP8 ", PICTURES["WEBP"][20:])),
    ],
    ids=FORMATS,
)
def test_a_file_of_countless_parts_is_refused(data: bytes) -> None:
    assert refusal(data) == "damaged"


def test_a_photo_in_a_hundred_scans_is_not_decoded() -> None:
    data = saved(photo(48, 36), "JPEG", progressive=True)
    last = data[data.rindex(b"\xff\xda") : -2]

    assert encode(data[:-2] + last * 9 + b"\xff\xd9").width == 48
    assert refusal(data[:-2] + last * 100 + b"\xff\xd9") == "damaged"


# --- Anything at all --------------------------------------------------------------------------------------------------


def refused_or_small(data: bytes) -> bool:
    try:
        return len(encode(data).data) <= 200_000
    except PictureRefused:
        return True


def with_right_checksums(data: bytes) -> bytes:
    """Return a PNG file whose chunks pass, so that what is wrong inside them is met by the decoder."""
    parts, at = [data[:8]], 8
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4])
        parts.append(png_chunk(data[at + 4 : at + 8], data[at + 8 : at + 8 + length]))
        at += 12 + length
    return b"".join(parts)


SEEDS: Final = (
    *PICTURES.values(),
    saved(photo(48, 36), "JPEG", progressive=True, exif=b"Exif\0\0MM\0*\0\0\0\x08" + bytes(20)),
    saved(photo(48, 36, "CMYK"), "JPEG"),
    saved(photo(48, 36, "P"), "PNG", transparency=3),
    saved(photo(48, 36, "1"), "PNG"),
    saved(Image.merge("RGBA", [*photo(48, 36).split(), photo(48, 36, "L")]), "WEBP"),
    saved(photo(48, 36), "WEBP", lossless=True),
)
CHANGES: Final = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=8)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(SEEDS), CHANGES, st.booleans())
def test_a_picture_with_any_bytes_changed_is_refused_or_comes_out_small(
    seed: bytes, changes: list[tuple[float, int]], mends: bool
) -> None:
    data = bytearray(seed)
    for place, value in changes:
        data[int(place * (len(data) - 1))] = value

    assert refused_or_small(with_right_checksums(bytes(data)) if mends and data[:4] == b"\x89PNG" else bytes(data))


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\x20\0\0\0WEBPVP8X"]), st.binary(max_size=400)
)
def test_any_bytes_are_refused_or_come_out_small(start: bytes, rest: bytes) -> None:
    assert refused_or_small(start + rest)

"""Pictures that come back from a backup or another site: taken byte by byte, or not at all."""

import hashlib
from typing import Any, Final

import pytest
from PIL import Image

from education.picture_files import PictureRefused, encode, verify
from tests.education.picture_samples import SRGB, noise, photo, riff, saved

EXIF: Final = Image.Exif()
EXIF[0x010F] = "secret camera"
GOOD: Final = saved(photo(60, 40), "WEBP")
LOSSLESS: Final = saved(noise(60, 40), "WEBP", lossless=True)


def refusal(data: bytes, sha256: str | None = None) -> str:
    """Return the code with which a file that claims to be encoded already is refused."""
    with pytest.raises(PictureRefused) as refused:
        verify(data, hashlib.sha256(data).hexdigest() if sha256 is None else sha256)
    return refused.value.code


def of_length(byte_count: int) -> bytes:
    """Return a WebP file with a chunk of nothing that makes it this long."""
    return riff((b"VP8 ", GOOD[20:]), (b"JUNK", bytes(byte_count - len(GOOD) - 8)))


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("size", [(40, 30), (1600, 1600)])
def test_what_was_encoded_is_recognised_byte_by_byte(size: tuple[int, int], mode: str) -> None:
    original = photo(*size).convert(mode)
    original.putpixel((0, 0), (0, 0, 0, 77)[: len(mode)])
    made = encode(saved(original))

    assert verify(made.data, made.sha256) == made


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (GOOD[:-20], "damaged"),
        (riff((b"VP8 ", GOOD[20:60])), "damaged"),
        (LOSSLESS[:40] + bytes(255 - byte for byte in LOSSLESS[40:]), "damaged"),
        (GOOD + b"<script>", "more_than_a_picture"),
        (riff((b"VP8 ", GOOD[20:]), (b"HTML", b"<script>")), "more_than_a_picture"),
        (saved(photo(60, 40), "PNG"), "not_a_picture"),
        (b"<svg/>", "not_a_picture"),
        (saved(photo(1601, 9), "WEBP"), "too_many_pixels"),
        (of_length(200_000), "more_than_a_picture"),
        (of_length(200_002), "too_big"),
        (saved(photo(60, 40), "WEBP", save_all=True, append_images=[noise(60, 40)]), "animated"),
    ],
)
def test_a_file_that_could_not_have_been_made_here_is_refused(data: bytes, code: str) -> None:
    assert refusal(data) == code


@pytest.mark.parametrize("sha256", ["", "0" * 64, hashlib.sha256(GOOD).hexdigest().upper()])
def test_a_file_that_is_not_the_one_its_hash_names_is_refused(sha256: str) -> None:
    assert refusal(GOOD, sha256) == "damaged"


@pytest.mark.parametrize("metadata", [{"exif": EXIF}, {"xmp": b"<x:xmpmeta/>"}, {"icc_profile": SRGB}])
def test_an_encoded_file_with_metadata_is_refused(metadata: dict[str, Any]) -> None:
    assert refusal(saved(photo(60, 40), "WEBP", **metadata)) == "more_than_a_picture"

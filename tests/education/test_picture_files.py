"""What readers get of an uploaded picture: small, upright, in sRGB, transparent where it was, and nothing else."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final
from unittest.mock import Mock

import pytest
from PIL import Image, ImageChops, ImageOps, UnidentifiedImageError
from PIL.PngImagePlugin import PngInfo

from education import picture_files
from education.picture_files import BYTES_OUT_AT_MOST, SIDE_AT_MOST, PictureRefused, encode
from tests.education.picture_samples import (
    FORMATS,
    GREY_PROFILE,
    RED_AS_BLUE,
    SRGB,
    chunk_names,
    noise,
    photo,
    png,
    png_chunk,
    saved,
    shown,
    with_segment,
)

XMP: Final = b"<x:xmpmeta>secret</x:xmpmeta>"
ORIENTATION: Final = 0x0112
MAKER: Final = 0x010F
GPS: Final = 0x8825
RED, BLUE, CLEAR = (255, 0, 0), (0, 0, 255), (0, 0, 0, 0)


def exif(orientation: int = 1) -> Image.Exif:
    block = Image.Exif()
    block[ORIENTATION] = orientation
    block[MAKER] = "secret camera"
    block.get_ifd(GPS)[1] = "N"
    block.get_ifd(GPS)[2] = (51.0, 30.0, 0.0)
    return block


def differs_by(one: Image.Image, other: Image.Image) -> int:
    """Return the largest difference of any colour of any pixel, 0 to 255."""
    bands = ImageChops.difference(one.convert("RGB"), other.convert("RGB")).getextrema()
    return max(int(band[1]) for band in bands if isinstance(band, tuple))


# --- The picture --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        *(("JPEG", mode) for mode in ("RGB", "L", "CMYK")),
        *(("PNG", mode) for mode in ("RGB", "L", "P", "LA", "RGBA")),
        *(("WEBP", mode) for mode in ("RGB", "RGBA")),
    ],
)
def test_every_kind_of_picture_comes_out_as_webp_and_looks_the_same(kind: str, mode: str) -> None:
    original = photo(60, 40, mode)

    picture = encode(saved(original, kind))

    result = shown(picture.data)
    assert (result.format, result.size, (picture.width, picture.height)) == ("WEBP", (60, 40), (60, 40))
    assert picture.sha256 == hashlib.sha256(picture.data).hexdigest()
    assert differs_by(result, original) < 40


def test_greys_of_sixteen_bits_are_scaled_and_not_cut_off() -> None:
    greys = (0, 100, 200, 255)

    result = shown(encode(png(4, 1, depth=16, rows=b"\0" + bytes(half for grey in greys for half in (grey, 9)))).data)

    assert [result.getpixel((x, 0)) for x in range(4)] == [(grey, grey, grey) for grey in greys]


@pytest.mark.parametrize(
    ("size", "expected"),
    [((3300, 2200), (1600, 1067)), ((900, 1700), (847, 1600)), ((8000, 2), (1600, 1)), ((300, 200), (300, 200))],
)
@pytest.mark.parametrize("kind", FORMATS)
def test_a_side_is_at_most_1600_pixels_and_nothing_is_made_larger(
    kind: str, size: tuple[int, int], expected: tuple[int, int]
) -> None:
    picture = encode(saved(photo(*size), kind))

    assert (picture.width, picture.height) == shown(picture.data).size == expected


def test_what_does_not_fit_loses_quality_before_it_loses_size() -> None:
    rough = Image.blend(photo(1600, 1000), noise(1600, 1000), 0.14)

    picture = encode(saved(rough, "JPEG", quality=90))

    assert len(saved(rough, "WEBP", quality=82)) > BYTES_OUT_AT_MOST >= len(picture.data)
    assert picture.width == SIDE_AT_MOST


@pytest.mark.parametrize("has_alpha", [False, True])
def test_even_noise_is_made_to_fit(has_alpha: bool) -> None:
    worst = noise(800, 800)
    if has_alpha:
        worst.putalpha(noise(800, 800).convert("L"))

    picture = encode(saved(worst, compress_level=1))

    assert 50_000 < len(picture.data) <= BYTES_OUT_AT_MOST
    assert picture.width == picture.height > 400


def test_a_drawing_keeps_every_pixel_if_that_fits() -> None:
    drawing = Image.new("RGB", (400, 300), "white")
    drawing.paste(RED, (50, 50, 51, 250))

    picture = encode(saved(drawing))

    assert differs_by(shown(picture.data), drawing) == 0


def test_the_same_file_gives_the_same_bytes_in_every_thread() -> None:
    files = [saved(photo(700, 500), kind) for kind in FORMATS] * 3

    with ThreadPoolExecutor(4) as threads:
        hashes = [picture.sha256 for picture in threads.map(encode, files)]

    assert hashes[:3] == hashes[3:6] == hashes[6:]
    assert hashes[0] == encode(files[0]).sha256


# --- Metadata -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", FORMATS)
def test_nothing_but_pixels_is_left(kind: str) -> None:
    text = PngInfo()
    text.add_text("Comment", "secret")
    text.add_itxt("Author", "secret", zip=True)
    texts: dict[str, dict[str, Any]] = {"JPEG": {"comment": b"secret <?php ?>"}, "PNG": {"pnginfo": text}, "WEBP": {}}
    data = saved(photo(80, 60), kind, exif=exif(), icc_profile=SRGB, xmp=XMP, **texts[kind])
    if kind == "JPEG":
        data = with_segment(data, 0xED, b"Photoshop 3.0\x00secret")

    picture = encode(data)

    assert b"secret" in data
    assert b"secret" not in picture.data
    assert set(chunk_names(picture.data)) <= {b"VP8 ", b"VP8L"}
    assert not {"exif", "xmp", "icc_profile"} & {str(name) for name in shown(picture.data).info}


def test_a_colour_profile_is_applied_before_it_is_dropped() -> None:
    for kind in FORMATS:
        result = shown(encode(saved(Image.new("RGB", (20, 20), RED), kind, icc_profile=RED_AS_BLUE)).data)
        assert differs_by(result, Image.new("RGB", (20, 20), BLUE)) < 30
    see_through = shown(encode(saved(Image.new("RGBA", (20, 20), (*RED, 128)), icc_profile=RED_AS_BLUE)).data)
    assert see_through.convert("RGBA").getpixel((9, 9))[2:] == (255, 128)  # type: ignore[index]


@pytest.mark.parametrize("profile", [b"no profile", SRGB[:200], SRGB, GREY_PROFILE])
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_a_profile_that_is_broken_or_does_not_fit_changes_nothing(mode: str, profile: bytes) -> None:
    original = photo(60, 40, mode)

    picture = encode(saved(original, "JPEG", icc_profile=profile))

    assert differs_by(shown(picture.data), original) < 30


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", FORMATS)
def test_a_picture_comes_out_upright(kind: str, orientation: int) -> None:
    data = saved(photo(80, 48), kind, exif=exif(orientation), xmp=XMP)

    picture = encode(data)

    upright = ImageOps.exif_transpose(shown(data))
    assert (picture.width, picture.height) == upright.size == ((80, 48) if orientation < 5 else (48, 80))
    assert differs_by(shown(picture.data), upright) < 40


@pytest.mark.parametrize(
    "block",
    [
        b"",
        b"II*\0",
        b"MM\0*\xff\xff\xff\xff",
        b"II*\0\x08\0\0\0\xff\xff",
        b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x09\0\0\0",
        b"NO*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x03\0\0\0",
    ],
)
def test_an_exif_block_that_makes_no_sense_turns_nothing(block: bytes) -> None:
    data = with_segment(saved(photo(80, 48), "JPEG"), 0xE1, b"Exif\0\0" + block)

    assert encode(data).sha256 == encode(saved(photo(80, 48), "JPEG")).sha256


# --- Transparency -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_transparency_is_kept_and_what_it_hides_is_not(kind: str) -> None:
    original = Image.new("RGBA", (90, 60), (*RED, 0))
    original.paste((*BLUE, 255), (30, 0, 60, 60))
    original.paste((*BLUE, 128), (60, 0, 90, 60))

    result = shown(encode(saved(original, kind, exact=True, lossless=True)).data).convert("RGBA")

    assert [result.getpixel((x, 30)) for x in (10, 45, 75)] == [CLEAR, (*BLUE, 255), (*BLUE, 128)]


@pytest.mark.parametrize(
    "data",
    [
        png(2, 1, depth=8, colours=0, rows=b"\0\xff\0", extra=png_chunk(b"tRNS", b"\0\xff")),
        png(2, 1, depth=1, colours=0, rows=b"\0\x80", extra=png_chunk(b"tRNS", b"\0\x01")),
        png(2, 1, depth=8, colours=2, rows=b"\0\xff\0\0\0\0\0", extra=png_chunk(b"tRNS", b"\0\xff\0\0\0\0")),
        png(
            2,
            1,
            depth=8,
            colours=3,
            rows=b"\0\1\0",
            extra=png_chunk(b"PLTE", b"\0\0\0\xff\0\0") + png_chunk(b"tRNS", b"\xff\0"),
        ),
        png(
            2,
            1,
            depth=4,
            colours=3,
            rows=b"\0\x10",
            extra=png_chunk(b"PLTE", b"\0\0\0\xff\0\0") + png_chunk(b"tRNS", b"\xff\0"),
        ),
        png(2, 1, depth=8, colours=4, rows=b"\0\xff\0\0\xff"),
    ],
    ids=["grey", "black and white", "colours", "palette", "small palette", "grey with alpha"],
)
def test_a_single_transparent_colour_is_kept_too(data: bytes) -> None:
    result = shown(encode(data).data).convert("RGBA")

    assert [result.getpixel((x, 0)) for x in (0, 1)] == [CLEAR, (0, 0, 0, 255)]


@pytest.mark.parametrize("depth", [2, 4, 16])
def test_a_transparent_grey_that_the_decoder_would_lose_is_refused(depth: int) -> None:
    with pytest.raises(PictureRefused, match="rare kind"):
        encode(png(1, 1, depth=depth, rows=b"\0\0\0", extra=png_chunk(b"tRNS", b"\0\1")))


# --- Too much, and what the decoder raises ----------------------------------------------------------------------------


def test_a_file_of_more_than_10_megabytes_is_not_even_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(data: bytes) -> None:
        pytest.fail("it was read")

    monkeypatch.setattr("education.picture_files.picture_containers.read", read)

    for size in (10_000_001, 50_000_000):
        with pytest.raises(PictureRefused, match="larger than 10 MB") as refused:
            encode(b"\xff\xd8\xff" + bytes(size - 3))
        assert refused.value.code == "too_big"


@pytest.mark.parametrize("error", [*picture_files._UNREADABLE, UnidentifiedImageError, MemoryError])
def test_whatever_the_decoder_raises_is_a_refusal(error: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("education.picture_files.Image.open", Mock(side_effect=error("broken")))

    with pytest.raises(PictureRefused) as refused:
        encode(saved(photo(60, 40)))
    assert refused.value.code == ("too_many_pixels" if error is MemoryError else "damaged")


def test_the_decoder_is_told_the_format_and_not_trusted_if_it_sees_another_size(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    decoder = Mock(return_value=photo(90, 90))
    monkeypatch.setattr("education.picture_files.Image.open", decoder)

    with pytest.raises(PictureRefused, match="damaged"):
        encode(saved(photo(60, 40)))
    assert decoder.call_args.kwargs == {"formats": ("PNG",)}

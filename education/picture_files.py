"""Pictures an editor uploads: a small, clean WebP comes out, or a clear refusal. Pure: knows no Django, no database.

What counts is what a file holds, not its name. Nothing of the file itself is kept, only its pixels, drawn anew: no
place, camera, comment or colour profile reaches a reader. Pillow's module-wide switches are left alone, since other
threads decode at the same time.
"""

import hashlib
import math
import struct
import threading
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from PIL import Image, ImageCms

from education import picture_containers
from education.picture_containers import Container, PictureRefused

__all__ = ["Picture", "PictureRefused", "encode", "verify"]

BYTES_IN_AT_MOST: Final = 10_000_000
BYTES_OUT_AT_MOST: Final = 200_000
SIDE_AT_MOST: Final = 1600  # pixels, of what is served
PIXELS_AT_MOST: Final = 40_000_000  # of what is uploaded

# What a JPEG can state at most. The table of weights for making a picture smaller grows with its longest side.
_SIDE_IN_AT_MOST: Final = 65_535
# Of lossy WebP, 0 to 100; below 46 edges dissolve.
_QUALITIES: Final[Sequence[int]] = (82, 70, 58, 46)
_QUALITIES_WHEN_SMALLER: Final[Sequence[int]] = (58, 46)
_COLOURS_OF_A_DRAWING_AT_MOST: Final = 65_536

# A large picture takes hundreds of megabytes while it is decoded, so each process decodes one after another.
_ONE_AT_A_TIME: Final = threading.Lock()

# All that Pillow, zlib and LittleCMS are known to raise for a file they cannot read; documented for none of them.
_UNREADABLE: Final = (
    OSError,  # UnidentifiedImageError too
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    EOFError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
    ImageCms.PyCMSError,
)

# EXIF orientation to the move that sets the picture upright; 1 is upright.
_UPRIGHT: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True)
class Picture:
    """A WebP file without metadata. ``sha256`` is of ``data``, in hexadecimal; the sizes are pixels."""

    data: bytes
    sha256: str
    width: int
    height: int


def encode(data: bytes) -> Picture:
    """Return what is served for an uploaded file: at most SIDE_AT_MOST pixels a side and BYTES_OUT_AT_MOST bytes.

    The picture is upright, in sRGB, as transparent as it was, never larger than it was. The same bytes in give the same
    bytes out with one version of Pillow. Raises PictureRefused, for whatever is wrong with the file.
    """
    if len(data) > BYTES_IN_AT_MOST:
        raise PictureRefused(
            "too_big",
            f"This file is larger than {BYTES_IN_AT_MOST // 1_000_000} MB. Make the picture smaller "
            f"({SIDE_AT_MOST} pixels on the longest side is enough) and upload it again.",
        )
    container = picture_containers.read(data)
    if container.width * container.height > PIXELS_AT_MOST or max(container.width, container.height) > _SIDE_IN_AT_MOST:
        raise _too_many_pixels()
    try:
        with _ONE_AT_A_TIME:
            return _small(_pixels(container), is_photo=container.format == "JPEG")
    except _UNREADABLE as error:
        raise picture_containers.damaged() from error
    except MemoryError as error:
        raise _too_many_pixels() from error


def verify(data: bytes, sha256: str) -> Picture:
    """Return an already encoded file as it is, if ``encode`` could have made it and its hash is ``sha256``.

    Raises PictureRefused.
    """
    if len(data) > BYTES_OUT_AT_MOST:
        raise PictureRefused("too_big", f"This picture is larger than {BYTES_OUT_AT_MOST // 1000} kB.")
    container = picture_containers.read(data)
    if container.format != "WEBP":
        raise PictureRefused("not_a_picture", "This picture is not a WebP file.")
    if hashlib.sha256(data).hexdigest() != sha256:
        raise PictureRefused("damaged", "This picture has changed since it was written: its hash is another.")
    if max(container.width, container.height) > SIDE_AT_MOST:
        raise PictureRefused("too_many_pixels", f"This picture is more than {SIDE_AT_MOST} pixels wide or high.")
    try:
        with _opened(container) as picture:
            picture.load()
            has_profile = "icc_profile" in picture.info
    except _UNREADABLE as error:
        raise picture_containers.damaged() from error
    if has_profile or container.data != data:
        raise PictureRefused("more_than_a_picture", "This picture holds metadata, such as a place or a camera.")
    return Picture(data, sha256, container.width, container.height)


def _too_many_pixels() -> PictureRefused:
    return PictureRefused(
        "too_many_pixels",
        f"This picture has too many pixels; at most {PIXELS_AT_MOST // 1_000_000} million are read. Make it smaller "
        f"({SIDE_AT_MOST} pixels on the longest side is enough) and upload it again.",
    )


# --- In -----------------------------------------------------------------------------------------------------------


def _opened(container: Container) -> Image.Image:
    picture = Image.open(BytesIO(container.data), formats=(container.format,))
    if picture.size != (container.width, container.height):
        raise ValueError("the decoder sees another size than was checked")
    return picture


def _pixels(container: Container) -> Image.Image:
    """Return the picture upright and in sRGB, RGB or RGBA, at most SIDE_AT_MOST pixels a side."""
    with _opened(container) as picture:
        profile: bytes | None = picture.info.get("icc_profile")
        # A JPEG can be decoded at a half, a quarter or an eighth; of a large photo this saves most of the memory.
        picture.draft(None, _size_within(picture.size, SIDE_AT_MOST))
        picture.load()
        small = _within(_resizable(picture), SIDE_AT_MOST)
    if container.orientation in _UPRIGHT:
        small = small.transpose(_UPRIGHT[container.orientation])
    return _in_srgb(small, profile)


def _resizable(picture: Image.Image) -> Image.Image:
    """Return the picture in a mode whose numbers can be averaged; those of a palette cannot."""
    if picture.mode == "I;16":
        # Pillow cuts greys off at 255 instead of scaling them.
        return picture.point(lambda grey: grey / 256).convert("L")
    mode = {"1": "L", "L": "L", "CMYK": "CMYK"}.get(picture.mode, "RGB")
    if picture.has_transparency_data:
        mode = "RGBA"
    return picture if picture.mode == mode else picture.convert(mode)


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    if picture.mode != "RGBA":
        return _converted(picture, profile)
    colours = _converted(picture.convert("RGB"), profile)
    colours.putalpha(picture.getchannel("A"))
    return colours


def _converted(colours: Image.Image, profile: bytes | None) -> Image.Image:
    """Return the picture in sRGB. A profile that cannot be read or does not fit is passed over, as browsers do."""
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            mode = {"GRAY": "L", "RGB": "RGB", "CMYK": "CMYK"}.get(source.profile.xcolor_space.strip())
            if mode == colours.mode or (mode == "RGB" and colours.mode == "L"):
                srgb = ImageCms.createProfile("sRGB")
                converted = ImageCms.profileToProfile(colours.convert(mode), source, srgb, outputMode="RGB")
                if converted is not None:
                    return converted
        except (ImageCms.PyCMSError, OSError):
            return colours.convert("RGB")
    return colours.convert("RGB")


# --- Smaller, and out -----------------------------------------------------------------------------------------------


def _size_within(size: tuple[int, int], side: int) -> tuple[int, int]:
    longest = max(size)
    if longest <= side:
        return size
    return max(1, round(size[0] * side / longest)), max(1, round(size[1] * side / longest))


def _within(picture: Image.Image, side: int) -> Image.Image:
    size = _size_within(picture.size, side)
    return picture if size == picture.size else picture.resize(size, Image.Resampling.LANCZOS)


def _small(picture: Image.Image, *, is_photo: bool) -> Picture:
    """Encode until it fits: a drawing pixel by pixel if that is small enough, then at lower quality, then smaller."""
    if not is_photo and picture.getcolors(_COLOURS_OF_A_DRAWING_AT_MOST) is not None:
        data = _webp(picture, quality=50, is_lossless=True)
        if len(data) <= BYTES_OUT_AT_MOST:
            return _finished(data, picture)
    smaller, qualities = picture, _QUALITIES
    while True:
        for quality in qualities:
            data = _webp(smaller, quality=quality, is_lossless=False)
            if len(data) <= BYTES_OUT_AT_MOST:
                return _finished(data, smaller)
        # The bytes of a picture go roughly with its area.
        shrink = min(0.9, math.sqrt(BYTES_OUT_AT_MOST / len(data)))
        smaller, qualities = _within(picture, max(1, int(max(smaller.size) * shrink))), _QUALITIES_WHEN_SMALLER


def _webp(picture: Image.Image, *, quality: int, is_lossless: bool) -> bytes:
    file = BytesIO()
    picture.save(
        file,
        "WEBP",
        lossless=is_lossless,
        quality=quality,
        alpha_quality=quality,
        method=4,
        exact=False,  # what is hidden below transparent pixels goes too
        exif=b"",
        icc_profile=b"",
        xmp=b"",
    )
    return file.getvalue()


def _finished(data: bytes, picture: Image.Image) -> Picture:
    return Picture(data, hashlib.sha256(data).hexdigest(), *picture.size)

"""Picture files made on the spot, good and bad, byte by byte where Pillow would not write them."""

import struct
import zlib
from io import BytesIO
from typing import Any, Final

from PIL import Image, ImageCms

FORMATS: Final = ("JPEG", "PNG", "WEBP")

SRGB: Final = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
GREY_PROFILE: Final = SRGB.replace(b"RGB ", b"GRAY", 1).replace(b"rTRC", b"kTRC", 1)
# In which pure red is meant to be seen as blue.
RED_AS_BLUE: Final = SRGB.replace(b"rXYZ", b"????", 1).replace(b"bXYZ", b"rXYZ", 1).replace(b"????", b"bXYZ", 1)


def photo(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """Return a picture with soft colours that differ in every corner."""
    grey = Image.linear_gradient("L")
    channels = (grey, grey.transpose(Image.Transpose.ROTATE_90), grey.transpose(Image.Transpose.FLIP_TOP_BOTTOM))
    return Image.merge("RGB", channels).resize((width, height)).convert(mode)


def noise(width: int, height: int) -> Image.Image:
    """Return what no encoder can make small; not the same twice."""
    return Image.merge("RGB", [Image.effect_noise((width, height), 90) for _ in range(3)])


def saved(picture: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    """Return the picture as a file of one format."""
    written = BytesIO()
    picture.save(written, kind, **options)
    return written.getvalue()


def shown(data: bytes) -> Image.Image:
    """Return what a browser would show."""
    return Image.open(BytesIO(data))


def png_chunk(kind: bytes, body: bytes) -> bytes:
    """Return one chunk of a PNG file, with its checksum."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, *, depth: int = 8, colours: int = 0, rows: bytes = b"", extra: bytes = b"") -> bytes:
    """Return a PNG file that states this size, whatever ``rows`` holds; ``extra`` chunks come before the pixels."""
    header = struct.pack(">IIBBBBB", width, height, depth, colours, 0, 0, 0)
    pixels = png_chunk(b"IDAT", zlib.compress(rows))
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + extra + pixels + png_chunk(b"IEND", b"")


def with_segment(jpeg: bytes, marker: int, body: bytes) -> bytes:
    """Return a JPEG file with one more segment right after its start."""
    return jpeg[:2] + bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body + jpeg[2:]


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    """Return a WebP file of these chunks."""
    content = b"WEBP" + b"".join(
        kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2) for kind, body in chunks
    )
    return b"RIFF" + struct.pack("<I", len(content)) + content


def chunk_names(webp: bytes) -> list[bytes]:
    """Return the names of the chunks of a WebP file."""
    names, at = [], 12
    while at < len(webp):
        names.append(webp[at : at + 4])
        length = int.from_bytes(webp[at + 4 : at + 8], "little")
        at += 8 + length + length % 2
    return names

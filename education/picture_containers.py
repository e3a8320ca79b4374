"""What a JPEG, PNG or WebP file says of itself, read before any pixel is decoded. Pure; knows no Pillow.

Decoders are lenient: they skip what they do not know and stop at the last row, so one file can be a picture and a
program, a page or an archive at once. Here a file is one still picture from its first byte to its last, or it is
refused, and only the parts that make pixels and colours are handed on: no text, preview or private chunk reaches the
decoder, whatever it would have unpacked to.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeVar

Reason = Literal["too_big", "not_a_picture", "too_many_pixels", "animated", "damaged", "more_than_a_picture"]
Format = Literal["JPEG", "PNG", "WEBP"]
Part = TypeVar("Part", int, bytes)

# A 10 MB file may be made of millions of empty parts, each of which takes its time. Real ones have hundreds.
_PARTS_AT_MOST: Final = 20_000


class PictureRefused(ValueError):
    """A file that is not taken. ``code`` says why to a program, the message says to an editor what to do about it."""

    def __init__(self, code: Reason, message: str) -> None:
        super().__init__(message)
        self.code: Reason = code


@dataclass(frozen=True)
class Container:
    """One still picture that is not decoded yet.

    ``width`` and ``height`` are pixels, before it is turned by ``orientation`` (EXIF: 1 to 8, though a file may state
    any number); all three as the file states them. ``data`` is the file again with nothing but pixels, palette,
    transparency and colour profile.
    """

    format: Format
    width: int
    height: int
    orientation: int
    data: bytes


def read(data: bytes) -> Container:
    """Return what ``data`` holds, whatever its name says.

    Raises PictureRefused: 'not_a_picture', 'animated', 'damaged' or 'more_than_a_picture'.
    """
    if data.startswith(b"\xff\xd8\xff"):
        return _jpeg(data)
    if data.startswith(_PNG):
        return _png(data)
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return _webp(data)
    raise PictureRefused(
        "not_a_picture",
        "This file is not a JPEG, PNG or WebP picture, whatever its name says. "
        "Open it in a picture program, export it as JPEG or PNG, and upload that.",
    )


def damaged() -> PictureRefused:
    """Return the refusal of a file that begins like a picture and does not go on like one."""
    return PictureRefused(
        "damaged",
        "This picture is damaged, cut short or of a rare kind. "
        "Open it in a picture program, export it as JPEG or PNG, and upload that.",
    )


def _animated() -> PictureRefused:
    return PictureRefused("animated", "This picture moves. Only still pictures are shown: save one frame as PNG.")


def _few(parts: Iterator[tuple[Part, bytes]]) -> Iterator[tuple[Part, bytes]]:
    for number, part in enumerate(parts):
        if number == _PARTS_AT_MOST:
            raise damaged()
        yield part


def _must_end(data: bytes, at: int) -> None:
    if at != len(data):
        raise PictureRefused(
            "more_than_a_picture",
            "Something else follows the picture in this file. Some phones and cameras add a video, a preview or a "
            "depth map there. Open it in a picture program, export it as a new JPEG or PNG, and upload that.",
        )


# --- JPEG ---------------------------------------------------------------------------------------------------------

_MARKER: Final = re.compile(rb"\xff+([^\x00\xff])", re.DOTALL)
# Inside a scan 0xFF is followed by 0 where it is data, and by 0xD0 to 0xD7 where the decoder may restart.
_AFTER_SCAN: Final = re.compile(rb"\xff(?=[^\x00\xd0-\xd7\xff])", re.DOTALL)
_SCAN: Final = 0xDA
_END_OF_IMAGE: Final = 0xD9
_FRAMES: Final = frozenset({0xC0, 0xC1, 0xC2, 0xC9, 0xCA})  # the kinds that decoders know
_TABLES: Final = frozenset({0xC4, 0xCC, 0xDB, 0xDD})
_KEPT_NOTES: Final = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}  # how its numbers become colours
_EXIF_NOTE: Final = 0xE1
_EXIF: Final = b"Exif\0\0"
# Progressive files have about ten. Each is a walk over all pixels and may be as short as sixty bytes.
_SCANS_AT_MOST: Final = 100


def _jpeg(data: bytes) -> Container:
    kept, sizes, orientation, scans = [data[:2]], [], 1, 0
    for marker, segment in _few(_segments(data)):
        body = segment[4:]
        if marker in _FRAMES:
            sizes.append((int.from_bytes(segment[7:9]), int.from_bytes(segment[5:7])))
        elif marker == _SCAN:
            scans += 1
        elif marker == _EXIF_NOTE and body.startswith(_EXIF):
            orientation = _orientation(body)
        if (
            marker in _FRAMES | _TABLES
            or marker in {_SCAN, _END_OF_IMAGE}
            or (marker in _KEPT_NOTES and body.startswith(_KEPT_NOTES[marker]))
        ):
            kept.append(segment)
    if len(sizes) != 1 or not 0 < scans <= _SCANS_AT_MOST:
        raise damaged()
    return Container("JPEG", *sizes[0], orientation, b"".join(kept))


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield each marker after the first with its segment, a scan with its pixels; the last is the end of the image."""
    at = 2
    while found := _MARKER.match(data, at):
        marker = found[1][0]
        if marker == _END_OF_IMAGE:
            _must_end(data, found.end())
            yield marker, b"\xff\xd9"
            return
        # A length that leads astray ends where no marker stands.
        at = found.end() + int.from_bytes(data[found.end() : found.end() + 2])
        if marker == _SCAN:
            after = _AFTER_SCAN.search(data, at)
            if after is None:
                break
            at = after.start()
        yield marker, data[found.end() - 2 : at]
    raise damaged()


# --- PNG ----------------------------------------------------------------------------------------------------------

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_PNG_HEADER_BYTES: Final = 25  # of the whole chunk
_PALETTE: Final = 3
_KEY_DEPTHS: Final = frozenset({1, 8})
_PNG_KEPT: Final = frozenset({b"IHDR", b"PLTE", b"tRNS", b"iCCP", b"IDAT", b"IEND"})


def _png(data: bytes) -> Container:
    kept, seen, orientation = [_PNG], set(), 1
    for kind, chunk in _few(_png_chunks(data)):
        if kind == b"acTL":
            raise _animated()
        if kind == b"eXIf":
            orientation = _orientation(chunk[8:-4])
        elif kind == b"IDAT" or (kind in _PNG_KEPT and kind not in seen):
            seen.add(kind)
            kept.append(chunk)
    header = kept[1]
    if header[4:8] != b"IHDR" or len(header) != _PNG_HEADER_BYTES:
        raise damaged()
    depth, colours = header[16], header[17]
    if b"tRNS" in seen and colours != _PALETTE and depth not in _KEY_DEPTHS:
        raise damaged()  # Pillow would lose which colour is transparent, and say nothing
    width, height = struct.unpack_from(">II", header, 8)
    return Container("PNG", width, height, orientation, b"".join(kept))


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the kind of each chunk and the whole of it; the checksums of those that are kept are right."""
    at = len(_PNG)
    while at < len(data):
        end = at + int.from_bytes(data[at : at + 4]) + 12
        kind, chunk = data[at + 4 : at + 8], data[at:end]
        if kind in _PNG_KEPT and zlib.crc32(chunk[4:-4]) != int.from_bytes(chunk[-4:]):
            break
        if kind == b"IEND":
            _must_end(data, end)
        yield kind, chunk
        if kind == b"IEND":
            return
        at = end
    raise damaged()


# --- WebP ---------------------------------------------------------------------------------------------------------

_WEBP_KEPT: Final = frozenset({b"VP8X", b"ICCP", b"ALPH", b"VP8 ", b"VP8L"})
_MOVES: Final = 0x02  # a flag in the first byte of VP8X


def _webp(data: bytes) -> Container:
    kept, sizes, orientation = [b"WEBP"], set(), 1
    bitstreams = 0
    for kind, chunk in _few(_webp_chunks(data)):
        body = chunk[8:]
        if kind == b"VP8X" and body[:1] and body[0] & _MOVES:
            raise _animated()
        if kind == b"EXIF":
            orientation = _orientation(body)
        if kind in {b"VP8X", b"VP8 ", b"VP8L"}:
            sizes.add(_webp_size(kind, body))
            bitstreams += kind != b"VP8X"
        if kind in _WEBP_KEPT:
            kept.append(chunk)
    if len(sizes) != 1 or bitstreams != 1:
        raise damaged()
    content = b"".join(kept)
    return Container("WEBP", *sizes.pop(), orientation, b"RIFF" + struct.pack("<I", len(content)) + content)


def _webp_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    size = int.from_bytes(data[4:8], "little") + 8
    if size > len(data):
        raise damaged()
    _must_end(data, size)
    at = 12
    while at < size:
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        end = at + 8 + length + length % 2
        if end > size:
            raise damaged()
        yield data[at : at + 4], data[at:end]
        at = end


def _webp_size(kind: bytes, body: bytes) -> tuple[int, int]:
    if kind == b"VP8X":
        return int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1
    if kind == b"VP8 ":
        return int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF
    bits = int.from_bytes(body[1:5], "little")
    return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1


# --- EXIF ---------------------------------------------------------------------------------------------------------

_BYTE_ORDERS: Final = {b"II*\0": "<", b"MM\0*": ">"}
_ORIENTATION: Final = 0x0112


def _orientation(exif: bytes) -> int:
    """Return the number a block of EXIF states; 1, which turns nothing, where it states none or cannot be read."""
    exif = exif.removeprefix(_EXIF)
    order = _BYTE_ORDERS.get(exif[:4], "")
    if not order:
        return 1
    try:
        (start,) = struct.unpack_from(f"{order}I", exif, 4)
        (count,) = struct.unpack_from(f"{order}H", exif, start)
        for at in range(start + 2, start + 2 + 12 * count, 12):
            tag, _kind, _count, value = struct.unpack_from(f"{order}HHIH", exif, at)
            if tag == _ORIENTATION:
                return int(value)
    except struct.error:
        return 1
    return 1

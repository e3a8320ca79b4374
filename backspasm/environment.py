"""Reads the few settings an operator gives through the environment. Knows no Django beyond its error type."""

import base64
import binascii
import contextlib
import ipaddress
import os
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.exceptions import ImproperlyConfigured

_OWN_PORT: Final = {"http": 80, "https": 443}
_KEY_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,20}")
FIELD_KEY_BYTES: Final = 32
PUSH_KEY_BYTES: Final = 32


@dataclass(frozen=True)
class SiteUrl:
    """The one address of this installation; everything that needs a host name takes it from here."""

    scheme: str
    host: str
    port: int | None

    @property
    def is_https(self) -> bool:
        """True in production: cookies, HSTS, redirects and secrets become strict."""
        return self.scheme == "https"

    @property
    def netloc(self) -> str:
        """Host and, where it is not the scheme's own, port; IPv6 in brackets."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port is None else f"{host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.netloc}"


def site_url(text: str) -> SiteUrl:
    """Return the parsed site address.

    Raises ImproperlyConfigured where it is not an origin, or is plain http on a public address.
    """
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise ImproperlyConfigured(f"BACKSPASM_SITE_URL: {text!r} cannot be read: {error}.") from error
    has_more = parts.path not in {"", "/"} or parts.query or parts.fragment or "@" in parts.netloc
    if parts.scheme not in _OWN_PORT or not parts.hostname or has_more:
        raise ImproperlyConfigured(
            f"BACKSPASM_SITE_URL: {text!r} is not an address such as https://back.example.org or http://127.0.0.1:8000."
        )
    if parts.scheme == "http" and not _is_private(parts.hostname):
        raise ImproperlyConfigured(
            f"BACKSPASM_SITE_URL: {text!r} would serve a public site without encryption. "
            "Use https://, or http:// with localhost or a loopback or private address."
        )
    # Browsers leave the scheme's own port out of Host and Origin.
    return SiteUrl(parts.scheme, parts.hostname, None if port == _OWN_PORT[parts.scheme] else port)


def _is_private(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_private


def required(name: str, why: str) -> str:
    """Return a variable that an https site must have. Raises ImproperlyConfigured where it is missing."""
    value = os.environ.get(name, "")
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. {why}")
    return value


@dataclass(frozen=True)
class FieldKeys:
    """The ring of keys that seal what patients type: (id, 32 bytes) each, newest first."""

    keys: tuple[tuple[str, bytes], ...]

    @property
    def newest(self) -> str:
        """The id of the key that seals; the others only open."""
        return self.keys[0][0]

    def __repr__(self) -> str:
        return f"FieldKeys({', '.join(key_id for key_id, _key in self.keys)})"


def field_keys(text: str) -> FieldKeys:
    """Return the ring written as ``id:key,id:key``, newest first, each key 32 bytes in base64.

    Raises ImproperlyConfigured, without the keys, where it cannot be read.
    """
    ring: list[tuple[str, bytes]] = []
    for entry in filter(None, (part.strip() for part in text.split(","))):
        key_id, _colon, written = entry.partition(":")
        try:
            key = base64.urlsafe_b64decode(written.replace("+", "-").replace("/", "_"))
        except (binascii.Error, ValueError):
            key = b""
        if len(key) != FIELD_KEY_BYTES or not _KEY_ID.fullmatch(key_id):
            raise ImproperlyConfigured(
                f"BACKSPASM_FIELD_KEYS: entry {len(ring) + 1} is not an id, a colon and 32 bytes in base64."
            )
        ring.append((key_id, key))
    if not ring or len({key_id for key_id, _key in ring}) < len(ring):
        raise ImproperlyConfigured("BACKSPASM_FIELD_KEYS: there is no key, or two keys have one id.")
    return FieldKeys(tuple(ring))


def new_field_key() -> str:
    """Return a new entry for the ring, its id taken from chance."""
    return f"k{secrets.token_hex(4)}:{base64.urlsafe_b64encode(secrets.token_bytes(FIELD_KEY_BYTES)).decode()}"


@dataclass(frozen=True)
class PushKey:
    """The key pair that signs push messages (VAPID, RFC 8292), both in base64url. Browsers are given the public one."""

    private: str = field(repr=False)
    public: str


def push_key(text: str) -> PushKey | None:
    """Return the key pair of a private key of P-256, 32 bytes in base64url; None where there is none.

    Raises ImproperlyConfigured, without the key, where it cannot be read.
    """
    written = text.strip()
    if not written:
        return None
    try:
        number = base64.urlsafe_b64decode(written + "=" * (-len(written) % 4))
        if len(number) != PUSH_KEY_BYTES:
            raise ValueError("another length")
        private = ec.derive_private_key(int.from_bytes(number, "big"), ec.SECP256R1())
    except ValueError:
        raise ImproperlyConfigured(
            "BACKSPASM_PUSH_KEY is not 32 bytes in base64; make one with new_push_key."
        ) from None
    point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return PushKey(_base64url(number), _base64url(point))


def new_push_key() -> str:
    """Return a new private key for push messages."""
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return _base64url(number.to_bytes(PUSH_KEY_BYTES, "big"))


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def made_once(path: Path, make: Callable[[], str] = lambda: secrets.token_urlsafe(64)) -> str:
    """Return the secret kept in ``path``, made at first use and readable by its owner alone."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        # Written elsewhere first: a process that starts at the same moment must never read half of it.
        draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(make())
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(draft)
        draft.unlink()
    return path.read_text()

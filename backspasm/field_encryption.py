"""Seals what patients type: AES-256-GCM under a ring of keys, each sealed text bound to the place it stands in.

A sealed text reads ``v1|key id|base64url(nonce + ciphertext + tag)``. Its context (table, column, row, user) is
authenticated but not stored, so a text moved to another row cannot be opened there. docs/security.md says more.
"""

import base64
import binascii
import os
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from backspasm.environment import FieldKeys

_VERSION: Final = "v1"
_NONCE_BYTES: Final = 12


class CannotUnseal(Exception):
    """A sealed text cannot be opened here: its key is missing, or it stands in the wrong place or is damaged."""


class Sealed(str):
    """A sealed text as it is stored; never shown to anybody."""

    __slots__ = ()

    @property
    def key_id(self) -> str:
        """The id of the key that sealed it. Raises CannotUnseal where this is no sealed text."""
        return _parts(self)[0]


def seal(text: str, *, context: str) -> Sealed:
    """Return ``text`` sealed under the newest key. Equal texts give different results."""
    ring = settings.FIELD_KEYS
    nonce = os.urandom(_NONCE_BYTES)
    box = _ciphers(ring)[ring.newest].encrypt(nonce, text.encode(), context.encode())
    return Sealed(f"{_VERSION}|{ring.newest}|{base64.urlsafe_b64encode(nonce + box).decode()}")


def unseal(value: str, *, context: str) -> str:
    """Return the text sealed in ``value`` in the same context.

    Raises CannotUnseal, whose message names neither the text nor the context.
    """
    key_id, box = _parts(value)
    cipher = _ciphers(settings.FIELD_KEYS).get(key_id)
    if cipher is None:
        raise CannotUnseal(f"The key {key_id!r} is not in BACKSPASM_FIELD_KEYS.")
    try:
        return cipher.decrypt(box[:_NONCE_BYTES], box[_NONCE_BYTES:], context.encode()).decode()
    except InvalidTag as error:
        raise CannotUnseal("A sealed text was changed, or stands where it was not sealed.") from error


def is_current(value: str) -> bool:
    """Return whether ``value`` is sealed under the newest key. Raises CannotUnseal where it is no sealed text."""
    return _parts(value)[0] == settings.FIELD_KEYS.newest


def _parts(value: str) -> tuple[str, bytes]:
    try:
        version, key_id, box = value.split("|")
        if version == _VERSION:
            return key_id, base64.urlsafe_b64decode(box)
    except (binascii.Error, ValueError) as error:
        raise CannotUnseal("This is no sealed text.") from error
    raise CannotUnseal("This is no sealed text.")


@lru_cache(maxsize=4)
def _ciphers(ring: FieldKeys) -> Mapping[str, AESGCM]:
    return {key_id: AESGCM(key) for key_id, key in ring.keys}

"""The browsers that take push messages of one person. Their addresses and keys are secrets, and are kept sealed."""

import base64
import binascii
import hashlib
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.db import transaction

from backspasm import own_sessions
from backspasm.models import User
from tracker.models import Patient, PushDevice
from tracker.models.reminder_way import DEVICES_AT_MOST
from tracker.reminders.channels.message import PushAddress
from tracker.reminders.channels.push_hosts import is_allowed

# A device that took nothing for so long is forgotten.
SILENT: Final = timedelta(days=90)
_NOTED_EVERY: Final = timedelta(days=1)
_SECRET_BYTES: Final = 16


class Refused(Exception):
    """A device that is not kept; ``code`` says why.

    not_set_up (the site has no key), address (of no push service we post to), keys (no browser made them), too_many.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def is_set_up() -> bool:
    """Say whether this site can send push messages."""
    return settings.PUSH_KEY is not None


def server_key() -> str:
    """Return our public key, which browsers subscribe with; empty where push is not set up."""
    return settings.PUSH_KEY.public if settings.PUSH_KEY else ""


@transaction.atomic
def add(*, user: User, address: PushAddress, user_agent: str, now: datetime) -> PushDevice:
    """Keep a browser that has subscribed with our key. Adding it again keeps one row, with its newest keys.

    ``user_agent`` is shortened to the kind of browser and system. A browser that was another person's is theirs no
    more: whoever holds it has just signed in and asked. Raises Refused.
    """
    if not is_set_up():
        raise Refused("not_set_up")
    if not is_allowed(address.endpoint):
        raise Refused("address")
    _check_keys(address)
    Patient.objects.lock(user)
    hashed = hash_of(address.endpoint)
    PushDevice.objects.filter(address_hash=hashed).exclude(user=user).delete()
    device: PushDevice | None = PushDevice.objects.of(user).filter(address_hash=hashed).first()
    if device is None:
        if PushDevice.objects.of(user).count() >= DEVICES_AT_MOST:
            raise Refused("too_many")
        device = PushDevice(user=user, address_hash=hashed, created_at=now)
    device.address = address.endpoint
    device.public_key = address.public_key
    device.auth_secret = address.auth_secret
    device.server_key = server_key()
    device.name = own_sessions.device(user_agent)
    device.save()
    return device


def remove(*, user: User, pk: uuid.UUID) -> bool:
    """Forget one device. Returns False where this person has none with that id."""
    deleted: int = PushDevice.objects.of(user).filter(pk=pk).delete()[0]
    return deleted > 0


def remove_address(*, user: User, endpoint: str) -> bool:
    """Forget the device with this address. Returns False where this person has none."""
    deleted: int = PushDevice.objects.of(user).filter(address_hash=hash_of(endpoint)).delete()[0]
    return deleted > 0


def listed(user: User) -> list[PushDevice]:
    """Return a person's devices, oldest first."""
    return list(PushDevice.objects.of(user))


def addresses(user: User) -> dict[uuid.UUID, PushAddress]:
    """Return where this person's devices take messages, by the id of the device, oldest first.

    Those that subscribed with a key we no longer have are left out: a message would only be refused.
    """
    rows = PushDevice.objects.of(user).filter(server_key=server_key())
    return {device.pk: address_of(device) for device in rows}


def address_of(device: PushDevice) -> PushAddress:
    """Return where one device takes messages."""
    return PushAddress(endpoint=device.address, public_key=device.public_key, auth_secret=device.auth_secret)


def note_success(pks: Iterable[uuid.UUID], *, now: datetime) -> None:
    """Note that devices took a message; written once a day at most."""
    rows = PushDevice.objects.filter(pk__in=list(pks))
    rows.exclude(last_success_at__gt=now - _NOTED_EVERY).update(last_success_at=now)


def forget(pks: Iterable[uuid.UUID]) -> None:
    """Delete devices that are no longer there."""
    PushDevice.objects.filter(pk__in=list(pks)).delete()


def forget_silent(*, now: datetime) -> int:
    """Delete devices that took nothing for 90 days; return how many."""
    before = now - SILENT
    never = PushDevice.objects.filter(last_success_at=None, created_at__lt=before)
    deleted: int = (never | PushDevice.objects.filter(last_success_at__lt=before)).delete()[0]
    return deleted


def hash_of(endpoint: str) -> str:
    """Return what finds the device with this address."""
    return hashlib.sha256(endpoint.encode(errors="surrogatepass")).hexdigest()


def _check_keys(address: PushAddress) -> None:
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _decoded(address.public_key))
        if len(_decoded(address.auth_secret)) != _SECRET_BYTES:
            raise Refused("keys")
    except (ValueError, binascii.Error) as error:
        raise Refused("keys") from error


def _decoded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)

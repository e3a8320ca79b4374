"""What the box 'Notify me on this device' needs, whichever page it stands on."""

from collections.abc import Iterable
from dataclasses import dataclass

from django import template

from tracker.models import PushDevice
from tracker.reminders import push_devices

register = template.Library()


@dataclass(frozen=True)
class PushFacts:
    """Our public key (empty: push is not set up) and what finds the person's devices again, with blanks between."""

    key: str
    devices: str


@register.simple_tag
def push_facts(devices: Iterable[PushDevice]) -> PushFacts:
    """Return what the script of the box compares this browser with."""
    known = [device.address_hash for device in devices or () if device.server_key]
    return PushFacts(push_devices.server_key(), " ".join(known))

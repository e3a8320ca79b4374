"""Where the messages of a batch go: read for all its patients at once, at the last moment."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from tracker.models import Delivery, PushDevice, ReminderSettings
from tracker.reminders import mail_stops, push_devices
from tracker.reminders.channels.message import Address

EMAIL: Final = "email"
PUSH: Final = "webpush"
NO_ADDRESS: Final = "no_address"
STOPPED: Final = "stopped"


@dataclass(frozen=True)
class Addresses:
    """Devices by patient, and who wants no more e-mail."""

    is_mail_set_up: bool = False
    stopped: frozenset[uuid.UUID] = frozenset()
    devices: Mapping[uuid.UUID, Mapping[str, Address]] = field(default_factory=dict)

    def of(self, delivery: Delivery) -> Mapping[str, Address]:
        """Return addresses by the id of the device; one that has no id is ''. Empty: none."""
        user = delivery.user
        if not user.is_active:
            return {}
        if delivery.channel == PUSH:
            return self.devices.get(delivery.user_id, {})
        if delivery.channel != EMAIL:
            return {"": ""}
        return {"": user.email} if self.is_mail_set_up else {}

    def why_none(self, delivery: Delivery) -> str:
        """Return why nothing may go out on this channel, or ''."""
        if delivery.channel == EMAIL and delivery.user_id in self.stopped:
            return STOPPED
        return "" if self.of(delivery) else NO_ADDRESS


def load(deliveries: Iterable[Delivery]) -> Addresses:
    """Return the addresses for these Deliveries; what no channel of them needs is not read."""
    users: dict[str, set[uuid.UUID]] = defaultdict(set)
    for delivery in deliveries:
        users[delivery.channel].add(delivery.user_id)
    return Addresses(
        is_mail_set_up=mail_stops.is_set_up(),
        stopped=_stopped(users[EMAIL]),
        devices=_devices(users[PUSH]),
    )


def _stopped(users: Collection[uuid.UUID]) -> frozenset[uuid.UUID]:
    if not users:
        return frozenset()
    rows = ReminderSettings.objects.filter(user__in=users, email_stopped_at__isnull=False)
    return frozenset(rows.values_list("user_id", flat=True))


def _devices(users: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Mapping[str, Address]]:
    found: dict[uuid.UUID, dict[str, Address]] = defaultdict(dict)
    if not users or not push_devices.is_set_up():
        return found
    device: PushDevice
    for device in PushDevice.objects.filter(user__in=users, server_key=push_devices.server_key()):
        found[device.user_id][str(device.pk)] = push_devices.address_of(device)
    return found

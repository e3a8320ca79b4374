"""The ways out. A channel knows a Message and no model; a new one is a module and a line here."""

from collections.abc import Mapping
from typing import Final

from tracker.reminders.channels.app import AppChannel
from tracker.reminders.channels.email import EmailChannel
from tracker.reminders.channels.message import Channel
from tracker.reminders.channels.webpush import WebPushChannel

# The keys are stored with reminders and deliveries and never change.
CHANNELS: Final[Mapping[str, Channel]] = {
    "email": EmailChannel(),
    "webpush": WebPushChannel(),
    "app": AppChannel(),
}

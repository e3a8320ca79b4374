"""What a channel is given and what it says back. Knows no model and no Django."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

Trouble = Literal["refused", "gone", "later", "unknown"]


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message as it leaves, with no word of health in it.

    ``key`` is the same at each try of the same message (Message-ID, Topic, tag of the notification). ``page`` opens it
    (``/m/<token>/``, absolute); ``stop`` ends the e-mails (absolute, empty where there is none). ``due_at`` is aware
    UTC; ``useful_seconds`` is how long it is of use from now on, at least 1.
    """

    key: str
    title: str
    body: str
    page: str
    stop: str
    due_at: datetime
    useful_seconds: int
    can_be_done: bool = True


class DeliveryError(Exception):
    """A message that did not go out.

    ``refused``: this address will never take it. ``gone``: the device is no longer there. ``later``: it was surely not
    taken, and may be tried again. ``unknown``: it was on its way when the line broke; it may have been taken.
    """

    def __init__(self, trouble: Trouble, code: str = "") -> None:
        super().__init__(trouble)
        self.trouble = trouble
        self.code = code


@dataclass(frozen=True, kw_only=True)
class PushAddress:
    """Where a browser takes push messages, and the keys to seal them with (base64url)."""

    endpoint: str
    public_key: str
    auth_secret: str


Address = str | PushAddress


class Batch(Protocol):
    """A channel that stands open, so that many messages share one connection."""

    def send(self, message: Message, address: Address) -> None:
        """Deliver ``message`` to ``address``, or raise DeliveryError."""


class Channel(Protocol):
    """One way out."""

    def batch(self) -> AbstractContextManager[Batch]:
        """Open it lazily: connect at the first message; an error there is a DeliveryError of that message."""

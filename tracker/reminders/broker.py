"""Hands Deliveries to whoever sends them: this process, or, where a broker is set, workers on any machine.

The database is the truth; what a broker holds only says 'look at these'. A lost or doubled task changes nothing.
"""

import logging
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol

from django.conf import settings
from django.db import close_old_connections
from django.utils.module_loading import import_string

from tracker.models import Delivery
from tracker.reminders import delivering
from tracker.reminders.outcomes import Delivered

_log = logging.getLogger(__name__)

# What a broker was given and nobody took is given again after so long.
DISPATCHED: Final = timedelta(minutes=2)


class HandOut(Protocol):
    """Sends, or lets send. Returns what became of it, or None where others see to it. May raise BrokerAway."""

    def __call__(
        self, ids: Sequence[uuid.UUID], *, clock: Callable[[], datetime], is_over: Callable[[], bool]
    ) -> Delivered | None: ...


class BrokerAway(Exception):
    """The broker took nothing."""


def hand_out() -> HandOut:
    """Return the way of this installation."""
    way: HandOut = import_string(settings.REMINDERS_HAND_OUT)
    return way


def deliver_here(
    ids: Sequence[uuid.UUID], *, clock: Callable[[], datetime], is_over: Callable[[], bool]
) -> Delivered | None:
    """Send in this process."""
    return delivering.deliver(ids, clock=clock, is_over=is_over)


def deliver_there(ids: Sequence[str], *, clock: Callable[[], datetime]) -> None:
    """Send in a worker. What fails stays pending, and is handed out again when its lease is over."""
    close_old_connections()  # one that broke since, or is too old
    try:
        delivering.deliver([uuid.UUID(one) for one in ids], clock=clock)
    except Exception as error:  # noqa: BLE001 - its words may hold what a row holds: its type only
        _log.error("a task of %s deliveries failed (%s)", len(ids), type(error).__name__)


def dispatched(ids: Sequence[uuid.UUID], *, now: datetime) -> None:
    """Write that a broker is about to hold these: for two minutes they are not handed out again."""
    Delivery.objects.pending().filter(pk__in=ids).update(dispatched_until=now + DISPATCHED)


def not_dispatched(ids: Sequence[uuid.UUID]) -> None:
    """Write that it does not after all."""
    Delivery.objects.pending().filter(pk__in=ids).update(dispatched_until=None)

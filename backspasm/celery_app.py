"""Celery, where a broker is set: loaded by the workers and by the sender that hands out to them, by nobody else.

``celery --app backspasm.celery_app worker`` runs a worker; there may be any number, on any number of machines.
"""

import os
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import django
from celery import Celery
from django.apps import apps
from django.conf import settings
from django.utils import timezone

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backspasm.settings")
if not apps.ready:
    django.setup()

from tracker.reminders import broker  # apps must be loaded first

_TIMEOUT_SECONDS: Final = 5
# As long as the database takes them for handed out; a task that is older says nothing new.
_OLD_AFTER_SECONDS: Final = int(broker.DISPATCHED.total_seconds())
# Above the longest task: a message that a worker still holds must not be given to another.
_VISIBILITY_SECONDS: Final = 3600
_REDIS: Final[Mapping[str, Any]] = {
    "max_retries": 0,  # the sender itself comes again
    "visibility_timeout": _VISIBILITY_SECONDS,
    "socket_connect_timeout": _TIMEOUT_SECONDS,
    "socket_timeout": _TIMEOUT_SECONDS,
}
_RABBITMQ: Final[Mapping[str, Any]] = {
    "max_retries": 0,
    "confirm_publish": True,
    "read_timeout": _TIMEOUT_SECONDS,
    "write_timeout": _TIMEOUT_SECONDS,
}

# Celery's own care for Django ends each task with the connection to the database, and a new one costs as much as ten
# messages: ``deliver_there`` keeps it, as a web process does.
app: Final = Celery("backspasm", broker=settings.BROKER_URL, fixups=[])
app.conf.update(
    task_ignore_result=True,  # the database has the results
    task_serializer="json",
    accept_content=["json"],
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_default_queue="reminders",
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,  # our own log masks links
    worker_enable_remote_control=False,
    broker_connection_retry_on_startup=True,
    broker_connection_timeout=_TIMEOUT_SECONDS,
    broker_transport_options=_REDIS if settings.BROKER_URL.startswith("redis") else _RABBITMQ,
)


@app.task(name="deliver_reminders")  # type: ignore[untyped-decorator]
def deliver_reminders(ids: list[str]) -> None:
    """Send what can be leased of these."""
    broker.deliver_there(ids, clock=timezone.now)


def hand_out(ids: Sequence[uuid.UUID], *, clock: Callable[[], datetime], is_over: Callable[[], bool]) -> None:
    """Give Deliveries to the broker: their ids and nothing else. Raises BrokerAway where it does not take them."""
    broker.dispatched(ids, now=clock())
    try:
        deliver_reminders.apply_async(([str(one) for one in ids],), retry=False, expires=_OLD_AFTER_SECONDS)
    except Exception as error:  # noqa: BLE001 - each broker's library has errors of its own
        broker.not_dispatched(ids)
        raise broker.BrokerAway(type(error).__name__) from None

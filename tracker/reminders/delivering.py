"""Stage two: leases what waits, asks every rule again, and sends. A plain function: who calls it does not matter.

No transaction is open while a channel is spoken to.
"""

import logging
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Final, cast
from zoneinfo import ZoneInfo

from django.db import Error as AnyDatabaseError
from django.db.models import Q

from tracker import reminder_rules
from tracker.models import Delivery, Patient, Reminder, Stopped
from tracker.reminder_rules import Facts
from tracker.reminders import (
    addresses,
    facts,
    grouping,
    leasing,
    mail_stops,
    messages,
    outcomes,
    push_devices,
    second_tries,
)
from tracker.reminders.addresses import Addresses
from tracker.reminders.channels import CHANNELS
from tracker.reminders.channels.message import Batch, Channel
from tracker.reminders.grouping import Group
from tracker.reminders.handing_over import HandOver
from tracker.reminders.leasing import Lease
from tracker.reminders.outcomes import NO_WAY_OUT, STANDS_WHEN_LATE, TOO_LATE, Delivered
from tracker.reminders.sending import SERVER_AWAY, Result, send_to_all

_log = logging.getLogger(__name__)

CHUNK: Final = 50
READY_AT_MOST: Final = 1000
# Older than this, what the rules were told is read again.
FRESH: Final = timedelta(seconds=5)
_WENT_OUT: Final = "went_out"

Clock = Callable[[], datetime]


def ready(*, now: datetime) -> list[list[uuid.UUID]]:
    """Return ids of what can be tried at ``now``, the oldest thousand, in chunks of about fifty of one channel.

    What one patient gets on one channel is in one chunk, so that it can be one message. What a sender or a broker holds
    is left out.
    """
    free = leasing.free(now).filter(Q(dispatched_until=None) | Q(dispatched_until__lte=now))
    together: dict[str, dict[uuid.UUID, list[uuid.UUID]]] = defaultdict(lambda: defaultdict(list))
    for pk, user, channel in free.order_by("next_try_at").values_list("pk", "user_id", "channel")[:READY_AT_MOST]:
        together[channel][user].append(pk)
    return [chunk for patients in together.values() for chunk in _chunks(patients.values())]


def _chunks(parts: Iterable[list[uuid.UUID]]) -> list[list[uuid.UUID]]:
    chunks: list[list[uuid.UUID]] = []
    for part in parts:
        if chunks and len(chunks[-1]) + len(part) <= CHUNK:
            chunks[-1].extend(part)
        else:
            chunks.append(list(part))
    return chunks


def never() -> bool:
    """Say that nobody wants the sender to stop."""
    return False


def deliver(
    ids: Sequence[uuid.UUID],
    *,
    clock: Clock,
    channels: Mapping[str, Channel] = CHANNELS,
    is_over: Callable[[], bool] = never,
) -> Delivered:
    """Send what can be leased of ``ids``, and write down what became of it.

    Called twice, by two senders or by a task that comes again, it sends once. ``is_over``: asked between messages;
    what is left is given back. Raises a database error where nothing can be written; the lease then runs out.
    """
    lease = leasing.take(ids, now=clock())
    if not lease.deliveries:
        return Delivered()
    work = _Work(lease, clock, is_over)
    total = Delivered()
    try:
        for name, groups in grouping.by_channel(lease.deliveries).items():
            total += work.channel(name, channels.get(name), groups)
    finally:
        leasing.give_back(work.left.values(), lease=lease.key)
    return total


def send_test(*, patient: Patient, channel: str, clock: Clock, channels: Mapping[str, Channel] = CHANNELS) -> str:
    """Send 'Send me a test now'; return '' once it left, else a code: no_address, stopped, or one of the channel's."""
    probe = Delivery(user=patient.user, channel=channel)
    known = addresses.load([probe])
    code = known.why_none(probe) if channel in channels else addresses.NO_ADDRESS
    if code:
        return code
    message = messages.compose_test(user=patient.user, channel=channel, now=clock())
    with channels[channel].batch() as batch:
        result = send_to_all(batch, message, known.of(probe))
    push_devices.forget(uuid.UUID(key) for key in result.gone)
    return result.code


class _Work:
    """One lease, and what was read for it. ``door``: what the messages of the channel in hand leave through."""

    door: HandOver

    def __init__(self, lease: Lease, clock: Clock, is_over: Callable[[], bool]) -> None:
        self.lease = lease.key
        self.clock = clock
        self.is_over = is_over
        self.left = {delivery.pk: delivery for delivery in lease.deliveries}
        self.read_at: datetime | None = None
        self.facts: Mapping[uuid.UUID, Facts] = {}
        self.addresses = Addresses()

    def channel(self, name: str, channel: Channel | None, groups: Sequence[Group]) -> Delivered:
        """Send the groups of one channel over one connection."""
        total = Delivered()
        if channel is None:
            unknown = [delivery for group in groups for delivery in group]
            return outcomes.failed(unknown, lease=self.lease, code=addresses.NO_ADDRESS)
        messages.keep_links(groups, channel=name, now=self.clock())
        with channel.batch() as batch, self._door():
            for group in groups:
                if self.is_over():
                    break
                result, is_away = self.group(batch, group)
                total += result
                for delivery in group:
                    self.left.pop(delivery.pk)
                if is_away:
                    leasing.give_back(self.left.values(), lease=self.lease)
                    leasing.leave_alone(name, now=self.clock())
                    break
        return total + self.door.total

    @contextmanager
    def _door(self) -> Iterator[None]:
        """Stand open for the messages of one channel; what has left last is written down whatever happens."""
        self.door = HandOver(self.lease)
        try:
            yield
        finally:
            self.door.end(now=self.clock())

    def group(self, batch: Batch, group: Group) -> tuple[Delivered, bool]:
        """Send one message, if the rules still say so. Also say whether the channel's server is away."""
        try:
            return self._group(batch, group)
        except AnyDatabaseError:
            raise
        except Exception as error:  # noqa: BLE001 - one poisoned row must not block the rest
            return self._poisoned(group, error), False

    def _group(self, batch: Batch, group: Group) -> tuple[Delivered, bool]:
        now = self.clock()
        self._read(now)
        total, going = self._judged(group, now)
        if not going:
            self.door.write()
            return total, False
        for delivery in going:
            delivery.is_second_try = second_tries.is_unknown(delivery)
        # Kept for the first of the group; where a rule holds that one back, another one's link leaves.
        has_links = going[0] is group[0]
        message = messages.compose(
            going, channel=going[0].channel, now=now, zone=self._zone(going[0]), has_links=has_links
        )
        if not self.door.hand_over(going, now=now):
            return total + self._stopped_at_the_door(going), False
        result = send_to_all(
            batch,
            message,
            self.addresses.of(going[0]),
            reached=going[0].reached,
            keep=lambda reached: leasing.keep(going, lease=self.lease, reached=reached, now=self.clock()),
        )
        return total + self._written(going, result), result.code in SERVER_AWAY

    def _read(self, now: datetime) -> None:
        if self.read_at is not None and abs(now - self.read_at) < FRESH:
            return
        left = list(self.left.values())
        if self.read_at is not None:
            _read_again(left)
        self.facts = _facts(list({delivery.reminder_id: delivery.reminder for delivery in left}.values()), now)
        self.addresses = addresses.load(left)
        self.read_at = now

    def _zone(self, delivery: Delivery) -> ZoneInfo:
        return self.facts[delivery.reminder_id].patient.zone

    def _judged(self, group: Group, now: datetime) -> tuple[Delivered, Group]:
        """Write down what may not leave, and return what may."""
        total, going = Delivered(), []
        for delivery in group:
            try:
                code = self._why_not(delivery, now)
            except Exception as error:  # noqa: BLE001 - as in ``group``
                total += self._poisoned([delivery], error)
                continue
            if code == _WENT_OUT:
                # Its sender died between two devices: one of them has it.
                total += outcomes.sent(
                    [delivery], lease=self.lease, at=cast(datetime, delivery.handed_over_at), reached=delivery.reached
                )
            elif code:
                total += outcomes.ended(delivery, lease=self.lease, code=code)
            else:
                going.append(delivery)
        return total, going

    def _why_not(self, delivery: Delivery, now: datetime) -> str:
        if second_tries.is_unknown(delivery):
            if delivery.reached:
                return _WENT_OUT
            if not second_tries.may_repeat(delivery, now):
                return second_tries.NOT_KNOWN
        reason = reminder_rules.verdict(self.facts[delivery.reminder_id], due_at=delivery.due_at, now=now)
        if delivery.useful_until <= now and reason not in STANDS_WHEN_LATE:
            return NO_WAY_OUT if delivery.tries else TOO_LATE
        return reason or self.addresses.why_none(delivery)

    def _stopped_at_the_door(self, going: Group) -> Delivered:
        """Write down what the last statement said: an emergency answer, no consent; or another sender has it."""
        code = leasing.why_stopped(going[0].user_id)
        if not code:
            return Delivered()
        return sum((outcomes.ended(one, lease=self.lease, code=code) for one in going), Delivered())

    def _written(self, going: Group, result: Result) -> Delivered:
        now = self.clock()
        if result.gone:
            push_devices.forget(uuid.UUID(key) for key in result.gone)
        if not result.trouble:
            self.door.has_left(going, at=now, reached=[key for key in result.reached if key])
            return Delivered()
        if result.trouble == "later":
            return outcomes.later(going, lease=self.lease, now=now)
        if result.trouble == "unknown":
            return outcomes.unknown(going, lease=self.lease, now=now)
        if going[0].channel == addresses.EMAIL:
            mail_stops.stop_email(going[0].user, because=Stopped.REFUSED, now=now)
        return outcomes.failed(going, lease=self.lease, code=result.trouble)

    def _poisoned(self, group: Group, error: Exception) -> Delivered:
        # The error's words may hold what the row holds: its type only.
        ids = ", ".join(str(delivery.pk) for delivery in group)
        _log.error("deliveries %s cannot be worked out (%s); they wait an hour", ids, type(error).__name__)
        return outcomes.poisoned(group, lease=self.lease, now=self.clock())


def _read_again(deliveries: Iterable[Delivery]) -> None:
    """Put what the patient has changed meanwhile in place: a reminder that was ended or switched off."""
    held = list(deliveries)
    rows = Reminder.objects.filter(pk__in={delivery.reminder_id for delivery in held}).defer("label")
    fresh = {reminder.pk: reminder for reminder in rows}
    for delivery in held:
        delivery.reminder = fresh.get(delivery.reminder_id, delivery.reminder)


def _facts(reminders: Sequence[Reminder], now: datetime) -> Mapping[uuid.UUID, Facts]:
    """Return the facts of each; where one cannot be read, those of the others."""
    try:
        return facts.load(reminders, now=now)
    except AnyDatabaseError:
        raise
    except Exception:  # noqa: BLE001 - found one by one
        known: dict[uuid.UUID, Facts] = {}
        for reminder in reminders:
            with suppress(ValueError, TypeError, KeyError, AttributeError):
                known.update(facts.load([reminder], now=now))
        return known

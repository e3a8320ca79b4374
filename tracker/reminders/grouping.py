"""What leaves together: due moments of one patient and channel within ten minutes are one message."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from tracker.models import Delivery, ReminderKind
from tracker.reminder_rules import MERGE

Group = list[Delivery]


def by_channel(deliveries: Iterable[Delivery]) -> Mapping[str, list[Group]]:
    """Return groups by channel, the earliest first.

    The end of a timer is a message of its own. What was handed over before leaves again with what it left with, so
    that it carries the same mark; it is never mixed with what was not.
    """
    together: dict[tuple[Any, ...], list[Delivery]] = defaultdict(list)
    for delivery in sorted(deliveries, key=lambda one: (one.due_at, one.pk)):
        alone = delivery.pk if delivery.kind == ReminderKind.TIMER_END else None
        before = delivery.batch if delivery.handed_over_at else None
        together[delivery.channel, delivery.user_id, alone, before].append(delivery)
    groups: dict[str, list[Group]] = defaultdict(list)
    for (channel, _user, _alone, before), members in together.items():
        groups[channel].extend([members] if before else _within_ten_minutes(members))
    return groups


def _within_ten_minutes(members: list[Delivery]) -> list[Group]:
    groups: list[Group] = []
    for delivery in members:
        if groups and delivery.due_at - groups[-1][0].due_at <= MERGE:
            groups[-1].append(delivery)
        else:
            groups.append([delivery])
    return groups

"""The last word before a message leaves and the first one after it, written together: a message costs one commit.

What has left is written down when the next message is handed over, or at the end of the batch. A sender that dies in
between leaves it 'handed over, no outcome', as one that dies while it speaks to the channel.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import Error as AnyDatabaseError
from django.db import connection

from tracker.models import Delivery
from tracker.reminders import leasing, outcomes, push_devices, statements
from tracker.reminders.outcomes import Delivered
from tracker.reminders.statements import Left


class HandOver:
    """Lets the messages of one lease out, one after another. ``total`` is what became of those written down."""

    def __init__(self, lease: uuid.UUID) -> None:
        self.total = Delivered()
        self._lease = lease
        self._left: list[Left] = []
        self._devices: set[str] = set()

    def hand_over(self, group: Sequence[Delivery], *, now: datetime) -> bool:
        """Write what has left before, and that these leave now as one message; return whether they may.

        Of what has left, a row that somebody else holds is written later: to wait for it here would make old what is
        asked of an emergency answer.
        """
        if not self._left:
            return bool(leasing.hand_over(group, lease=self._lease, now=now))
        last = self._left[-1]
        written, handed_over = statements.sent_then_hand_over(last, leasing.leaving(group, now), lease=self._lease)
        self.total += Delivered(sent=written)
        if written == len(last.ids):
            self._left.pop()
        return bool(handed_over)

    def has_left(self, group: Sequence[Delivery], *, at: datetime, reached: Sequence[str]) -> None:
        """Keep in mind that a message left at ``at``, to the devices ``reached``, until it can be written down."""
        self._left.append(outcomes.left(group, at=at, reached=reached))
        self._devices.update(reached)

    def write(self) -> None:
        """Write down what has left. Raises a database error where that cannot be; then nobody knows."""
        while self._left:
            self.total += Delivered(sent=statements.sent(self._left[-1], lease=self._lease))
            self._left.pop()

    def end(self, *, now: datetime) -> None:
        """Write down what has left last, over a new connection where this one broke. Raises as ``write``."""
        try:
            self.write()
        except AnyDatabaseError:
            if connection.in_atomic_block:
                raise
            connection.close_if_unusable_or_obsolete()
            self.write()
        if self._devices:
            push_devices.note_success([uuid.UUID(key) for key in self._devices], now=now)
            self._devices.clear()

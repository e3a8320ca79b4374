"""What becomes of a message that may have been taken: the line broke, or the sender died while it was on its way."""

from datetime import datetime
from typing import Final

from tracker.models import Delivery, ReminderKind

NOT_KNOWN: Final = "not_known"
# Told twice, one might count it twice.
NEVER_TWICE: Final = frozenset({ReminderKind.MEDICINE, ReminderKind.TALK})


def is_unknown(delivery: Delivery) -> bool:
    """Say whether it was handed over and nobody wrote down what came of it."""
    return delivery.handed_over_at is not None


def may_repeat(delivery: Delivery, now: datetime) -> bool:
    """Say whether it may leave once more: not for the third time, not for medicines, not when it is of no use."""
    return not delivery.is_second_try and delivery.kind not in NEVER_TWICE and now < delivery.useful_until

"""Turns deliveries into the one message that leaves: neutral words, the same key and link at each try."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backspasm import site
from backspasm.models import User
from tracker.models import Delivery, Patient, ReminderKind
from tracker.reminders import capabilities
from tracker.reminders.channels.message import Message

# From here on a message says when it was due instead of 'now'.
LATE_AFTER: Final = timedelta(minutes=5)
_TEST_IS_USEFUL: Final = timedelta(minutes=10)
_KEY_LENGTH: Final = 32
_EMAIL: Final = "email"


def compose(
    deliveries: Sequence[Delivery],
    *,
    channel: str,
    now: datetime,
    zone: ZoneInfo | None = None,
    has_links: bool = False,
) -> Message:
    """Return the message of one batch: deliveries of one patient on one channel.

    Also stores the hashes of its links, so that they work when it arrives; ``has_links``: ``keep_links`` did that.
    ``zone``: the patient's, looked up where it is not given. Nothing in the message says what the reminder is about:
    mail and lock screens are seen by others.
    """
    first = _first(deliveries)
    useful_until = min(delivery.useful_until for delivery in deliveries)
    if not has_links:
        keep_links([deliveries], channel=channel, now=now)
    title, body = _words(first, len(deliveries), now, zone or _zone_of(first.user))
    if any(delivery.is_second_try for delivery in deliveries):
        body = f"{body} {_('You may have had this message before.')}"
    return Message(
        key=_key(f"{channel}:{first.batch or first.pk}"),
        title=title,
        body=body,
        page=_address("message", capabilities.message_token(first)),
        stop=_stop(first.user) if channel == _EMAIL else "",
        due_at=first.due_at,
        useful_seconds=max(1, int((useful_until - now).total_seconds())),
        # With several things in one message a tap on 'Done' would not say which.
        can_be_done=len(deliveries) == 1 and first.kind != ReminderKind.TIMER_END,
    )


def keep_links(groups: Sequence[Sequence[Delivery]], *, channel: str, now: datetime) -> None:
    """Store the hashes of the links of many messages on one channel, in one or two statements."""
    firsts = [_first(group) for group in groups]
    with transaction.atomic(savepoint=False):  # one, not two, of a sender that is in none
        capabilities.remember_message_links(firsts, now=now)
        if channel == _EMAIL:
            users = {first.user_id: first.user for first in firsts}
            capabilities.remember_stop_links(users.values(), now=now)


def compose_test(*, user: User, channel: str, now: datetime) -> Message:
    """Return the message of 'Send me a test now'. It opens the page with the ways a reminder takes."""
    if channel == _EMAIL:
        capabilities.remember_stop_link(user, now=now)
    return Message(
        key=_key(f"test:{channel}:{user.pk}:{now.isoformat()}"),
        title=_("A test message"),
        body=_("You asked for a test. It has come through."),
        page=_address("tracker:reminder_where"),
        stop=_stop(user) if channel == _EMAIL else "",
        due_at=now,
        useful_seconds=int(_TEST_IS_USEFUL.total_seconds()),
        can_be_done=False,
    )


def _words(first: Delivery, count: int, now: datetime, zone: ZoneInfo) -> tuple[str, str]:
    if first.kind == ReminderKind.TIMER_END:
        return _("Time is up"), _("Take the pack off now.")
    at = f"{first.due_at.astimezone(zone):%H:%M}"
    if now - first.due_at > LATE_AFTER:
        due = _("It was due at %(time)s.") % {"time": at}
    else:
        due = _("You asked us to remind you at %(time)s.") % {"time": at}
    opening = ngettext("Open it to see what it is.", "Open it to see the %(count)s things.", count) % {"count": count}
    return _("Your reminder"), f"{due} {opening}"


def _first(deliveries: Sequence[Delivery]) -> Delivery:
    return min(deliveries, key=lambda delivery: (delivery.due_at, str(delivery.pk)))


def _stop(user: User) -> str:
    return _address("stop_mail", capabilities.stop_token(user))


def _address(name: str, *args: str) -> str:
    return site.absolute(reverse(name, args=args))


def _key(text: str) -> str:
    # Goes to mail programs and push services, which need not know our ids.
    return hashlib.sha256(text.encode()).hexdigest()[:_KEY_LENGTH]


def _zone_of(user: User) -> ZoneInfo:
    patient: Patient = Patient.objects.of(user).only("time_zone").get()
    return patient.zone

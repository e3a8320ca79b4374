"""Reads what became of every due moment, newest first, a page at a time. It states; it never blames."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Final

from django.utils.translation import gettext as _

from education.edition import LiveEdition
from tracker.local_time import local_day
from tracker.models import Delivery, DeliveryStatus, Patient
from tracker.reminders import words
from tracker.reminders.due_reading import titles_of

ON_A_PAGE: Final = 50


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One due moment on one channel. ``status`` is a short word, ``told`` what happened, in sentences."""

    delivery: Delivery
    name: str
    due_clock: str
    channel: str
    status: str
    told: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Day:
    """The entries of one local day."""

    on: date
    title: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, kw_only=True)
class LogPage:
    """One page of the log; ``number`` counts from 1."""

    number: int
    days: tuple[Day, ...]
    has_older: bool


def read(*, patient: Patient, live: LiveEdition, number: int, now: datetime) -> LogPage:
    """Return page ``number`` (from 1) of a patient's log. A page beyond the end is empty. One query."""
    begin = (number - 1) * ON_A_PAGE
    rows = Delivery.objects.of(patient.user).select_related("reminder__medicine").order_by("-due_at", "channel", "pk")
    found = list(rows[begin : begin + ON_A_PAGE + 1])
    entries = _entries(found[:ON_A_PAGE], titles_of(live), patient, now)
    return LogPage(number=number, days=_days(entries, patient, now), has_older=len(found) > ON_A_PAGE)


def _days(entries: Iterable[Entry], patient: Patient, now: datetime) -> tuple[Day, ...]:
    today = local_day(now, patient.zone)
    by_day = groupby(entries, key=lambda entry: local_day(entry.delivery.due_at, patient.zone))
    return tuple(Day(on=on, title=words.day(on, today), entries=tuple(those)) for on, those in by_day)


def _entries(found: Iterable[Delivery], titles: Mapping[str, str], patient: Patient, now: datetime) -> Iterable[Entry]:
    for delivery in found:
        yield Entry(
            delivery=delivery,
            name=words.name(delivery.reminder, titles),
            due_clock=words.clock(delivery.due_at, patient.zone),
            channel=words.channel(delivery.channel),
            status=_status(delivery, now),
            told=tuple(_told(delivery, patient, now)),
        )


def _status(delivery: Delivery, now: datetime) -> str:
    if delivery.status == DeliveryStatus.SENT and delivery.done_at is not None:
        return _("Done")
    if delivery.status == DeliveryStatus.SENT and delivery.snoozed_at is not None:
        return _("Snoozed")
    if delivery.status == DeliveryStatus.PENDING and delivery.tries:
        return _("Trying again")
    return str(DeliveryStatus(delivery.status).label)


def _told(delivery: Delivery, patient: Patient, now: datetime) -> Iterable[str]:
    """Yield what happened, in the order in which it did."""
    if delivery.is_snooze:
        yield _("You had asked for it later.")
    if delivery.sent_at is not None:
        yield _("Sent at {time}, {late}.").format(
            time=words.clock(delivery.sent_at, patient.zone), late=words.lateness(delivery.due_at, delivery.sent_at)
        )
    if delivery.is_second_try:
        yield _("This was a second try: we could not tell if the first one arrived. You may have it twice.")
    if delivery.status == DeliveryStatus.PENDING and delivery.due_at <= now:
        yield _("It is on its way.") if not delivery.tries else _("It did not get out yet.")
    if delivery.reason:
        yield words.reason(delivery.reason)
    if delivery.done_at is not None:
        yield _("You said at {time} that it was done.").format(time=words.clock(delivery.done_at, patient.zone))
    elif delivery.snoozed_at is not None:
        yield _("You asked at {time} to be told later.").format(time=words.clock(delivery.snoozed_at, patient.zone))

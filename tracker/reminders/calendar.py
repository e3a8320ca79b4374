"""The calendar feed (RFC 5545, 7986): the plan, for a calendar to show. It rings only where the calendar lets it.

Nothing in it says what a reminder is about. While an emergency answer is open the feed has no entries, and while
reminders are paused none before the end of the pause.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from django.conf import settings as site_settings
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event

from backspasm import site
from backspasm.models import User
from tracker import emergencies
from tracker.models import Patient, Reminder, ReminderKind, ReminderSettings
from tracker.reminders import calendar_entries, calendar_zones, timing
from tracker.reminders.calendar_entries import Entry
from tracker.reminders.calendar_links import box, end, feed_for, make, may_fetch

__all__ = ["body", "box", "end", "etag", "feed_for", "make", "may_fetch"]

PRODUCT: Final = "-//Reminders//Calendar 1.0//EN"
# Calendars that keep what is gone are told for so long that it is called off.
CALLED_OFF_FOR: Final = timedelta(days=30)
BYTES_AT_MOST: Final = 100_000
# For the entries; the rest is for the head and the time zones.
_ROOM: Final = BYTES_AT_MOST - 20_000
REFRESH: Final = timedelta(hours=12)
LASTS: Final = timedelta(minutes=10)
_DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_BEFORE_ANYTHING: Final = datetime(1970, 1, 1, tzinfo=UTC)


def body(user: User, *, now: datetime) -> bytes:
    """Return the file. It stays the same, to the byte, until a reminder or a choice changes, or a day or month ends.

    Reminders for which there is no room in 100,000 bytes are left out, the newest first, and the file says so.
    """
    patient: Patient = Patient.objects.of(user).get()
    reminders = [] if emergencies.is_held(user) else _reminders(user, now)
    choices = timing.settings_of(user)
    kept: list[tuple[Entry, Event]] = []
    left = _ROOM
    for reminder in reminders:
        events = list(_events(reminder, patient, choices, now))
        left -= sum(len(event.to_ical()) for _entry, event in events)
        if left < 0:
            return _file(patient, kept, now, is_whole=False)
        kept.extend(events)
    return _file(patient, kept, now)


def etag(content: bytes) -> str:
    """Return the strong validator of a file, in quotes."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def _reminders(user: User, now: datetime) -> list[Reminder]:
    recently = now - CALLED_OFF_FOR
    rows = Reminder.objects.of(user).filter(is_in_calendar=True).exclude(kind=ReminderKind.TIMER_END)
    rows = rows.filter(Q(ended_at=None) | Q(ended_at__gt=recently))
    rows = rows.filter(Q(is_active=True) | Q(changed_at__gt=recently))
    return list(rows.defer("label").select_related("episode").order_by("created_at", "pk"))


def _events(
    reminder: Reminder, patient: Patient, choices: ReminderSettings, now: datetime
) -> Iterable[tuple[Entry, Event]]:
    plan = timing.schedule_of(reminder, settings=choices, zone=patient.zone)
    paused_until_at = choices.paused_until_at or _BEFORE_ANYTHING
    since = max(reminder.changed_at, paused_until_at, reminder.not_before_at or _BEFORE_ANYTHING)
    for entry in calendar_entries.entries(plan, zone=patient.zone, since=since, now=now):
        yield entry, _event(reminder, entry)


def _event(reminder: Reminder, entry: Entry) -> Event:
    is_off = _is_off(reminder)
    event = Event()
    event.add("UID", f"{reminder.pk}-{entry.name}@{site_settings.SITE_URL.host}")
    event.add("DTSTAMP", reminder.changed_at.astimezone(UTC))
    event.add("LAST-MODIFIED", reminder.changed_at.astimezone(UTC))
    event.add("SEQUENCE", reminder.sequence + (reminder.ended_at is not None))
    event.add("DTSTART", entry.starts.replace(tzinfo=_zone(entry)))
    event.add("DURATION", LASTS)
    _add_rule(event, entry)
    event.add("SUMMARY", _("Reminder"))
    event.add("DESCRIPTION", site.absolute(reverse("tracker:reminders")))
    event.add("CLASS", "PRIVATE")
    event.add("TRANSP", "TRANSPARENT")
    event.add("STATUS", "CANCELLED" if is_off else "CONFIRMED")
    if not is_off:
        event.add_component(_alarm())
    return event


def _is_off(reminder: Reminder) -> bool:
    is_over = reminder.episode is not None and reminder.episode.ended_at is not None
    return not reminder.is_active or is_over


def _add_rule(event: Event, entry: Entry) -> None:
    if entry.weekdays is None:
        return
    if len(entry.weekdays) == len(_DAYS):
        rule: dict[str, object] = {"FREQ": "DAILY"}
    else:
        rule = {"FREQ": "WEEKLY", "BYDAY": [_DAYS[day] for day in sorted(entry.weekdays)]}
    if entry.until is not None:
        rule["UNTIL"] = entry.until.astimezone(UTC)
    event.add("RRULE", rule)
    if entry.leaves_out:
        event.add("EXDATE", [wall.replace(tzinfo=_zone(entry)) for wall in entry.leaves_out])


def _zone(entry: Entry) -> tzinfo:
    return UTC if entry.zone.key == "UTC" else entry.zone


def _alarm() -> Alarm:
    alarm = Alarm()
    alarm.add("ACTION", "DISPLAY")
    alarm.add("DESCRIPTION", _("Reminder"))
    alarm.add("TRIGGER", timedelta())
    return alarm


def _file(patient: Patient, events: Sequence[tuple[Entry, Event]], now: datetime, *, is_whole: bool = True) -> bytes:
    calendar = Calendar()
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", PRODUCT)
    calendar.add("CALSCALE", "GREGORIAN")
    calendar.add("METHOD", "PUBLISH")
    for name in ("NAME", "X-WR-CALNAME"):
        calendar.add(name, _("My reminders"))
    if not is_whole:
        calendar.add("DESCRIPTION", _("There are more reminders than fit in here."))
    calendar.add("REFRESH-INTERVAL", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("X-PUBLISHED-TTL", "PT12H")
    # A calendar must hold something: without entries it is the patient's zone.
    zones = {entry.zone.key: entry.zone for entry, _event in events} or {patient.zone.key: patient.zone}
    for key in sorted(zones):
        if key != "UTC" or not events:
            calendar.add_component(calendar_zones.timezone(zones[key], now.astimezone(UTC).year))
    for _entry, event in events:
        calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written

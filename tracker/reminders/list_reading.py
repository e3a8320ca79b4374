"""Reads the list of reminders, in a fixed number of queries. Words are in words.py, what is due in due_reading.py."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import OuterRef, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from education.edition import LiveEdition
from tracker import emergencies
from tracker.models import Delivery, Hold, Patient, Reminder, ReminderKind, ReminderSettings
from tracker.reminders import due_reading, heartbeat, served, timing, wishes, words
from tracker.reminders.due_reading import Due

_PUT_OFF_TO: Final = Subquery(
    Delivery.objects.filter(reminder=OuterRef("pk"), is_snooze=True).pending().order_by("due_at").values("due_at")[:1]
)
_DURING: Final = frozenset({"ice", "heat", "position", "talk", "medicine", "check_in"})
_GROUPS: Final[Mapping[str, Promise]] = {
    "during": gettext_lazy("During a spasm"),
    "between": gettext_lazy("Between spasms"),
    "own": gettext_lazy("Your own"),
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One reminder as its row prints it."""

    reminder: Reminder
    name: str
    details: tuple[str, ...]
    next_words: str
    is_advice_changed: bool
    icon: str
    tile: str


@dataclass(frozen=True, kw_only=True)
class Group:
    """Rows under one heading."""

    key: str
    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, kw_only=True)
class ListScreen:
    """All that the list shows. With a ``hold`` nothing else is filled."""

    now: datetime
    hold: Hold | None = None
    settings: ReminderSettings | None = None
    paused_until_at: datetime | None = None
    is_delayed: bool = False
    groups: tuple[Group, ...] = ()
    due: tuple[Due, ...] = ()


def read(*, patient: Patient, live: LiveEdition, now: datetime) -> ListScreen:
    """Return the list of a patient at ``now`` (aware UTC)."""
    hold = emergencies.open_hold(patient.user)
    if hold is not None:
        return ListScreen(now=now, hold=hold)
    settings = timing.settings_of(patient.user)
    found = due_reading.standing(patient, now, put_off_to=_PUT_OFF_TO)
    _count_from_last(found, patient, settings, now)
    titles = due_reading.titles_of(live)
    due = due_reading.due_of(found, titles, patient, now)
    return ListScreen(
        now=now,
        settings=settings,
        paused_until_at=paused_until(settings, now),
        is_delayed=bool(found) and heartbeat.is_delayed(now),
        groups=_groups(found, live, titles, patient, now),
        due=due_reading.with_offers(due, patient=patient, settings=settings, now=now),
    )


def _count_from_last(found: Iterable[Reminder], patient: Patient, settings: ReminderSettings, now: datetime) -> None:
    done = served.last_done(patient.user, found, now=now)
    for reminder in found:
        if served.counted_from_last(reminder, done):
            reminder.next_due_at = timing.next_due(reminder, settings=settings, zone=patient.zone, after=now)


def paused_until(settings: ReminderSettings, now: datetime) -> datetime | None:
    """Return when a pause that is on ends, or None."""
    at = settings.paused_until_at
    return at if at is not None and at > now else None


def _groups(
    found: Iterable[Any], live: LiveEdition, titles: Mapping[str, str], patient: Patient, now: datetime
) -> tuple[Group, ...]:
    once = {row.pk: row for row in found if row.ended_at is None and row.kind != ReminderKind.TIMER_END}
    rows: dict[str, list[Row]] = {key: [] for key in _GROUPS}
    for reminder in once.values():
        rows[_group_of(reminder)].append(_row(reminder, live, titles, patient, now))
    return tuple(Group(key=key, title=str(_GROUPS[key]), rows=tuple(rows[key])) for key in _GROUPS if rows[key])


def _group_of(reminder: Reminder) -> str:
    if reminder.kind == ReminderKind.OWN:
        return "own"
    return "during" if reminder.episode_id is not None or reminder.kind in _DURING else "between"


def _row(reminder: Any, live: LiveEdition, titles: Mapping[str, str], patient: Patient, now: datetime) -> Row:
    details = (words.recurrence(reminder), words.also(reminder, titles), _until(reminder, patient, now))
    return Row(
        reminder=reminder,
        name=words.name(reminder, titles),
        details=tuple(detail for detail in details if detail),
        next_words=_next_words(reminder, patient, now),
        is_advice_changed=wishes.reminder_advice_change(reminder, live) is not None,
        icon=due_reading.icon(reminder.kind),
        tile=due_reading.tile(reminder.kind),
    )


def _until(reminder: Reminder, patient: Patient, now: datetime) -> str:
    ends_at = timing.ends_at(reminder)
    if ends_at is None or ends_at <= now:
        return ""
    return _("Stops by itself {moment}").format(moment=words.moment(ends_at, zone=patient.zone, now=now))


def _next_words(reminder: Any, patient: Patient, now: datetime) -> str:
    if not reminder.is_active:
        return _("Off")
    if reminder.episode is not None and reminder.episode.ended_at is not None:
        return _("Its episode is closed")
    if reminder.put_off_to is not None and (reminder.next_due_at is None or reminder.put_off_to < reminder.next_due_at):
        return _("Put off: {moment}").format(moment=words.moment(reminder.put_off_to, zone=patient.zone, now=now))
    if reminder.next_due_at is None:
        return _("It is over")
    if reminder.next_due_at <= now:
        return _("Next: now")
    return _("Next: {moment}").format(moment=words.moment(reminder.next_due_at, zone=patient.zone, now=now))

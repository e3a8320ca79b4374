"""Reads the standing reminders with what came of them today, in one query: what is due now, and how to put it off."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from education.edition import LiveEdition
from tracker import emergencies, step_logs
from tracker.local_time import day_bounds, local_day
from tracker.models import (
    CheckIn,
    DeliveryStatus,
    Patient,
    Recurrence,
    Reminder,
    ReminderKind,
    ReminderSettings,
    SenderBeat,
    StepLog,
)
from tracker.reminders import answers, heartbeat, timing, words
from tracker.reminders.answers import Choice, SnoozeChoice

DUE_AT_MOST: Final = 20
_TILES: Final = {"ice": "ice", "heat": "heat", "medicine": "nerve", "talk": "nerve"}
_ICONS: Final = {
    "ice": "ice",
    "heat": "heat",
    "position": "bed",
    "walk": "walk",
    "stretch": "walk",
    "strength": "walk",
    "talk": "pill",
    "medicine": "pill",
    "check_in": "check",
    "timer_end": "clock",
}


@dataclass(frozen=True)
class Offer:
    """One way to be told later, with its words: "In an hour, at 15:00"."""

    code: SnoozeChoice
    words: str


@dataclass(frozen=True, kw_only=True)
class Due:
    """A reminder that came today and has no answer yet. ``when`` says so in words; ``is_past``: of no use any more."""

    delivery_id: UUID
    reminder_id: UUID
    kind: str
    name: str
    when: str
    due_at: datetime
    is_held_till_morning: bool
    is_past: bool
    is_active: bool
    icon: str
    tile: str
    offers: tuple[Offer, ...] = ()

    @property
    def may_be_answered(self) -> bool:
        """Whether it has Done and Snooze; the end of a timer has neither."""
        return self.kind != ReminderKind.TIMER_END


@dataclass(frozen=True, kw_only=True)
class Glance:
    """What the Now screen shows of reminders."""

    has_reminders: bool = False
    is_delayed: bool = False
    kept_zone: str = ""
    due: tuple[Due, ...] = ()


def offer(choice: Choice, zone: ZoneInfo) -> Offer:
    """Return a way to be told later with its words."""
    return Offer(choice.code, words.snooze(choice.code, words.clock(choice.at, zone) if choice.at else ""))


def icon(kind: str) -> str:
    """Return the name of the drawing of a kind."""
    return _ICONS.get(kind, "bell")


def tile(kind: str) -> str:
    """Return the colour of the tile of a kind, or nothing."""
    return _TILES.get(kind, "")


def titles_of(live: LiveEdition) -> dict[str, str]:
    """Return the titles of the live steps by key."""
    return {step.key: step.title for step in live.protocol.steps}


def due_now(*, patient: Patient, live: LiveEdition, now: datetime) -> tuple[Due, ...]:
    """Return what came today and has no answer yet, newest first; nothing while a hold is open."""
    if emergencies.is_held(patient.user):
        return ()
    due = due_of(standing(patient, now), titles_of(live), patient, now)
    return with_offers(due, patient=patient, settings=timing.settings_of(patient.user), now=now) if due else ()


def glance(*, patient: Patient, live: LiveEdition, now: datetime) -> Glance:
    """Return what the Now screen shows, from one query. That screen has looked for a hold already."""
    beat = SenderBeat.objects.values("beat_at")[:1]
    kept = ReminderSettings.objects.filter(user=OuterRef("user")).values("kept_zone")[:1]
    found: Sequence[Any] = standing(patient, now, beat_at=Subquery(beat), kept_zone=Subquery(kept))
    active = [row for row in found if row.is_active and row.ended_at is None and row.kind != ReminderKind.TIMER_END]
    if not found:
        return Glance()
    return Glance(
        has_reminders=bool(active),
        is_delayed=_is_delayed(active, now),
        kept_zone=found[0].kept_zone or "",
        due=due_of(found, titles_of(live), patient, now),
    )


def _is_delayed(active: Sequence[Any], now: datetime) -> bool:
    """Say what heartbeat.is_delayed says, from what the one query brought: of other patients nothing is looked at."""
    late = now - heartbeat.SILENT
    if any(row.next_due_at is not None and row.next_due_at <= late for row in active):
        return True
    return bool(active) and active[0].beat_at is not None and heartbeat.is_silent(active[0].beat_at, now)


def standing(patient: Patient, now: datetime, **more: Any) -> Sequence[Reminder]:
    """Return each standing reminder, once for each of today's deliveries that went out (``sent_*``). One query.

    A ring of a timer, and one that was due once and has ended, are there only with a delivery of today.
    """
    begins_at, _ends_at = day_bounds(local_day(now, patient.zone), patient.zone)
    came = FilteredRelation(
        "deliveries", condition=Q(deliveries__due_at__gte=begins_at, deliveries__status=DeliveryStatus.SENT)
    )
    since = Q(started_at__gte=OuterRef("sent_due_at")) | Q(created_at__gte=OuterRef("sent_due_at"))
    logged = StepLog.objects.filter(since, user=OuterRef("user"), step_key=OuterRef("step_key"))
    checked_in = CheckIn.objects.filter(user=OuterRef("user"), created_at__gte=OuterRef("sent_due_at"))
    is_shown = Q(ended_at=None) & ~Q(kind=ReminderKind.TIMER_END) | Q(recurrence=Recurrence.ONCE, came__isnull=False)
    rows: Sequence[Reminder] = list(
        Reminder.objects.of(patient.user)
        .annotate(came=came)
        .filter(is_shown)
        .annotate(
            sent_id=F("came__pk"),
            sent_due_at=F("came__due_at"),
            sent_channel=F("came__channel"),
            sent_useful_until=F("came__useful_until"),
            sent_done_at=F("came__done_at"),
            sent_snoozed_at=F("came__snoozed_at"),
        )
        .annotate(is_done_since=(~Q(step_key="") & Exists(logged)) | (Q(kind="check_in") & Exists(checked_in)), **more)
        .select_related("medicine", "episode")
        .order_by("created_at", "pk")
    )
    return rows


def due_of(found: Iterable[Any], titles: Mapping[str, str], patient: Patient, now: datetime) -> tuple[Due, ...]:
    """Return of the rows of ``standing`` the newest moment of each reminder, if it has no answer on any channel."""
    newest: dict[UUID, list[Any]] = {}
    for row in found:
        if row.sent_id is None:
            continue
        beside = newest.setdefault(row.pk, [])
        if beside and row.sent_due_at > beside[0].sent_due_at:
            beside.clear()
        if not beside or row.sent_due_at == beside[0].sent_due_at:
            beside.append(row)
    unanswered = [rows for rows in newest.values() if not any(_is_answered(row, now) for row in rows)]
    # The one in the app stands for all channels of its moment.
    due = [_due(min(rows, key=lambda row: row.sent_channel), titles, patient, now) for rows in unanswered]
    return tuple(sorted(due, key=lambda one: (not one.is_past, one.due_at), reverse=True)[:DUE_AT_MOST])


def with_offers(due: Sequence[Due], *, patient: Patient, settings: ReminderSettings, now: datetime) -> tuple[Due, ...]:
    """Return ``due`` with the ways to put each off, as answers.choices says them of one delivery. One query for all."""
    if not any(one.may_be_answered for one in due):
        return tuple(due)
    after_this = answers.after_running(step_logs.running(patient.user, now), now)
    silence = answers.silence_of(settings, patient.zone)

    def offers(one: Due) -> tuple[Offer, ...]:
        if not one.is_active:
            return ()
        found = answers.offered(silence, is_held_till_morning=one.is_held_till_morning, after_this=after_this, now=now)
        return tuple(offer(choice, patient.zone) for choice in found)

    return tuple(replace(one, offers=offers(one)) if one.may_be_answered else one for one in due)


def _is_answered(row: Any, now: datetime) -> bool:
    if row.kind == ReminderKind.TIMER_END and row.sent_useful_until < now:
        return True
    if row.episode is not None and row.episode.ended_at is not None:
        return True
    return row.sent_done_at is not None or row.sent_snoozed_at is not None or bool(row.is_done_since)


def _due(row: Any, titles: Mapping[str, str], patient: Patient, now: datetime) -> Due:
    if row.kind == ReminderKind.MEDICINE:
        when = _("It was due at {time}. Check your label.")
    elif row.sent_useful_until >= now:
        when = _("Since {time}")
    else:
        when = _("It was due at {time}.")
    return Due(
        delivery_id=row.sent_id,
        reminder_id=row.pk,
        kind=row.kind,
        name=words.name(row, titles),
        when=when.format(time=words.clock(row.sent_due_at, patient.zone)),
        due_at=row.sent_due_at,
        is_held_till_morning=row.is_held_till_morning,
        is_past=row.sent_useful_until < now,
        is_active=row.is_active,
        icon=icon(row.kind),
        tile=tile(row.kind),
    )

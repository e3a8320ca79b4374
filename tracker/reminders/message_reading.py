"""Reads the page that a link in a message opens. Only its signed-in owner is told what the reminder is about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from education import publishing
from education.edition import LiveEdition
from tracker import emergencies, episodes, patients
from tracker.circumstances import applies
from tracker.models import Delivery, Patient, ReminderKind
from tracker.reminders import answers, due_reading, reminder_pages, wishes, words
from tracker.reminders.due_reading import Offer
from tracker.reminders.reminder_pages import About


@dataclass(frozen=True, kw_only=True)
class Item:
    """One reminder of a message, as its owner sees it. ``also``: what is folded into it, in words.

    ``leads_to``: where the thing itself is done, or empty.
    """

    delivery: Delivery
    name: str
    also: str
    when: str
    about: About | None
    leads_to: str
    is_medicine: bool


@dataclass(frozen=True, kw_only=True)
class MessagePage:
    """What the page shows. ``items`` is empty for everybody but the owner. ``at``: the times of day, as one text.

    ``is_answered``: all of it was answered with 'Done'. ``is_ring``: the end of a timer, which nobody answers.
    """

    at: str
    count: int
    is_owner: bool
    is_held: bool
    is_ring: bool
    is_answered: bool
    ways: tuple[Offer, ...]
    items: tuple[Item, ...]


def read(deliveries: Sequence[Delivery], *, patient: Patient, is_owner: bool, now: datetime) -> MessagePage:
    """Return the page of a message with ``deliveries`` (at least one) of ``patient``, at ``now`` (aware UTC)."""
    is_held = is_owner and emergencies.is_held(patient.user)
    live = publishing.live(now)
    ways = answers.choices(deliveries[0], now)
    return MessagePage(
        at=", ".join(dict.fromkeys(words.clock(delivery.due_at, patient.zone) for delivery in deliveries)),
        count=len(deliveries),
        is_owner=is_owner,
        is_held=is_held,
        is_ring=all(delivery.kind == ReminderKind.TIMER_END for delivery in deliveries),
        is_answered=all(delivery.done_at is not None for delivery in deliveries),
        ways=tuple(due_reading.offer(way, patient.zone) for way in ways),
        items=tuple(_item(delivery, patient, live, is_held, now) for delivery in deliveries) if is_owner else (),
    )


def _item(delivery: Delivery, patient: Patient, live: LiveEdition, is_held: bool, now: datetime) -> Item:
    reminder = delivery.reminder
    step = wishes.step_of(reminder, live)
    # While an emergency answer is open, no step is described: nothing may look like a suggestion.
    is_told = step is not None and not is_held and delivery.kind != ReminderKind.TIMER_END
    return Item(
        delivery=delivery,
        name=reminder_pages.name_of(reminder, live),
        also="" if is_held else words.also(reminder, due_reading.titles_of(live)),
        when=_when(delivery, patient, now),
        about=reminder_pages.about(applies(step, patients.circumstances(patient))) if step and is_told else None,
        leads_to=_leads_to(delivery, patient),
        is_medicine=delivery.kind == ReminderKind.MEDICINE,
    )


def _when(delivery: Delivery, patient: Patient, now: datetime) -> str:
    due = words.moment(delivery.due_at, zone=patient.zone, now=now)
    if delivery.kind == ReminderKind.MEDICINE:
        return _("It was due {moment}. Check your label.").format(moment=due)
    return _("It was due {moment}.").format(moment=due)


def _leads_to(delivery: Delivery, patient: Patient) -> str:
    if delivery.kind == ReminderKind.MEDICINE:
        return reverse("tracker:medicines")
    if delivery.kind != ReminderKind.CHECK_IN:
        return ""
    episode = episodes.open_episode(patient.user)
    return reverse("tracker:check_in", args=[episode.pk]) if episode is not None else reverse("tracker:home")

"""Reminders of the patient who never was, and two weeks of what became of them. For `manage.py demo`."""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from education.edition import PROTOCOL_KEY, LiveEdition
from tracker import schedule
from tracker.local_time import local_day
from tracker.models import Delivery, DeliveryStatus, Episode, Patient, Recurrence, Reminder, ReminderKind
from tracker.reminder_rules import useful_for
from tracker.reminders import suggestions, timing, wishes
from tracker.reminders.wishes import Wish

LOG_DAYS: Final = 14
_SOON: Final = timedelta(seconds=4)
_LATE: Final = timedelta(minutes=12)
_AGAIN: Final = timedelta(minutes=1)
# What became of each moment in turn; most of them came on time.
STORY: Final = ("sent", "done", "sent", "late", "sent", "already_done", "done", "sent", "second_try", "sent", "missed")


@dataclass(frozen=True)
class _Maker:
    """Makes the wishes of one patient, as on the day when they were made."""

    patient: Patient
    live: LiveEdition

    def make(self, wish: Wish, now: datetime) -> Reminder:
        return wishes.create(
            patient=self.patient,
            wish=wish,
            edition=self.live.number,
            protocol_number=self.live.protocols[PROTOCOL_KEY].number,
            form_id=uuid.uuid4(),
            now=now,
        )


@transaction.atomic
def make(*, patient: Patient, live: LiveEdition, now: datetime) -> None:
    """Give the demo patient reminders, and their log up to ``now`` (aware UTC). Nothing of it waits to be sent."""
    began, settings = now - timedelta(days=LOG_DAYS), timing.settings_of(patient.user)
    maker = _Maker(patient, live)
    episode = Episode.objects.of(patient.user).get(ended_at=None)
    made = [
        *_weekly_strength(maker, began),
        *_own(maker, began),
        *_of_the_episode(maker, episode),
    ]
    _end_one(maker, began)
    for reminder in made:
        _log(reminder, patient, episode, now)
        # As if the sender had been there all the time.
        reminder.next_due_at = timing.next_due(reminder, settings=settings, zone=patient.zone, after=now)
        reminder.save(update_fields=["next_due_at"])


def _of_the_episode(maker: _Maker, episode: Episode) -> Iterator[Reminder]:
    """The suggested plan of the open episode, said yes to an hour after it began."""
    agreed_at = episode.began_at + timedelta(hours=1)
    found = suggestions.suggest(patient=maker.patient, episode=episode, live=maker.live, now=agreed_at)
    for suggestion in found:
        yield maker.make(suggestion.wish_at(None, ("app",)), agreed_at)


def _weekly_strength(maker: _Maker, began: datetime) -> Iterator[Reminder]:
    """Strength on some days of the week, from before the episode."""
    for suggestion in suggestions.suggest(patient=maker.patient, episode=None, live=maker.live, now=began):
        if suggestion.wish.kind == ReminderKind.STRENGTH:
            yield maker.make(suggestion.wish_at(None, ("app",)), began)


def _own(maker: _Maker, began: datetime) -> Iterator[Reminder]:
    """Two in the patient's own words, one of them by e-mail too."""
    own = Wish(kind=ReminderKind.OWN, recurrence=Recurrence.AT_TIMES)
    workdays = frozenset(range(5))
    stand = replace(own, label=_("Stand up from the desk"), times=(time(10, 30), time(15)), weekdays=workdays)
    yield maker.make(stand, began)
    pool = replace(own, label=_("Pack the swimming bag"), times=(time(19),), weekdays=frozenset({1, 3}))
    yield maker.make(replace(pool, channels=("app", "email")), began)


def _end_one(maker: _Maker, began: datetime) -> None:
    """One that is over: it came once, and was ended."""
    zone = maker.patient.zone
    on = local_day(began, zone) + timedelta(days=3)
    label = _("Ring the physio")
    wish = Wish(kind=ReminderKind.OWN, recurrence=Recurrence.ONCE, label=label, on=on, times=(time(9, 15),))
    reminder = maker.make(wish, began)
    due_at = reminder.next_due_at
    if due_at is not None:
        _store([_delivery(reminder, "app", due_at, "done")])
        wishes.end(reminder=reminder, now=due_at + timedelta(hours=1))


def _log(reminder: Reminder, patient: Patient, episode: Episode, now: datetime) -> None:
    plan = timing.schedule_of(reminder, settings=timing.settings_of(patient.user), zone=patient.zone)
    moments = schedule.between(plan, reminder.created_at, now - _SOON)
    first = sum(map(ord, reminder.step_key or reminder.kind))  # so that not all tell the same story
    rows = []
    for number, due_at in enumerate(moments, start=first):
        story = STORY[number % len(STORY)]
        if reminder.kind == ReminderKind.STRENGTH and due_at > episode.began_at:
            story = "phase_over"
        if due_at + _LATE > now:
            story = "sent"  # what is still in the list of the app has just come
        rows += [_delivery(reminder, channel, due_at, story) for channel in reminder.channels]
    _store(rows)


def _delivery(reminder: Reminder, channel: str, due_at: datetime, story: str) -> Delivery:
    sent_at = due_at + {"late": _LATE, "second_try": _AGAIN}.get(story, _SOON)
    sent: dict[str, Any] = {"status": DeliveryStatus.SENT, "sent_at": sent_at, "handed_over_at": sent_at, "tries": 1}
    outcomes: dict[str, dict[str, Any]] = {
        "done": {**sent, "done_at": sent_at + timedelta(minutes=6)},
        "second_try": {**sent, "is_second_try": True, "tries": 2},
        "missed": {"status": DeliveryStatus.MISSED, "reason": "too_late"},
        "already_done": {"status": DeliveryStatus.SKIPPED, "reason": "already_done"},
        "phase_over": {"status": DeliveryStatus.SKIPPED, "reason": "phase_over"},
    }
    return Delivery(
        user=reminder.user,
        reminder=reminder,
        kind=reminder.kind,
        channel=channel,
        due_at=due_at,
        useful_until=due_at + useful_for(reminder.kind),
        created_at=due_at,
        next_try_at=due_at,
        **outcomes.get(story, sent),
    )


def _store(rows: Iterable[Delivery]) -> None:
    stored = list(rows)
    for row in stored:
        row.batch = row.pk if row.status == DeliveryStatus.SENT else None
    Delivery.objects.bulk_create(stored)

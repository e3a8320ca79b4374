"""What a reminder must say, and what the care plan does not allow: pure checks of one filled-in form."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any, Final

from django.utils.translation import gettext as _

from education import step_facts
from education.structure import CareStep
from tracker.circumstances import THERMAL
from tracker.models import Recurrence
from tracker.reminders import wishes

WEEKDAYS: Final = "weekdays"
CHECK_IN, OWN = "check_in", "own"
AHEAD_AT_MOST: Final = timedelta(days=731)
ALL_DAYS: Final = frozenset(range(7))
Refusal = tuple[str, str, str]  # the field, the sentence, the code


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What was filled in. ``every_minutes`` is 0 and ``times`` empty where nothing was; ``ends_at`` is hour 72."""

    what: str
    step: CareStep | None
    label: str
    how_often: str
    every_minutes: int
    times: tuple[time, ...]
    weekdays: frozenset[int]
    wants_these_days: bool
    on: date | None
    from_on: date | None
    until_on: date | None
    today: date
    ends_at: datetime | None
    now: datetime

    @property
    def is_every(self) -> bool:
        """Whether it comes every few hours."""
        return self.how_often == Recurrence.EVERY

    @property
    def days(self) -> frozenset[int]:
        """The weekdays on which it can come."""
        if self.how_often == Recurrence.ONCE:
            return frozenset()
        return self.weekdays if self.how_often == WEEKDAYS else ALL_DAYS


def refusals(asked: Asked) -> Iterable[Refusal]:
    """Yield what is missing or not allowed: field, sentence for the patient, code."""
    if asked.what == OWN and not asked.label:
        yield "label", _("Write what it is about."), "unnamed"
    if asked.ends_at is not None and asked.ends_at <= asked.now:
        yield "what", _("The first 72 hours of this episode are over. Choose another step."), "phase_over"
    yield from _every(asked) if asked.is_every else _times(asked)
    yield from _days(asked)
    yield from _first_and_last(asked)


def _every(asked: Asked) -> Iterable[Refusal]:
    least, most = wishes.EVERY_MINUTES_AT_LEAST, wishes.EVERY_MINUTES_AT_MOST
    if not least <= asked.every_minutes <= most:
        yield "every_hours", _("Enter from 15 minutes to 24 hours."), "out_of_range"
    elif asked.what == CHECK_IN and asked.every_minutes < most:
        yield "every_hours", _("A check-in is asked once a day at most."), "too_often"
    elif wishes.is_too_often(asked.step, asked.how_often, asked.every_minutes) and asked.step:
        yield "every_hours", _too_often(asked.step), "too_often"


def _times(asked: Asked) -> Iterable[Refusal]:
    times = sorted(set(asked.times))
    if not asked.how_often:
        return
    if not times:
        yield "time_1", _("Enter at least one time."), "incomplete"
    if asked.how_often == Recurrence.ONCE:
        if asked.on is None:
            yield "on", _("Enter the day."), "incomplete"
        elif asked.on < asked.today:
            yield "on", _("This day is over. Choose a later one."), "past"
        if len(times) > 1:
            yield "time_2", _("Once has one time. Leave the others empty."), "too_many"
        return
    if asked.what == CHECK_IN and len(times) > 1:
        yield "time_2", _("A check-in is asked once a day at most."), "too_often"
    if asked.step is not None:
        yield from _times_of_step(asked.step, times)


def _times_of_step(step: CareStep, times: Sequence[time]) -> Iterable[Refusal]:
    most = step.limit_per_day if step.kind != "gentle_movement" else None
    if most is not None and len(times) > most:
        words = _("The care plan has this step {limit}. Leave some of the times empty.")
        yield "time_1", words.format(limit=step_facts.limit(step)), "too_many"
    elif step.kind in THERMAL and _shortest_gap(times) < (step.interval_minutes or 0):
        yield "time_1", _too_often(step), "too_often"


def _shortest_gap(times: Sequence[time]) -> int:
    """Return the fewest minutes between two of the sorted times; a whole day for one alone."""
    gaps = (_minutes(later) - _minutes(earlier) for earlier, later in pairwise(times))
    return min(gaps, default=wishes.EVERY_MINUTES_AT_MOST)


def _days(asked: Asked) -> Iterable[Refusal]:
    if asked.how_often == WEEKDAYS and not asked.weekdays:
        yield "weekdays", _("Choose at least one day."), "incomplete"
    is_strength = asked.step is not None and asked.step.kind == "strength"
    if is_strength and not asked.wants_these_days and has_two_in_a_row(asked.days):
        words = _("Strength needs a day of rest between. Choose other days, or say below that you want these.")
        yield "weekdays", words, "in_a_row"


def has_two_in_a_row(days: frozenset[int]) -> bool:
    """Say whether two of the weekdays (0 is Monday) follow each other; after Sunday comes Monday."""
    return any((day + 1) % 7 in days for day in days)


def _first_and_last(asked: Asked) -> Iterable[Refusal]:
    for name, day in (("on", asked.on), ("from_on", asked.from_on), ("until_on", asked.until_on)):
        if day is not None and day > asked.today + AHEAD_AT_MOST:
            yield name, _("Choose a day within the next two years."), "far_away"
    if asked.how_often == Recurrence.ONCE or asked.until_on is None:
        return
    if asked.until_on < asked.today:
        yield "until_on", _("This day is over. Choose a later one."), "past"
    elif asked.from_on is not None and asked.until_on < asked.from_on:
        yield "until_on", _("This lies before the first day. Choose a later one."), "before_from"


def _too_often(step: CareStep) -> str:
    words: Any = _("The care plan has this step {how_often}. Leave at least {minutes} minutes between.")
    return str(words.format(how_often=step_facts.how_often(step), minutes=step.interval_minutes))


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute

"""What the form of a reminder shows at first: of a stored one, of a step of the care plan, of a medicine."""

from datetime import time
from typing import Any, Final

from education.structure import CareStep
from tracker.forms.reminders import CHECK_IN, MEDICINE, ON_TIMES, OWN, STEP, WEEKDAYS_CHOICE
from tracker.models import Episode, Medicine, Recurrence, Reminder, ReminderKind
from tracker.reminders import suggestions, wishes

# The times of day of the suggested plan, by kind of step.
_FIRST_TIMES: Final = {
    "stretch": suggestions.STRETCH_AT,
    "strength": suggestions.STRENGTH_AT,
    "aerobic": suggestions.WALK_AT,
}


def initial_of(reminder: Reminder) -> dict[str, Any]:
    """Return what the form shows of a stored reminder."""
    what = OWN if reminder.kind == ReminderKind.OWN else CHECK_IN
    if reminder.step_key:
        what = f"{STEP}{reminder.step_key}"
    elif reminder.medicine_id is not None:
        what = f"{MEDICINE}{reminder.medicine_id}"
    has_weekdays = reminder.recurrence == Recurrence.AT_TIMES and bool(reminder.weekdays)
    every = reminder.every_minutes
    return {
        "what": what,
        "label": reminder.label,
        "how_often": WEEKDAYS_CHOICE if has_weekdays else reminder.recurrence,
        "every_hours": None if every is None else every // 60,
        "every_minutes": None if every is None else every % 60,
        "weekdays": [str(day) for day in reminder.weekdays],
        "on": reminder.on,
        "from_on": reminder.from_on,
        "until_on": reminder.until_on,
        "only_episode": reminder.episode_id is not None,
        "channels": reminder.channels,
        "is_in_calendar": reminder.is_in_calendar,
        "is_held_till_morning": reminder.is_held_till_morning,
        **dict(zip(ON_TIMES, map(time.fromisoformat, reminder.times), strict=False)),
    }


def initial_of_step(step: CareStep, episode: Episode | None) -> dict[str, Any]:
    """Return what the form shows at first for a step of the care plan: its own interval and days."""
    if step.kind == "gate":
        days = wishes.DAYS_OF_A_WEEK.get(step.days_per_week or 7)
        return {"what": CHECK_IN, **_first_days(days), ON_TIMES[0]: suggestions.CHECK_IN_AT}
    is_passing = episode is not None and "recovered" not in step.phases
    first: dict[str, Any] = {"what": f"{STEP}{step.key}", "only_episode": is_passing}
    every = step.interval_minutes
    if every is not None and every < wishes.EVERY_MINUTES_AT_MOST:
        return {**first, "how_often": Recurrence.EVERY.value, "every_hours": every // 60, "every_minutes": every % 60}
    if step.kind == "medicine_talk":
        return {**first, "how_often": Recurrence.ONCE.value}
    first |= _first_days(wishes.DAYS_OF_A_WEEK.get(step.days_per_week or 7))
    at = _FIRST_TIMES.get(step.kind)
    return first if at is None else {**first, ON_TIMES[0]: at}


def _first_days(days: frozenset[int] | None) -> dict[str, Any]:
    """Return the choice of weekdays, or of every day."""
    if days is None:
        return {"how_often": Recurrence.AT_TIMES.value}
    return {"how_often": WEEKDAYS_CHOICE, "weekdays": [str(day) for day in sorted(days)]}


def initial_of_medicine(medicine: Medicine) -> dict[str, Any]:
    """Return what the form shows at first for a medicine: its label is to be checked, at times of the day."""
    return {"what": f"{MEDICINE}{medicine.pk}", "how_often": Recurrence.AT_TIMES.value}

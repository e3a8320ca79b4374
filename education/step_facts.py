"""Says the numbers of a care step in words. Pure; minutes in, sentences out."""

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from education.structure import CareStep

_DAY_MINUTES: Final = 1440
_WEEK_MINUTES: Final = 7 * _DAY_MINUTES
_EVERY_DAY: Final = 7
# A question or a talk: its minutes and its limit would read like those of a treatment, or of a medicine.
_NOT_DOSED: Final = frozenset({"gate", "medicine_talk"})


def facts(step: CareStep) -> tuple[tuple[str, str], ...]:
    """Return label and value of each number a step has: how long, how often, at most, days a week."""
    rows = [
        (_("How long"), duration(step)),
        (_("How often"), how_often(step)),
        (_("At most"), limit(step)),
        (_("Days"), days(step)),
    ]
    return tuple((label, value) for label, value in rows if value)


def duration(step: CareStep) -> str:
    """Return "20 minutes at most" for ice, "15 to 20 minutes" for a range, "10 minutes" else."""
    if step.kind in _NOT_DOSED:
        return ""
    minutes = ngettext("{count} minute", "{count} minutes", step.duration_minutes).format(count=step.duration_minutes)
    if step.kind == "ice":
        return _("{minutes} at most").format(minutes=minutes)
    if step.duration_from_minutes:
        return _("{low} to {minutes}").format(low=step.duration_from_minutes, minutes=minutes)
    return minutes


def how_often(step: CareStep) -> str:
    """Return "every 2 hours while awake", "once a day", "3 or 4 times a day, at least 4 hours apart"; may be empty."""
    minutes = step.interval_minutes
    if minutes is None or step.kind == "gate":
        return step.timing or (_days_apart(minutes) if minutes else "")
    if minutes % _DAY_MINUTES == 0:
        return ", ".join(filter(None, [_days_apart(minutes), step.timing]))
    if step.timing:
        return _("{timing}, at least {amount} apart").format(timing=step.timing, amount=_amount(minutes))
    if step.interval_to_minutes:
        low, high = _amount(minutes), _amount(step.interval_to_minutes)
        return _("every {low} to {high} while awake").format(low=low, high=high)
    return _("every {amount} while awake").format(amount=_amount(minutes))


def _days_apart(minutes: int) -> str:
    if minutes % _WEEK_MINUTES == 0:
        weeks = minutes // _WEEK_MINUTES
        return _("once a week") if weeks == 1 else _("every {weeks} weeks").format(weeks=weeks)
    number = minutes // _DAY_MINUTES
    return _("once a day") if number == 1 else _("every {days} days").format(days=number)


def _amount(minutes: int) -> str:
    if minutes % 60 == 0:
        hours = minutes // 60
        return _("hour") if hours == 1 else _("{hours} hours").format(hours=hours)
    return ngettext("{count} minute", "{count} minutes", minutes).format(count=minutes)


def limit(step: CareStep) -> str:
    """Return "8 times a day", "once a day"; empty where there is none."""
    if step.limit_per_day is None or step.kind in _NOT_DOSED:
        return ""
    if step.limit_per_day == 1:
        return _("once a day")
    return _("{count} times a day").format(count=step.limit_per_day)


def days(step: CareStep) -> str:
    """Return "3 days a week"; empty for every day or where it is not said."""
    if step.days_per_week is None or step.days_per_week == _EVERY_DAY:
        return ""
    return ngettext("{count} day a week", "{count} days a week", step.days_per_week).format(count=step.days_per_week)

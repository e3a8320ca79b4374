"""Says in words what the medicine guard found. Every number is quoted as the patient's own; none is added."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tracker.medicine_guard import (
    Finding,
    NothingTyped,
    OverTheMost,
    SameIngredient,
    StricterLabel,
    TheLastOne,
    ThisIsTheNth,
    TooSoon,
    TwoAntiInflammatories,
)

Level = Literal["stop", "warn", "info"]
Names = Mapping[uuid.UUID, str]
HOUR_MINUTES: Final = 60


@dataclass(frozen=True)
class Sentence:
    """What one finding means, and how loud it is to be said."""

    text: str
    level: Level


def before(found: Iterable[Finding], names: Names, *, zone: ZoneInfo, now: datetime) -> tuple[Sentence, ...]:
    """Return what to say before a dose that would be taken at ``now``."""
    return tuple(_sentence(finding, names, _next_one(finding, zone, now)) for finding in found)


def about(found: Iterable[Finding], names: Names) -> tuple[Sentence, ...]:
    """Return what to say of one dose at a time that was typed, or of one that was logged."""
    return tuple(_sentence(finding, names, _this_one(finding)) for finding in found)


def duration(minutes: int) -> str:
    """Return "2 hours and 10 minutes", "4 hours", "10 minutes"; "less than a minute" for none."""
    hours, rest = divmod(minutes, HOUR_MINUTES)
    parts = [
        ngettext("{count} hour", "{count} hours", hours).format(count=hours) if hours else "",
        ngettext("{count} minute", "{count} minutes", rest).format(count=rest) if rest else "",
    ]
    if hours and rest:
        return _("{hours} and {minutes}").format(hours=parts[0], minutes=parts[1])
    return "".join(parts) or _("less than a minute")


def clock(moment: datetime, *, zone: ZoneInfo, now: datetime) -> str:
    """Return "16:20" on the patient's clock, with the day if it is not today."""
    local = moment.astimezone(zone)
    is_today = local.date() == now.astimezone(zone).date()
    return date_format(local, "H:i" if is_today else "l j F, H:i")


def _sentence(finding: Finding, names: Names, about_numbers: str) -> Sentence:
    match finding:
        case TwoAntiInflammatories():
            return Sentence(_two(finding, names), "stop")
        case SameIngredient():
            words = _("You entered the same ingredient for {names}. Both are counted together.")
            return Sentence(words.format(names=_joined(finding.other_ids, names)), "info")
        case StricterLabel():
            return Sentence(_stricter(finding, names), "info")
        case NothingTyped():
            return Sentence(_("You entered no gap and no number for 24 hours, so there is nothing to compare."), "info")
        case ThisIsTheNth():
            return Sentence(about_numbers, "info")
        case _:
            return Sentence(about_numbers, "warn")


def _next_one(finding: Finding, zone: ZoneInfo, now: datetime) -> str:
    match finding:
        case TheLastOne(n=n, most=most):
            words = _("You entered: at most {most} in 24 hours. The next one would be number {n}, the last.")
            return words.format(most=most, n=n)
        case ThisIsTheNth(n=n, most=most) | OverTheMost(n=n, most=most):
            words = _("You entered: at most {most} in 24 hours. The next one would be number {n}.")
            return words.format(most=most, n=n)
        case TooSoon(gap_minutes=gap, minutes_since_last=since, next_at=None):
            words = _("You entered: at least {gap} between doses. The last one was {since} ago.")
            return words.format(gap=duration(gap), since=duration(since))
        case TooSoon(gap_minutes=gap, minutes_since_last=since, next_at=datetime() as next_at):
            words = _(
                "You entered: at least {gap} between doses. The last one was {since} ago. "
                "Your label’s gap ends at {time}."
            )
            time = clock(next_at, zone=zone, now=now)
            return words.format(gap=duration(gap), since=duration(since), time=time)
        case _:
            return ""


def _this_one(finding: Finding) -> str:
    match finding:
        case TheLastOne(n=n, most=most):
            words = _("You entered: at most {most} in 24 hours. This is number {n}, the last.")
            return words.format(most=most, n=n)
        case ThisIsTheNth(n=n, most=most) | OverTheMost(n=n, most=most):
            return _("You entered: at most {most} in 24 hours. This is number {n}.").format(most=most, n=n)
        case TooSoon(gap_minutes=gap, minutes_since_last=since):
            words = _("You entered: at least {gap} between doses. This one and another are {since} apart.")
            return words.format(gap=duration(gap), since=duration(since))
        case _:
            return ""


def _two(finding: TwoAntiInflammatories, names: Names) -> str:
    first = _("Never take two anti-inflammatory medicines together. Ask a pharmacist.")
    why = _(
        "Within 24 hours you logged {names}. For this one and for those you said “yes” or “not sure” "
        "to “Is it an anti-inflammatory?”"
    )
    return f"{first} {why.format(names=_joined(finding.other_ids, names))}"


def _stricter(finding: StricterLabel, names: Names) -> str:
    gap = _("The gap you entered for {name} counts here, because it is longer.")
    most = _("The number for 24 hours you entered for {name} counts here, because it is smaller.")
    said = [
        gap.format(name=names.get(finding.gap_from, "")) if finding.gap_from else "",
        most.format(name=names.get(finding.most_from, "")) if finding.most_from else "",
    ]
    return " ".join(filter(None, said))


def _joined(ids: Iterable[uuid.UUID], names: Names) -> str:
    return ", ".join(names[key] for key in ids if key in names)

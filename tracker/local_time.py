"""Wall-clock times of a patient's zone as moments. Pure: no Django and no clock."""

from datetime import UTC, date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

ZONES: Final = frozenset(available_timezones())


class SkippedTime(ValueError):
    """The clocks went forward over this time: it never was."""


def moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return the aware UTC moment at which clocks in ``zone`` showed ``at`` on ``day``.

    A time that was shown twice means the first. Raises SkippedTime for one that was never shown, and OverflowError
    outside the years that dates can hold.
    """
    local = datetime.combine(day, at.replace(tzinfo=None, fold=0), zone)
    found = local.astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise SkippedTime(f"{day} {at} did not exist in {zone.key}.")
    return found


def local_day(at: datetime, zone: ZoneInfo) -> date:
    """Return the calendar day on which ``at`` (aware) falls in ``zone``."""
    return at.astimezone(zone).date()


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the UTC moments at which ``day`` begins and the next one begins in ``zone``: 23, 24 or 25 hours apart.

    Where midnight itself is skipped, the day begins at the jump.
    """
    begins = datetime.combine(day, time.min, zone).astimezone(UTC)
    ends = datetime.combine(date.fromordinal(day.toordinal() + 1), time.min, zone).astimezone(UTC)
    return begins, ends

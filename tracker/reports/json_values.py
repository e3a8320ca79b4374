"""Reads single values of a file into what a column holds. Says what is needed where a value is something else."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import models
from django.utils.translation import gettext as _

from backspasm.sealed_fields import SealedTextField
from tracker.local_time import ZONES
from tracker.reports.tables import (
    LIST_AT_MOST,
    OLD_VALUES,
    OLD_VALUES_AT_MOST,
    STRUCTURES,
    Answers,
    Codes,
    Column,
    Numbers,
)

EARLIEST: Final = datetime(1900, 1, 1, tzinfo=UTC)
AHEAD_AT_MOST: Final = timedelta(minutes=2)
# The only moments that lie ahead: until when a link would have worked, a week at most; and what reminders look at.
YEARS_AHEAD: Final = timedelta(days=5 * 366)
MAY_LIE_AHEAD: Final[Mapping[str, timedelta]] = {
    "expires_at": timedelta(days=7),
    "due_at": timedelta(days=7),
    "useful_until": timedelta(days=14),
    "next_try_at": timedelta(days=14),
    **dict.fromkeys(("next_due_at", "counts_from_at", "until_at", "not_before_at", "paused_until_at"), YEARS_AHEAD),
}
LATEST_DAY: Final = date(2200, 1, 1)
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII)
_CLOCK: Final = re.compile(r"\d\d:\d\d:\d\d(\.\d{6})?", re.ASCII)
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_KEY: Final = re.compile(r"[-a-zA-Z0-9_]+", re.ASCII)
WHOLE_NUMBERS: Final[Mapping[type[Column], int]] = {
    models.PositiveSmallIntegerField: 32_767,
    models.PositiveIntegerField: 2_147_483_647,
}


class NotThat(ValueError):
    """A value is not what its column holds; the message says what is needed, never what was found."""


def read_value(table: str, field: Column, value: Any, *, now: datetime) -> Any:
    """Return ``value`` as the column holds it. Raises NotThat. ``now`` (aware UTC) is the latest moment believed."""
    if value is None:
        if field.null:
            return None
        raise NotThat(_("a value is needed."))
    structure = STRUCTURES.get((table, str(field.name)))
    if structure is not None:
        return _structured(value, structure)
    if isinstance(field, models.DateTimeField):
        return _moment(value, now + MAY_LIE_AHEAD.get(str(field.name), timedelta()))
    return _reader(field)(value, field)


def _structured(value: Any, structure: Codes | Numbers | Answers) -> Any:
    if isinstance(structure, Codes):
        return _codes(value, structure)
    return _numbers(value, structure) if isinstance(structure, Numbers) else _answers(value, structure)


def _reader(field: Column) -> Callable[[Any, Column], Any]:
    readers: tuple[tuple[Any, Callable[[Any, Column], Any]], ...] = (
        ((models.UUIDField, models.ForeignKey), _id),
        (models.BooleanField, _yes_or_no),
        (models.DateField, _day),
        (models.TimeField, _clock),
        (models.PositiveIntegerField, _number),
        (models.PositiveSmallIntegerField, _number),
        (SealedTextField, _long_text),
        (models.CharField, _short_text),
    )
    return next(reader for kind, reader in readers if isinstance(field, kind))


def _id(value: Any, field: Column) -> UUID:
    if not isinstance(value, str) or _ID.fullmatch(value) is None:
        raise NotThat(_("an id is needed, such as 7d444840-9dc0-41d1-b245-5ffdce74fad2."))
    return UUID(value)


def _yes_or_no(value: Any, field: Column) -> bool:
    if not isinstance(value, bool):
        raise NotThat(_("true or false is needed."))
    return value


def _number(value: Any, field: Column) -> int:
    # In Python true and false are numbers too.
    most = next(most for kind, most in WHOLE_NUMBERS.items() if isinstance(field, kind))
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        raise NotThat(_("a whole number from 0 to {most} is needed.").format(most=most))
    if field.choices and value not in dict(field.flatchoices):
        raise NotThat(_("this is none of the choices."))
    return value


def _text(value: Any, most: int) -> str:
    if not isinstance(value, str):
        raise NotThat(_("a text is needed."))
    if len(value) > most:
        raise NotThat(_("the text is longer than {most} characters.").format(most=most))
    # A database that cannot hold these would refuse the whole file later, and say nothing of the place.
    if "\x00" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
        raise NotThat(_("the text holds characters that are no text."))
    return value


def _long_text(value: Any, field: Column) -> str:
    most = OLD_VALUES_AT_MOST if field.name == OLD_VALUES else getattr(field, "max_length", None)
    text = _text(value, most or OLD_VALUES_AT_MOST)
    if not text and not field.blank:
        raise NotThat(_("a text is needed."))
    return text


def _short_text(value: Any, field: Column) -> str:
    text = _text(value, getattr(field, "max_length", None) or OLD_VALUES_AT_MOST)
    if not text and field.blank:
        return text
    if field.choices and text not in dict(field.flatchoices):
        raise NotThat(_("this is none of the choices."))
    if field.name in {"time_zone", "kept_zone"} and text not in ZONES:
        raise NotThat(_("this is no time zone."))
    if isinstance(field, models.SlugField) and _KEY.fullmatch(text) is None:
        raise NotThat(_("only letters, digits, hyphens and underscores are allowed."))
    return text


def _moment(value: Any, latest: datetime) -> datetime:
    if not isinstance(value, str) or _MOMENT.fullmatch(value) is None:
        raise NotThat(_("a date and time with its offset is needed, such as 2026-11-03T08:00:00Z."))
    try:
        moment = datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise NotThat(_("this date or time does not exist.")) from error
    if moment < EARLIEST:
        raise NotThat(_("a date after 1900 is needed."))
    if moment > latest + AHEAD_AT_MOST:
        raise NotThat(_("this lies in the future."))
    return moment


def _day(value: Any, field: Column) -> date:
    if not isinstance(value, str) or _DAY.fullmatch(value) is None:
        raise NotThat(_("a date is needed, such as 2026-11-03."))
    try:
        day = date.fromisoformat(value)
    except ValueError as error:
        raise NotThat(_("this date or time does not exist.")) from error
    if not EARLIEST.date() <= day < LATEST_DAY:
        raise NotThat(_("a date from 1900 to 2199 is needed."))
    return day


def _clock(value: Any, field: Column) -> time:
    if not isinstance(value, str) or _CLOCK.fullmatch(value) is None:
        raise NotThat(_("a time of day is needed, such as 22:00:00."))
    try:
        return time.fromisoformat(value)
    except ValueError as error:
        raise NotThat(_("this date or time does not exist.")) from error


def _numbers(value: Any, structure: Numbers) -> list[int]:
    if not isinstance(value, list) or len(value) > LIST_AT_MOST:
        raise NotThat(_("a list of at most {most} numbers is needed.").format(most=LIST_AT_MOST))
    if any(not isinstance(one, int) or isinstance(one, bool) or not 0 <= one <= structure.most for one in value):
        raise NotThat(_("a whole number from 0 to {most} is needed.").format(most=structure.most))
    return value


def _codes(value: Any, structure: Codes) -> list[str]:
    if not isinstance(value, list) or len(value) > LIST_AT_MOST:
        raise NotThat(_("a list of at most {most} codes is needed.").format(most=LIST_AT_MOST))
    if any(not _is_code(code, structure.allowed, structure.pattern) for code in value):
        raise NotThat(_("the list holds a code that is not known."))
    return value


def _answers(value: Any, structure: Answers) -> dict[str, str]:
    if not isinstance(value, dict) or len(value) > LIST_AT_MOST:
        raise NotThat(_("an object of codes and answers is needed."))
    if any(not _is_code(code, frozenset(), structure.pattern) for code in value):
        raise NotThat(_("the answers hold a code that is not known."))
    if any(not isinstance(answer, str) or answer not in structure.allowed for answer in value.values()):
        raise NotThat(_("an answer is yes, no or not_sure."))
    return value


def _is_code(code: Any, allowed: frozenset[str], pattern: str) -> bool:
    if not isinstance(code, str):
        return False
    return re.fullmatch(pattern, code, re.ASCII) is not None if pattern else code in allowed

"""Everything the tracker holds of one person as JSON, row by row: however long the diary, memory stays the same."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any, Final
from uuid import UUID

from django.db import models

from backspasm import site
from backspasm.models import User
from tracker.models import Patient
from tracker.reports.tables import FORMAT_PATH, TABLES, columns, key_of

ROWS_AT_ONCE: Final = 200


def chunks(*, user: User, now: datetime) -> Iterator[str]:
    """Yield the file in pieces, of about one row each. ``now`` is aware UTC; every moment in the file is UTC.

    A table is an array of objects, oldest id first, so that the same rows always give the same text.
    """
    zone = Patient.objects.of(user).values_list("time_zone", flat=True).first() or "UTC"
    head = {"format": site.absolute(FORMAT_PATH), "generated": as_text(now), "timezone": zone}
    yield json.dumps(head, ensure_ascii=False)[:-1]
    for name in TABLES:
        yield f',\n"{name}":['
        yield from _rows(name, user)
        yield "]"
    yield "}\n"


def _rows(name: str, user: User) -> Iterator[str]:
    model: Any = TABLES[name]
    before = "\n"
    # The person is known: each row takes it from here, and the sealed texts are opened one row at a time.
    for row in model.objects.of(user).order_by("pk").iterator(chunk_size=ROWS_AT_ONCE):
        yield before + json.dumps(_values(name, row), ensure_ascii=False)
        before = ",\n"


def _values(name: str, row: models.Model) -> dict[str, Any]:
    return {key_of(field): _value(getattr(row, field.attname)) for field in columns(name)}


def _value(value: Any) -> Any:
    if isinstance(value, datetime):
        return as_text(value)
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def as_text(moment: datetime) -> str:
    """Return an aware moment as the file writes it: UTC, with as many digits as were stored."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")

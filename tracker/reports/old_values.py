"""Old values of a changed row, as a file brings them: a text that the tracker wrote once and must be able to read."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from tracker.reports import row_rules
from tracker.reports.json_values import read_value
from tracker.reports.tables import TABLES, columns, key_of

_RATINGS: Final = "ratings"
# The table of the row that was changed, and what of it is kept.
_OF: Final[Mapping[str, tuple[str, frozenset[str]]]] = {
    "check_in_revisions": (
        "check_ins",
        frozenset({"at", "pain", "pain_span", "overall_change", "note", "is_complete", _RATINGS}),
    ),
    "medicine_revisions": (
        "medicines",
        frozenset({"name", "ingredient", "gap_minutes", "most_in_24_hours", "is_anti_inflammatory"}),
    ),
}


def can_be_read(table: str, text: str, *, now: datetime) -> bool:
    """Whether ``text`` holds old values as the tracker keeps them in ``table``. ``now`` is aware UTC."""
    changed, names = _OF[table]
    try:
        old = json.loads(text)
        if not isinstance(old, dict) or old.keys() != names:
            return False
        ratings = old.pop(_RATINGS, {})
        rows = [(changed, old)]
        rows += [("activity_ratings", {"activity": key, "score": score}) for key, score in ratings.items()]
        return all(_keeps_the_rules(name, row, now) for name, row in rows)
    except (ValueError, AttributeError, RecursionError):  # no JSON, no value of its column, no object
        return False


def _keeps_the_rules(name: str, row: Mapping[str, Any], now: datetime) -> bool:
    """Whether these columns of a row are what the table holds. Raises NotThat, a ValueError."""
    fields = {key_of(field): field for field in columns(name)}
    values = {key: read_value(name, fields[key], value, now=now) for key, value in row.items()}
    return not any(row_rules.broken_checks(TABLES[name], values))

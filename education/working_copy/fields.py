"""The fields that a working copy and its content structure share by name."""

from collections.abc import Sequence
from typing import Any, Final

SOURCE_FIELDS: Final = "organisation title year publication doi url reading confirmed_on note".split()
EXERCISE_FIELDS: Final = (
    "code name summary purpose phase phase_note position hold repetitions days_per_week stop_when not_if drawing alt"
).split()
STEP_FIELDS: Final = (
    "key row kind title instruction duration_minutes duration_from_minutes interval_minutes interval_to_minutes "
    "limit_per_day days_per_week timing nuance numbers_from"
).split()
CARD_FIELDS: Final = "urgency title lead carers emergency_number crisis_line".split()
ARTICLE_FIELDS: Final = (
    "title nav_title summary description group is_safety has_leaflet position written_on review_due_on "
    "reviewed_on reviewer reviewer_role"
).split()


def fields(row: Any, names: Sequence[str]) -> dict[str, Any]:
    """Return the named attributes of ``row``."""
    return {name: getattr(row, name) for name in names}

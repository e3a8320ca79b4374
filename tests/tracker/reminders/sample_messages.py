"""A message as it leaves, and what must stand in none."""

from datetime import UTC, datetime
from typing import Any, Final

from tracker.reminders.channels.message import Message

PAGE: Final = "https://site.example.org/m/Jq0page-token-of-forty-three-characters-00000/"
STOP: Final = "https://site.example.org/u/Jq1stop-token-of-forty-three-characters-00000/"
# What tells a person who reads over a shoulder what it is about.
HEALTH_WORDS: Final = (
    "back",
    "spasm",
    "pain",
    "ache",
    "ice",
    "heat",
    "medicine",
    "tablet",
    "dose",
    "label",
    "stretch",
    "exercise",
    "walk",
    "strength",
    "check-in",
    "health",
    "patient",
    "doctor",
    "episode",
    "symptom",
    "muscle",
    "sleep",
)


def make_message(**fields: Any) -> Message:
    """A reminder that was due at noon UTC and is of use for half an hour."""
    values: dict[str, Any] = {
        "key": "4b1e0c6a5d2f4b1e0c6a5d2f4b1e0c6a",
        "title": "Your reminder",
        "body": "You asked us to remind you at 14:00. Open it to see what it is.",
        "page": PAGE,
        "stop": STOP,
        "due_at": datetime(2030, 11, 20, 12, 0, tzinfo=UTC),
        "useful_seconds": 1800,
        **fields,
    }
    return Message(**values)

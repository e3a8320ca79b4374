"""Every reason has a plain sentence, and a reminder is described as the patient asked for it."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tracker import reminder_rules
from tracker.models import Medicine, Reminder
from tracker.reminders import words
from tracker.reminders.channels import CHANNELS

PARIS = ZoneInfo("Europe/Paris")
NOON = datetime(2030, 11, 20, 12, 0, tzinfo=UTC)  # a Wednesday, 13:00 in Paris
CHANNEL_SOURCES = Path(reminder_rules.__file__).parent / "reminders" / "channels"
OF_THE_ENGINE = ["newer_one", "too_late", "no_address", "stopped", "no_way_out", "not_known", "refused"]


def codes_of_the_channels() -> list[str]:
    """Return every code that stands in a DeliveryError of a channel."""
    texts = [path.read_text() for path in sorted(CHANNEL_SOURCES.glob("*.py"))]
    return sorted({code for text in texts for code in re.findall(r'DeliveryError\("\w+", "(\w+)"\)', text)})


def reminder(**fields: Any) -> Reminder:
    values = {"kind": "ice", "recurrence": "every", "every_minutes": 120, "edition": 1, **fields}
    return Reminder(**values)


@pytest.mark.parametrize("code", sorted({*reminder_rules.CODES, *OF_THE_ENGINE, *codes_of_the_channels()}))
def test_every_code_has_a_sentence_of_its_own(code: str) -> None:
    sentence = words.reason(code)

    assert sentence != words.reason("a code that nobody knows")
    assert re.fullmatch(r"[A-Z][^.]*(\. [A-Z][^.]*)*\.", sentence)


@pytest.mark.parametrize("code", sorted(words.REASONS))
def test_no_sentence_blames_or_shouts(code: str) -> None:
    sentence = words.reason(code).lower()

    assert not re.search(r"!|\b(you (missed|forgot|failed|did not)|should have|take)\b", sentence)


def test_an_unknown_code_is_said_honestly() -> None:
    assert words.reason("nobody_knows") == "We did not keep why."


def test_no_code_needs_no_sentence() -> None:
    assert words.reason("") == ""


@pytest.mark.parametrize("channel", sorted(CHANNELS))
def test_every_channel_has_a_name(channel: str) -> None:
    assert words.channel(channel) != channel


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-300, "a little early, with another one"),
        (-3, "on time"),
        (0, "on time"),
        (59, "on time"),
        (60, "1 minute late"),
        (185, "3 minutes late"),
        (7_500, "2 hours and 5 minutes late"),
    ],
)
def test_lateness_in_words(seconds: int, said: str) -> None:
    assert words.lateness(NOON, NOON + timedelta(seconds=seconds)) == said


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (NOON, "today at 13:00"),
        (NOON + timedelta(hours=11), "tomorrow at 00:00"),
        (NOON - timedelta(hours=14), "yesterday at 23:00"),
        (NOON + timedelta(days=2), "Friday at 13:00"),
        (NOON + timedelta(days=7), "Wednesday 27 November at 13:00"),
        (NOON - timedelta(days=2), "Monday 18 November at 13:00"),
        (NOON + timedelta(days=60), "Sunday 19 January 2031 at 13:00"),
    ],
)
def test_a_moment_is_said_on_the_patients_clock(at: datetime, said: str) -> None:
    assert words.moment(at, zone=PARIS, now=NOON) == said


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Every 2 hours, while you are awake"),
        ({"every_minutes": 60}, "Every hour, while you are awake"),
        ({"every_minutes": 45}, "Every 45 minutes, while you are awake"),
        ({"recurrence": "at_times", "times": ["08:00", "18:30"]}, "Every day at 08:00 and 18:30"),
        ({"recurrence": "at_times", "times": ["08:00"], "weekdays": [4, 0]}, "At 08:00 on Monday and Friday"),
        (
            {"recurrence": "once", "times": ["09:15"], "on": date(2030, 11, 22)},
            "Once, on Friday 22 November at 09:15",
        ),
    ],
)
def test_how_often_in_words(fields: dict[str, Any], said: str) -> None:
    assert words.recurrence(reminder(**fields)) == said


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"step_key": "ice_on_back"}, "Ice pack"),
        ({"step_key": "ice_on_back", "label": "Cold peas"}, "Cold peas"),
        ({"step_key": "gone"}, "Ice"),
        ({"kind": "medicine", "medicine": Medicine(name="Blue tablets")}, "Blue tablets"),
        ({"kind": "timer_end", "step_key": "ice_on_back"}, "Time is up: Ice pack"),
        ({"kind": "timer_end", "step_key": "gone"}, "Time is up"),
    ],
)
def test_the_name_of_a_reminder(fields: dict[str, Any], said: str) -> None:
    assert words.name(reminder(**fields), {"ice_on_back": "Ice pack"}) == said


def test_steps_in_the_same_message_are_named_unless_they_are_gone() -> None:
    made = reminder(also_step_keys=["legs_raised", "gone", "gentle_walk"])

    assert words.also(made, {"legs_raised": "Raise your legs", "gentle_walk": "Gentle walk"}) == (
        "With: Raise your legs and Gentle walk"
    )
    assert words.also(reminder(), {}) == ""


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("15_minutes", "In 15 minutes, at 14:15"),
        ("1_hour", "In an hour, at 14:15"),
        ("after_this", "After what I am doing, at 14:15"),
        ("not_today", "Not today"),
    ],
)
def test_how_to_put_off_in_words(code: str, said: str) -> None:
    assert words.snooze(code, "14:15") == said

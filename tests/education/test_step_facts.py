"""The numbers of a care step in words. Changing a row changes every sentence made from it."""

from typing import Any

import pytest

from education import step_facts, structure


def step(**numbers: Any) -> structure.CareStep:
    values: dict[str, Any] = {
        "key": "ice_on_back",
        "row": "P1",
        "phases": ("first_72h",),
        "kind": "ice",
        "title": "Ice",
        "instruction": "Ice.",
        "duration_minutes": 20,
        **numbers,
    }
    return structure.CareStep(**values)


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ({}, "20 minutes at most"),
        ({"kind": "heat", "duration_from_minutes": 15}, "15 to 20 minutes"),
        ({"kind": "aerobic", "duration_minutes": 1}, "1 minute"),
        ({"kind": "gate"}, ""),
        ({"kind": "medicine_talk"}, ""),
    ],
)
def test_duration(numbers: dict[str, Any], expected: str) -> None:
    assert step_facts.duration(step(**numbers)) == expected


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ({}, ""),
        ({"interval_minutes": 120}, "every 2 hours while awake"),
        ({"interval_minutes": 60}, "every hour while awake"),
        ({"interval_minutes": 90}, "every 90 minutes while awake"),
        ({"interval_minutes": 120, "interval_to_minutes": 180}, "every 2 hours to 3 hours while awake"),
        ({"interval_minutes": 240, "timing": "3 or 4 times a day"}, "3 or 4 times a day, at least 4 hours apart"),
        ({"interval_minutes": 1440}, "once a day"),
        ({"interval_minutes": 2880, "timing": "with a rest day between"}, "every 2 days, with a rest day between"),
        ({"interval_minutes": 10080}, "once a week"),
        ({"timing": "as you need it"}, "as you need it"),
        ({"kind": "gate", "interval_minutes": 1440, "timing": "at the start, then daily"}, "at the start, then daily"),
        ({"kind": "gate", "interval_minutes": 10080}, "once a week"),
    ],
)
def test_how_often(numbers: dict[str, Any], expected: str) -> None:
    assert step_facts.how_often(step(**numbers)) == expected


@pytest.mark.parametrize(("count", "expected"), [(None, ""), (1, "once a day"), (8, "8 times a day")])
def test_limit(count: int | None, expected: str) -> None:
    assert step_facts.limit(step(limit_per_day=count)) == expected


@pytest.mark.parametrize(("count", "expected"), [(None, ""), (7, ""), (1, "1 day a week"), (3, "3 days a week")])
def test_days(count: int | None, expected: str) -> None:
    assert step_facts.days(step(days_per_week=count)) == expected


def test_facts_leave_out_what_is_not_said() -> None:
    assert step_facts.facts(step(limit_per_day=8)) == (("How long", "20 minutes at most"), ("At most", "8 times a day"))

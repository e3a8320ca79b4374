"""Reads episodes and weekly check-ins into the patterns room, and its counts into sentences."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from tracker import course_reading, course_words, patterns
from tracker.course import EpisodeFacts
from tracker.local_time import local_day
from tracker.models import Patient, WeeklyCheckIn
from tracker.patterns import CalmDay


@dataclass(frozen=True, kw_only=True)
class Patterns:
    """What came before flares beside calm days, in sentences; ``answered`` episodes say what came before them."""

    sentences: tuple[str, ...]
    episodes: int
    answered: int
    calm_days: int


def what_came_before(patient: Patient) -> Patterns:
    """Return the patterns of a patient with their counts, in two queries at any history."""
    facts, _places = course_reading.facts_of(patient.user)
    calm = calm_days(patient, facts)
    found = patterns.patterns(facts, calm)
    return Patterns(
        sentences=tuple(course_words.pattern_words(pattern) for pattern in found),
        episodes=len(facts),
        answered=sum(bool(episode.triggers) for episode in facts),
        calm_days=len({day.on for day in calm}),
    )


def calm_days(patient: Patient, facts: Sequence[EpisodeFacts]) -> tuple[CalmDay, ...]:
    """Return the days that weekly check-ins told of, without those on which an episode went on."""
    zone = patient.zone
    busy = [(local_day(one.began_at, zone), local_day(one.ended_at, zone) if one.ended_at else None) for one in facts]
    told = WeeklyCheckIn.objects.of(patient.user).order_by("at").values_list("at", "yesterday")
    days = [(local_day(at, zone) - timedelta(days=1), frozenset(codes)) for at, codes in told]
    return tuple(
        CalmDay(on, codes)
        for on, codes in days
        if not any(first <= on and (last is None or on <= last) for first, last in busy)
    )

"""One patient's recovery beside the published course, and lengths and gaps of episodes; no framework and no clock.

Nothing here predicts, ranks or compares a patient with other people: scores are compared with the same person's own
earlier scores, and the published averages (published_course.py) are only drawn beside them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil
from statistics import median
from typing import Final, Literal
from uuid import UUID

WEEK: Final = timedelta(weeks=1)
DAY: Final = timedelta(days=1)
HIGHEST_SCORE: Final = 10
# Under five episodes nothing is said of gaps or patterns: too few to mean anything.
FEWEST_EPISODES: Final = 5

# What most people notice, in points: pain (R54, R55), a mean of several activities, one activity alone.
NOTICED_PAIN: Final = 2
NOTICED_FUNCTION: Final = 2
NOTICED_ACTIVITY: Final = 3

# From how many hours on a time is told in days, and from how many days on in weeks, months and years.
HOURS_AS_DAYS: Final = 48
DAYS_AS_WEEKS: Final = 14
DAYS_AS_MONTHS: Final = 56
DAYS_AS_YEARS: Final = 730


class PainKind(StrEnum):
    """What a pain score was asked about; scores of two kinds are never joined by a line or compared."""

    NOW = "now"
    AVERAGE = "average"


@dataclass(frozen=True, slots=True)
class Reading:
    """One check-in as far as the course needs it. Raises ValueError for a score outside 0 to 10.

    ``pain``: 0 to 10, lower is better. ``function``: mean of the rated activities, 0 to 10, higher is better.
    ``activities``: keys of the activities behind that mean; means of different activities are not compared.
    """

    at: datetime
    pain: int | None = None
    pain_kind: PainKind = PainKind.AVERAGE
    function: float | None = None
    activities: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        for score in (self.pain, self.function):
            if score is not None and not 0 <= score <= HIGHEST_SCORE:
                raise ValueError("a score goes from 0 to 10")


def in_order(check_ins: Iterable[Reading]) -> list[Reading]:
    """Return the check-ins oldest first."""
    return sorted(check_ins, key=lambda reading: reading.at)


@dataclass(frozen=True, slots=True)
class OwnPoint:
    """One own pain score on the published scale, 0 to 100, in weeks since the onset and since the first day tracked."""

    at: datetime
    weeks_since_onset: float
    weeks_since_tracked: float
    value: int
    kind: PainKind


def own_points(check_ins: Iterable[Reading], *, began_at: datetime, first_tracked_at: datetime) -> tuple[OwnPoint, ...]:
    """Return the own pain scores times ten, oldest first; a score from before the onset is left out."""
    return tuple(
        OwnPoint(
            at=reading.at,
            weeks_since_onset=(reading.at - began_at) / WEEK,
            weeks_since_tracked=(reading.at - first_tracked_at) / WEEK,
            value=reading.pain * 10,
            kind=reading.pain_kind,
        )
        for reading in in_order(check_ins)
        if reading.pain is not None and reading.at >= began_at
    )


class Verdict(StrEnum):
    """Whether a score changed by as much as most people notice."""

    BETTER = "better"
    WORSE = "worse"
    ABOUT_THE_SAME = "about_the_same"


@dataclass(frozen=True, slots=True)
class Change:
    """First and latest score of one measure, and whether the difference is one that most people notice."""

    measure: Literal["pain_now", "pain_average", "function"]
    first: float
    latest: float
    first_at: datetime
    latest_at: datetime
    verdict: Verdict


def change_in_words(check_ins: Iterable[Reading]) -> tuple[Change, ...]:
    """Return the change within one episode of each measure that has two or more like scores.

    Pain: 2 points, or 30% of the first score (R54, R55). Function: about 2 points for a mean, 3 for one activity
    alone; the first score counted is the first with the same activities as the latest one.
    """
    readings = in_order(check_ins)
    pain_now, pain_average = _like_pain(readings, PainKind.NOW), _like_pain(readings, PainKind.AVERAGE)
    changes = []
    if len(pain_now) > 1:
        changes.append(_pain_change("pain_now", pain_now))
    if len(pain_average) > 1:
        changes.append(_pain_change("pain_average", pain_average))
    return (*_function_change(readings), *changes)


_Scores = list[tuple[datetime, int]]


def _like_pain(readings: Iterable[Reading], kind: PainKind) -> _Scores:
    return [
        (reading.at, reading.pain) for reading in readings if reading.pain is not None and reading.pain_kind == kind
    ]


def _pain_change(measure: Literal["pain_now", "pain_average"], scores: _Scores) -> Change:
    (first_at, first), (latest_at, latest) = scores[0], scores[-1]
    fall = first - latest
    is_noticed = abs(fall) >= NOTICED_PAIN or (fall != 0 and first > 0 and abs(fall) * 10 >= first * 3)
    return Change(measure, first, latest, first_at, latest_at, _verdict(fall, is_noticed=is_noticed))


def _function_change(readings: Sequence[Reading]) -> tuple[Change, ...]:
    rated = [(reading, reading.function) for reading in readings if reading.function is not None]
    like = [(reading.at, mean) for reading, mean in rated if reading.activities == rated[-1][0].activities]
    if len(like) <= 1:
        return ()
    (first_at, first), (latest_at, latest) = like[0], like[-1]
    rise = round(latest - first, 6)  # thirds: 7.33 - 5.33 is two points, whatever its last binary digit
    is_noticed = abs(rise) >= (NOTICED_ACTIVITY if len(rated[-1][0].activities) == 1 else NOTICED_FUNCTION)
    return (Change("function", first, latest, first_at, latest_at, _verdict(rise, is_noticed=is_noticed)),)


def _verdict(gain: float, *, is_noticed: bool) -> Verdict:
    if not is_noticed:
        return Verdict.ABOUT_THE_SAME
    return Verdict.BETTER if gain > 0 else Verdict.WORSE


def says_see_clinician(check_ins: Iterable[Reading], began_at: datetime, now: datetime) -> bool:
    """Tell whether, from six weeks on, to show 'It is a good time to see a clinician' (sign C14).

    True when the latest score of about six weeks or later (day 35 on: check-ins are weekly then) is not at least 30%
    lower than the first. Like is compared with like, averages before 'right now'; only when no two scores are alike
    is the first compared with the latest of any kind, because silence would be the worse mistake.
    """
    if now - began_at < 6 * WEEK:
        return False
    readings = [reading for reading in in_order(check_ins) if reading.at <= now]
    everything = [(reading.at, reading.pain) for reading in readings if reading.pain is not None]
    for scores in (_like_pain(readings, PainKind.AVERAGE), _like_pain(readings, PainKind.NOW), everything):
        if len(scores) > 1 and scores[-1][0] - began_at >= 5 * WEEK:
            first, latest = scores[0][1], scores[-1][1]
            return latest > 0 and latest * 10 > first * 7
    return False


Unit = Literal["hours", "days", "weeks", "months", "years"]


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time to say in words: '3 weeks' is ``Span("weeks", 3)``; a count of 0 is 'less than one'."""

    unit: Unit
    count: int


@dataclass(frozen=True, slots=True)
class EpisodeFacts:
    """One episode as far as history and patterns need it.

    ``triggers``: codes of what the patient ticked; empty means that the question was not answered, so own words
    alone are passed as {"other"}. ``days_lost`` counts days, ``peak_pain`` is 0 to 10.
    """

    id: UUID
    began_at: datetime
    ended_at: datetime | None = None
    places: frozenset[str] = frozenset()
    triggers: frozenset[str] = frozenset()
    days_lost: int | None = None
    peak_pain: int | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """The calm time between the end of one episode and the onset of the next, in whole days."""

    after: UUID
    before: UUID
    days: int


@dataclass(frozen=True, slots=True)
class PastEpisode:
    """One line of the history: the episode, its length (None while open) and how long it was calm before."""

    facts: EpisodeFacts
    days: int | None
    length: Span | None
    gap_before: Span | None


def span_of_days(days: float) -> Span:
    """Return a number of days in the unit in which people say such a time, rounded to whole units."""
    if days < DAYS_AS_WEEKS:
        return Span("days", round(days))
    if days < DAYS_AS_MONTHS:
        return Span("weeks", round(days / 7))
    if days < DAYS_AS_YEARS:
        return Span("months", round(days / 30.44))
    return Span("years", round(days / 365.25))


def span_between(start: datetime, end: datetime) -> Span:
    """Return the time between two moments, in hours under two days. Raises ValueError if it would be negative."""
    if end < start:
        raise ValueError("a span does not end before it starts")
    hours = (end - start) / timedelta(hours=1)
    return Span("hours", round(hours)) if hours < HOURS_AS_DAYS else span_of_days(hours / 24)


def lengths(episodes: Iterable[EpisodeFacts]) -> dict[UUID, int]:
    """Return how many days each closed episode took, a begun day counted whole; open ones are left out."""
    return {
        episode.id: max(1, ceil((episode.ended_at - episode.began_at) / DAY))
        for episode in episodes
        if episode.ended_at is not None
    }


def gaps(episodes: Iterable[EpisodeFacts]) -> tuple[Gap, ...] | None:
    """Return the whole days from recovery to the next onset, oldest first; None under five episodes.

    There is no gap while an earlier episode is still open or goes on.
    """
    by_onset = sorted(episodes, key=lambda episode: (episode.began_at, episode.id))
    if len(by_onset) < FEWEST_EPISODES:
        return None
    found = []
    latest = by_onset[0]
    for episode in by_onset[1:]:
        if latest.ended_at is None:
            break
        if episode.began_at >= latest.ended_at:
            found.append(Gap(latest.id, episode.id, (episode.began_at - latest.ended_at).days))
        if episode.ended_at is None or episode.ended_at >= latest.ended_at:
            latest = episode
    return tuple(found)


def median_gap(episodes: Iterable[EpisodeFacts]) -> Span | None:
    """Return the median gap; None under five episodes or when there is no gap at all."""
    found = gaps(episodes)
    return span_of_days(median(gap.days for gap in found)) if found else None


def history(episodes: Iterable[EpisodeFacts]) -> tuple[PastEpisode, ...]:
    """Return all episodes, newest first, with their lengths and, from five episodes on, the gaps before them."""
    known = tuple(episodes)
    days = lengths(known)
    calm_before = {gap.before: span_of_days(gap.days) for gap in gaps(known) or ()}
    newest_first = sorted(known, key=lambda episode: (episode.began_at, episode.id), reverse=True)
    return tuple(
        PastEpisode(
            facts=episode,
            days=days.get(episode.id),
            length=span_of_days(days[episode.id]) if episode.id in days else None,
            gap_before=calm_before.get(episode.id),
        )
        for episode in newest_first
    )

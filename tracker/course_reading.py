"""Reads a patient's rows into what the course rooms compute with, and their results into words for the screens."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backspasm.models import User
from tracker import charts, course, course_words, patterns
from tracker.chart_shapes import Figure, Summary, number
from tracker.charts import StepDone
from tracker.course import EpisodeFacts, PainKind, PastEpisode, Reading
from tracker.course_words import say_in, span_words
from tracker.models import Activity, CheckIn, Episode, PainSpan, Patient, StepLog

Rows = tuple[tuple[str, ...], ...]
OWN_WORDS: Final = "other"
_MARKS: Final[dict[str, Literal["ice", "heat", "walk"]]] = {
    "ice": "ice",
    "heat": "heat",
    "gentle_movement": "walk",
    "aerobic": "walk",
}
_KINDS: Final = {PainSpan.NOW: PainKind.NOW, PainSpan.AVERAGE_24H: PainKind.AVERAGE}


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A chart with everything its template prints: one sentence, the same numbers as a table, what the lines mean."""

    figure: Figure[Any]
    title: str
    summary: str
    columns: tuple[str, ...]
    rows: Rows
    legend: tuple[tuple[str, str], ...] = ()
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class EpisodeLine:
    """One line of the list of episodes. ``length`` is empty while it is open, ``gap`` where nothing is said of gaps."""

    id: UUID
    began_at: datetime
    ended_at: datetime | None
    length: str
    gap: str
    triggers: tuple[str, ...]
    places: tuple[str, ...]
    days_lost: int | None


@dataclass(frozen=True, kw_only=True)
class History:
    """All episodes, the open one first and then newest first. ``median_gap`` is empty where there is none to tell."""

    lines: tuple[EpisodeLine, ...]
    has_gaps: bool
    median_gap: str
    picture: Picture | None


@dataclass(frozen=True, kw_only=True)
class OneEpisode:
    """The course of one episode. A picture is None where there is nothing to draw."""

    readings: tuple[Reading, ...]
    check_ins: tuple[CheckIn, ...]
    pain: Picture | None
    function: Picture | None
    changes: tuple[str, ...]
    activities: tuple[tuple[str, int, int, int], ...]  # own words, first score, latest score, how many scores
    steps: tuple[tuple[str, int], ...]
    says_see_clinician: bool


def facts_of(user: User) -> tuple[tuple[EpisodeFacts, ...], dict[UUID, list[str]]]:
    """Return all episodes of a user and their places, in one query. Own words are counted, not opened."""
    names = ("id", "began_at", "ended_at", "places", "triggers", "trigger_words", "days_lost")
    rows = list(Episode.objects.of(user).values_list(*names))
    facts = tuple(
        EpisodeFacts(
            id=id_,
            began_at=began_at,
            ended_at=ended_at,
            places=frozenset(places),
            triggers=frozenset(triggers) or (frozenset({OWN_WORDS}) if words else frozenset()),
            days_lost=days_lost,
        )
        for id_, began_at, ended_at, places, triggers, words, days_lost in rows
    )
    return facts, {row[0]: row[3] for row in rows}


def history(patient: Patient) -> History:
    """Return the list of episodes, gaps and the chart of lengths, in one query at any history."""
    facts, places = facts_of(patient.user)
    past = course.history(facts)
    # Back-dated ones may have begun later than the open one: that one stands first all the same.
    in_order = sorted(past, key=lambda episode: episode.facts.ended_at is not None)
    median = course.median_gap(facts)
    return History(
        lines=tuple(_line(episode, places[episode.facts.id]) for episode in in_order),
        has_gaps=course.gaps(facts) is not None,
        median_gap=span_words(median) if median else "",
        picture=_episodes_picture(facts, patient.zone),
    )


def _line(past: PastEpisode, places: list[str]) -> EpisodeLine:
    facts = past.facts
    return EpisodeLine(
        id=facts.id,
        began_at=facts.began_at,
        ended_at=facts.ended_at,
        length=span_words(past.length) if past.length else "",
        gap=span_words(past.gap_before) if past.gap_before else "",
        triggers=course_words.trigger_labels([code for code in patterns.EXPOSURES if code in facts.triggers]),
        places=course_words.place_labels(places),
        days_lost=facts.days_lost,
    )


def _episodes_picture(facts: Sequence[EpisodeFacts], zone: ZoneInfo) -> Picture | None:
    figure = charts.episodes_chart(facts, say=say_in(zone))
    days = [episode.days for episode in figure.rows if episode.days is not None]
    if not days:
        return None
    closed = ngettext("{count} episode is over.", "{count} episodes are over.", len(days)).format(count=len(days))
    shortest, longest = course_words.days_words(min(days)), course_words.days_words(max(days))
    one = _("It took {longest}.") if len(days) == 1 else _("The shortest took {shortest}, the longest {longest}.")
    left_out = _("The chart shows the latest {count}. The table has all.").format(count=len(days) - figure.left_out)
    return Picture(
        figure=figure,
        title=_("How long each episode took, in days"),
        summary=f"{closed} {one.format(shortest=shortest, longest=longest)}",
        columns=(_("Began"), _("Over"), _("Days"), _("Calm before it"), _("Days lost")),
        rows=tuple(_episode_row(episode, zone) for episode in reversed(figure.rows)),
        note=left_out if figure.left_out else "",
    )


def _episode_row(past: PastEpisode, zone: ZoneInfo) -> tuple[str, ...]:
    facts = past.facts
    return (
        _day(facts.began_at, zone),
        _day(facts.ended_at, zone) if facts.ended_at else _("open"),
        str(past.days) if past.days is not None else "",
        span_words(past.gap_before) if past.gap_before else "",
        str(facts.days_lost) if facts.days_lost is not None else "",
    )


def _day(moment: datetime, zone: ZoneInfo) -> str:
    return date_format(moment.astimezone(zone), "j F Y")


def _when(moment: datetime, zone: ZoneInfo) -> str:
    return date_format(moment.astimezone(zone), "j F Y, H:i")


def reading_of(check_in: CheckIn) -> Reading:
    """Return what the course needs of a check-in whose ratings were fetched."""
    ratings = list(check_in.ratings.all())
    return Reading(
        at=check_in.at,
        pain=check_in.pain,
        pain_kind=_KINDS[PainSpan(check_in.pain_span)],
        function=sum(rating.score for rating in ratings) / len(ratings) if ratings else None,
        activities=frozenset(str(rating.activity_id) for rating in ratings),
    )


def one_episode(patient: Patient, episode: Episode, now: datetime) -> OneEpisode:
    """Return the course of an episode, oldest check-in first, in four queries."""
    rows = CheckIn.objects.of(patient.user).filter(episode=episode).prefetch_related("ratings")
    check_ins = tuple(rows.order_by("at", "created_at"))
    readings = tuple(reading_of(check_in) for check_in in check_ins)
    logs = list(StepLog.objects.of(patient.user).filter(episode=episode).values_list("kind", "started_at"))
    counts = Counter(kind for kind, _started_at in logs)
    return OneEpisode(
        readings=readings,
        check_ins=check_ins,
        pain=_pain_picture(episode, readings, logs, patient.zone),
        function=_function_picture(episode, readings, patient.zone),
        changes=tuple(course_words.change_words(change) for change in course.change_in_words(readings)),
        activities=_activities(episode, check_ins),
        steps=tuple((str(words), counts[kind]) for kind, words in course_words.STEP_KINDS.items() if counts[kind]),
        says_see_clinician=episode.is_open and course.says_see_clinician(readings, episode.began_at, now),
    )


def _activities(episode: Episode, check_ins: Sequence[CheckIn]) -> tuple[tuple[str, int, int, int], ...]:
    scores: dict[UUID, list[int]] = {}
    for check_in in check_ins:
        for rating in check_in.ratings.all():
            scores.setdefault(rating.activity_id, []).append(rating.score)
    named = Activity.objects.filter(user_id=episode.user_id, episode=episode)
    return tuple(
        (activity.name, scores[activity.pk][0], scores[activity.pk][-1], len(scores[activity.pk]))
        for activity in named
        if activity.pk in scores
    )


def _pain_picture(
    episode: Episode, readings: Iterable[Reading], logs: Iterable[tuple[str, datetime]], zone: ZoneInfo
) -> Picture | None:
    steps = [StepDone(at, _MARKS[kind]) for kind, at in logs if kind in _MARKS]
    figure = charts.pain_chart(readings, began_at=episode.began_at, say=say_in(zone), zone=zone, steps=steps)
    if figure.is_empty:
        return None
    drawn = {reading.pain_kind for reading in figure.rows}
    marks = {step.kind for step in steps}
    legend = (
        (PainKind.AVERAGE in drawn, "ln-p", _("Average of 24 hours")),
        (PainKind.NOW in drawn, "ln-p now", _("Right now")),
        ("ice" in marks, "mk-i", _("Ice")),
        ("heat" in marks, "mk-h", _("Heat")),
        ("walk" in marks, "mk-w", _("Walking and gentle movement")),
    )
    return Picture(
        figure=figure,
        title=_("Pain, 0 to 10"),
        summary=" ".join(course_words.summary_words(summary) for summary in figure.summaries),
        columns=(_("When"), _("Pain"), _("Asked about")),
        rows=tuple(
            (_when(one.at, zone), str(one.pain), str(course_words.PAIN_KINDS[one.pain_kind])) for one in figure.rows
        ),
        legend=tuple((css_class, words) for holds, css_class, words in legend if holds),
        note=_(
            "A lower number is better. “Right now” and “average of 24 hours” are two questions, so no line joins them."
        ),
    )


def _function_picture(episode: Episode, readings: Iterable[Reading], zone: ZoneInfo) -> Picture | None:
    figure = charts.function_chart(readings, began_at=episode.began_at, say=say_in(zone), zone=zone)
    if figure.is_empty:
        return None
    replaced = _("The activities changed on the way, so a new line begins.") if len(figure.summaries) > 1 else ""
    return Picture(
        figure=figure,
        title=_("What you can do, 0 to 10"),
        summary=_function_summary(figure.summaries),
        columns=(_("When"), _("Mean of your activities"), _("Activities rated")),
        rows=tuple((_when(one.at, zone), number(one.function or 0), str(len(one.activities))) for one in figure.rows),
        legend=(("ln-f", _("Mean of your activities")),),
        note=f"{_('A higher number is better, the other way round from pain.')} {replaced}".strip(),
    )


def _function_summary(summaries: Sequence[Summary]) -> str:
    latest = course_words.summary_words(summaries[-1])
    return latest if len(summaries) == 1 else _("With the latest activities: {words}").format(words=latest)

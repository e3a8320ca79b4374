"""The parts of the visit sheet that tell how it went: function, episodes, course, and what was tried. Pure."""

from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tracker import course
from tracker.course import PainKind, Reading
from tracker.models import Episode, OverallChange, Place, Trigger
from tracker.reports import words
from tracker.reports.record import Record
from tracker.reports.sheet_shape import Grid, Limits, Part

NONE: Final = "–"


def function(record: Record, limits: Limits) -> Part:
    """Return the own activities with their first and latest rating, and the mean."""
    heading = _("Function")
    scale = _("Own activities: 0 cannot do it, 10 as before the pain. Higher is better.")
    if not record.activities:
        return Part("function", heading, (_("No activity was named."),))
    shown = record.activities[: limits.activities]
    rows = [
        (
            _("{name} (replaced)").format(name=words.cut(activity.name, limits.letters))
            if activity.is_retired
            else words.cut(activity.name, limits.letters),
            words.score(activity.first),
            words.score(activity.latest),
        )
        for activity in shown
    ]
    first, latest = _means(record.readings)
    rows.append((_("Mean"), words.score(first), words.score(latest)))
    grid = Grid((_("Activity"), _("First"), _("Latest")), tuple(rows), (6, 1, 1))
    left_out = len(record.activities) - len(shown)
    return Part("function", heading, (scale,), grid, note=words.and_more((), left_out))


def _means(readings: Sequence[Reading]) -> tuple[float | None, float | None]:
    """Return the first and the latest mean of the same activities."""
    rated = [reading for reading in readings if reading.function is not None]
    like = [reading.function for reading in rated if reading.activities == rated[-1].activities]
    return (like[0], like[-1]) if like else (None, None)


def episodes(record: Record, limits: Limits) -> Part:
    """Return this episode in words, and the past ones as a table."""
    heading = _("Episodes")
    if record.episode is None:
        return Part("episodes", heading, (_("No episode was logged."),))
    past = [one for one in record.history if one.facts.id != record.episode.pk]
    shown = past[: limits.episodes]
    grid = Grid(
        (_("Earlier episodes"), _("Length"), _("What set it off"), _("Worst pain"), _("Days lost")),
        tuple(_past_row(one, record, limits) for one in shown),
        (3, 1.3, 4, 1, 1),
    )
    left_out = len(past) - len(shown)
    note = ngettext("and {count} earlier one", "and {count} earlier ones", left_out).format(count=left_out)
    lines = (*_this_episode(record.episode, record, limits), *_counts(record))
    return Part("episodes", heading, lines, grid if shown else None, note=note if left_out else "")


def _this_episode(episode: Episode, record: Record, limits: Limits) -> list[str]:
    zone = record.patient.zone
    began = words.day_and_time(episode.began_at, zone)
    if episode.ended_at is None:
        lasted = words.span(course.span_between(episode.began_at, max(record.now, episode.began_at)))
        lines = [_("This episode began {began} and goes on: {lasted}.").format(began=began, lasted=lasted)]
    else:
        ended = words.day(episode.ended_at, zone)
        lasted = words.span(course.span_between(episode.began_at, episode.ended_at))
        lines = [_("Latest episode: {began} to {ended}, {lasted}.").format(began=began, ended=ended, lasted=lasted)]
    if episode.places:
        lines.append(_("Where: {places}.").format(places=", ".join(str(Place(code).label) for code in episode.places)))
    before = _triggers(episode.triggers)
    own = words.cut(episode.trigger_words, limits.letters)
    if before or own:
        text = ". ".join(filter(None, [before, f"“{own}”" if own else ""]))
        lines.append(_("What set it off: {text}").format(text=text))
    return lines


def _counts(record: Record) -> list[str]:
    count = len(record.history)
    first = words.day(record.history[-1].facts.began_at, record.patient.zone)
    sentence = ngettext("{count} episode logged since {day}.", "{count} episodes logged since {day}.", count)
    lines = [sentence.format(count=count, day=first)]
    if record.median_gap is not None:
        gap = words.span(record.median_gap)
        lines.append(_("Median calm time between two episodes: {gap}.").format(gap=gap))
    return lines


def _past_row(one: course.PastEpisode, record: Record, limits: Limits) -> tuple[str, ...]:
    facts, zone = one.facts, record.patient.zone
    began = words.day(facts.began_at, zone)
    dates = (
        _("{began} to {ended}").format(began=began, ended=words.day(facts.ended_at, zone)) if facts.ended_at else began
    )
    return (
        dates,
        words.span(one.length) if one.length else _("open"),
        words.cut(_triggers(sorted(facts.triggers)), limits.letters) or NONE,
        words.score(facts.peak_pain),
        words.score(facts.days_lost),
    )


def _triggers(codes: Sequence[str]) -> str:
    return ", ".join(str(Trigger(code).label) for code in codes if code in Trigger.values)


def course_of_it(record: Record, limits: Limits) -> Part:
    """Return first and latest scores in a sentence, and a small table of the check-ins."""
    heading = _("Course of this episode")
    scored = [reading for reading in record.readings if reading.pain is not None or reading.function is not None]
    if not scored:
        return Part("course", heading, (_("No score was logged."),))
    lines = [*_changes(record)]
    if record.overall_change is not None:
        number, at = record.overall_change
        sentence = _("Overall change since it began: {change} ({number} of 7, 1 is best), on {day}.")
        label = OverallChange(number).label
        lines.append(sentence.format(change=label, number=number, day=words.day(at, record.patient.zone)))
    shown = _spread(scored, limits.course)
    left_out = len(scored) - len(shown)
    columns = (_("Check-in"), _("Function"), _("Pain right now"), _("Pain, average of 24 hours"))
    rows = tuple(_course_row(reading, record) for reading in shown)
    note = ngettext("and {count} more check-in between them", "and {count} more check-ins between them", left_out)
    note = note.format(count=left_out) if left_out else ""
    return Part("course", heading, tuple(lines), Grid(columns, rows, (2, 1, 1, 1.6)), note=note)


def _changes(record: Record) -> list[str]:
    names = {
        "pain_now": _("Pain right now (0 to 10, lower is better)"),
        "pain_average": _("Pain, average of 24 hours (0 to 10, lower is better)"),
        "function": _("Function (0 to 10, higher is better)"),
    }
    found = sorted(course.change_in_words(record.readings), key=lambda change: change.measure)
    return [
        _("{measure}: first {first}, latest {latest}, {span} later.").format(
            measure=names[change.measure],
            first=words.score(change.first),
            latest=words.score(change.latest),
            span=words.span(course.span_between(change.first_at, change.latest_at)),
        )
        for change in found
    ]


def _course_row(reading: Reading, record: Record) -> tuple[str, ...]:
    is_now = reading.pain_kind is PainKind.NOW
    return (
        words.day_and_time(reading.at, record.patient.zone),
        words.score(reading.function),
        words.score(reading.pain) if is_now else NONE,
        NONE if is_now else words.score(reading.pain),
    )


def _spread(readings: Sequence[Reading], most: int) -> list[Reading]:
    """Return at most ``most`` of them: the first, the latest, and some evenly between."""
    if len(readings) <= most:
        return list(readings)
    return [readings[round(place * (len(readings) - 1) / (most - 1))] for place in range(most)]


def tried(record: Record, limits: Limits) -> Part:
    """Return what was done and how often. What helped is the patient's to say, by hand: nothing logged can tell it."""
    counts = [
        f"{words.KINDS.get(step.kind, step.kind)}: {words.times(step.count)}"
        for step in record.steps
        if step.kind != "gate"
    ]
    line = "; ".join(counts) if counts else _("Nothing was logged.")
    return Part("tried", _("What was tried in this episode"), (line,), blanks=(_("What helped:"),))

"""The diary as a table for people and spreadsheets: one row per entry, safe to open, times in the patient's zone."""

import csv
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from tracker.models import (
    Activity,
    ActivityRating,
    CheckIn,
    ClinicianCheck,
    Delivery,
    Dose,
    EmergencyCheck,
    Episode,
    Hold,
    Medicine,
    Patient,
    PreventionPlan,
    Reminder,
    StepLog,
    VisitQuestion,
    WeeklyCheckIn,
)

ROWS_AT_ONCE: Final = 200
# The names of the columns never change: other programs read them.
COLUMNS: Final = (
    "entry",
    "at",
    "until",
    "name",
    "number",
    "unit",
    "pain",
    "pain_asked_about",
    "overall_change",
    "answers",
    "note",
    "entry_id",
    "episode_id",
)
Cells = dict[str, Any]
# Signs with which a spreadsheet begins a formula, full-width forms included.
_TRIGGERS: Final = "=+-@\t\r\n|\uff1d\uff0b\uff0d\uff20"
_PASSED_OVER: Final = " \u00a0\ufeff\u200b"


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def safe(value: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula. Numbers are data and stay."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return value
    text = str(value).replace("\x00", "")
    begins = text.lstrip(_PASSED_OVER)
    return f"'{text}" if begins and begins[0] in _TRIGGERS else text


def chunks(*, patient: Patient, separator: str) -> Iterator[str]:
    """Yield the file line by line: a byte order mark, the names of the columns, and one line per entry (CRLF)."""
    writer = csv.writer(_Echo(), delimiter=separator, lineterminator="\r\n")
    yield "\ufeff" + str(writer.writerow(COLUMNS))
    for name, model, cells in _ENTRIES:
        rows = model.objects.of(patient.user).order_by("pk").iterator(chunk_size=ROWS_AT_ONCE)
        for row in rows:
            values = {"entry": name, "entry_id": row.pk, **cells(row, patient.zone)}
            yield str(writer.writerow([safe(values.get(column)) for column in COLUMNS]))


def _time(moment: datetime | None, zone: ZoneInfo) -> str | None:
    return moment.astimezone(zone).isoformat(timespec="seconds") if moment else None


def _joined(codes: list[str]) -> str:
    return ", ".join(codes)


def _answers(answers: dict[str, str]) -> str:
    return ", ".join(f"{code} {answer}" for code, answer in answers.items())


def _episode(row: Episode, zone: ZoneInfo) -> Cells:
    return {
        "at": _time(row.began_at, zone),
        "until": _time(row.ended_at, zone),
        "name": row.trigger_words,
        "number": row.days_lost,
        "unit": "days lost" if row.days_lost is not None else None,
        "answers": _joined([*row.places, *row.triggers]),
        "note": row.note,
        "episode_id": row.pk,
    }


def _activity(row: Activity, zone: ZoneInfo) -> Cells:
    return {
        "at": _time(row.named_at, zone),
        "until": _time(row.retired_at, zone),
        "name": row.name,
        "episode_id": row.episode_id,
    }


def _check_in(row: CheckIn, zone: ZoneInfo) -> Cells:
    return {
        "at": _time(row.at, zone),
        "pain": row.pain,
        "pain_asked_about": row.pain_span if row.pain is not None else None,
        "overall_change": row.overall_change,
        "note": row.note,
        "episode_id": row.episode_id,
    }


def _rating(row: ActivityRating, zone: ZoneInfo) -> Cells:
    return {"name": f"activity {row.activity_id}, check_in {row.check_in_id}", "number": row.score, "unit": "of 10"}


def _step(row: StepLog, zone: ZoneInfo) -> Cells:
    return {
        "at": _time(row.started_at, zone),
        "name": row.step_key,
        "number": row.duration_minutes,
        "unit": "minutes",
        "answers": row.kind,
        "episode_id": row.episode_id,
    }


def _medicine(row: Medicine, zone: ZoneInfo) -> Cells:
    label = {
        "gap_minutes": row.gap_minutes,
        "most_in_24_hours": row.most_in_24_hours,
        "anti_inflammatory": row.is_anti_inflammatory,
    }
    return {
        "at": _time(row.created_at, zone),
        "until": _time(row.put_away_at, zone),
        "name": row.name,
        "answers": ", ".join(f"{key} {value}" for key, value in label.items() if value is not None),
        "note": row.ingredient,
    }


def _dose(row: Dose, zone: ZoneInfo) -> Cells:
    return {
        "at": _time(row.taken_at, zone),
        "name": f"medicine {row.medicine_id}",
        "number": 1,
        "unit": "dose",
        "episode_id": row.episode_id,
    }


def _emergency(row: EmergencyCheck, zone: ZoneInfo) -> Cells:
    return {
        "at": _time(row.asked_at, zone),
        "until": _time(row.answered_at, zone),
        "name": row.because,
        "answers": _answers(row.answers),
        "episode_id": row.episode_id,
    }


def _hold(row: Hold, zone: ZoneInfo) -> Cells:
    return {
        "at": _time(row.set_at, zone),
        "until": _time(row.lifted_at, zone),
        "name": row.lifted_because,
        "answers": _joined(row.codes),
    }


def _signs(row: ClinicianCheck, zone: ZoneInfo) -> Cells:
    return {
        "at": _time(row.answered_at, zone),
        "until": _time(row.seen_at, zone),
        "answers": _answers(row.answers),
        "episode_id": row.episode_id,
    }


def _plan(row: PreventionPlan, zone: ZoneInfo) -> Cells:
    return {
        "at": _time(row.started_at, zone),
        "until": _time(row.replaced_at, zone),
        "name": f"level {row.level}",
        "number": row.walking_minutes,
        "unit": "minutes of walking",
        "answers": _joined(row.exercises),
    }


def _week(row: WeeklyCheckIn, zone: ZoneInfo) -> Cells:
    return {
        "at": _time(row.at, zone),
        "name": row.kept,
        "number": row.walking_minutes,
        "unit": "minutes of walking a day" if row.walking_minutes is not None else None,
        "answers": _joined(row.yesterday),
        "note": row.note,
    }


def _question(row: VisitQuestion, zone: ZoneInfo) -> Cells:
    return {"at": _time(row.written_at, zone), "number": row.position, "note": row.text}


def _reminder(row: Reminder, zone: ZoneInfo) -> Cells:
    when = [*row.times, *(f"weekday {number}" for number in row.weekdays), str(row.on or "")]
    return {
        "at": _time(row.created_at, zone),
        "until": _time(row.ended_at, zone),
        "name": row.step_key or row.kind,
        "number": row.every_minutes,
        "unit": "minutes between" if row.every_minutes else None,
        "answers": _joined([row.recurrence, *filter(None, when), *row.channels, "on" if row.is_active else "off"]),
        "note": row.label,
        "episode_id": row.episode_id,
    }


def _delivery(row: Delivery, zone: ZoneInfo) -> Cells:
    return {
        "at": _time(row.due_at, zone),
        "until": _time(row.sent_at, zone),
        "name": f"reminder {row.reminder_id}",
        "number": row.tries,
        "unit": "tries",
        "answers": _joined([row.channel, row.status, *filter(None, [row.reason])]),
    }


_ENTRIES: Final[tuple[tuple[str, Any, Callable[[Any, ZoneInfo], Cells]], ...]] = (
    ("episode", Episode, _episode),
    ("activity", Activity, _activity),
    ("check_in", CheckIn, _check_in),
    ("activity_rating", ActivityRating, _rating),
    ("step", StepLog, _step),
    ("medicine", Medicine, _medicine),
    ("dose", Dose, _dose),
    ("emergency_questions", EmergencyCheck, _emergency),
    ("hold", Hold, _hold),
    ("signs", ClinicianCheck, _signs),
    ("exercise_plan", PreventionPlan, _plan),
    ("weekly_check_in", WeeklyCheckIn, _week),
    ("question", VisitQuestion, _question),
    ("reminder", Reminder, _reminder),
    ("delivery", Delivery, _delivery),
)

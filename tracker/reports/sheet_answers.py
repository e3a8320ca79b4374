"""The parts of the visit sheet that repeat answers: medicines, emergency questions, circumstances, questions. Pure."""

from collections.abc import Iterator, Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tracker.medicine_words import duration
from tracker.models import AgeBand, ClinicianCheck, Lifted
from tracker.reports import words
from tracker.reports.record import MedicineCount, Record, Round
from tracker.reports.sheet_shape import Grid, Limits, Part

# A question, and what it is called where it was answered.
CIRCUMSTANCES: Final[tuple[tuple[str, Promise], ...]] = (
    ("is_pregnant", gettext_lazy("pregnant")),
    ("has_reduced_feeling", gettext_lazy("reduced feeling in the skin, or poor circulation")),
    ("avoids_exercise", gettext_lazy("told to avoid exercise")),
    ("avoids_anti_inflammatories", gettext_lazy("told to avoid anti-inflammatory medicines")),
    ("has_weak_bones", gettext_lazy("weak bones, or long use of steroids")),
)
AFTER_MEDICINE: Final = frozenset({"E11"})


def medicines(record: Record, limits: Limits) -> Part:
    """Return the medicines under the names that were typed, with the doses logged and the label as it was entered."""
    heading = _("Medicines, named as the patient typed them")
    if not record.medicines:
        return Part("medicines", heading, (_("No medicine was listed."),))
    shown = record.medicines[: limits.medicines]
    grid = Grid(
        (_("Medicine"), _("Logged in this episode"), _("Last"), _("Label, as the patient entered it")),
        tuple(_medicine_row(medicine, record, limits) for medicine in shown),
        (3, 1.4, 1.6, 3),
    )
    left_out = len(record.medicines) - len(shown)
    return Part("medicines", heading, grid=grid, note=words.and_more((), left_out))


def _medicine_row(medicine: MedicineCount, record: Record, limits: Limits) -> tuple[str, ...]:
    name = words.cut(medicine.name, limits.letters)
    ingredient = words.cut(medicine.ingredient, limits.letters)
    label = [
        _("at least {gap} apart").format(gap=duration(medicine.gap_minutes)) if medicine.gap_minutes else "",
        _("at most {most} in 24 hours").format(most=medicine.most_in_24_hours) if medicine.most_in_24_hours else "",
    ]
    return (
        f"{name} ({ingredient})" if ingredient else name,
        words.times(medicine.count) if medicine.count else _("no dose"),
        words.day_and_time(medicine.last_at, record.patient.zone) if medicine.last_at else "–",
        "; ".join(filter(None, label)) or "–",
    )


def emergency(record: Record, limits: Limits, signs: Mapping[str, str]) -> Part:
    """Return every emergency sign that was answered yes or not sure, and the days on which all were answered no."""
    heading = _("Emergency questions, last 12 months")
    found = [one for one in record.rounds if one.found]
    lines = [_found_line(one, record, limits, signs) for one in found[: limits.rounds]]
    if left_out := len(found) - limits.rounds:
        more = ngettext("and {count} more day with such an answer", "and {count} more with such an answer", left_out)
        lines += [more.format(count=left_out)] if left_out > 0 else []
    clear = [one for one in record.rounds if not one.found and not AFTER_MEDICINE.issuperset(one.answers)]
    if clear:
        lines.append(_clear_line(clear, record, limits))
    lines += _after_medicine(record)
    lines += _signs(record.signs, record, limits, signs)
    return Part("emergency", heading, tuple(lines) or (_("They were not answered."),))


def _found_line(one: Round, record: Record, limits: Limits, signs: Mapping[str, str]) -> str:
    answers = "; ".join(
        f"{code} {words.ANSWERS[answer]} ({words.cut(signs.get(code, ''), limits.letters)})"
        for code, answer in one.found
    )
    line = _("{day}: {answers}.").format(day=words.day_and_time(one.at, record.patient.zone), answers=answers)
    if one.is_still_held:
        return f"{line} {_('Not seen yet, and not taken back.')}"
    if one.lifted_at is None:
        return line
    because = Lifted(one.lifted_because).label
    lifted = _("Then, on {day}: “{words}”.").format(
        day=words.day_and_time(one.lifted_at, record.patient.zone), words=because
    )
    return f"{line} {lifted}"


def _clear_line(clear: list[Round], record: Record, limits: Limits) -> str:
    shown = clear[: limits.dates]
    dates = [f"{words.day(one.at, record.patient.zone)}{'*' if one.rest_is_no else ''}" for one in shown]
    line = _("All answered no on {dates}.").format(dates=words.and_more(dates, len(clear) - len(shown)))
    if any(one.rest_is_no for one in shown):
        line += " " + _("(* answered with “No to all the others”)")
    return line


def _after_medicine(record: Record) -> Iterator[str]:
    """Yield how often the signs after a medicine were denied."""
    asked = [one for one in record.rounds if not one.found and AFTER_MEDICINE.issuperset(one.answers)]
    if asked:
        yield _("E11, after a medicine: answered no {times}, last on {day}.").format(
            times=words.times(len(asked)), day=words.day(asked[0].at, record.patient.zone)
        )


def _signs(
    checks: tuple[ClinicianCheck, ...], record: Record, limits: Limits, signs: Mapping[str, str]
) -> Iterator[str]:
    """Yield the 'see someone' signs of this episode that were answered yes or not sure, newest answers first."""
    zone = record.patient.zone
    lines = [line for check in checks if (line := _signs_line(check, record, limits, signs))]
    yield from lines[: limits.rounds]
    if checks and not lines:
        day = words.day(checks[0].answered_at, zone)
        yield _("Signs to see someone about (C1 to C16): all answered no, last on {day}.").format(day=day)


def _signs_line(check: ClinicianCheck, record: Record, limits: Limits, signs: Mapping[str, str]) -> str:
    zone = record.patient.zone
    found = [code for code, answer in check.answers.items() if answer in {"yes", "not_sure"}]
    if not found:
        return ""
    texts = [
        f"{code} {words.ANSWERS[check.answers[code]]} ({words.cut(signs.get(code, ''), limits.letters)})"
        for code in sorted(found, key=lambda code: (len(code), code))
    ]
    most = limits.rounds + 2
    line = _("Signs to see someone about, {day}: {signs}.").format(
        day=words.day(check.answered_at, zone), signs=words.and_more(texts[:most], max(0, len(texts) - most))
    )
    if check.seen_at is None:
        return line
    seen = _("Seen, by the patient's word, on {day}.").format(day=words.day(check.seen_at, zone))
    return f"{line} {seen}"


def circumstances(record: Record) -> Part:
    """Return what the patient answered at the set-up, each as it was answered."""
    patient = record.patient
    lines = []
    if patient.age_band:
        lines.append(_("Age: {age}").format(age=AgeBand(patient.age_band).label))
    for answer, sentence in ((True, _("Yes: {items}")), (False, _("No: {items}")), (None, _("Not answered: {items}"))):
        items = [str(label) for name, label in CIRCUMSTANCES if getattr(patient, name) is answer]
        if items:
            lines.append(sentence.format(items="; ".join(items)))
    return Part("circumstances", _("Circumstances, as the patient answered"), tuple(lines))


def questions(record: Record, limits: Limits) -> Part:
    """Return what the patient wants to ask; lines to write on where there is nothing yet."""
    heading = _("My questions")
    if not record.questions:
        return Part("questions", heading, blanks=("1.", "2.", "3."))
    return Part("questions", heading, numbered=tuple(words.cut(text, limits.letters) for text in record.questions))

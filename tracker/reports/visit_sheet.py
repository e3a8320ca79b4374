"""The visit sheet: one patient's record as a clinician reads it in a minute. Pure: words from a Record."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from education.edition import LiveEdition
from tracker.models import Patient
from tracker.reports import sheet_answers, sheet_history, words
from tracker.reports.record import Record, read
from tracker.reports.sheet_shape import FULL, Limits, Sheet


def record_of(patient: Patient, live: LiveEdition, now: datetime) -> Record:
    """Return the record behind the sheet at ``now`` (aware UTC)."""
    return read(patient=patient, edition=live.number, now=now)


def sign_texts(live: LiveEdition) -> Mapping[str, str]:
    """Return the text of every sign on the live care cards by its code."""
    return {sign.code: sign.text.rstrip(".") for card in live.card_order() for sign in card.signs}


def sheet(record: Record, signs: Mapping[str, str], limits: Limits = FULL) -> Sheet:
    """Return the sheet in words, with no more of everything than ``limits`` allow."""
    zone = record.patient.zone
    made = _("Made on {moment} ({zone}). Edition {edition}.").format(
        moment=words.day_and_time(record.now, zone), zone=zone.key, edition=record.edition
    )
    return Sheet(
        title=_("Visit sheet"),
        warning=_("Self-reported by the patient. Not a diagnosis. Nobody monitors what is entered."),
        made=made,
        made_at=record.now,
        parts=(
            sheet_history.function(record, limits),
            sheet_history.episodes(record, limits),
            sheet_history.course_of_it(record, limits),
            sheet_history.tried(record, limits),
            sheet_answers.medicines(record, limits),
            sheet_answers.emergency(record, limits, signs),
            sheet_answers.circumstances(record),
            sheet_answers.questions(record, limits),
        ),
    )

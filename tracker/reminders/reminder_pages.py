"""Reads what the pages of one reminder print: its name, the care plan's words, its next moments."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.formats import date_format, time_format
from django.utils.functional import Promise
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from education import step_facts
from education.edition import Change, LiveEdition
from education.pages import EVIDENCE_LABELS
from education.structure import CareStep
from tracker import episodes, patients
from tracker.circumstances import Note, Shown, applies
from tracker.models import Patient, Recurrence, Reminder
from tracker.reminders import previews, suggestions, wishes, words
from tracker.reminders.due_reading import titles_of
from tracker.reminders.previews import Preview

_WAITS: Final[Mapping[str, Promise]] = {
    "first_72h": gettext_lazy("The care plan has this step for the first 72 hours. They are over, so nothing is sent."),
    "after_72h": gettext_lazy("The care plan has this step from hour 72 on. Until then nothing is sent."),
    "recovered": gettext_lazy("The care plan has this step for when you feel recovered. Until then nothing is sent."),
}


@dataclass(frozen=True, kw_only=True)
class About:
    """What the care plan says of a step. A hidden one shows its notes alone."""

    step: CareStep
    is_hidden: bool
    notes: tuple[Note, ...]
    evidence: str
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class ReminderPage:
    """All that the page of one reminder shows. ``moments`` are aware UTC, none where it is off or over.

    ``change``: the advice behind it changed since; ``may_keep`` says whether it may stay as it is.
    """

    reminder: Reminder
    name: str
    how_often: str
    also: str
    where: str
    about: About | None
    moments: tuple[datetime, ...]
    waits_for: str
    change: Change | None
    may_keep: bool


def read(*, patient: Patient, reminder: Reminder, live: LiveEdition, now: datetime) -> ReminderPage:
    """Return the page of a patient's own reminder at ``now`` (aware UTC)."""
    step = wishes.step_of(reminder, live)
    is_over = reminder.ended_at is not None
    return ReminderPage(
        reminder=reminder,
        name=name_of(reminder, live),
        how_often=how_often(reminder),
        also=words.also(reminder, titles_of(live)),
        where=where(reminder),
        about=about(applies(step, patients.circumstances(patient))) if step is not None else None,
        moments=previews.next_moments(patient=patient, reminder=reminder, now=now),
        waits_for="" if is_over else waits_for_phase(reminder, patient, live, now),
        change=None if is_over else wishes.reminder_advice_change(reminder, live),
        may_keep=wishes.may_keep(reminder, live),
    )


def about(shown: Shown) -> About:
    """Return what the care plan says of a step to a patient in their circumstances."""
    step = shown.step
    return About(
        step=step,
        is_hidden=shown.is_hidden,
        notes=shown.notes,
        evidence=str(EVIDENCE_LABELS[step.evidence]) if step.evidence else "",
        facts=step_facts.facts(step),
    )


def name_of(reminder: Reminder, live: LiveEdition) -> str:
    """Return what to call a reminder."""
    return words.name(reminder, titles_of(live))


def how_often(reminder: Reminder) -> str:
    """Return how often it comes, from when and until when: "Every 2 hours, while you are awake."."""
    parts = [words.recurrence(reminder)]
    if reminder.recurrence != Recurrence.ONCE:
        if reminder.from_on is not None:
            parts.append(_("From {day}").format(day=date_format(reminder.from_on, "l j F")))
        if reminder.until_on is not None:
            parts.append(_("Until {day}").format(day=date_format(reminder.until_on, "l j F")))
    return ". ".join(parts) + "."


def where(reminder: Reminder) -> str:
    """Return the ways it takes, and the calendar: "in the app and by email"."""
    ways = [words.by(key) for key in reminder.channels]
    return get_text_list([*ways, _("in your calendar")] if reminder.is_in_calendar else ways, _("and"))


def waits_for_phase(reminder: Reminder, patient: Patient, live: LiveEdition, now: datetime) -> str:
    """Say that nothing is sent while the open episode is in a phase that does not hold the step; else nothing."""
    step, episode = wishes.step_of(reminder, live), episodes.open_episode(patient.user)
    if step is None or episode is None or suggestions.phase_of(episode, now) in step.phases:
        return ""
    return str(_WAITS[step.phases[0]])


def why_nothing_comes(preview: Preview) -> str:
    """Say why a reminder would never come, and what to do about it."""
    if preview.left_out:
        quiet = {"begins": time_format(preview.quiet_from, "H:i"), "ends": time_format(preview.quiet_to, "H:i")}
        said = _("Nothing would come: your quiet hours are from {begins} to {ends}. Choose a time outside them.")
        return said.format(**quiet)
    return _("Nothing would come at these times: they are over. Choose a later day or time.")


def too_many() -> str:
    """Say that the patient has as many reminders as there can be."""
    most = wishes.STANDING_AT_MOST
    return _("You have {most} reminders already. End one that you no longer need first.").format(most=most)


def saved(count: int) -> str:
    """Say how many reminders were saved."""
    return ngettext("{count} reminder is saved.", "{count} reminders are saved.", count).format(count=count)

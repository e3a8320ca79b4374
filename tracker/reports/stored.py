"""Says in plain words what is kept about a person, table by table, and why; and what happened to it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backspasm import audit
from backspasm.models import AuditEvent, User
from tracker import models as rows


@dataclass(frozen=True)
class Kept:
    """One table: its name, what stands in it, and what for. ``is_sealed``: the texts in it are encrypted."""

    name: Promise
    what: Promise
    why: Promise
    is_sealed: bool = False


_ACCOUNT: Final[dict[type[models.Model], Kept]] = {
    User: Kept(
        _("Your account"),
        _("Your email address, your password as a hash, and when you joined."),
        _("So that you can sign in."),
    ),
    EmailAddress: Kept(
        _("Your email address"), _("The address, and whether you have confirmed it."), _("To send you codes.")
    ),
    Authenticator: Kept(
        _("Second factors and passkeys"),
        _("The keys you have added, and when they were used."),
        _("To protect your account."),
    ),
    UserSession: Kept(
        _("Where you are signed in"),
        _("Each browser, since when, and part of its network address."),
        _("So that you can end a session."),
    ),
    AuditEvent: Kept(
        _("Log of events"),
        _("What was done to your account and when, in ids: no scores, no notes, no names. Kept for 12 months."),
        _(
            "So that you and we can see who did what. These rows stay after you delete your account, but no longer "
            "lead to you."
        ),
    ),
}
_DIARY: Final[dict[type[models.Model], Kept]] = {
    rows.Consent: Kept(
        _("Consent"),
        _("When you agreed to let us keep health entries, and when you took it back."),
        _("The law asks for it."),
    ),
    rows.Patient: Kept(
        _("About you"),
        _("Your age group, your time zone, and your answers to the set-up questions. No name and no birth date."),
        _("They change which steps and cautions you see."),
    ),
    rows.Episode: Kept(
        _("Episodes"),
        _("When each one began and ended, where it hurt, what set it off, days lost, and your note."),
        _("To show the right steps, and your own course."),
        is_sealed=True,
    ),
    rows.Activity: Kept(
        _("Your own activities"),
        _("Up to three things that are hard, in your words."),
        _("To see how function changes."),
        is_sealed=True,
    ),
    rows.CheckIn: Kept(
        _("Check-ins"),
        _("Pain, overall change and your note."),
        _("To show your course and when to ask about danger signs."),
        is_sealed=True,
    ),
    rows.ActivityRating: Kept(
        _("Ratings"), _("How well each activity went, 0 to 10."), _("To see how function changes.")
    ),
    rows.CheckInRevision: Kept(
        _("Changed check-ins"),
        _("What a check-in said before you changed it."),
        _("So that no answer is lost by mistake."),
        is_sealed=True,
    ),
    rows.StepLog: Kept(
        _("Steps done"),
        _("Which step of the care plan, when, and for how long."),
        _("To time the next one and keep the daily limits."),
    ),
    rows.PreventionPlan: Kept(
        _("Exercise plans"), _("The exercises and the minutes of walking you chose."), _("To show them to you.")
    ),
    rows.WeeklyCheckIn: Kept(
        _("Weekly check-ins"),
        _("What you kept up, what the day before held, and your note."),
        _("To compare calm days with flares."),
        is_sealed=True,
    ),
    rows.Medicine: Kept(
        _("Medicines"),
        _("The name, the ingredient and the numbers of your own label, as you typed them."),
        _("To quote your label to you."),
        is_sealed=True,
    ),
    rows.MedicineRevision: Kept(
        _("Changed labels"),
        _("What a medicine's label said before you changed it."),
        _("So that no number is lost by mistake."),
        is_sealed=True,
    ),
    rows.Dose: Kept(_("Doses"), _("When you logged a dose. Never an amount."), _("To compare with your label.")),
    rows.EmergencyCheck: Kept(
        _("Emergency questions"),
        _("Your answers, and when you gave them."),
        _("For your safety, and for your clinician."),
    ),
    rows.Hold: Kept(
        _("Pauses after an emergency answer"),
        _("Which sign, since when, and how it ended."),
        _("So that exercises stop until you were seen."),
    ),
    rows.ClinicianCheck: Kept(
        _("Signs to see someone about"),
        _("Your answers, and whether you were seen."),
        _("To say how soon to see someone."),
    ),
    rows.VisitQuestion: Kept(
        _("Questions for a visit"), _("Up to three questions."), _("To print them on the visit sheet."), is_sealed=True
    ),
    rows.VisitLink: Kept(
        _("Links to the visit sheet"),
        _("When you made each link and when it ends. Not the link itself: only a hash of it."),
        _("So that a link opens the sheet, and you can end it."),
    ),
    rows.VisitOpening: Kept(_("Openings of links"), _("When a link was opened."), _("So that you know.")),
    rows.ReminderSettings: Kept(
        _("Choices for reminders"),
        _("Your quiet hours, a pause, whether emails stopped and why, and a time zone you said no to."),
        _("So that reminders come when you want them, or not at all."),
    ),
    rows.Reminder: Kept(
        _("Reminders"),
        _("What to remind you of, in your words or as a step of the care plan, when, and where it goes."),
        _("To remind you."),
        is_sealed=True,
    ),
    rows.Delivery: Kept(
        _("Log of reminders"),
        _("When each one was due, when and how it was sent, why not, and your answer. Kept for 180 days."),
        _("So that you can see what came, and nothing comes twice."),
    ),
    rows.PushDevice: Kept(
        _("Devices for messages"),
        _("The kind of browser, since when, and the address and keys that reach it. Not in the files you save."),
        _("To send a message to that device."),
        is_sealed=True,
    ),
    rows.MessageLink: Kept(
        _("Links in messages"),
        _("A hash of the link in each message, and when it ends. Not in the files you save."),
        _("So that you can answer a message."),
    ),
    rows.StopLink: Kept(
        _("The link that stops emails"),
        _("A hash of it, and since when. Not in the files you save."),
        _("So that you can stop these emails without signing in."),
    ),
    rows.CalendarFeed: Kept(
        _("Calendar links"),
        _("A hash of each link, when you made it, and when it ended. Not in the files you save."),
        _("So that your calendar can read your reminders."),
    ),
}
ACCOUNT: Final = tuple(_ACCOUNT.values())
DIARY: Final = tuple(_DIARY.values())
DESCRIBED: Final = frozenset({*_ACCOUNT, *_DIARY})

EVENTS: Final[dict[str, Promise]] = {
    "account.deleted": _("The account was deleted."),
    "account.sign_in_failed": _("Somebody tried to sign in and did not get in."),
    "account.signed_in": _("You signed in."),
    "account.signed_out": _("You signed out."),
    "admin.patient_viewed": _("An administrator looked at your account's record. It shows no note, score or medicine."),
    "calendar_link.ended": _("You ended the calendar link."),
    "calendar_link.made": _("You made a calendar link."),
    "consent.given": _("You agreed to let us keep health entries."),
    "consent.withdrawn": _("You took your consent back."),
    "data.exported": _("You saved a file with your data."),
    "data.imported": _("You brought in a file."),
    "email.changed": _("The email address was changed."),
    "mfa.added": _("A second factor or passkey was added."),
    "mfa.codes_renewed": _("New recovery codes were made."),
    "mfa.removed": _("A second factor or passkey was removed."),
    "mfa.reset_by_operator": _("An operator reset the second factor."),
    "password.changed": _("The password was changed."),
    "password.reset": _("The password was reset."),
    "password.set": _("A password was set."),
    "reminder_mail.bounced": _("A reminder came back from your email address. No more are sent there."),
    "reminder_mail.refused": _("Your mail provider refused a reminder. No more are sent there."),
    "reminder_mail.resumed": _("You let reminders come by email again."),
    "reminder_mail.unsubscribed": _("Reminders by email were stopped with the link in one of them."),
    "reminders.home_time_kept": _("You kept home time for your reminders."),
    "reminders.paused": _("You paused your reminders."),
    "reminders.resumed": _("You ended the pause of your reminders."),
    "reminders.settings_changed": _("You changed your choices for reminders."),
    "settings.changed": _("You changed your settings."),
    "settings.set_up": _("You answered the set-up questions."),
    "visit_link.made": _("You made a link to the visit sheet."),
    "visit_link.opened": _("Somebody opened the visit sheet by a link."),
    "visit_link.revoked": _("You ended a link to the visit sheet."),
}
_OTHER: Final = _("Something else was done to your account.")


def recent_events(user: User, *, now: datetime) -> list[tuple[datetime, Any]]:
    """Return when and what, newest first, of the last 90 days before ``now`` (aware UTC)."""
    return [(event.at, EVENTS.get(event.event, _OTHER)) for event in audit.recent(user, now=now)]

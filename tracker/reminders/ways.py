"""The ways a reminder can take for one patient, as a form offers them: the app always, others where they work."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from tracker.models import Patient, PushDevice
from tracker.reminders import mail_stops, timing, words

APP, EMAIL, PUSH = "app", "email", "webpush"


@dataclass(frozen=True)
class Way:
    """One channel with the words of its checkbox."""

    channel: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Ways:
    """What a form offers. ``why_no_email`` says why not, or is empty; ``has_push``: a device takes push messages."""

    offered: tuple[Way, ...]
    preselected: tuple[str, ...]
    why_no_email: str
    has_push: bool


def ways_of(patient: Patient) -> Ways:
    """Return the ways that are open to a patient now."""
    why_no_email = _why_no_email(patient)
    has_push = PushDevice.objects.of(patient.user).exists()
    every = ((True, APP), (not why_no_email, EMAIL), (has_push, PUSH))
    return Ways(
        offered=tuple(Way(channel, words.channel(channel)) for is_open, channel in every if is_open),
        preselected=(APP, PUSH) if has_push else (APP,),
        why_no_email=why_no_email,
        has_push=has_push,
    )


def _why_no_email(patient: Patient) -> str:
    if not mail_stops.is_set_up():
        return _("Email is not set up on this site.")
    if timing.settings_of(patient.user).email_stopped_at is not None:
        return _("Emails to you have stopped. You can start them again.")
    return ""

"""Stops the reminders by e-mail of one person, for a reason the app then shows, and lets them go on."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from backspasm import audit
from backspasm.models import User
from tracker.models import ReminderSettings, Stopped


def is_set_up() -> bool:
    """Say whether this site can send e-mail: through a server, or on a local site into its mail folder."""
    return bool(settings.EMAIL_HOST) or not settings.SITE_URL.is_https


@transaction.atomic
def stop_email(user: User, *, because: str, now: datetime) -> bool:
    """Send this person no reminder by e-mail from ``now`` on. ``because`` is a value of Stopped.

    Returns False where they had stopped before; the first reason stays. Account mail goes on. Raises ValueError for
    another reason.
    """
    reason = Stopped(because)
    ReminderSettings.objects.get_or_create(user=user)
    running = ReminderSettings.objects.of(user).filter(email_stopped_at=None)
    if not running.update(email_stopped_at=now, email_stopped_because=reason):
        return False
    audit.record(event=f"reminder_mail.{reason}", now=now, actor=None, subject=user.pk)
    return True


@transaction.atomic
def resume_email(user: User, *, now: datetime) -> bool:
    """Let reminders go out by e-mail again. Returns False where they had not stopped."""
    stopped = ReminderSettings.objects.of(user).exclude(email_stopped_at=None)
    if not stopped.update(email_stopped_at=None, email_stopped_because=""):
        return False
    audit.record(event="reminder_mail.resumed", now=now, actor=user.pk, subject=user.pk)
    return True

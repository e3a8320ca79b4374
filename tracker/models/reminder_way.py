"""The ways a reminder takes: the patient's choices, devices, links and the calendar; and the sender's heartbeat."""

from datetime import time
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from backspasm.sealed_fields import SealedTextField
from tracker.models.reminder import Delivery
from tracker.models.rows import PatientRow

DEVICES_AT_MOST = 10


class Stopped(models.TextChoices):
    """Why no reminder goes out by e-mail any more."""

    UNSUBSCRIBED = "unsubscribed", _("You stopped these emails with the link in one of them.")
    REFUSED = "refused", _("Your mail provider refused our email.")
    BOUNCED = "bounced", _("Our email came back.")


class ReminderSettings(PatientRow):
    """What holds for all reminders of one patient. Quiet hours are wall time in the patient's own zone."""

    quiet_from = models.TimeField(_("quiet from"), default=time(22))
    quiet_to = models.TimeField(_("quiet until"), default=time(7))
    paused_until_at = models.DateTimeField(_("paused until"), null=True)
    email_stopped_at = models.DateTimeField(null=True)
    email_stopped_because = models.CharField(max_length=12, choices=Stopped, blank=True)
    kept_zone = models.CharField(max_length=60, blank=True)  # seen in the browser, and 'keep home time' was the answer
    rings_at_timer_end = models.BooleanField(_("tell me when the timer is over"), default=True)

    class Meta:
        verbose_name = _("choices for reminders")
        verbose_name_plural = _("choices for reminders")
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=["user"], name="reminder_settings_one_per_account"),
            models.CheckConstraint(
                condition=Q(email_stopped_at=None, email_stopped_because="")
                | (Q(email_stopped_at__isnull=False) & ~Q(email_stopped_because="")),
                name="email_stopped_for_a_reason",
            ),
        ]


class PushDevice(PatientRow):
    """One browser that takes push messages. Its address and keys are secrets; ``address_hash`` finds it again."""

    address = SealedTextField(max_length=2000)
    public_key = SealedTextField(max_length=200)
    auth_secret = SealedTextField(max_length=100)
    address_hash = models.CharField(max_length=64, unique=True)
    server_key = models.CharField(max_length=100)  # our public key it subscribed with
    name = models.CharField(_("device"), max_length=60)
    created_at = models.DateTimeField(_("added"))
    last_success_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("device for push messages")
        verbose_name_plural = _("devices for push messages")
        ordering: ClassVar[Any] = ["created_at"]


class MessageLink(PatientRow):
    """Opens the page of one message, to answer it. Only the token's hash is kept."""

    token_hash = models.CharField(max_length=64, unique=True)
    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="links")
    created_at = models.DateTimeField(_("made"))
    expires_at = models.DateTimeField(_("works until"))

    class Meta:
        verbose_name = _("link in a message")
        verbose_name_plural = _("links in messages")
        constraints: ClassVar[Any] = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="message_link_ends_after_it_began"
            ),
        ]


class StopLink(PatientRow):
    """Stops the e-mails of one patient; it never expires. Only the token's hash is kept."""

    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("link that stops emails")
        verbose_name_plural = _("links that stop emails")


class CalendarFeed(PatientRow):
    """A private address that a calendar reads. Only the token's hash is kept."""

    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(_("made"))
    revoked_at = models.DateTimeField(_("ended"), null=True)

    class Meta:
        verbose_name = _("calendar link")
        verbose_name_plural = _("calendar links")
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=["user"], condition=Q(revoked_at=None), name="calendar_one_at_a_time"),
        ]


class SenderBeat(models.Model):
    """The last time the sender looked: one row."""

    beat_at = models.DateTimeField()

    class Meta:
        verbose_name = _("heartbeat of the sender")
        verbose_name_plural = _("heartbeat of the sender")
        constraints: ClassVar[Any] = [models.CheckConstraint(condition=Q(id=1), name="sender_beat_one_row")]

    def __str__(self) -> str:
        return f"{self.beat_at}"

"""What a patient wants to be reminded of, and what became of every due moment."""

from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from backspasm.models import User
from backspasm.sealed_fields import SealedTextField
from tracker.models.care import StepLog
from tracker.models.episode import Episode
from tracker.models.medicine import Medicine
from tracker.models.rows import OncePerForm, PatientRow, PatientRowQuerySet

EVERY_MINUTES_AT_LEAST = 15
EVERY_MINUTES_AT_MOST = 1440


class ReminderKind(models.TextChoices):
    """What it is about; the kind decides how long a message is of use."""

    ICE = "ice", _("Ice")
    HEAT = "heat", _("Heat")
    POSITION = "position", _("Position")
    WALK = "walk", _("Walking")
    STRETCH = "stretch", _("Stretches")
    STRENGTH = "strength", _("Strength")
    TALK = "talk", _("Ask about medicine")
    MEDICINE = "medicine", _("Medicine label")
    CHECK_IN = "check_in", _("Check-in")
    OWN = "own", _("Your own")
    TIMER_END = "timer_end", _("End of a timer")


class Recurrence(models.TextChoices):
    """Elapsed time, wall time, or one moment."""

    EVERY = "every", _("Every few minutes or hours")
    AT_TIMES = "at_times", _("At times of day")
    ONCE = "once", _("Once")


class ReminderQuerySet(PatientRowQuerySet):
    """The wishes, and those whose moment has come."""

    def standing(self) -> "ReminderQuerySet":
        """Wishes that the patient has not ended."""
        return self.filter(ended_at=None)

    def due(self, now: Any) -> "ReminderQuerySet":
        """Active reminders whose moment has come, oldest first. Served by the partial index."""
        return self.filter(is_active=True, next_due_at__lte=now).order_by("next_due_at")


class Reminder(OncePerForm, PatientRow):
    """The wish: kind, when, on which channels. ``next_due_at`` is the one moment the sender looks at.

    EVERY: ``every_minutes``, counted from ``counts_from_at``. AT_TIMES: ``times`` ("HH:MM") on ``weekdays`` (0 is
    Monday; empty: every day) in ``time_zone``. ONCE: ``times`` has one, on ``on``. ``from_on`` and ``until_on`` are
    days in ``time_zone``, both included; ``until_at`` is a moment (hour 72 of an episode), itself excluded.
    """

    # Without an index of its own: the constraint of OncePerForm begins with it, and every index is written again at
    # every claim.
    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="+", verbose_name=_("patient"), db_index=False
    )
    kind = models.CharField(_("kind"), max_length=10, choices=ReminderKind)
    label = SealedTextField(_("in your words"), blank=True, max_length=100)
    step_key = models.SlugField(max_length=60, blank=True, db_index=False)
    also_step_keys = models.JSONField(default=list)  # folded into the same message
    edition = models.PositiveIntegerField()  # live when it was made or last confirmed
    protocol_number = models.PositiveIntegerField(null=True)  # publication of the care plan it was made with or kept
    episode = models.ForeignKey(Episode, on_delete=models.CASCADE, null=True, related_name="reminders", db_index=False)
    medicine = models.ForeignKey(
        Medicine, on_delete=models.CASCADE, null=True, related_name="reminders", db_index=False
    )
    step_log = models.ForeignKey(StepLog, on_delete=models.CASCADE, null=True, related_name="reminders", db_index=False)

    recurrence = models.CharField(_("how often"), max_length=10, choices=Recurrence)
    every_minutes = models.PositiveSmallIntegerField(_("minutes between"), null=True)
    counts_from_at = models.DateTimeField(null=True)
    times = models.JSONField(_("times of day"), default=list)
    weekdays = models.JSONField(_("days of the week"), default=list)
    on = models.DateField(_("day"), null=True)
    time_zone = models.CharField(_("time zone"), max_length=60)
    from_on = models.DateField(_("from"), null=True)
    until_on = models.DateField(_("until"), null=True)
    until_at = models.DateTimeField(null=True)
    is_held_till_morning = models.BooleanField(default=False)  # what falls into quiet hours; else it is dropped
    not_before_at = models.DateTimeField(null=True)  # 'not today'

    channels = models.JSONField(_("where it goes"), default=list)  # keys of CHANNELS
    is_in_calendar = models.BooleanField(default=True)
    is_active = models.BooleanField(_("on"), default=True)
    next_due_at = models.DateTimeField(_("next"), null=True)
    sequence = models.PositiveIntegerField(default=0)  # of the calendar entry: one more at each change
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints: ClassVar[Any] = [
            *OncePerForm.Meta.constraints,
            models.CheckConstraint(
                condition=Q(every_minutes=None)
                | Q(every_minutes__gte=EVERY_MINUTES_AT_LEAST, every_minutes__lte=EVERY_MINUTES_AT_MOST),
                name="reminder_every_15_minutes_to_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(recurrence="every") | Q(every_minutes__isnull=False, counts_from_at__isnull=False),
                name="reminder_every_counts_from_a_moment",
            ),
            models.CheckConstraint(
                condition=~Q(recurrence="once") | Q(on__isnull=False), name="reminder_once_has_a_day"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(is_active=False), name="reminder_ended_is_not_active"
            ),
        ]
        indexes: ClassVar[Any] = [
            # Serves the sender: a pass costs what is due, not what is stored.
            models.Index(
                fields=["next_due_at"], condition=Q(is_active=True, next_due_at__isnull=False), name="reminders_due"
            ),
            # Serve what ends with an episode, a medicine or a session; most reminders have none.
            models.Index(fields=["episode"], condition=Q(episode__isnull=False), name="reminders_of_an_episode"),
            models.Index(fields=["medicine"], condition=Q(medicine__isnull=False), name="reminders_of_a_medicine"),
            models.Index(fields=["step_log"], condition=Q(step_log__isnull=False), name="reminders_of_a_session"),
        ]

    @property
    def zone(self) -> ZoneInfo:
        """The zone of its times of day."""
        return ZoneInfo(self.time_zone)


class DeliveryStatus(models.TextChoices):
    """What became of a due moment on one channel."""

    PENDING = "pending", _("Waiting")
    SENT = "sent", _("Sent")
    SKIPPED = "skipped", _("Not sent")  # a rule said no
    MISSED = "missed", _("Missed")  # too late to be of use
    FAILED = "failed", _("Failed")  # refused, or not known and not repeated


class DeliveryQuerySet(PatientRowQuerySet):
    """Deliveries, and those to be sent."""

    def pending(self) -> "DeliveryQuerySet":
        """Not yet sent, and not given up."""
        return self.filter(status=DeliveryStatus.PENDING)


class Delivery(PatientRow):
    """One due moment on one channel.

    ``lease`` and ``leased_until`` say which sender holds it. ``handed_over_at`` is written just before the channel is
    called, so that a sender that dies then leaves a mark. ``dispatched_until``: a broker holds it. ``batch``: what went
    out as one message. ``reached``: devices that took it.
    """

    # Without indexes of their own: those of Meta begin with them. The patient is the reminder's, whose key is checked:
    # a second check of the same would cost as much as all the rest of writing a row down.
    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="+", verbose_name=_("patient"), db_index=False, db_constraint=False
    )
    reminder = models.ForeignKey(Reminder, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    kind = models.CharField(max_length=10, choices=ReminderKind)
    channel = models.CharField(_("channel"), max_length=10)
    due_at = models.DateTimeField(_("due"))
    useful_until = models.DateTimeField()
    created_at = models.DateTimeField()
    status = models.CharField(_("outcome"), max_length=10, choices=DeliveryStatus, default=DeliveryStatus.PENDING)
    reason = models.CharField(max_length=30, blank=True)  # a code of reminder_rules or of the channel
    next_try_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    dispatched_until = models.DateTimeField(null=True)
    handed_over_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(_("sent"), null=True)
    is_second_try = models.BooleanField(_("second try"), default=False)
    is_snooze = models.BooleanField(default=False)
    batch = models.UUIDField(null=True)
    reached = models.JSONField(default=list)
    done_at = models.DateTimeField(_("done"), null=True)  # the patient's answer
    snoozed_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=["reminder", "due_at", "channel"], name="delivery_once_per_moment"),
            models.CheckConstraint(
                condition=~Q(status="sent") | Q(sent_at__isnull=False), name="delivery_sent_at_a_moment"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["pending", "sent"]) | ~Q(reason=""), name="delivery_not_sent_says_why"
            ),
            models.CheckConstraint(condition=Q(useful_until__gt=F("due_at")), name="delivery_useful_after_due"),
        ]
        indexes: ClassVar[Any] = [
            # Serves the sender.
            models.Index(fields=["next_try_at"], condition=Q(status="pending"), name="deliveries_pending"),
            # Serves the patient's log.
            models.Index(fields=["user", "-due_at"], name="deliveries_newest"),
            # Serves the lateness of the last hours, and how far apart ice and heat were sent.
            models.Index(fields=["sent_at"], condition=Q(status="sent"), name="deliveries_sent"),
        ]

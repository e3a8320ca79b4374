"""Forms of what holds for all reminders: quiet hours, the ring of a timer, the pause, and another time zone."""

from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tracker.form_base import TrackerForm
from tracker.local_time import ZONES, local_day
from tracker.models import Patient, ReminderSettings
from tracker.reminders.preferences import PAUSE_AT_MOST_DAYS

KEEP: Final = "keep"
MOVE: Final = "move"


def _time(label: Any) -> forms.TimeField:
    widget = forms.TimeInput({"type": "time"}, format="%H:%M")
    wrong = _("Enter a time, such as 22:00.")
    return forms.TimeField(label=label, widget=widget, error_messages={"required": wrong, "invalid": wrong})


class QuietHoursForm(TrackerForm):
    """Between which times nothing comes, and whether a timer rings. The same time twice means no quiet hours."""

    quiet_from = _time(_("Quiet from"))
    quiet_to = _time(_("Until"))
    rings_at_timer_end = forms.BooleanField(
        label=_("Tell me when an ice or heat timer is over"),
        help_text=_("This comes at any hour: a pack must come off in time."),
        required=False,
    )

    def __init__(self, *args: Any, settings: ReminderSettings, **kwargs: Any) -> None:
        names = ("quiet_from", "quiet_to", "rings_at_timer_end")
        super().__init__(*args, initial={name: getattr(settings, name) for name in names}, **kwargs)

    @property
    def choices(self) -> dict[str, Any]:
        """What was chosen, by the names of preferences.change()."""
        return {name: self.cleaned_data[name] for name in ("quiet_from", "quiet_to", "rings_at_timer_end")}

    def clean_quiet_from(self) -> time:
        """Return the whole minute."""
        return _whole_minute(self.cleaned_data["quiet_from"])

    def clean_quiet_to(self) -> time:
        """Return the whole minute."""
        return _whole_minute(self.cleaned_data["quiet_to"])


class PauseForm(TrackerForm):
    """Until which day all reminders are silent; they come again on that day, after its quiet hours."""

    until_on = forms.DateField(
        label=_("Pause until"),
        help_text=_("Reminders come again on this day."),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Choose a day."), "invalid": _("Enter a date.")},
    )

    def __init__(self, *args: Any, patient: Patient, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, user=patient.user, **kwargs)
        today = local_day(now, patient.zone)
        self.first = today + timedelta(days=1)
        self.last = today + timedelta(days=PAUSE_AT_MOST_DAYS)
        self.fields["until_on"].widget.attrs.update({"min": f"{self.first:%Y-%m-%d}", "max": f"{self.last:%Y-%m-%d}"})

    def clean_until_on(self) -> date:
        """Refuse a day that is not ahead, or lies more than a year ahead."""
        until_on: date = self.cleaned_data["until_on"]
        if until_on < self.first:
            raise ValidationError(_("Choose tomorrow or a later day."), code="too_early")
        if until_on > self.last:
            raise ValidationError(_("Choose a day within a year."), code="too_late")
        return until_on


class TravelForm(TrackerForm):
    """Keep home time or move, for one zone that the browser showed."""

    zone = forms.ChoiceField(
        choices=[(zone, zone) for zone in sorted(ZONES)],
        widget=forms.HiddenInput,
        error_messages={"required": _("The place is missing."), "invalid_choice": _("We do not know this place.")},
    )
    answer = forms.ChoiceField(
        choices=[(KEEP, _("Keep home time")), (MOVE, _("Move"))],
        widget=forms.HiddenInput,
        error_messages={"required": _("Choose one of the two."), "invalid_choice": _("Choose one of the two.")},
    )


def _whole_minute(at: time) -> time:
    return at.replace(second=0, microsecond=0)

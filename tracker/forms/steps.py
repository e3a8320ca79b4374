"""The form of a care step that was done: how long, and when."""

from datetime import datetime
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from education.structure import CareStep
from tracker.form_base import MomentField, TrackerForm
from tracker.models import Patient

MINUTES_AT_MOST: Final = 1440


class StepDoneForm(TrackerForm):
    """Minutes and beginning of a session; both may stay empty: it took as long as the step lasts and has just ended."""

    minutes = forms.IntegerField(label=_("How many minutes?"), min_value=1, max_value=MINUTES_AT_MOST, required=False)

    def __init__(self, *args: Any, patient: Patient, step: CareStep, now: datetime, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"minutes": step.duration_minutes})
        super().__init__(*args, user=patient.user, **kwargs)
        self.fields["started_at"] = MomentField(
            zone=patient.zone,
            now=now,
            required=False,
            label=_("When did you begin?"),
            help_text=_("Leave it empty if you have just stopped."),
        )

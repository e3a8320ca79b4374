"""The form of a check-in: function first, then pain, then the rest. Every question may be left open."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tracker.form_base import MomentField, OwnWordsField, TrackerForm, whole_number
from tracker.models import Activity, CheckIn, Episode, PainSpan, Patient
from tracker.widgets import ChangeList, FunctionKeys, PainKeys

NOTE_AT_MOST: Final = 2000
PAIN_IN_24_HOURS: Final = _(
    "On a scale of 0 to 10, where 0 is no pain and 10 is the worst pain you can imagine, "
    "what was your average pain in the past 24 hours?"
)
PAIN_NOW: Final = _(
    "On a scale of 0 to 10, where 0 is no pain and 10 is the worst pain you can imagine, how bad is the pain right now?"
)
PAIN_THEN: Final = _(
    "On a scale of 0 to 10, where 0 is no pain and 10 is the worst pain you can imagine, "
    "how bad was the pain at that moment?"
)
FROM_0_TO_10: Final = _("Choose a whole number from 0 to 10.")
FROM_1_TO_7: Final = _("Choose one of the seven answers.")
_FUNCTION: Final = "function_"


class CheckInForm(TrackerForm):
    """A new check-in of ``episode``, or ``check_in`` to be changed.

    ``page_version`` is what the page knew of the stored row; empty for a new one. ``pain_span`` is what a new one asks
    the pain of; it goes along with the page, so that an answer is stored as it was asked.
    """

    pain = whole_number(0, 10, FROM_0_TO_10, label=PAIN_IN_24_HOURS, widget=PainKeys)
    overall_change = whole_number(
        1, 7, FROM_1_TO_7, label=_("Since this episode began, my back is overall:"), widget=ChangeList
    )
    note = OwnWordsField(
        label=_("Anything else?"),
        max_length=NOTE_AT_MOST,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )
    pain_span = forms.Field(required=False, widget=forms.HiddenInput)
    page_version = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        patient: Patient,
        episode: Episode,
        activities: Sequence[Activity],
        asks_overall_change: bool,
        now: datetime,
        check_in: CheckIn | None = None,
        pain_span: PainSpan = PainSpan.AVERAGE_24H,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, user=patient.user, **kwargs)
        self.episode = episode
        self.check_in = check_in
        self.activities = activities
        for activity in activities:
            self.fields[f"{_FUNCTION}{activity.pk}"] = whole_number(
                0, 10, FROM_0_TO_10, label=activity.name, widget=FunctionKeys
            )
        if not asks_overall_change:
            del self.fields["overall_change"]
        self._ask_the_pain(pain_span)
        self.fields["at"] = MomentField(zone=patient.zone, now=now, required=False, label=_("Day and time"))
        self.order_fields([*self._function_names(), "pain", "overall_change", "note", "at"])

    def _ask_the_pain(self, span: PainSpan) -> None:
        self.asked_span = span
        if self.check_in is not None:
            del self.fields["pain_span"]
            if self.check_in.pain_span == PainSpan.NOW:
                self.fields["pain"].label = PAIN_THEN
            return
        self.fields["pain_span"].initial = span
        sent = self.data.get(self.add_prefix("pain_span")) if self.is_bound else None
        if sent in PainSpan.values:
            self.asked_span = PainSpan(sent)
        if self.asked_span == PainSpan.NOW:
            self.fields["pain"].label = PAIN_NOW

    def clean_at(self) -> datetime | None:
        """Refuse a time outside the episode; the minute in which it began counts as inside.

        One that was left as it stood stays: a form knows neither seconds nor which of two repeated hours it was.
        """
        at: datetime | None = self.cleaned_data["at"]
        if at is None:
            return None
        if self.check_in is not None and "at" not in self.changed_data:
            return self.check_in.at
        if at < self.episode.began_at.replace(second=0, microsecond=0):
            raise ValidationError(_("This lies before the episode began. Choose a later time."), code="before")
        if self.episode.ended_at is not None and at > self.episode.ended_at:
            raise ValidationError(_("The episode was over by then. Choose an earlier time."), code="after")
        return max(at, self.episode.began_at)

    def clean(self) -> dict[str, Any]:
        """Refuse a form without any answer; one is enough."""
        said = super().clean() or self.cleaned_data
        answers = [*self._function_names(), "pain", "overall_change"]
        is_empty = all(said.get(name) is None for name in answers) and not said.get("note")
        if is_empty and not self.errors:
            raise ValidationError(_("Nothing is filled in yet. Any one answer is enough."), code="empty")
        return said

    @property
    def ratings(self) -> dict[Activity, int | None]:
        """The answers about the patient's own activities."""
        return {activity: self.cleaned_data[f"{_FUNCTION}{activity.pk}"] for activity in self.activities}

    def is_all_answered(self, *, asks_function: bool) -> bool:
        """Say whether the pain is there, and the function where the app asks for it."""
        current = [score for activity, score in self.ratings.items() if activity.retired_at is None]
        return self.cleaned_data["pain"] is not None and not (asks_function and None in current)

    def function_fields(self) -> list[forms.BoundField]:
        """The fields of the patient's own activities, for the template."""
        return [self[name] for name in self._function_names()]

    def _function_names(self) -> list[str]:
        return [f"{_FUNCTION}{activity.pk}" for activity in self.activities]


def initial_of(check_in: CheckIn, ratings: dict[uuid.UUID, int], *, page_version: str) -> dict[str, Any]:
    """Return what the form shows of a stored check-in."""
    return {
        "pain": check_in.pain,
        "overall_change": check_in.overall_change,
        "note": check_in.note,
        "at": check_in.at,
        "page_version": page_version,
        **{f"{_FUNCTION}{activity}": score for activity, score in ratings.items()},
    }

"""The forms of medicines: the patient's own label, and when a dose was taken. No number in them is ours."""

from datetime import datetime
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from tracker.form_base import MomentField, OwnWordsField, TrackerForm, whole_number
from tracker.medicines import LabelWords
from tracker.models import AntiInflammatory, Patient
from tracker.widgets import Chips

GAP_MINUTES_AT_MOST: Final = 7 * 24 * 60


def _typed_number(least: int, most: int, **kwargs: Any) -> forms.IntegerField:
    """Return a field for a number that is typed."""
    words = format_lazy(_("Enter a whole number from {least} to {most}, or leave it empty."), least=least, most=most)
    return whole_number(least, most, words, widget=forms.NumberInput({"inputmode": "numeric"}), **kwargs)


class MedicineForm(TrackerForm):
    """One product as its label describes it."""

    name = OwnWordsField(
        label=_("Name, as on the packet"),
        max_length=100,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": _("Enter the name that is on the packet.")},
    )
    ingredient = OwnWordsField(
        label=_("Ingredient"),
        help_text=_("As printed on the label. Two products with the same ingredient are counted together."),
        max_length=100,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    gap_hours = _typed_number(0, 168, label=_("Hours"))
    gap_minutes = _typed_number(0, 59, label=_("Minutes"))
    most_in_24_hours = _typed_number(
        1, 48, label=_("Most in 24 hours"), help_text=_("How many times, as your label says. Count times, not tablets.")
    )
    is_anti_inflammatory = forms.ChoiceField(
        label=_("Is it an anti-inflammatory?"),
        help_text=_("The leaflet in the packet says so, or a pharmacist can tell you."),
        choices=AntiInflammatory.choices,
        widget=Chips,
        error_messages={"required": _("Choose one. Not sure is an answer too.")},
    )

    def clean(self) -> dict[str, Any]:
        """Refuse a gap of more than a week."""
        said = super().clean() or self.cleaned_data
        if (self._gap(said) or 0) > GAP_MINUTES_AT_MOST:
            self.add_error("gap_hours", ValidationError(_("Enter a gap of 7 days or less."), code="too_long"))
        return said

    @property
    def label(self) -> LabelWords:
        """What was typed."""
        said = self.cleaned_data
        return LabelWords(
            name=said["name"],
            ingredient=said["ingredient"],
            gap_minutes=self._gap(said),
            most_in_24_hours=said["most_in_24_hours"],
            is_anti_inflammatory=said["is_anti_inflammatory"],
        )

    @staticmethod
    def _gap(said: dict[str, Any]) -> int | None:
        """Return the gap in minutes; none and nought mean that the label names none."""
        return (said.get("gap_hours") or 0) * 60 + (said.get("gap_minutes") or 0) or None


def initial_of(label: LabelWords) -> dict[str, Any]:
    """Return what the form shows of a stored label."""
    gap = label.gap_minutes
    return {
        **vars(label),
        "gap_hours": None if gap is None else gap // 60,
        "gap_minutes": None if gap is None else gap % 60,
    }


class DoseForm(TrackerForm):
    """One dose: now, or at the time that was typed. ``is_confirmed`` is sent by the question that comes first."""

    is_confirmed = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, patient: Patient, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, user=patient.user, **kwargs)
        self.fields["taken_at"] = MomentField(
            zone=patient.zone, now=now, required=False, label=_("When did you take it?")
        )

"""The form of the suggested plan: a yes for each reminder, its time of day where it has one, and where it goes."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from education.edition import PROTOCOL_KEY, LiveEdition
from tracker.form_base import TrackerForm
from tracker.models import Patient, Reminder
from tracker.reminders import previews, wishes
from tracker.reminders.suggestions import CHECK_IN, Suggestion
from tracker.reminders.ways import Ways
from tracker.reminders.wishes import DayTotal, Wish

TAKE: Final = "take_"


@dataclass(frozen=True)
class Card:
    """One suggestion with its fields; ``at`` is None where it has no time of day."""

    suggestion: Suggestion
    take: forms.BoundField
    at: forms.BoundField | None
    how_often: str


class SuggestedForm(TrackerForm):
    """Which of the suggested reminders the patient wants."""

    channels = forms.MultipleChoiceField(
        label=_("Where do they go?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one way.")},
    )
    wants_many = forms.BooleanField(label=_("Yes, I want that many"), required=False)

    def __init__(
        self,
        *args: Any,
        patient: Patient,
        live: LiveEdition,
        found: Sequence[Suggestion],
        ways: Ways,
        now: datetime,
        **kwargs: Any,
    ) -> None:
        first = {"channels": list(ways.preselected), **kwargs.get("initial", {})}
        kwargs["initial"] = first
        super().__init__(*args, user=patient.user, **kwargs)
        self.patient, self.live, self.found, self.now = patient, live, found, now
        channels: Any = self.fields["channels"]
        channels.choices = [(way.channel, way.label) for way in ways.offered]
        for one in found:
            self.fields[f"{TAKE}{one.key}"] = forms.BooleanField(
                label=one.title, required=False, initial=not one.is_optional
            )
            if one.at is not None:
                self.fields[f"at_{one.key}"] = forms.TimeField(
                    label=_("At"),
                    initial=one.at,
                    required=False,
                    widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
                    error_messages={"invalid": _("Enter a time such as 08:30.")},
                )

    @property
    def cards(self) -> list[Card]:
        """The suggestions with their fields."""
        return [
            Card(one, self[f"{TAKE}{one.key}"], self[f"at_{one.key}"] if one.at else None, one.how_often)
            for one in self.found
        ]

    @property
    def total(self) -> DayTotal:
        """The fullest day with what is ticked, or would be ticked at first."""
        wanted = self._wishes(self.cleaned_data) if self.is_bound else self._wishes(None)
        return previews.total_of(patient=self.patient, wanted=wanted, now=self.now)

    def clean(self) -> dict[str, Any]:
        """Ask for one at least, for times outside quiet hours, and once more for many messages."""
        said = super().clean() or self.cleaned_data
        taken = [one for one in self.found if said.get(f"{TAKE}{one.key}")]
        if any(name.startswith(TAKE) and name not in self.fields for name in self.data):
            words = _("The care plan has moved on since this page was opened. Look at it again.")
            self.add_error(None, ValidationError(words, code="moved_on"))
        elif not taken:
            self.add_error(None, ValidationError(_("Choose at least one reminder."), code="nothing_chosen"))
        for one in taken:
            self._check_time(one, said)
        if taken and not self.errors and self.total.is_many and not said.get("wants_many"):
            self.add_error("wants_many", ValidationError(_("Say yes to this, or choose fewer."), code="many"))
        return said

    def was_saved(self) -> bool:
        """Say whether this very form was saved before."""
        if not self.is_bound:
            return False
        keys = [CHECK_IN, *(step.key for step in self.live.protocol.steps)]
        ids = [self._form_id(key) for key in keys]
        return bool(Reminder.objects.of(self.patient.user).filter(form_id__in=ids).exists())

    @transaction.atomic
    def save(self) -> list[Reminder]:
        """Keep all that was chosen, or nothing. Raises TooMany."""
        channels = tuple(self.cleaned_data["channels"])
        return [
            wishes.create(
                patient=self.patient,
                wish=one.wish_at(self.cleaned_data.get(f"at_{one.key}"), channels),
                edition=self.live.number,
                protocol_number=self.live.protocols[PROTOCOL_KEY].number,
                form_id=self._form_id(one.key),
                now=self.now,
            )
            for one in self.found
            if self.cleaned_data.get(f"{TAKE}{one.key}")
        ]

    def _wishes(self, said: dict[str, Any] | None) -> list[Wish]:
        if said is None:
            return [one.wish for one in self.found if not one.is_optional]
        return [one.wish_at(said.get(f"at_{one.key}"), ("app",)) for one in self.found if said.get(f"{TAKE}{one.key}")]

    def _check_time(self, one: Suggestion, said: dict[str, Any]) -> None:
        name = f"at_{one.key}"
        at: time | None = said.get(name)
        if one.at is None or self.has_error(name):
            return
        if at is None:
            self.add_error(name, ValidationError(_("Enter a time."), code="incomplete"))
        elif previews.is_quiet_at(patient=self.patient, at=at, now=self.now):
            self.add_error(name, ValidationError(_("This falls into your quiet hours."), code="quiet"))

    def _form_id(self, key: str) -> uuid.UUID:
        return uuid.uuid5(self.receipt, key)

"""Forms of the visit sheet: the questions to ask, and for how long a link works."""

from datetime import datetime
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from backspasm.models import User
from tracker.form_base import OwnWordsField, TrackerForm
from tracker.models import Patient, VisitQuestion
from tracker.models.visit import QUESTIONS
from tracker.reports.visit_links import HOURS
from tracker.widgets import Chips

POSITIONS: Final = range(1, QUESTIONS + 1)
QUESTION_LETTERS: Final = 200
_STALE: Final = _(
    "These questions were changed on another page after you opened this one. What is saved now stands above. "
    "Save again to put yours in its place."
)
_LENGTHS: Final = dict(zip(HOURS, (_("24 hours"), _("3 days"), _("7 days")), strict=True))


class QuestionsForm(TrackerForm):
    """Up to three questions for the visit. ``stored`` are those that are kept now.

    A page that was made before another phone changed them says so, and replaces them only when it is sent again.
    """

    version = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        kept = list(VisitQuestion.objects.of(user))
        self.stored = [question.text for question in kept]
        self.stored_version = max((question.written_at.isoformat() for question in kept), default="")
        self.fields["version"].initial = self.stored_version
        for position in POSITIONS:
            self.fields[f"question_{position}"] = OwnWordsField(
                label=_("Question %(number)s") % {"number": position},
                required=False,
                max_length=QUESTION_LETTERS,
                initial=self.stored[position - 1] if position <= len(self.stored) else "",
                widget=forms.Textarea({"rows": 2, "dir": "auto"}),
            )

    def clean(self) -> dict[str, Any]:
        """Refuse, once, to write over what another page has saved meanwhile."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and cleaned["version"] != self.stored_version and self.texts() != self.stored:
            self.data = {**self.data.dict(), "version": self.stored_version}  # type: ignore[attr-defined]
            raise ValidationError(_STALE, code="stale")
        return cleaned

    def texts(self) -> list[str]:
        """Return the questions in their order; an empty place is left out, and later ones move up."""
        asked = (self.cleaned_data[f"question_{position}"].strip() for position in POSITIONS)
        return [text for text in asked if text]

    @transaction.atomic
    def save(self, *, now: datetime) -> None:
        """Keep these questions in place of the old ones."""
        Patient.objects.lock(self.user)
        VisitQuestion.objects.of(self.user).delete()
        VisitQuestion.objects.bulk_create(
            VisitQuestion(user=self.user, position=position, text=text, written_at=now)
            for position, text in enumerate(self.texts(), start=1)
        )


class LinkForm(TrackerForm):
    """A new link to the visit sheet."""

    hours = forms.TypedChoiceField(
        label=_("How long should it work?"), choices=tuple(_LENGTHS.items()), coerce=int, initial=HOURS[0], widget=Chips
    )

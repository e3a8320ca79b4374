"""Forms of the emergency questions and the see-somebody signs: one line each, nothing preset."""

import re
from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from education.structure import Sign
from tracker import safety
from tracker.form_base import TrackerForm
from tracker.models import Lifted
from tracker.safety import Answer
from tracker.widgets import ANSWERS, AnswerRow

REST_IS_NO: Final = "rest_is_no"
_A_CODE: Final = re.compile(r"[EC]\d+")
_NOT_ASKED: Final = _("One of these answers belongs to no question here. Load the page again.")
_OPEN: Final = _("Not answered yet.")
_NO_ANSWER: Final = _("Choose yes, not sure or no.")


class SignsForm(TrackerForm):
    """One answer for each sign. ``answers`` holds those that were given and can be understood, by code."""

    def __init__(self, *args: Any, signs: Sequence[Sign], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.codes = tuple(sign.code for sign in signs)
        self.answers: dict[str, Answer] = {}
        for sign in signs:
            self.fields[sign.code] = forms.ChoiceField(
                label=sign.text,
                help_text=sign.why,
                choices=ANSWERS,
                required=False,
                widget=AnswerRow,
                error_messages={"invalid_choice": _NO_ANSWER},
            )

    @property
    def rest_is_no(self) -> bool:
        """Whether 'No to all the others' was pressed."""
        return REST_IS_NO in self.data

    def clean(self) -> dict[str, Any]:
        """Collect the answers, and ask for those that are open."""
        cleaned = super().clean() or self.cleaned_data
        self.answers = {code: cleaned[code] for code in self.codes if cleaned.get(code)}
        if any(_A_CODE.fullmatch(name) and name not in self.fields for name in self.data):
            raise ValidationError(_NOT_ASKED, code="not_asked")
        if not self.rest_is_no and not self.may_stay_open():
            for code in safety.unanswered(self.answers, self.codes):
                if code not in self.errors:
                    self.add_error(code, ValidationError(_OPEN, code="open"))
        return cleaned

    def may_stay_open(self) -> bool:
        """Whether answers may be missing."""
        return False

    def lines_to_mend(self) -> list[forms.BoundField]:
        """Return the lines that are open or wrong, in their order."""
        return [self[code] for code in self.codes if code in self.errors]

    def all_answers(self) -> dict[str, Answer]:
        """Return the answers of a valid form, with what 'No to all the others' says of the rest."""
        return safety.with_rest_no(self.answers, self.codes) if self.rest_is_no else self.answers


class EmergencyForm(SignsForm):
    """The emergency questions. The first 'yes' or 'not sure' is enough: the rest may wait."""

    def may_stay_open(self) -> bool:
        """Whether an answer needs help now."""
        return self.needs_help()

    def needs_help(self) -> bool:
        """Whether an answer sets the hold, whatever is wrong with the others. Ask it after ``is_valid``."""
        return bool(safety.signs_that_hold(self.answers))


class LiftForm(TrackerForm):
    """The patient's own word that ends a hold; ``shown`` says which answers the screen showed."""

    because = forms.ChoiceField(
        choices=Lifted, error_messages={"invalid_choice": _("Choose one of the two answers below.")}
    )
    shown = forms.CharField(max_length=60, widget=forms.HiddenInput)

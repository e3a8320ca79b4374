"""The one public form."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from education.models.feedback import COMMENT_CHARACTERS


class FeedbackForm(forms.Form):
    """'Did this help?' with an optional line; the page and its edition come in hidden fields."""

    page = forms.CharField(max_length=60, widget=forms.HiddenInput, validators=[RegexValidator(r"^[a-z0-9-]+$")])
    edition = forms.IntegerField(min_value=1, max_value=10_000_000, widget=forms.HiddenInput)
    helped = forms.ChoiceField(
        label=_("Did this help?"), choices=[("yes", _("Yes")), ("no", _("No"))], widget=forms.RadioSelect
    )
    comment = forms.CharField(
        label=_("Anything to add?"),
        help_text=_("Please write nothing about your health."),
        max_length=COMMENT_CHARACTERS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def answer(self) -> dict[str, Any]:
        """Return what is stored, of a valid form."""
        return {**self.cleaned_data, "helped": self.cleaned_data["helped"] == "yes"}

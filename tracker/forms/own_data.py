"""The form that takes a person's own file back."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tracker.form_base import TrackerForm
from tracker.reports.json_reading import BYTES_AT_MOST, MEGABYTES_AT_MOST


class ImportForm(TrackerForm):
    """One JSON file. What stands in it is judged later."""

    file = forms.FileField(
        label=_("Your file"),
        help_text=_("The file called JSON that you saved from this site."),
        widget=forms.FileInput({"accept": ".json,application/json"}),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty.")},
    )

    def clean_file(self) -> Any:
        """Refuse a file that is too large before it is read."""
        file = self.cleaned_data["file"]
        if file.size > BYTES_AT_MOST:
            raise ValidationError(
                _("The file is larger than %(most)s MB."), code="too_large", params={"most": MEGABYTES_AT_MOST}
            )
        return file

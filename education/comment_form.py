"""The form by which somebody without an account comments on a preview."""

from typing import Any, Final

from django import forms
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from education.models.editing import COMMENT_CHARACTERS_AT_MOST

NAME_CHARACTERS_AT_MOST: Final = 80


class _Lines(forms.CharField):
    """Several lines. A browser sends each line break as two characters and counts it as one."""

    def to_python(self, value: Any) -> str:
        """Return the text with plain line breaks."""
        return str(super().to_python(value) or "").replace("\r\n", "\n")


class _KeptLines(forms.Textarea):
    """A text box whose empty lines outlive the removal of empty lines from a page."""

    def format_value(self, value: Any) -> SafeString:
        """Return the text, escaped, with its line breaks as character references."""
        text = str(super().format_value(value) or "")
        return mark_safe(escape(text).replace("\r\n", "\n").replace("\n", "&#10;"))


class CommentForm(forms.Form):
    """A name, which nobody verifies, and a comment."""

    name = forms.CharField(
        label=_("Your name"),
        help_text=_("It is shown with your comment as “not verified”."),
        max_length=NAME_CHARACTERS_AT_MOST,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    text = _Lines(
        label=_("Your comment"),
        help_text=_("Plain text. Write nothing about anybody’s health."),
        max_length=COMMENT_CHARACTERS_AT_MOST,
        widget=_KeptLines(attrs={"rows": 6}),
    )

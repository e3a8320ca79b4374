"""The forms of the editing screens: made from a content structure, they give one. They read and write no row.

A view makes ``EDITORS[kind](content, choices, request.POST)``, asks ``is_valid()`` and takes ``content()``.
"""

from collections.abc import Mapping
from typing import Final

from education.editing_forms.article import ArticleForm
from education.editing_forms.cards import CardForm
from education.editing_forms.choices import Choices
from education.editing_forms.content_form import ContentForm, wanted_row
from education.editing_forms.library import ExerciseForm, SourceForm, TermForm
from education.editing_forms.problems import FieldError
from education.editing_forms.protocol import ProtocolForm

__all__ = ["EDITORS", "Choices", "ContentForm", "FieldError", "wanted_row"]

EDITORS: Final[Mapping[str, type[ContentForm]]] = {
    "article": ArticleForm,
    "care_card": CardForm,
    "protocol": ProtocolForm,
    "exercise": ExerciseForm,
    "term": TermForm,
    "source": SourceForm,
}

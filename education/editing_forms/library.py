"""The forms of what stands in the library: exercises, terms, sources."""

from typing import Any, ClassVar, Final

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from education import structure
from education.editing_forms.content_form import ContentForm
from education.editing_forms.fields import KeyField, LinesField
from education.editing_forms.from_models import keys_field, label_of, model_fields
from education.editing_forms.main_form import MainForm
from education.models import Exercise, Source, Term

_SOURCE_KEY: Final = RegexValidator(
    r"^R[1-9][0-9]*[a-z]?\Z", _("A source is R, a number and perhaps a letter, like R12b.")
)
_EXERCISE_CODE: Final = RegexValidator(r"^X[1-9][0-9]*\Z", _("A code is X and a number, like X7."))


class ExerciseMainForm(MainForm):
    """All of an exercise."""

    kind = "exercise"
    model = Exercise

    def make_fields(self) -> dict[str, forms.Field]:
        """Return the fields of the model; the drawing and the sources by key."""
        fields = model_fields(
            Exercise,
            "code name summary purpose phase phase_note position steps hold repetitions days_per_week stop_when not_if",
            field_classes={"steps": LinesField},
        )
        fields["code"].validators.append(_EXERCISE_CODE)
        fields["drawing"] = KeyField(label=label_of(Exercise, "drawing"), known=self.choices.drawings)
        fields |= model_fields(Exercise, "alt")
        fields["sources"] = keys_field(Exercise, "sources", known=self.choices.sources, list_name="sources")
        return fields

    def clean(self) -> dict[str, Any]:
        """Refuse a code that another exercise has."""
        super().clean()
        self.refuse_taken("code")
        return self.cleaned_data


class TermMainForm(MainForm):
    """All of a glossary entry."""

    kind = "term"
    model = Term

    def make_fields(self) -> dict[str, forms.Field]:
        """Return the fields of the model."""
        return model_fields(Term, "name meaning forms also", field_classes={"forms": LinesField, "also": LinesField})


class SourceMainForm(MainForm):
    """All of a source."""

    kind = "source"
    model = Source
    key_validators: ClassVar[Any] = (_SOURCE_KEY,)

    def make_fields(self) -> dict[str, forms.Field]:
        """Return the fields of the model."""
        return model_fields(Source, "organisation title year publication doi url reading confirmed_on note")


class ExerciseForm(ContentForm):
    """An exercise."""

    main_form = ExerciseMainForm
    type_ = structure.Exercise


class TermForm(ContentForm):
    """A glossary entry."""

    main_form = TermMainForm
    type_ = structure.Term


class SourceForm(ContentForm):
    """A source."""

    main_form = SourceMainForm
    type_ = structure.Source

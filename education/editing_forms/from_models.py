"""Form fields made from the models, so that labels, help, lengths and choices are said once."""

from typing import Any, Final

from django import forms
from django.db import models
from django.utils.text import capfirst

from education.editing_forms.fields import PlainField, WordsField
from education.rich_text_widget import RichTextWidget

_ROWS_OF_A_TEXT: Final = 3


def model_fields(model: type[models.Model], names: str, **options: Any) -> dict[str, forms.Field]:
    """Return form fields of the named fields of ``model``, names with spaces between.

    ``options`` are those of Django's ``fields_for_model``: ``labels``, ``widgets``, ``field_classes``.
    """
    found = forms.fields_for_model(model, fields=names.split(), formfield_callback=_form_field, **options)
    return dict(found)


def keys_field(model: type[models.Model], name: str, **options: Any) -> WordsField:
    """Return a field for keys instead of the rows that the relation ``name`` of ``model`` holds."""
    return WordsField(label=label_of(model, name), required=False, **options)


def label_of(model: type[models.Model], name: str) -> str:
    """Return the label of a field."""
    return str(capfirst(str(getattr(model, name).field.verbose_name)))


def _form_field(field: Any, **kwargs: Any) -> forms.Field | None:
    if form_class := kwargs.get("form_class"):
        kwargs.setdefault("widget", form_class.widget)  # else the model's own
    match field:
        case models.SlugField():
            pass
        case models.URLField():
            kwargs["assume_scheme"] = "https"
        case models.CharField() | models.TextField() if not field.choices:
            kwargs.setdefault("form_class", PlainField)
        case models.PositiveSmallIntegerField() | models.PositiveIntegerField():
            # What PostgreSQL holds. SQLite would take more, and the editor should hear it from the form.
            kwargs["max_value"] = 32_767 if isinstance(field, models.PositiveSmallIntegerField) else 2_147_483_647
        case models.DateField():
            kwargs["widget"] = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    made: forms.Field | None = field.formfield(**kwargs)
    return made


class EditorForm(forms.Form):
    """Base of all forms here: fields are made for each form, dressed as the stock admin dresses its own."""

    required_css_class = "required"

    def add(self, fields: dict[str, forms.Field]) -> None:
        """Add fields at the end."""
        for field in fields.values():
            _dress(field)
        self.fields.update(fields)


def _dress(field: forms.Field) -> None:
    attrs = field.widget.attrs
    if field.required and not field.widget.is_hidden:
        attrs.setdefault("aria-required", "true")
    match field.widget:
        case RichTextWidget():
            pass  # knows how it looks
        case forms.Textarea():
            attrs.setdefault("class", "vLargeTextField")
            attrs["rows"] = _ROWS_OF_A_TEXT
        case forms.NumberInput():
            attrs.setdefault("class", "vIntegerField")
        case forms.DateInput():
            attrs.setdefault("class", "vDateField")
        case forms.URLInput():
            attrs.setdefault("class", "vURLField")
        case forms.TextInput():
            attrs.setdefault("class", "vTextField")

"""The form of a care card and its signs."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from education import structure
from education.editing_forms.content_form import ContentForm
from education.editing_forms.fields import LinesField, Text
from education.editing_forms.from_models import keys_field, model_fields
from education.editing_forms.main_form import MainForm
from education.editing_forms.rows import RowForm, Rows
from education.models import CareCard, Sign

_CODE: Final = RegexValidator(r"^[EC][1-9][0-9]?\Z", _("A code is E or C and a number, like C7."))


class CardMainForm(MainForm):
    """The fields of a card besides its signs."""

    kind = "care_card"
    model = CareCard

    def make_fields(self) -> dict[str, forms.Field]:
        """Return the fields of the model."""
        return model_fields(
            CareCard,
            "urgency title lead after carers emergency_number crisis_line words",
            field_classes={"after": LinesField, "words": LinesField},
        )

    def clean(self) -> dict[str, Any]:
        """Refuse telephone numbers on a card that is not the emergency card, and a second card of an urgency."""
        super().clean()
        self.refuse_taken("urgency")
        if self.cleaned_data.get("urgency") != "emergency":
            for name in ("emergency_number", "crisis_line"):
                if self.cleaned_data.get(name):
                    self.add_error(name, _("Only the emergency card has this number."))
        return self.cleaned_data


class SignForm(RowForm):
    """One sign. Its code is fixed once it has been saved."""

    template = "admin/education/editor/sign.html"
    key_name = "code"

    def make_fields(self) -> dict[str, forms.Field]:
        """Return the fields of the model; the sources by key."""
        hidden = {"code": forms.HiddenInput} if self.is_existing else {}
        fields = model_fields(Sign, "code text when why words", widgets=hidden, field_classes={"words": LinesField})
        fields["code"].validators.append(_CODE)
        fields["sources"] = keys_field(Sign, "sources", known=self.choices.sources, list_name="sources")
        return fields

    @property
    def row_title(self) -> str:
        """The code and the sign."""
        return f"{self.typed('code')} {self.typed('text')}".strip()

    def clean(self) -> dict[str, Any]:
        """Refuse a code that stands on another card."""
        super().clean()
        code = self.cleaned_data.get("code", "")
        if self.choices.is_taken("sign.code", code):
            self.add_error("code", _("%(code)s stands on another card.") % {"code": code})
        return self.cleaned_data

    def content(self) -> structure.Sign:
        """Return the sign."""
        return structure.Sign(**{name: self.cleaned_data[name] for name in structure.Sign.__struct_fields__})


class SignRows(Rows):
    """The signs of a card."""

    form = SignForm
    addable: ClassVar[Mapping[str, Text]] = {"sign": _("Add a sign")}


class CardForm(ContentForm):
    """A care card and its signs."""

    main_form = CardMainForm
    rows_form = SignRows
    rows_name = "signs"
    rows_heading = _("Signs")
    type_ = structure.CareCard

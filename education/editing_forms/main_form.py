"""The fields that a content has by itself, besides its rows."""

from collections.abc import Iterable
from typing import Any, ClassVar, Final

from django import forms
from django.core.validators import RegexValidator
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from education import structure
from education.editing_forms.choices import Choices
from education.editing_forms.from_models import EditorForm, model_fields
from education.models import Publishable

_ADDRESS: Final = RegexValidator(
    r"^[a-z0-9]+(-[a-z0-9]+)*\Z", _("Use small letters, digits and single hyphens: neck-pain, not Neck_pain.")
)


class MainForm(EditorForm):
    """Base: the fields of one kind of content. The key can be typed for a new content only."""

    kind: ClassVar[str]
    model: ClassVar[type[Publishable]]
    key_validators: ClassVar[Iterable[Any]] = (_ADDRESS,)

    def __init__(
        self,
        data: QueryDict | None,
        *,
        base: structure.Publishable | None,
        choices: Choices,
        is_new: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, use_required_attribute=False, **kwargs)
        self.base, self.choices = base, choices
        if is_new:
            self.add(model_fields(self.model, "key"))
            self.fields["key"].validators.extend(self.key_validators)
        self.add(self.make_fields())

    def make_fields(self) -> dict[str, forms.Field]:
        """Return the fields besides the key."""
        raise NotImplementedError

    @property
    def key(self) -> str:
        """The key of the content, typed now or long ago."""
        return str(self.cleaned_data.get("key", "")) or (self.base.key if self.base else "")

    def clean_key(self) -> str:
        """Refuse a key that is in use."""
        key = str(self.cleaned_data["key"])
        if self.choices.has_key(self.kind, key):
            self.add_error("key", _("%(key)s is in use. Choose another key.") % {"key": key})
        return key

    def refuse_taken(self, name: str) -> None:
        """Add an error if another content holds the value of the field ``name``."""
        value = self.cleaned_data.get(name, "")
        if value and self.choices.is_taken(f"{self.kind}.{name}", value):
            self.add_error(name, _("%(value)s is in use elsewhere.") % {"value": value})

    def values(self) -> dict[str, Any]:
        """Return the fields of the structure that this form knows, of a valid form."""
        return dict(self.cleaned_data)

"""The form of a page."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from education import contents, structure
from education.editing_forms.content_form import ContentForm
from education.editing_forms.from_models import keys_field, model_fields
from education.editing_forms.main_form import MainForm
from education.editing_forms.sections import SectionRows, initial_of
from education.models import Article


class ArticleMainForm(MainForm):
    """The fields of a page besides its sections. Who reviewed it, and when, is not typed here."""

    kind = "article"
    model = Article

    def make_fields(self) -> dict[str, forms.Field]:
        """Return the fields of the model; the related pages by key."""
        fields = model_fields(Article, "title nav_title summary description group position")
        fields["related"] = keys_field(Article, "related", known=self.choices.articles, list_name="articles")
        fields |= model_fields(Article, "is_safety has_leaflet written_on review_due_on")
        if self.base is not None and self.base.key in contents.SAFETY_PAGES:
            fields["is_safety"].disabled = True
            fields["is_safety"].help_text = _("A second person approves every change of this page.")
            self.initial["is_safety"] = True
        return fields

    def clean_key(self) -> str:
        """Refuse a key that is in use, by a page or by another part of the site."""
        key = super().clean_key()
        if key in self.choices.reserved_slugs:
            raise ValidationError(_("/%(key)s/ is another address of this site. Choose another key.") % {"key": key})
        return key

    def clean(self) -> dict[str, Any]:
        """Refuse a page that is related to itself."""
        super().clean()
        related = self.cleaned_data.get("related", ())
        if self.key and self.key in related:
            self.add_error("related", _("A page cannot be related to itself."))
        return self.cleaned_data


class ArticleForm(ContentForm):
    """A page and its sections."""

    main_form = ArticleMainForm
    rows_form = SectionRows
    rows_name = "sections"
    rows_heading = _("Sections")
    type_ = structure.Article

    def row_initial(self, row: structure.Section) -> dict[str, Any]:
        """Return what the form of a section begins with."""
        return initial_of(row)

"""Sections of a page: rows of eight kinds, each with only its own fields."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, get_args

import msgspec
from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from education import structure
from education.editing_forms.fields import KeyField, LinesField, RichTextField, Text
from education.editing_forms.from_models import keys_field, label_of, model_fields
from education.editing_forms.rows import RowForm, Rows
from education.editing_forms.statements import StatementRows
from education.models import Section

LABELS: Final[Mapping[str, Text]] = {
    "text": _("Text"),
    "statements": _("Statements"),
    "steps": _("Steps"),
    "faq": _("Questions and answers"),
    "card": _("Care card"),
    "protocol": _("Care steps of a phase"),
    "exercises": _("Exercises"),
    "figure": _("Figure"),
}
_ADDS: Final[Mapping[str, Text]] = {
    "text": _("Add a text section"),
    "statements": _("Add a section of statements"),
    "steps": _("Add a section of steps"),
    "faq": _("Add questions and answers"),
    "card": _("Add a care card"),
    "protocol": _("Add the care steps of a phase"),
    "exercises": _("Add exercises"),
    "figure": _("Add a figure"),
}
_WITH_STATEMENTS: Final = frozenset({"statements", "steps", "faq"})
_TYPES: Final[Mapping[str, type[Any]]] = {
    str(type_.__struct_config__.tag): type_ for type_ in get_args(structure.Section)
}
_ANCHOR_CHARACTERS: Final = 40
# Other elements of the public pages have these ids.
_PAGE_IDS: Final = frozenset(
    "main toc related references all-pages all-sources care-timer operator others pages person q words".split()
)


class SectionForm(RowForm):
    """One section. Its kind comes with it and is never changed; its anchor is made from its first heading."""

    template = "admin/education/editor/section.html"
    key_name = "anchor"
    silent = RowForm.silent | {"kind", "anchor"}

    def make_fields(self) -> dict[str, forms.Field]:
        """Return what every section has, and the fields of its kind."""
        hidden = {"anchor": forms.HiddenInput}
        fields = model_fields(Section, "anchor heading intro", widgets=hidden, field_classes={"intro": RichTextField})
        fields["anchor"].required = False
        fields["kind"] = forms.CharField(widget=forms.HiddenInput, initial=self.kind, required=False)
        return fields | self._fields_of_kind()

    def _fields_of_kind(self) -> dict[str, forms.Field]:
        match self.kind:
            case "card":
                return {"card": KeyField(label=label_of(Section, "card"), known=self.choices.cards)}
            case "protocol":
                fields = model_fields(Section, "phase")
                fields["phase"].required = True
                return fields
            case "exercises":
                known = self.choices.exercises
                keys = keys_field(Section, "exercises", known=known, list_name="exercises")
                return {"exercises": keys, **model_fields(Section, "is_plan")}
            case "figure":
                return self._fields_of_figure()
        return {}

    def _fields_of_figure(self) -> dict[str, forms.Field]:
        pictures = {key: label for key, (label, _width, _height) in self.choices.pictures.items()}
        words = model_fields(Section, "is_decorative alt caption labels", field_classes={"labels": LinesField})
        drawing = KeyField(label=label_of(Section, "drawing"), known=self.choices.drawings, required=False)
        picture = KeyField(label=label_of(Section, "picture"), known=pictures, required=False)
        picture.help_text = _("A drawing of the site or a picture of the library, not both.")
        return {"drawing": drawing, "picture": picture, **words}

    def make_nested(self) -> Rows | None:
        """Return the statements, where the kind has them."""
        if self.kind not in _WITH_STATEMENTS:
            return None
        return StatementRows(
            self.data if self.is_bound else None,
            prefix=f"{self.prefix}-statements",
            initial=self.initial.get("statements"),
            form_kwargs={"choices": self.choices, "kind": self.kind},
            section_anchor=self.typed("anchor"),
        )

    @property
    def row_title(self) -> str:
        """The heading."""
        return self.typed("heading")

    @property
    def kind_label(self) -> Text:
        """The kind in an editor's words."""
        return LABELS.get(self.kind, "")

    def clean(self) -> dict[str, Any]:
        """Refuse a kind that does not exist, and a figure without a picture or words for it."""
        super().clean()
        if self.kind not in LABELS:
            raise ValidationError(_("This section did not arrive whole. Reload the page and try again."))
        if self.kind == "figure":
            self._clean_figure(self.cleaned_data)
        return self.cleaned_data

    def _clean_figure(self, cleaned: Mapping[str, Any]) -> None:
        if bool(cleaned.get("drawing")) == bool(cleaned.get("picture")) and not {"drawing", "picture"} & set(
            self.errors
        ):
            self.add_error("drawing", _("Choose one drawing or one picture."))
        if cleaned.get("is_decorative") and cleaned.get("alt"):
            self.add_error("alt", _("What is only decoration is not described. Remove these words or the tick."))
        if not cleaned.get("is_decorative") and not cleaned.get("alt") and "alt" not in self.errors:
            self.add_error("alt", _("Say what it shows, for readers who cannot see it."))

    def content(self) -> structure.Section:
        """Return the section."""
        return self.with_anchor(self.cleaned_data["anchor"])

    def with_anchor(self, anchor: str) -> structure.Section:
        """Return the section under this anchor."""
        type_ = _TYPES[self.kind]
        names = set(type_.__struct_fields__) & set(self.cleaned_data)
        values = {**{name: self.cleaned_data[name] for name in names}, "anchor": anchor}
        if self.nested is not None:
            values["statements"] = self.nested.contents()
        if picture := values.get("picture"):
            _label, values["picture_width"], values["picture_height"] = self.choices.pictures[picture]
        section: structure.Section = type_(**values)
        return section


class SectionRows(Rows):
    """The sections of a page."""

    form = SectionForm
    addable = _ADDS

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        """Tell each row its kind."""
        return {**super().get_form_kwargs(index), "kind": self._kind(index)}

    def _kind(self, index: int | None) -> str:
        if index is None:
            return ""
        if self.is_bound:
            return str(self.data.get(f"{self.add_prefix(index)}-kind", ""))
        return str(self.initial[index]["kind"]) if self.initial else ""

    def contents(self) -> tuple[Any, ...]:
        """Return the sections, in order; new ones get anchors that no section of the page has or had."""
        taken = {row.typed("anchor") for row in self.forms} | _PAGE_IDS
        found = []
        for row in self.ordered_forms:
            anchor = row.cleaned_data["anchor"] or free_anchor(row.cleaned_data["heading"], taken)
            taken.add(anchor)
            found.append(row.with_anchor(anchor))
        return tuple(found)


def free_anchor(heading: str, taken: Iterable[str]) -> str:
    """Return an anchor of at most 40 characters made from ``heading`` that is not in ``taken``."""
    stem = slugify(heading)[:_ANCHOR_CHARACTERS].strip("-_") or "section"
    anchor, number = stem, 2
    while anchor in taken:
        end = f"-{number}"
        anchor, number = f"{stem[: _ANCHOR_CHARACTERS - len(end)]}{end}", number + 1
    return anchor


def initial_of(section: structure.Section) -> dict[str, Any]:
    """Return what the form of a section begins with."""
    values = {**msgspec.structs.asdict(section), "kind": structure.kind_of(section)}
    if "statements" in values:
        values["statements"] = [msgspec.structs.asdict(statement) for statement in values["statements"]]
    return values

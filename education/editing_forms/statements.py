"""Statements: the rows inside a section of statements, steps or questions."""

import secrets
from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from education import richtext, structure
from education.editing_forms.fields import ClaimsField, RichTextField, Text
from education.editing_forms.from_models import keys_field, model_fields
from education.editing_forms.rows import RowForm, Rows, as_place
from education.models import Statement

_LEADS: Final[Mapping[str, Text]] = {"steps": _("Action"), "faq": _("Question"), "statements": _("First words")}
_ADDS: Final[Mapping[str, Text]] = {
    "steps": _("Add a step"),
    "faq": _("Add a question"),
    "statements": _("Add a statement"),
}
_KEY_BYTES: Final = 3
_TITLE_CHARACTERS: Final = 60


def new_key() -> str:
    """Return a key for a new statement; the same one twice in a section is as good as impossible."""
    return secrets.token_hex(_KEY_BYTES)


class StatementForm(RowForm):
    """One statement. ``kind`` is that of its section: a step has an action, a question a question."""

    template = "admin/education/editor/statement.html"
    key_name = "key"
    silent = RowForm.silent | {"key"}

    def make_fields(self) -> dict[str, forms.Field]:
        """Return the fields of the model; the sources by key."""
        fields = model_fields(
            Statement,
            "key lead body evidence claims",
            labels={"lead": _LEADS.get(self.kind, "")},
            widgets={"key": forms.HiddenInput},
            field_classes={"body": RichTextField, "claims": ClaimsField},
        )
        fields["lead"].required = self.kind in {"steps", "faq"}
        fields["sources"] = keys_field(Statement, "sources", known=self.choices.sources, list_name="sources")
        return fields

    @property
    def row_title(self) -> str:
        """The question or action, or the first words."""
        if lead := self.typed("lead"):
            return lead
        # What was typed may be too long to read; a title needs its beginning only.
        blocks = richtext.to_blocks(self.typed("body")[: richtext.MAX_CHARACTERS // 10])
        return Truncator(" ".join(block.text for block in blocks)).chars(_TITLE_CHARACTERS)

    def content(self) -> structure.Statement:
        """Return the statement; a new one gets its key."""
        values = {name: self.cleaned_data[name] for name in ("key", "lead", "body", "claims", "sources")}
        if not self.is_existing:
            values["key"] = values["key"] or new_key()
        return structure.Statement(**values, evidence=self.cleaned_data["evidence"] or None)


class StatementRows(Rows):
    """The statements of one section."""

    form = StatementForm

    def __init__(self, *args: Any, section_anchor: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.section_anchor = section_anchor

    @property
    def addable(self) -> Mapping[str, Text]:
        """One kind: that of the section."""
        kind = self.form_kwargs["kind"]
        return {kind: _ADDS[kind]}

    def place_of(self, row: RowForm, count: int) -> str:
        """Return what the checks call a statement: the section's anchor and its number."""
        anchor = as_place(self.section_anchor)
        return f"{anchor}.{count}" if anchor else ""

"""The form of the care protocol: its steps."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

import msgspec
from django import forms
from django.core.validators import MaxValueValidator, RegexValidator
from django.utils.translation import gettext_lazy as _

from education import structure
from education.checks import ICE_MINUTES_AT_MOST
from education.editing_forms.content_form import ContentForm
from education.editing_forms.fields import ClaimsField, LinesField, Text
from education.editing_forms.from_models import keys_field, model_fields
from education.editing_forms.main_form import MainForm
from education.editing_forms.rows import RowForm, Rows
from education.models import CareStep, Protocol

_KEY: Final = RegexValidator(r"^[a-z][a-z0-9_]*\Z", _("Use small letters, digits and underscores, like ice_on_back."))
_ROW: Final = RegexValidator(r"^P[0-9]{1,2}\Z", _("A row is P and a number, like P7."))
_PHASE_FIELDS: Final[Mapping[structure.Phase, str]] = {phase: f"in_{phase}" for phase in structure.PHASES}
_LABELS: Final[Mapping[str, Text]] = {
    "duration_minutes": _("How long (minutes)"),
    "duration_from_minutes": _("How long, low end (minutes)"),
    "interval_minutes": _("Every (minutes, from start to start)"),
    "interval_to_minutes": _("Every, high end (minutes)"),
    "limit_per_day": _("At most (times a day)"),
    "days_per_week": _("How often (days a week)"),
}
_DAYS_OF_A_WEEK: Final = 7


class ProtocolMainForm(MainForm):
    """A protocol has nothing but its key and its steps."""

    kind = "protocol"
    model = Protocol

    def make_fields(self) -> dict[str, forms.Field]:
        """Return no field."""
        return {}


class StepForm(RowForm):
    """One care step. Its key and its row are fixed once it has been saved: reminders and logs name them."""

    template = "admin/education/editor/step.html"
    key_name = "key"

    def make_fields(self) -> dict[str, forms.Field]:
        """Return the fields of the model; the sources by key."""
        fields = model_fields(
            CareStep,
            "key row title kind in_first_72h in_after_72h in_recovered instruction duration_minutes "
            "duration_from_minutes interval_minutes interval_to_minutes limit_per_day days_per_week timing cautions "
            "evidence nuance claims numbers_from",
            labels=_LABELS,
            widgets=dict.fromkeys(("key", "row"), forms.HiddenInput) if self.is_existing else {},
            field_classes={"cautions": LinesField, "claims": ClaimsField},
        )
        fields["key"].validators.append(_KEY)
        fields["row"].validators.append(_ROW)
        fields["days_per_week"].validators.append(MaxValueValidator(_DAYS_OF_A_WEEK))
        fields["sources"] = keys_field(CareStep, "sources", known=self.choices.sources, list_name="sources")
        return fields

    @property
    def row_title(self) -> str:
        """The row and the title."""
        return f"{self.typed('row')} {self.typed('title')}".strip()

    def clean(self) -> dict[str, Any]:
        """Refuse a step of no phase, long ice, a low end above its high end, and keys of another protocol."""
        super().clean()
        cleaned = self.cleaned_data
        if not any(cleaned.get(name) for name in _PHASE_FIELDS.values()):
            self.add_error("in_first_72h", _("Choose at least one phase."))
        if cleaned.get("kind") == "ice" and (cleaned.get("duration_minutes") or 0) > ICE_MINUTES_AT_MOST:
            self.add_error("duration_minutes", _("Ice lasts %(most)d minutes at most.") % {"most": ICE_MINUTES_AT_MOST})
        self._check_range("duration_from_minutes", "duration_minutes")
        self._check_range("interval_minutes", "interval_to_minutes")
        for name in ("key", "row"):
            if self.choices.is_taken(f"step.{name}", cleaned.get(name, "")):
                self.add_error(name, _("%(value)s is in use elsewhere.") % {"value": cleaned[name]})
        return cleaned

    def _check_range(self, low: str, high: str) -> None:
        lowest, highest = self.cleaned_data.get(low), self.cleaned_data.get(high)
        if highest is not None and lowest is not None and lowest > highest:
            self.add_error(low, _("The low end is above the high end."))

    def content(self) -> structure.CareStep:
        """Return the care step."""
        names = set(structure.CareStep.__struct_fields__) & set(self.cleaned_data)
        values = {name: self.cleaned_data[name] for name in names}
        values["phases"] = tuple(phase for phase, name in _PHASE_FIELDS.items() if self.cleaned_data[name])
        values["evidence"] = values["evidence"] or None
        return structure.CareStep(**values)


class StepRows(Rows):
    """The steps of a protocol."""

    form = StepForm
    addable: ClassVar[Mapping[str, Text]] = {"step": _("Add a care step")}

    def clean(self) -> None:
        """Refuse a row number that stands twice too."""
        super().clean()
        self.refuse_twice("row")


class ProtocolForm(ContentForm):
    """The care protocol."""

    main_form = ProtocolMainForm
    rows_form = StepRows
    rows_name = "steps"
    rows_heading = _("Care steps")
    type_ = structure.Protocol

    def row_initial(self, row: structure.CareStep) -> dict[str, Any]:
        """Return what the form of a step begins with: a tick for each phase."""
        ticks = {name: phase in row.phases for phase, name in _PHASE_FIELDS.items()}
        return {**msgspec.structs.asdict(row), **ticks}

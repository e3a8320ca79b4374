"""The controls of the tracker's forms. Each names the template that the crispy pack prints for its whole field."""

from typing import Any, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Choices = tuple[tuple[str, Promise], ...]

NUMBERS: Final = tuple((str(number), str(number)) for number in range(11))
ANSWERS: Final[Choices] = (("yes", _("Yes")), ("not_sure", _("Not sure")), ("no", _("No")))
CHANGES: Final[Choices] = (
    ("1", _("Very much improved")),
    ("2", _("Much improved")),
    ("3", _("Minimally improved")),
    ("4", _("No change")),
    ("5", _("Minimally worse")),
    ("6", _("Much worse")),
    ("7", _("Very much worse")),
)
# Left and right are the patient's own. Keys are stored; the order is the order of the checkboxes.
_BANDS: Final[tuple[tuple[Promise, Choices], ...]] = (
    (
        _("Upper"),
        (
            ("shoulder_left", _("Left shoulder blade")),
            ("neck", _("Neck")),
            ("shoulder_right", _("Right shoulder blade")),
        ),
    ),
    (
        _("Middle"),
        (
            ("low_back_left", _("Left lower back")),
            ("low_back_centre", _("Centre of the lower back")),
            ("low_back_right", _("Right lower back")),
        ),
    ),
    (
        _("Lower"),
        (
            ("buttock_left", _("Left buttock")),
            ("buttock_right", _("Right buttock")),
            ("thigh_left", _("Left thigh")),
            ("thigh_right", _("Right thigh")),
            ("calf_left", _("Left calf")),
            ("calf_right", _("Right calf")),
        ),
    ),
)
BACK_REGIONS: Final[Choices] = tuple(region for _band, regions in _BANDS for region in regions)
_BAND_OF: Final = {code: band for band, regions in _BANDS for code, _label in regions}


class _Keys(forms.RadioSelect):
    """Radios that bring their own choices, print no empty one and have nothing chosen before the patient chooses."""

    field_template = ""
    own_choices: tuple[tuple[str, Any], ...] = ()

    def __init__(self, attrs: dict[str, Any] | None = None, choices: Any = ()) -> None:
        super().__init__(attrs, choices or self.own_choices)

    def optgroups(self, name: str, value: list[Any], attrs: dict[str, Any] | None = None) -> list[Any]:
        """Return the choices without the empty one, which a model's choices may hold."""
        groups = super().optgroups(name, value, attrs)
        return [(group, [option for option in options if option["value"] != ""], i) for group, options, i in groups]


class PainKeys(_Keys):
    """Pain, 0 (none) to 10 (worst you can imagine), as keys. The field may be an IntegerField."""

    field_template = "tracker/widgets/pain_keys.html"
    own_choices = NUMBERS


class FunctionKeys(_Keys):
    """How well an activity goes, 0 (cannot do it) to 10 (as before the pain): higher is better."""

    field_template = "tracker/widgets/function_keys.html"
    own_choices = NUMBERS


class ChangeList(_Keys):
    """Overall change, 1 (very much improved) to 7 (very much worse), as a list of words."""

    field_template = "tracker/widgets/change_list.html"
    own_choices = CHANGES


class AnswerRow(_Keys):
    """One sign with Yes, Not sure and No; the field's label is the sign."""

    field_template = "tracker/widgets/answer_row.html"
    own_choices = ANSWERS


class Chips(_Keys):
    """One choice of a few, as chips."""

    field_template = "tracker/widgets/chips.html"


class ManyChips(forms.CheckboxSelectMultiple):
    """Any number of a few choices, as chips."""

    field_template = "tracker/widgets/chips.html"


class BackMap(forms.CheckboxSelectMultiple):
    """Where it hurts: checkboxes for twelve regions, beside a picture whose regions tick them."""

    field_template = "tracker/widgets/back_map.html"

    def __init__(self, attrs: dict[str, Any] | None = None, choices: Any = ()) -> None:
        super().__init__(attrs, choices or BACK_REGIONS)

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Return the checkbox of one region with the band of the back that it belongs to."""
        option = super().create_option(name, value, *args, **kwargs)
        return {**option, "band": _BAND_OF[str(value)]}

"""Forms of the set-up: age, consent, and what changes the plan. Nothing is preset."""

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tracker import patients
from tracker.consent_words import AGREE, CONSENT_VERSION
from tracker.form_base import TrackerForm
from tracker.local_time import ZONES
from tracker.models import AgeBand, Patient
from tracker.widgets import AnswerRow, ChangeList

YES_OR_NO: Final = (("yes", _("Yes")), ("no", _("No")))
__all__ = ["AboutYouForm", "AgeForm", "ConsentForm", "SettingsForm", "zone_choices"]

ITEMS: Final = ("is_pregnant", "has_reduced_feeling", "avoids_exercise", "avoids_anti_inflammatories", "has_weak_bones")
_CONTINENTS: Final = (
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
)
_OTHERS: Final = _("Others")
_AGES: Final = ((patients.UNDER_16, _("Under 16")), *AgeBand.choices)
_CHOOSE_AGE: Final = _("Choose your age.")


class Rows(ChangeList):
    """One choice of a few in words, as large rows."""

    own_choices = ()


class YesOrNo(forms.TypedChoiceField):
    """A question answered yes or no; gives a bool."""

    def __init__(self, *, label: Any, help_text: Any) -> None:
        wrong = _("Choose yes or no.")
        super().__init__(
            label=label,
            help_text=help_text,
            choices=YES_OR_NO,
            coerce=lambda value: value == "yes",
            widget=AnswerRow,
            error_messages={"required": wrong, "invalid_choice": wrong},
        )


class ZoneSelect(forms.Select):
    """Time zones by continent. A script chooses the device's own where none is chosen."""

    def __init__(self) -> None:
        super().__init__({"class": "in", "data-time-zone": ""})


def zone_choices() -> list[tuple[Any, Any]]:
    """Return all time zones for a select, places by continent; first the empty choice."""
    groups: dict[Any, list[tuple[str, str]]] = {name: [] for name in (*_CONTINENTS, _OTHERS)}
    for zone in sorted(ZONES):
        continent, _slash, place = zone.partition("/")
        is_place = place and continent in groups
        label = (place if is_place else zone).replace("_", " ").replace("/", ", ")
        groups[continent if is_place else _OTHERS].append((zone, label))
    return [("", _("Choose a place with your time")), *groups.items()]


class AgeForm(TrackerForm):
    """The age, asked alone and before anything else."""

    age_band = forms.ChoiceField(
        label=_("How old are you?"),
        choices=_AGES,
        widget=Rows,
        error_messages={"required": _CHOOSE_AGE, "invalid_choice": _CHOOSE_AGE},
    )

    def clean_age_band(self) -> str:
        """Refuse what would delete an account that edits the site: one tap must not take the administrator away."""
        band = str(self.cleaned_data["age_band"])
        if self.user.is_staff and not patients.is_old_enough(band):
            raise ValidationError(_("This account edits the site. It cannot be closed here."), code="staff")
        return band


class ConsentForm(TrackerForm):
    """A 'yes' of its own, to the words as they stand now."""

    agree = forms.BooleanField(
        label=AGREE,
        error_messages={"required": _("Tick the box if you agree. Without it, the tracker keeps nothing.")},
    )
    version = forms.CharField(required=False, widget=forms.HiddenInput, initial=CONSENT_VERSION)

    def clean_version(self) -> str:
        """Refuse a 'yes' to words that have changed since the page was loaded."""
        version = str(self.cleaned_data["version"])
        if version != CONSENT_VERSION:
            raise ValidationError(_("The words have changed. Load the page again and read them."), code="changed")
        return version


class AboutYouForm(TrackerForm):
    """What changes the care plan for this person, and the clock they live by."""

    is_pregnant = YesOrNo(
        label=_("Are you pregnant?"),
        help_text=_("Some steps and exercises change. For medicines, your maternity team comes first."),
    )
    has_reduced_feeling = YesOrNo(
        label=_("Do you have reduced feeling in your skin, or poor circulation?"),
        help_text=_("For example from diabetes, or Raynaud's. We then hide ice and heat: ask a clinician first."),
    )
    avoids_exercise = YesOrNo(
        label=_("Has a clinician told you to avoid exercise?"),
        help_text=_("Exercises then say: ask first."),
    )
    avoids_anti_inflammatories = YesOrNo(
        label=_("Has a clinician told you to avoid anti-inflammatory medicines?"),
        help_text=_("Such as ibuprofen or naproxen. The talk about medicines then says so."),
    )
    has_weak_bones = YesOrNo(
        label=_("Do you have weak bones (osteoporosis), or have you used steroid tablets for a long time?"),
        help_text=_("Some exercises then wait for advice, and we ask about small falls first."),
    )
    time_zone = forms.ChoiceField(
        label=_("Which place has your time?"),
        help_text=_("Your device fills this in if it can. Check that it is right: your days follow this clock."),
        choices=zone_choices,
        widget=ZoneSelect,
        error_messages={
            "required": _("Choose a place with your time."),
            "invalid_choice": _("Choose a place from the list."),
        },
    )


class SettingsForm(AboutYouForm):
    """The same answers later, and the age, which grows."""

    field_order = ("age_band", *ITEMS, "time_zone")

    def __init__(self, *args: Any, patient: Patient, **kwargs: Any) -> None:
        answers = {name: _as_choice(getattr(patient, name)) for name in ITEMS}
        initial = {**answers, "age_band": patient.age_band, "time_zone": patient.time_zone}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["age_band"] = forms.ChoiceField(
            label=_("How old are you?"),
            choices=[(band, label) for band, label in AgeBand.choices if patients.is_old_enough(band)],
            widget=Rows,
            error_messages={"required": _CHOOSE_AGE, "invalid_choice": _CHOOSE_AGE},
        )
        self.fields["time_zone"].help_text = _("Your days follow this clock. Change it when you go to live elsewhere.")
        self.order_fields(self.field_order)


def _as_choice(answer: bool | None) -> str:
    return {True: "yes", False: "no", None: ""}[answer]

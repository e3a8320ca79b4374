"""The exercise plan of the patient's choice, and the weekly check-in."""

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from education.structure import Exercise
from tracker.form_base import OwnWordsField, TrackerForm
from tracker.forms.episodes import NOTE_AT_MOST
from tracker.models import Patient, PreventionPlan, Trigger, WeeklyCheckIn
from tracker.prevention import Refusal, levels
from tracker.prevention_reading import Offered
from tracker.training import plan_errors
from tracker.widgets import Chips, ManyChips

WALK_AT_MOST_MINUTES: Final = 180
DAY_MINUTES: Final = 1440
NONE_OF_THESE: Final = "none_of_these"

LEVEL_NAMES: Final[dict[int, Promise]] = {
    1: _("Gentle start"),
    2: _("Build up"),
    3: _("Keep it up"),
}
LEVEL_HINTS: Final[dict[int, Promise]] = {
    1: _("Stretches and the pelvic tilt."),
    2: _("One exercise for the back and one for the tummy, and stretches if you like."),
    3: _("More exercises for the back and for the tummy."),
}
PURPOSES: Final[dict[str, Promise]] = {
    "stretch": _("Stretches"),
    "strength_back": _("For the back"),
    "strength_abdomen": _("For the tummy"),
}
REFUSALS: Final[dict[Refusal, Promise]] = {
    "nothing_chosen": _("Choose at least one exercise."),
    "back_without_abdomen": _("Add one for the tummy: back and tummy are trained together."),
    "abdomen_without_back": _("Add one for the back: back and tummy are trained together."),
    "not_for_you": _("One of these is not for you as you answered at set-up. Choose another one."),
    "level_not_asked_for": _("Choose a level of the list."),
}
TOO_MUCH: Final[dict[int, Promise]] = {
    1: _("“Gentle start” has stretches and the pelvic tilt only. Leave the others for later, or choose another level."),
    2: _("“Build up” has one for the back and one for the tummy, the pelvic tilt aside. Leave the others for later."),
}


def refusal_words(code: Refusal, level: int) -> str:
    """Say why a plan is refused, and what to do about it."""
    return str(TOO_MUCH[level] if code == "too_much_for_level" else REFUSALS[code])


class ExercisePicks(forms.CheckboxSelectMultiple):
    """Checkboxes with the drawing of each exercise; ``offered`` is set on the widget."""

    field_template = "tracker/prevention/_picks.html"

    def __init__(self, attrs: dict[str, Any] | None = None, choices: Any = ()) -> None:
        super().__init__(attrs, choices)
        self.offered = Offered(shown=(), hidden=(), for_all=())

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Return one checkbox with its exercise, its group and what is to be known of it."""
        exercise, shown = next(pair for pair in self.offered.shown if pair[0].key == str(value))
        notes = [note for note in shown.notes if note not in self.offered.for_all]
        option = super().create_option(name, value, *args, **kwargs)
        return {**option, "exercise": exercise, "group": PURPOSES[exercise.purpose], "notes": notes}


class PlanForm(TrackerForm):
    """Level, exercises of the live edition that are not hidden for this patient, and the minutes of one walk."""

    level = forms.TypedChoiceField(label=_("Which level?"), coerce=int, widget=Chips)
    exercises = forms.MultipleChoiceField(label=_("Which exercises?"), required=False, widget=ExercisePicks)
    walking_minutes = forms.IntegerField(
        label=_("How many minutes is a walk for you now?"),
        min_value=1,
        max_value=WALK_AT_MOST_MINUTES,
        help_text=_("Start at what is easy. Build up to 30 minutes over weeks to months."),
    )

    def __init__(
        self,
        *args: Any,
        patient: Patient,
        plan: PreventionPlan | None,
        offered: Offered,
        **kwargs: Any,
    ) -> None:
        if plan is not None:
            kwargs.setdefault("initial", _initial(plan))
        super().__init__(*args, user=patient.user, **kwargs)
        groups = list(PURPOSES)
        exercises = sorted((one for one, _shown in offered.shown), key=lambda one: groups.index(one.purpose))
        self.by_key = {exercise.key: exercise for exercise in exercises}
        picks: Any = self.fields["exercises"]
        picks.widget.offered = offered
        picks.choices = [(exercise.key, exercise.name) for exercise in exercises]
        level: Any = self.fields["level"]
        level.choices = [(one, LEVEL_NAMES[one]) for one in levels(plan)]
        level.help_text = " ".join(f"{LEVEL_NAMES[one]}: {LEVEL_HINTS[one]}" for one in levels(plan))

    def clean(self) -> dict[str, Any]:
        """Refuse what is no plan of the chosen level; all that was chosen stays on the page."""
        said = super().clean() or self.cleaned_data
        if said.get("level") and "exercises" not in self.errors:
            for code in plan_errors(self.chosen, level=said["level"]):
                self.add_error("exercises", ValidationError(refusal_words(code, said["level"]), code=code))
        return said

    @property
    def chosen(self) -> list[Exercise]:
        """The exercises that were ticked."""
        return [self.by_key[key] for key in self.cleaned_data.get("exercises", [])]


def _initial(plan: PreventionPlan) -> dict[str, Any]:
    return {"level": plan.level, "exercises": plan.exercises, "walking_minutes": plan.walking_minutes}


class WeekForm(TrackerForm):
    """Once a week. No answer is a wrong one; what yesterday held is asked so that calm days are counted too."""

    kept = forms.ChoiceField(label=_("Did you keep it up?"), choices=WeeklyCheckIn.Kept.choices, widget=Chips)
    walking_minutes = forms.IntegerField(
        label=_("How many minutes did you walk on a usual day?"), min_value=0, max_value=DAY_MINUTES, required=False
    )
    yesterday = forms.MultipleChoiceField(
        label=_("What did yesterday hold?"),
        choices=[
            *(
                (code, label)
                for code, label in Trigger.choices
                if code not in {Trigger.WOKE_WITH_IT, Trigger.NOTHING_SPECIAL}
            ),
            (NONE_OF_THESE, _("None of these")),
        ],
        widget=ManyChips,
        help_text=_("This is what your flares are compared with."),
        error_messages={"required": _("Tick what yesterday held, or “None of these”.")},
    )
    note = OwnWordsField(
        label=_("Anything else?"), max_length=NOTE_AT_MOST, required=False, widget=forms.Textarea({"rows": 3})
    )

    def clean_yesterday(self) -> list[str]:
        """Return codes of Trigger, none for 'None of these'; both together cannot be."""
        codes: list[str] = self.cleaned_data["yesterday"]
        if NONE_OF_THESE not in codes:
            return codes
        if len(codes) > 1:
            raise ValidationError(_("You ticked “None of these” and something else. Keep one of the two."), code="both")
        return []

"""The forms of reminders: what, how often, where it goes. What the care plan does not allow is said, not dropped."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from education.edition import LiveEdition
from education.structure import CareStep
from tracker import patients, plan
from tracker.circumstances import applies
from tracker.form_base import EARLIEST, OwnWordsField, TrackerForm, whole_number
from tracker.forms.reminder_rules import Asked, refusals
from tracker.local_time import local_day
from tracker.models import Episode, Medicine, Patient, Recurrence, Reminder, ReminderKind
from tracker.reminders import wishes
from tracker.reminders.ways import Ways
from tracker.reminders.wishes import Wish
from tracker.widgets import Chips, ManyChips

TIMES_AT_MOST: Final = 8
LABEL_AT_MOST: Final = 100
CHECK_IN, OWN = "check_in", "own"
STEP, MEDICINE = "step:", "medicine:"
WEEKDAYS_CHOICE: Final = "weekdays"
ON_TIMES: Final = tuple(f"time_{number}" for number in range(1, TIMES_AT_MOST + 1))
HOW_OFTEN: Final = (
    (Recurrence.EVERY.value, _("Every few hours")),
    (Recurrence.AT_TIMES.value, _("Every day")),
    (WEEKDAYS_CHOICE, _("On some days of the week")),
    (Recurrence.ONCE.value, _("Once")),
)
WEEKDAYS: Final = (
    ("0", _("Monday")),
    ("1", _("Tuesday")),
    ("2", _("Wednesday")),
    ("3", _("Thursday")),
    ("4", _("Friday")),
    ("5", _("Saturday")),
    ("6", _("Sunday")),
)
PHASE_NAMES: Final[dict[str, Promise]] = {
    "first_72h": _("First 72 hours"),
    "after_72h": _("After 72 hours"),
    "recovered": _("When your back is calm"),
}


def offered_steps(patient: Patient, live: LiveEdition) -> tuple[CareStep, ...]:
    """Return the steps of the live care plan that this patient may be reminded of: none that is hidden to them."""
    said = patients.circumstances(patient)
    return tuple(step for step in live.protocol.steps if step.kind != "gate" and not applies(step, said).is_hidden)


class _DateField(forms.DateField):
    """A day, typed or picked."""

    widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")

    def clean(self, value: Any) -> date | None:
        """Refuse what no calendar of a reminder reaches."""
        day: date | None = super().clean(value)
        if day is not None and not EARLIEST <= day < date(2200, 1, 1):
            raise ValidationError(_("Enter a day of these years."), code="far_away")
        return day


class ReminderForm(TrackerForm):
    """One reminder, new or changed. ``wish`` is what was asked for; times are on the clock of ``zone``."""

    what = forms.ChoiceField(label=_("What is it about?"))
    label = OwnWordsField(
        label=_("Your own words"),
        help_text=_("Needed for something of your own. Only you see them: no email and no lock screen shows them."),
        max_length=LABEL_AT_MOST,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    how_often = forms.ChoiceField(
        label=_("How often?"),
        choices=HOW_OFTEN,
        widget=Chips,
        error_messages={"required": _("Choose how often.")},
    )
    every_hours = whole_number(0, 24, _("Enter whole hours from 0 to 24."), label=_("Hours"))
    every_minutes = whole_number(0, 59, _("Enter whole minutes from 0 to 59."), label=_("Minutes"))
    weekdays = forms.MultipleChoiceField(label=_("On which days?"), choices=WEEKDAYS, required=False, widget=ManyChips)
    wants_these_days = forms.BooleanField(label=_("I want these days"), required=False)
    on = _DateField(label=_("On which day?"), required=False)
    from_on = _DateField(label=_("From"), required=False)
    until_on = _DateField(label=_("Until"), required=False)
    only_episode = forms.BooleanField(
        label=_("Only while this episode lasts"),
        help_text=_("It stops by itself when you close the episode."),
        required=False,
    )
    channels = forms.MultipleChoiceField(
        label=_("Where does it go?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one way.")},
    )
    is_in_calendar = forms.BooleanField(label=_("Show it in my calendar"), required=False, initial=True)
    is_held_till_morning = forms.BooleanField(
        label=_("In quiet hours, wait until they are over"),
        help_text=_("For your own words only. Any other reminder that falls into quiet hours is left out."),
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        patient: Patient,
        live: LiveEdition,
        episode: Episode | None,
        ways: Ways,
        now: datetime,
        reminder: Reminder | None = None,
        **kwargs: Any,
    ) -> None:
        first = {"channels": list(ways.preselected), "how_often": Recurrence.EVERY.value, "what": OWN}
        kwargs["initial"] = {**first, **kwargs.get("initial", {})}
        super().__init__(*args, user=patient.user, **kwargs)
        self.patient, self.now, self.reminder = patient, now, reminder
        self.zone = patient.zone if reminder is None else reminder.zone
        self.episode = episode if reminder is None or reminder.episode is None else reminder.episode
        self.steps = {step.key: step for step in offered_steps(patient, live)}
        kept = reminder.medicine_id if reminder is not None else None
        own = Medicine.objects.of(patient.user)
        self.medicines = {str(row.pk): row for row in own if row.put_away_at is None or row.pk == kept}
        _field(self, "what").choices = list(_what(self.steps.values(), self.medicines))
        _field(self, "channels").choices = [(way.channel, way.label) for way in ways.offered]
        for number, name in enumerate(ON_TIMES, start=1):
            self.fields[name] = _time_field(number)
        if self.episode is None:
            del self.fields["only_episode"]

    @property
    def times(self) -> list[forms.BoundField]:
        """The first four times of day."""
        return [self[name] for name in ON_TIMES[:4]]

    @property
    def more_times(self) -> list[forms.BoundField]:
        """The other times of day."""
        return [self[name] for name in ON_TIMES[4:]]

    @property
    def has_more_times(self) -> bool:
        """Whether one of the other times is filled in or wrong."""
        return any(field.value() or field.errors for field in self.more_times)

    @property
    def has_time_errors(self) -> bool:
        """Whether one of the times is wrong."""
        return any(self[name].errors for name in ON_TIMES)

    @property
    def has_days(self) -> bool:
        """Whether a first or last day is filled in or wrong."""
        return any(self[name].value() or self[name].errors for name in ("from_on", "until_on"))

    @property
    def asks_days(self) -> bool:
        """Whether 'I want these days' is to be asked."""
        return self.is_bound and (bool(self["wants_these_days"].value()) or self.has_error("weekdays", "in_a_row"))

    def clean(self) -> dict[str, Any]:
        """Ask for what the choice needs, and refuse what the care plan does not allow."""
        said = super().clean() or self.cleaned_data
        for name, words, code in refusals(self.asked(said)):
            if name not in self.fields:
                self.add_error(None, ValidationError(words, code=code))
            elif not self.has_error(name):
                self.add_error(name, ValidationError(words, code=code))
        return said

    def asked(self, said: Mapping[str, Any]) -> Asked:
        """Return what was filled in, as far as it could be read."""
        return Asked(
            what=said.get("what") or "",
            step=self._step(said),
            label=said.get("label") or "",
            how_often=said.get("how_often") or "",
            every_minutes=(said.get("every_hours") or 0) * 60 + (said.get("every_minutes") or 0),
            times=tuple(said[name] for name in ON_TIMES if said.get(name) is not None),
            weekdays=frozenset(int(day) for day in said.get("weekdays") or ()),
            wants_these_days=bool(said.get("wants_these_days")),
            on=said.get("on"),
            from_on=said.get("from_on"),
            until_on=said.get("until_on"),
            today=local_day(self.now, self.zone),
            ends_at=self._until_at(said),
            now=self.now,
        )

    @property
    def wish(self) -> Wish:
        """What the patient asked for."""
        said, asked = self.cleaned_data, self.asked(self.cleaned_data)
        is_once = asked.how_often == Recurrence.ONCE
        has_weekdays = asked.how_often == WEEKDAYS_CHOICE
        return Wish(
            kind=self._kind(asked),
            label=asked.label,
            step_key=asked.step.key if asked.step else "",
            also_step_keys=self._folded(asked.step),
            medicine=self.medicines.get(asked.what.removeprefix(MEDICINE)),
            episode=self.episode if said.get("only_episode") else None,
            recurrence=Recurrence.AT_TIMES if has_weekdays else asked.how_often,
            every_minutes=asked.every_minutes,
            times=asked.times[:1] if is_once else asked.times,
            weekdays=asked.weekdays if has_weekdays else frozenset(),
            on=asked.on,
            from_on=asked.from_on,
            until_on=asked.until_on,
            until_at=asked.ends_at,
            is_held_till_morning=said["is_held_till_morning"] and asked.what == OWN,
            channels=tuple(said["channels"]),
            is_in_calendar=said["is_in_calendar"],
        )

    def _kind(self, asked: Asked) -> str:
        if asked.step is not None:
            return wishes.KIND_OF_STEP[asked.step.kind]
        if asked.what.startswith(MEDICINE):
            return ReminderKind.MEDICINE
        return ReminderKind.CHECK_IN if asked.what == CHECK_IN else ReminderKind.OWN

    def _step(self, said: Mapping[str, Any]) -> CareStep | None:
        what = str(said.get("what") or "")
        return self.steps.get(what.removeprefix(STEP)) if what.startswith(STEP) else None

    def _folded(self, step: CareStep | None) -> tuple[str, ...]:
        """Return the steps folded into the same message by the suggested plan, as long as the step stays the same."""
        if self.reminder is None or step is None or step.key != self.reminder.step_key:
            return ()
        return tuple(self.reminder.also_step_keys)

    def _until_at(self, said: Mapping[str, Any]) -> datetime | None:
        """Return hour 72, where the step is for the first 72 hours of the episode it is tied to."""
        step = self._step(said)
        if step is None or step.phases != ("first_72h",) or self.episode is None or not said.get("only_episode"):
            return None
        began_at: datetime = self.episode.began_at
        return began_at + plan.FIRST_PHASE


def _what(steps: Iterable[CareStep], medicines: Mapping[str, Medicine]) -> Iterable[tuple[Any, Any]]:
    """Yield the choices: the patient's own words, check-ins, the steps by phase, the labels of medicines."""
    yield OWN, _("Something of your own")
    yield CHECK_IN, _("A check-in")
    listed = tuple(steps)
    for phase, name in PHASE_NAMES.items():
        of_phase = [(f"{STEP}{step.key}", step.title) for step in listed if step.phases[0] == phase]
        if of_phase:
            yield name, of_phase
    if medicines:
        yield (
            _("Time to check a label"),
            [(f"{MEDICINE}{key}", row.name) for key, row in medicines.items()],
        )


def _time_field(number: int) -> forms.TimeField:
    return forms.TimeField(
        label=format_lazy(_("Time {number}"), number=number),
        required=False,
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
        error_messages={"invalid": _("Enter a time such as 08:30.")},
    )


def _field(form: forms.Form, name: str) -> Any:
    return form.fields[name]

"""The forms of an episode: where it is, what else there is to say, and how it ended. Nothing has to be filled in."""

from datetime import datetime, timedelta
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tracker.episodes import Description, OwnActivity, names, version
from tracker.form_base import MomentField, OwnWordsField, TrackerForm
from tracker.models import Episode, Patient
from tracker.models.episode import OWN_ACTIVITIES, Trigger
from tracker.widgets import BACK_REGIONS, BackMap, Chips, FunctionKeys, ManyChips, PainKeys

WORDS_AT_MOST: Final = 300
NOTE_AT_MOST: Final = 2000
NAME_AT_MOST: Final = 100
DAYS_AT_MOST: Final = 366
HALF_AN_HOUR: Final = timedelta(minutes=30)
POSITIONS: Final = tuple(range(1, OWN_ACTIVITIES + 1))

JUST_NOW, LAST_HOUR, EARLIER_TODAY, ANOTHER_TIME = "just_now", "last_hour", "earlier_today", "another_time"
WHEN: Final = (
    (JUST_NOW, _("Just now")),
    (LAST_HOUR, _("In the last hour")),
    (EARLIER_TODAY, _("Earlier today")),
    (ANOTHER_TIME, _("Another time")),
)
# What a service refuses, in words.
IMPOSSIBLE: Final[dict[str, Promise]] = {
    "begins_in_future": _("This lies in the future. Choose a time that has passed."),
    "begins_after_end": _("This lies after the end of the episode. Choose an earlier time."),
    "begins_after_recovery": _(
        "This lies after the time when you said that you felt recovered. Choose an earlier time."
    ),
    "begins_before_last_ended": _("Your last episode was not over yet. Choose a later time."),
    "ends_in_future": _("This lies in the future. Choose a time that has passed."),
    "ends_before_begin": _("This lies before the episode began. Choose a later time."),
    "ends_after_next_began": _("Your next episode had begun by then. Choose an earlier time."),
    "too_early": _("This can be chosen later in the episode."),
    "too_late": _("This was too long ago to be undone here."),
    "not_newest": _("Only your newest episode can go on."),
}


class TapForm(TrackerForm):
    """One button: nothing but the id made with the page."""


class WhereForm(TrackerForm):
    """Places on the back."""

    places = forms.MultipleChoiceField(label=_("Where is it?"), choices=BACK_REGIONS, required=False, widget=BackMap)


class DetailsForm(TrackerForm):
    """All that can be added to an episode, now or later: function before pain.

    ``asks_pain``: no check-in was made yet, so the ratings and the pain right now are asked too. ``page_version`` is
    what the page knew of the episode.
    """

    when = forms.ChoiceField(
        label=_("When did it start?"),
        choices=WHEN,
        required=False,
        widget=Chips,
        help_text=_("“Just now” means when you pressed Start, “In the last hour” half an hour before that."),
    )
    triggers = forms.MultipleChoiceField(
        label=_("What set it off?"), choices=Trigger.choices, required=False, widget=ManyChips
    )
    trigger_words = OwnWordsField(
        label=_("What set it off, in your own words"), max_length=WORDS_AT_MOST, required=False
    )
    pain = forms.IntegerField(
        label=_("How bad is the pain right now?"), min_value=0, max_value=10, required=False, widget=PainKeys
    )
    note = OwnWordsField(
        label=_("Anything else?"), max_length=NOTE_AT_MOST, required=False, widget=forms.Textarea({"rows": 3})
    )
    page_version = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, patient: Patient, episode: Episode, asks_pain: bool, now: datetime, **kwargs: Any
    ) -> None:
        kwargs["initial"] = {**_initial(episode), **kwargs.get("initial", {})}
        super().__init__(*args, user=patient.user, **kwargs)
        self.episode = episode
        self.fields["began_at"] = MomentField(zone=patient.zone, now=now, required=False, label=_("It began"))
        for position in POSITIONS:
            self.fields[f"activity_{position}"] = OwnWordsField(
                label=_ACTIVITY[position], max_length=NAME_AT_MOST, required=False
            )
            if asks_pain:
                self.fields[f"ability_{position}"] = forms.IntegerField(
                    label=_("How well can you do it now?"),
                    min_value=0,
                    max_value=10,
                    required=False,
                    widget=FunctionKeys,
                )
        if not asks_pain:
            del self.fields["pain"]

    def clean(self) -> dict[str, Any]:
        """Tie the choice of a time to the day and time typed; a rating needs the name of what it rates."""
        said = super().clean() or self.cleaned_data
        # What stands in the field was typed before, where the beginning is not the moment of pressing Start.
        is_redated = self.episode.began_at != self.episode.created_at
        is_typed = said.get("began_at") is not None and ("began_at" in self.changed_data or is_redated)
        if said.get("when") in {EARLIER_TODAY, ANOTHER_TIME} and not is_typed and "began_at" not in self.errors:
            self.add_error("began_at", ValidationError(_("Enter the day and about what time."), code="incomplete"))
        for position in POSITIONS:
            if said.get(f"ability_{position}") is not None and not said.get(f"activity_{position}"):
                words = _("Name what is hard, so that the number has a meaning.")
                self.add_error(f"activity_{position}", ValidationError(words, code="unnamed"))
        return said

    @property
    def began_at(self) -> datetime | None:
        """The beginning that was chosen, or None where it stays as it is."""
        chosen = self.cleaned_data["when"]
        if chosen == JUST_NOW:
            return self.episode.created_at
        if chosen == LAST_HOUR:
            return self.episode.created_at - HALF_AN_HOUR
        typed: datetime | None = self.cleaned_data["began_at"]
        return typed if "began_at" in self.changed_data else None

    @property
    def description(self) -> Description:
        """What to keep."""
        said = self.cleaned_data
        return Description(
            began_at=self.began_at,
            triggers=said["triggers"],
            trigger_words=said["trigger_words"],
            note=said["note"],
            activities=[
                OwnActivity(name=said[f"activity_{position}"], score=said.get(f"ability_{position}"))
                for position in POSITIONS
            ],
            pain=said.get("pain"),
        )

    def own_activities(self) -> list[tuple[forms.BoundField, forms.BoundField | None]]:
        """The name of each activity and its rating, for the template."""
        return [
            (
                self[f"activity_{position}"],
                self[f"ability_{position}"] if f"ability_{position}" in self.fields else None,
            )
            for position in POSITIONS
        ]


_ACTIVITY: Final = {
    1: _("Something that is hard because of your back"),
    2: _("A second thing that is hard"),
    3: _("A third thing that is hard"),
}


def _initial(episode: Episode) -> dict[str, Any]:
    activities = {f"activity_{position}": name for position, name in names(episode).items()}
    return {
        "triggers": episode.triggers,
        "trigger_words": episode.trigger_words,
        "note": episode.note,
        "began_at": episode.began_at,
        "page_version": version(episode),
        **activities,
    }


class CloseForm(TrackerForm):
    """When it was over, and the days it cost."""

    days_lost = forms.IntegerField(
        label=_("On how many days could you not do your usual work or tasks?"),
        min_value=0,
        max_value=DAYS_AT_MOST,
        required=False,
    )

    def __init__(self, *args: Any, patient: Patient, episode: Episode, now: datetime, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"ended_at": episode.ended_at or now, "days_lost": episode.days_lost})
        super().__init__(*args, user=patient.user, **kwargs)
        self.now = now
        self.episode = episode
        self.fields["ended_at"] = MomentField(zone=patient.zone, now=now, required=False, label=_("It was over"))
        self.order_fields(["ended_at", "days_lost"])

    @property
    def ended_at(self) -> datetime:
        """The end that was typed; what was left as it stood, or empty, is now or stays.

        A form knows minutes: the minute in which the episode began counts as after its beginning.
        """
        typed: datetime | None = self.cleaned_data["ended_at"]
        if typed is None or "ended_at" not in self.changed_data:
            return self.episode.ended_at or self.now
        began_at = self.episode.began_at
        return began_at if typed == began_at.replace(second=0, microsecond=0) else typed

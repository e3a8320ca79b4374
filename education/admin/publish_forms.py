"""What editors type between 'saved' and 'readers see it'. Knows no row and no clock: ``now`` comes in."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Final

from django import forms
from django.forms.fields import BaseTemporalField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from education.admin import moments
from education.models.editing import COMMENT_CHARACTERS_AT_MOST

SENTENCE_CHARACTERS_AT_MOST: Final = 300
NAME_CHARACTERS_AT_MOST: Final = 120
YEARS_AHEAD_AT_MOST: Final = 10

NOW, LATER = "now", "later"


class SentenceField(forms.CharField):
    """One sentence, on one line however it was typed."""

    widget = forms.Textarea(attrs={"rows": 2, "cols": 60})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=SENTENCE_CHARACTERS_AT_MOST, **kwargs)

    def to_python(self, value: Any) -> str:
        """Return the words with single spaces between them."""
        return " ".join(str(super().to_python(value)).split())


class WallClockField(BaseTemporalField):
    """A day and a time to the minute as clocks show them somewhere: a naive datetime."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    input_formats = ("%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M")
    default_error_messages: ClassVar[Any] = {
        "invalid": gettext_lazy("Give a day and a time, as in 2026-11-27 09:00."),
        "required": gettext_lazy("Give a day and a time."),
    }

    def to_python(self, value: Any) -> datetime | None:
        """Return what was typed, or None for nothing."""
        return super().to_python(value) if value else None

    def strptime(self, value: str, format: str) -> datetime:  # noqa: A002  # the name that Django gives it
        """Read one format."""
        return datetime.strptime(value, format)  # noqa: DTZ007  # the zone is another field


class HandInForm(forms.Form):
    """The words looked at, and what changed in them."""

    content_hash = forms.CharField(widget=forms.HiddenInput)
    changes = SentenceField(
        label=gettext_lazy("What changed, as readers will see it"),
        help_text=gettext_lazy(
            "One sentence of 300 characters at most. It stands in the history of the page and in the feed."
        ),
    )


class ApproveForm(forms.Form):
    """The words looked at."""

    content_hash = forms.CharField(widget=forms.HiddenInput)


class SendBackForm(forms.Form):
    """The words looked at, and what is wrong with them."""

    content_hash = forms.CharField(widget=forms.HiddenInput)
    remark = forms.CharField(
        label=gettext_lazy("Why you send it back"),
        help_text=gettext_lazy("The author reads it beside the words."),
        max_length=COMMENT_CHARACTERS_AT_MOST,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
    )


class ReviewForm(forms.Form):
    """A review of a whole page, as readers will see it."""

    content_hash = forms.CharField(widget=forms.HiddenInput)
    name = forms.CharField(label=gettext_lazy("Your name, as readers will see it"), max_length=NAME_CHARACTERS_AT_MOST)
    role = forms.CharField(
        label=gettext_lazy("Your role"),
        help_text=gettext_lazy("As readers will see it: your profession, and where you practise it."),
        max_length=NAME_CHARACTERS_AT_MOST,
    )
    next_due_on = forms.DateField(
        label=gettext_lazy("Next review due on"),
        help_text=gettext_lazy("Within a year."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    has_read = forms.BooleanField(label=gettext_lazy("I have read the whole page"))


class MomentForm(forms.Form):
    """At once, or from a moment on."""

    when = forms.ChoiceField(
        label=gettext_lazy("When"),
        choices=[(NOW, gettext_lazy("At once")), (LATER, gettext_lazy("From a moment on"))],
        widget=forms.RadioSelect,
        initial=NOW,
    )
    live_from = WallClockField(label=gettext_lazy("From"), required=False)
    zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        help_text=gettext_lazy("The zone in which you give times. Not chosen, it is UTC."),
        required=False,
        choices=lambda: [
            ("", gettext_lazy("UTC, where nothing is chosen")),
            *((name, name) for name in moments.zones()),
        ],
    )

    # The fields that hold a time on the wall clock of the zone, and what the moment means.
    tells: ClassVar[Mapping[str, Any]] = {"live_from": gettext_lazy("Readers see it from %(moment)s on.")}

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now

    def clean(self) -> dict[str, Any]:
        """Turn what clocks show into moments (aware UTC)."""
        cleaned = super().clean() or {}
        if cleaned.get("when") == LATER and not cleaned.get("live_from") and "live_from" not in self.errors:
            self.add_error("live_from", _("Give a day and a time."))
        if cleaned.get("when") == NOW and cleaned.get("live_from"):
            self.add_error("when", _("You gave a moment: choose “From a moment on”, or empty the field."))
        for name in self.tells:
            if cleaned.get(name):
                cleaned[name] = self._moment(name, cleaned[name])
        return cleaned

    @property
    def zone_name(self) -> str:
        """The zone in which times are given."""
        return self.cleaned_data.get("zone") or "UTC"

    def told(self) -> list[str]:
        """Return a sentence for each moment that was given without a mistake."""
        given = [(name, self.cleaned_data.get(name)) for name in self.tells] if self.is_bound else []
        return [
            str(self.tells[name]) % {"moment": moments.said(moment, self.zone_name)} for name, moment in given if moment
        ]

    def _moment(self, name: str, wall: datetime) -> datetime | None:
        if wall.year not in range(self.now.year, self.now.year + YEARS_AHEAD_AT_MOST + 1):
            self.add_error(name, _("Choose a moment within the next ten years."))
            return None
        try:
            moment = moments.moment_of(wall, self.zone_name)
        except moments.NoSuchMoment as error:
            self.add_error(name, str(error))
            return None
        if moment <= self.now:
            self.add_error(
                name, _("This moment has passed: it was %(moment)s.") % {"moment": moments.said(moment, self.zone_name)}
            )
            return None
        return moment


class PublishForm(MomentForm):
    """What is said about a publish, and when it holds."""

    changes = SentenceField(
        label=gettext_lazy("What changed"),
        help_text=gettext_lazy("One sentence. Readers see it where nothing was said when the words were handed in."),
    )
    retire_on = WallClockField(
        label=gettext_lazy("Retire on"),
        help_text=gettext_lazy("Where this is to go again by itself. May be empty."),
        required=False,
    )
    alone_reason = forms.CharField(
        label=gettext_lazy("Why one person publishes this alone"),
        help_text=gettext_lazy(
            "Needed where safety content is ticked that nobody else has approved. It is kept, and readers see that one "
            "person published it."
        ),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "cols": 60}),
    )

    field_order = ("changes", "alone_reason", "when", "live_from", "retire_on", "zone")
    tells: ClassVar[Mapping[str, Any]] = {
        **MomentForm.tells,
        "retire_on": gettext_lazy("It is retired on %(moment)s."),
    }


class RetireForm(MomentForm):
    """Why something is taken from readers, from when on, and what they are sent to."""

    summary = SentenceField(
        label=gettext_lazy("Why it is taken from readers"), help_text=gettext_lazy("One sentence, for other editors.")
    )
    points_to = forms.ChoiceField(
        label=gettext_lazy("Page that stands in for it"),
        help_text=gettext_lazy("Readers who ask for the old address are told, and sent there."),
        required=False,
    )

    field_order = ("summary", "points_to", "when", "live_from", "zone")
    tells: ClassVar[Mapping[str, Any]] = {"live_from": gettext_lazy("Readers see it until %(moment)s.")}

    def __init__(self, *args: Any, pages: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        """``pages`` are keys and titles of those that may stand in; where there are none the field is left out."""
        super().__init__(*args, **kwargs)
        if pages:
            self.fields["points_to"].choices = [("", _("none")), *pages]  # type: ignore[attr-defined]
        else:
            del self.fields["points_to"]

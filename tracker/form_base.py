"""What every form of the tracker has: a form id, so that sending it twice changes nothing, and local times."""

import unicodedata
import uuid
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from backspasm.form_ids import FIELD_NAME, new_form_id, read_form_id
from backspasm.models import User
from tracker.local_time import SkippedTime, moment

# A phone's clock may run a little ahead of the server's.
AHEAD_AT_MOST: Final = timedelta(minutes=2)
EARLIEST: Final = date(1900, 1, 1)


def posted(request: HttpRequest) -> QueryDict | None:
    """Return what a form sent, be it nothing at all, or None where none was sent."""
    return request.POST if request.method == "POST" else None


def whole_number(least: int, most: int, words: Any, **kwargs: Any) -> forms.IntegerField:
    """Return a field that may stay empty and says in one sentence, ``words``, what it takes, whatever was sent."""
    errors = dict.fromkeys(("invalid", "min_value", "max_value"), words)
    return forms.IntegerField(min_value=least, max_value=most, required=False, error_messages=errors, **kwargs)


class TrackerForm(forms.Form):
    """Base of the tracker's forms: made for one user, with a hidden ``form_id``.

    ``receipt`` is the id to store with the row. A page opened before signing in again still carries its own.
    """

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields[FIELD_NAME] = forms.CharField(
            required=False, max_length=200, widget=forms.HiddenInput, initial=new_form_id(user)
        )

    @property
    def receipt(self) -> uuid.UUID:
        """The id made with the page, or a new one where the form came without one of this user's."""
        return read_form_id(str(self.cleaned_data.get(FIELD_NAME, "")), self.user) or uuid.uuid4()


class OwnWordsField(forms.CharField):
    """The patient's own words as typed, emoji and marks of direction included; control characters are left out."""

    def to_python(self, value: Any) -> str:
        """Return the text with plain line ends, and without NUL and its like."""
        text = str(value or "").replace("\r\n", "\n").replace("\r", "\n")
        kept = "".join(mark for mark in text if mark in "\n\t" or unicodedata.category(mark) not in {"Cc", "Cs"})
        if all(unicodedata.category(mark)[0] in "CZM" for mark in kept):
            kept = ""  # nothing of it can be seen
        return str(super().to_python(kept))


class MomentField(forms.MultiValueField):
    """A day and a time on the patient's clock; gives an aware UTC moment. Set ``zone`` and ``now`` on the field."""

    default_error_messages = {  # noqa: RUF012 - the shape Django expects
        "skipped": _("The clocks went forward then, so this time never was. Choose another one."),
        "future": _("This lies in the future. Choose a time that has passed."),
        "too_early": _("Enter a date after 1900."),
        "incomplete": _("Enter the day and the time."),
    }

    def __init__(self, *, zone: ZoneInfo, now: datetime, may_be_ahead: bool = False, **kwargs: Any) -> None:
        self.zone = zone
        self.now = now
        self.may_be_ahead = may_be_ahead
        fields = (forms.DateField(), forms.TimeField())
        kwargs.setdefault("require_all_fields", False)
        super().__init__(fields, widget=MomentWidget(zone), **kwargs)

    def compress(self, data_list: list[Any]) -> datetime | None:
        """Return the moment. Raises ValidationError with a code for one that cannot be."""
        if not data_list or all(value in self.empty_values for value in data_list):
            return None
        day, at = data_list
        if not isinstance(day, date) or not isinstance(at, time):
            raise ValidationError(self.error_messages["incomplete"], code="incomplete")
        if day < EARLIEST:
            raise ValidationError(self.error_messages["too_early"], code="too_early")
        try:
            found = moment(day, at, self.zone)
        except SkippedTime as error:
            raise ValidationError(self.error_messages["skipped"], code="skipped") from error
        except OverflowError as error:
            raise ValidationError(self.error_messages["future"], code="future") from error
        if not self.may_be_ahead and found > self.now + AHEAD_AT_MOST:
            raise ValidationError(self.error_messages["future"], code="future")
        return min(found, self.now) if not self.may_be_ahead else found


class MomentWidget(forms.MultiWidget):
    """A date and a time input, in the patient's zone."""

    template_name = "tracker/widgets/moment.html"

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone
        super().__init__(
            {
                "day": forms.DateInput({"type": "date", "aria-label": _("Day")}, format="%Y-%m-%d"),
                "time": forms.TimeInput({"type": "time", "aria-label": _("Time")}, format="%H:%M"),
            }
        )

    def decompress(self, value: Any) -> list[Any]:
        """Split a moment into the day and the time that clocks in the zone show."""
        if not isinstance(value, datetime):
            return [None, None]
        local = value.astimezone(self.zone)
        return [local.date(), local.time().replace(second=0, microsecond=0)]

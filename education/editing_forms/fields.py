"""Form fields that give the values structures hold: tidy words, clean rich text, lists of words and lines."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from education import richtext
from education.rich_text_widget import RichTextWidget

Text = str | Promise

# Pasted from documents now and then, seen by nobody, refused by XML. White space and NUL are dealt with elsewhere.
_CONTROLS: Final = dict.fromkeys([*range(1, 9), *range(14, 28), *range(127, 133), *range(134, 160)])
_NUL: Final = "\x00"
_SEPARATORS: Final = re.compile(r"[\s,;]+")


def tidied(text: str) -> str:
    """Return ``text`` as structures hold it: in one line, single spaces, no control character but NUL."""
    return " ".join(text.translate(_CONTROLS).split())


class PlainField(forms.CharField):
    """Words without mark-up, in one line. The longest length counts after spaces have been tidied."""

    def to_python(self, value: Any) -> str:
        """Return the words, tidied."""
        return tidied(super().to_python(value) or "")


class RichTextField(forms.CharField):
    """HTML, cleaned by the one allow-list; text that holds no word is empty."""

    widget = RichTextWidget
    default_error_messages: ClassVar[Any] = {
        "long": _("This text is too long: it has %(count)d characters with its mark-up, and the most is %(most)d."),
    }

    def to_python(self, value: Any) -> str:
        """Return the clean HTML. Raises ValidationError above ``richtext.MAX_CHARACTERS``, before or after cleaning."""
        text = super().to_python(value) or ""
        self._check_length(text)
        cleaned = richtext.clean(text)
        # Cleaning adds what was left out, and every reader of the text cleans it again.
        self._check_length(cleaned)
        return cleaned

    def _check_length(self, text: str) -> None:
        if len(text) > richtext.MAX_CHARACTERS:
            params = {"count": len(text), "most": richtext.MAX_CHARACTERS}
            raise ValidationError(self.error_messages["long"], code="long", params=params)


class ListField(forms.Field):
    """Base of fields that give a tuple of short strings. ``max_length`` counts the characters of the whole list."""

    separator: str
    default_error_messages: ClassVar[Any] = {
        "nul": _("Null characters are not allowed."),
        "long": _("This list is too long: it has %(count)d characters, and the most is %(most)d."),
    }

    def __init__(self, *, max_length: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.max_length = max_length

    def split(self, text: str) -> Iterable[str]:
        """Return the items that ``text`` names."""
        raise NotImplementedError

    def to_python(self, value: Any) -> tuple[str, ...]:
        """Return the items. Raises ValidationError for a list that cannot be stored."""
        text = str(value or "")
        if _NUL in text:
            raise ValidationError(self.error_messages["nul"], code="nul")
        items = tuple(item for item in map(tidied, self.split(text)) if item)
        count = len(self.separator.join(items))
        if self.max_length is not None and count > self.max_length:
            raise ValidationError(
                self.error_messages["long"], code="long", params={"count": count, "most": self.max_length}
            )
        return items

    def prepare_value(self, value: Any) -> Any:
        """Return what stands in the input."""
        return self.separator.join(value) if isinstance(value, tuple) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether the items differ."""
        try:
            return self.to_python(data) != tuple(initial or ())
        except ValidationError:
            return True


class LinesField(ListField):
    """Short strings, one a line."""

    separator = "\n"
    widget = forms.Textarea

    def split(self, text: str) -> Iterable[str]:
        """Return the lines."""
        return text.splitlines()


class WordsField(ListField):
    """Words with spaces (or commas) between, each once. Each must match ``pattern`` and be in ``known``."""

    separator = " "
    widget = forms.TextInput
    default_error_messages: ClassVar[Any] = {
        "shape": _("%(word)s is not written as such a code is, like %(example)s."),
        "unknown": _("%(word)s is not known."),
    }

    def __init__(
        self,
        *,
        pattern: str = "",
        example: str = "",
        known: Mapping[str, object] | None = None,
        list_name: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.pattern, self.example, self.known = re.compile(pattern), example, known
        self.list_name = list_name  # the datalist that the script of the input offers

    def split(self, text: str) -> Iterable[str]:
        """Return the words, each once."""
        return dict.fromkeys(_SEPARATORS.split(text))

    def validate(self, value: Any) -> None:
        """Raise ValidationError naming every word that is not known or has another shape."""
        super().validate(value)
        raise_all(self._mistakes(value))

    def _mistakes(self, words: Iterable[str]) -> Iterable[ValidationError]:
        for word in words:
            if self.pattern.pattern and not self.pattern.fullmatch(word):
                params = {"word": word, "example": self.example}
                yield ValidationError(self.error_messages["shape"], code="shape", params=params)
            elif self.known is not None and word not in self.known:
                yield ValidationError(self.error_messages["unknown"], code="unknown", params={"word": word})


def raise_all(errors: Iterable[ValidationError]) -> None:
    """Raise the errors as one, if there are any."""
    if found := list(errors):
        raise ValidationError(found)


class ClaimsField(WordsField):
    """Claim codes."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(pattern=r"S[1-9]\d{0,2}", example="S12", **kwargs)


class KeySelect(forms.Select):
    """A list of keys that shows a value it does not know, so that nobody saves another in its place unawares."""

    def optgroups(self, name: str, value: Sequence[str], attrs: Any = None) -> Any:
        """Return the options, the unknown value among them."""
        known = {str(key) for key, _label in self.choices}
        lost = [(key, _("%(key)s (not known)") % {"key": key}) for key in value if key not in known]
        stock, self.choices = self.choices, [*self.choices, *lost]
        try:
            return super().optgroups(name, list(value), attrs)
        finally:
            self.choices = stock


class KeyField(forms.ChoiceField):
    """One key out of those that exist."""

    default_error_messages: ClassVar[Any] = {"invalid_choice": _("%(value)s is not known.")}

    def __init__(self, *, known: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(choices=[("", "---------"), *known.items()], widget=KeySelect, **kwargs)

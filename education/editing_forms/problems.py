"""What is wrong in a form, as one list that a summary can link from."""

from collections.abc import Iterator
from dataclasses import dataclass

from django import forms


@dataclass(frozen=True)
class FieldError:
    """One message, the label of its field (with the row it stands in), and the id of the element to go to."""

    message: str
    label: str
    target: str


def of_form(form: forms.Form, *, target: str, row: str = "") -> Iterator[FieldError]:
    """Yield what is wrong in ``form``. What belongs to no field that can be seen goes to the element ``target``."""
    for name, messages in form.errors.items():
        field = form[name] if name in form.fields else None
        is_visible = field is not None and not field.is_hidden
        parts = [row, str(field.label) if field is not None and is_visible else ""]
        place = field.id_for_label if field is not None and is_visible else target
        for message in messages:
            yield FieldError(str(message), ": ".join(part for part in parts if part), place)


def unseen(form: forms.Form) -> list[str]:
    """Return the messages that no visible field shows."""
    hidden = [message for field in form.hidden_fields() for message in field.errors]
    return [str(message) for message in [*form.non_field_errors(), *hidden]]

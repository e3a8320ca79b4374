"""A text column that the database never sees in the clear: bound to its table, column, row and user."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldError
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from backspasm.field_encryption import Sealed, seal, unseal

if TYPE_CHECKING:
    _TextField = models.TextField[str, str]
else:
    _TextField = models.TextField


def context_of(field: "models.Field[Any, Any]", *, pk: object, user_id: object) -> str:
    """Return what a sealed text of ``field`` is bound to."""
    table = field.model._meta.db_table  # noqa: SLF001 - Django's _meta is public, whatever its name
    return f"{table}|{field.column}|{pk}|{user_id}"


class _Opened(DeferredAttribute):
    """Opens the text when it is first asked for, and keeps it on the instance."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        value = super().__get__(instance, cls)
        if instance is None or not isinstance(value, Sealed):
            return value
        context = context_of(self.field, pk=instance.pk, user_id=instance.user_id)
        instance.__dict__[self.field.attname] = text = unseal(value, context=context)
        return text

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class SealedTextField(_TextField):
    """A TextField for rows with a UUID key and a ``user``. It is never filtered, sorted or updated in bulk.

    An empty text is stored as it is. ``max_length`` counts characters as typed; forms ask it.
    """

    descriptor_class = _Opened

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Seal what the instance holds."""
        text = getattr(model_instance, self.attname)
        if not text:
            return ""
        user_id = model_instance.user_id  # type: ignore[attr-defined]
        return seal(text, context=context_of(self, pk=model_instance.pk, user_id=user_id))

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        """Mark what was read as sealed; the instance opens it."""
        return Sealed(value) if value else value

    def get_prep_value(self, value: Any) -> Any:
        """Refuse to store what is not sealed: only saving an instance can bind a text to its row."""
        if value and not isinstance(value, Sealed):
            raise FieldError(f"{self.name} is sealed: set it on an instance and save that.")
        return value

    def value_to_string(self, obj: models.Model) -> str:
        """Refuse to write the text into a fixture in the clear; a copy of the database keeps it sealed."""
        raise FieldError(f"{self.name} is sealed: copy the database instead of dumping it.")

    def get_lookup(self, lookup_name: str) -> Any:
        """Know no lookup: sealed texts cannot be compared."""
        return None

    def get_transform(self, lookup_name: str) -> Any:
        """Know no transform."""
        return None

"""Fields that hold rich text or an address, cleaned on every write: ``save``, ``create``, ``update``, in bulk."""

import re
from typing import Any, Final

from django.db import models

from education import richtext

# The names of rich text fields in the structures: see structure.py.
RICH_FIELDS: Final = frozenset({"body", "intro"})
# The names of addresses that pages print as links. Forms and checks say what is wrong; here it is taken out.
ADDRESS_FIELDS: Final = frozenset({"url"})
_ON_THE_WEB: Final = re.compile(r"https?://", re.IGNORECASE)


class _CleanedField(models.Field):  # type: ignore[type-arg]  # the stubs' generics do not exist at run time
    """Base: what is stored is what ``cleaned`` returns, and the row in memory says so."""

    def cleaned(self, value: Any) -> Any:
        """Return a value fit to be stored."""
        raise NotImplementedError

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Let the row in memory say what is stored."""
        value = super().pre_save(model_instance, add)
        if _is_worked_out_by_the_database(value):
            return value
        value = self.cleaned(value)
        setattr(model_instance, self.attname, value)
        return value

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        """Clean. Raises TypeError for an expression: what the database works out, nobody can clean.

        One that gives this very sort of field passes, as ``bulk_update`` makes it: its values are cleaned.
        """
        if _is_worked_out_by_the_database(value) and not isinstance(value.output_field, type(self)):
            raise TypeError(f"{self.name} is cleaned, so it takes a value and no expression.")
        return super().get_db_prep_save(value, connection)


class RichTextField(_CleanedField, models.TextField):  # type: ignore[type-arg]
    """HTML in the one canonical, safe spelling of ``richtext.clean``. Too long a text raises ValueError."""

    def cleaned(self, value: Any) -> Any:
        """Clean."""
        return self.get_prep_value(value)

    def get_prep_value(self, value: Any) -> Any:
        """Clean."""
        value = super().get_prep_value(value)
        return richtext.clean(value) if isinstance(value, str) else value

    def deconstruct(self) -> Any:
        """Migrations need not know more than that it is text."""
        name, _, arguments, options = super().deconstruct()
        return name, "django.db.models.TextField", arguments, options


class WebAddressField(_CleanedField, models.URLField):  # type: ignore[type-arg]
    """An address on the web. Any other is stored as none: pages print it as a link."""

    def cleaned(self, value: Any) -> Any:
        """Clean."""
        return self.get_prep_value(value)

    def get_prep_value(self, value: Any) -> Any:
        """Clean."""
        value = super().get_prep_value(value)
        return _address(value) if isinstance(value, str) else value

    def deconstruct(self) -> Any:
        """Migrations need not know more than that it is an address."""
        name, _, arguments, options = super().deconstruct()
        return name, "django.db.models.URLField", arguments, options


class ContentField(_CleanedField, models.JSONField):
    """A content structure as JSON, whose rich texts are cleaned as RichTextField does. Only web addresses stay."""

    def cleaned(self, value: Any) -> Any:
        """Clean."""
        return _cleaned(value)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Clean."""
        return super().get_db_prep_value(_cleaned(value), connection, prepared)

    def deconstruct(self) -> Any:
        """Migrations need not know more than that it is JSON."""
        name, _, arguments, options = super().deconstruct()
        return name, "django.db.models.JSONField", arguments, options


def _is_worked_out_by_the_database(value: Any) -> bool:
    return hasattr(value, "resolve_expression")


def _cleaned(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _cleaned(item, key) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(item, name) for item in value]
    if isinstance(value, str) and name in RICH_FIELDS:
        return richtext.clean(value)
    if isinstance(value, str) and name in ADDRESS_FIELDS:
        return _address(value)
    return value


def _address(value: str) -> str:
    return value if _ON_THE_WEB.match(value) else ""

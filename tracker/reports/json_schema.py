"""The published JSON Schema of the lossless file, made from the same tables and columns as the file itself."""

from typing import Any, Final

from django.db import models

from backspasm.sealed_fields import SealedTextField
from tracker.reports.json_values import WHOLE_NUMBERS
from tracker.reports.tables import (
    FORMAT_PATH,
    LIST_AT_MOST,
    OLD_VALUES,
    OLD_VALUES_AT_MOST,
    STRUCTURES,
    TABLES,
    Answers,
    Codes,
    Column,
    Numbers,
    columns,
    key_of,
)

DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]


def schema(address: str) -> Schema:
    """Return the schema of the file; ``address`` is that of the site, without a final slash."""
    tables = {name: {"type": "array", "items": _table(name)} for name in TABLES}
    head = {
        "format": {"type": "string", "pattern": f"{FORMAT_PATH}$"},
        "generated": _moment(),
        "timezone": {"type": "string", "description": "Name of a time zone of the IANA database."},
    }
    return {
        "$schema": DRAFT,
        "$id": f"{address}{FORMAT_PATH}",
        "title": "Diary export, version 1",
        **_object(head | tables),
    }


def _object(properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _table(name: str) -> Schema:
    return _object({key_of(field): _nullable(field, _column(name, field)) for field in columns(name)})


def _nullable(field: Column, found: Schema) -> Schema:
    if not field.null:
        return found
    allowed = {"enum": [*found["enum"], None]} if "enum" in found else {}
    return {**found, "type": [found["type"], "null"], **allowed}


def _column(name: str, field: Column) -> Schema:
    structure = STRUCTURES.get((name, key_of(field)))
    if isinstance(structure, Codes):
        items = {"enum": sorted(structure.allowed)} if structure.allowed else {"pattern": structure.pattern}
        return {"type": "array", "maxItems": LIST_AT_MOST, "items": {"type": "string", **items}}
    if isinstance(structure, Numbers):
        number = {"type": "integer", "minimum": 0, "maximum": structure.most}
        return {"type": "array", "maxItems": LIST_AT_MOST, "items": number}
    if isinstance(structure, Answers):
        answers = {"type": "string", "enum": sorted(structure.allowed)}
        return {"type": "object", "propertyNames": {"pattern": structure.pattern}, "additionalProperties": answers}
    return _plain(field)


def _plain(field: Column) -> Schema:
    if isinstance(field, models.UUIDField | models.ForeignKey):
        return {"type": "string", "format": "uuid"}
    if isinstance(field, models.DateTimeField):
        return _moment()
    if isinstance(field, models.DateField | models.TimeField):
        return {"type": "string", "format": "date" if isinstance(field, models.DateField) else "time"}
    if isinstance(field, models.BooleanField):
        return {"type": "boolean"}
    for kind, most in WHOLE_NUMBERS.items():
        if isinstance(field, kind):
            choices = {"enum": [value for value, _label in field.flatchoices]} if field.choices else {}
            return {"type": "integer", "minimum": 0, "maximum": most, **choices}
    return _text(field)


def _text(field: Column) -> Schema:
    if field.choices:
        values = [value for value, _label in field.flatchoices]
        return {"type": "string", "enum": [*values, ""] if field.blank else values}
    most = OLD_VALUES_AT_MOST if field.name == OLD_VALUES else getattr(field, "max_length", None)
    least = {} if field.blank or not isinstance(field, SealedTextField) else {"minLength": 1}
    return {"type": "string", "maxLength": most or OLD_VALUES_AT_MOST, **least}


def _moment() -> Schema:
    return {"type": "string", "format": "date-time"}

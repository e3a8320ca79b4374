"""Values as the database in use stores them, for the few statements that are written out."""

import json
import uuid
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.db import connection


def stored_id(value: uuid.UUID) -> Any:
    """Return what stands for an id."""
    return stored_ids()(value)


def stored_ids() -> Callable[[uuid.UUID], Any]:
    """Return what makes many ids what stands for them."""
    return _same if connection.features.has_native_uuid_field else attrgetter("hex")


def _same(value: uuid.UUID) -> uuid.UUID:
    return value


def array(values: Collection[Any]) -> str:
    """Return ids, moments and words as PostgreSQL writes an array: many times as fast as the driver makes one."""
    if all(isinstance(value, uuid.UUID) for value in values):
        return f"{{{','.join([value.hex for value in values])}}}"
    known = {value: _element(value) for value in set(values)}
    return f"{{{','.join([known[value] for value in values])}}}"


def _element(value: Any) -> str:
    if value is None:
        return "NULL"
    written = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{written}"'


def places(count: int) -> str:
    """Return the places of so many values in a statement."""
    return ", ".join(["%s"] * count)


def stored_list(value: Sequence[str]) -> Any:
    """Return what stands for a list of a JSON column."""
    return connection.ops.adapt_json_value(list(value), json.JSONEncoder)


class Moments:
    """Moments as they are stored; most rows of a batch share theirs."""

    def __init__(self) -> None:
        self._known: dict[datetime | None, Any] = {None: None}

    def stored(self, moment: datetime | None) -> Any:
        """Return what stands for a moment (aware), or for none."""
        if moment not in self._known:
            self._known[moment] = connection.ops.adapt_datetimefield_value(moment)
        return self._known[moment]


def stored_moment(moment: datetime | None) -> Any:
    """Return what stands for one moment."""
    return Moments().stored(moment)


def quoted(name: str) -> str:
    """Return a name as it stands in a statement."""
    return connection.ops.quote_name(name)

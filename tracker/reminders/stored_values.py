"""Values as the database in use stores them, for the few statements that are written out."""

import json
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection


def stored_id(value: uuid.UUID) -> Any:
    """Return what stands for an id."""
    return value if connection.features.has_native_uuid_field else value.hex


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

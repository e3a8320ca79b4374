"""Whether a column holds one of many ids. Django's own ``in`` looks at each of them again and again on its way."""

import uuid
from collections.abc import Collection
from typing import Any

from django.db.models import F, Lookup

from tracker.reminders.stored_values import array, places, stored_ids


class Among(Lookup):
    """``among("user", ids)`` is a condition for ``filter``: one parameter on PostgreSQL, one for each id elsewhere."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Return the condition."""
        column, values = self.process_lhs(compiler, connection)
        if connection.vendor == "postgresql":
            return f"{column} = ANY(%s::uuid[])", (*values, array(self.rhs))
        return f"{column} IN ({places(len(self.rhs))})", (*values, *map(stored_ids(), self.rhs))


def among(column: str, ids: Collection[uuid.UUID]) -> Among:
    """Return the condition that a column of ids holds one of ``ids``; there may be thousands."""
    return Among(F(column), ids)

"""Asks the rules that a model gives its table of rows that are not in it yet. Nothing is asked of the database."""

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from django.db import models
from django.db.models import F, Q

Values = Mapping[str, Any]

_COMPARISONS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "exact": operator.eq,
    "gte": operator.ge,
    "lte": operator.le,
    "gt": operator.gt,
    "lt": operator.lt,
    "in": lambda value, wanted: value in wanted,
}


def broken_checks(model: type[models.Model], values: Values) -> Iterator[tuple[str, ...]]:
    """Yield the columns of each check of ``model`` that a row with these values would break."""
    for rule in model._meta.constraints:  # noqa: SLF001 - Django's _meta is public, whatever its name
        if isinstance(rule, models.CheckConstraint) and holds(rule.condition, values) is False:
            yield tuple(dict.fromkeys(_columns(rule.condition)))


def repeated(model: type[models.Model], rows: Iterable[Values]) -> Iterator[int]:
    """Yield the places of rows that repeat what must stand once among one person's rows."""
    rules = [rule for rule in model._meta.constraints if isinstance(rule, models.UniqueConstraint)]  # noqa: SLF001
    seen: set[tuple[Any, ...]] = set()
    for place, values in enumerate(rows):
        for rule in rules:
            key = [values[name] for name in rule.fields if name != "user"]
            if None in key or (rule.condition is not None and not holds(rule.condition, values)):
                continue
            if (rule.name, *key) in seen:
                yield place
            seen.add((rule.name, *key))


def holds(condition: Any, values: Values) -> bool | None:
    """Return whether ``condition`` is true of a row, or None where it is unknown, as a database counts."""
    results = [
        holds(part, values) if isinstance(part, Q) else _leaf(part[0], part[1], values) for part in condition.children
    ]
    decides = condition.connector == Q.OR
    result: bool | None = not decides
    if decides in results:
        result = decides
    elif None in results:
        result = None
    return result if result is None or not condition.negated else not result


def _leaf(lookup: str, asked: Any, values: Values) -> bool | None:
    name, _separator, kind = lookup.partition("__")
    value = values[name]
    if kind == "isnull" or asked is None:
        return (value is None) is (asked is not False)
    wanted = values[vars(asked)["name"]] if isinstance(asked, F) else asked
    if value is None or wanted is None:
        return None
    return _COMPARISONS[kind or "exact"](value, wanted)


def _columns(condition: Any) -> Iterator[str]:
    for part in condition.children:
        if isinstance(part, Q):
            yield from _columns(part)
        else:
            yield part[0].partition("__")[0]

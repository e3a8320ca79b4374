"""Counters that hold across processes, for rate limits. Fails closed: what cannot be counted is not allowed."""

from collections.abc import Callable
from typing import Any, Final

from django.core.cache import cache
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import DatabaseCache
from django.db import Error as AnyDatabaseError
from django.db import IntegrityError, connections, router

try:
    from redis.exceptions import RedisError
except ImportError:  # Redis is for many machines; one machine counts in the database
    _STORES: tuple[type[Exception], ...] = (AnyDatabaseError,)
else:
    _STORES = (AnyDatabaseError, RedisError)


class CounterUnavailable(Exception):
    """The shared counters cannot be read or written now."""


# What the outside world raises when it is away: database, cache, or a counter that could not be kept.
UNAVAILABLE: Final[tuple[type[Exception], ...]] = (*_STORES, CounterUnavailable)


class CounterTable(DatabaseCache):
    """Django's cache in a table, which lets a refused write pass unseen; here it raises CounterUnavailable."""

    def _base_set(self, mode: str, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT) -> bool:
        refusals: list[str] = []

        def noting(execute: Callable[..., Any], *statement: Any) -> Any:
            try:
                return execute(*statement)
            except IntegrityError:
                raise  # another process added the same key first
            except AnyDatabaseError as error:
                # Its name alone: its text may hold values of a row.
                refusals.append(type(error).__name__)
                raise

        with connections[router.db_for_write(self.cache_model_class)].execute_wrapper(noting):
            is_set: bool = super()._base_set(mode, key, value, timeout)  # type: ignore[misc]
        if refusals:
            raise CounterUnavailable(refusals[0])
        return is_set


def agreed(key: str, value: str, *, seconds: int) -> str:
    """Return the value that all processes share under ``key``: ``value`` where there is none yet.

    Raises CounterUnavailable where none can be kept.
    """
    try:
        return str(cache.get_or_set(key, value, seconds))
    except _STORES as error:
        raise CounterUnavailable from error


def take_place(key: str, *, places: int, seconds: int) -> bool:
    """Take one of ``places`` under ``key``, each kept for ``seconds``; False where all are taken.

    A place is an entry of its own because adding one is atomic in every cache and increasing a number is not.
    Raises CounterUnavailable where none can be kept.
    """
    names = [f"{key}-{place}" for place in range(places)]
    try:
        taken = cache.get_many(names)
        return any(cache.add(name, 1, seconds) for name in names if name not in taken)
    except _STORES as error:
        raise CounterUnavailable from error

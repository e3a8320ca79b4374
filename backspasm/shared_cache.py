"""Counters that hold across processes, for rate limits. Fails closed: what cannot be counted is not allowed.

The cache may be a database table, which swallows what it cannot write, or Redis, which raises errors of its own.
"""

from typing import Any, Final

from django.core.cache import cache
from django.db import Error as AnyDatabaseError

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


def agreed(key: str, value: str, *, seconds: int) -> str:
    """Return the value that all processes share under ``key``: ``value`` where there is none yet.

    Raises CounterUnavailable where none can be kept.
    """
    try:
        cache.add(key, value, seconds)
        kept: Any = cache.get(key)
    except _STORES as error:
        raise CounterUnavailable(key.partition("-")[0]) from error
    if kept is None:
        raise CounterUnavailable(key.partition("-")[0])
    return str(kept)


def take_place(key: str, *, places: int, seconds: int) -> bool:
    """Take one of ``places`` under ``key``, each kept for ``seconds``; False where all are taken.

    A place is an entry of its own because adding one is atomic in every cache and increasing a number is not.
    Raises CounterUnavailable where none can be kept.
    """
    names = [f"{key}-{place}" for place in range(places)]
    try:
        taken = cache.get_many(names)
        for name in names:
            if name in taken:
                continue
            if cache.add(name, 1, seconds):
                return True
            if cache.get(name) is None:
                raise CounterUnavailable(key.partition("-")[0])
    except _STORES as error:
        raise CounterUnavailable(key.partition("-")[0]) from error
    return False

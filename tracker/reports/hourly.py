"""How often a thing may be done in an hour, counted across all processes. Fails closed."""

import hashlib
from datetime import datetime
from typing import Final

from backspasm import shared_cache

_HOUR_SECONDS: Final = 3600
EXPORTS: Final = 10
IMPORTS: Final = 10
OPENINGS: Final = 60
TESTS: Final = 5


def may_export(user_id: object, *, now: datetime) -> bool:
    """Count one more file taken away by this person; False from the eleventh in an hour on."""
    return _take("export", user_id, EXPORTS, now)


def may_import(user_id: object, *, now: datetime) -> bool:
    """Count one more file brought by this person; False from the eleventh in an hour on."""
    return _take("import", user_id, IMPORTS, now)


def may_open(link_id: object, *, now: datetime) -> bool:
    """Count one more opening of this link; False from the sixty-first in an hour on."""
    return _take("visit", link_id, OPENINGS, now)


def may_test(user_id: object, channel: str, *, now: datetime) -> bool:
    """Count one more test message to this person on one channel; False from the sixth in an hour on."""
    return _take(f"test-{channel}", user_id, TESTS, now)


def _take(name: str, whose: object, places: int, now: datetime) -> bool:
    """Raises CounterUnavailable where the counter cannot be kept: then nothing is allowed."""
    hashed = hashlib.sha256(str(whose).encode()).hexdigest()
    return shared_cache.take_place(f"{name}-{now:%Y%m%d%H}-{hashed}", places=places, seconds=_HOUR_SECONDS)

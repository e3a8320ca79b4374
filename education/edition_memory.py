"""Keeps the edition that was read last, for as long as it is the live one. Safe to use from several threads.

Whether it still is live is asked at most once a second. While the database is away or hangs, readers keep the last
edition. Knows neither how an edition is read nor what is in it.
"""

import math
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import Error as AnyDatabaseError
from django.utils import timezone

from education.edition import LiveEdition

FRESH_FOR: Final = timedelta(seconds=1)
PATIENCE_SECONDS: Final = 1.0

_NEVER: Final = datetime.min.replace(tzinfo=UTC)


class EditionMemory:
    """One for each process. ``generation`` grows whenever it begins to hold another edition."""

    def __init__(
        self,
        read: Callable[[datetime], LiveEdition],
        last_number: Callable[[datetime], int | None],
        recall: Callable[[], LiveEdition | None] = lambda: None,
    ) -> None:
        self._read = read
        self._last_number = last_number
        self._recall = recall  # asked where nothing is kept and nothing can be read
        self._lock = threading.Lock()
        self._hangs_from = math.inf
        self._edition: LiveEdition | None = None
        self._asked_at = _NEVER
        self.generation = 0

    def live(self, now: datetime) -> LiveEdition:
        """Return what is live at ``now``. Raises what ``read`` raises where no edition has been read yet."""
        edition = self._edition
        if edition and self._is_fresh(edition, now):
            return edition
        if not self._lock.acquire(timeout=self._patience() if edition else -1):
            # Another reader asks a database that hangs. Nobody else waits for it.
            return self._edition or self.live(now)
        try:
            if self._edition and self._is_fresh(self._edition, now):
                return self._edition
            self._hangs_from = time.monotonic() + PATIENCE_SECONDS
            return self._asked(now)
        finally:
            self._hangs_from = math.inf
            self._lock.release()

    def forget(self) -> None:
        """Drop what is kept."""
        with self._lock:
            self._edition = None
            self.generation += 1

    def _is_fresh(self, edition: LiveEdition, now: datetime) -> bool:
        # Readers who looked at the clock before the one who asked are a moment behind: that is no clock going back.
        if abs(now - self._asked_at) >= FRESH_FOR:
            return False
        # An edition that ended while the database was away has been asked after since, and in vain.
        return edition.until is None or now < edition.until or self._asked_at >= edition.until

    def _patience(self) -> float:
        return min(PATIENCE_SECONDS, max(0.0, self._hangs_from - time.monotonic()))

    def _asked(self, now: datetime) -> LiveEdition:
        edition, asked_at = self._edition, now
        try:
            if edition is None or self._has_changed(edition, now):
                edition = self._read(now)
        except AnyDatabaseError:
            edition = edition or self._recall()
            if edition is None:
                raise
            # It may have hung for a while: it is left alone for a second from here.
            asked_at = max(now, timezone.now())
        if edition is not self._edition:
            self.generation += 1
        self._edition, self._asked_at = edition, asked_at
        return edition

    def _has_changed(self, edition: LiveEdition, now: datetime) -> bool:
        if now < self._asked_at or (edition.until is not None and now >= edition.until):
            return True
        return self._last_number(now) != edition.number

"""The sender: queues what is due, hands out what is ready, and goes on whatever happens."""

import gc
import logging
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import Error as AnyDatabaseError
from django.db import close_old_connections

from tracker.reminders import broker, delivering, heartbeat, queueing
from tracker.reminders.broker import BrokerAway
from tracker.reminders.outcomes import Delivered

_log = logging.getLogger(__name__)

BATCH: Final = 500
# After so many batches what they queued is sent before more is queued.
BATCHES: Final = 20
BEATS_EVERY: Final = timedelta(seconds=5)
# So often it looks while it keeps up. Looking more often would cost the workers more than it gains anybody.
LOOKS_EVERY_SECONDS: Final = 1.0
# After a failure the pause doubles up to this.
LONGEST_PAUSE_SECONDS: Final = 30.0
_A_WINK_SECONDS: Final = 0.1


@dataclass(frozen=True, kw_only=True)
class Pass:
    """What one look did: reminders claimed, Deliveries handed to a broker, and what became of those sent here."""

    queued: int = 0
    handed_out: int = 0
    delivered: Delivered = Delivered()  # noqa: RUF009 - frozen

    def __add__(self, other: "Pass") -> "Pass":
        """Return what both did."""
        return Pass(
            queued=self.queued + other.queued,
            handed_out=self.handed_out + other.handed_out,
            delivered=self.delivered + other.delivered,
        )

    @property
    def has_more(self) -> bool:
        """Whether it took as much as one look takes: more may wait."""
        return self.queued >= BATCH * BATCHES or self.handed_out >= delivering.READY_AT_MOST


class Stop:
    """Asked to stop, from outside. A plain flag: it may be set in the middle of anything."""

    def __init__(self) -> None:
        self._is_set = False

    def set(self) -> None:
        """Ask to stop."""
        self._is_set = True

    def is_set(self) -> bool:
        """Say whether somebody asked."""
        return self._is_set

    def wait(self, seconds: float) -> None:
        """Sleep so long, or until somebody asks."""
        end = time.monotonic() + seconds
        while not self._is_set and time.monotonic() < end:
            time.sleep(min(_A_WINK_SECONDS, seconds))


class Sender:
    """Looks again and again. Two of them do no harm: claims and leases decide who does what."""

    def __init__(self, *, clock: Callable[[], datetime], stop: Stop) -> None:
        self._clock = clock
        self._stop = stop
        self._beat_at: datetime | None = None
        self._failures = 0

    def run(self) -> None:
        """Look until asked to stop; what is held then is finished or given back."""
        # What is loaded by now stays: the collector need not look at it again and again.
        gc.collect()
        gc.freeze()
        while not self._stop.is_set():
            pause = self._one_look()
            close_old_connections()
            if pause:
                self._stop.wait(pause)

    def run_once(self) -> Pass:
        """Look once: claim what is due, hand out what is ready. Raises what the database or the broker raises."""
        self._beat()
        queued = 0
        for _batch in range(BATCHES):
            claimed = queueing.queue_due(now=self._clock(), limit=BATCH).claimed
            queued += claimed
            if claimed < BATCH or self._stop.is_set():
                break
        handed_out, delivered = self._hand_out()
        return Pass(queued=queued, handed_out=handed_out, delivered=delivered)

    def _one_look(self) -> float:
        """Return how long to wait before the next look, in seconds."""
        began = time.monotonic()
        try:
            done = self.run_once()
        except Exception as error:  # noqa: BLE001 - a sender that ends sends nothing at all
            self._failures += 1
            pause = min(2.0 ** (self._failures - 1), LONGEST_PAUSE_SECONDS)
            # Its words may hold what a row holds: its type only.
            _log.error("the sender could not work (%s); it tries again in %.0f s", type(error).__name__, pause)
            return pause
        self._failures = 0
        if done.has_more:
            return 0.0
        return max(0.0, began + LOOKS_EVERY_SECONDS - time.monotonic())

    def _hand_out(self) -> tuple[int, Delivered]:
        way = broker.hand_out()
        handed_out, delivered = 0, Delivered()
        for chunk in self._ready():
            if self._stop.is_set():
                break
            self._beat()
            try:
                delivered += way(chunk, clock=self._clock, is_over=self._stop.is_set) or Delivered()
            except (AnyDatabaseError, BrokerAway):
                raise
            except Exception as error:  # noqa: BLE001 - a channel that cannot be opened must not block the others
                _log.error("%s deliveries could not be tried (%s)", len(chunk), type(error).__name__)
                continue
            handed_out += len(chunk)
        return handed_out, delivered

    def _ready(self) -> list[list[uuid.UUID]]:
        """Return what is ready, with what comes due so soon that it goes along."""
        chunks = delivering.ready(now=self._clock())
        leaving = [one for chunk in chunks for one in chunk]
        if leaving and queueing.queue_company(leaving, now=self._clock()):
            return delivering.ready(now=self._clock())
        return chunks

    def _beat(self) -> None:
        now = self._clock()
        if self._beat_at is None or abs(now - self._beat_at) >= BEATS_EVERY:
            heartbeat.beat(now=now)
            self._beat_at = now


def catch_up(*, clock: Callable[[], datetime], stop: Stop) -> Pass:
    """Look until nothing more is due and ready, or somebody asks to stop: for cron. Raises as ``Sender.run_once``."""
    sender = Sender(clock=clock, stop=stop)
    done = last = sender.run_once()
    while last.has_more and not stop.is_set():
        last = sender.run_once()
        done += last
    return done

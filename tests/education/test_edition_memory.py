"""What a process remembers of the edition, with a reader of editions that is slow, or broken, or changed."""

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from django.db import InterfaceError, OperationalError

from education.edition import LiveEdition
from education.edition_memory import EditionMemory
from tests.education.editions import edition_from_files

NOON: Final = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)  # a Monday
SECOND: Final = timedelta(seconds=1)
FIRST: Final = edition_from_files()


def edition(number: int, until: datetime | None = None) -> LiveEdition:
    """Return an edition that differs in its number, and in when it ends."""
    return LiveEdition(**{**vars(FIRST), "number": number, "until": until})


class Store:
    """Stands for the database."""

    def __init__(self) -> None:
        self.edition = edition(1)
        self.error: Exception | None = None
        self.reads = 0
        self.questions = 0
        self.gate = threading.Event()
        self.gate.set()

    def read(self, now: datetime) -> LiveEdition:
        self.reads += 1
        return self._answer()

    def last_number(self, now: datetime) -> int:
        self.questions += 1
        return self._answer().number

    def _answer(self) -> LiveEdition:
        self.gate.wait(10)
        if self.error:
            raise self.error
        return self.edition


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def memory(store: Store) -> EditionMemory:
    return EditionMemory(store.read, store.last_number)


def test_an_edition_is_read_once_and_asked_after_once_a_second(store: Store, memory: EditionMemory) -> None:
    for tenth in range(40):
        memory.live(NOON + tenth * SECOND / 10)

    assert (store.reads, store.questions) == (1, 3)


def test_a_new_edition_is_seen_after_one_second_and_is_a_new_generation(store: Store, memory: EditionMemory) -> None:
    memory.live(NOON)
    generation, store.edition = memory.generation, edition(2)

    assert memory.live(NOON + 0.9 * SECOND).number == 1
    assert memory.live(NOON + SECOND).number == 2
    assert memory.generation > generation


def test_an_edition_that_ends_is_read_anew_at_that_moment(store: Store, memory: EditionMemory) -> None:
    store.edition = edition(1, until=NOON + 0.5 * SECOND)
    memory.live(NOON)
    store.edition = edition(1)

    memory.live(NOON + 0.5 * SECOND)

    assert store.reads == 2


def test_a_clock_that_goes_back_is_believed(store: Store, memory: EditionMemory) -> None:
    memory.live(NOON)

    memory.live(NOON - timedelta(days=1))

    assert store.reads == 2


def test_a_reader_who_looked_at_the_clock_a_moment_earlier_reads_nothing_anew(
    store: Store, memory: EditionMemory
) -> None:
    memory.live(NOON)
    generation = memory.generation

    memory.live(NOON - SECOND / 100)

    assert (store.reads, store.questions) == (1, 0)
    assert memory.generation == generation


@pytest.mark.parametrize("error", [OperationalError("away"), InterfaceError("closed")])
def test_while_the_database_is_away_the_last_edition_stays(
    store: Store, memory: EditionMemory, error: Exception
) -> None:
    memory.live(NOON)
    generation, store.error = memory.generation, error

    assert memory.live(NOON + 5 * SECOND).number == 1
    assert memory.generation == generation


def test_an_edition_that_ends_while_the_database_is_away_is_asked_after_once_a_second(
    store: Store, memory: EditionMemory
) -> None:
    store.edition = edition(1, until=NOON + SECOND)
    memory.live(NOON)
    generation, store.error = memory.generation, OperationalError("away")

    for tenth in range(40):
        memory.live(NOON + 2 * SECOND + tenth * SECOND / 10)

    assert store.reads == 1 + 4
    assert memory.generation == generation


def test_where_nothing_was_ever_read_the_copy_is_taken_and_left_for_the_database(store: Store) -> None:
    memory = EditionMemory(store.read, store.last_number, lambda: edition(1))
    store.error, store.edition = OperationalError("away"), edition(2)

    assert memory.live(NOON).number == 1
    store.error = None

    assert memory.live(NOON + 2 * SECOND).number == 2


def test_a_database_that_was_never_there_is_an_error(store: Store, memory: EditionMemory) -> None:
    store.error = OperationalError("away")

    with pytest.raises(OperationalError):
        memory.live(NOON)


def test_nobody_waits_for_a_database_that_hangs_but_the_one_who_asks(store: Store, memory: EditionMemory) -> None:
    memory.live(NOON)
    store.gate.clear()
    asking = threading.Thread(target=memory.live, args=[NOON + 2 * SECOND])
    asking.start()
    while not store.questions:
        time.sleep(0.01)

    began_at = time.monotonic()
    numbers = [memory.live(NOON + 2 * SECOND).number for _ in range(50)]
    took_seconds = time.monotonic() - began_at
    store.gate.set()
    asking.join()

    assert numbers == [1] * 50
    assert took_seconds < 5  # one second of patience in all, not one for each


def test_readers_who_come_while_somebody_asks_get_the_new_edition(store: Store, memory: EditionMemory) -> None:
    memory.live(NOON)
    store.edition = edition(2)
    store.gate.clear()
    numbers: list[int] = []
    readers = [threading.Thread(target=lambda: numbers.append(memory.live(NOON + 2 * SECOND).number)) for _ in range(8)]
    for reader in readers:
        reader.start()
    time.sleep(0.05)
    store.gate.set()
    for reader in readers:
        reader.join()

    assert numbers == [2] * 8
    assert (store.reads, store.questions) == (2, 1)


def test_what_is_forgotten_is_read_anew_as_a_new_generation(store: Store, memory: EditionMemory) -> None:
    memory.live(NOON)
    generation = memory.generation

    memory.forget()
    memory.live(NOON)

    assert store.reads == 2
    assert memory.generation > generation

"""The sender: one look, many looks, what it survives, and its sign of life."""

import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django.test import Client, override_settings

from tests.tracker.reminders.reminder_rows import FakeChannel, make_delivery, make_reminder
from tracker.models import Delivery, Patient, ReminderKind, SenderBeat
from tracker.reminders import delivering, heartbeat, lateness
from tracker.reminders.broker import BrokerAway
from tracker.reminders.outcomes import Delivered
from tracker.reminders.sender import Pass, Sender, Stop, catch_up

MINUTE = timedelta(minutes=1)
FAKE = FakeChannel()
_TROUBLES: list[Exception] = []
_STOPS: list[Stop] = []


def fake_hand_out(
    ids: Sequence[UUID], *, clock: Callable[[], datetime], is_over: Callable[[], bool]
) -> Delivered | None:
    """Deliver through a fake channel; first raise what is left of the troubles."""
    if _TROUBLES:
        raise _TROUBLES.pop(0)
    done = delivering.deliver(ids, clock=clock, channels={"email": FAKE, "app": FAKE}, is_over=is_over)
    for stop in _STOPS:
        stop.set()
    return done


@pytest.fixture(autouse=True)
def fake() -> Iterator[FakeChannel]:
    """The channel that this installation sends through."""
    _TROUBLES.clear()
    _STOPS.clear()
    FAKE.sent.clear()
    with override_settings(REMINDERS_HAND_OUT=f"{__name__}.fake_hand_out"):
        yield FAKE


class Patience(Stop):
    """Never sleeps: keeps how long it was to wait, and asks to stop after so many pauses."""

    def __init__(self, pauses: int) -> None:
        super().__init__()
        self.left = pauses
        self.paused: list[float] = []

    def wait(self, seconds: float) -> None:
        self.paused.append(seconds)
        if len(self.paused) >= self.left:
            self.set()


def test_one_look_queues_and_sends(patient: Patient, now: datetime, fake: FakeChannel) -> None:
    make_reminder(patient)

    done = Sender(clock=lambda: now, stop=Stop()).run_once()

    assert (done.queued, done.handed_out, done.delivered) == (1, 1, Delivered(sent=1))
    assert len(fake.sent) == 1
    assert heartbeat.latest() == now


def test_a_second_look_finds_nothing(patient: Patient, now: datetime, fake: FakeChannel) -> None:
    make_reminder(patient)
    Sender(clock=lambda: now, stop=Stop()).run_once()

    assert Sender(clock=lambda: now, stop=Stop()).run_once() == Pass()
    assert len(fake.sent) == 1


def test_what_a_dead_sender_left_is_sent_by_the_next(patient: Patient, now: datetime, fake: FakeChannel) -> None:
    make_delivery(make_reminder(patient, next_due_at=None))

    assert Sender(clock=lambda: now, stop=Stop()).run_once().delivered == Delivered(sent=1)


def test_for_cron_it_looks_until_nothing_more_is_ready(
    patient: Patient, now: datetime, fake: FakeChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "READY_AT_MOST", 2)
    for _ in range(5):
        make_delivery(make_reminder(patient, kind=ReminderKind.TIMER_END, next_due_at=None, is_active=False))

    done = catch_up(clock=lambda: now, stop=Stop())

    assert done.handed_out == 5
    assert not Delivery.objects.pending().exists()


def test_for_cron_it_ends_when_asked_to_stop(
    patient: Patient, now: datetime, fake: FakeChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "READY_AT_MOST", 1)
    for _ in range(3):
        make_delivery(make_reminder(patient, next_due_at=None))
    stop = Stop()
    _STOPS.append(stop)

    assert catch_up(clock=lambda: now, stop=stop).handed_out == 1


def test_the_loop_looks_once_a_second_while_it_keeps_up(patient: Patient, now: datetime, fake: FakeChannel) -> None:
    make_reminder(patient)
    stop = Patience(pauses=3)

    Sender(clock=lambda: now, stop=stop).run()

    # From the beginning of one look to that of the next: what a look takes is no pause.
    assert [0 < pause <= 1 for pause in stop.paused] == [True] * 3
    assert len(fake.sent) == 1


def test_the_loop_does_not_wait_while_more_may_be_due(
    patient: Patient, now: datetime, fake: FakeChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "READY_AT_MOST", 1)
    for minutes in (0, 15, 30):
        make_delivery(make_reminder(patient, next_due_at=None), due_at=now - minutes * MINUTE)
    stop = Patience(pauses=1)

    Sender(clock=lambda: now, stop=stop).run()

    assert len(fake.sent) == 3


def test_the_loop_survives_a_database_that_is_away_with_growing_pauses(
    patient: Patient, now: datetime, fake: FakeChannel, caplog: pytest.LogCaptureFixture
) -> None:
    make_reminder(patient)
    _TROUBLES.extend([OperationalError("secret")] * 7)
    stop = Patience(pauses=8)

    Sender(clock=lambda: now, stop=stop).run()

    assert stop.paused[:-1] == [1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]
    assert stop.paused[-1] <= 1.0
    assert len(fake.sent) == 1
    assert "OperationalError" in caplog.text
    assert "secret" not in caplog.text


def test_a_broker_that_is_away_is_waited_for(patient: Patient, now: datetime, fake: FakeChannel) -> None:
    make_reminder(patient)
    _TROUBLES.append(BrokerAway("ConnectionError"))
    stop = Patience(pauses=2)

    Sender(clock=lambda: now, stop=stop).run()

    assert len(fake.sent) == 1


def test_a_chunk_that_breaks_does_not_block_the_others(
    patient: Patient, stranger: Patient, now: datetime, fake: FakeChannel
) -> None:
    make_reminder(patient, channels=["app"])
    make_reminder(stranger)
    _TROUBLES.append(ValueError("a channel that cannot be opened"))

    done = Sender(clock=lambda: now, stop=Stop()).run_once()

    assert done.delivered == Delivered(sent=1)


def test_a_stop_ends_the_loop_after_the_chunk_in_hand(patient: Patient, now: datetime, fake: FakeChannel) -> None:
    make_reminder(patient)
    make_reminder(patient, channels=["app"])
    stop = Stop()
    _STOPS.append(stop)

    Sender(clock=lambda: now, stop=stop).run()

    assert len(fake.sent) == 1
    assert Delivery.objects.filter(status="pending", lease=None).count() == 1


def test_a_stop_ends_a_pause_at_once() -> None:
    stop = Stop()
    threading.Timer(0.05, stop.set).start()

    stop.wait(60)

    assert stop.is_set()


def test_the_command_looks_once_and_says_what_it_did(
    patient: Patient, now: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    make_reminder(patient)

    call_command("send_reminders", "--once")

    assert capsys.readouterr().out == (
        "1 reminder(s) were due; 1 message(s) tried or handed out: 1 sent, 0 held back, 0 missed, 0 failed, "
        "0 to be tried again\n"
    )


class Raises(Stop):
    """Sends this process a signal where others are told to stop."""

    def __init__(self, number: signal.Signals) -> None:
        super().__init__()
        self.number = number

    def set(self) -> None:
        signal.raise_signal(self.number)


@contextmanager
def signals_kept() -> Iterator[None]:
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_a_signal_ends_the_command_after_the_chunk_in_hand(
    patient: Patient, now: datetime, fake: FakeChannel, number: signal.Signals
) -> None:
    make_reminder(patient)
    _STOPS.append(Raises(number))

    with signals_kept():
        call_command("send_reminders")

    assert len(fake.sent) == 1
    assert heartbeat.latest() == now


def test_the_sign_of_life_is_one_row_however_often_it_is_given(db: None, now: datetime) -> None:
    for minute in range(3):
        heartbeat.beat(now=now + minute * MINUTE)

    assert heartbeat.latest() == now + 2 * MINUTE
    assert SenderBeat.objects.count() == 1


def test_a_busy_sender_gives_a_sign_every_few_seconds_only(patient: Patient, now: datetime) -> None:
    ticks = iter(range(10_000))
    stop = Patience(pauses=20)
    beats: list[datetime] = []

    class Counted(Sender):
        def _beat(self) -> None:
            before = self._beat_at
            super()._beat()
            if self._beat_at != before and self._beat_at is not None:
                beats.append(self._beat_at)

    Counted(clock=lambda: now + timedelta(seconds=next(ticks)), stop=stop).run()

    assert len(beats) > 2
    assert min(after - before for before, after in pairwise(beats)) >= timedelta(seconds=5)


def test_reminders_are_delayed_when_the_sender_is_silent_for_three_minutes(db: None, now: datetime) -> None:
    heartbeat.beat(now=now)

    assert not heartbeat.is_delayed(now + 3 * MINUTE)
    assert heartbeat.is_delayed(now + 3 * MINUTE + timedelta(seconds=1))


def test_without_a_sender_nothing_is_delayed_until_something_is_overdue(patient: Patient, now: datetime) -> None:
    make_reminder(patient)

    assert not heartbeat.is_delayed(now + 2 * MINUTE)
    assert heartbeat.is_delayed(now + 3 * MINUTE)


def test_reminders_are_delayed_when_no_worker_takes_what_waits(patient: Patient, now: datetime) -> None:
    make_delivery(make_reminder(patient, next_due_at=None))
    heartbeat.beat(now=now + 3 * MINUTE)

    assert not heartbeat.is_delayed(now + 2 * MINUTE)
    assert heartbeat.is_delayed(now + 3 * MINUTE)


def test_readyz_carries_the_sign_of_life_and_stays_ready(site_client: Client, now: datetime) -> None:
    before = site_client.get("/readyz")
    heartbeat.beat(now=now - timedelta(hours=1))
    after = site_client.get("/readyz")

    assert (before.status_code, before.json()["reminders"]) == (200, {"beat_at": None, "is_delayed": False})
    assert (after.status_code, after.json()["reminders"]) == (
        200,
        {"beat_at": "2030-11-20T11:00:00Z", "is_delayed": True},
    )


def test_lateness_is_that_of_what_was_sent(patient: Patient, now: datetime) -> None:
    reminder = make_reminder(patient)
    for seconds in range(1, 101):
        due_at = now + timedelta(microseconds=seconds)
        make_delivery(reminder, due_at=due_at, status="sent", sent_at=due_at + timedelta(seconds=seconds))
    make_delivery(reminder, due_at=now - MINUTE, status="missed", reason="too_late")

    late = lateness.of_sent(since=now)

    assert (late.count, late.p50, late.p95) == (100, timedelta(seconds=50), timedelta(seconds=95))
    assert lateness.of_sent(since=now, channel="webpush") == lateness.Lateness(0, None, None)

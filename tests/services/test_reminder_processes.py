"""The real sender, real workers, a broker and a database that go away and come back."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Final

import psycopg
import pytest

from tests.services.reminder_faults import LEASE_SECONDS, Stage
from tests.services.reminder_faults_brokers import RabbitRoom, RedisProcess
from tests.services.reminder_faults_remotes import MailServer
from tests.services.test_postgres import Database, within

pytestmark = pytest.mark.services

KILLED: Final = -signal.SIGKILL
LEASE_IS_OVER: Final = LEASE_SECONDS + 5
SOON: Final = 20
ON_POSTGRESQL: Final = pytest.mark.parametrize("_stage", ["postgresql"], indirect=True)


@pytest.fixture(scope="module")
def redis_server() -> Iterator[RedisProcess]:
    """A Redis of these tests' own."""
    with RedisProcess() as server:
        yield server


@pytest.fixture(scope="module", params=["redis", "rabbitmq"])
def broker(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of each of both brokers."""
    if request.param == "redis":
        yield request.getfixturevalue("redis_server").url
        return
    with RabbitRoom() as room:
        yield room.url


def stop(stage: Stage, *pids: int) -> None:
    """End processes that have nothing in hand, quickly, and wait for them."""
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    for pid in pids:
        stage.end(pid)


def kill_at(mail: MailServer, number: int, pid: int) -> None:
    """Kill a process as soon as the mail server has taken so many messages."""
    mail.on_taken = lambda: os.kill(pid, signal.SIGKILL) if len(mail.taken) == number else None


def nothing_is_lost_or_doubled(stage: Stage, mail: MailServer, count: int, kills: int = 0) -> None:
    """Every reminder was sent; one in hand at a kill twice at most, and then it says so."""
    again = {address for address, mails in mail.count().items() if mails > 1}
    marked = {row["to"] for row in stage.rows(is_second_try=True)}
    assert len(stage.rows(status="sent")) == count
    assert len(mail.count()) == count
    assert max(mail.count().values()) <= 2
    assert again <= marked
    assert len(marked) <= kills


def test_a_sender_asked_to_stop_finishes_the_message_in_hand_and_gives_the_others_back(
    stage: Stage, mail: MailServer
) -> None:
    stage.play("remind", count=8)
    sender = stage.manage("send_reminders")
    mail.on_taken = lambda: sender.send_signal(signal.SIGTERM) if len(mail.taken) == 3 else None

    status = sender.wait(SOON)
    sent_before, written_before = len(mail.taken), len(stage.rows(status="sent"))
    stage.play("send")

    assert status == 0
    assert sent_before == written_before < 8
    assert sorted(mail.count().values()) == [1] * 8
    assert len(stage.rows(status="sent", is_second_try=False)) == 8


def test_senders_killed_again_and_again_lose_nothing(stage: Stage, mail: MailServer) -> None:
    stage.play("remind", count=60)

    for number in (7, 23, 41):
        sender = stage.begin("run")
        kill_at(mail, number, sender)
        assert stage.end(sender).status == KILLED
        stage.play("grow_old", seconds=LEASE_IS_OVER)
    stage.play("send", passes=2)

    nothing_is_lost_or_doubled(stage, mail, 60, kills=3)


@ON_POSTGRESQL
def test_while_the_database_is_away_the_sender_stays_and_sends_once_it_is_back(
    stage: Stage, mail: MailServer, reminder_database: Database
) -> None:
    sender = stage.begin("run")
    stage.play("remind", count=3)
    assert within(SOON, lambda: len(mail.taken) == 3)
    stage.play("remind", count=3, due_seconds_ago=-1)

    with reminder_database.stopped():
        is_silent = not within(1.5, lambda: len(mail.taken) > 3)
    is_back = within(SOON, lambda: len(mail.taken) == 6)
    is_written = within(SOON, lambda: len(stage.rows(status="sent")) == 6)
    stop(stage, sender)

    assert (is_silent, is_back, is_written) == (True, True, True)
    nothing_is_lost_or_doubled(stage, mail, 6)


@ON_POSTGRESQL
@pytest.mark.parametrize("kind", ["own", "medicine"])
def test_a_connection_that_is_cut_off_while_the_mail_server_takes_a_message(
    stage: Stage, mail: MailServer, reminder_database: Database, kind: str
) -> None:
    stage.play("remind", kind=kind)
    mail.on_taken = reminder_database.disconnect

    troubles = stage.play("send")

    # It is written down over a new one.
    assert troubles == []
    assert stage.outcomes() == {"sent": 1}
    assert [row["is_second_try"] for row in stage.rows()] == [False]


@ON_POSTGRESQL
@pytest.mark.parametrize(("kind", "mails", "outcome"), [("own", 2, "sent"), ("medicine", 1, "failed:not_known")])
def test_a_database_that_is_away_when_the_mail_server_has_taken_a_message(
    stage: Stage, mail: MailServer, reminder_database: Database, kind: str, mails: int, outcome: str
) -> None:
    stage.play("remind", kind=kind)

    with ExitStack() as until_the_end:
        mail.on_taken = lambda: until_the_end.enter_context(reminder_database.stopped())
        troubles = stage.play("send")
        mail.on_taken = lambda: None
    stage.play("send", shift=LEASE_IS_OVER)

    assert troubles == ["OperationalError"]
    assert len(mail.taken) == mails
    assert len(mail.message_ids()) == 1
    assert stage.outcomes() == {outcome: 1}
    assert stage.rows()[0]["is_second_try"] == (mails == 2)


@ON_POSTGRESQL
def test_a_row_that_somebody_holds_does_not_keep_the_next_message_waiting(
    stage: Stage, mail: MailServer, reminder_database: Database
) -> None:
    # Its emergency answer is asked when the statement begins: what waits in it would leave on an old answer.
    stage.play("remind", count=2)
    next_one_left = threading.Event()
    waits: list[bool] = []

    def hold_the_first() -> None:
        with psycopg.connect(reminder_database.url) as held:
            held.execute("SELECT 1 FROM tracker_delivery WHERE handed_over_at IS NOT NULL FOR UPDATE")
            is_held.set()
            waits.append(not next_one_left.wait(SOON))

    is_held = threading.Event()
    holder = threading.Thread(target=hold_the_first)

    def on_taken() -> None:
        if len(mail.taken) == 1:
            holder.start()
            is_held.wait(SOON)
        else:
            next_one_left.set()

    mail.on_taken = on_taken
    troubles = stage.play("send")
    holder.join(SOON)

    assert (troubles, waits) == ([], [False])
    assert stage.outcomes() == {"sent": 2}
    nothing_is_lost_or_doubled(stage, mail, 2)


@ON_POSTGRESQL
def test_what_a_worker_killed_in_the_middle_of_a_task_held_is_sent_by_another(
    stage: Stage, mail: MailServer, broker: str
) -> None:
    stage.play("remind", count=20)
    worker = stage.begin("work", broker=broker)
    kill_at(mail, 5, worker)
    stage.play("send", broker=broker)
    assert stage.end(worker).status == KILLED

    other = stage.begin("work", broker=broker)
    stage.play("grow_old", seconds=LEASE_IS_OVER)
    stage.play("send", broker=broker)
    is_done = within(SOON, lambda: len(stage.rows(status="sent")) == 20)
    stop(stage, other)

    assert is_done
    nothing_is_lost_or_doubled(stage, mail, 20, kills=1)


@ON_POSTGRESQL
def test_a_task_that_two_workers_get_is_done_by_one(stage: Stage, mail: MailServer, broker: str) -> None:
    stage.play("remind", count=30)
    for _ in range(3):
        stage.play("send", broker=broker)
        stage.play("grow_old", seconds=LEASE_IS_OVER)

    workers = [stage.begin("work", broker=broker) for _ in range(2)]
    is_done = within(SOON, lambda: len(stage.rows(status="sent")) == 30)
    stop(stage, *workers)

    assert is_done
    nothing_is_lost_or_doubled(stage, mail, 30)


@ON_POSTGRESQL
def test_a_broker_killed_with_every_task_it_held_delays_and_loses_nothing(
    stage: Stage, mail: MailServer, redis_server: RedisProcess
) -> None:
    stage.play("remind", count=10)
    stage.play("send", broker=redis_server.url)

    redis_server.kill()
    stage.play("remind", count=10)
    troubles = stage.play("send", broker=redis_server.url)
    meanwhile = stage.outcomes()
    redis_server.start()
    worker = stage.begin("work", broker=redis_server.url)
    stage.play("grow_old", seconds=LEASE_IS_OVER)
    stage.play("send", broker=redis_server.url)
    is_done = within(SOON, lambda: len(stage.rows(status="sent")) == 20)
    stop(stage, worker)

    assert troubles == ["BrokerAway"]
    assert meanwhile == {"pending": 20}
    assert is_done
    nothing_is_lost_or_doubled(stage, mail, 20)


@ON_POSTGRESQL
def test_a_running_sender_and_worker_go_on_when_the_broker_is_back(
    stage: Stage, mail: MailServer, redis_server: RedisProcess
) -> None:
    worker, sender = stage.begin("work", broker=redis_server.url), stage.begin("run", broker=redis_server.url)
    stage.play("remind", count=3)
    assert within(SOON, lambda: len(mail.taken) == 3)

    redis_server.kill()
    stage.play("remind", count=3)
    is_silent = not within(1, lambda: len(mail.taken) > 3)
    redis_server.start()
    is_back = within(SOON, lambda: len(stage.rows(status="sent")) == 6)
    stop(stage, sender, worker)

    assert (is_silent, is_back) == (True, True)
    nothing_is_lost_or_doubled(stage, mail, 6)

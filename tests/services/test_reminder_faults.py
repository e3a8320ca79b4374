"""Senders that are killed, doubled, kept waiting or asleep for a day: on a real PostgreSQL and a real SQLite.

No reminder is lost without a record, and none goes out twice, but where the other end took it and the sender died.
"""

import os
import signal
from functools import partial
from pathlib import Path
from typing import Final

import pytest

from tests.services.reminder_faults import LEASE_SECONDS, MINUTE, Stage
from tests.services.reminder_faults_remotes import MailServer
from tests.services.test_postgres import within

pytestmark = pytest.mark.services

KILLED: Final = -signal.SIGKILL
LEASE_IS_OVER: Final = LEASE_SECONDS + 5
HOUR: Final = 60 * MINUTE


def kill(stage: Stage, point: str, *, shift: float = 0) -> None:
    """Let a sender work until it is killed at ``point``."""
    ended = stage.end(stage.begin("send", dies=point, shift=shift))
    assert ended.status == KILLED, f"it was never at {point}: {stage.errors}"


def is_stopped(pid: int) -> bool:
    """Say whether a process stands still."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


@pytest.mark.parametrize("point", ["claiming", "claimed"])
def test_what_a_sender_killed_while_claiming_held_is_sent_by_the_next_one_at_once(
    stage: Stage, mail: MailServer, point: str
) -> None:
    stage.play("remind", count=3)

    kill(stage, point)
    stage.play("send")

    assert sorted(mail.count().values()) == [1, 1, 1]
    assert len(stage.rows(status="sent", is_second_try=False)) == 3
    assert stage.play("still_due") == 0


def test_a_sender_killed_while_claiming_leaves_nothing_of_the_batch(stage: Stage) -> None:
    stage.play("remind", count=3)

    kill(stage, "claiming")

    assert stage.rows() == []
    assert stage.play("still_due") == 3


def test_what_a_sender_killed_with_a_lease_held_is_sent_when_the_lease_is_over_and_not_before(
    stage: Stage, mail: MailServer
) -> None:
    stage.play("remind", count=3)

    kill(stage, "leased")
    stage.play("send")
    sent_before = len(mail.taken)
    stage.play("send", shift=LEASE_IS_OVER)

    assert sent_before == 0
    assert sorted(mail.count().values()) == [1, 1, 1]
    assert len(stage.rows(status="sent", is_second_try=False)) == 3


def test_a_sender_that_slept_longer_than_its_lease_sends_nothing_that_another_holds(
    stage: Stage, mail: MailServer
) -> None:
    stage.play("remind", count=3)
    sleeper = stage.begin("send", sleeps="leased")
    assert within(20, lambda: is_stopped(sleeper))

    other = stage.begin("send", shift=LEASE_IS_OVER, sleeps="handed_over")
    assert within(20, lambda: is_stopped(other))
    os.kill(sleeper, signal.SIGCONT)
    assert stage.end(sleeper).status == 0
    sent_by_the_sleeper = len(mail.taken)
    os.kill(other, signal.SIGCONT)

    assert stage.end(other).status == 0
    assert sent_by_the_sleeper == 0
    assert sorted(mail.count().values()) == [1, 1, 1]
    assert len(stage.rows(status="sent", tries=1)) == 3


def test_what_may_have_been_sent_when_the_sender_was_killed_goes_out_marked_as_a_second_try(
    stage: Stage, mail: MailServer
) -> None:
    stage.play("remind")

    kill(stage, "handed_over")
    stage.play("send", shift=LEASE_IS_OVER)

    assert len(mail.taken) == 1
    assert len(stage.rows(status="sent", is_second_try=True)) == 1


@pytest.mark.parametrize("kind", ["medicine", "talk"])
def test_a_medicine_reminder_that_may_have_been_sent_is_never_repeated(
    stage: Stage, mail: MailServer, kind: str
) -> None:
    stage.play("remind", kind=kind)

    kill(stage, "handed_over")
    stage.play("send", shift=LEASE_IS_OVER)
    stage.play("send", shift=HOUR)

    assert mail.taken == []
    assert stage.outcomes() == {"failed:not_known": 1}


@pytest.mark.parametrize(
    ("kind", "mails", "outcome"), [("own", 2, "sent"), ("walk", 2, "sent"), ("medicine", 1, "failed:not_known")]
)
def test_a_sender_killed_when_the_mail_server_had_just_taken_it(
    stage: Stage, mail: MailServer, kind: str, mails: int, outcome: str
) -> None:
    stage.play("remind", kind=kind)
    sender = stage.begin("send")
    mail.on_taken = lambda: os.kill(sender, signal.SIGKILL)

    assert stage.end(sender).status == KILLED
    mail.on_taken = lambda: None
    stage.play("send", shift=LEASE_IS_OVER)
    stage.play("send", shift=2 * LEASE_IS_OVER)

    assert len(mail.taken) == mails
    assert len(mail.message_ids()) == 1
    assert stage.outcomes() == {outcome: 1}
    assert stage.rows()[0]["is_second_try"] == (mails == 2)


def test_a_sender_killed_in_both_tries_makes_no_third(stage: Stage, mail: MailServer) -> None:
    stage.play("remind")

    for attempt in range(2):
        sender = stage.begin("send", shift=attempt * LEASE_IS_OVER)
        mail.on_taken = partial(os.kill, sender, signal.SIGKILL)
        assert stage.end(sender).status == KILLED
    mail.on_taken = lambda: None
    stage.play("send", shift=2 * LEASE_IS_OVER)
    stage.play("send", shift=HOUR)

    assert len(mail.taken) == 2
    assert stage.outcomes() == {"failed:not_known": 1}


@pytest.mark.parametrize(
    ("kind", "mails", "outcomes"),
    [("own", [1, 1, 2], {"sent": 3}), ("medicine", [1, 1, 1], {"sent": 2, "failed:not_known": 1})],
)
def test_a_sender_killed_before_it_wrote_down_what_had_left(
    stage: Stage, mail: MailServer, kind: str, mails: list[int], outcomes: dict[str, int]
) -> None:
    stage.play("remind", count=3, kind=kind)

    kill(stage, "recording")
    stage.play("send", shift=LEASE_IS_OVER)

    assert sorted(mail.count().values()) == mails
    assert len(mail.message_ids()) == 3
    assert stage.outcomes() == outcomes
    assert len(stage.rows(is_second_try=True)) == (1 if kind == "own" else 0)


def test_what_was_recorded_before_the_kill_is_not_sent_again(stage: Stage, mail: MailServer) -> None:
    stage.play("remind")

    kill(stage, "recorded")
    stage.play("send", shift=LEASE_IS_OVER)

    assert len(mail.taken) == 1
    assert len(stage.rows(status="sent", is_second_try=False)) == 1


def test_of_a_batch_cut_by_a_kill_the_sent_part_stays_and_the_rest_follows(stage: Stage, mail: MailServer) -> None:
    stage.play("remind", count=6)
    sender = stage.begin("send")
    mail.on_taken = lambda: os.kill(sender, signal.SIGKILL) if len(mail.taken) == 3 else None

    assert stage.end(sender).status == KILLED
    stage.play("send", shift=LEASE_IS_OVER)

    again = [address for address, mails in mail.count().items() if mails > 1]
    assert len(mail.count()) == 6
    assert len(stage.rows(status="sent")) == 6
    assert len(again) <= len(stage.rows(is_second_try=True))
    assert max(mail.count().values()) <= 2


def test_of_four_senders_started_by_mistake_each_reminder_is_sent_by_one(stage: Stage, mail: MailServer) -> None:
    stage.play("remind", count=60)

    senders = [stage.begin("send", passes=3) for _ in range(4)]
    ended = [stage.end(sender) for sender in senders]

    assert [one.status for one in ended] == [0] * 4
    assert sorted(mail.count().values()) == [1] * 60
    assert len(stage.rows(status="sent", tries=1)) == 60


def test_after_a_clock_set_back_an_hour_nothing_is_sent_twice_and_the_next_moment_is_kept(
    stage: Stage, mail: MailServer
) -> None:
    stage.play("remind", every_minutes=120)

    stage.play("send")
    for shift in (-HOUR, -HOUR / 2, 0):
        stage.play("send", shift=shift)
    before = len(mail.taken)
    stage.play("send", shift=2 * HOUR)

    assert (before, len(mail.taken)) == (1, 2)
    assert len({row["due_at"] for row in stage.rows(status="sent")}) == 2


def test_a_clock_set_back_while_a_sender_held_a_lease_lets_nobody_send_it_twice(stage: Stage, mail: MailServer) -> None:
    stage.play("remind")

    kill(stage, "leased", shift=HOUR - 10)
    stage.play("send", shift=0)
    stage.play("send", shift=HOUR + LEASE_IS_OVER)

    assert len(mail.taken) == 1
    assert len(stage.rows(status="sent")) == 1


def test_after_a_day_without_a_sender_each_patient_gets_one_message_and_is_told_what_was_missed(
    stage: Stage, mail: MailServer
) -> None:
    stage.play("remind", count=5, every_minutes=60, due_seconds_ago=24 * HOUR + 10 * MINUTE)

    stage.play("send", passes=3)

    assert sorted(mail.count().values()) == [1] * 5
    # The one before the newest is still of use: a newer one has come.
    assert stage.outcomes() == {"sent": 5, "skipped:newer_one": 5, "missed:too_late": 5 * 23}
    assert stage.play("still_due") == 0


def test_after_a_day_without_a_sender_what_is_of_no_more_use_is_told_and_not_sent(
    stage: Stage, mail: MailServer
) -> None:
    stage.play("remind", kind="position", every_minutes=60, due_seconds_ago=24 * HOUR + 45 * MINUTE)

    stage.play("send", passes=3)

    assert mail.taken == []
    assert stage.outcomes() == {"missed:too_late": 25}


def test_after_a_day_with_rows_that_wait_to_be_sent_they_are_told_as_missed(stage: Stage, mail: MailServer) -> None:
    stage.play("remind", count=3, every_minutes=1440)

    kill(stage, "claimed")
    stage.play("send", shift=23 * HOUR)

    assert mail.taken == []
    assert set(stage.outcomes()) <= {"missed:too_late", "missed:no_way_out"}
    assert len(stage.rows()) == 3

"""Mail servers and push services that refuse, hang, take and cut the line; and a database without room."""

import time
from typing import Any, Final

import pytest

from tests.services.reminder_faults import LEASE_SECONDS, MINUTE, Stage
from tests.services.reminder_faults_remotes import MailServer, PushService, closed_port

pytestmark = pytest.mark.services

LEASE_IS_OVER: Final = LEASE_SECONDS + 5
# When a reminder is tried again after it was surely not taken, and a little later: seconds after the first try.
TRIES: Final = (0, 1 * MINUTE + 2, 6 * MINUTE + 4, 21 * MINUTE + 6)
HOUR: Final = 60 * MINUTE
ON_SQLITE: Final = pytest.mark.parametrize("_stage", ["sqlite"], indirect=True)


def remind_by_push(stage: Stage, push: PushService, **wish: Any) -> None:
    stage.play("remind", channels=["webpush"], push=f"http://127.0.0.1:{push.port}", **wish)


@pytest.mark.parametrize("manner", ["silent", "busy"])
def test_mail_that_was_surely_not_taken_goes_out_once_when_the_server_is_well_again(
    stage: Stage, mail: MailServer, manner: str
) -> None:
    stage.play("remind", count=2)
    mail.manner = manner

    for after in TRIES[:2]:
        stage.play("send", shift=after)
    waiting = stage.outcomes()
    mail.manner = "accept"
    stage.play("send", shift=TRIES[2])

    assert waiting == {"pending": 2}
    assert sorted(mail.count().values()) == [1, 1]
    assert len(stage.rows(status="sent", is_second_try=False)) == 2


def test_while_nobody_listens_mail_is_tried_inside_its_use_and_then_told_as_missed(
    stage: Stage, mail: MailServer
) -> None:
    stage.play("remind", count=2, kind="position")
    away = {"EMAIL_PORT": closed_port()}

    for after in TRIES:
        stage.play("send", shift=after, settings=away)
    still_useful = {row["status"] for row in stage.rows()}
    stage.play("send", shift=31 * MINUTE)

    assert mail.taken == []
    assert still_useful <= {"pending", "missed"}
    assert len(stage.rows(status="missed")) == 2


def test_a_mail_server_that_hangs_holds_up_the_sender_once_for_a_batch(stage: Stage, mail: MailServer) -> None:
    stage.play("remind", count=20)
    mail.manner = "silent"
    began_at = time.monotonic()

    stage.play("send")

    assert time.monotonic() - began_at < 10 * 0.5
    assert len(stage.rows(status="pending")) == 20


@pytest.mark.parametrize("manner", ["hang", "drop"])
def test_mail_that_was_taken_without_an_answer_goes_out_once_more_with_the_same_id_and_a_mark(
    stage: Stage, mail: MailServer, manner: str
) -> None:
    stage.play("remind")
    mail.manner = manner

    stage.play("send")
    mail.manner = "accept"
    for after in (LEASE_IS_OVER, 3 * LEASE_IS_OVER, HOUR):
        stage.play("send", shift=after)

    assert (len(mail.taken), len(mail.message_ids())) == (2, 1)
    assert len(stage.rows(status="sent", is_second_try=True)) == 1


@pytest.mark.parametrize("manner", ["hang", "drop"])
def test_medicine_mail_that_was_taken_without_an_answer_is_never_repeated(
    stage: Stage, mail: MailServer, manner: str
) -> None:
    stage.play("remind", kind="medicine")
    mail.manner = manner

    stage.play("send")
    mail.manner = "accept"
    for after in (LEASE_IS_OVER, 3 * LEASE_IS_OVER, HOUR):
        stage.play("send", shift=after)

    assert len(mail.taken) == 1
    assert stage.outcomes() == {"failed:not_known": 1}


def test_an_address_refused_for_good_stops_its_e_mails_and_nobody_elses(stage: Stage, mail: MailServer) -> None:
    refused, *_others = stage.play("remind", count=3, every_minutes=60)
    mail.refused = {refused["to"]}

    stage.play("send")
    stage.play("send", shift=HOUR)

    assert stage.play("stopped") == ["", "", "refused"]
    assert sorted(mail.count().values()) == [2, 2]
    assert refused["to"] not in mail.count()
    assert {row["status"] for row in stage.rows(reminder=refused["reminder"])} <= {"failed", "skipped"}


@pytest.mark.parametrize("manner", ["hang", "silent", "drop"])
def test_a_push_service_that_hangs_or_cuts_the_line_gets_a_message_at_most_twice_and_marked(
    stage: Stage, push: PushService, manner: str
) -> None:
    remind_by_push(stage, push)
    push.manner = manner

    stage.play("send")
    taken_first = len(push.taken)
    push.manner = "accept"
    for after in (LEASE_IS_OVER, 3 * LEASE_IS_OVER, HOUR):
        stage.play("send", shift=after)

    assert len(push.taken) == taken_first + 1
    assert len({headers["Topic"] for _path, headers in push.taken}) == 1
    assert len(stage.rows(status="sent", is_second_try=True)) == 1


def test_a_push_of_a_medicine_that_may_have_been_taken_is_never_repeated(stage: Stage, push: PushService) -> None:
    remind_by_push(stage, push, kind="medicine")
    push.manner = "drop"

    stage.play("send")
    push.manner = "accept"
    for after in (LEASE_IS_OVER, 3 * LEASE_IS_OVER, HOUR):
        stage.play("send", shift=after)

    assert len(push.taken) == 1
    assert stage.outcomes() == {"failed:not_known": 1}


def test_a_push_service_that_hangs_holds_up_the_sender_once_for_a_batch(stage: Stage, push: PushService) -> None:
    remind_by_push(stage, push, count=20)
    push.manner = "silent"
    began_at = time.monotonic()

    stage.play("send")

    assert time.monotonic() - began_at < 10 * 0.5
    assert len(stage.rows(status="pending")) == 20


def test_a_browser_that_is_gone_is_forgotten_and_the_message_told_as_not_sent(stage: Stage, push: PushService) -> None:
    remind_by_push(stage, push, count=2)
    push.manner = "gone"

    stage.play("send")

    assert stage.play("devices") == 0
    assert len(stage.rows(status="sent")) == 0
    assert len(stage.rows(status="pending")) == 0


@ON_SQLITE
def test_while_a_full_database_lets_nothing_be_claimed_nothing_is_sent_and_nothing_lost(
    stage: Stage, mail: MailServer
) -> None:
    stage.play("remind", count=300)

    troubles = stage.play("send", is_full_at="start")
    sent_meanwhile, waiting = len(mail.taken), stage.play("still_due")
    stage.play("send")

    assert troubles == ["OperationalError"]
    assert (sent_meanwhile, waiting) == (0, 300)
    assert sorted(mail.count().values()) == [1] * 300
    assert len(stage.rows(status="sent", is_second_try=False)) == 300


@ON_SQLITE
@pytest.mark.parametrize("point", ["claimed", "leased", "handed_over"])
def test_a_database_that_gets_full_on_the_way_lets_nothing_go_out_more_often_than_is_written_down(
    stage: Stage, mail: MailServer, point: str
) -> None:
    stage.play("remind", count=100)

    stage.play("send", is_full_at=point)
    stage.play("send", shift=LEASE_IS_OVER, passes=2)
    stage.play("send", shift=3 * LEASE_IS_OVER)

    again = {address for address, mails in mail.count().items() if mails > 1}
    assert len(mail.count()) == 100
    assert max(mail.count().values()) <= 2
    assert len(again) <= len(stage.rows(is_second_try=True))
    assert len(stage.rows(status="sent")) == 100

"""With a broker: keys only, late acknowledgement, and a broker that is away changes nothing."""

import base64
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from kombu import pools

from backspasm import celery_app
from tests.site_process import free_port
from tests.tracker.reminders.reminder_rows import make_delivery, make_reminder
from tracker.models import Delivery, Patient
from tracker.reminders import delivering
from tracker.reminders.broker import BrokerAway

app = celery_app.app


@pytest.fixture
def memory() -> Iterator[None]:
    """A broker in this process."""
    with pointed_at("memory://"):
        yield


class pointed_at:  # noqa: N801 - reads as a sentence
    """The app speaks to another broker for a while."""

    def __init__(self, url: str) -> None:
        self.url = url

    def __enter__(self) -> None:
        self.before = app.conf.broker_url
        self._point(self.url)

    def __exit__(self, *error: object) -> None:
        self._point(self.before)

    def _point(self, url: str) -> None:
        pools.reset()  # type: ignore[no-untyped-call]
        app.conf.broker_url = url
        app.conf.broker_read_url = app.conf.broker_write_url = url
        app._pool = None
        app.amqp._producer_pool = None


def hand_out(delivery: Delivery, now: datetime) -> None:
    celery_app.hand_out([delivery.pk], clock=lambda: now, is_over=delivering.never)


def test_a_worker_that_is_lost_does_not_lose_its_task() -> None:
    conf = app.conf

    assert (conf.task_acks_late, conf.task_reject_on_worker_lost) == (True, True)
    assert conf.task_ignore_result is True
    assert conf.result_backend is None
    assert (conf.accept_content, conf.task_serializer) == (["json"], "json")


def test_redis_waits_longer_than_the_longest_task() -> None:
    assert celery_app._REDIS["visibility_timeout"] >= 50 * 10 * 2


def test_the_broker_is_given_keys_and_nothing_else(patient: Patient, now: datetime, memory: None) -> None:
    delivery = make_delivery(make_reminder(patient, label="secret words"))

    hand_out(delivery, now)

    with app.connection_for_read() as connection:
        message: Any = connection.SimpleQueue("reminders").get(timeout=1)
    body = message.body if isinstance(message.body, str) else message.body.decode()
    assert message.content_type == "application/json"
    arguments, named, _embedded = json.loads(body)
    assert (arguments, named) == ([[str(delivery.pk)]], {})
    assert patient.user.email not in body + json.dumps(message.headers)
    assert "secret" not in body + json.dumps(message.headers) + base64.b64encode(body.encode()).decode()


def test_what_a_broker_holds_is_not_handed_out_again_for_two_minutes(
    patient: Patient, now: datetime, memory: None
) -> None:
    delivery = make_delivery(make_reminder(patient))

    hand_out(delivery, now)

    assert delivering.ready(now=now + timedelta(seconds=119)) == []
    assert delivering.ready(now=now + timedelta(seconds=120)) == [[delivery.pk]]


def test_a_broker_that_is_away_leaves_it_ready(patient: Patient, now: datetime) -> None:
    delivery = make_delivery(make_reminder(patient))

    with pointed_at(f"redis://127.0.0.1:{free_port()}/0"), pytest.raises(BrokerAway):
        hand_out(delivery, now)

    assert delivering.ready(now=now) == [[delivery.pk]]


def test_the_task_delivers(patient: Patient, now: datetime) -> None:
    delivery = make_delivery(make_reminder(patient), channel="app")

    celery_app.deliver_reminders([str(delivery.pk)])
    celery_app.deliver_reminders([str(delivery.pk)])

    delivery.refresh_from_db()
    assert (delivery.status, delivery.tries) == ("sent", 1)


def test_a_task_that_fails_leaves_its_rows_and_says_no_word_of_them(
    patient: Patient, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    celery_app.deliver_reminders(["no key at all"])

    assert "ValueError" in caplog.text
    assert "no key" not in caplog.text

"""What comes due within ten minutes goes along: one message, and the series stay where they are."""

from datetime import datetime, timedelta
from uuid import UUID

from tests.tracker import make
from tests.tracker.reminders.reminder_rows import FakeChannel, make_delivery, make_reminder
from tracker.models import Delivery, DeliveryStatus, Patient, Reminder, ReminderKind
from tracker.reminders import delivering
from tracker.reminders.queueing import queue_company, queue_due

MINUTE = timedelta(minutes=1)


def leaving(reminder: Reminder) -> list[UUID]:
    """A moment of this reminder that leaves now."""
    return [make_delivery(reminder).pk]


def later_one(patient: Patient, now: datetime, minutes: float, **fields: object) -> Reminder:
    """Another reminder, due so many minutes from now."""
    return make_reminder(patient, next_due_at=now + minutes * MINUTE, **fields)


def test_what_is_due_within_ten_minutes_goes_out_in_the_same_message(patient: Patient, now: datetime) -> None:
    first = make_reminder(patient, next_due_at=now + timedelta(hours=2))
    other = later_one(patient, now, 10)
    ids = leaving(first)
    channel = FakeChannel()

    company = queue_company(ids, now=now)
    together = list(Delivery.objects.values_list("pk", flat=True))
    delivering.deliver(together, clock=lambda: now, channels={"email": channel})

    assert company == 1
    assert len(together) == 2
    assert len(channel.messages) == 1
    assert "2 things" in channel.messages[0].body
    rows = Delivery.objects.of(patient.user)
    assert {row.status for row in rows} == {DeliveryStatus.SENT}
    assert len({row.batch for row in rows}) == 1
    other.refresh_from_db()
    assert rows.get(reminder=other).due_at == now + 10 * MINUTE
    assert other.next_due_at == now + timedelta(hours=2)


def test_it_does_not_come_again_at_its_own_minute(patient: Patient, now: datetime) -> None:
    other = later_one(patient, now, 5)
    queue_company(leaving(make_reminder(patient, next_due_at=None, is_active=False)), now=now)

    again = queue_due(now=now + 5 * MINUTE)

    assert again.waiting == 0
    assert Delivery.objects.filter(reminder=other).count() == 1


def test_what_is_due_later_waits(patient: Patient, now: datetime) -> None:
    later_one(patient, now, 10.5)

    assert queue_company(leaving(make_reminder(patient, next_due_at=None)), now=now) == 0


def test_ten_minutes_count_from_when_the_first_was_due(patient: Patient, now: datetime) -> None:
    later_one(patient, now, 5)
    first = make_delivery(make_reminder(patient, next_due_at=None), due_at=now - 6 * MINUTE)

    assert queue_company([first.pk], now=now) == 0


def test_nobody_elses_reminder_and_no_other_channel_goes_along(
    patient: Patient, stranger: Patient, now: datetime
) -> None:
    later_one(stranger, now, 5)
    later_one(patient, now, 5, channels=["email", "webpush"])

    assert queue_company(leaving(make_reminder(patient, next_due_at=None)), now=now) == 0


def test_the_end_of_a_timer_neither_goes_along_nor_takes_anything_with_it(patient: Patient, now: datetime) -> None:
    ring = make_reminder(patient, kind=ReminderKind.TIMER_END, next_due_at=now + 5 * MINUTE)
    later_one(patient, now, 5)
    rings = make_delivery(make_reminder(patient, kind=ReminderKind.TIMER_END, next_due_at=None))

    assert queue_company([rings.pk], now=now) == 0

    before = set(Delivery.objects.values_list("pk", flat=True))
    leaves = leaving(make_reminder(patient, next_due_at=None))
    assert queue_company(leaves, now=now) == 1
    made = Delivery.objects.exclude(pk__in=[*before, *leaves])
    assert ring.pk != made.get().reminder_id


def test_the_rules_are_asked_of_what_goes_along(patient: Patient, now: datetime) -> None:
    make.make_step_log(patient, "ice_on_back", now - 30 * MINUTE, kind="ice")
    later_one(patient, now, 5, kind=ReminderKind.HEAT)

    assert queue_company(leaving(make_reminder(patient, next_due_at=None)), now=now) == 0
    assert not Delivery.objects.filter(kind=ReminderKind.HEAT).exists()

    queue_due(now=now + 5 * MINUTE)
    assert Delivery.objects.get(kind=ReminderKind.HEAT).reason == "thermal_too_soon"

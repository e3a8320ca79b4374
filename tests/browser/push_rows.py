"""What the push tests ask of the database, run inside the site by ``SiteShell``: plain values in, plain values out."""

from datetime import timedelta

from django.utils import timezone

from backspasm.models import User
from education import publishing
from tests.browser.push_samples import ENDPOINT
from tests.tracker.reminders.push_services import FakeBrowser
from tracker.models import Delivery, Patient, PushDevice, Recurrence, Reminder, ReminderKind
from tracker.reminders import messages, push_devices
from tracker.reminders.channels.webpush import payload_of


def _of(email: str) -> User:
    return User.objects.get(email=email)


def make_message(email: str) -> str:
    """Make a reminder of the patient's own that was just sent; return what the browser finds in the push message."""
    now = timezone.now()
    patient = Patient.objects.of(_of(email)).get()
    reminder = Reminder.objects.create(
        user=patient.user,
        kind=ReminderKind.OWN,
        edition=publishing.live(now).number,
        recurrence=Recurrence.EVERY,
        every_minutes=120,
        counts_from_at=now,
        time_zone=patient.time_zone,
        channels=["webpush"],
        next_due_at=now + timedelta(hours=2),
        created_at=now,
        changed_at=now,
    )
    delivery = Delivery.objects.create(
        user=patient.user,
        reminder=reminder,
        kind=reminder.kind,
        channel="webpush",
        due_at=now,
        useful_until=now + timedelta(hours=2),
        created_at=now,
        next_try_at=now,
        status="sent",
        sent_at=now,
    )
    return payload_of(messages.compose([delivery], channel="webpush", now=now)).decode()


def answers(email: str) -> list[bool]:
    """Return whether the newest sent message was done, and whether it was snoozed."""
    delivery = Delivery.objects.of(_of(email)).filter(status="sent", is_snooze=False).latest("created_at")
    return [delivery.done_at is not None, delivery.snoozed_at is not None]


def devices(email: str) -> list[str]:
    """Return the addresses of this person's devices."""
    return [device.address for device in push_devices.listed(_of(email))]


def forget_devices(email: str) -> None:
    """Delete them, as from another device."""
    PushDevice.objects.of(_of(email)).delete()


def make_device(email: str) -> None:
    """Make another device of this person."""
    address = FakeBrowser().address(f"{ENDPOINT}-elsewhere")
    push_devices.add(user=_of(email), address=address, user_agent="", now=timezone.now())

"""Deletes what is old: feedback texts, audit events, the log of reminders, links and sessions. Harmless twice."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from backspasm import audit
from education import feedback
from tracker.reminders import forgetting, push_devices


class Command(BaseCommand):
    """For cron, on a site that is seldom restarted."""

    help = (
        "Delete feedback texts and audit events older than 12 months, reminders sent more than 180 days ago, devices "
        "silent for 90 days, and links and sessions that are over. Harmless twice."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Delete, and say how many."""
        now = timezone.now()
        self.stdout.write(f"feedback: {feedback.forget_old_texts(now=now)} old text(s) deleted")
        self.stdout.write(f"audit log: {audit.forget_old(now=now)} old event(s) deleted")
        deliveries, links = forgetting.forget_old(now=now)
        self.stdout.write(f"reminders: {deliveries} old delivery(ies) and {links} link(s) deleted")
        self.stdout.write(f"devices: {push_devices.forget_silent(now=now)} silent one(s) deleted")
        call_command("clearsessions")

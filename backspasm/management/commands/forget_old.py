"""Deletes feedback texts and audit events older than 12 months, and sessions that are over. Harmless when run twice."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from backspasm import audit
from education import feedback


class Command(BaseCommand):
    """For cron, on a site that is seldom restarted."""

    help = "Delete feedback texts and audit events older than 12 months, and sessions that are over. Harmless twice."

    def handle(self, *args: Any, **options: Any) -> None:
        """Delete, and say how many."""
        now = timezone.now()
        self.stdout.write(f"feedback: {feedback.forget_old_texts(now=now)} old text(s) deleted")
        self.stdout.write(f"audit log: {audit.forget_old(now=now)} old event(s) deleted")
        call_command("clearsessions")

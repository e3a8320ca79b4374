"""Deletes feedback texts older than 12 months. Running it twice is harmless."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from education import feedback


class Command(BaseCommand):
    """For cron, on a site that is seldom restarted."""

    help = "Delete feedback texts older than 12 months. Harmless when run twice."

    def handle(self, *args: Any, **options: Any) -> None:
        """Delete, and say how many."""
        self.stdout.write(f"feedback: {feedback.forget_old_texts(now=timezone.now())} old text(s) deleted")

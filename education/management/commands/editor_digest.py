"""Sends editors the weekly mail of what waits for them. Running it twice sends nothing twice."""

import time
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import close_old_connections
from django.utils import timezone

from education.editing import digest

PAUSE_SECONDS: Final = 3600


class Command(BaseCommand):
    """For cron with ``--once``; without it, it looks again every hour until it is stopped."""

    help = (
        "Send editors a mail of due reviews and waiting approvals: once a week and person, and none when nothing "
        "waits. --once looks once, for cron; without it the command looks every hour."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take --once."""
        parser.add_argument("--once", action="store_true", help="look once and end")

    def handle(self, *args: Any, **options: Any) -> None:
        """Send what is due. Raises CommandError where this site has no mail server."""
        if settings.SITE_URL.is_https and not settings.EMAIL_HOST:
            raise CommandError("Email is not set up on this site: set EMAIL_HOST.")
        while True:
            self.stdout.write(f"weekly mail: {digest.send(now=timezone.now())} sent")
            if options["once"]:
                return
            close_old_connections()
            time.sleep(PAUSE_SECONDS)

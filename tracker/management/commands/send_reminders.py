"""``send_reminders``: queues the reminders that are due and sends them, once or for ever."""

import signal
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from tracker.reminders import sender
from tracker.reminders.sender import Pass, Sender, Stop


class Command(BaseCommand):
    """Runs until it is asked to stop; SIGTERM and Ctrl-C finish the message in hand and give the others back."""

    help = (
        "Queues the reminders that are due and sends them, until it is stopped. Running it twice, also at the same "
        "time, sends nothing twice. With BACKSPASM_BROKER_URL it hands them to the workers."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take --once."""
        parser.add_argument("--once", action="store_true", help="end when nothing more is due, for cron")

    def handle(self, *args: Any, **options: Any) -> None:
        """Look until all is done, or for ever."""
        stop = Stop()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: stop.set())
        if options["once"]:
            self.stdout.write(_said(sender.catch_up(clock=timezone.now, stop=stop)))
            return
        Sender(clock=timezone.now, stop=stop).run()


def _said(done: Pass) -> str:
    became = done.delivered
    return (
        f"{done.queued} reminder(s) were due; {done.handed_out} message(s) tried or handed out: {became.sent} sent, "
        f"{became.skipped} held back, {became.missed} missed, {became.failed} failed, {became.later} to be tried again"
    )

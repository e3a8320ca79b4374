"""``record_bounce``: for whoever reads the mail that comes back. Running it twice changes nothing more."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from backspasm.models import User
from tracker.models import Stopped
from tracker.reminders import mail_stops


class Command(BaseCommand):
    """Stops the reminders to an address that mail came back from; the person sees why in the app."""

    help = (
        "Sends no more reminders by email to an address that mail came back from, and tells the person in the app. "
        "Codes and other account mail go on. Running it twice changes nothing more. The address is not logged."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the address."""
        parser.add_argument("address", help="the address that mail came back from")

    def handle(self, *args: Any, **options: Any) -> None:
        """Stop the e-mails. Raises CommandError where no account has the address."""
        user = User.objects.filter(email=options["address"].strip().lower()).first()
        if user is None:
            raise CommandError("No account has this address. Nothing was changed.")
        if mail_stops.stop_email(user, because=Stopped.BOUNCED, now=timezone.now()):
            self.stdout.write("No more reminders go to this address. The person is told in the app.")
        else:
            self.stdout.write("Reminders to this address had stopped before. Nothing was changed.")

"""``demo``: a patient with two years of history, an author and a reviewer, with random passwords it prints."""

import secrets
from typing import Any, Final

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from backspasm.models import User
from education import publishing, roles
from education.edition import PROTOCOL_KEY
from tracker import demo, demo_reminders

PATIENT: Final = "patient@example.org"
STAFF: Final = {"author@example.org": roles.AUTHOR, "reviewer@example.org": roles.CLINICAL_REVIEWER}
ZONE: Final = "Europe/London"
# Two such words and eight letters by chance are more than 15 characters and easy to copy by hand.
_WORDS: Final = (
    "amber birch cedar delta ember fjord grove heron ivory jetty kayak lemon maple nylon olive pearl".split()
)


class Command(BaseCommand):
    """Makes three accounts; run again, it makes them anew and prints new passwords."""

    help = (
        "Makes a patient with two years of history, an author and a reviewer, and prints their passwords. "
        "Run again, it replaces those three accounts. Refuses on an https site without --yes."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take --yes."""
        parser.add_argument("--yes", action="store_true", help="Make them on an https site too.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the accounts. Raises CommandError on an https site without --yes."""
        if settings.SITE_URL.is_https and not options["yes"]:
            raise CommandError("This is an https site, and anybody who reads this screen could sign in. Add --yes.")
        now = timezone.now()
        with transaction.atomic():
            User.objects.filter(email__in=[PATIENT, *STAFF]).delete()
            accounts = [_account(PATIENT), *(_account(email, is_staff=True) for email in STAFF)]
            for (user, _password), role in zip(accounts[1:], STAFF.values(), strict=True):
                user.groups.add(Group.objects.get(name=role))
            live = publishing.live(now)
            protocol_number = live.protocols[PROTOCOL_KEY].number
            patient = demo.make_patient(
                user=accounts[0][0],
                edition=live.number,
                protocol_number=protocol_number,
                time_zone=ZONE,
                now=now,
            )
            demo_reminders.make(patient=patient, live=live, now=now)
        self.stdout.write(f"Sign in at {settings.SITE_URL}/accounts/login/ as")
        for user, password in accounts:
            self.stdout.write(f"  {user.email:<24}{password}")
        self.stdout.write("The patient's diary is at /tracker/, the editors' pages are at /admin/.")


def _account(email: str, **fields: Any) -> tuple[User, str]:
    password = f"{secrets.choice(_WORDS)}-{secrets.choice(_WORDS)}-{secrets.token_hex(4)}"
    user = User.objects.create_user(email, password, **fields)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user, password

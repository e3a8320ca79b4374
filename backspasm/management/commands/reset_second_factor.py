"""``reset_second_factor``: for somebody who has lost their phone and their recovery codes."""

from argparse import ArgumentParser
from collections import Counter
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from backspasm import audit, own_sessions
from backspasm.models import User


class Command(BaseCommand):
    """Takes away one account's second factors, signs it out everywhere, and tells the person."""

    help = (
        "Deletes authenticator app, passkeys and recovery codes of one account and ends its sessions. "
        "Make sure first, by another way than email, that it is the person who asks."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the address of the account."""
        parser.add_argument("email", help="email address of the account")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it and say what was done. Raises CommandError where the address has no account."""
        user = User.objects.filter(email=options["email"].strip().lower()).first()
        if user is None:
            raise CommandError(f"No account has the address {options['email']!r}. Nothing was changed.")
        removed, ended = _reset(user)
        get_adapter().send_mail("mfa/email/reset_by_operator", user.email, {"user": user})
        for kind, count in sorted(removed.items()):
            self.stdout.write(f"Removed: {Authenticator.Type(kind).label} ({count})")
        if not removed:
            self.stdout.write("There was no second factor to remove.")
        self.stdout.write(f"Sessions ended: {ended}")
        self.stdout.write(f"{user.email} signs in with one step now and was told by mail.")


@transaction.atomic
def _reset(user: User) -> tuple[Counter[str], int]:
    factors = Authenticator.objects.filter(user=user)
    removed = Counter(factors.values_list("type", flat=True))
    factors.delete()
    ended = own_sessions.end_all(user)
    audit.record(event="mfa.reset_by_operator", now=timezone.now(), actor=None, subject=user.pk)
    return removed, ended

"""``create_admin``: the first administrator."""

import getpass
import secrets
import sys
from argparse import ArgumentParser
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction

from backspasm.models import User


class Command(BaseCommand):
    """Asks for what is missing, makes the account, and says how to sign in."""

    help = (
        "Makes an administrator. Asks for e-mail address and password; without a password, or without a terminal, "
        "makes a random one and prints it once. Refuses an address that has an account."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the address from the command line, for use without a terminal."""
        parser.add_argument("--email", default="", help="e-mail address; asked for where it is missing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the account. Raises CommandError where the address or the password cannot be used."""
        email = _usable_email(options["email"] or _asked("E-mail address: "))
        chosen = _chosen_password(email)
        password = chosen or secrets.token_urlsafe(18)
        _create(email, password)
        self.stdout.write(f"{email} is an administrator now. Sign in at /admin/.")
        if not chosen:
            self.stdout.write(f"Password, shown only this once: {password}")


def _asked(question: str) -> str:
    if not sys.stdin.isatty():
        raise CommandError("There is no terminal to ask on. Give the address: create_admin --email you@example.org")
    return input(question)


def _usable_email(text: str) -> str:
    email = text.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise CommandError(f"{text!r} is not an e-mail address.") from error
    if User.objects.filter(email=email).exists() or EmailAddress.objects.filter(email=email).exists():
        raise CommandError(f"{email} already has an account. Nothing was changed.")
    return email


def _chosen_password(email: str) -> str:
    """Return the password typed twice, or nothing where a random one is wanted."""
    if not sys.stdin.isatty():
        return ""
    password = getpass.getpass("Password, at least 15 characters (empty: make a random one): ")
    if not password:
        return ""
    try:
        validate_password(password, User(email=email))
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error
    if getpass.getpass("The same password again: ") != password:
        raise CommandError("The two passwords differ. Nothing was changed.")
    return password


@transaction.atomic
def _create(email: str, password: str) -> None:
    user = User.objects.create_superuser(email, password)
    # Without a verified address the sign-in page would ask for a code by mail first.
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)

"""``new_push_key``: makes a key for BACKSPASM_PUSH_KEY. Changes nothing."""

from typing import Any

from django.core.management.base import BaseCommand

from backspasm.environment import new_push_key


class Command(BaseCommand):
    """Prints a key; the operator puts it into the environment."""

    help = (
        "Prints a new key for BACKSPASM_PUSH_KEY, which signs push messages. Browsers bind to it: with another key "
        "each device has to open the page of its reminders once before it gets messages again."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print it."""
        self.stdout.write(new_push_key())

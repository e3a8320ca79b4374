"""``new_field_key``: makes one entry for BACKSPASM_FIELD_KEYS. Changes nothing."""

from typing import Any

from django.core.management.base import BaseCommand

from backspasm.environment import new_field_key


class Command(BaseCommand):
    """Prints a key; the operator puts it first in the ring."""

    help = "Prints a new key for BACKSPASM_FIELD_KEYS. Put it first, keep the old ones, then run rotate_field_keys."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print it."""
        self.stdout.write(new_field_key())

"""``rotate_field_keys``: seals what patients typed anew under the newest key. Running it twice is harmless."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backspasm import field_rotation
from backspasm.field_encryption import CannotUnseal


class Command(BaseCommand):
    """Goes through all sealed columns, a batch at a time, while the site runs."""

    help = "Seals everything anew under the first key of BACKSPASM_FIELD_KEYS. Harmless when run twice."

    def handle(self, *args: Any, **options: Any) -> None:
        """Seal, and say how many rows changed. Raises CommandError where a needed key is missing."""
        try:
            changed = field_rotation.rotate()
        except CannotUnseal as error:
            raise CommandError(f"{error} Put the old keys back behind the new one, and run this again.") from error
        self.stdout.write(f"sealed anew: {changed} row(s). Keys behind the first are no longer needed here.")
        self.stdout.write("Keep them for as long as you keep backups that were made before.")

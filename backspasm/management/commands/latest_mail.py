"""``latest_mail``: the newest mail that a site without a mail server wrote to its folder."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

# Django's file backend ends every message of a file with this line.
_RULE: Final = b"\n" + b"-" * 79 + b"\n"


class Command(BaseCommand):
    """Prints one mail; changes nothing."""

    help = "Prints the latest mail that was written to the mail folder, as readable text. Changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the newest mail. Raises CommandError where mail goes to a server."""
        if settings.EMAIL_HOST:
            raise CommandError(f"Mail is sent through {settings.EMAIL_HOST}; none is kept here.")
        folder = Path(settings.EMAIL_FILE_PATH)
        files = sorted(folder.glob("*.log"), key=lambda file: file.stat().st_mtime_ns)
        if not files:
            self.stdout.write("No mail has been written yet.")
            return
        self.stdout.write(_readable(files[-1].read_bytes()))


def _readable(raw: bytes) -> str:
    """Return the last message of a mail file: four headers and the text, decoded."""
    last = [part for part in raw.split(_RULE) if part.strip()][-1]
    message = message_from_bytes(last, policy=policy.default)
    headers = [f"{name}: {message[name]}" for name in ("Date", "From", "To", "Subject")]
    body = message.get_body(("plain", "html")) if isinstance(message, EmailMessage) else None
    return "\n".join([*headers, "", str(body.get_content()) if body else ""])

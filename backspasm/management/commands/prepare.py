"""Everything that must be done before the site can be served. Running it twice is harmless."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from backspasm import fonts


class Command(BaseCommand):
    """Migrates, loads the content, makes fonts, collects static files, forgets what is too old."""

    help = "Prepare the database, the content and the static files. Harmless when run twice."

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, and say what was done in one line each."""
        call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)
        self.stdout.write("database: ready")
        call_command("load_content", stdout=self.stdout)
        call_command("forget_old", stdout=self.stdout)
        fonts.make(settings.FONTS_DIR)
        call_command("collectstatic", verbosity=0, interactive=False)
        self.stdout.write("static files: ready")
        if not settings.EMAIL_HOST:
            self.stdout.write(f"mail: no server is set, so mail is written to {settings.EMAIL_FILE_PATH}")

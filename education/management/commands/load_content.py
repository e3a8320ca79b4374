"""Loads the content files. Running it twice is harmless."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from education import content_files, loading


class Command(BaseCommand):
    """Publishes contents that were never published; a changed file becomes a draft for the editors."""

    help = "Load the content files: publish what is new, keep changed files as drafts. Harmless when run twice."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add ``--folder``."""
        parser.add_argument("--folder", type=Path, default=content_files.CONTENT_DIR, help="the folder to load")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, and say what was done."""
        try:
            library = content_files.read(options["folder"])
        except content_files.ContentError as error:
            mistakes = len(error.mistakes)
            raise CommandError(f"{error}\nNothing was loaded: {mistakes} mistake(s).") from error
        loaded = loading.load(library, now=timezone.now())
        self.stdout.write(
            f"content: {loaded.published} published, {loaded.drafts} new draft(s), {loaded.unchanged} unchanged"
        )

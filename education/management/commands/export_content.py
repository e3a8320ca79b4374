"""Writes the live edition as content files, and reads them back to be sure that nothing was lost."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from education import checks, content_export, content_files, publishing
from education.edition import LiveEdition
from education.library import pictures_named
from education.models import Picture


class Command(BaseCommand):
    """Exports what readers see now, for another installation or for a review in a diff."""

    help = "Write the live edition as content files, which load_content loads elsewhere. Changes nothing on the site."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the folder and ``--force``."""
        parser.add_argument("folder", type=Path, help="where to write; made where it is missing")
        parser.add_argument("--force", action="store_true", help="write into a folder that is not empty")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write, read back, and say what was done. Raises CommandError where the files do not say it all."""
        folder: Path = options["folder"]
        try:
            if not options["force"] and folder.exists() and any(folder.iterdir()):
                raise CommandError(f"{folder} is not empty. Nothing was written; --force writes into it.")
            live = publishing.read_edition(timezone.now())
            names = content_export.write(live, folder, _pictures(live))
        except (publishing.NothingPublished, content_export.CannotExport, OSError) as error:
            raise CommandError(f"{error} The content was not exported.") from error
        _check(content_export.library(live), folder)
        articles = sum(name.startswith("articles/") for name in names)
        pictures = sum(name.startswith("pictures/") for name in names)
        others = ", ".join(name for name in names if "/" not in name)
        self.stdout.write(f"edition {live.number} in {folder}: {articles} articles, {pictures} pictures, {others}")


def _pictures(live: LiveEdition) -> dict[str, bytes]:
    """Return the bytes of every picture that a page shows."""
    rows = Picture.objects.filter(digest__in=pictures_named(checks.library_of(live)))
    return {row.digest: bytes(row.data) for row in rows}


def _check(exported: checks.Library, folder: Path) -> None:
    """Raise CommandError unless the files say what was exported and could be loaded."""
    try:
        found = content_files.read(folder)
    except content_files.ContentError as error:
        raise CommandError(f"{error}\nThe files were written, but cannot be loaded as they are.") from error
    if lost := set(exported.everything()) - set(found.everything()):
        names = ", ".join(sorted(f"{checks.KINDS[type(content)]} {content.key}" for content in lost))
        raise CommandError(f"The files were written, but do not say all of: {names}.")

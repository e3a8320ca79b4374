"""Run as a program: races on the database that the environment names. Reads names of races, writes what they found."""

import faulthandler
import json
import logging
import sys
from typing import Final

import django
from django.core.management import call_command
from django.utils import timezone

django.setup()

from education import content_files, loading  # noqa: E402  # apps must be loaded first
from tests.services import (  # noqa: E402
    tracker_form_races,
    tracker_gone_races,
    tracker_rotation_races,
    tracker_service_races,
)

RACES: Final = {
    **tracker_service_races.RACES,
    **tracker_form_races.RACES,
    **tracker_gone_races.RACES,
    **tracker_rotation_races.RACES,
}
SECONDS_AT_MOST: Final = 120


def main() -> None:
    """Make the tables, then run races until there are no more names."""
    logging.disable(logging.CRITICAL)  # an answer of 500 is found in what a race returns
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    loading.load(content_files.read(), now=timezone.now())
    for name in sys.stdin:
        faulthandler.dump_traceback_later(SECONDS_AT_MOST, exit=True)
        found = RACES[name.strip()]()
        faulthandler.cancel_dump_traceback_later()
        sys.stdout.write(json.dumps(found) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()

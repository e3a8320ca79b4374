"""A copy of the last edition in the data folder: for a process that starts while the database is away.

Knows neither the database nor the settings; the folder is a parameter.
"""

import contextlib
import logging
import os
from pathlib import Path
from typing import Final

import msgspec

from education.edition import LiveEdition

logger = logging.getLogger(__name__)

NAME: Final = "last-edition.json"


def keep(live: LiveEdition, folder: Path) -> None:
    """Write the edition, whole or not at all. A disk that cannot be written is logged: readers need no copy now."""
    unfinished = folder / f"{NAME}.{os.getpid()}"
    try:
        unfinished.write_bytes(msgspec.json.encode(live))
        unfinished.replace(folder / NAME)
    except OSError as error:
        logger.warning("the copy of edition %s was not written: %s", live.number, type(error).__name__)
        with contextlib.suppress(OSError):
            unfinished.unlink()


def recall(folder: Path) -> LiveEdition | None:
    """Return the edition kept last, or None where none can be read or another release wrote it."""
    try:
        return msgspec.json.decode((folder / NAME).read_bytes(), type=LiveEdition)
    except OSError:
        return None
    except msgspec.MsgspecError:
        logger.warning("the copy of the last edition was written by another release")
        return None

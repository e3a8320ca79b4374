"""Keeps the tokens of capability links, and values of rows, out of every log line."""

import logging
import re
import traceback
from collections.abc import Iterator
from typing import Any, Final

from django.db.utils import Error as AnyDatabaseError

# Whoever knows the address may see what stands there; see docs/security.md.
CAPABILITY_PATHS: Final = ("preview", "m", "u", "cal", "visit")
# In any spelling: a mistyped link is answered with 404, logged, and tried again as it should be. A server writes the
# line of a request as it was sent, where a slash may be spelt in percent, also twice over.
_SLASH: Final = "(?:/|%(?:25)*2f)"
_TOKEN: Final = re.compile(
    rf"({_SLASH}(?:{'|'.join(CAPABILITY_PATHS)}){_SLASH}+)[^/\s\"'<>]+",
    re.IGNORECASE,
)


def masked(text: str) -> str:
    """Return ``text`` with "…" in place of the token of each capability link."""
    return _TOKEN.sub(r"\1…", text)


class MaskedFormatter(logging.Formatter):
    """Masks the whole line, traceback included.

    Not a filter: one would have to change the record, and a record that cannot be written would raise where it is made.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line as it may be written."""
        return masked(super().format(record))

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the name logging calls
        """Return the traceback; of what a database says, and all that came of it, only the types.

        PostgreSQL quotes the row that breaks a rule, and the row holds what a patient answered.
        """
        chain = tuple(_chain(ei[1]))
        if not any(isinstance(one, AnyDatabaseError) for one in chain):
            return super().formatException(ei)
        return "\n".join(f"{''.join(traceback.format_tb(one.__traceback__))}{type(one).__name__}" for one in chain)


def _chain(exception: BaseException | None) -> Iterator[BaseException]:
    """Yield what came of what, the first exception first."""
    if exception is not None:
        yield from _chain(exception.__cause__ or exception.__context__)
        yield exception

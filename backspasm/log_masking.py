"""Keeps the tokens of capability links out of every log line."""

import logging
import re
from typing import Final

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

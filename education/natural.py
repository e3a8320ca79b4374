"""The order people expect of keys that hold numbers."""

import re
from typing import Any


def natural(key: str) -> tuple[Any, ...]:
    """Return a sort key that puts R2b after R2 and before R10."""
    return tuple(int(part) if part.isdigit() else part for part in re.split(r"(\d+)", key))

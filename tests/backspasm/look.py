"""What every page of the site looks like from afar, and what none of them may show."""

from typing import Final

_IN_OUR_LOOK: Final = ('class="skip" href="#main"', 'rel="stylesheet"', "/get-help/", "</html>")
_PROGRAM: Final = ("Traceback (most recent", 'File "/', "Request Method:", "site-packages", "SECRET_KEY")


def is_in_our_look(page: str) -> bool:
    """Return whether this is a page of ours, with its way to help."""
    return all(part in page for part in _IN_OUR_LOOK)


def shows_the_program(page: str) -> bool:
    """Return whether this page tells how the site is made."""
    return any(part in page for part in _PROGRAM)

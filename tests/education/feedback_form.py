"""The public form as tests fill it in."""

from collections.abc import Callable
from typing import Any, Final

from django.conf import settings
from django.test import Client

ADDRESS: Final = "/feedback/"
COMMENT: Final = "Plain words, thank you."
ANSWER: Final = {"page": "treatment", "edition": "1", "helped": "yes", "comment": COMMENT}


def browser(**headers: str) -> Client:
    """Return a browser that says where the form stands. CSRF checks are on, as in real life."""
    return Client(enforce_csrf_checks=True, headers={"host": settings.SITE_URL.netloc, **headers})


def typed(page: str) -> bool:
    """Return whether what was typed stands in a field of the page."""
    return f">\n{COMMENT}</textarea>" in page  # the line break is the element's own and not part of its value


def failing(error: Exception) -> Callable[..., Any]:
    """Return a function that takes anything and fails."""

    def fail(*args: Any, **kwargs: Any) -> Any:
        raise error

    return fail

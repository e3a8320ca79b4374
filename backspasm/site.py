"""What every page knows of the installation: its name, its operator, its address."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from backspasm.models import User


@dataclass(frozen=True)
class Site:
    """The installation. Operator fields are empty where the operator has given none."""

    name: str
    url: str
    is_https: bool
    operator_name: str
    operator_contact: str
    operator_country: str


def current() -> Site:
    """Return this installation, from its settings and never from the Host header."""
    return Site(
        name="Backspasm",
        url=str(settings.SITE_URL),
        is_https=settings.SITE_URL.is_https,
        operator_name=settings.OPERATOR_NAME,
        operator_contact=settings.OPERATOR_CONTACT,
        operator_country=settings.OPERATOR_COUNTRY,
    )


def absolute(path: str) -> str:
    """Return ``path`` as a full address on this site."""
    return f"{settings.SITE_URL}{path}"


def context(request: HttpRequest) -> dict[str, Any]:
    """Template context processor: the same for every reader."""
    return {"site": current(), "canonical_url": absolute(request.path)}


def user_display(user: User) -> str:
    """How the account pages name a person: by the address they signed in with."""
    return user.email

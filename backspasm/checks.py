"""System checks: what an operator should still set before a public site is complete. Registered in apps.py."""

from typing import Any, Final

from django.conf import settings
from django.core import checks

_OPERATOR: Final = (
    ("OPERATOR_NAME", "backspasm.W001", "no name"),
    ("OPERATOR_CONTACT", "backspasm.W002", "no contact"),
    ("OPERATOR_COUNTRY", "backspasm.W003", "no country"),
)


def operator_is_named(**options: Any) -> list[checks.CheckMessage]:
    """Warn on an https site for each thing its pages have to say the operator has not given."""
    if not settings.SITE_URL.is_https:
        return []
    return [
        checks.Warning(f"The pages say that the operator has given {missing}.", hint=f"Set BACKSPASM_{name}.", id=code)
        for name, code, missing in _OPERATOR
        if not getattr(settings, name)
    ]


def mail_is_sent(**options: Any) -> list[checks.CheckMessage]:
    """Warn on an https site without a mail server: nobody could confirm an address or get a code."""
    if not settings.SITE_URL.is_https or settings.EMAIL_HOST:
        return []
    text = "Mail is written to a folder, so nobody can make an account or get a sign-in code."
    return [checks.Warning(text, hint="Set EMAIL_HOST.", id="backspasm.W004")]

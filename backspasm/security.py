"""Every header, cookie and content security rule of the site. Nobody else sets a header but Cache-Control.

Exact values and their reasons: docs/security.md.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from backspasm.log_masking import CAPABILITY_PATHS

CONTENT_SECURITY_POLICY: Final[Mapping[str, str]] = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "worker-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "object-src": "'none'",
}

_DENIED_FEATURES: Final = (
    "accelerometer",
    "autoplay",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "usb",
    "xr-spatial-tracking",
    "browsing-topics",
)
PERMISSIONS_POLICY: Final = ", ".join([*(f"{name}=()" for name in _DENIED_FEATURES), "screen-wake-lock=(self)"])

ONE_YEAR_SECONDS: Final = 31_536_000


@dataclass(frozen=True)
class CookiePolicy:
    """Names and flags of the two cookies the private half of the site uses."""

    session_name: str
    csrf_name: str
    is_secure: bool


def cookies(is_https: bool) -> CookiePolicy:
    """Return cookie names: ``__Host-`` binds them to this host, but browsers take that over https only."""
    prefix = "__Host-" if is_https else ""
    return CookiePolicy(f"{prefix}sessionid", f"{prefix}csrftoken", is_https)


def content_security_policy(is_https: bool, changes: Mapping[str, str] | None = None) -> str:
    """Return the policy as one header value; ``changes`` replaces single directives for one kind of page."""
    directives = [f"{name} {value}" for name, value in {**CONTENT_SECURITY_POLICY, **(changes or {})}.items()]
    if is_https:
        directives.append("upgrade-insecure-requests")
    return "; ".join(directives)


# What differs on pages whose path begins so.
_CHANGES: Final[Mapping[str, Mapping[str, str]]] = {
    # The code for an authenticator app is drawn as a data: picture by the accounts library.
    "/accounts/": {"img-src": "'self' data:"},
    # The editing screens show a preview in a frame. Their editor needs nothing more: no hash, no inline style.
    "/admin/education/": {"frame-src": "'self'"},
}


def allow_own_frame(response: HttpResponse) -> None:
    """Let pages of this site, and no others, show ``response`` in a frame."""
    response.headers["X-Frame-Options"] = "SAMEORIGIN"


_CAPABILITY_LINKS: Final = tuple(f"/{path}/" for path in CAPABILITY_PATHS)


class SecurityHeaders:
    """Middleware that adds what Django's own security middleware does not know."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._is_https = settings.SITE_URL.is_https

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        changes = next((kept for prefix, kept in _CHANGES.items() if request.path_info.startswith(prefix)), {})
        if response.headers.get("X-Frame-Options") == "SAMEORIGIN":
            # The older header and the policy say the same; only ``allow_own_frame`` asks for it.
            changes = {**changes, "frame-ancestors": "'self'"}
        response.headers["Content-Security-Policy"] = content_security_policy(self._is_https, changes)
        response.headers["Permissions-Policy"] = PERMISSIONS_POLICY
        if request.path_info.startswith(_CAPABILITY_LINKS):
            response.headers["X-Robots-Tag"] = "noindex"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        if "Cache-Control" not in response.headers:
            # Whatever has not said that it is public is private.
            response.headers["Cache-Control"] = "no-store"
        return response

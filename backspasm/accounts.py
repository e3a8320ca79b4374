"""How accounts behave here: one address for every link, one way to count clients, plain names in authenticators."""

from collections.abc import Callable
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse

from backspasm import site


class OwnAddress:
    """Middleware: the site's own address stands in for whatever port or spelling the Host header gave.

    Links in mail, passkeys and the counters of the rate limits are made from it. Foreign hosts are refused first.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.get_host()  # raises DisallowedHost, which becomes the 400 page
        request.META["HTTP_HOST"] = settings.SITE_URL.netloc
        return self.get_response(request)

    def process_template_response(self, request: HttpRequest, response: TemplateResponse) -> TemplateResponse:
        """Drop the account library's ``site``: the page's own names it and its operator."""
        if response.context_data:
            response.context_data.pop("site", None)
        return response


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """The account library with this site's rules."""

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address that rate limits count. Raises PermissionDenied where no trusted proxy named one."""
        try:
            return str(super().get_client_ip(request))
        except ImproperlyConfigured as error:
            # A client that came past the proxies; anybody can do this, so it must not become a 500.
            raise PermissionDenied("The request did not come through the trusted proxies.") from error

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return the full address of the page behind a password link."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return site.absolute(path.replace("UID-KEY", key))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a mail that knows the site by its settings."""
        super().send_mail(template_prefix, email, {**context, "site": site.current()})


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors under this site's name and host."""

    def get_totp_issuer(self) -> str:
        """Return the name an authenticator app shows."""
        return site.current().name

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Return the host that passkeys are bound to."""
        return {"id": settings.SITE_URL.host, "name": site.current().name}

"""How accounts behave here: one address for every link, one way to count clients, plain names in authenticators."""

from collections.abc import Callable
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backspasm import site
from backspasm.models import User


class ClosedByDefault(LoginRequiredMiddleware):
    """Django's middleware, save that a public view is not asked for its reader: that would read the session."""

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        """Let public views pass, and send strangers away from all others."""
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)


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
    """The account library with this site's rules and words."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("That email address and password do not match."),
        "enter_current_password": _("That is not the password you have now."),
        "incorrect_code": _("That is not the code. Check it, or ask for a new one."),
        "incorrect_password": _("That is not your password."),
        "rate_limited": _("Too many tries. Please wait a minute."),
        "same_as_current": _("That is the address you have now."),
        "too_many_login_attempts": _("Too many tries. Please wait five minutes."),
    }

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

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("That is not the code. Check it and try again."),
    }

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # noqa: A002
        """Return the name a new key has until the person gives it another."""
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return gettext("Passkey %(number)d") % {"number": number}

    def get_totp_issuer(self) -> str:
        """Return the name an authenticator app shows."""
        return site.current().name

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Return the host that passkeys are bound to."""
        return {"id": settings.SITE_URL.host, "name": site.current().name}

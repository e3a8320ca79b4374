"""How accounts behave here: one address for every link, one way to count clients, plain names in authenticators."""

from collections.abc import Callable
from typing import Any, ClassVar, Final

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backspasm import field_encryption, kept_forms, session_policy, site
from backspasm.models import User
from backspasm.reauthentication import reauthentication_needed, sensitive_post

__all__ = [
    "AccountAdapter",
    "ClosedByDefault",
    "MfaAdapter",
    "OwnAddress",
    "reauthentication_needed",
    "sensitive_post",
]
_MFA_CONTEXT: Final = "mfa"


class ClosedByDefault(LoginRequiredMiddleware):
    """Django's middleware, save that a public view is not asked for its reader: that would read the session."""

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        """Let public views pass, and send strangers away from all others."""
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., Any]) -> HttpResponseRedirect:
        """Lead to sign-in; a form of the tracker is kept until then."""
        if kept_forms.keep(request, now=timezone.now()):
            return redirect_to_login(reverse("kept_form"), reverse(settings.LOGIN_URL))
        return super().handle_no_permission(request, view_func)


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

    def login(self, request: HttpRequest, user: User) -> None:
        """Sign in, whatever the way, and start to count how long it lasts."""
        super().login(request, user)
        session_policy.begin(request.session, user, now=timezone.now())

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Return where to go after sign-in: to a form that waits, or to the tracker."""
        if kept_forms.is_waiting(request.session):
            return reverse("kept_form")
        return str(super().get_login_redirect_url(request))

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """Return the ways to answer 'Is it you?'. Who has no other gets a code by mail."""
        by_code = {"id": "code", "description": _("Send me a code"), "url": reverse("reauthenticate_by_code")}
        return super().get_reauthentication_methods(user) or [by_code]

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return the full address of the page behind a password link."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return site.absolute(path.replace("UID-KEY", key))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a mail that knows the site by its settings, so that a command can send one too."""
        self.render_mail(template_prefix, email, {**context, "email": email, "site": site.current()}).send()


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors under this site's name and host."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("That is not the code. Check it and try again."),
    }

    def encrypt(self, text: str) -> str:
        """Seal a secret of a second factor."""
        return field_encryption.seal(text, context=_MFA_CONTEXT)

    def decrypt(self, encrypted_text: str) -> str:
        """Open it again. Raises CannotUnseal for what is not sealed, or whose key is gone."""
        return field_encryption.unseal(encrypted_text, context=_MFA_CONTEXT)

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

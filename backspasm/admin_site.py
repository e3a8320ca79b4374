"""Django admin behind the site's own sign-in, so that codes, passkeys and rate limits hold there too.

On an https site staff must have used a second factor in this session; on a local http site it is offered.
"""

from collections.abc import Iterable
from typing import Any, Final

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

# Recovery codes stand in for one of these and are worth nothing alone.
SECOND_FACTORS: Final = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
_OWN_APPS: Final = {"backspasm", "education", "tracker"}
_HINT_IS_CLOSED: Final = "second_factor_hint_is_closed"


def has_used_second_factor(request: HttpRequest) -> bool:
    """Whether this session saw a second factor of the signed-in person: a code, a key, or a passkey by itself.

    One that has been removed since counts no more: the person may have removed it because somebody else holds it.
    """
    records = get_authentication_records(request, request.user)
    used = {record.get("id") for record in records if record.get("method") == "mfa"}
    return bool(used) and Authenticator.objects.filter(user=request.user, pk__in=used).exists()


class AdminSite(admin.AdminSite):
    """Stock Django admin without a sign-in page of its own."""

    site_header = _("Backspasm editors")
    site_title = _("Backspasm editors")

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Take the project's own models alone.

        The libraries' pages would list every patient's address and the secrets of authenticator apps, and let
        somebody change by hand what a role means.
        """
        models: Iterable[Any] = [model_or_iterable] if isinstance(model_or_iterable, type) else model_or_iterable
        own = [model for model in models if model._meta.app_label in _OWN_APPS]  # noqa: SLF001  # Django's documented way
        super().register(own, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether the request may see any page here. Every admin view asks, whatever the method; superusers too."""
        return super().has_permission(request) and not self._lacks_second_factor(request)

    def _lacks_second_factor(self, request: HttpRequest) -> bool:
        return bool(settings.SITE_URL.is_https) and not has_used_second_factor(request)

    @method_decorator([never_cache, login_not_required])
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Send a stranger to the sign-in page, staff to their second factor or to where they wanted to go.

        Raises PermissionDenied for a signed-in person who is not staff: the sign-in page would send them back here.
        """
        wanted = request.GET.get("next", "")
        if not url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
            wanted = reverse("admin:index", current_app=self.name)
        if not request.user.is_authenticated:
            return redirect_to_login(wanted, reverse("account_login"))
        if not super().has_permission(request):
            raise PermissionDenied
        if self._lacks_second_factor(request):
            return _to_second_factor(request, wanted)
        return HttpResponseRedirect(wanted)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add the button that closes the hint; before the stock addresses, whose last pattern takes everything."""
        close = self.admin_view(require_POST(self.close_second_factor_hint))
        return [path("second-factor/close-hint/", close, name="close_second_factor_hint"), *super().get_urls()]

    def password_change(  # type: ignore[override]  # any answer will do
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Lead to the site's own page: one place to change a password, with one set of rules."""
        return HttpResponseRedirect(reverse("account_change_password"))

    def password_change_done(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Lead to the site's own page, whose address an old link may still hold."""
        return HttpResponseRedirect(reverse("account_change_password"))

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """Show what can be edited, and the hint to add a second factor where there is none."""
        offers = not is_mfa_enabled(request.user, SECOND_FACTORS) and _HINT_IS_CLOSED not in request.session
        return super().index(request, {**(extra_context or {}), "offers_second_factor": offers})

    def close_second_factor_hint(self, request: HttpRequest) -> HttpResponse:
        """Hide the hint until the next sign-in."""
        request.session[_HINT_IS_CLOSED] = True
        return HttpResponseRedirect(reverse("admin:index", current_app=self.name))


def _to_second_factor(request: HttpRequest, wanted: str) -> HttpResponse:
    """Send staff to use the second factor they have, and then to where they wanted to go; or to set one up."""
    kinds = set(Authenticator.objects.filter(user=request.user).values_list("type", flat=True))
    if not kinds.intersection(SECOND_FACTORS):
        text = _("The editors' pages need two-step sign-in. Set up one of these, then open %(path)s again.")
        messages.warning(request, text % {"path": reverse("admin:index")})
        return HttpResponseRedirect(reverse("mfa_index"))
    messages.info(request, _("The editors' pages need your second step too. A password is not enough for them."))
    # A page that asks for a code sends those away who have none.
    name = "mfa_reauthenticate" if Authenticator.Type.TOTP in kinds else "mfa_reauthenticate_webauthn"
    return HttpResponseRedirect(reverse(name, query={"next": wanted}))

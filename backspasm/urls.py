"""All addresses of the site."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.generic import RedirectView

from backspasm import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path(
        ".well-known/change-password",
        login_not_required(RedirectView.as_view(pattern_name="account_change_password")),
        name="change_password_address",
    ),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("tracker/", include("tracker.urls")),
    path("", include("education.urls")),
]

handler400 = "backspasm.errors.bad_request"
handler403 = "backspasm.errors.permission_denied"
handler404 = "backspasm.errors.not_found"
handler500 = "backspasm.errors.server_error"

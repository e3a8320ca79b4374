"""All addresses of the site."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.generic import RedirectView

from backspasm import health, kept_forms, own_sessions, reauthentication
from tracker.views import messages, push, reminder_calendar, schemas, visit

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path(
        ".well-known/change-password",
        login_not_required(RedirectView.as_view(pattern_name="account_change_password")),
        name="change_password_address",
    ),
    path("accounts/sessions/", own_sessions.own_sessions, name="usersessions_list"),
    path("accounts/reauthenticate/code/", reauthentication.reauthenticate_by_code, name="reauthenticate_by_code"),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("tracker/kept/", kept_forms.kept_form, name="kept_form"),
    path("tracker/", include("tracker.urls")),
    path("schemas/diary-export/v1", schemas.diary_export, name="diary_export_schema"),
    path("visit/<str:token>/", visit.open_link, name="visit"),
    path("m/<str:token>/", messages.open_message, name="message"),
    path("u/<str:token>/", messages.stop_mail, name="stop_mail"),
    path("cal/<str:token>.ics", reminder_calendar.feed, name="calendar_feed"),
    path("sw.js", push.service_worker, name="service_worker"),
    path("", include("education.urls")),
]

handler400 = "backspasm.errors.bad_request"
handler403 = "backspasm.errors.permission_denied"
handler404 = "backspasm.errors.not_found"
handler500 = "backspasm.errors.server_error"

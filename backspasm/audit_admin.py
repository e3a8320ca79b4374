"""The audit log in the admin: administrators read it, nobody changes it, and reading it is logged too."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backspasm import audit
from backspasm.models import AuditEvent, User


class AdministratorsRead(admin.ModelAdmin):  # type: ignore[type-arg]  # the stubs' generics do not exist at run time
    """Rows that administrators see and nobody changes here."""

    actions = None

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Administrators alone."""
        return administers(request)

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Administrators alone."""
        return administers(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody adds."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Nobody changes."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Nobody deletes."""
        return False


def administers(request: HttpRequest) -> bool:
    """Return whether an administrator asks."""
    return request.user.is_active and bool(request.user.is_superuser)


def looked(request: HttpRequest, event: str, *, subject: Any = None, kind: str = "", object_id: str = "") -> None:
    """Record that the signed-in administrator looked at something."""
    actor = request.user.pk if isinstance(request.user, User) else None
    audit.record(event=event, now=timezone.now(), actor=actor, subject=subject, kind=kind, object_id=object_id)


@admin.register(AuditEvent)
class AuditEventAdmin(AdministratorsRead):
    """Newest first; found by the id of an account, never by an address."""

    list_display = ("at", "event", "result", "actor", "subject", "kind")
    list_filter = ("event", "result")
    ordering: ClassVar[Any] = ("-at",)
    date_hierarchy = "at"
    search_fields = ("=subject", "=actor")
    search_help_text = _("The id of an account, in full.")
    show_full_result_count = False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Show the log, and log that it was shown."""
        response = super().changelist_view(request, extra_context)
        looked(request, "admin.audit_log_read")
        return response

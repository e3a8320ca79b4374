"""What the staff sees and nobody changes: feedback, and every publication."""

from django.contrib import admin
from django.http import HttpRequest

from education.models import Feedback, Publication


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]  # the stubs' generics do not exist at run time
    """Shows rows and changes none."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody adds."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Nobody changes."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Nobody deletes."""
        return False


@admin.register(Feedback)
class FeedbackAdmin(ReadOnly):
    """Answers by page, with the edition they were about. One that says too much may be deleted."""

    list_display = ("given_at", "page", "edition", "helped", "comment")
    list_filter = ("helped", "page")
    date_hierarchy = "given_at"

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Whoever has the right deletes."""
        return admin.ModelAdmin.has_delete_permission(self, request, obj)


@admin.register(Publication)
class PublicationAdmin(ReadOnly):
    """Every publication of every publishable."""

    list_display = ("kind", "key", "number", "published_at", "origin", "is_safety", "changes")
    list_filter = ("kind", "origin", "is_safety")
    search_fields = ("key", "changes")

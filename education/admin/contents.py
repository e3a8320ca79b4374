"""Registers the six kinds: stock lists, the editing screen, and the screens around it."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from education import editing, roles, usage
from education.admin import (
    adding_screen,
    approval_screens,
    editing_screen,
    history_screens,
    lists,
    preview_screens,
    publish_screens,
    usage_screens,
)
from education.admin.content_admin import Action, ContentAdmin
from education.admin.screen import Screen
from education.editing import working_copies
from education.models import Article, CareCard, Exercise, Protocol, Publication, Publishable, Source, Term

COMMON = {
    "preview": Action(editing_screen.preview),
    "checks": Action(editing_screen.checks),
    "links": Action(preview_screens.links, "education.add_previewlink"),
    "hand_in": Action(approval_screens.hand_in, changes=True),
    "approve": Action(approval_screens.approve, roles.MAY_APPROVE),
    "send_back": Action(approval_screens.send_back, roles.MAY_APPROVE),
    "history": Action(history_screens.history),
    "compare": Action(history_screens.compare),
    "restore_draft": Action(history_screens.restore_draft, changes=True),
    "set_aside": Action(history_screens.set_aside, changes=True),
    "used": Action(usage_screens.used),
    "retire": Action(publish_screens.retire, roles.MAY_PUBLISH),
    "restore_live": Action(publish_screens.restore_live, roles.MAY_PUBLISH),
    "unschedule": Action(publish_screens.unschedule, roles.MAY_PUBLISH),
}


class EditedContent(ContentAdmin):
    """A kind of content with its editing screen."""

    action_screens: ClassVar[Any] = COMMON

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show the editing screen; whoever may look but not change sees it without 'Save'."""
        row = self.get_object(request, object_id)
        if not isinstance(row, Publishable):
            if request.method == "POST" and self.has_add_permission(request):
                # Never published, so somebody could delete it meanwhile: what was typed makes it anew.
                messages.warning(request, _("Somebody deleted this meanwhile. Give it a key and save it as a new one."))
                return adding_screen.add(request, self.model, self.admin_site)
            raise Http404
        if not self.has_view_or_change_permission(request, row):
            raise PermissionDenied
        screen = Screen(row, self.admin_site)
        return editing_screen.edit(request, screen, may_change=self.has_change_permission(request, row))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only what no reader ever saw and nothing uses can be deleted; all else is retired, and can be restored."""
        if not isinstance(obj, Publishable) or not self.has_change_permission(request, obj):
            return False
        kind = working_copies.kind_of(type(obj))
        is_known = Publication.objects.filter(kind=kind, key=obj.key).exists()
        return not is_known and not usage.uses(editing.library(), kind, obj.key)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Show the form of a new content."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        return adding_screen.add(request, self.model, self.admin_site)


@admin.register(Article)
class ArticleAdmin(lists.ArticleList, EditedContent):
    """Pages."""

    action_screens: ClassVar[Any] = {**COMMON, "review": Action(approval_screens.review, roles.MAY_REVIEW)}


@admin.register(CareCard)
class CareCardAdmin(lists.CardList, EditedContent):
    """Care cards. The three there are stay three."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody adds a card: each sign belongs to one of the three."""
        return False


@admin.register(Protocol)
class ProtocolAdmin(lists.ProtocolList, EditedContent):
    """The care protocol; the site has exactly one."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody adds another protocol."""
        return False


@admin.register(Exercise)
class ExerciseAdmin(lists.ExerciseList, EditedContent):
    """Exercises."""


@admin.register(Term)
class TermAdmin(lists.TermList, EditedContent):
    """The glossary."""


@admin.register(Source)
class SourceAdmin(lists.SourceList, EditedContent):
    """The references."""

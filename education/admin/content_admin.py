"""The six kinds of content in Django admin: stock lists; screens of our own where words are changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import update_wrapper
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path

from education.admin.screen import Screen, ScreenView, name_of
from education.models import Publishable


@dataclass(frozen=True)
class Action:
    """One screen beside the form: what shows it, and the permission it asks for ('' for any who may look).

    ``changes`` asks for the right to change this kind of content.
    """

    view: ScreenView
    permission: str = ""
    changes: bool = False


class ContentAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # the stubs' generics do not exist at run time
    """Stock Django admin with a form made from the content's structure, and with what happens before publishing."""

    actions = None
    action_screens: ClassVar[Mapping[str, Action]] = {}

    def get_urls(self) -> list[URLPattern]:
        """Add one address for each screen before the stock ones."""
        own = [
            path(
                f"<path:object_id>/{action.replace('_', '-')}/",
                self.admin_site.admin_view(self._opened(screen)),
                name=name_of(self.model, action),
            )
            for action, screen in self.action_screens.items()
        ]
        return [*own, *super().get_urls()]

    def _opened(self, action: Action) -> Any:
        def opened(request: HttpRequest, object_id: str, **kwargs: Any) -> HttpResponse:
            row = self.get_object(request, unquote(object_id))
            if not isinstance(row, Publishable):
                raise Http404
            if not self.has_view_permission(request, row):
                raise PermissionDenied
            if action.permission and not request.user.has_perm(action.permission):
                raise PermissionDenied
            if action.changes and not self.has_change_permission(request, row):
                raise PermissionDenied
            return action.view(request, Screen(row, self.admin_site))

        return update_wrapper(opened, action.view)

"""Editions: every one there was, the whole site as it stood at each, publishing, and what waits."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from education import publishing
from education.admin import preview_screens, publish_screens
from education.admin.read_only import ReadOnly
from education.edition import LiveEdition
from education.models import Edition


@admin.register(Edition)
class EditionAdmin(ReadOnly):
    """Every edition, newest first; each opens the site as it stood then."""

    list_display = ("number", "published_at", "summary", "published_by")
    list_select_related = ("published_by",)

    def get_urls(self) -> list[URLPattern]:
        """Add publishing, and pages as they stood."""
        view = self.admin_site.admin_view
        return [
            path("publish/", view(self._publish), name="education_publish"),
            path("<int:number>/pages/<slug:slug>/", view(self._page), name="education_edition_page"),
            *super().get_urls(),
        ]

    def _publish(self, request: HttpRequest) -> HttpResponse:
        return publish_screens.publish(request, self.admin_site)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """List the pages of an edition as they stood; what it published stands above them."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        edition = self.get_object(request, object_id)
        if not isinstance(edition, Edition):
            raise Http404
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("The site at edition %(number)d") % {"number": edition.number},
            "edition": edition,
            "entries": edition.entries.select_related("publication").order_by("publication__kind", "publication__key"),
            "pages": [item.content for item in as_it_stood(edition).articles.values()],
        }
        return TemplateResponse(request, "admin/education/edition.html", context)

    @method_decorator(require_safe)
    def _page(self, request: HttpRequest, number: int, slug: str) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        edition = Edition.objects.filter(number=number).first()
        live = as_it_stood(edition) if edition else None
        if live is None or slug not in live.articles:
            raise Http404
        return preview_screens.as_it_stood(request, live, slug)


def as_it_stood(edition: Edition) -> LiveEdition:
    """Return the whole site at the moment an edition was made, as far as that edition knew."""
    return publishing.read_edition(edition.published_at, up_to=edition.number)

"""The lists of contents: what an editor scans for, filters by and searches in."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from education import publishing
from education.advice import YEAR
from education.editing import Standing, standings_of, working_copies
from education.models import Publishable, Sign


class StandingList(ChangeList):
    """A list page whose rows know how far each is on its way to readers: a few queries for the whole page."""

    def get_results(self, request: HttpRequest) -> None:
        """Fetch the rows of this page, and their standings."""
        super().get_results(request)
        rows = list(self.result_list)
        live = publishing.live(timezone.now())
        shown = {kind: set(getattr(live, shelf)) for kind, shelf in working_copies.SHELVES.items()}
        for row, standing in zip(rows, standings_of(rows), strict=True):
            row.state = state_of(standing, is_live=standing.key in shown[standing.kind])
        self.result_list = rows


def state_of(standing: Standing, *, is_live: bool) -> Any:
    """Return in a few words what readers see of a working copy."""
    if standing.published is None:
        return _("new, not published")
    if standing.needs_approval:
        return _("waiting for approval")
    if standing.is_changed and standing.approvals:
        return _("approved, not published")
    if standing.is_changed:
        return _("changed, not published")
    return _("live") if is_live else _("not live: retired, or set for later")


class ContentList(admin.ModelAdmin):  # type: ignore[type-arg]  # the stubs' generics do not exist at run time
    """What the lists of all kinds share."""

    list_per_page = 100
    list_select_related: ClassVar[Any] = ("changed_by",)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Return the list that knows standings."""
        return StandingList

    @admin.display(description=_("readers see"))
    def state(self, row: Publishable) -> Any:
        """What StandingList found."""
        return row.state  # type: ignore[attr-defined]  # set by StandingList

    @admin.display(description=_("last changed"), ordering="changed_at")
    def changed(self, row: Publishable) -> SafeString:
        """When the working copy was last saved (UTC), and by whom."""
        moment = date_format(row.changed_at, "j M Y, H:i")
        return format_html("{}<br>{}", moment, row.changed_by or _("content files"))


class ReviewDue(admin.SimpleListFilter):
    """Pages by when their review is due."""

    title = _("review")
    parameter_name = "review"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the choices."""
        return [("overdue", _("overdue")), ("never", _("never reviewed")), ("none", _("no date set"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the pages asked for."""
        match self.value():
            case "overdue":
                return queryset.filter(review_due_on__lt=timezone.now().date())
            case "never":
                return queryset.filter(reviewed_on=None)
            case "none":
                return queryset.filter(review_due_on=None)
        return queryset


class Confirmed(admin.SimpleListFilter):
    """Sources by when they were last compared with the original."""

    title = _("confirmed")
    parameter_name = "confirmed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the choices."""
        return [("due", _("not for a year, or never")), ("fresh", _("within a year"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the sources asked for."""
        year_ago = timezone.now().date() - YEAR
        match self.value():
            case "fresh":
                return queryset.filter(confirmed_on__gte=year_ago)
            case "due":
                return queryset.exclude(confirmed_on__gte=year_ago)
        return queryset


class ArticleList(ContentList):
    """Pages in the order of the navigation."""

    list_display = ("title", "state", "group", "review_due_on", "reviewed_on", "changed")
    list_filter = (ReviewDue, "group", "is_safety", "has_leaflet")
    search_fields = ("title", "key", "summary", "sections__heading", "sections__intro", "sections__statements__body")


class CardList(ContentList):
    """The three care cards."""

    list_display = ("urgency", "state", "sign_codes", "changed")
    search_fields = ("title", "signs__code", "signs__text", "signs__words", "words")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Fetch the signs with the cards."""
        return super().get_queryset(request).prefetch_related("signs")

    @admin.display(description=_("signs"))
    def sign_codes(self, row: Any) -> str:
        """The codes of the signs in their order."""
        signs: Iterator[Sign] = row.signs.all()
        return " ".join(sign.code for sign in signs)


class ProtocolList(ContentList):
    """The care protocol."""

    list_display = ("__str__", "state", "step_count", "changed")
    search_fields = ("key", "steps__key", "steps__title", "steps__instruction")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Fetch the steps with the protocol."""
        return super().get_queryset(request).prefetch_related("steps")

    @admin.display(description=_("steps"))
    def step_count(self, row: Any) -> int:
        """How many steps it has."""
        return len(row.steps.all())


class ExerciseList(ContentList):
    """Exercises by code."""

    list_display = ("code", "name", "state", "purpose", "phase", "changed")
    list_display_links = ("code", "name")
    list_filter = ("purpose", "phase")
    search_fields = ("code", "name", "summary", "steps")


class TermList(ContentList):
    """The glossary."""

    list_display = ("name", "state", "meaning", "changed")
    search_fields = ("name", "meaning", "forms", "also")
    ordering = ("name",)


class SourceList(ContentList):
    """The references."""

    list_display = ("key", "title", "state", "organisation", "year", "confirmed_on", "reading")
    list_display_links = ("key", "title")
    list_filter = (Confirmed, "reading")
    search_fields = ("key", "organisation", "title", "publication", "doi", "url", "note")

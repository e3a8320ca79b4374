"""Where a content is used: what an editor looks at before changing it."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from education import editing, structure, usage, working_copy
from education.admin.screen import Screen, address_of
from education.editing import working_copies
from education.editing.standing import title_of
from education.library import Library


@dataclass(frozen=True)
class UsedThing:
    """One thing, and the places that name it, each with the address of its form."""

    name: str
    places: tuple[tuple[usage.Use, str, str], ...]  # use, title of what uses it, address


@require_safe
def used(request: HttpRequest, screen: Screen) -> HttpResponse:
    """List every place that uses this content, or, of the protocol, each of its steps."""
    library = editing.library()
    things = [_thing(library, screen.kind, screen.key, str(screen.row))]
    content = working_copy.content_of(screen.row)
    if isinstance(content, structure.Protocol):
        things += [_thing(library, "step", step.key, f"{step.row} {step.title}") for step in content.steps]
    context = screen.context(request, _("Where %(name)s is used") % {"name": screen.row}, things=things)
    return TemplateResponse(request, "admin/education/used.html", context)


def picture_uses(digest: str) -> UsedThing:
    """Return where a picture is used in the working copies."""
    return _thing(editing.library(), "picture", digest, digest)


def _thing(library: Library, kind: str, key: str, name: str) -> UsedThing:
    every = usage.uses(library, kind, key)
    return UsedThing(name, tuple((use, _title(library, use), address_of(use.kind, use.key)) for use in every))


def _title(library: Library, use: usage.Use) -> str:
    content = getattr(library, working_copies.SHELVES[use.kind]).get(use.key)
    return title_of(content) if content is not None else use.key

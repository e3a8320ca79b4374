"""What anybody may know of our files: the shape of the lossless one."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from backspasm import site
from tracker.reports.json_schema import schema


@login_not_required
@require_safe
def diary_export(request: HttpRequest) -> HttpResponse:
    """Give the JSON Schema of the export, version 1: the same for every reader."""
    headers = {"Cache-Control": "public, max-age=3600"}
    return JsonResponse(schema(site.current().url), content_type="application/schema+json", headers=headers)

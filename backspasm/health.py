"""What a load balancer asks: is the process up, and can it serve?"""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from tracker.reminders import heartbeat


@login_not_required
@csrf_exempt
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200 as long as the process can answer at all; asks no database."""
    return JsonResponse({"status": "ok"})


@login_not_required
@csrf_exempt
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database answers and every migration is applied, 503 otherwise."""
    try:
        executor = MigrationExecutor(connection)
        is_migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return JsonResponse({"status": "the database does not answer"}, status=503)
    if not is_migrated:
        return JsonResponse({"status": "migrations are waiting"}, status=503)
    return JsonResponse({"status": "ok", "reminders": _reminders()})


def _reminders() -> dict[str, Any] | None:
    """Return the sender's sign of life, or None where it cannot be read. A late sender leaves the site ready."""
    try:
        beat_at = heartbeat.latest()
        return {"beat_at": beat_at, "is_delayed": heartbeat.is_delayed(timezone.now())}
    except DatabaseError:
        return None

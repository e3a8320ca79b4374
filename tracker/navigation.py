"""What the frame of every private screen knows: the place in the tab bar and the open episode."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from tracker.models import Episode

_PLACES = {
    "home": "now",
    "check_in": "check_in",
    "check_in_edit": "check_in",
    "prevention": "check_in",  # where the bar leads to without an open episode
    "weekly_check_in": "check_in",
    "start": "log",
    "episodes": "course",
    "episode": "course",
    "patterns": "course",
}


def context(request: HttpRequest) -> dict[str, Any]:
    """Template context processor. The episode is asked for only by a template that prints it."""
    match = request.resolver_match
    if match is None or match.app_name != "tracker":
        return {}

    def open_episode_id() -> Any:
        user = getattr(request, "user", None)
        if user is None or not user.is_authenticated:
            return ""
        return Episode.objects.of(user).filter(ended_at=None).values_list("pk", flat=True).first() or ""

    return {
        "tracker_nav": {
            "here": _PLACES.get(match.url_name or "", "more"),
            "episode_id": SimpleLazyObject(open_episode_id),
        }
    }

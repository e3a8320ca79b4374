"""Copies what the database holds, to show that nothing changed."""

from typing import Any

from django.apps import apps


def everything() -> dict[str, list[Any]]:
    """Return every row of every table of ours and of the sessions; counters of rate limits are no table of Django's."""
    models = [*apps.get_models(include_auto_created=True)]
    return {model._meta.label: list(model._default_manager.order_by("pk").values()) for model in models}

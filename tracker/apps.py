"""The private half of the site."""

from django.apps import AppConfig


class TrackerConfig(AppConfig):
    """The patient's tracker."""

    name = "tracker"
    default_auto_field = "django.db.models.BigAutoField"
